import logging
import random
import time
from contextlib import contextmanager
from typing import NamedTuple

import psycopg2

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL, split_every

from .call_days import CallDays

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
# Of the lock of the database that whoever plans holds; any number nobody else uses.
PLANNING = 190_073


class Candidate(NamedTuple):
    """A client who is to be called.

    ``day`` is when the call is due; of the triggers that count working days, the day
    from which they are counted.
    """

    partner_id: int
    subscription_id: int | None
    team_id: int | None
    manager_id: int | None
    day: object


class ItsCadence(models.Model):
    """Planning: from the rules to activities, in batches that any worker may take up.

    Who is due is asked in one statement a cadence, and nothing is remembered beside the
    calls themselves: what a killed worker had committed is planned, the rest is due
    again. A unique index, not this code, keeps a client from being planned twice.
    """

    _inherit = "its.cadence"

    last_planned = fields.Datetime(readonly=True, copy=False)

    @api.model
    def _cron_plan(self):
        """Plan the calls of every cadence, while time allows."""
        with self._alone():
            if not self._do_and_commit(self._tidy_up, 1):
                return
            cadences = self.search([], order="company_id, sequence, id")  # pylint: disable=no-search-all
            for number, cadence in enumerate(cadences):
                left = len(cadences) - number
                if not cadence._do_and_commit(cadence._plan, left):
                    return
            self.env["ir.cron"]._commit_progress(remaining=0)

    @contextmanager
    def _alone(self):
        """Let one worker at a time plan, so that the room in a day is not given away
        twice. Whoever comes second waits; the lock of a killed worker goes with him."""
        cr = self.env.cr
        cr.execute("SELECT pg_advisory_lock(%s)", [PLANNING])
        try:
            # Only a new transaction sees what the other has planned.
            self.env["ir.cron"]._commit_progress()
            yield
        except Exception:
            cr.rollback()
            raise
        finally:
            cr.execute("SELECT pg_advisory_unlock(%s)", [PLANNING])

    def _check_nobody_plans(self):
        """Keep others from planning until the end of the transaction.

        :raises UserError: when somebody is at it
        """
        self.env.cr.execute("SELECT pg_try_advisory_xact_lock(%s)", [PLANNING])
        if not self.env.cr.fetchone()[0]:
            raise UserError(
                self.env._("Calls are being planned right now. Look again in a minute.")
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

    def _tidy_up(self, commit):
        """What comes before planning: see what has become of subscriptions and calls."""
        self.env["its.subscription"]._update_states()
        self._cancel_pointless()
        commit(0)
        self._escalate_overdue()

    def _plan(self, commit=None):
        """Plan the calls that are due by this cadence.

        :param commit: called after each batch with its size; tells if time is left
        :return: how many calls were planned
        """
        self.ensure_one()
        today = self.company_id._its_today()
        candidates = self._candidates(today)
        return self._plan_candidates(candidates, today, commit)

    def _plan_candidates(self, candidates, today, commit=None):
        self.ensure_one()
        earliest = min((c.day for c in candidates if c.day), default=today)
        days = CallDays(self.company_id.sudo(), today, earliest)
        planned = 0
        for batch in split_every(BATCH, candidates):
            days.load()
            planned += self._plan_batch(batch, days, today)
            self._tell_planned()
            if commit and not commit(len(batch)):
                break
        return planned

    def _tell_planned(self):
        self._write_quietly(
            SQL(
                "UPDATE its_cadence SET last_planned = now() AT TIME ZONE 'UTC' "
                "WHERE id = %s",
                self.id,
            )
        )
        self.invalidate_recordset(["last_planned"], flush=False)

    def _write_quietly(self, query):
        """Run a query that may meet others who write the same: that is no error, the
        work begins anew."""
        self.env.cr.execute(query, log_exceptions=False)

    # -------------------------------------------------------------------------
    # Who calls, and when
    # -------------------------------------------------------------------------

    def _plan_batch(self, batch, days, today):
        """Create the activities of some clients.

        Past ``create`` of the ORM: that mails every assignee a letter a call and makes
        him a follower of every client.

        :param batch: an iterable of :class:`Candidate`
        :param days: a :class:`CallDays`
        :return: how many were planned
        """
        batch = list(batch)
        # By id out of one recordset: what is read of one is read of all.
        teams = self._by_id("its.team", [candidate.team_id for candidate in batch])
        users = self._by_id("res.users", [candidate.manager_id for candidate in batch])
        pool = self._pool(days)
        kind = self.env.ref("mail.mail_activity_data_call")
        model = self.env["ir.model"]._get("res.partner")
        summaries, rows, uid = {}, [], self.env.uid
        for candidate in batch:
            team = teams[candidate.team_id]
            calendar = team.resource_calendar_id
            day = candidate.day
            if self.trigger in ("after_start", "after_claim"):
                day = days.working_days(calendar).after(day, self.delay_days)
            caller = self._caller(users[candidate.manager_id], team, pool)
            due = day
            user, day = days.place(caller, calendar, due)
            if not day and days.is_absent(caller, today) and team.head_id.active:
                # Away without an end and without a deputy.
                user, day = days.place(team.head_id, calendar, due)
            if not day:
                continue
            if user and self.responsible == "quality_manager":
                pool[user] = pool.get(user, 0) + 1
            if user.lang not in summaries:
                summaries[user.lang] = self.with_context(lang=user.lang).name
            rows.append(
                (
                    *(model.id, "res.partner", candidate.partner_id, kind.id),
                    *(
                        summaries[user.lang],
                        day,
                        True,
                        user.id or None,
                        user.tz or None,
                    ),
                    *(True, uid, uid, candidate.partner_id, self.id),
                    *(candidate.subscription_id, self.purpose, 0),
                )
            )
        if not rows:
            return 0
        template = (
            "(%s, %s, %s, %s, %s, %s::date, %s, %s::int, %s, %s, %s, %s, %s, %s, "
            "%s::int, %s, %s)"
        )
        query = SQL(
            """
            INSERT INTO mail_activity (
                res_model_id, res_model, res_id, activity_type_id,
                summary, date_deadline, automated, user_id, user_tz,
                active, create_uid, write_uid, its_client_id, its_cadence_id,
                its_subscription_id, its_purpose, its_attempts,
                res_name, create_date, write_date
            )
            SELECT v.*, partner.complete_name,
                   now() AT TIME ZONE 'UTC', now() AT TIME ZONE 'UTC'
              FROM (VALUES %s) AS v (
                res_model_id, res_model, res_id, activity_type_id,
                summary, date_deadline, automated, user_id, user_tz,
                active, create_uid, write_uid, its_client_id, its_cadence_id,
                its_subscription_id, its_purpose, its_attempts
              ) JOIN res_partner partner ON partner.id = v.res_id
            ON CONFLICT DO NOTHING
            RETURNING its_client_id, user_id, date_deadline
            """,
            SQL(", ").join(SQL(template, *row) for row in rows),
        )
        self._write_quietly(query)
        created = self.env.cr.fetchall()
        self.env["mail.activity"].invalidate_model(flush=False)
        self._tell_next_contact(created)
        self._tell_counters(created, today)
        return len(created)

    def _by_id(self, model, ids):
        """``{id: record}``, with an empty record for ``None``."""
        records = self.env[model].sudo().browse({i for i in ids if i})
        return {None: records.browse(), **{record.id: record for record in records}}

    def _tell_next_contact(self, created):
        """Put the days of new calls on the cards. Nothing is looked up: in a night that
        plans very many, the database does not know yet how many there are."""
        if not created:
            return
        query = SQL(
            """
            UPDATE res_partner partner
               SET its_next_contact = LEAST(partner.its_next_contact, v.day)
              FROM (VALUES %s) AS v (id, day) WHERE partner.id = v.id
            """,
            SQL(", ").join(
                SQL("(%s, %s::date)", client_id, day)
                for client_id, _user_id, day in created
            ),
        )
        self._write_quietly(query)
        self.env["res.partner"].invalidate_model(["its_next_contact"], flush=False)

    def _pool(self, days):
        """The quality managers to share calls among, with how many each has."""
        if self.responsible != "quality_manager":
            return {}
        users = self.user_ids.sudo().filtered("active")
        users = users or self.env["res.users"]._its_quality_managers(self.company_id)
        return {user: days.count(user) for user in users}

    def _caller(self, manager, team, pool):
        """Who should call: may be nobody, then any client manager may take the call."""
        if pool:
            return min(pool, key=lambda user: (pool[user], user.id))
        if manager.active and not manager.share:
            return manager
        return team.head_id if team.head_id.active else manager.browse()

    def _tell_counters(self, created, today):
        """Bring the counter of activities in the browsers of people up to date."""
        counts = {}
        for _client_id, user_id, day in created:
            if user_id and day <= today:
                counts[user_id] = counts.get(user_id, 0) + 1
        for user in self.env["res.users"].sudo().browse(counts):
            user._bus_send(
                "mail.activity/updated",
                {"activity_created": True, "count_diff": counts[user.id]},
            )
