"""A change of the version writes anew what nobody has edited, and keeps what somebody has."""

from psycopg2.extras import Json

from odoo.tests import TransactionCase, tagged
from odoo.tools import SQL

from ..upgrading import ADDON, Renewal


@tagged("post_install", "-at_install")
class TestUpgrading(TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.boss = cls.env.ref("base.user_admin")
        data = cls.env["ir.model.data"].search(
            [("module", "=", ADDON), ("model", "=", "mail.template")], order="name"
        )
        cls.edited, cls.old = (cls.env.ref(f"{ADDON}.{one.name}") for one in data[:2])
        cls.names = data.mapped("name")[:2]
        cls.crons = [
            cls.env.ref(f"{ADDON}.ir_cron_{name}")
            for name in ("plan_calls", "watch_claims", "import")
        ]
        # As the installation has left them, whoever has since worked in this database.
        for record in (cls.edited, cls.old, *cls.crons):
            cls.sql(record, "write_uid", 1)

    @classmethod
    def sql(cls, record, name, value):
        """A value of an earlier version, which no user has written."""
        cls.env.flush_all()
        table = record._table
        if name == "code":
            record, table = record.ir_actions_server_id, "ir_act_server"
        cls.env.cr.execute(
            SQL(
                "UPDATE %s SET %s = %s WHERE id = %s",
                SQL.identifier(table),
                SQL.identifier(name),
                value,
                record.id,
            )
        )
        cls.env.invalidate_all()

    def test_what_nobody_has_edited_is_new(self):
        was = self.old.subject
        self.sql(self.old, "subject", Json({"en_US": "Of former days"}))
        self.assertEqual(self.old.subject, "Of former days")
        cron = self.crons[0]
        nextcall = cron.nextcall
        self.sql(cron, "interval_number", 99)
        self.sql(cron, "code", "model._of_former_days()")
        self.assertEqual(Renewal(self.env).run(), [])
        self.env.invalidate_all()
        self.assertEqual(self.old.subject, was)
        self.assertEqual(cron.interval_number, 1)
        self.assertEqual(cron.code, "model._cron_plan_nights()")
        self.assertEqual(cron.nextcall, nextcall)

    def test_what_somebody_has_edited_is_kept_and_told(self):
        self.edited.with_user(self.boss).subject = "По-нашему"
        watch, job = self.crons[1:]
        watch.with_user(self.boss).write({"interval_number": 7})
        job.with_user(self.boss).active = False
        self.sql(watch, "code", "model._of_former_days()")
        with self.assertLogs("odoo.addons.its_quality.upgrading") as logs:
            kept = Renewal(self.env).run()
        self.env.invalidate_all()
        self.assertEqual(
            sorted(kept),
            sorted([self.names[0], "ir_cron_watch_claims", "ir_cron_import"]),
        )
        self.assertIn(f"{ADDON}.{self.names[0]}", "\n".join(logs.output))
        self.assertEqual(self.edited.subject, "По-нашему")
        self.assertEqual(watch.interval_number, 7)
        self.assertEqual(watch.code, "model._cron_watch()")
        self.assertFalse(job.active)
        # And at the next change of the version again.
        self.assertEqual(sorted(Renewal(self.env).run()), sorted(kept))
        self.assertEqual(watch.interval_number, 7)

    def test_what_was_deleted_stays_so(self):
        self.crons[1].unlink()
        Renewal(self.env).run()
        self.assertFalse(
            self.env.ref(f"{ADDON}.ir_cron_watch_claims", raise_if_not_found=False)
        )
