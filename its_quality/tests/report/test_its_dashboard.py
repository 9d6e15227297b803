from odoo.exceptions import AccessError
from odoo.tests import freeze_time, tagged

from ...report.its_dashboard_scope import Scope
from ..claim.common import NOW
from .dashboard_case import DashboardCase

ZONES = ("Europe/Moscow", "Asia/Vladivostok")


@tagged("post_install", "-at_install")
@freeze_time(NOW)
class TestItsDashboard(DashboardCase):
    """Every figure against one counted by hand."""

    # -------------------------------------------------------------------------
    # The time
    # -------------------------------------------------------------------------

    def test_time_and_the_time_before(self):
        for period, first, before in (
            ("month", "2027-01-31", "2027-01-01"),
            ("quarter", "2026-12-01", "2026-09-01"),
            ("year", "2026-03-02", "2025-03-02"),
            ("no such", "2027-01-31", "2027-01-01"),
        ):
            with self.subTest(period=period):
                scope = self.env["its.dashboard"]._scope(period, None)
                self.assertEqual((str(scope.first), str(scope.last)), (first, TODAY))
                self.assertEqual(str(scope.before().first), before)
                self.assertEqual(scope.before().end, scope.start)
        self.assertEqual(str(scope.start), "2027-01-30 21:00:00")
        self.assertEqual(str(scope.end), "2027-03-01 21:00:00")

    def test_days_where_the_clock_is_changed(self):
        """A day of 23 hours is a day."""
        scope = Scope.of_days(
            "Europe/Berlin", self.date("2027-03-28"), self.date("2027-03-28")
        )
        self.assertEqual((scope.end - scope.start).total_seconds(), 23 * 3600)
        self.assertEqual(str(scope.before().start), "2027-03-26 23:00:00")

    # -------------------------------------------------------------------------
    # Nothing at all
    # -------------------------------------------------------------------------

    def test_nothing(self):
        """Where nothing was done a count is 0, and a mean is not 0 but nothing."""
        quiet = self.env["its.team"].create({"name": "Тихое направление"})
        figures = self.figures(team=quiet)
        for name, tile in figures["tiles"].items():
            with self.subTest(tile=name):
                means = ("coverage", "nps", "csat", "hours", "on_time", "retention")
                means += ("prolongation",)
                self.assertEqual(tile["value"], None if name in means else 0)
                self.assertFalse(tile["previous"])
        for name, chart in figures["charts"].items():
            with self.subTest(chart=name):
                numbers = [n for series in chart["series"] for n in series["data"]]
                self.assertFalse(any(n is not None for n in numbers))
        self.assertEqual(len(figures["charts"]["scores"]["labels"]), 12)

    # -------------------------------------------------------------------------
    # Calls and talks
    # -------------------------------------------------------------------------

    def test_calls(self):
        for days in (-3, -1, 0, 0, 0, 1):
            self.plan_call(self.client_team, self.colleague, days)
        self.plan_call(self.client_colleague, self.colleague, -3)
        [done] = self.plan_call(self.client_team, self.colleague, 0)
        done.with_user(self.colleague)._action_done()
        figures = self.figures()
        self.assertEqual(self.values(figures, "overdue", "today"), [(2, 0), (3, None)])
        self.assertEqual(figures["tiles"]["today"]["note"], 1)
        self.assertEqual(self.opened(figures, "overdue"), 2)
        self.assertEqual(self.opened(figures, "today"), 3)

    def test_a_withdrawn_call_was_not_made(self):
        self.plan_call(self.client_team, self.colleague, 0)._its_withdraw("")
        self.assertEqual(self.figures()["tiles"]["today"]["note"], 0)

    def test_calls_that_were_overdue_then(self):
        """Rows: day of the call, planned on, closed on, overdue on 30 January. A call
        for that day was not, as today's is not overdue today."""
        table = (
            ("2027-01-20", "2027-01-10", "2027-02-05", 1),
            ("2027-01-29", "2027-01-10", "2027-01-31", 1),
            ("2027-01-30", "2027-01-10", "2027-01-31", 0),
            ("2027-01-20", "2027-01-10", "2027-01-30", 0),
            ("2027-01-31", "2027-01-10", "2027-02-05", 0),
            ("2027-01-20", "2027-01-31", "2027-02-05", 0),
        )
        for row in table:
            due, planned, done, expected = row
            with self.subTest(row=row), self.undone():
                call = self.plan_call(self.client_team, self.colleague)
                call.date_deadline = due
                call.with_user(self.colleague)._action_done()
                self.set_past(call, create_date=planned, date_done=done)
                self.assertEqual(
                    self.values(self.figures(), "overdue"), [(0, expected)]
                )

    def test_talks(self):
        leaver = self.create_user("its_leaver", "its_quality.group_client_manager")
        self.talk_at("2027-03-01 08:59:00")
        self.talk_at("2027-02-10 09:00:00", outcome="no_answer")
        self.talk_at("2027-02-11 09:00:00", outcome="refused")
        self.talk_at("2027-01-30 21:00:00", user_id=leaver.id)
        # The last moment of the time before, its first one, and one before that.
        self.talk_at("2027-01-30 20:59:59")
        self.talk_at("2026-12-31 21:00:00")
        self.talk_at("2026-12-31 20:59:59")
        # A client of another team.
        self.talk_at("2027-02-10 09:00:00", self.client_colleague)
        leaver.active = False
        figures = self.figures()
        self.assertEqual(self.values(figures, "interactions"), [(4, 2)])
        self.assertEqual(figures["tiles"]["interactions"]["note"], 50)
        self.assertEqual(self.opened(figures, "interactions"), 4)
        self.assertEqual(
            self.figures(period="year")["tiles"]["interactions"]["value"], 7
        )

    def test_day_begins_where_the_company_works(self):
        """14 o'clock on the 30th, in UTC, is the 31st in Vladivostok."""
        self.talk_at("2027-01-30 14:00:00")
        for zone, expected in zip(ZONES, [(0, 1), (1, 0)], strict=True):
            with self.subTest(zone=zone):
                self.company.resource_calendar_id.tz = zone
                self.assertEqual(
                    self.values(self.figures(), "interactions"), [expected]
                )

    # -------------------------------------------------------------------------
    # Cadences
    # -------------------------------------------------------------------------

    def test_coverage(self):
        """Rows: days since the start, day of the talk, its outcome; kept, late or not
        asked for."""
        cadence = self.create_cadence(service_ids=[(6, 0, self.contract.ids)])
        table = (
            (100, "2027-02-01", "reached", "kept"),
            (100, "2027-01-31", "reached", "late"),
            (100, "2027-02-27", "no_answer", "late"),
            (100, None, None, "late"),
            (28, None, None, False),
            (29, None, None, "late"),
            (5, "2027-02-27", "reached", "kept"),
        )
        clients = self.env["res.partner"]
        self.subscription_of(self.client_team).date_end = "2027-02-28"
        for number, (days, day, outcome, _state) in enumerate(table):
            client = self.create_client(f"ООО «Охват {number}»")
            clients += client
            self.create_subscription(
                client, self.contract, date_start=self.today(-days)
            )
            if day:
                self.talk_at(f"{day} 09:00:00", client, outcome=outcome)
        figures = self.figures()
        # At the end of 30 January nobody had been reached.
        self.assertEqual(self.values(figures, "coverage"), [(33.3, 0.0)])
        self.assertEqual(figures["tiles"]["coverage"]["note"], 4)
        self.assertEqual(self.opened(figures, "coverage"), 4)
        report = self.as_user(self.env["its.contact.report"], self.quality_manager)
        for state in ("kept", "late", False):
            with self.subTest(state=state):
                found = report.search(
                    [("id", "in", clients.ids), ("cadence_state", "=", state)]
                )
                expected = [
                    client.id
                    for client, row in zip(clients, table, strict=True)
                    if row[3] == state
                ]
                self.assertEqual(sorted(found.ids), sorted(expected))
        self.assertEqual(
            report.browse(clients.ids).mapped("cadence_state"),
            [row[3] for row in table],
        )
        clients[0].its_call_consent = "refused"
        self.assertEqual(self.values(self.figures(), "coverage"), [(20.0, 0.0)])
        cadence.purpose = "quality"
        self.assertEqual(self.values(self.figures(), "coverage"), [(0.0, 0.0)])

    def test_coverage_by_each_of_two_cadences(self):
        """Who is kept by one cadence and late by another is late, and counted once."""
        self.create_cadence(interval_number=3)
        self.create_cadence(interval_number=1, interval_unit="week")
        self.talk_at("2027-02-01 09:00:00")
        self.assertEqual(self.values(self.figures(), "coverage")[0][0], 0)
        self.talk_at("2027-02-25 09:00:00")
        self.assertEqual(self.values(self.figures(), "coverage")[0][0], 100)

    def test_oldest_talk_that_keeps_a_cadence(self):
        table = (
            (1, "month", "2027-03-01", "2027-02-01"),
            (1, "month", "2027-03-31", "2027-03-01"),
            (1, "month", "2027-02-28", "2027-01-28"),
            (3, "month", "2027-05-31", "2027-03-01"),
            (1, "week", "2027-03-01", "2027-02-22"),
        )
        for number, unit, day, oldest in table:
            with self.subTest(number=number, unit=unit, day=day):
                cadence = self.create_cadence(
                    interval_number=number, interval_unit=unit
                )
                found = cadence._oldest_day(self.date(day))
                self.assertEqual(str(found), oldest)

    # -------------------------------------------------------------------------
    # Answers
    # -------------------------------------------------------------------------

    def test_answers(self):
        self.answer_at("2027-02-10 09:00:00", nps=10, csat=4)
        self.assertEqual(
            self.values(self.figures(), "nps", "csat"), [(100, None), (75, None)]
        )
        self.answer_at("2027-02-11 09:00:00", nps=3, csat=2)
        self.answer_at("2027-02-12 09:00:00", nps=8)
        self.answer_at("2027-01-10 09:00:00", nps=6, csat=5)
        self.answer_at("2027-02-12 09:00:00", self.client_colleague, nps=0, csat=1)
        figures = self.figures()
        self.assertEqual(self.values(figures, "nps", "csat"), [(0, -100), (50, 100)])
        self.assertEqual(figures["tiles"]["nps"]["count"], 3)
        self.assertEqual(figures["tiles"]["csat"]["count"], 2)
        self.assertEqual(self.opened(figures, "nps"), 3)
        self.assertEqual(self.opened(figures, "csat"), 2)
        by_month = self.chart(figures, "scores")
        self.assertEqual(by_month["2027-01-01"], {"nps": -100, "csat": 100})
        self.assertEqual(by_month["2027-02-01"], {"nps": 0, "csat": 50})
        self.assertEqual(by_month["2027-03-01"], {"nps": None, "csat": None})
        self.assertEqual(list(by_month)[0], "2026-04-01")

    def test_month_ends_where_the_company_works(self):
        """15 o'clock on 31 January, in UTC, is February in Vladivostok."""
        self.answer_at("2027-01-31 15:00:00", nps=10)
        for zone, month in zip(ZONES, ("2027-01-01", "2027-02-01"), strict=True):
            with self.subTest(zone=zone):
                self.company.resource_calendar_id.tz = zone
                figures = self.figures()
                told = {
                    label: numbers["nps"]
                    for label, numbers in self.chart(figures, "scores").items()
                    if numbers["nps"] is not None
                }
                self.assertEqual(told, {month: 100})
                self.assertEqual(self.points(figures, "scores", "nps"), told)

    # -------------------------------------------------------------------------
    # Claims
    # -------------------------------------------------------------------------

    def test_claims(self):
        self.set_past(self.main_claim, date_registered="2027-02-24 09:00:00")
        self.closed_at("2027-02-10 09:00:00", "2027-01-10 09:00:00", 10)
        self.closed_at("2027-02-20 09:00:00", "2027-02-01 09:00:00", 20, on_time=False)
        self.closed_at("2027-01-10 09:00:00", "2027-01-01 09:00:00", 6)
        again = self.claim_at("closed")
        self.go(again, "reopen_closed")
        self.set_past(again, date_registered="2027-01-20 09:00:00")
        rejected = self.claim_at("rejected")
        self.set_past(rejected, date_registered="2027-01-20 09:00:00")
        self.create_claim()
        figures = self.figures()
        self.assertEqual(
            self.values(figures, "claims_closed", "hours", "on_time"),
            # The reopened one was closed, too.
            [(3, 1), (15, 6), (50, 100)],
        )
        self.assertEqual(self.opened(figures, "claims_closed"), 3)
        self.assertEqual(self.values(figures, "claims_opened"), [(3, 4)])
        self.assertEqual(self.opened(figures, "claims_opened"), 3)
        # Open then: the first, the reopened one and the rejected one.
        self.assertEqual(self.values(figures, "claims_open"), [(3, 3)])
        self.assertEqual(self.opened(figures, "claims_open"), 3)
        self.assertEqual(self.opened(figures, "on_time"), 2)
        stages = self.chart(figures, "stages")
        first, working = (
            self.env["its.claim.stage"]._first_of(state).name
            for state in ("registered", "in_progress")
        )
        nothing = {"three": 0, "week": 0, "month": 0, "longer": 0}
        self.assertEqual(
            stages,
            {
                first: {**nothing, "three": 1, "week": 1},
                working: {**nothing, "longer": 1},
            },
        )
        self.assertEqual(self.points(figures, "stages", "week"), {first: 1, working: 0})
        self.assertEqual(
            self.chart(figures, "problems"), {self.problem.name: {"claims": 2}}
        )
        self.assertEqual(
            self.chart(figures, "problem_services"),
            {self.contract.name: {"claims": 2}},
        )
        self.assertEqual(
            self.points(figures, "problems", "claims"), {self.problem.name: 2}
        )

    def test_the_past_of_claims_does_not_change(self):
        """Closed in January, opened again in February: it was closed in between."""
        self.company.its_reopen_days = 365
        claim = self.closed_at("2027-01-10 09:00:00", "2027-01-05 09:00:00")
        names = ("claims_open", "claims_closed")
        before = self.values(self.figures(), *names)
        self.assertEqual(before[1], (0, 1))
        self.go(claim, "reopen_closed")
        self.env.flush_all()
        after = self.values(self.figures(), *names)
        self.assertEqual(
            [then for _now, then in after], [then for _now, then in before]
        )
        self.assertEqual(after[0][0], before[0][0] + 1)

    def test_overdue_claims(self):
        """All that was handed over was on time, and still something is late."""
        late = self.claim_at("in_progress")
        self.set_past(late, deadline_at="2027-02-20 09:00:00")
        self.closed_at("2027-02-10 09:00:00", "2027-02-01 09:00:00")
        figures = self.figures()
        self.assertEqual(self.values(figures, "on_time"), [(100, None)])
        self.assertEqual(self.values(figures, "claims_overdue"), [(1, 0)])
        self.assertEqual(figures["tiles"]["on_time"]["note"], 1)
        self.assertEqual(self.opened(figures, "claims_overdue"), 1)

    def test_claims_that_were_late_then(self):
        """Handed over in February, late since the 20th of January: it was late when the
        time before ended, whatever has become of it since."""
        claim = self.claim_at("in_progress")
        self.set_past(claim, deadline_at="2027-01-20 09:00:00")
        self.fill(claim, "hand_over")
        self.go(claim, "hand_over")
        self.set_past(claim, date_registered="2027-01-05 09:00:00")
        for movement in claim.sudo().movement_ids:
            left = movement.from_state == "in_progress"
            day = "2027-02-10" if left else "2027-01-06"
            self.set_past(movement, date=f"{day} 09:00:00")
        late = [(0, 1)]
        self.assertEqual(self.values(self.figures(), "claims_overdue"), late)
        # Another deadline and another way do not make it another past.
        self.set_past(claim, deadline_at="2027-04-01 09:00:00")
        self.go(claim, "rework")
        self.assertEqual(self.values(self.figures(), "claims_overdue"), late)

    # -------------------------------------------------------------------------
    # Subscriptions and wishes
    # -------------------------------------------------------------------------

    def subscribe(self, number, start, end, renewed=False, cancelled=None, alone=False):
        """
        :param alone: for a client who has nothing else
        """
        client = self.client_team
        if alone:
            client = self.create_client(f"ООО «{number}»", self.client_manager)
        subscription = self.create_subscription(
            client,
            self.contract,
            contract_number=number,
            date_start=start,
            date_end=end,
        )
        if renewed:
            subscription._do_renew()
        if cancelled:
            reason = self.env["its.cancellation.reason"].create({"name": number})
            subscription.write(
                {"date_cancelled": cancelled, "cancellation_reason_id": reason.id}
            )

    def test_retention(self):
        """The client of the team is under contract all the time."""
        rows = (
            ("2026-02-11", "2027-02-10", {"renewed": True}),
            ("2026-02-21", "2027-02-20", {}),
            ("2026-02-21", "2027-12-20", {"cancelled": "2027-02-15"}),
            ("2026-01-10", "2027-01-09", {}),
            ("2026-01-31", "2027-12-30", {"cancelled": "2027-01-20"}),
            # Ends today: it is still in force.
            ("2026-03-02", "2027-03-01", {}),
        )
        for number, (start, end, values) in enumerate(rows):
            self.subscribe(str(number), start, end, alone=True, **values)
        figures = self.figures()
        self.assertEqual(self.values(figures, "retention"), [(75, 83.3)])
        self.assertEqual(self.values(figures, "prolongation"), [(50, 0)])
        table = {
            "retention": (4, 5, {"kept": 3, "lost": 1, "undecided": 1}),
            "prolongation": (
                2,
                3,
                {"continued": 1, "not_continued": 1, "undecided": 1},
            ),
        }
        for name, (decided, opened, lists) in table.items():
            tile = figures["tiles"][name]
            with self.subTest(name):
                self.assertEqual(tile["count"], decided)
                self.assertEqual(self.opened(figures, name), opened)
                told = {one["name"]: one["count"] for one in tile["lists"]}
                self.assertEqual(told, lists)
                shown = {one["name"]: self._rows(one["opens"]) for one in tile["lists"]}
                self.assertEqual(shown, lists)

    def test_retention_of_a_contract_type(self):
        other = self.contract.copy({"name": "ИТС другого вида"})
        for service, expected in ((self.contract, 100), (other, None)):
            with self.subTest(service.name):
                dashboard = self.as_user(
                    self.env["its.dashboard"], self.quality_manager
                )
                figures = dashboard.get_figures("month", self.team.id, service.id)
                self.assertIn(service.id, [one["id"] for one in figures["services"]])
                self.assertEqual(figures["service_id"], service.id)
                self.assertEqual(figures["tiles"]["retention"]["value"], expected)

    def test_to_renew(self):
        self.subscribe("1", "2026-03-02", "2027-03-01")
        self.subscribe("2", "2026-04-01", "2027-03-31")
        self.subscribe("3", "2026-04-02", "2027-04-01")
        self.subscribe("4", "2026-03-21", "2027-03-20", renewed=True)
        self.subscribe("5", "2026-03-21", "2027-03-20", cancelled="2027-03-10")
        figures = self.figures()
        self.assertEqual(self.values(figures, "to_renew"), [(2, None)])
        self.assertEqual(figures["tiles"]["to_renew"]["note"], 1)
        self.assertEqual(self.opened(figures, "to_renew"), 2)

    def test_demand(self):
        client = self.create_client("ООО «Спрос»")
        self.create_subscription(client, self.contract)
        self.create_subscription(client, self.service)
        self.create_subscription(client, self.service, days=-1, contract_number="2")
        self.talk_at("2027-02-10 09:00:00", service_id=self.service.id)
        self.assertEqual(
            self.chart(self.figures(), "services"),
            {
                self.contract.name: {"subscriptions": 2, "talks": 0},
                self.service.name: {"subscriptions": 1, "talks": 1},
            },
        )

    def test_wishes(self):
        first, second = self.env["its.wish"].create(
            [{"name": "Проверка: быстрее"}, {"name": "Проверка: дешевле"}]
        )
        both = [(6, 0, (first + second).ids)]
        self.talk_at("2027-02-10 09:00:00", wish_ids=both)
        self.talk_at("2027-02-11 09:00:00", wish_ids=[(6, 0, second.ids)])
        self.talk_at("2027-01-10 09:00:00", wish_ids=both)
        self.main_claim.sudo().wish_ids = second
        figures = self.figures()
        self.assertEqual(
            self.chart(figures, "wishes"),
            {
                second.name: {"talks": 2, "claims": 1},
                first.name: {"talks": 1, "claims": 0},
            },
        )
        self.assertEqual(
            self.points(figures, "wishes", "talks"), {second.name: 2, first.name: 1}
        )

    # -------------------------------------------------------------------------
    # Whose figures they are
    # -------------------------------------------------------------------------

    def test_head_sees_his_team_only(self):
        self.talk_at("2027-02-10 09:00:00")
        self.talk_at("2027-02-10 09:00:00", self.client_colleague)
        self.answer_at("2027-02-10 09:00:00", nps=10)
        self.answer_at("2027-02-10 09:00:00", self.client_colleague, nps=0)
        self.closed_at("2027-02-10 09:00:00", "2027-02-01 09:00:00", 10)
        self.create_cadence()
        names = ("nps", "claims_closed", "claims_open", "coverage")
        expected = [(100, None), (1, 0), (1, 0), (100, 0)]
        for user in (self.head, self.deputy):
            with self.subTest(user=user.login):
                self.assertEqual(
                    [v[0] for v in self.values(self.every(user=user), *names)],
                    [value for value, _before in expected],
                )
        other = self.every(user=self.other_head)
        self.assertEqual(
            [v[0] for v in self.values(other, "nps", "claims_closed", "claims_open")],
            [-100, 0, 0],
        )
        self.assertEqual(
            [team["id"] for team in self.every(user=self.head)["teams"]], self.team.ids
        )
        own = self.figures(user=self.head)
        all_of_it = self.every(user=self.head)
        for name in own["tiles"]:
            with self.subTest(tile=name):
                self.assertEqual(
                    own["tiles"][name]["value"], all_of_it["tiles"][name]["value"]
                )

    def test_who_is_refused(self):
        for role in ("client_manager", "worker", "employee", "portal"):
            with (
                self.subTest(role=role),
                self.assertRaisesRegex(AccessError, "for quality managers and heads"),
            ):
                self.every(user=self[role])
        with self.assertRaisesRegex(AccessError, "not one of your teams"):
            self.figures(user=self.head, team=self.other_team)
        for role in ("quality_manager", "head", "administrator"):
            with self.subTest(role=role):
                self.assertTrue(self.every(user=self[role])["tiles"])

    def test_menu(self):
        menu = self.env.ref("its_quality.its_dashboard_menu")
        for role, seen in (
            ("quality_manager", True),
            ("head", True),
            ("administrator", True),
            ("client_manager", False),
            ("worker", False),
        ):
            with self.subTest(role=role):
                visible = menu.with_user(self[role])._visible_menu_ids()
                self.assertEqual(menu.id in visible, seen)

    def test_two_companies(self):
        both = self.company + self.other_company
        self.quality_manager.company_ids = both
        before = self.every(companies=both)["tiles"]["interactions"]["value"]
        self.talk_at(
            "2027-02-10 09:00:00",
            self.client_abroad,
            company_id=self.other_company.id,
        )
        for companies, expected in (
            (self.other_company, 1),
            (both, before + 1),
            (self.company, before),
        ):
            with self.subTest(companies=companies.mapped("name")):
                figures = self.every(companies=companies)
                self.assertEqual(figures["tiles"]["interactions"]["value"], expected)
        names = [team["name"] for team in self.every(companies=both)["teams"]]
        self.assertIn(self.team.name, names)
        self.assertNotIn(
            self.team.id,
            [t["id"] for t in self.every(companies=self.other_company)["teams"]],
        )

    # -------------------------------------------------------------------------
    # Helpers
    # -------------------------------------------------------------------------

    def points(self, figures, name, series):
        """What the points of a series open: counts, or for scores their values."""
        chart = figures["charts"][name]
        [series] = [found for found in chart["series"] if found["name"] == series]
        rows = {
            label: self._rows(series["opens"], further)
            for label, further in zip(chart["labels"], series["points"], strict=True)
        }
        if name != "scores":
            return rows
        told = dict(zip(chart["labels"], series["data"], strict=True))
        return {label: told[label] for label, count in rows.items() if count}


TODAY = "2027-03-01"
