"""Who makes each call, and on which day: the step between who is due and writing."""

from datetime import timedelta
from functools import cached_property

from ..base.groups import GROUP_CLIENT_MANAGER, GROUP_HEAD, GROUP_QUALITY_MANAGER
from .apart import FIRST, Apart
from .planned_calls import PlannedCall

# A call waits for who is back within so many days, if they have no deputy.
LONGEST_WAIT = 14


class Placing:
    """Gives the calls of a cadence to people and days.

    :param cadence: an ``its.cadence``
    :param days: a :class:`~.call_days.CallDays` of its company
    :param today: the ``date`` it is there
    """

    def __init__(self, cadence, days, today):
        self.env = cadence.env
        self._cadence = cadence
        self._days = days
        self._today = today
        self._loads = {}

    def place(self, candidates):
        """Find a person and a day for each; who finds no day is left for another night.

        :param candidates: a list of :class:`~.candidates.Candidate`
        :return: a list of :class:`~.planned_calls.PlannedCall`
        """
        # By id out of one recordset: what is read of one is read of all.
        teams = self._by_id("its.team", [one.team_id for one in candidates])
        users = self._by_id("res.users", [one.manager_id for one in candidates])
        pool = self._cadence.responsible == "quality_manager" and self._pool()
        apart = self._apart([one.partner_id for one in candidates])
        calls = []
        for candidate in candidates:
            team = teams[candidate.team_id]
            manager = users[candidate.manager_id]
            is_free = apart.is_free(candidate.partner_id, self._cadence)
            user, day, had_nobody = self._place(
                manager, team, pool, candidate.day, is_free
            )
            if not day:
                continue
            near = apart.add(candidate.partner_id, day)
            if near:
                apart.move(near, candidate.partner_id, self._days)
            if user and self._cadence.responsible == "quality_manager":
                self._loads[user] = self._load(user) + 1
            calls.append(
                PlannedCall(
                    candidate.partner_id,
                    candidate.subscription_id,
                    user,
                    day,
                    had_nobody,
                )
            )
        return calls

    def _apart(self, clients):
        company = self._cadence.company_id
        return Apart(company.with_env(self.env), self._today, clients)

    def _place(self, manager, team, pool, due, is_free):
        days, calendar = self._days, team.resource_calendar_id
        latest = None
        if self._cadence.trigger == FIRST:
            # The last day of the subscription: afterwards it is too late.
            latest = due + timedelta(days=self._cadence.delay_days)
        if self._cadence.trigger in ("after_start", "after_claim"):
            due = days.working_days(calendar).after(due, self._cadence.delay_days)
        day = days.working_days(calendar).after(max(due, self._today), 0)
        person = self._caller(manager, team, pool, day, latest)
        # Where the client has no manager and the team no head, any client manager may
        # take the call.
        is_anybodys = not pool and not manager and not team.head_id.active
        had_nobody = not person and not is_anybodys
        if had_nobody:
            person = days.absence.last(manager, day)
        return *days.place(person, calendar, due, latest, is_free), had_nobody

    def _by_id(self, model, ids):
        """``{id: record}``, with an empty record for ``None``."""
        records = self.env[model].sudo().browse({i for i in ids if i})
        return {None: records.browse(), **{record.id: record for record in records}}

    def _pool(self):
        """The quality managers to share calls among."""
        return self._cadence.user_ids.sudo().filtered("active") or self._everybody

    @cached_property
    def _everybody(self):
        """All quality managers of the company, looked up once a batch."""
        users = self.env["res.users"]
        return users._its_quality_managers(self._cadence.company_id)

    def _caller(self, manager, team, pool, day, latest):
        """Who should call on a day: somebody who may and is there, if there is one."""
        if self._cadence.responsible == "quality_manager":
            return self._quality_manager(pool, team, day)
        absence = self._days.absence
        if self._may_call(manager):
            if not absence.is_absent(manager, day):
                return manager
            deputy = absence.deputy(manager, day)
            if deputy or self._is_waited_for(manager, day, latest):
                return deputy or manager
        if team.head_id.active:
            return absence.present(team.head_id, day, team, GROUP_HEAD)
        return manager and absence.colleague(manager, day, team, GROUP_QUALITY_MANAGER)

    def _may_call(self, user):
        return (
            user.active
            and not user.share
            and self._cadence.company_id in user.company_ids
            and user.has_group(GROUP_CLIENT_MANAGER)
        )

    def _is_waited_for(self, user, day, latest):
        """Whether a call waits until somebody is back: they are soon, and nobody was
        named to stand in for them."""
        if user.its_deputy_id:
            return False
        absence = self._days.absence
        following = (
            day + timedelta(days=number) for number in range(1, LONGEST_WAIT + 1)
        )
        return any(
            not absence.is_absent(user, one)
            for one in following
            if not latest or one <= latest
        )

    def _quality_manager(self, pool, team, day):
        """The one with the fewest calls of those who are there, else another one of the
        company, else who stands in for them."""
        absence = self._days.absence
        for users in (pool, self._everybody):
            there = [user for user in users if not absence.is_absent(user, day)]
            if there:
                return min(there, key=lambda user: (self._load(user), user.id))
        return absence.colleague(pool[:1], day, team, GROUP_QUALITY_MANAGER)

    def _load(self, user):
        """How many calls a quality manager has, those of this night among them."""
        if user not in self._loads:
            self._loads[user] = self._days.count(user)
        return self._loads[user]
