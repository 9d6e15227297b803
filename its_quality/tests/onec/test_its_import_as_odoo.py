"""What an import writes, beside what Odoo writes of the same values one by one."""

import random
import uuid
from datetime import datetime, timedelta
from unittest.mock import patch

from odoo import api
from odoo.tests import tagged
from odoo.tools import SQL, plaintext2html

from odoo.addons.phone_validation.tools.phone_validation import phone_format

from ...models.onec.writing import BULK_CONTEXT
from ..tier import count
from .test_its_import import ImportCase

TITLES = (
    "Наименование",
    "Полное наименование",
    "ИНН",
    "КПП",
    "ОГРН",
    "Код",
    "Вид",
    "Группа",
    "Телефон",
    "E-mail",
    "Сайт",
    "Адрес",
    "Контактное лицо",
    "Менеджер",
    "Комментарий",
    "Сервис",
    "Номер договора",
    "Дата начала",
    "Дата окончания",
)
COMPANY, TRADER, PERSON = "company", "sole_trader", "person"
KINDS = {
    COMPANY: "Юридическое лицо",
    TRADER: "Индивидуальный предприниматель",
    PERSON: "Физическое лицо",
}
NUMBERS = {
    COMPANY: ("7707083893", "770701001", "1027700132195"),
    TRADER: ("500100732259", "", ""),
    PERSON: ("", "", ""),
}
# Who and when, and the number of a record, are never the same twice.
NEVER_COMPARED = {"id", "create_date", "write_date"}
# What an import keeps for itself, and what Odoo keeps of its work.
OF_IMPORTS = {
    "bus_bus",
    "ir_attachment",
    "ir_cron_progress",
    "ir_cron_trigger",
    "ir_logging",
    "its_import",
    "its_import_column",
    "its_import_line",
    "mail_followers",
    "mail_followers_mail_message_subtype_rel",
    "mail_message",
    "mail_tracking_value",
    # Folders stay as tags.
    "res_partner_category",
}


