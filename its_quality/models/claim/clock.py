from datetime import timedelta

from odoo import fields, models

from ..base.working_days import WorkingDays


class ItsClaim(models.Model):
    """The clock of a claim: deadlines in working days, hours of work, and standing still
    while the client is waited for."""

    _inherit = "its.claim"

    def _calendar(self):
        return self.team_id.resource_calendar_id or self.company_id.resource_calendar_id

    def _working_hours(self, start, end):
        if end <= start:
            return 0
        calendar = self._calendar()
        if not calendar:
            return 0
        return calendar.get_work_hours_count(start, end)

    def _default_deadline(self):
        """The day by which the team should be done: working days by priority."""
        self.ensure_one()
        company = self.company_id
        count = company[f"its_claim_days_{self.priority}"]
        today = company._its_today()
        return WorkingDays(self._calendar(), today).after(today, count)

    def _may_be_reopened(self):
        """Whether the client may still come back to a closed claim."""
        self.ensure_one()
        days = timedelta(days=self.company_id.its_reopen_days)
        return (
            bool(self.date_closed) and fields.Datetime.now() <= self.date_closed + days
        )

    def _day_of(self, moment):
        """The day that a moment, in UTC, belongs to where the company works."""
        local = self.with_context(tz=self.company_id._its_zone())
        return fields.Datetime.context_timestamp(local, moment).date()

    def _pause(self):
        """Stop the clock until the client has answered."""
        for claim in self.sudo():
            if not claim.waiting_since:
                super(ItsClaim, claim).write({"waiting_since": fields.Datetime.now()})

    def _resume(self, now=None):
        """Let the clock run again; the deadline moves by the days that were waited."""
        now = now or fields.Datetime.now()
        for claim in self.sudo().filtered("waiting_since"):
            since = claim.waiting_since
            first, last = claim._day_of(since), claim._day_of(now)
            days = WorkingDays(claim._calendar(), first)
            waited = sum(
                first + timedelta(days=n) in days for n in range((last - first).days)
            )
            values = {
                "waiting_since": False,
                "waited_hours": claim.waited_hours + claim._working_hours(since, now),
            }
            if claim.date_deadline and waited:
                values["date_deadline"] = days.after(claim.date_deadline, waited)
            super(ItsClaim, claim).write(values)
