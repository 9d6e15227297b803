"""What the tests of this room share: a made-up 1C and somebody who connects to it, and
lists of its users."""

import base64
import importlib.util
import sys
import unittest
import uuid
from pathlib import Path
from unittest.mock import patch

from odoo import fields
from odoo.tests import new_test_user

from odoo.addons.mail.tests.common import MailCase

from ..common import QualityCase
from .test_its_import import ImportCase

TESTS = Path(__file__).parents[3] / "tests"
# Of the columns in a list of users.
TITLES = {
    "name": "Полное имя",
    "login": "Имя для входа",
    "email": "E-mail",
    "phone": "Телефон",
    "position": "Должность",
    "department": "Подразделение",
    "ref": "Ссылка",
    "invalid": "Недействителен",
    "service": "Служебный",
    "deletion_mark": "Пометка удаления",
}


def load_fake():
    """Load the made-up 1C, which lies with the tests beside the addon.

    :return: ``(fake_odata, fake_odata_base)``, or ``None`` where they are not there
    """
    if not (TESTS / "fake_odata.py").exists():
        return None
    modules = []
    for name in ("fake_odata_base", "fake_odata"):
        if name not in sys.modules:
            spec = importlib.util.spec_from_file_location(name, TESTS / f"{name}.py")
            sys.modules[name] = importlib.util.module_from_spec(spec)
            spec.loader.exec_module(sys.modules[name])
        modules.insert(0, sys.modules[name])
    return modules


class OnecCase(ImportCase):
    """A connection of the administrator to a base with a hundred contractors."""

    contractors = 100

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        loaded = load_fake()
        if not loaded:
            raise unittest.SkipTest("The made-up 1C is not beside the addon.")
        cls.fakes, cls.bases = loaded
        cls.other_admin = new_test_user(
            cls.env, "onec_admin", "its_quality.group_administrator"
        )

    @classmethod
    def _request_handler(cls, s, r, /, **kw):
        # Odoo's guard against real requests takes one number for a timeout.
        if isinstance(kw.get("timeout"), tuple):
            kw["timeout"] = max(kw["timeout"])
        return super()._request_handler(s, r, **kw)

    def setUp(self):
        super().setUp()
        self.fake = self.fakes.FakeOdata(self.bases.Base(self.contractors))
        self.addCleanup(self.fake.stop)
        self.connection = self.connect()

    def connect(self, **values):
        """Make a connection as the administrator does."""
        source = self.env["its.import.source"].create({"name": "Made-up base"})
        return (
            self.env["its.onec.connection"]
            .with_user(self.admin)
            .create(
                {
                    "name": "Made-up 1C",
                    "source_id": source.id,
                    "address": self.fake.address,
                    "login": self.fakes.LOGIN,
                    "password": self.fakes.PASSWORD,
                    **values,
                }
            )
        )

    def run_jobs(self):
        """Let the job of imports run once, with its commits."""
        with self.enter_registry_test_mode():
            self.env.ref("its_quality.ir_cron_import").method_direct_trigger()
        self.env.invalidate_all()

    def ask_once(self):
        """Let a client give up at the first failure, so that no test waits."""
        model = type(self.env["its.onec.connection"])
        client = model._client

        def ask(connection, **options):
            return client(connection, **{**options, "attempts": 1})

        self.patch(model, "_client", ask)

    def work(self, job, steps=10_000):
        """Do what the job of imports does, without its commits."""
        for _step in range(steps):
            if not job._step():
                break
        return job

    def sync(self, connection=None):
        """Synchronise as far as the preview.

        :return: the import
        """
        connection = connection or self.connection
        action = connection.action_sync()
        job = connection.env["its.import"].browse(action["res_id"])
        self.work(job)
        self.assertEqual(job.state, "checked", job.error)
        return job

    def sync_all(self, connection=None):
        """Synchronise and import.

        :return: the import
        """
        job = self.sync(connection)
        job.action_import()
        self.work(job)
        self.assertEqual(job.state, "done", job.error)
        return job

    def sync_unattended(self, connection=None):
        """Synchronise as the schedule does.

        :return: the import
        """
        connection = connection or self.connection
        job = connection._begin(connection.user_id, unattended=True)
        self.work(job)
        if job.state == "running":
            self.work(job)
        return job

    def contractor(self, number):
        """The client that a contractor of the base has become."""
        ref = self.fake.base.keys[self.bases.CONTRACTORS][number]
        return self.env["res.partner"].search([("onec_ref", "=", ref)])


