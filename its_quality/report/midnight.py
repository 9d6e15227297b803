"""Where days begin."""

from datetime import datetime, time

import pytz


def midnight(zone, day):
    """The moment, in UTC and without a zone as the database has it, when a day begins.

    :param zone: the name of a time zone
    """
    begin = pytz.timezone(zone).localize(datetime.combine(day, time.min))
    return begin.astimezone(pytz.utc).replace(tzinfo=None)
