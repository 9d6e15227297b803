import logging
import os
import re
import tempfile
from ipaddress import IPv4Address
from unittest.mock import patch

from cryptography.fernet import Fernet

from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, TransactionCase, new_test_user, tagged
from odoo.tools import SQL, config, file_open, sql

from ...tools import secret_box, security_log
from ...tools.secret_box import SEALED, SecretLost, is_sealed, seal, unseal
from ...tools.server_options import allowed_hosts, server_option

SECRET = "Тайна-1С: %s"
# Where clouds tell machines their secrets: 169.254, twice.
METADATA = str(IPv4Address(0xA9FEA9FE))
KEYS = [Fernet.generate_key().decode() for _number in range(2)]


def with_keys(text):
    """Give the server these keys; none where the text is empty."""
    return patch.dict(os.environ, ITS_QUALITY_SECRET_KEY=text)


class Connections:
    """Both kinds of a record with a password that nobody reads: how each is made, the
    names of its fields, and an address of another server."""

    def made(self):
        administrator = new_test_user(
            self.env,
            "secrets_admin",
            "its_quality.group_administrator,base.group_allow_export",
        )
        self.administrator = administrator
        onec = (
            self.env["its.onec.connection"]
            .with_user(administrator)
            .create(
                {
                    "name": "База",
                    "address": "https://srv.example.com/buh",
                    "login": "обмен",
                    "password": SECRET,
                }
            )
        )
        connect = (
            self.env["its.connect"]
            .with_user(administrator)
            .create(
                {
                    "rest_url": "https://srv.example.com",
                    "rest_login": "обмен",
                    "rest_password": SECRET,
                }
            )
        )
        return [
            (onec, "password", "address"),
            (connect, "rest_password", "rest_url"),
        ]

    def kept(self, record):
        """What lies in the database."""
        [[kept]] = self.env.execute_query(
            SQL(
                "SELECT %s FROM %s WHERE id = %s",
                SQL.identifier(record._secret_column),
                SQL.identifier(record._table),
                record.id,
            )
        )
        return kept


