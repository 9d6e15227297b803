"""The working days and the working time of a calendar."""

from bisect import bisect_left, bisect_right
from datetime import date, datetime, time, timedelta

import pytz

from odoo.tools.intervals import Intervals

from . import days as calendar_days

# Working days are asked for in pieces of so many days, counted from the first of all.
PIECE = 120
# A calendar that has no working day so far has none.
FARTHEST = 400
WEEKEND = (5, 6)
# Where a calendar names no hours, a working day is so long, about noon, as in Odoo.
USUAL_HOURS = 8
NOTHING = timedelta(minutes=1)


def work_intervals(calendar, start, end, zone):
    """When people work, without leaves of all. A calendar that names no hours, as a
    flexible one or one that somebody has emptied, means Monday to Friday.

    :param calendar: a ``resource.calendar``; may be empty
    :param start: a moment, in UTC
    :param end: a moment, in UTC
    :param zone: the name of the zone by whose clock they work; mostly that of the
        calendar
    :return: moments, in pairs and in order
    """
    if end <= start:
        return []
    first, last = pytz.utc.localize(start), pytz.utc.localize(end)
    leaves = _leaves_of(calendar)
    if calendar.attendance_ids and not calendar.flexible_hours:
        found = calendar._work_intervals_batch(
            first, last, domain=leaves, tz=calendar_days.timezone(zone)
        )[False]
    else:
        found = Intervals(_usual_hours(calendar, first, last, zone))
        if calendar:
            found -= calendar._leave_intervals_batch(first, last, domain=leaves)[False]
    pairs = (tuple(map(_whole, pair[:2])) for pair in found)
    # A leave until 23:59:59 leaves nothing of the day.
    return [(begin, stop) for begin, stop in pairs if stop - begin >= NOTHING]


def _leaves_of(calendar):
    """Which leaves count: Odoo takes a public holiday that names no calendar for one of
    every company."""
    domain = [("time_type", "=", "leave")]
    if calendar.company_id:
        domain.append(("company_id", "in", [False, calendar.company_id.id]))
    return domain


def _whole(moment):
    """A moment in UTC, to the second: Odoo's midnight is a microsecond before it."""
    second = timedelta(seconds=1)
    moment = moment.astimezone(pytz.utc).replace(tzinfo=None) + second / 2
    return moment.replace(microsecond=0)


def _usual_hours(calendar, start, end, zone):
    zone = calendar_days.timezone(zone)
    half = timedelta(hours=min(calendar.hours_per_day or USUAL_HOURS, 24) / 2)
    day, last = (moment.astimezone(zone).date() for moment in (start, end))
    while day <= last:
        if day.weekday() not in WEEKEND:
            noon = zone.localize(datetime.combine(day, time(12)))
            begin, stop = max(noon - half, start), min(noon + half, end)
            if begin < stop:
                yield begin, stop, calendar
        day += calendar_days.ONE_DAY


def working_time(calendar, start, end, zone):
    """How long people work between two moments, in UTC.

    :return: a ``timedelta``
    """
    spans = work_intervals(calendar, start, end, zone)
    return sum((stop - begin for begin, stop in spans), timedelta())


def after_work(calendar, moment, amount, zone):
    """The moment, in UTC, when people have worked for some time since another one.

    :param amount: a ``timedelta``
    """
    start = moment
    while start < moment + timedelta(days=FARTHEST) + 9 * amount:
        end = start + timedelta(days=PIECE)
        for begin, stop in work_intervals(calendar, start, end, zone):
            if stop - begin >= amount:
                return begin + amount
            amount -= stop - begin
        start = end
    # A calendar without working time.
    return moment + amount


def days_of_piece(calendar, number):
    """The working days of a calendar in a piece, in order."""
    zone = calendar.tz or "UTC"
    start = date.fromordinal(number * PIECE)
    spans = work_intervals(
        calendar,
        calendar_days.midnight(start, zone),
        calendar_days.midnight(start + timedelta(days=PIECE), zone),
        zone,
    )
    return sorted({calendar_days.day_of(begin, zone) for begin, _end in spans})


class WorkingDays:
    """The working days of one calendar, from a day on.

    :param calendar: a ``resource.calendar``; without hours it is Monday to Friday
    :param first: the first ``date`` anybody will ask about
    """

    def __init__(self, calendar, first):
        self._calendar = calendar
        # The first piece that has not been taken yet.
        self._piece = first.toordinal() // PIECE
        self._days = []
        self._set = set()

    @property
    def _until(self):
        return date.fromordinal(self._piece * PIECE)

    def _reach(self, day):
        while self._until <= day:
            days = self._calendar._its_working_days(self._piece)
            self._days += days
            self._set.update(days)
            self._piece += 1

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
