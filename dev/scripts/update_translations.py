"""Run inside `odoo shell` on a database without demo data: write its_quality.pot
anew and bring ru.po to the same terms, in the same order; prints what is to translate.

    ./its db terms --fast
    ./its shell -d terms --fast < dev/scripts/update_translations.py
"""
# ruff: noqa: F821 - env is what the shell gives

import io
from pathlib import Path

import polib

from odoo.modules import get_module_path
from odoo.modules.module import Manifest
from odoo.tools.translate import trans_export

folder = Path(get_module_path("its_quality")) / "i18n"
template_path, russian_path = folder / "its_quality.pot", folder / "ru.po"
with io.BytesIO() as buffer:
    trans_export(None, ["its_quality"], buffer, "po", env)
    template = polib.pofile(buffer.getvalue().decode())
# The name and the summary in the list of apps; Odoo exports them with `base` only.
manifest = Manifest.for_addon("its_quality")
for key, field in (("name", "shortdesc"), ("summary", "summary")):
    place = f"model:ir.module.module,{field}:base.module_its_quality"
    template.append(
        polib.POEntry(
            msgid=manifest[key],
            comment="module: its_quality",
            occurrences=[(place, "")],
        )
    )
known = {(entry.msgctxt, entry.msgid): entry for entry in polib.pofile(russian_path)}
russian = polib.pofile(str(russian_path))
header, metadata = russian.header, russian.metadata
russian = polib.POFile(wrapwidth=78)
russian.header, russian.metadata = header, metadata
for source in template:
    entry = polib.POEntry(
        msgid=source.msgid,
        msgctxt=source.msgctxt,
        comment=source.comment,
        occurrences=source.occurrences,
        flags=source.flags,
    )
    old = known.get((source.msgctxt, source.msgid))
    entry.msgstr = old.msgstr if old else ""
    russian.append(entry)
    if not entry.msgstr:
        print(repr(entry.msgid))
# The day and hour of an export say nothing and would differ each time.
for name in ("POT-Creation-Date", "PO-Revision-Date"):
    template.metadata.pop(name, None)
template.save(str(template_path))
russian.save(str(russian_path))