class Firm:
    """A made-up client, as a row of a sheet and as values for Odoo."""

    def __init__(self, chance, number):
        self.number = number
        self.kind = chance.choice((COMPANY, COMPANY, TRADER, PERSON))
        self.name = {
            COMPANY: f"ООО «Проба {number}»",
            TRADER: f"ИП Пробный П.П. {number}",
            PERSON: f"Пробный Пётр {number}",
        }[self.kind]
        self.numbers = NUMBERS[self.kind] if number < 3 else ("", "", "")
        if number >= 3 and self.kind == COMPANY and chance.random() < 0.5:
            # Real bases hold wrong numbers, and one has a country that knows.
            self.numbers = (f"77{number:08d}", f"7701{number:05d}", "")
        self.group = chance.choice(("", "Северные", "Южные"))
        self.phones = [
            f"8 (912) {number:03d}-{place:02d}-{chance.randrange(100):02d}"
            for place in range(chance.choice((0, 1, 1, 2)))
        ]
        self.emails = [
            f"Client{number}.{place}@example.com"
            for place in range(chance.choice((0, 1, 2)))
        ]
        self.website = chance.choice(("", f"proba{number}.example.com"))
        self.address = chance.choice(("", f"610000, г. Киров, ул. Мира, д. {number}"))
        self.person = chance.choice(("", f"Знакомый Иван {number}"))
        self.manager = chance.choice(("", "Проверкина Анна Ивановна"))
        self.comment = chance.choice(("", "Звонить <после> обеда"))
        self.contract = f"Д-{number}" if chance.random() < 0.4 else ""

    def change(self, chance):
        """Become another one in a few respects, as by a list of the next day."""
        if self.numbers[0] and chance.random() < 0.5:
            self.numbers = (self.numbers[0], "770702002", self.numbers[2])
        if chance.random() < 0.5:
            self.phones[:1] = [f"8 (922) {self.number:03d}-00-01"]
        if chance.random() < 0.5:
            self.address = f"610001, г. Киров, ул. Труда, д. {self.number}"
        if chance.random() < 0.5:
            self.name += " (новое)"
        if chance.random() < 0.3:
            self.manager = "Проверкина Анна Ивановна"

    def row(self):
        service = self.contract and "Пробный сервис"
        dates = ("01.02.2026", "31.01.2027") if self.contract else ("", "")
        return (
            self.name,
            f"{self.name} полностью",
            *self.numbers,
            f"ПР-{self.number:06d}",
            KINDS[self.kind],
            self.group,
            ", ".join(self.phones),
            ", ".join(self.emails),
            self.website,
            self.address,
            self.person,
            self.manager,
            self.comment,
            service,
            self.contract,
            *dates,
        )

    def values(self, case):
        """What a user would enter on the card; what is empty is left alone."""
        vat, kpp, ogrn = self.numbers
        manager = case.manager if self.manager else case.env["res.users"]
        values = {
            "name": self.name,
            "its_full_name": f"{self.name} полностью",
            "vat": vat,
            "its_kpp": kpp,
            "company_registry": ogrn,
            "onec_code": f"ПР-{self.number:06d}",
            "its_kind": self.kind,
            "phone": self.phones and self.formatted(self.phones[0]),
            "email": self.emails and self.emails[0],
            "website": self.website,
            "street": self.address,
            "user_id": manager.id,
            "comment": self.comment and plaintext2html(self.comment),
            "is_company": self.kind != PERSON,
            # The form sends both.
            "company_type": "person" if self.kind == PERSON else "company",
        }
        return {name: value for name, value in values.items() if value}

    def people(self):
        people = [{"name": self.person}] if self.person else []
        further = map(self.formatted, self.phones[1:])
        people += [{"name": phone, "phone": phone} for phone in further]
        return people + [{"name": mail, "email": mail} for mail in self.emails[1:]]

    def formatted(self, phone):
        return phone_format(phone, "RU", "7", force_format="INTERNATIONAL")


