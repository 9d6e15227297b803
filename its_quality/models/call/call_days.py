"""Which day a call is planned for: working days, absences and the room left in a day."""

from collections import Counter
from datetime import timedelta

from odoo.tools import SQL

from ..base.absence import Absence
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
        self.absence = Absence(company.env, company, self._earliest)
        self._calendars = {}
        self._taken = Counter()
        self._full = {}

    def working_days(self, calendar):
        """The working days of a calendar, or of the company where it is empty."""
        calendar = calendar or self._company.resource_calendar_id
        if calendar.id not in self._calendars:
            self._calendars[calendar.id] = WorkingDays(calendar, self._earliest)
        return self._calendars[calendar.id]

    def load(self, users=None):
        """Count the calls that people have already, by day; overdue ones are today's.

        :param users: whose; everybody's by default
        """
        self._taken.clear()
        self._full.clear()
        whose = SQL("user_id IS NOT NULL")
        if users is not None:
            users.env.flush_all()
            whose = SQL("user_id = ANY(%s)", users.ids)
        rows = self.env.execute_query(
            SQL(
                """
                SELECT user_id, GREATEST(date_deadline, %(today)s), count(*)
                  FROM mail_activity
                 WHERE active AND its_client_id IS NOT NULL AND %(whose)s
                 GROUP BY 1, 2
                """,
                today=self._today,
                whose=whose,
            )
        )
        self._taken.update({(user_id, day): count for user_id, day, count in rows})

    def place(self, user, calendar, due, latest=None, is_free=None):
        """Give a call to somebody on a day.

        :param user: who should call; may be empty
        :param calendar: of the team whose service it is about; may be empty
        :param due: the ``date`` it is due
        :param latest: the ``date`` after which it is of no use: if nobody has room until
            then, it is made all the same
        :param is_free: called with a ``date``; whether the client may be called then
        :return: ``(user, date)``; the user's deputy where the user is absent; no date
            where they have no room within the planned time
        """
        days = self.working_days(calendar)
        due = max(due, self._today)
        is_free = is_free or _always
        wanted = days.after(due, 0)
        if not user:
            return user, self._first(days, due, is_free)
        if self.is_absent(user, wanted):
            user = self.absence.deputy(user, wanted) or user
        day = self._first_free(user, days, due, latest, is_free)
        if latest and not day:
            day = (
                self._first_free(user, days, due, latest, _always)
                or self._least_full(user, days, due, latest)
                or self._first_free(user, days, due, None, is_free)
            )
        if day:
            self._taken[user.id, day] += 1
        return user, day

    def forget(self, user, day):
        """Somebody has a call less on a day."""
        self._taken[user.id, day] -= 1
        # There is room where there was none.
        self._full.clear()

    def count(self, user):
        """How many calls somebody has, to share further ones evenly."""
        return sum(
            n for (user_id, _day), n in self._taken.items() if user_id == user.id
        )

    def _first(self, days, due, is_free):
        """The first working day of a calendar on which the client may be called."""
        day = days.after(due, 0)
        while not is_free(day):
            day = days.after(day, 1)
        return day

    def _own_days(self, user, days):
        own = user.resource_calendar_id
        return self.working_days(own) if own else days

    def _first_free(self, user, days, due, latest, is_free):
        own_days = self._own_days(user, days)
        room = user._its_daily_calls(self._company)
        last = latest or due + timedelta(days=FARTHEST)
        # Days found full stay full for the rest of the night.
        key = (user.id, id(days))
        start, day = self._full.get(key, (None, None))
        day = day if start and start <= due <= day else due
        first = due if day == due else start
        found = None
        while True:
            day = days.after(day, 0)
            if day > last:
                break
            if (
                day in own_days
                and not self.is_absent(user, day)
                and self._taken[user.id, day] < room
            ):
                found = found or day
                if is_free(day):
                    self._full[key] = (first, found)
                    return day
            day += timedelta(days=1)
        self._full[key] = (first, found or day)
        return None

    def _least_full(self, user, days, due, latest):
        """The day until the latest on which somebody has fewest calls, though they are
        more than set."""
        own_days, found = self._own_days(user, days), []
        day = days.after(due, 0)
        while day <= latest:
            if day in own_days and not self.is_absent(user, day):
                found.append(day)
            day = days.after(day, 1)
        return min(
            found, key=lambda day: (self._taken[user.id, day], day), default=None
        )

    def is_absent(self, user, day):
        """Whether somebody is away on a day."""
        return self.absence.is_absent(user, day)


def _always(_day):
    return True
