from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import format_date

from ..base import days
from ..base.absence import Absence
from ..base.groups import GROUP_USER
from ..base.working_days import WorkingDays
from ..client.renewal import until_words
from .due import due_domain, is_overdue

# So many hours it is morning, by the clock of a company; whoever was not written to by
# then, since the server stood still, is not any more.
MORNING = 5
# So many calls a mail names; the desk has them all.
NAMED = 30
# No holidays last longer.
LONG = 30


class ItsCadence(models.Model):
    """The morning mail: one a person, instead of one a call or claim."""

    _inherit = "its.cadence"

    @api.model
    def _cron_send_digests(self):
        """Write to everybody who works today and has something to do, once a morning."""
        mails = []
        now = fields.Datetime.now()
        for company in self.env["res.company"].search([]):  # pylint: disable=no-search-all
            here = days.clock(now, company._its_zone())
            first = company.its_morning_hour
            is_morning = here.hour in range(first, first + MORNING)
            if is_morning and company.its_digest_date != here.date():
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
        absence = Absence(self.env, company, today)
        mails = []
        for user in users & group.all_user_ids:
            calendar = user.resource_calendar_id or company.resource_calendar_id
            if absence.is_absent(user, today) or not calendar._its_is_working(today):
                continue
            found = self._of_morning(user, today)
            if any(found.values()):
                mails.append(self._digest(user, company, today, found))
        return mails

    def _of_morning(self, user, today):
        """What somebody is written to about; to be extended.

        :return: ``{name in the letter: records}``
        """
        calls = self.env["mail.activity"].sudo()
        absent = user._its_covered_users(today, user.company_id)
        due = [("its_client_id", "!=", False), *due_domain(today)]
        theirs = ("user_id", "in", [user.id, *absent.ids])
        mine = calls.search([*due, theirs])
        alone = absent._its_without_stand_in(today, user.company_id)
        return {
            "calls": mine,
            "covered": mine.user_id & absent,
            "escalated": calls.search(
                [*due, ("its_escalated_id", "=", user.id), ("user_id", "!=", user.id)]
            ),
            "unanswered": self._newly_unanswered(user, today),
            "nobody": mine.filtered(lambda call: call.user_id in alone)
            | calls.search([("its_had_nobody", "=", True), theirs]),
        }

    def _newly_unanswered(self, user, today):
        """The clients who were tried so often since the last working day that their
        head is told; the call may have been closed by a letter."""
        working = WorkingDays(
            user.company_id.sudo().resource_calendar_id, today - timedelta(days=LONG)
        )
        day = today - timedelta(days=1)
        while day not in working and day > today - timedelta(days=LONG):
            day -= timedelta(days=1)
        calls = self.env["mail.activity"].sudo().with_context(active_test=False)
        return calls.search(
            [
                ("its_escalated_id", "=", user.id),
                ("its_unanswered_on", ">=", day),
                ("its_unanswered_on", "<", today),
                ("its_withdrawn", "=", False),
            ]
        )

    def _subjects_of_morning(self, found, today):
        """What the letter is about, in the language of the context; to be extended.

        :param found: of :meth:`_of_morning`
        :return: a list of texts
        """
        calls = found["calls"]
        overdue = calls.filtered(lambda call: is_overdue(call, today))
        return [
            self.env._(
                "Calls for %(date)s: %(count)s, overdue: %(overdue)s",
                date=format_date(self.env, today),
                count=len(calls),
                overdue=len(overdue),
            )
        ]

    def _digest(self, user, company, today, found):
        """One letter, in the language of who gets it."""
        view = self.with_context(lang=user.lang)
        values = {}
        for name, records in found.items():
            values[name] = records[:NAMED].with_context(lang=user.lang)
            values[f"more_{name}"] = len(records[NAMED:])
        body = view.env["ir.qweb"]._render(
            "its_quality.call_digest",
            {
                **values,
                "user": user,
                "today": today,
                "base_url": company.get_base_url(),
                "url": f"{company.get_base_url()}/odoo/call-desk",
                "format_date": lambda day: format_date(view.env, day),
                "is_overdue": lambda call: is_overdue(call, today),
                "ending": ending_words,
            },
            minimal_qcontext=True,
        )
        return {
            "subject": "; ".join(view._subjects_of_morning(found, today)),
            "body_html": body,
            "email_to": user.email_formatted,
            "email_from": company.email_formatted or user.email_formatted,
            "auto_delete": True,
        }


def ending_words(call):
    """What a call is about, if that ends soon, and until when it is or was renewed."""
    subscription = call.its_subscription_id
    words = subscription.state == "expiring" and until_words(subscription)
    return f"{subscription.service_id.name} {words}" if words else ""