class AsOdooCase(ImportCase):
    """Clients whom an import makes, and whom Odoo makes of the same values."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.firms = cls.made_up_firms()

    @classmethod
    def made_up_firms(cls, rows=None):
        chance = random.Random(16)
        return [Firm(chance, number) for number in range(rows or count(60, 300))]

    @classmethod
    def changed_firms(cls):
        chance = random.Random(17)
        firms = cls.made_up_firms()
        for firm in firms:
            firm.change(chance)
        return firms

    # -------------------------------------------------------------------------
    # By Odoo
    # -------------------------------------------------------------------------

    def create_by_odoo(self, firms):
        """Make each client alone, as somebody does who enters them.

        :return: ``[(client, contact persons, subscription)]``
        """
        quiet = dict.fromkeys(BULK_CONTEXT, True)
        env = self.env(user=self.admin.id, context=self.env.context | quiet)
        made, company_id = [], env.company.id
        several = self.env["res.company"].search_count([], limit=2) > 1
        for firm in firms:
            values = {
                **firm.values(self),
                "its_client": True,
                "company_id": several and company_id,
            }
            if firm.group:
                tag = self.tag_of(env, firm.group)
                values["category_id"] = [(4, tag.id)]
            client = env["res.partner"].create(values)
            people = env["res.partner"]
            for person in firm.people():
                people |= self.add_person(client, person)
            subscription = env["its.subscription"]
            if firm.contract:
                subscription = subscription.create(
                    {
                        "partner_id": client.id,
                        "service_id": self.service.id,
                        "contract_number": firm.contract,
                        "date_start": "2026-02-01",
                        "date_end": "2027-01-31",
                    }
                )
            env.flush_all()
            made.append((client, people, subscription))
        return made

    def add_person(self, client, values):
        belonging = {"parent_id": client.id, "type": "contact"}
        return client.browse().create(values | belonging)

    def tag_of(self, env, name):
        tags = env["res.partner.category"]
        domain = [("name", "=", name), ("parent_id", "=", False)]
        return tags.search(domain) or tags.create({"name": name})

    def change_by_odoo(self, made, firms):
        for (client, people, _subscription), firm in zip(made, firms, strict=True):
            values = firm.values(self)
            changed = {
                name: value
                for name, value in values.items()
                if name not in ("comment", "website", "is_company", "company_type")
                and (client[name].id if name == "user_id" else client[name]) != value
            }
            client.write(changed)
            known = people.mapped("name")
            for person in firm.people():
                if person["name"] not in known:
                    self.add_person(client, person)
            client.env.flush_all()
        return [
            (client, client.child_ids.sorted("id"), subscription)
            for client, _people, subscription in made
        ]

    # -------------------------------------------------------------------------
    # By the import
    # -------------------------------------------------------------------------

    def made_by(self, job):
        lines = job.line_ids.sorted("row")
        return [
            (
                line.partner_id,
                line.partner_id.child_ids.sorted("id"),
                line.partner_id.its_subscription_ids,
            )
            for line in lines
        ]

    # -------------------------------------------------------------------------
    # What is stored
    # -------------------------------------------------------------------------

    def stored(self, made):
        """All that the database holds of clients, contact persons and subscriptions;
        each of them is called by its place.

        :return: ``{(place, field): value}``
        """
        self.env.flush_all()
        places = {}
        for number, (client, people, subscription) in enumerate(made):
            places[client] = ("client", number)
            places |= {p: ("person", number, n) for n, p in enumerate(people)}
            places |= dict.fromkeys(subscription, ("subscription", number))
        named = {(r._name, r.id): place for r, place in places.items()}
        found = {}
        for model in {record._name for record in places}:
            ids = tuple(r.id for r in places if r._name == model)
            for (record_id, name), value in self.columns(model, ids).items():
                field = self.env[model]._fields.get(name)
                if field is not None and field.type == "many2one":
                    value = named.get((field.comodel_name, value), value)
                found[named[model, record_id], name] = value
        return found

    def columns(self, model, ids):
        """``{(id, column or relation): value}``."""
        found, table = {}, SQL.identifier(self.env[model]._table)
        rows = SQL("SELECT * FROM %s WHERE id IN %s", table, ids)
        for row in self.env.execute_query_dict(rows):
            for name in row.keys() - NEVER_COMPARED:
                found[row["id"], name] = row[name]
        for name, field in self.env[model]._fields.items():
            if field.type != "many2many" or not field.store:
                continue
            rows = SQL(
                "SELECT %(one)s, array_agg(%(other)s ORDER BY %(other)s) FROM %(table)s"
                " WHERE %(one)s IN %(ids)s GROUP BY 1",
                one=SQL.identifier(field.column1),
                other=SQL.identifier(field.column2),
                table=SQL.identifier(field.relation),
                ids=ids,
            )
            for record_id, others in self.env.execute_query(rows):
                tags = self.env[field.comodel_name].browse(others)
                found[record_id, name] = sorted(tags.mapped("display_name"))
        pictures = SQL(
            "SELECT res_id, res_field, checksum FROM ir_attachment"
            " WHERE res_model = %s AND res_field IS NOT NULL AND res_id IN %s",
            model,
            ids,
        )
        for record_id, name, checksum in self.env.execute_query(pictures):
            found[record_id, name] = checksum
        return found

    def varying(self):
        """The columns that Odoo itself fills in another way each time."""
        twins = []
        for _twin in range(2):
            firm = Firm(random.Random(7), 990)
            firm.person, firm.contract = "Знакомый Иван", "Д-990"
            twins.append(self.stored(self.create_by_odoo([firm])))
        one, other = twins
        self.assertEqual(one.keys(), other.keys())
        return {
            (place[0], name)
            for place, name in one
            if one[place, name] != other[place, name]
            and not self.is_of_now(one[place, name], other[place, name])
        }

    def is_of_now(self, value, other):
        """Whether both are moments, of when something was done."""
        if not isinstance(value, datetime) or not isinstance(other, datetime):
            return False
        return abs(value - other) < timedelta(hours=1)

    def compare(self, by_import, by_odoo, varying):
        """Compare all that is stored. What Odoo fills in anew each time the import fills
        in where Odoo does, never with the same value twice."""
        self.assertEqual(by_import.keys(), by_odoo.keys())
        self.assertGreater(len(by_odoo), 40 * len(self.firms))
        given = {}
        different = {}
        for (place, name), value in by_import.items():
            expected = by_odoo[place, name]
            if (place[0], name) in varying:
                self.assertEqual(bool(value), bool(expected), (place, name))
                client = ("client", *place[1:2])
                if place != client and expected == by_odoo.get((client, name)):
                    # That of the firm.
                    self.assertEqual(value, by_import[client, name])
                elif value:
                    given.setdefault(name, []).append(value)
            elif value != expected and not self.is_of_now(value, expected):
                different[place, name] = (value, expected)
        self.assertFalse(different)
        for name, values in given.items():
            self.assertEqual(len(set(values)), len(values), name)
        return given

    def compare_all(self):
        """Import clients, change them and undo it all, and let Odoo do the same.

        :return: what was given to each client anew: ``{field: values}``
        """
        savepoint = self.env.cr.savepoint()
        made = self.create_by_odoo(self.firms)
        created_by_odoo = self.stored(made)
        changed = self.changed_firms()
        changed_by_odoo = self.stored(self.change_by_odoo(made, changed))
        varying = self.varying()
        self.env.invalidate_all()
        savepoint.close(rollback=True)
        self.env.invalidate_all()
        before = self.counts()

        first = self.run_import([firm.row() for firm in self.firms], TITLES)
        self.assertEqual(self.outcomes(first), ["created"] * len(self.firms))
        made = self.made_by(first)
        created = self.stored(made)
        given = self.compare(created, created_by_odoo, varying)

        second = self.run_import([firm.row() for firm in changed], TITLES)
        self.assertEqual(set(self.outcomes(second)), {"updated", "unchanged"})
        now = self.stored(self.made_by(second))
        self.compare(now, changed_by_odoo, varying)

        second.action_undo()
        self.assertEqual(second.state, "undone")
        undone = self.stored(self.made_by(first))
        self.assertEqual(undone.keys(), created.keys())
        left = {
            key: (value, created[key])
            for key, value in undone.items()
            # Who has written last.
            if key[1] != "write_uid" and value != created[key]
        }
        self.assertFalse(left)
        first.action_undo()
        self.assertEqual(first.state, "undone")
        self.assertEqual(self.counts(), before)
        return given

    def counts(self):
        """How many rows there are in each table that an import has no part in."""
        self.env.flush_all()
        tables = self.env.execute_query(
            SQL("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        )
        return {
            table: self.env.execute_query(
                SQL("SELECT count(*) FROM %s", SQL.identifier(table))
            )
            for (table,) in tables
            if table not in OF_IMPORTS
        }


@tagged("post_install", "-at_install", "neighbours")
class TestItsImportAsOdoo(AsOdooCase):
    """Whatever other addons there are: their fields are filled in, their defaults asked
    for, and what they do when a client is made or changed is done."""

    def test_all_that_is_stored(self):
        self.compare_all()

    def test_of_an_addon_that_is_not_known(self):
        """Defaults of its own, other rules for what Odoo computes, a field of its own:
        what is asked of one client is not taken for another."""
        partners = type(self.env["res.partner"])
        fields = partners._fields
        self.env["ir.default"].set("res.partner", "function", "Director")
        self.patch(fields["ref"], "default", lambda _model: uuid.uuid4().hex)

        def complete_name(records):
            # Nothing of it is to be seen on the first of them.
            for record in records:
                record.complete_name = f"{record.name} {record.website or ''}".strip()

        self.patch(partners, "_compute_complete_name", complete_name)
        given = self.compare_all()
        self.assertGreaterEqual(len(given["ref"]), len(self.firms))

    def test_what_an_addon_sees_of_a_new_client(self):
        """What is put in place of ``create`` while the server runs, as automation rules
        and audit logs are, gets what the file says, and all of it."""
        partners = type(self.env["res.partner"])
        create, seen = partners.create, []

        @api.model_create_multi
        def create_watched(model, vals_list):
            seen.extend(map(dict, vals_list))
            made = create(model, vals_list)
            for partner in made.filtered("is_company"):
                # As an addon may that makes more of a name.
                partner.name = partner.name.upper()
                partner.create({"name": "Из дополнения", "parent_id": partner.id})
            return made

        with patch.object(partners, "create", create_watched):
            job = self.run_import([firm.row() for firm in self.firms[:9]], TITLES)
        names = [values["name"] for values in seen]
        for firm in self.firms[:9]:
            self.assertEqual(names.count(firm.name), 1)
            (values,) = (values for values in seen if values["name"] == firm.name)
            self.assertFalse(
                values.keys() & {"id", "commercial_partner_id", "complete_name", "type"}
            )
        for client, people, _subscription in self.made_by(job):
            name = client.name
            self.assertEqual(client.complete_name, name)
            if client.is_company:
                self.assertEqual(name, name.upper())
                self.assertEqual(client.commercial_company_name, name)
                self.assertIn("Из дополнения", people.mapped("name"))
            for person in people:
                self.assertEqual(person.commercial_partner_id, client)
                self.assertEqual(person.vat, client.vat)

    def test_all_defaults_of_an_addon(self):
        """One that has a hand in how defaults are asked for is asked for each client."""
        partners = type(self.env["res.partner"])
        default_get, numbers = partners.default_get, iter(range(10_000))

        def default_get_numbered(model, fields):
            values = default_get(model, fields)
            return values | ({"ref": f"N{next(numbers)}"} if "ref" in fields else {})

        self.patch(partners, "default_get", default_get_numbered)
        job = self.run_import([firm.row() for firm in self.firms[:9]], TITLES)
        refs = job.line_ids.partner_id.mapped("ref")
        self.assertEqual(len(set(filter(None, refs))), 9)


@tagged("post_install", "-at_install", "-standard", "neighbours")
class TestItsImportBesideAuditLog(AsOdooCase):
    def test_audit_log(self):
        """The log of the OCA's addon has a line of each client created and changed."""
        if "auditlog.rule" not in self.env:
            self.skipTest("auditlog is not installed")
        rule = self.env["auditlog.rule"].create(
            {
                "name": "Clients",
                "model_id": self.env.ref("base.model_res_partner").id,
                "log_create": True,
                "log_write": True,
                "log_type": "fast",
                "state": "confirmed",
            }
        )
        self.addCleanup(rule._revert_methods)
        firms = self.firms[:9]
        job = self.run_import([firm.row() for firm in firms], TITLES)
        firms[0].phones[:1] = ["8 (922) 000-00-77"]
        self.run_import([firm.row() for firm in firms], TITLES)
        logs = self.env["auditlog.log"].search(
            [
                ("res_id", "in", job.line_ids.partner_id.ids),
                ("model_id", "=", rule.model_id.id),
            ]
        )
        methods = logs.grouped("method")
        self.assertEqual(
            set(methods["create"].mapped("res_id")), set(job.line_ids.partner_id.ids)
        )
        changed = job.line_ids.sorted("row")[0].partner_id
        self.assertIn(changed.id, methods["write"].mapped("res_id"))
