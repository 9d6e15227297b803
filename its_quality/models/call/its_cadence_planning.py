import logging
import random
import time
from contextlib import contextmanager
from datetime import timedelta

import psycopg2

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL, split_every

from ..base import locks
from ..client.renewal import continued_sql
from .apart import FIRST
from .call_days import CallDays
from .candidates import Candidates
from .due import overdue_domain, since
from .placing import Placing
from .planned_calls import PlannedCalls, write_quietly

_logger = logging.getLogger(__name__)

BATCH = 1000
# The database says so when two workers meet: one of them has to begin anew.
CONFLICTS = (
    psycopg2.errors.SerializationFailure,
    psycopg2.errors.DeadlockDetected,
    psycopg2.errors.UniqueViolation,
    psycopg2.errors.ForeignKeyViolation,
)
MOST_CONFLICTS = 20
# The name of the lock held while planning.
PLANNING = "planning"


class ItsCadence(models.Model):
    """Planning: from the rules to activities, in batches that any worker may take up.

    Who is due is asked in one statement a cadence, and nothing is remembered beside the
    calls themselves: what a killed worker had committed is planned, the rest is due
    again. A unique index, not this code, keeps a client from being planned twice.
    """

    _inherit = "its.cadence"

    last_planned = fields.Datetime(readonly=True, copy=False)

    @api.model
    def _cron_plan_nights(self):
        """Plan for the companies whose day has begun since their calls were planned:
        in Vladivostok that is seven hours sooner than in Moscow."""
        self._cron_plan(self._companies_at_night)

    @api.model
    def _companies_at_night(self):
        every = self.env["res.company"].search([])  # pylint: disable=no-search-all
        return every.filtered(
            lambda company: (
                not company.its_planned_on
                or company.its_planned_on < company._its_today()
            )
        )

    @api.model
    def _cron_plan(self, companies=None):
        """Plan the calls of every cadence, while time allows.

        :param companies: called for the ``res.company`` to plan for; every one by
            default
        """
        with self._alone():
            chosen = companies() if companies else self.env["res.company"].search([])  # pylint: disable=no-search-all
            if not chosen:
                return
            # By the day on which it begins: a long night may end on the next one.
            today = {company: company._its_today() for company in chosen}
            if not self._do_and_commit(lambda commit: self._tidy_up(chosen, commit), 1):
                return
            cadences = self._in_order_of_planning(chosen)
            for number, cadence in enumerate(cadences):
                left = len(cadences) - number
                if not cadence._do_and_commit(cadence._plan, left):
                    return
            self._do_and_commit(lambda _commit: self._note_planned(today), 0)

    @api.model
    def _note_planned(self, days):
        for company, day in days.items():
            company.its_planned_on = day

    @api.model
    def _in_order_of_planning(self, companies):
        """The cadences of companies. Where there is no room in a day, the first ones
        take it; what is about the end of a contract cannot wait."""
        cadences = self.search(
            [("company_id", "in", companies.ids)], order="company_id, sequence, id"
        )
        return cadences.sorted(lambda cadence: cadence.trigger != FIRST)

    @contextmanager
    def _alone(self):
        """Let one worker at a time plan, so that the room in a day is not given away
        twice. The second one waits; the lock of a killed worker is released."""
        with locks.alone(self.env, PLANNING):
            # Only a new transaction sees what the other has planned.
            self.env["ir.cron"]._commit_progress()
            yield

    def _check_nobody_plans(self):
        """Keep others from planning until the end of the transaction.

        :raises UserError: when somebody is at it
        """
        if not locks.try_for(self.env.cr, PLANNING):
            raise UserError(
                self.env._(
                    "Calls are being planned right now. Check again in a minute."
                )
            )

    def _do_and_commit(self, work, remaining):
        """Do a part of the night, anew where somebody writes the same at the same time.

        :param work: called with a function that commits a batch, given its size
        :return: whether there is time left
        """
        cron = self.env["ir.cron"]

        def commit(count):
            return cron._commit_progress(count, remaining=remaining)

        for _attempt in range(MOST_CONFLICTS):
            try:
                work(commit)
                return bool(commit(0))
            except CONFLICTS as conflict:
                self.env.cr.rollback()
                _logger.info("Planning calls: once more: %s", conflict)
                time.sleep(random.uniform(0.05, 0.3))
        _logger.error("Planning calls was given up for others: %s", self)
        return True

    def _tidy_up(self, companies, commit):
        """What comes before planning: see what has become of subscriptions and calls."""
        self.env["its.subscription"]._update_states()
        self._cancel_pointless()
        commit(0)
        self._escalate_overdue(companies)

    def _plan(self, commit=None):
        """Plan the calls that are due by this cadence.

        :param commit: called after each batch with its size; returns if time is left
        :return: how many calls were planned
        """
        self.ensure_one()
        today = self.company_id._its_today()
        return self._plan_candidates(Candidates(self, today).due(), today, commit)

    @api.model
    def _plan_after_claim(self, client, company, day=None, subscription=None):
        """Plan the call that follows a closed claim.

        :param client: whose claim it was
        :param company: the ``res.company`` that closed it
        :param day: the ``date`` it was closed; today by default
        :param subscription: what the claim was about, if that is known
        :return: how many calls were planned
        """
        cadences = self.sudo().search(
            [("trigger", "=", "after_claim"), ("company_id", "=", company.id)]
        )
        today = company._its_today()
        return sum(
            cadence._plan_candidates(
                Candidates(cadence, today).of_client(client, day, subscription), today
            )
            for cadence in cadences
        )

    @api.model
    def _plan_all(self, company, on_today=False):
        """Plan the calls of all cadences of a company without waiting for the night.

        :param on_today: whether the first calls are made today, be it a day off
        :return: how many calls were planned
        :raises UserError: when somebody is planning
        """
        self._check_nobody_plans()
        cadences = self.sudo()._in_order_of_planning(company)
        count = sum(cadence._plan() for cadence in cadences)
        if on_today:
            self._bring_forward(company)
        return count

    @api.model
    def _bring_forward(self, company):
        """Let everybody begin today with the calls of the next day that has some, as
        many as they make a day."""
        today = company._its_today()
        domain = [("its_cadence_id.company_id", "=", company.id)]
        calls = self.env["mail.activity"].sudo()
        coming = calls.search(domain + [("date_deadline", ">=", today)], order="id")
        days = CallDays(company.sudo(), today)
        for user, mine in coming.grouped("user_id").items():
            later = mine.filtered(lambda call: call.date_deadline > today)
            first = min(later.mapped("date_deadline"), default=None)
            room = user._its_daily_calls(company) if user else company.its_daily_calls
            room -= len(mine - later)
            if not first or room <= 0 or user and days.is_absent(user, today):
                continue
            moved = later.filtered(
                lambda call, first=first: call.date_deadline == first
            )
            moved[:room].write({"date_deadline": today})

    @api.model
    def _count_due(self, company):
        """How many calls the cadences of a company would plan now.

        :return: ``(calls, calls that are due today or since longer)``
        """
        today = company._its_today()
        due = [
            one.day
            for cadence in self.sudo()._in_order_of_planning(company)
            for one in Candidates(cadence, today).due()
        ]
        return len(due), sum(day <= today for day in due)

    def _plan_candidates(self, candidates, today, commit=None):
        self.ensure_one()
        earliest = min((c.day for c in candidates if c.day), default=today)
        days = CallDays(self.company_id.sudo(), today, earliest)
        planned = 0
        for batch in split_every(BATCH, candidates):
            days.load()
            planned += self._plan_batch(batch, days, today)
            self._store_last_planned()
            if commit and not commit(len(batch)):
                break
        return planned

    def _plan_batch(self, batch, days, today):
        """Plan the calls to some clients.

        :param batch: an iterable of :class:`~.candidates.Candidate`
        :param days: a :class:`CallDays` that has counted the calls there are
        :return: how many were planned
        """
        calls = Placing(self, days, today).place(list(batch))
        return PlannedCalls(self, today).insert(calls)

    def _store_last_planned(self):
        query = SQL(
            "UPDATE its_cadence SET last_planned = now() AT TIME ZONE 'UTC' "
            "WHERE id = %s",
            self.id,
        )
        write_quietly(self.env, query)
        self.invalidate_recordset(["last_planned"], flush=False)

    # -------------------------------------------------------------------------
    # What becomes of planned calls
    # -------------------------------------------------------------------------

    @api.model
    def _cancel_pointless(self, clients=None):
        """Withdraw calls whose reason has gone: the subscription was renewed, cancelled
        or deleted, the client asked not to be called, or is no longer a client, the
        cadence was archived. A call that somebody is making goes on.

        :param clients: the ``res.partner`` to look at; all by default
        """
        self.env.flush_all()
        of_clients = SQL("TRUE")
        if clients is not None:
            of_clients = SQL("call.its_client_id = ANY(%s)", clients.ids)
        rows = self.env.execute_query(
            SQL(
                """
                SELECT call.id FROM mail_activity call
                  JOIN its_cadence cadence ON cadence.id = call.its_cadence_id
                  JOIN res_company company ON company.id = cadence.company_id
                  JOIN res_partner partner ON partner.id = call.its_client_id
                  LEFT JOIN its_subscription subscription
                         ON subscription.id = call.its_subscription_id
                 WHERE call.active AND call.its_response_id IS NULL
                   AND COALESCE(call.its_desk_until <= %(now)s, TRUE)
                   AND %(of_clients)s AND (
                    cadence.active IS NOT TRUE
                    OR partner.its_client IS NOT TRUE OR partner.active IS NOT TRUE
                    OR partner.its_call_consent = 'refused'
                    OR cadence.trigger IN ('before_end', 'after_start') AND (
                        subscription.id IS NULL
                        OR subscription.state IN ('expired', 'cancelled')
                    )
                    OR cadence.trigger = 'before_end' AND (
                        %(continued)s OR subscription.date_cancelled IS NOT NULL
                        OR subscription.date_end IS NULL OR subscription.date_end
                            - cadence.delay_days - company.its_ahead_days
                            > call.date_deadline
                    )
                    OR cadence.trigger = 'periodic' AND NOT EXISTS (
                        SELECT FROM its_subscription other
                         WHERE other.partner_id = partner.id
                           AND %(of_cadence)s
                           AND other.state IN ('upcoming', 'active', 'expiring')
                    )
                 )
                """,
                now=fields.Datetime.now(),
                of_clients=of_clients,
                continued=continued_sql("subscription"),
                of_cadence=self._of_cadence("other"),
            )
        )
        calls = self.env["mail.activity"].sudo().browse([row[0] for row in rows])
        if calls:
            calls._its_withdraw(self.env._("There is no longer a reason to call."))

    @api.model
    def _escalate_overdue(self, companies=None):
        """Show calls that are overdue for days to the head of the team.

        The call stays with its manager; the head finds it at their desk and in their
        morning mail, and may give it to somebody else.

        :param companies: the ``res.company`` to look at; all by default
        """
        calls = self.env["mail.activity"].sudo()
        if companies is None:
            companies = self.env["res.company"].search([])  # pylint: disable=no-search-all
        for company in companies:
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
                due = working.after(since(call), company.its_escalation_days)
                if head and head != call.user_id and due < today:
                    call.its_escalated_id = head
