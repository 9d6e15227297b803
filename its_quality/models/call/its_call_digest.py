import pytz

from odoo import api, fields, models
from odoo.tools import format_date

from ..base.groups import GROUP_USER
from ..claim.its_claim_stage import ENDED

# Between these hours of a company's clock it is morning; midnight comes to each company
# at an hour of its own.
MORNING = range(7, 12)
# So many calls a mail names; the desk has them all.
NAMED = 30


class ItsCadence(models.Model):
    """The morning mail: one a person, instead of one a call or claim."""

    _inherit = "its.cadence"

    @api.model
    def _cron_send_digests(self):
        """Write to everybody who works today and has calls to make, or claims that wait
        for him, once a morning."""
        mails = []
        now = pytz.utc.localize(fields.Datetime.now())
        for company in self.env["res.company"].search([]):  # pylint: disable=no-search-all
            here = now.astimezone(pytz.timezone(company._its_zone()))
            if here.hour in MORNING and company.its_digest_date != here.date():
                company.its_digest_date = here.date()
                mails += self._digests(company)
        self.env["mail.mail"].sudo().create(mails)

    @api.model
    def _digests(self, company):
        """The letters of a morning.

        :return: values of ``mail.mail``
        """
        today = company._its_today()
        users = self.env["res.users"].search(
            [
                ("share", "=", False),
                ("company_id", "=", company.id),
                ("email", "!=", False),
            ]
        )
        group = self.env.ref(GROUP_USER).sudo()
        mails = []
        for user in users & group.all_user_ids:
            calendar = user.resource_calendar_id or company.resource_calendar_id
            if user._its_is_absent(today) or not calendar._its_is_working(today):
                continue
            calls, escalated = self._calls_of_morning(user, today)
            claims = self._claims_of_morning(user, today)
            if calls or escalated or claims:
                mails.append(
                    self._digest(user, company, today, calls, escalated, claims)
                )
        return mails

    def _claims_of_morning(self, user, today):
        """The claims that wait for somebody, overdue ones first; where the client is
        called about one, the call reminds of it."""
        claims = (
            self.env["its.claim"]
            .sudo()
            .search([("next_user_id", "=", user.id), ("state", "not in", ENDED)])
        )
        calls = self.env["mail.activity"].sudo()
        asked = calls.search([("its_claim_id", "in", claims.ids)]).its_claim_id
        far = today.max
        return (claims - asked).sorted(
            lambda claim: (
                not claim._is_overdue(today),
                claim.date_deadline or far,
                -int(claim.priority),
                claim.id,
            )
        )

    def _calls_of_morning(self, user, today):
        calls = self.env["mail.activity"].sudo()
        due = [("its_client_id", "!=", False), ("date_deadline", "<=", today)]
        own = calls.search([*due, ("user_id", "=", user.id)])
        escalated = calls.search(
            [*due, ("its_escalated_id", "=", user.id), ("user_id", "!=", user.id)]
        )
        return own, escalated

    def _digest(self, user, company, today, calls, escalated, claims):
        """One letter, in the language of who gets it."""
        view = self.with_context(lang=user.lang)
        overdue = calls.filtered(lambda call: call.date_deadline < today)
        subject = view.env._(
            "Calls for %(date)s: %(count)s, overdue: %(overdue)s",
            date=format_date(view.env, today),
            count=len(calls),
            overdue=len(overdue),
        )
        if claims:
            late = claims.filtered(lambda claim: claim._is_overdue(today))
            text = view.env._(
                "claims: %(count)s, overdue: %(overdue)s",
                count=len(claims),
                overdue=len(late),
            )
            subject = f"{subject}; {text}"
        body = view.env["ir.qweb"]._render(
            "its_quality.call_digest",
            {
                "user": user,
                "today": today,
                "calls": calls[:NAMED].with_context(lang=user.lang),
                "more": len(calls[NAMED:]),
                "escalated": escalated[:NAMED].with_context(lang=user.lang),
                "claims": claims[:NAMED].with_context(lang=user.lang),
                "more_claims": len(claims[NAMED:]),
                "base_url": company.get_base_url(),
                "url": f"{company.get_base_url()}/odoo/call-desk",
                "format_date": lambda day: format_date(view.env, day),
            },
            minimal_qcontext=True,
        )
        return {
            "subject": subject,
            "body_html": body,
            "email_to": user.email_formatted,
            "email_from": company.email_formatted or user.email_formatted,
            "auto_delete": True,
        }
