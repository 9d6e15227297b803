"""What day it is, which day a moment belongs to, and when a day begins: the one owner.

A moment is in UTC and without a zone, as the database has it; a zone is the name of one.
Whose zone it is, is asked of whom it belongs to: ``company._its_zone()`` of a company
(shorter: ``company._its_today()``), ``env.tz`` of the reader of a page or a sheet.
"""

from datetime import datetime, time, timedelta

import pytz

from odoo import fields
from odoo.tools import SQL

ONE_DAY = timedelta(days=1)


def timezone(zone):
    """The zone of that name; UTC if there is no such zone.

    :param zone: a name, also an empty one, or a zone
    """
    if zone and not isinstance(zone, str):
        return zone
    return pytz.timezone(zone if zone in pytz.all_timezones_set else "UTC")


def clock(moment, zone):
    """What the clock on the wall shows at a moment.

    :return: a ``datetime`` with its zone
    """
    return pytz.utc.localize(moment).astimezone(timezone(zone))


def moment_of(clock_time, zone):
    """The moment at which the clock on the wall shows a time."""
    local = timezone(zone).localize(clock_time)
    return local.astimezone(pytz.utc).replace(tzinfo=None)


def day_of(moment, zone):
    """The ``date`` that a moment belongs to."""
    return clock(moment, zone).date()


def today(zone):
    """The current ``date``."""
    return day_of(fields.Datetime.now(), zone)


def begin(day, zone):
    """When a day begins, as a ``datetime`` with its zone."""
    zone = timezone(zone)
    # Where the clock is put back at night, it shows midnight twice: the first counts.
    first = zone.localize(datetime.combine(day, time.min), is_dst=True)
    if zone.normalize(first).date() == day:
        return first
    # Where it is put forward at midnight, it does not show it.
    return zone.normalize(zone.localize(datetime.combine(day, time.min), is_dst=False))


def midnight(day, zone):
    """The moment when a day begins."""
    return begin(day, zone).astimezone(pytz.utc).replace(tzinfo=None)


def span(first, last, zone):
    """The moments that bound whole days: from the first on, before the second.

    :param first: a ``date``
    :param last: a ``date``, included
    """
    return midnight(first, zone), midnight(last + ONE_DAY, zone)


def day_sql(moment, zone):
    """The date that a moment belongs to, for a statement.

    :param moment: a moment, or an :class:`SQL` of one
    :param zone: the name of a zone, or an :class:`SQL` of one
    """
    if not isinstance(zone, SQL):
        zone = timezone(zone).zone
    return SQL(
        "((%s)::timestamp AT TIME ZONE 'UTC' AT TIME ZONE %s)::date", moment, zone
    )


def today_sql(zone):
    """The current date, for a statement.

    :param zone: the name of a zone, or an :class:`SQL` of one
    """
    return day_sql(fields.Datetime.now(), zone)
