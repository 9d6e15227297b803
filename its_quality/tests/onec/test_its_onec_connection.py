import re

import psycopg2

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, new_test_user, tagged
from odoo.tools import file_open, mute_logger

from ...models.onec.odata.texts import odata_sentences
from ...onec.odata.errors import ODATA_ERRORS, OdataError
from .common import OnecCase

SECRET = "Тайна-1С"
ROLES = ("client_manager", "quality_manager", "head")

# What the server does, or another address: what the user is told.
SENTENCES = [
    ("slam", {}, "was interrupted"),
    ("429", {}, "too many requests"),
    ("500", {}, "error (500): «Деление на 0»"),
    ("500 licence", {}, "no free license"),
    ("503", {}, "returned 503"),
    ("403", {}, "not allowed to"),
    ("400", {}, "did not understand the request: «Свойство не найдено»"),
    ("418", {}, "returned 418, which does not look like 1C"),
    ("html", {}, "a web page instead of data"),
    ("html as json", {}, "a web page instead of data"),
    ("not json", {}, "not valid JSON or was cut short"),
    ("list", {}, "does not come from the OData interface"),
    ("redirect to another", {}, "redirects to http://example.com/"),
    ("well", {"password": "другой"}, "rejected the login"),
    ("well", {"login": "Никто"}, "rejected the login"),
    (
        "well",
        {"address": "http://127.0.0.1:9/buh"},
        "Nothing responds on 127.0.0.1, port 9",
    ),
]


