"""Exchange files of 1C with the very contractors of `sheets`."""

from __future__ import annotations

import sys
from pathlib import Path

from ..paths import ROOT, RUN
from ..stamps import digest_of_files
from .sheets import contractors

WRITERS = ROOT / "tests" / "writers" / "exchange.py"
EXTENSIONS = {"xdto": "json"}


def message(kind: str, rows: int) -> Path:
    """Return the path of an exchange file with so many contractors and folders.

    :param kind: ``v8``, ``xdto``, ``enterprise_data`` or ``commerceml``
    """
    sources = [Path(__file__), Path(__file__).with_name("sheets.py"), WRITERS]
    digest = digest_of_files(sources)[:8]
    extension = EXTENSIONS.get(kind, "xml")
    path = RUN / "bench" / f"contractors-{kind}-{rows}-{digest}.{extension}"
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        partial = path.with_suffix(".partial")
        _write(kind, partial, rows)
        partial.rename(path)
    return path


def _write(kind: str, path: Path, rows: int) -> None:
    sys.path.insert(0, str(WRITERS.parent.parent))
    from writers import exchange

    write = {
        "v8": exchange.write_v8,
        "xdto": exchange.write_xdto,
        "enterprise_data": exchange.write_enterprise,
        "commerceml": exchange.write_commerceml,
    }[kind]
    write(path, list(_items(exchange, rows)))


def _items(exchange, rows: int):
    folder = ""
    for row in contractors(rows):
        name, full_name, inn, kpp, ogrn, code, *rest = row
        ref = exchange.ref_of(code)
        if not rest:
            folder = ref
            yield exchange.Item(ref, {"name": name, "code": code}, is_folder=True)
            continue
        phone, email, address, comment = rest
        is_person = name.strip().startswith("ИП")
        texts = {
            "name": name.strip(),
            "code": code,
            "full_name": full_name,
            "inn": inn,
            "kpp": kpp,
            "ogrn": ogrn,
            "kind": "ФизическоеЛицо" if is_person else "ЮридическоеЛицо",
            "comment": comment,
        }
        told = (
            (exchange.PHONE, "Телефон", phone),
            (exchange.MAIL, "Email", email),
            (exchange.ADDRESS, exchange.LEGAL_ADDRESS, address),
        )
        contacts = [contact for contact in told if contact[2]]
        yield exchange.Item(ref, texts, contacts, parent=folder)
