"""Who is away on a day, and who stands in for them: the one owner of both."""

from datetime import datetime, time, timedelta

import pytz

from odoo.fields import Domain
from odoo.tools import SQL
from odoo.tools.intervals import Intervals

from .groups import (
    GROUP_ADMINISTRATOR,
    GROUP_CLIENT_MANAGER,
    GROUP_HEAD,
    GROUP_QUALITY_MANAGER,
    GROUP_USER,
)
from .working_days import work_intervals

# What people do here; a stand-in needs the first of these that the absentee has.
ROLES = (GROUP_QUALITY_MANAGER, GROUP_CLIENT_MANAGER, GROUP_HEAD)
DAY = timedelta(days=1)
# Intervals are of somebody; these are of one person.
NOBODY = frozenset()
# A leave until 23:59:59 leaves nothing of the day.
NOTHING = timedelta(minutes=1)


class Absence:
    """Absences and stand-ins in a company; what is looked up of one person is looked up
    of all that were read with them, and asked of the database once.

    A user is away on the days set on their form, and on days whose working time is
    fully covered by leaves, which an HR application keeps. Leaves are compared in the
    time zone and the working hours of the person.

    :param company: the ``res.company`` in question
    :param first_day: the first ``date`` anybody will ask about
    """

    def __init__(self, env, company, first_day):
        # Archived users are not absent, whatever else the caller looks at.
        self.env = env(su=True, context={**env.context, "active_test": True})
        self._company = company.with_env(self.env)
        self._since = datetime.combine(first_day - DAY, time.min)
        self._leaves = {}
        self._off = {}
        self._hours = {}
        self._teams = None
        self._last = None

    # -------------------------------------------------------------------------
    # Who is away
    # -------------------------------------------------------------------------

    def is_absent(self, user, day):
        """Whether a user is away on a day; False for an empty user."""
        user = user._origin.with_env(self.env)
        if not user:
            return False
        if self._is_absent_by_form(user, day):
            return True
        return any(
            self._is_off(resource, leaves, day)
            for resource, leaves in self._leaves_of(user).items()
        )

    def _is_absent_by_form(self, user, day):
        start, end = user.its_absent_from, user.its_absent_until
        if not start and not end:
            return False
        return (not start or start <= day) and (not end or day <= end)

    def _leaves_of(self, user):
        """``{resource: leaves}`` of a person."""
        if user.id not in self._leaves:
            wanted = {user.id, *filter(None, user._prefetch_ids)} - self._leaves.keys()
            self._leaves.update({user_id: {} for user_id in wanted})
            found = self.env["resource.calendar.leaves"].search(
                [
                    ("resource_id.user_id", "in", list(wanted)),
                    ("time_type", "=", "leave"),
                    ("date_to", ">=", self._since),
                ]
            )
            for resource, leaves in found.grouped("resource_id").items():
                self._leaves[resource.user_id.id][resource] = leaves
        return self._leaves[user.id]

    def _is_off(self, resource, leaves, day):
        """Whether leaves leave no working time of a day; where it has none anyhow, as on
        a Sunday, they have to last all day."""
        key = resource.id, day
        if key not in self._off:
            zone = pytz.timezone(resource.tz or self._company._its_zone())
            begin, end = (
                zone.localize(datetime.combine(one, time.min))
                for one in (day, day + DAY)
            )
            away = [
                (max(start, begin), min(stop, end), NOBODY)
                for start, stop in map(_period, leaves)
                if start < end and stop > begin
            ]
            self._off[key] = bool(away) and not _is_left(
                self._work(resource, begin, end, zone) or [(begin, end, NOBODY)], away
            )
        return self._off[key]

    def _work(self, resource, begin, end, zone):
        """The hours of a day in which somebody works, regardless of their leaves."""
        calendar = resource.calendar_id or self._company.resource_calendar_id
        key = calendar.id, begin, end
        if key not in self._hours:
            bounds = (one.astimezone(pytz.utc).replace(tzinfo=None) for one in key[1:])
            self._hours[key] = [
                (pytz.utc.localize(start), pytz.utc.localize(stop), NOBODY)
                for start, stop in work_intervals(calendar, *bounds, zone)
            ]
        return self._hours[key]

    def absent(self, day):
        """Everybody of the company who is away on a day.

        :return: users
        """
        leaves = self.env["resource.calendar.leaves"].search(
            [
                ("resource_id.user_id", "!=", False),
                ("time_type", "=", "leave"),
                ("date_from", "<=", datetime.combine(day + DAY, time.max)),
                ("date_to", ">=", datetime.combine(day - DAY, time.min)),
            ]
        )
        start, end = "its_absent_from", "its_absent_until"
        begun = Domain(start, "=", False) | Domain(start, "<=", day)
        lasting = Domain(end, "=", False) | Domain(end, ">=", day)
        said = Domain(start, "!=", False) | Domain(end, "!=", False)
        users = self.env["res.users"].search_fetch(
            Domain("share", "=", False)
            & Domain("company_ids", "in", self._company.ids)
            & (
                (said & begun & lasting)
                | Domain("id", "in", leaves.resource_id.user_id.ids)
            ),
            order="id",
        )
        return users.filtered(lambda user: self.is_absent(user, day))

    # -------------------------------------------------------------------------
    # Who stands in
    # -------------------------------------------------------------------------

    def deputy(self, user, day, role=None):
        """The deputy of a person, if the deputy may act that day.

        :param role: a group that whoever acts needs; by default that of the person
        :return: a user, or nobody
        """
        known = user.with_env(self.env)
        may = self._may_act(known.its_deputy_id, known, day, role)
        return known.its_deputy_id.with_env(user.env) if may else user.browse()

    def stand_in(self, user, day, team=None, role=None):
        """Who acts for a user on a day: whoever :meth:`colleague` says, and if there is
        nobody, an administrator.

        :return: a user; empty only if there is no other administrator
        """
        return self.colleague(user, day, team, role) or self.last(user, day)

    def colleague(self, user, day, team=None, role=None):
        """Who acts for a user on a day: their deputy, else the team's, else its head.

        Users who lack the role or are away themselves are skipped; their own deputies
        are not considered, so there is neither a chain nor a circle.

        :param team: what it is about; by default the teams that the person belongs to
        :param role: a group that whoever acts needs; by default that of the person
        :return: a user, or nobody
        """
        known = user.with_env(self.env)
        teams = self._teams_of(known) if team is None else team.with_env(self.env)
        persons = [
            known.its_deputy_id,
            *(one.deputy_id for one in teams),
            *(one.head_id for one in teams),
        ]
        return next(
            (
                one.with_env(user.env)
                for one in persons
                if self._may_act(one, known, day, role)
            ),
            user.browse(),
        )

    def last(self, user, day):
        """The administrator who acts for a user for whom nobody else does. Somebody has
        to: better one who is absent than nobody.

        :return: a user; empty only if there is no other administrator
        """
        others = [one for one in self._administrators() if one.id != user.id]
        there = (one for one in others if not self.is_absent(one, day))
        found = next(there, None) or next(iter(others), user.browse())
        return found.with_env(user.env)

    def acting(self, user, day, team=None, role=None):
        """The user, if they may act on a day, else their stand-in; as
        :meth:`stand_in`."""
        return self.present(user, day, team, role) or self.last(user, day)

    def present(self, user, day, team=None, role=None):
        """The user, if they may act on a day, else a colleague; as :meth:`colleague`."""
        if self._may_act(user.with_env(self.env), None, day, role):
            return user
        return self.colleague(user, day, team, role)

    def _may_act(self, person, instead_of, day, role=None):
        """Whether somebody works here, is there, and may do what is to be done."""
        return (
            person.active
            and not person.share
            and person != instead_of
            and self._company in _every(person, "company_ids")
            and person.has_group(role or self._role_of(instead_of or person))
            and not self.is_absent(person, day)
        )

    def _role_of(self, user):
        return next((role for role in ROLES if user.has_group(role)), GROUP_USER)

    def _teams_of(self, user):
        """The teams whose member, deputy or head somebody is."""
        if self._teams is None:
            self._teams = self.env["its.team"].search_fetch(
                [("company_id", "=", self._company.id)]
            )
        return self._teams.filtered(
            lambda team: (
                user in team.head_id | team.deputy_id | _every(team, "member_ids")
            )
        )

    def _administrators(self):
        if self._last is None:
            group = self.env.ref(GROUP_ADMINISTRATOR)
            self._last = group.all_user_ids.filtered(
                lambda one: (
                    one.active and not one.share and self._company in one.company_ids
                )
            ).sorted("id")
        return self._last


