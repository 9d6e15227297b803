"""Working time counted a second way: a quarter of an hour after the other, by plain rows."""

from datetime import datetime, time, timedelta

import pytz

QUARTER = timedelta(minutes=15)


class PlainClock:
    """When a calendar works, for moments on a quarter of an hour.

    :param calendar: a ``resource.calendar``
    """

    def __init__(self, calendar):
        self.zone = pytz.timezone(calendar.tz)
        self.days = {}
        if calendar.flexible_hours or not calendar.attendance_ids:
            half = (calendar.hours_per_day or 8) / 2
            for day in range(5):
                self.days[day] = [(12 - half, 12 + half)]
        else:
            for row in calendar.attendance_ids:
                if row.day_period != "lunch" and not row.display_type:
                    spans = self.days.setdefault(int(row.dayofweek), [])
                    spans.append((row.hour_from, row.hour_to))
        self.leaves = [
            (leave.date_from, leave.date_to)
            for leave in calendar.leave_ids.filtered(lambda one: not one.resource_id)
        ]

    def local(self, moment):
        return pytz.utc.localize(moment).astimezone(self.zone)

    def works(self, moment):
        """Whether people work in the quarter that begins at a moment, in UTC."""
        if any(start <= moment < end for start, end in self.leaves):
            return False
        there = self.local(moment)
        hour = there.hour + there.minute / 60
        spans = self.days.get(there.weekday(), ())
        return any(start <= hour < end for start, end in spans)

    def quarters(self, start, end):
        """How many quarters are worked between two moments."""
        count = 0
        while start < end:
            count += self.works(start)
            start += QUARTER
        return count

    def end_of_day(self, moment):
        """When the day is over to which the quarter before a moment belongs."""
        day = self.local(moment - QUARTER).date() + timedelta(days=1)
        midnight = self.zone.localize(datetime.combine(day, time.min))
        return midnight.astimezone(pytz.utc).replace(tzinfo=None)

    def moved(self, deadline, since, now):
        """The deadline of a claim that has waited for its client."""
        if deadline <= since:
            return deadline
        waited = self.quarters(since, now)
        if not waited:
            return deadline
        while waited:
            waited -= self.works(deadline)
            deadline += QUARTER
        end = self.end_of_day(deadline)
        return deadline if self.quarters(deadline, end) else end
