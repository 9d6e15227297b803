import random
import re
from unittest.mock import patch

from odoo.tests import BaseCase, tagged
from odoo.tools import SQL, email_normalize

from odoo.addons.phone_validation.tools.phone_validation import phone_format

from ...models.onec.changes import read_phone
from ...models.onec.preparing import (
    COMPUTING,
    DEFAULTS,
    INSERTING,
    OURS,
    RULES,
    SYNCHRONIZING,
    Prepared,
    email_as_compared,
    writers_of,
)
from ...models.onec.writing import Writing
from ...models.phone import numbers
from ...models.phone.numbers import keys_of
from ..tier import count
from .test_its_import import ROMASHKA, ImportCase

COMPUTED = (
    "commercial_company_name",
    "commercial_partner_id",
    "complete_name",
    "email_normalized",
    "image_128",
    "image_1024",
    "its_name_key",
    "partner_share",
    "phone_sanitized",
)
TITLES = ("Наименование", "ИНН", "Код", "Телефон", "E-mail", "Вид")
# A pattern of no text.
NOTHING = re.compile("(?!)")


@tagged("post_install", "-at_install")
class TestItsImportCreate(ImportCase):
    """What an import gives to Odoo ready-made is what Odoo would have computed."""

    rows = (
        ("ООО Ромашка", ROMASHKA[1], "1", "8 (8332) 12-34-56", "R@Example.com", ""),
        ("Иванов Иван", "", "2", "+7 912 345-67-89 доб. 12", "", "Физическое лицо"),
        ("  ИП  Петров  П.П. ", "500100732259", "3", "12-34-56", "p@example.com", ""),
        ("АО «Маяк»", "", "4", "+7 123", "a@example.com; b@example.com", ""),
        ("ООО Без телефона", "", "5", "", "", "Юридическое лицо"),
        (
            "Сидоров Сидор",
            "",
            "6",
            "8 912 345 67 89",
            "Сидор <s@example.com>",
            "Физ. лицо",
        ),
    )

    def test_as_computed(self):
        job = self.run_import(self.rows, TITLES)
        self.assertEqual(self.outcomes(job), ["created"] * len(self.rows))
        clients = job.line_ids.partner_id
        ready = clients.read(COMPUTED)
        for name in COMPUTED:
            self.env.add_to_compute(clients._fields[name], clients)
        self.env.flush_all()
        self.env.invalidate_all()
        self.assertEqual(clients.read(COMPUTED), ready)
        self.assertEqual(clients.commercial_partner_id, clients)

    def test_rows_and_cache_as_odoo_makes_them(self):
        """Field by field the same is written and kept in the cache as client by client."""
        asked = []
        short, long = self.made(True, asked), self.made(False, asked)
        self.assertEqual(asked, [True, True])
        self.assertEqual(short, long)

    def made(self, is_short, asked):
        """Import, and take it back.

        :param is_short: whether clients are written field by field
        :param asked: is told whether they would be
        :return: what :meth:`seen` says of them
        """
        told = []
        create, may_insert = Writing._create_clients, Prepared.may_insert

        def may(prepared, data_list):
            asked.append(may_insert(prepared, data_list))
            return is_short

        def keep(writing, *args):
            told.append(self.seen(created := create(writing, *args)))
            return created

        with (
            self.env.cr.savepoint() as savepoint,
            patch.object(Prepared, "may_insert", may),
            patch.object(Writing, "_create_clients", keep),
        ):
            job = self.run_import(self.rows, TITLES)
            self.assertEqual(self.outcomes(job), ["created"] * len(self.rows))
            savepoint.rollback()
        self.env.invalidate_all()
        return told

    def seen(self, clients):
        """What stands in the cache of clients, and in their rows; the moments and the
        ids of two are never the same."""
        fields, cached = clients._fields, {}
        own = ["id", "commercial_partner_id"]
        own += [name for name, field in fields.items() if field.type == "datetime"]
        for name, field in fields.items():
            if field.store and name not in own:
                cache = field._get_cache(clients.env)
                cached[name] = [cache.get(client_id, "no") for client_id in clients.ids]
        firms = fields["commercial_partner_id"]._get_cache(clients.env)
        self.assertEqual([firms[client_id] for client_id in clients.ids], clients.ids)
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                "SELECT to_jsonb(told) - %s, commercial_partner_id = id"
                " FROM res_partner told WHERE id = ANY(%s) ORDER BY id",
                own,
                clients.ids,
            )
        )
        return cached, rows

    def test_what_we_have_written_is_known(self):
        """A method of our own that is not in the tables would make each import slow, and
        nobody would see why."""
        clients = self.env["res.partner"]
        tables = (*RULES.values(), INSERTING, COMPUTING, SYNCHRONIZING, DEFAULTS)
        for methods in tables:
            for name, addons in methods.items():
                with self.subTest(name):
                    self.assertLessEqual(writers_of(clients, name) & {OURS}, addons)

    def test_another_rule_of_an_addon_is_respected(self):
        """An addon that computes a name in its own way is noticed."""

        def compute(partners):
            for partner in partners:
                partner.complete_name = f"{partner.name} *"

        self.patch(type(self.env["res.partner"]), "_compute_complete_name", compute)
        job = self.run_import(self.rows, TITLES)
        names = job.line_ids.partner_id.mapped("complete_name")
        self.assertTrue(all(name.endswith(" *") for name in names), names)

    def test_defaults_of_a_partner(self):
        """A default that somebody has set applies to imported clients too."""
        self.env["ir.default"].set("res.partner", "function", "Director")
        job = self.run_import(self.rows[:2], TITLES)
        self.assertEqual(
            job.line_ids.partner_id.mapped("function"), ["Director", "Director"]
        )

    def test_the_short_way_is_not_open_to_a_request(self):
        """Sending the context of an import does not let anybody choose an id."""
        model = self.env["res.partner"].with_user(self.manager)
        last = self.env["res.partner"].search([], order="id desc", limit=1)
        values = {"name": "X", "commercial_partner_id": last.id, "type": "other"}
        for sent in (True, 1, "PREPARED"):
            partner = model.with_context(its_clients_prepared=sent).create(values)
            self.assertGreater(partner.id, last.id)
            self.assertEqual(partner.commercial_partner_id, partner)


