"""The working days of a calendar."""

from bisect import bisect_left, bisect_right
from datetime import timedelta

from . import days as calendar_days

# Working days are asked for in pieces of so many days.
PIECE = 120
# A calendar that has no working day so far has none.
FARTHEST = 400
WEEKEND = (5, 6)


class WorkingDays:
    """The working days of one calendar, from a day on.

    :param calendar: a ``resource.calendar``; without hours it is Monday to Friday
    :param first: the first ``date`` anybody will ask about
    """

    def __init__(self, calendar, first):
        self._calendar = calendar
        self._until = first
        self._days = []
        self._set = set()

    def _reach(self, day):
        while self._until <= day:
            start, end = self._until, self._until + timedelta(days=PIECE)
            days = sorted(self._between(start, end))
            self._days += days
            self._set.update(days)
            self._until = end

    def _between(self, start, end):
        if not self._calendar.attendance_ids:
            # Also where somebody has emptied a calendar: calls have to go on.
            days = (start + timedelta(days=n) for n in range((end - start).days))
            return {day for day in days if day.weekday() not in WEEKEND}
        zone = self._calendar.tz
        intervals = self._calendar._work_intervals_batch(
            calendar_days.begin(start, zone), calendar_days.begin(end, zone)
        )[False]
        return {begin.date() for begin, _end, _reason in intervals}

    def __contains__(self, day):
        self._reach(day)
        return day in self._set

    def count(self, first, last):
        """How many working days there are after a day, up to another one, included."""
        self._reach(last)
        return bisect_right(self._days, last) - bisect_right(self._days, first)

    def after(self, day, count):
        """The ``count``-th working day after a day; the day itself does not count.

        With 0 it is the day, or the first working day after it.
        """
        margin = day + timedelta(days=2 * count + 14)
        self._reach(margin)
        place = bisect_right(self._days, day) + count - 1
        if not count:
            place = bisect_left(self._days, day)
        while place >= len(self._days):
            if self._until > day + timedelta(days=FARTHEST + 3 * count):
                # A calendar without working days.
                return day + timedelta(days=count)
            self._reach(self._until)
        return self._days[place]
