from odoo.fields import Command

from ..common import QualityCase


class NewFirmCase(QualityCase):
    """A company that has just installed the addon: an administrator, and nothing else."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.firm = cls.other_company
        cls.client_abroad.its_subscription_ids.unlink()
        cls.client_abroad.its_client = False
        # What is there for all companies is of no new firm.
        cls.env.flush_all()
        cls.env.cr.execute(
            "UPDATE res_partner SET company_id = %s WHERE its_client AND company_id IS NULL",
            [cls.company.id],
        )
        cls.env.invalidate_all()
        cls.boss = cls.create_user(
            "first_boss",
            "its_quality.group_administrator,base.group_erp_manager",
            company_id=cls.firm.id,
            company_ids=[Command.set(cls.firm.ids)],
            tz="Europe/Moscow",
        )
        cls.firm.resource_calendar_id.tz = "UTC"
        # The first company has one from the data of the addon.
        cls.env["its.import.source"].create({"name": "1С", "company_id": cls.firm.id})

    def home(self, user=None):
        user = user or self.boss
        self.env.flush_all()
        return self.env["its.home"].with_user(user).with_company(user.company_id)

    def steps(self):
        """The steps of the new firm, by key."""
        steps = self.home().get_home()["steps"]
        return {step["key"]: step for step in steps}

    def missing(self, key):
        return [one["text"] for one in self.steps()[key]["missing"]]