@tagged("post_install", "-at_install")
class TestSecretColumn(Connections, TransactionCase):
    """A password that somebody entered can be used, and got by no way of reading."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.startClassPatcher(with_keys(""))

    @classmethod
    def _request_handler(cls, s, r, /, **kw):
        if METADATA not in r.url:
            return super()._request_handler(s, r, **kw)
        # Our own guard refuses it, and before Odoo's would.
        del kw["allow_redirects"]
        return s.get_adapter(r.url).send(r, **kw)

    def setUp(self):
        super().setUp()
        self.records = self.made()

    def test_nobody_reads_it(self):
        for record, name, _address in self.records:
            self.env.flush_all()
            self.env.invalidate_all()
            self.assertEqual(record._secret(), SECRET)
            self.assertTrue(record.has_password)
            model = record.browse()
            spec = {name: {}, "has_password": {}}
            found = [("id", "=", record.id)]
            told = [
                record.read(),
                record.read([name]),
                record.web_read(spec),
                model.search_read(found, [name]),
                model.web_search_read(found, spec),
                record.copy_data(),
                record.export_data(["name", name]),
                model.default_get([name]),
                record.onchange({name: SECRET}, [name], {name: {}, "name": {}}),
                record.sudo().read(),
                record.get_metadata(),
                repr(record),
            ]
            with self.subTest(record._name):
                self.assertNotIn(SECRET, repr(told))
                described = model.fields_get()[name]
                self.assertIs(described["exportable"], False)
                self.assertFalse(described["searchable"])
                self.assertFalse(described["sortable"])
                self.assertNotIn(record._secret_column, model._fields)
                self.assertNotIn(name, record._read_format(["display_name"])[0])
            column = record._secret_column
            attempts = [
                lambda m=model, n=name: m.search([(n, "like", "Тай%")]),
                lambda m=model, n=name: m.search([(n, "=", SECRET)]),
                lambda m=model, n=name: m.search([(n, "!=", False)]),
                lambda m=model, n=name: m.search([], order=n),
                lambda m=model, n=name: m.web_read_group([], [n], ["__count"]),
                lambda m=model, n=name: m.formatted_read_group([], [n]),
                lambda m=model, n=name: m.formatted_read_group([], [], [f"{n}:max"]),
                lambda m=model, n=column: m.search([(n, "=", SECRET)]),
                lambda m=model, n=column: m.search([], order=n),
                lambda m=model, n=column: m.search_read([], [n]),
                lambda r=record, n=column: r.web_read({n: {}}),
                lambda r=record, n=column: r.read([n]),
                lambda r=record, n=column: r.export_data([n]),
            ]
            for number, attempt in enumerate(attempts):
                with self.subTest(record._name, attempt=number):
                    try:
                        self.assertNotIn(SECRET, repr(attempt()))
                    except (ValueError, KeyError, UserError) as error:
                        self.assertNotIn(SECRET, str(error).replace(f"'{SECRET}'", ""))

    def test_search_domains_of_others_do_not_lead_to_it(self):
        """By way of what refers to it."""
        ways = [
            ("its.import", "connection_id.password"),
            ("its.connect.line", "connect_id.rest_password"),
            ("its.connect.event", "connect_id.rest_password"),
        ]
        for model, path in ways:
            with self.subTest(model), self.assertRaises(ValueError):
                self.env[model].with_user(self.administrator).search(
                    [(path, "=like", "Тай%")]
                )

    def test_the_answer_to_who_enters_it(self):
        for record, name, _address in self.records:
            answer = record.web_save({name: "Новая"}, {name: {}, "has_password": {}})
            self.assertNotIn("Новая", repr(answer))
            self.assertTrue(answer[0]["has_password"])
            self.assertEqual(record._secret(), "Новая")

    def test_another_address_forgets_it(self):
        """Rows: the other address, whether it is the same server."""
        table = [
            ("https://srv.example.com/", True),
            ("https://srv.example.com:443/x", True),
            ("https://SRV.example.com/x", True),
            ("http://srv.example.com/x", False),
            ("https://srv.example.com:8443/x", False),
            ("https://other.example.com/x", False),
            ("https://srv.example.com.evil.example.com/x", False),
            ("https://xn--srv-example.com/x", False),
        ]
        for record, name, address in self.records:
            own = record[address]
            for other, stays in table:
                with self.subTest(record._name, address=other):
                    record.write({address: own, name: SECRET})
                    record.write({address: other})
                    self.assertEqual(record._secret(), SECRET if stays else "")
                    self.assertEqual(record.has_password, stays)
            record.write({address: own, name: SECRET})
            record.write({address: "https://other.example.com/x", name: "Новая"})
            self.assertEqual(record._secret(), "Новая")
            record.write({name: False, "name": "Другое"})
            self.assertEqual(record._secret(), "Новая")

    def test_an_address_that_programs_read_in_two_ways(self):
        """What one of them takes for the host, another takes for a login."""
        [_onec, (connect, name, address)] = self.records
        for other in (
            "https://evil.example.com\\@srv.example.com",
            "https://evil.example.com@srv.example.com",
            "https://srv.example.com\\.evil.example.com",
            "https://srv.example.com\t.evil.example.com",
            "https://[x",
            "https://",
            False,
        ):
            with self.subTest(other):
                connect.write({address: "https://srv.example.com", name: SECRET})
                connect.write({address: other})
                self.assertEqual(connect._secret(), "")
                connect.write({name: SECRET})
                with self.assertRaises(UserError):
                    connect.action_register_hook()

    def test_asking_the_cloud_itself_is_noted(self):
        """Of every server that a password goes to: who tried it, and not where."""
        [(onec, _name, _place), (connect, _name, _place)] = self.records
        onec.write({"address": f"https://{METADATA}/buh", "password": SECRET})
        connect.write({"rest_url": f"https://{METADATA}/", "rest_password": SECRET})

        def register():
            with self.assertRaisesRegex(UserError, "is not allowed"):
                connect.action_register_hook()

        def trust():
            with self.assertRaisesRegex(UserError, "is not allowed"):
                onec.action_trust()

        def read():
            with self.assertRaisesRegex(UserError, "is not allowed"):
                onec.action_read_users()

        for ask, model in (
            (onec.action_test, onec._name),
            (read, onec._name),
            (trust, onec._name),
            (register, connect._name),
        ):
            with (
                self.subTest(ask),
                self.assertLogs(security_log.__name__, logging.INFO) as found,
            ):
                ask()
                [line] = [record.getMessage() for record in found.records]
                self.assertIn("event=forbidden_host", line)
                self.assertIn(f"model={model}", line)
                self.assertNotIn(METADATA, line)

    def test_a_copy_has_none(self):
        for record, name, _address in self.records:
            values = {"name": "Копия"}
            if "source_id" in record:
                source = self.env["its.import.source"].create(values)
                values["source_id"] = source.id
            copy = record.copy(values)
            self.assertEqual(copy._secret(), "")
            self.assertFalse(copy.has_password)
            self.assertFalse(copy[name])

    def test_the_form(self):
        for record, name, _address in self.records:
            with Form(record) as form:
                self.assertFalse(form[name])
                form.name = "Другое имя"
            self.assertEqual(record._secret(), SECRET)
            with Form(record) as form:
                form[name] = "Новая"
            self.assertEqual(record._secret(), "Новая")

    def test_nobody_else(self):
        for role in ("client_manager", "quality_manager", "head"):
            user = new_test_user(self.env, f"sec_{role}", f"its_quality.group_{role}")
            for record, name, _address in self.records:
                other = record.with_user(user)
                for attempt in (
                    lambda r=other, n=name: r.read([n]),
                    lambda r=other, n=name: r.write({n: "x"}),
                    other._secret,
                    lambda r=other: r._keep_secret(None),
                ):
                    with self.subTest(role, model=record._name):
                        self.env.invalidate_all()
                        self.assertRaises(AccessError, attempt)
                self.assertEqual(record._secret(), SECRET)

    def test_a_copy_of_the_database_knows_none(self):
        with file_open("its_quality/data/neutralize.sql") as script:
            statements = script.read()
        self.env.flush_all()
        for record, _name, _address in self.records:
            self.env.cr.execute(
                re.search(f"UPDATE {record._table}[^;]*;", statements)[0]
            )
        self.env.invalidate_all()
        for record, _name, _address in self.records:
            self.assertIsNone(self.kept(record))

    def test_a_password_of_the_time_when_it_was_a_field(self):
        """The column of the former field becomes ours."""
        [_onec, (connect, _name, _address)] = self.records
        self.env.flush_all()
        self.env.cr.execute(
            "ALTER TABLE its_connect"
            " RENAME COLUMN rest_password_secret TO rest_password"
        )
        with with_keys(KEYS[0]):
            self.env["its.connect"].init()
            self.assertTrue(self.kept(connect).startswith(SEALED))
            self.assertEqual(connect._secret(), SECRET)
        self.assertFalse(sql.column_exists(self.env.cr, "its_connect", "rest_password"))


@tagged("post_install", "-at_install")
class TestSecretKeys(Connections, TransactionCase):
    """How passwords lie in the database, by what keys the server has."""

    def test_without_a_key_they_lie_there_as_they_are(self):
        with with_keys(""):
            for record, _name, _address in self.made():
                self.assertEqual(self.kept(record), SECRET)
                self.assertEqual(record._secret(), SECRET)

    def test_with_a_key_they_are_encrypted(self):
        for key in (KEYS[0], "a sentence of whoever installs it", "x"):
            with self.subTest(key), with_keys(key):
                self.assertEqual(unseal(seal(SECRET)), SECRET)
                self.assertNotEqual(seal(SECRET), seal(SECRET))
        with with_keys(KEYS[0]):
            for record, _name, _address in self.made():
                self.assertTrue(self.kept(record).startswith(SEALED))
                self.assertNotIn("1С", self.kept(record))
                self.assertEqual(record._secret(), SECRET)
                self.assertTrue(record.has_password)

    def test_a_key_that_is_given_later(self):
        """What was plain is read, and encrypted when it is used, or at night."""
        ways = (
            lambda record: record._secret(),
            lambda record: record.browse()._seal_secrets(),
            lambda record: record.browse().init(),
        )
        with with_keys(KEYS[0]):
            for record, _name, _address in self.made():
                for number, seals in enumerate(ways):
                    with self.subTest(record._name, way=number):
                        record._store_secret(SECRET)
                        self.assertTrue(record.has_password)
                        seals(record)
                        self.assertTrue(self.kept(record).startswith(SEALED))
                        self.assertEqual(record._secret(), SECRET)

    def test_a_key_in_place_of_another(self):
        with with_keys(KEYS[0]):
            records = self.made()
        for separator in (",", " ", ", ", "\n"):
            with self.subTest(separator), with_keys(separator.join(KEYS[::-1])):
                for record, _name, _address in records:
                    record.browse()._seal_secrets()
                    self.assertTrue(is_sealed(self.kept(record)))
        with with_keys(KEYS[1]):
            for record, _name, _address in records:
                self.assertEqual(record._secret(), SECRET)

    def test_a_key_that_is_lost(self):
        """A sentence, and entering it again mends it."""
        with with_keys(KEYS[0]):
            records = self.made()
        lost = "The password can no longer be read"
        for keys in ("", KEYS[1]):
            with self.subTest(keys), with_keys(keys):
                self.env.invalidate_all()
                for record, _name, _address in records:
                    self.assertFalse(record.has_password)
                    self.assertRaises(SecretLost, record._secret)
                    record.browse()._seal_secrets()
                    self.assertTrue(self.kept(record).startswith(SEALED))
                [(onec, _name, _place), (connect, _name, _place)] = records
                onec.action_test()
                self.assertIn(lost, onec.test_text)
                with self.assertRaisesRegex(UserError, lost):
                    onec.action_read_users()
                with self.assertRaisesRegex(UserError, lost):
                    connect.action_register_hook()
        with with_keys(KEYS[1]):
            for record, name, _address in records:
                record[name] = "Новая"
                self.assertEqual(record._secret(), "Новая")
                self.assertTrue(record.has_password)

    def test_what_is_damaged_is_lost(self):
        with with_keys(KEYS[0]):
            sealed = seal(SECRET)
            for damaged in (SEALED, sealed[:-8], f"{SEALED}я", SEALED * 2):
                with self.subTest(damaged), self.assertRaises(SecretLost):
                    unseal(damaged)

    def test_a_job_says_it_too(self):
        """What runs by schedule does not end in an error of the server."""
        with with_keys(KEYS[0]):
            [(onec, _name, _address), _connect] = self.made()
        with with_keys(""):
            job = onec._begin(onec.user_id, unattended=True)
            with self.assertRaisesRegex(UserError, "can no longer be read"):
                while job._step():
                    pass


@tagged("post_install", "-at_install")
class TestServerOptions(TransactionCase):
    """What the server says in the section of ours, or in the environment."""

    def option(self, text, name="secret_key", environment=None):
        environment = environment or {}
        with (
            tempfile.NamedTemporaryFile("w", suffix=".conf", encoding="utf-8") as file,
            patch.dict(os.environ, environment),
        ):
            if not environment:
                os.environ.pop(f"ITS_QUALITY_{name.upper()}", None)
            file.write(text)
            file.flush()
            with patch.dict(config.options, {"config": file.name}):
                return server_option(name)

    def test_what_is_said(self):
        table = [
            ("", ""),
            ("[options]\nsecret_key = no\n", ""),
            ("[its_quality]\n", ""),
            ("[its_quality]\nsecret_key = ключ\n", "ключ"),
            ("[its_quality]\nSECRET_KEY =  50% %(x)s \n", "50% %(x)s"),
            ("[options]\nx = 1\n\n[its_quality]\nsecret_key=a,b\n", "a,b"),
            ("secret_key = before any section\n", ""),
            ("[its_quality]\n[its_quality]\n", ""),
        ]
        for text, said in table:
            with self.subTest(text):
                self.assertEqual(self.option(text), said)

    def test_the_environment_comes_first(self):
        text = "[its_quality]\nsecret_key = file\n"
        for said in ("environment", ""):
            with self.subTest(said):
                environment = {"ITS_QUALITY_SECRET_KEY": f" {said} "}
                self.assertEqual(self.option(text, environment=environment), said)

    def test_without_a_file(self):
        for name in ("", "/no/such/file.conf"):
            with patch.dict(config.options, {"config": name}):
                self.assertEqual(server_option("no_such_option"), "")

    def test_a_key_of_the_file_encrypts(self):
        text = f"[its_quality]\nsecret_key = {KEYS[0]}\n"
        self.assertEqual(self.option(text), KEYS[0])
        with with_keys(KEYS[0]):
            self.assertEqual(secret_box._keys(), [KEYS[0]])

    def test_hosts(self):
        with patch.dict(os.environ, ITS_QUALITY_ALLOWED_HOSTS=" srv1c, ::1 "):
            self.assertEqual(allowed_hosts(), "srv1c, ::1")
