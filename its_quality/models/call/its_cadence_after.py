from datetime import timedelta

from odoo import api, models
from odoo.tools import SQL

from ..client.renewal import continued_sql
from .call_days import CallDays
from .due import overdue_domain


class ItsCadence(models.Model):
    """What becomes of planned calls: pointless ones are cancelled, overdue ones shown to
    the head."""

    _inherit = "its.cadence"

    @api.model
    def _cancel_pointless(self):
        """Close calls whose reason has gone: the subscription was renewed, cancelled or
        deleted, the client asked not to be called, or is no client any more."""
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT call.id FROM mail_activity call
                  JOIN its_cadence cadence ON cadence.id = call.its_cadence_id
                  JOIN res_partner partner ON partner.id = call.its_client_id
                  LEFT JOIN its_subscription subscription
                         ON subscription.id = call.its_subscription_id
                 WHERE call.active AND call.its_response_id IS NULL AND (
                    partner.its_client IS NOT TRUE OR partner.active IS NOT TRUE
                    OR partner.its_call_consent = 'refused'
                    OR cadence.trigger IN ('before_end', 'after_start') AND (
                        subscription.id IS NULL
                        OR subscription.state IN ('expired', 'cancelled')
                    )
                    OR cadence.trigger = 'before_end' AND %(continued)s
                    OR cadence.trigger = 'periodic' AND NOT EXISTS (
                        SELECT FROM its_subscription other
                         WHERE other.partner_id = partner.id
                           AND other.company_id = cadence.company_id
                           AND other.state IN ('upcoming', 'active', 'expiring')
                    )
                 )
                """,
                continued=continued_sql("subscription"),
            )
        )
        calls = self.env["mail.activity"].sudo().browse([row[0] for row in rows])
        if calls:
            calls._its_close(self.env._("There is nothing to call about any more."))

    @api.model
    def _escalate_overdue(self):
        """Show calls that are overdue for days to the head of the team.

        The call stays with its manager; the head finds it at his desk and in his
        morning mail, and may give it to somebody else.
        """
        calls = self.env["mail.activity"].sudo()
        for company in self.env["res.company"].search([]):  # pylint: disable=no-search-all
            today = company._its_today()
            days = CallDays(company, today, today - timedelta(days=90))
            overdue = calls.search(
                [
                    ("its_client_id", "!=", False),
                    ("its_escalated_id", "=", False),
                    *overdue_domain(today),
                    ("its_client_id.company_id", "in", [False, company.id]),
                    "|",
                    ("its_cadence_id", "=", False),
                    ("its_cadence_id.company_id", "=", company.id),
                ]
            )
            heads = overdue._its_heads(company)
            for call in overdue:
                head = heads.get(call)
                working = days.working_days(call.user_id.resource_calendar_id)
                due = working.after(call.date_deadline, company.its_escalation_days)
                if head and head != call.user_id and due < today:
                    call.its_escalated_id = head