def _every(record, name):
    """What a record leads to, whether archived or not: nothing is read to tell them
    apart, where one is looked for that is known."""
    return record.with_context(active_test=False)[name]


def form_sql(user, day):
    """Whether the form of a person says that they are away on a day, in SQL.

    :param user: the alias of ``res_users``
    """
    return SQL(
        "(COALESCE(%(start)s, %(end)s) IS NOT NULL"
        " AND COALESCE(%(start)s <= %(day)s, TRUE)"
        " AND COALESCE(%(end)s >= %(day)s, TRUE))",
        start=SQL.identifier(user, "its_absent_from"),
        end=SQL.identifier(user, "its_absent_until"),
        day=day,
    )


def leaves_sql(user, day):
    """Whether a person has leaves about a day, in SQL: only where there are some is it
    worth asking how much working time they leave.

    :param user: the alias of ``res_users``
    """
    return SQL(
        "EXISTS (SELECT FROM resource_calendar_leaves AS leave"
        " JOIN resource_resource AS resource ON resource.id = leave.resource_id"
        " WHERE resource.user_id = %(user)s AND leave.time_type = 'leave'"
        " AND leave.date_from <= %(last)s AND leave.date_to >= %(first)s)",
        user=SQL.identifier(user, "id"),
        first=datetime.combine(day - DAY, time.min),
        last=datetime.combine(day + DAY, time.max),
    )


def _period(leave):
    return pytz.utc.localize(leave.date_from), pytz.utc.localize(leave.date_to)


def _is_left(hours, away):
    """Whether something is left of hours in which somebody is away at times."""
    left = Intervals(hours) - Intervals(away)
    return sum((stop - start for start, stop, _of in left), timedelta()) >= NOTHING
