import io

import polib

from odoo.modules import get_module_path
from odoo.tests import TransactionCase, tagged
from odoo.tools.translate import trans_export

# Where a term stands that the addon always brings; what demo data say is theirs.
ALWAYS = ("code:", "model_terms:", "model:ir.")


@tagged("post_install", "-at_install")
class TestTranslations(TransactionCase):
    def test_the_template_has_every_term(self):
        """What is missing in the template is missing in Russian, and nobody sees it."""
        with io.BytesIO() as buffer:
            trans_export(None, ["its_quality"], buffer, "po", self.env)
            current = polib.pofile(buffer.getvalue().decode())
        path = f"{get_module_path('its_quality')}/i18n/its_quality.pot"
        template = {entry.msgid for entry in polib.pofile(path)}
        terms = {
            entry.msgid
            for entry in current
            if any(place.startswith(ALWAYS) for place, _line in entry.occurrences)
        }
        self.assertGreater(len(terms), 100)
        self.assertEqual(terms - template, set())