@tagged("post_install", "-at_install")
class TestPhones(BaseCase):
    def test_short_way_reads_as_the_library_does(self):
        chance = random.Random(1)
        for _number in range(count(500, 5000)):
            code = chance.choice(("", "", "800", "495", "8332", "912", "701", "0"))
            digits = code + "".join(chance.choices("0123456789", k=10))
            start = chance.choice(("+7", "8", "+7 (", "8-"))
            text = f"{start}{digits[:10]}"
            expected = phone_format(text, "RU", "7", "INTERNATIONAL", False)
            with self.subTest(text):
                self.assertEqual(read_phone(text)[0], expected)

    def test_short_way_compares_numbers_as_the_long_one(self):
        chance = random.Random(2)
        for _number in range(count(500, 5000)):
            signs = [
                chance.choice(("", "", " ", "-", " (", "(")) + digit
                for digit in chance.choices("0123456789", k=10)
            ]
            text = "+7" + ")".join(["".join(signs[:3]), "".join(signs[3:])])
            keys = keys_of(text)
            with self.subTest(text), patch.object(numbers, "WHOLE", NOTHING):
                self.assertEqual(keys_of(text), keys)

    def test_short_way_compares_addresses_as_odoo_does(self):
        chance = random.Random(3)
        for _address in range(count(500, 5000)):
            name, domain = (
                "".join(chance.choices("abzAZ019._-+", k=chance.randrange(1, 8)))
                for _part in range(2)
            )
            text = f"{name}@{domain}{chance.choice(('.ru', '.COM', '.r', ''))}"
            with self.subTest(text):
                expected = email_normalize(text, strict=False)
                self.assertEqual(email_as_compared(text), expected)