@tagged("post_install", "-at_install")
class TestItsOnecConnection(OnecCase):
    # -------------------------------------------------------------------------
    # The test of a connection
    # -------------------------------------------------------------------------

    def test_it_says_what_is_there(self):
        self.connection.read_contracts = True
        self.connection.action_test()
        self.assertTrue(self.connection.test_passed)
        text = self.connection.test_text
        self.assertIn("contractors: 100", text)
        self.assertIn("contracts: 10", text)
        self.assertNotIn("Catalog_", text)
        self.fake.published.discard(self.bases.USERS)
        self.connection.action_test()
        self.assertTrue(self.connection.test_passed)
        self.assertIn(self.bases.USERS, self.connection.test_text)

    def test_it_says_what_is_wrong(self):
        for mode, values, sentence in SENTENCES:
            with self.subTest(mode, **values):
                self.fake.mode = mode
                connection = self.connect(**values)
                connection.action_test()
                self.assertFalse(connection.test_passed)
                self.assertIn(sentence, connection.test_text)
                self.assertNotIn(self.fakes.PASSWORD, connection.test_text)
                self.assertFalse(connection.can_trust)

    def test_what_is_not_published(self):
        self.fake.published.discard(self.bases.CONTRACTS)
        self.connection.action_test()
        self.assertTrue(self.connection.test_passed)
        self.connection.read_contracts = True
        self.assertFalse(self.connection.test_text)
        self.connection.action_test()
        self.assertIn(
            "Catalog_ДоговорыКонтрагентов is not in", self.connection.test_text
        )
        self.connection.address = self.fake.address.replace("/buh", "/zup")
        self.connection.password = self.fakes.PASSWORD
        self.connection.action_test()
        self.assertIn("no OData interface at", self.connection.test_text)

    def test_a_sentence_for_each_error(self):
        sentences = odata_sentences(self.env["its.onec.connection"])
        variants = {"short_name", "failed_unsaid", "not_understood_unsaid"}
        variants |= {"rights_unnamed"}
        self.assertEqual(set(ODATA_ERRORS) | variants, set(sentences))
        details = dict.fromkeys(
            ("address", "host", "port", "seconds", "status", "location"), "x"
        )
        details |= {"catalogue": "x", "limit": 1}
        errors = [OdataError(code, **details, said="x") for code in ODATA_ERRORS]
        errors.append(OdataError("rights", catalogue=""))
        for code in ("failed", "not_understood"):
            errors.append(OdataError(code, **details, said=""))
        for error in errors:
            text = self.connection._odata_sentence(error)
            self.assertNotRegex(text, r"%\(|%s")
            self.assertNotIn("«»", text)

    def test_a_short_name(self):
        error = OdataError("name", host="srv1c")
        self.assertIn("full name", self.connection._odata_sentence(error))
        error = OdataError("name", host="srv.example.com")
        self.assertIn("typos", self.connection._odata_sentence(error))

    def test_a_result_is_of_what_was_tested(self):
        for values in ({"login": "x"}, {"password": "x"}, {"address": "http://a/b"}):
            self.connection.sudo().test_result = {
                "code": "ok",
                "details": {"counts": {}, "missing": []},
            }
            self.assertTrue(self.connection.test_passed)
            self.connection.write(values)
            self.assertFalse(self.connection.test_passed)

    def test_addresses(self):
        for address in ("", "srv/buh", "file:///etc/passwd", "http://u:p@srv/buh"):
            with self.subTest(address), self.assertRaises(ValidationError):
                self.connect(address=address or " ")
        connection = self.connect(address=" http://srv/buh/ru_RU/\n")
        self.assertEqual(connection.address, "http://srv/buh/ru_RU/")
        self.assertTrue(connection.is_plain)

    def test_what_is_to_be_read(self):
        with self.assertRaises(ValidationError):
            self.connection.read_contractors = False

    # -------------------------------------------------------------------------
    # The password
    # -------------------------------------------------------------------------

    def secret(self, connection=None):
        return (connection or self.connection)._secret()

    def test_nobody_reads_the_password(self):
        self.admin.group_ids += self.env.ref("base.group_allow_export")
        connection = self.connect(password=SECRET)
        connection.message_post(body="Note")
        self.env.flush_all()
        self.env.invalidate_all()
        self.assertEqual(self.secret(connection), SECRET)
        self.assertTrue(connection.has_password)
        model = connection.browse()
        spec = {"password": {}, "has_password": {}, "login": {}}
        told = [
            connection.read(),
            connection.read(["password"]),
            connection.web_read(spec),
            model.search_read([("id", "=", connection.id)]),
            model.web_search_read([("id", "=", connection.id)], spec),
            connection.copy_data(),
            connection.export_data(["name", "password", "login"]),
            model.default_get(["password", "login"]),
            connection.message_ids.mapped("body"),
            connection.sudo().message_ids.tracking_value_ids.read(),
            repr(connection),
        ]
        self.assertNotIn(SECRET, repr(told))
        described = model.fields_get()["password"]
        self.assertIs(described["exportable"], False)
        self.assertFalse(described["searchable"])
        self.assertNotIn("password_secret", model._fields)
        for attempt in (
            lambda: model.search([("password", "like", "Тай%")]),
            lambda: model.search([("password", "=", SECRET)]),
            lambda: model.search([], order="password"),
            lambda: model._read_group([], ["password"]),
        ):
            with self.assertRaises(ValueError):
                attempt()

    def test_it_is_not_in_the_answer_to_who_enters_it(self):
        answer = self.connection.web_save(
            {"password": SECRET}, {"password": {}, "has_password": {}}
        )
        self.assertNotIn(SECRET, repr(answer))
        self.assertTrue(answer[0]["has_password"])
        self.assertEqual(self.secret(), SECRET)

    def test_when_it_stays_and_when_it_goes(self):
        own = self.fake.address
        table = [
            ({"name": "Другое"}, True),
            ({"password": False}, True),
            ({"password": "", "login": "x"}, True),
            ({"address": f"{own}/odata/standard.odata/"}, True),
            ({"address": own.replace("/buh", "/zup")}, True),
            ({"address": own.replace("127.0.0.1", "localhost")}, False),
            ({"address": own.replace("http:", "https:")}, False),
            ({"address": "http://127.0.0.1:9/buh"}, False),
            ({"address": "http://evil.example.com/buh", "password": ""}, False),
        ]
        for values, stays in table:
            with self.subTest(values):
                connection = self.connect(password=SECRET)
                connection.write(values)
                self.assertEqual(self.secret(connection), SECRET if stays else "")
                self.assertEqual(connection.has_password, stays)
        connection = self.connect(password=SECRET)
        connection.write({"address": "http://other/buh", "password": "Новая"})
        self.assertEqual(self.secret(connection), "Новая")
        # The value that was read, written back, is no new password.
        connection.write(connection.read(["password", "login"])[0] | {"id": None})
        self.assertEqual(self.secret(connection), "Новая")

    def test_a_trusted_certificate_is_of_one_server(self):
        self.connection.sudo().fingerprint = "ab" * 32
        self.connection.address = f"{self.fake.address}/"
        self.assertTrue(self.connection.fingerprint)
        self.connection.address = "https://other/buh"
        self.assertFalse(self.connection.fingerprint)

    def test_a_copy_has_none(self):
        source = self.env["its.import.source"].create({"name": "Другая база"})
        copy = self.connection.copy({"source_id": source.id})
        self.assertEqual(self.secret(copy), "")
        self.assertFalse(copy.login)
        self.assertFalse(copy.has_password)

    def test_the_form(self):
        with Form(self.connection) as form:
            self.assertFalse(form.password)
            form.name = "Другое имя"
        self.assertEqual(self.secret(), self.fakes.PASSWORD)
        with Form(self.connection) as form:
            form.password = SECRET
        self.assertEqual(self.secret(), SECRET)

    # -------------------------------------------------------------------------
    # Rights
    # -------------------------------------------------------------------------

    def test_only_administrators(self):
        users = [
            new_test_user(self.env, f"onec_{role}", f"its_quality.group_{role}")
            for role in ROLES
        ]
        users += [
            new_test_user(self.env, "onec_employee", "base.group_user"),
            new_test_user(self.env, "onec_portal", "base.group_portal"),
        ]
        values = {"name": "x", "address": "http://a/b", "user_id": self.admin.id}
        for user in users:
            connection = self.connection.with_user(user)
            attempts = [
                lambda c=connection: c.read(["name"]),
                lambda c=connection: c.read(["password"]),
                lambda c=connection: c.write({"password": "x"}),
                lambda c=connection: c.write({"address": "http://evil/buh"}),
                lambda c=connection: c.create({**values, "source_id": 1}),
                lambda c=connection: c.search([]),
                lambda c=connection: c.action_test(),
                lambda c=connection: c.action_trust(),
                lambda c=connection: c.action_distrust(),
                lambda c=connection: c.action_sync(),
                lambda c=connection: c.action_forget(),
                lambda c=connection: list(c._entities("Catalog_Банки")),
                lambda c=connection: c.env["its.onec.object"].search([]),
            ]
            for number, attempt in enumerate(attempts):
                with self.subTest(user.login, attempt=number):
                    self.env.invalidate_all()
                    with self.assertRaises(AccessError):
                        attempt()
        self.assertEqual(self.fake.requests, [])

    def test_own_companies(self):
        other = self.env["res.company"].create({"name": "Вятка"})
        self.admin.company_ids += other
        here = {"allowed_company_ids": self.env.company.ids}
        there = {"allowed_company_ids": other.ids}
        found = self.connection.with_context(**there).search([])
        self.assertFalse(found)
        self.assertTrue(self.connection.with_context(**here).search([]))
        with self.assertRaises(AccessError):
            self.connection.with_context(**there).action_test()

    def test_who_may_be_responsible(self):
        stranger = new_test_user(self.env, "onec_stranger", "base.group_user")
        with self.assertRaisesRegex(ValidationError, "cannot import"):
            self.connection.user_id = stranger
        self.connection.user_id = self.other_admin

    def test_one_connection_a_source(self):
        with (
            mute_logger("odoo.sql_db"),
            self.assertRaises(psycopg2.IntegrityError),
        ):
            self.connect(source_id=self.connection.source_id.id)

    def test_a_source_of_its_own(self):
        values = {"name": "База", "address": "http://srv/buh"}
        connections = self.env["its.onec.connection"].with_user(self.admin)
        while connections._default_source():
            connections.create(values)
        for chosen in ({}, {"source_id": False}):
            connection = connections.create({**values, **chosen, "name": "Склад"})
            self.assertEqual(connection.source_id.name, "Склад")
            self.assertEqual(connection.company_id, self.env.company)
        with self.assertRaises(ValidationError):
            connection.source_id = False

    # -------------------------------------------------------------------------
    # For others who read
    # -------------------------------------------------------------------------

    def test_entities(self):
        users = self.bases.USERS
        found = list(self.connection._entities(users, select=["Description"]))
        self.assertEqual(
            [row["Description"] for row in found], list(self.bases.MANAGERS.values())
        )
        self.assertEqual(set(found[0]), {"Ref_Key", "Description"})
        folders = self.connection._entities(
            self.bases.CONTRACTORS, filter="IsFolder eq true"
        )
        self.assertEqual(len(list(folders)), 2)
        self.fake.mode = "403"
        with self.assertRaisesRegex(UserError, "not allowed to"):
            list(self.connection._entities(users))

    def test_a_copy_of_the_database_knows_no_password(self):
        with file_open("its_quality/data/neutralize.sql") as script:
            sql = script.read()
        self.connection.by_schedule = True
        self.env.flush_all()
        self.env.cr.execute(re.search(r"UPDATE its_onec_connection[^;]*;", sql)[0])
        self.env.invalidate_all()
        self.assertEqual(self.secret(), "")
        self.assertFalse(self.connection.active)
        self.assertFalse(self.connection.by_schedule)
