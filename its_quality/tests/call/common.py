"""What the tests of talks, planned calls and the desk share."""

from datetime import datetime, timedelta

from odoo import fields

from ..common import ZONE, QualityCase


class CallCase(QualityCase):
    """What tests of talks and calls share; no cadence but those a test makes."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["its.cadence"].search([]).active = False
        cls.company.resource_calendar_id.tz = ZONE or "Europe/Moscow"

    @classmethod
    def talk(cls, client, days=0, **values):
        """Note a talk of some days ago, at noon in Moscow."""
        day = cls.company._its_today() + timedelta(days=days)
        moment = datetime.combine(day, datetime.min.time()) + timedelta(hours=9)
        moment = min(moment, fields.Datetime.now())
        return cls.env["its.interaction"].create(
            {"partner_id": client.id, "date_start": moment, **values}
        )

    @classmethod
    def plan_call(cls, client, user=None, days=0, **values):
        """Plan a call by hand."""
        return client.activity_schedule(
            "mail.mail_activity_data_call",
            date_deadline=cls.company._its_today() + timedelta(days=days),
            user_id=(user or cls.client_manager).id,
            **values,
        )

    @classmethod
    def create_cadence(cls, trigger="periodic", **values):
        return cls.env["its.cadence"].create(
            {
                "name": f"Проверка {trigger}",
                "trigger": trigger,
                "company_id": cls.company.id,
                **values,
            }
        )

    def calls_of(self, client, cadence=None, closed=False):
        """The planned calls to a client in the order of their days."""
        domain = [("its_client_id", "=", client.id)]
        if cadence:
            domain.append(("its_cadence_id", "=", cadence.id))
        model = self.env["mail.activity"].with_context(active_test=not closed)
        return model.search(domain, order="date_deadline, id")
