from datetime import timedelta

from odoo import api, fields, models

from ..base.groups import GROUP_ADMINISTRATOR
from ..base.working_days import WorkingDays
from .rules import ENDED

BATCH = 200


class ItsClaim(models.Model):
    """Claims that are late or stand still come to the eyes of somebody above."""

    _inherit = "its.claim"

    @api.model
    def _cron_watch(self):
        """Every night: to-dos follow absences, late claims are escalated, and what no
        client has confirmed is closed."""
        cron = self.env["ir.cron"]
        for company in self.env["res.company"].search([]):  # pylint: disable=no-search-all
            for claims in self._to_watch(company):
                claims = claims.try_lock_for_update()
                claims._watch(company)
                cron._commit_progress(len(claims))

    def _to_watch(self, company):
        """The open claims of a company, in batches."""
        last = 0
        while True:
            claims = self.sudo().search(
                [
                    ("company_id", "=", company.id),
                    ("state", "not in", ENDED),
                    ("id", ">", last),
                ],
                order="id",
                limit=BATCH,
            )
            if not claims:
                return
            last = claims[-1].id
            yield claims

    def _watch(self, company):
        today = company._its_today()
        unconfirmed = self.filtered(lambda claim: claim._is_unconfirmed(today))
        unconfirmed._close_unconfirmed()
        rest = self - unconfirmed
        rest.filtered(
            lambda claim: claim.next_user_id != claim._next_user()
        )._schedule_next()
        for claim in rest.filtered(lambda claim: not claim.escalated_on):
            if claim._is_overdue(today) or claim._is_stalled(today):
                claim._escalate(today)

    def _is_overdue(self, today):
        return (
            self.state in ("dispatched", "in_progress")
            and not self.waiting_since
            and bool(self.date_deadline)
            and self.date_deadline < today
        )

    def _is_stalled(self, today):
        """Whether the claim stands still longer than the company lets it; while the
        client is waited for or asked it may."""
        if self.waiting_since or self.state == "follow_up" or not self.date_stage:
            return False
        if self.state == "in_progress" and self.date_deadline:
            # It has the time it was given.
            return False
        since = fields.Datetime.context_timestamp(
            self.with_context(tz=self.company_id._its_zone()), self.date_stage
        ).date()
        if (today - since) < timedelta(days=self.company_id.its_stall_days):
            return False
        days = WorkingDays(self._calendar(), since)
        return days.after(since, self.company_id.its_stall_days) <= today

    def _escalate(self, today):
        """Tell whoever is above the one the claim waits for, once a stage."""
        super().write({"escalated_on": today})
        self._tell("escalated")

    def _above(self):
        """Who is above the one the claim waits for: the head, above him and above the
        quality managers the administrator.

        :return: users
        """
        self.ensure_one()
        heads = [self.team_id.head_id, self.team_id.deputy_id]
        administrators = self._administrators()
        persons = [*administrators]
        if self.state == "in_progress":
            persons = [*heads, *administrators]
        persons = [user for user in persons if user != self.next_user_id]
        return self._present_of(persons, self.company_id)

    def _administrators(self):
        """Who is above everybody in the company of the claim."""
        group = self.env.ref(GROUP_ADMINISTRATOR).sudo()
        return group.all_user_ids.filtered(
            lambda user: not user.share and self.company_id in user.company_ids
        ).sorted("id")

    # -------------------------------------------------------------------------
    # No answer from the client
    # -------------------------------------------------------------------------

    def _is_unconfirmed(self, today):
        """Whether the client was given the days he has, and has said nothing."""
        if self.state != "follow_up" or not self.date_stage:
            return False
        since = fields.Datetime.context_timestamp(
            self.with_context(tz=self.company_id._its_zone()), self.date_stage
        ).date()
        if (today - since).days <= self.company_id.its_confirm_days:
            return False
        # Who has asked to be called back has not kept silent.
        call = self._open_call()
        return not (call.its_call_at and call.date_deadline >= today)

    def _close_unconfirmed(self):
        """Close what nobody confirmed; it is counted apart."""
        for claim in self:
            claim.write({"satisfaction": "none", "satisfaction_via": "nobody"})
            claim._go("close")
