"""Writing the calls of a night: the last step of planning."""

from datetime import date
from typing import NamedTuple

from odoo.tools import SQL

ROW = (
    "(%s, %s, %s, %s, %s, %s::date, %s, %s::int, %s, %s, %s, %s, %s, %s, "
    "%s::int, %s, %s, %s)"
)


class PlannedCall(NamedTuple):
    """A call that a user has to make on a day; without a user, anybody may take it.

    ``had_nobody``: it came to an administrator, since nobody else could make it.
    """

    partner_id: int
    subscription_id: int | None
    user: object
    day: date
    had_nobody: bool = False


class PlannedCalls:
    """The activities of a cadence's calls.

    Bypasses ``create`` of the ORM: that mails assignees for each call and makes them
    followers of every client. A unique index keeps a client from being planned twice.

    :param cadence: an ``its.cadence``
    :param today: the ``date`` it is in its company
    """

    def __init__(self, cadence, today):
        self.env = cadence.env
        self._cadence = cadence
        self._today = today

    def insert(self, calls):
        """Create the activities, and update the cards and the browsers of people.

        :param calls: a list of :class:`PlannedCall`
        :return: how many there are that were not there before
        """
        if not calls:
            return 0
        rows = SQL(", ").join(SQL(ROW, *row) for row in self._rows(calls))
        query = SQL(
            """
            INSERT INTO mail_activity (
                res_model_id, res_model, res_id, activity_type_id,
                summary, date_deadline, automated, user_id, user_tz,
                active, create_uid, write_uid, its_client_id, its_cadence_id,
                its_subscription_id, its_purpose, its_attempts, its_had_nobody,
                its_team_id, res_name, create_date, write_date
            )
            SELECT v.*, subscription.last_team_id, partner.complete_name,
                   now() AT TIME ZONE 'UTC', now() AT TIME ZONE 'UTC'
              FROM (VALUES %s) AS v (
                res_model_id, res_model, res_id, activity_type_id,
                summary, date_deadline, automated, user_id, user_tz,
                active, create_uid, write_uid, its_client_id, its_cadence_id,
                its_subscription_id, its_purpose, its_attempts, its_had_nobody
              ) JOIN res_partner partner ON partner.id = v.res_id
              LEFT JOIN its_subscription subscription
                ON subscription.id = v.its_subscription_id
            ON CONFLICT DO NOTHING
            RETURNING its_client_id, user_id, date_deadline
            """,
            rows,
        )
        write_quietly(self.env, query)
        created = self.env.cr.fetchall()
        self.env["mail.activity"].invalidate_model(flush=False)
        self._update_next_contact(created)
        self._notify_counters(created)
        return len(created)

    def _rows(self, calls):
        """What each activity says, in the order of the columns."""
        cadence, uid = self._cadence, self.env.uid
        kind = self.env.ref("mail.mail_activity_data_call")
        model = self.env["ir.model"]._get("res.partner")
        summaries = {}
        for call in calls:
            user = call.user
            # What anybody may take is written in the language of the company.
            lang = user.lang or cadence.company_id.partner_id.lang
            if lang not in summaries:
                summaries[lang] = cadence.with_context(lang=lang).name
            yield (
                model.id,
                "res.partner",
                call.partner_id,
                kind.id,
                summaries[lang],
                call.day,
                True,
                user.id or None,
                user.tz or None,
                True,
                uid,
                uid,
                call.partner_id,
                cadence.id,
                call.subscription_id,
                cadence.purpose,
                0,
                call.had_nobody,
            )

    def _update_next_contact(self, created):
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
        write_quietly(self.env, query)
        self.env["res.partner"].invalidate_model(["its_next_contact"], flush=False)

    def _notify_counters(self, created):
        """Bring the counter of activities in the browsers of people up to date."""
        counts = {}
        for _client_id, user_id, day in created:
            if user_id and day <= self._today:
                counts[user_id] = counts.get(user_id, 0) + 1
        for user in self.env["res.users"].sudo().browse(counts):
            user._bus_send(
                "mail.activity/updated",
                {"activity_created": True, "count_diff": counts[user.id]},
            )


def write_quietly(env, query):
    """Run a query that may meet others who write the same: that is no error, the work
    begins anew."""
    env.cr.execute(query, log_exceptions=False)