def ref_of(text):
    """A reference, always the same for the same text."""
    return str(uuid.uuid5(uuid.NAMESPACE_URL, f"made up: {text}"))


def person(name, **values):
    """A row of the list of users."""
    return {"name": name, **values}


class UserImportCase(QualityCase, MailCase):
    """Lists of users; ``self.boss`` may manage the users of Odoo, too, which
    ``self.administrator`` may not."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env = cls.env(context={"tracking_disable": True})
        cls.source = cls.env["its.import.source"].create({"name": "Бухгалтерия фирмы"})
        cls.boss = cls.create_user(
            "its_boss", "its_quality.group_administrator,base.group_erp_manager"
        )
        cls.vera = person(
            "Рыбкина Вера Олеговна",
            email="rybkina@example.com",
            phone="+7 8332 00-00-11",
            position="Специалист",
        )
        cls.yuri = person("Щукин Юрий", email="schukin@example.com")
        cls.jeanne = person("Чайкина Жанна", login="ЧайкинаЖ")

    # -------------------------------------------------------------------------
    # Lists
    # -------------------------------------------------------------------------

    def file_of(self, *people):
        """The list as a text file with all columns."""
        rows = [list(TITLES.values())]
        rows += [[row.get(name, "") for name in TITLES] for row in people]
        text = "\n".join("\t".join(cells) for cells in rows)
        return base64.b64encode(text.encode())

    def review(self, *people, user=None, source=None):
        """Read a list as a user of Odoo.

        :return: the import, with its rows for review
        """
        imports = self.env["its.user.import"].with_user(user or self.boss)
        job = imports.create(
            {
                "source_id": (source or self.source).id,
                "file": self.file_of(*people),
                "file_name": "users.txt",
            }
        )
        job.action_check()
        return job

    def brought(self, *people, role="client_manager"):
        """Bring people over, all with the same role.

        :return: the import, confirmed
        """
        job = self.review(*people)
        job.create_line_ids.role = role
        job.action_confirm()
        return job

    def line(self, job, name):
        """The row of a person."""
        found = job.line_ids.filtered(lambda line: line.name == name)
        self.assertEqual(len(found), 1, name)
        return found

    def user_of(self, person):
        """The account that was made of a person."""
        return self.env["res.users"].search([("name", "=", person["name"])])

    def proposals(self, job):
        """What is proposed, by name."""
        return {line.name: line.proposal for line in job.line_ids}

    def issues(self, line):
        return [code for code, _value in line.issues or ()]

    # -------------------------------------------------------------------------
    # Letters
    # -------------------------------------------------------------------------

    def invite(self):
        """Let the job send what waits.

        :return: the letters that went, in order
        """
        self.env.flush_all()
        progress = patch.object(
            type(self.env["ir.cron"]), "_commit_progress", lambda *_a, **_k: 100
        )
        with self.mock_mail_gateway(), progress:
            self.env["its.user.import"]._cron_invite()
        self.env.invalidate_all()
        return [letter["EmailMessage"] for letter in self._mails]

    def rights_of(self, users):
        """What determines the rights and the login of a user."""
        self.env.flush_all()
        self.env.cr.execute(
            "SELECT id, login, password, active, company_id, partner_id, share"
            " FROM res_users WHERE id IN %s ORDER BY id",
            [tuple(users.ids)],
        )
        rows = self.env.cr.fetchall()
        return [
            (row, sorted(user.group_ids.ids), sorted(user.company_ids.ids), user.email)
            for row, user in zip(rows, users.sorted("id"), strict=True)
        ]

    def plan_call(self, client, user):
        """Plan a call to a client.

        :return: the activity
        """
        return client.activity_schedule(
            "mail.mail_activity_data_call",
            date_deadline=fields.Date.today(),
            user_id=user.id,
        )
