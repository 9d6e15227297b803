"""Calls to one client are made some days apart: the one owner of that."""

from datetime import timedelta

from odoo.tools import SQL

from ..base import days

# Whoever takes such a call is asked for nothing else a few days later.
FIRST = "before_end"


class Apart:
    """When some clients are called and were spoken with, in a company.

    :param company: the ``res.company`` that calls
    :param today: its current ``date``
    :param clients: the ids of clients
    """

    def __init__(self, company, today, clients):
        self.env = company.env
        self._company = company
        self._today = today
        self._days_apart = company.its_days_apart
        # By client: the days, and the id and the user of what may be moved.
        self._fixed = {}
        self._movable = {}
        if self._days_apart and clients:
            self._load(list(clients))

    def _load(self, clients):
        self.env.flush_all()
        earliest = self._today - timedelta(days=self._days_apart)
        company = self._company
        rows = self.env.execute_query(
            SQL(
                """
                SELECT call.its_client_id, GREATEST(call.date_deadline, %(today)s),
                       CASE WHEN %(movable)s THEN call.id END, call.user_id
                  FROM mail_activity call
                  LEFT JOIN its_cadence cadence ON cadence.id = call.its_cadence_id
                 WHERE call.its_client_id = ANY(%(clients)s) AND call.active
                   AND COALESCE(cadence.company_id, %(company)s) = %(company)s
                 UNION ALL
                SELECT talk.partner_id, %(day)s, NULL, NULL
                  FROM its_interaction talk
                 WHERE talk.partner_id = ANY(%(clients)s)
                   AND talk.company_id = %(company)s AND talk.outcome = 'reached'
                   AND talk.date_start >= %(earliest)s
                """,
                today=self._today,
                movable=SQL(
                    "cadence.trigger <> %s AND call.date_deadline > %s"
                    " AND COALESCE(call.its_attempts, 0) = 0"
                    " AND call.its_late_since IS NULL AND call.its_call_at IS NULL"
                    " AND call.its_response_id IS NULL",
                    FIRST,
                    self._today,
                ),
                clients=clients,
                company=company.id,
                day=days.day_sql(SQL("talk.date_start"), company._its_zone()),
                earliest=company._its_midnight(earliest),
            )
        )
        for client_id, day, call_id, user_id in rows:
            if call_id:
                self._movable.setdefault(client_id, {})[call_id] = (day, user_id)
            else:
                self._fixed.setdefault(client_id, []).append(day)

    def is_free(self, client_id, cadence):
        """Whether a client may be called on a day by a cadence, as a function of the
        day. What is about the end of a contract goes first: what can wait waits.

        :return: a function, or ``None`` where any day will do
        """
        taken = list(self._fixed.get(client_id, ()))
        if cadence.trigger != FIRST:
            taken += [day for day, _user in self._movable.get(client_id, {}).values()]
        if not taken:
            return None
        return lambda day: self._is_apart(day, taken)

    def _is_apart(self, day, taken):
        return all(abs((day - other).days) >= self._days_apart for other in taken)

    def add(self, client_id, day):
        """Note that a client is called on a day.

        :return: as :meth:`take_near`
        """
        if not self._days_apart:
            return {}
        self._fixed.setdefault(client_id, []).append(day)
        return self.take_near(client_id, day)

    def take_near(self, client_id, day):
        """What is planned too near to a day and can wait; it is to be moved then.

        :return: ``{call id: (day, user id)}``
        """
        movable = self._movable.get(client_id, {})
        near = {
            call_id: planned
            for call_id, planned in movable.items()
            if not self._is_apart(planned[0], [day])
        }
        for call_id in near:
            del movable[call_id]
        return near

    def move(self, near, client_id, call_days):
        """Plan calls anew that are too near to another one.

        :param near: as :meth:`add` returns it
        :param call_days: a :class:`~.call_days.CallDays`
        """
        calls = self.env["mail.activity"].sudo().browse(near)
        for call in calls.sorted("date_deadline"):
            taken = self._fixed.setdefault(client_id, []) + [
                day for day, _user in self._movable.get(client_id, {}).values()
            ]
            calendar = call.its_subscription_id.team_id.resource_calendar_id
            user, day = call_days.place(
                call.user_id,
                calendar,
                call.date_deadline,
                is_free=lambda day, taken=taken: self._is_apart(day, taken),
            )
            if day:
                call_days.forget(call.user_id, call.date_deadline)
                values = {"date_deadline": day}
                if user != call.user_id:
                    values["user_id"] = user.id
                call.with_context(mail_activity_quick_update=True).write(values)
            self._fixed[client_id].append(call.date_deadline)
