"""Which day a call is planned for: working days, absences and the room left in a day."""

from collections import Counter
from datetime import datetime, time, timedelta

import pytz

from odoo.tools import SQL

from ..base.working_days import WorkingDays

# A firm that plans further ahead than this has too few people for its cadences; what is
# left comes up again the next night.
FARTHEST = 400


class CallDays:
    """Finds a person and a day for each call of a night.

    :param company: the ``res.company`` that plans
    :param today: its current ``date``
    :param earliest: the first day somebody may ask about, for calls counted from the past
    """

    def __init__(self, company, today, earliest=None):
        self.env = company.env
        self._company = company
        self._today = today
        self._earliest = min(earliest or today, today)
        self._calendars = {}
        self._absences = {}
        self._taken = Counter()
        self._full = {}

    def working_days(self, calendar):
        """The working days of a calendar, or of the company where it is empty."""
        calendar = calendar or self._company.resource_calendar_id
        if calendar.id not in self._calendars:
            self._calendars[calendar.id] = WorkingDays(calendar, self._earliest)
        return self._calendars[calendar.id]

    def load(self):
        """Count the calls that people have already, by day; overdue ones are today's."""
        self._taken.clear()
        self._full.clear()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT user_id, GREATEST(date_deadline, %(today)s), count(*)
                  FROM mail_activity
                 WHERE active AND its_client_id IS NOT NULL AND user_id IS NOT NULL
                 GROUP BY 1, 2
                """,
                today=self._today,
            )
        )
        self._taken.update({(user_id, day): count for user_id, day, count in rows})

    def place(self, user, calendar, due):
        """Give a call to somebody on a day.

        :param user: who should call; may be empty
        :param calendar: of the team whose service it is about; may be empty
        :param due: the ``date`` it is due
        :return: ``(user, date)``; the user's deputy where the user is absent; no date
            where he has no room as far as anybody plans
        """
        days = self.working_days(calendar)
        due = max(due, self._today)
        if not user:
            return user, days.after(due, 0)
        wanted = days.after(due, 0)
        if self.is_absent(user, wanted):
            deputy = user._its_substitute()
            if deputy and not self.is_absent(deputy, wanted):
                user = deputy
        day = self._first_free(user, days, due)
        if day:
            self._taken[user.id, day] += 1
        return user, day

    def count(self, user):
        """How many calls somebody has, to share further ones evenly."""
        return sum(
            n for (user_id, _day), n in self._taken.items() if user_id == user.id
        )

    def is_working(self, user, day):
        """Whether somebody works on a day."""
        return day in self.working_days(user.resource_calendar_id) and (
            not self.is_absent(user, day)
        )

    def _first_free(self, user, days, due):
        own = user.resource_calendar_id
        own_days = self.working_days(own) if own else days
        room = user._its_daily_calls(self._company)
        last = due + timedelta(days=FARTHEST)
        # Days found full stay full for the rest of the night.
        key = (user.id, id(days))
        start, day = self._full.get(key, (None, None))
        day = day if start and start <= due <= day else due
        first = due if day == due else start
        while day <= last:
            day = days.after(day, 0)
            if (
                day in own_days
                and not self.is_absent(user, day)
                and self._taken[user.id, day] < room
            ):
                self._full[key] = (first, day)
                return day
            day += timedelta(days=1)
        self._full[key] = (first, day)
        return None

    def is_absent(self, user, day):
        """Whether somebody is away on a day."""
        return any(start <= day <= end for start, end in self._absences_of(user))

    def _absences_of(self, user):
        """The days off of a person: as said on his form, and by his resource, where an
        application of staff keeps leaves."""
        if user.id not in self._absences:
            periods = []
            if user.its_absent_from or user.its_absent_until:
                start = user.its_absent_from or self._earliest
                periods.append((start, user.its_absent_until or datetime.max.date()))
            leaves = self.env["resource.calendar.leaves"].search(
                [
                    ("resource_id.user_id", "=", user.id),
                    ("time_type", "=", "leave"),
                    ("date_to", ">=", datetime.combine(self._earliest, time.min)),
                ]
            )
            zone = pytz.timezone(user.tz or self._company.partner_id.tz or "UTC")
            for leave in leaves:
                start, end = (
                    pytz.utc.localize(moment).astimezone(zone).date()
                    for moment in (leave.date_from, leave.date_to)
                )
                periods.append((start, end))
            self._absences[user.id] = periods
        return self._absences[user.id]
