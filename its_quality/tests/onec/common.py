"""What the tests of connections to 1C share: a made-up 1C, and somebody who connects."""

import importlib.util
import sys
import unittest
from pathlib import Path

from odoo.tests import new_test_user

from .test_its_import import ImportCase

TESTS = Path(__file__).parents[3] / "tests"


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
