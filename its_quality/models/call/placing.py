"""Who makes each call, and on which day: the step between who is due and writing."""

from .planned_calls import PlannedCall


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

    def place(self, candidates):
        """Find a person and a day for each; who finds no day is left for another night.

        :param candidates: a list of :class:`~.candidates.Candidate`
        :return: a list of :class:`~.planned_calls.PlannedCall`
        """
        # By id out of one recordset: what is read of one is read of all.
        teams = self._by_id("its.team", [one.team_id for one in candidates])
        users = self._by_id("res.users", [one.manager_id for one in candidates])
        pool = self._pool()
        calls = []
        for candidate in candidates:
            team = teams[candidate.team_id]
            caller = self._caller(users[candidate.manager_id], team, pool)
            user, day = self._place(caller, team, candidate.day)
            if not day:
                continue
            if user and self._cadence.responsible == "quality_manager":
                pool[user] = pool.get(user, 0) + 1
            calls.append(
                PlannedCall(candidate.partner_id, candidate.subscription_id, user, day)
            )
        return calls

    def _place(self, caller, team, due):
        days, calendar = self._days, team.resource_calendar_id
        if self._cadence.trigger in ("after_start", "after_claim"):
            due = days.working_days(calendar).after(due, self._cadence.delay_days)
        user, day = days.place(caller, calendar, due)
        if not day and days.is_absent(caller, self._today) and team.head_id.active:
            # Away without an end and without a deputy: the head, or who acts for them.
            first = max(due, self._today)
            head = days.absence.acting(team.head_id, first, team)
            user, day = days.place(head, calendar, due)
        return user, day

    def _by_id(self, model, ids):
        """``{id: record}``, with an empty record for ``None``."""
        records = self.env[model].sudo().browse({i for i in ids if i})
        return {None: records.browse(), **{record.id: record for record in records}}

    def _pool(self):
        """The quality managers to share calls among, with how many each has."""
        if self._cadence.responsible != "quality_manager":
            return {}
        users = self._cadence.user_ids.sudo().filtered("active")
        users = users or self.env["res.users"]._its_quality_managers(
            self._cadence.company_id
        )
        return {user: self._days.count(user) for user in users}

    def _caller(self, manager, team, pool):
        """Who should call: may be nobody, then any client manager may take the call."""
        if pool:
            return min(pool, key=lambda user: (pool[user], user.id))
        if manager.active and not manager.share:
            return manager
        return team.head_id if team.head_id.active else manager.browse()
