from collections import Counter, defaultdict
from datetime import timedelta
from unittest.mock import patch

from odoo.tests import tagged

from ...report.its_report import ItsReport
from ..common import DAY
from .recount import ENDED, hundred, mean, share
from .recount_case import PERIODS, RecountCase


@tagged("post_install", "-at_install", "days")
class TestRecount(RecountCase):
    """Figures of the dashboard, the digest and the reports."""

    # -------------------------------------------------------------------------
    # Dashboard and digest
    # -------------------------------------------------------------------------

    def test_dashboard(self):
        seen = defaultdict(set)
        for companies, recount in self.firms():
            dashboard = self.as_reader("its.dashboard", companies)
            for team in (None, self.world.teams[companies[0]][0].id):
                for period, length in PERIODS.items():
                    figures = dashboard.get_figures(period, team)["tiles"]
                    first = recount.today - (length - 1) * DAY
                    now = recount.tiles(first, recount.today, team)
                    then = recount.tiles(first - length * DAY, first - DAY, team)
                    for name, expected in now.items():
                        with self.subTest(period=period, team=team, figure=name):
                            tile = figures[name]
                            self.assert_figure(tile["value"], expected)
                            self.assert_figure(tile["previous"], then[name])
                            seen[name].add(expected)
        # What is the same everywhere tells nothing.
        for name, values in seen.items():
            self.assertGreater(len(values - {None, 0}), 2, name)

    def test_dashboard_of_now(self):
        for companies, recount in self.firms():
            dashboard = self.as_reader("its.dashboard", companies)
            for team in (None, self.world.teams[companies[0]][0].id):
                tiles = dashboard.get_figures("month", team)["tiles"]
                first = recount.today - 29 * DAY
                to_make, made = recount.calls_today(first, team)
                to_renew, renewed = recount.to_renew(team)
                kept, every = recount.coverage(recount.today, team)
                talks = recount.talked(first, recount.today, team)
                expected = {
                    "today": (to_make, made),
                    "to_renew": (to_renew, renewed),
                    "coverage": (share(kept, every), every - kept),
                    "interactions": (
                        len(talks),
                        mean([hundred(t["outcome"] == "reached") for t in talks]),
                    ),
                }
                for name, (value, note) in expected.items():
                    with self.subTest(team=team, figure=name):
                        self.assert_figure(tiles[name]["value"], value)
                        self.assert_figure(tiles[name]["note"], note)

    def test_lists_behind_retention(self):
        for companies, recount in self.firms():
            figures = self.as_reader("its.dashboard", companies).get_figures("year")
            first = recount.today - 364 * DAY
            expected = {
                "retention": recount.retention(first, recount.today),
                "prolongation": recount.prolongation(first, recount.today),
            }
            models = {"retention": "res.partner", "prolongation": "its.subscription"}
            for name, counts in expected.items():
                rows = self.as_reader(models[name], companies)
                for one in figures["tiles"][name]["lists"]:
                    with self.subTest(figure=name, of=one["name"]):
                        self.assertEqual(one["count"], counts[one["name"]])
                        domain = one["opens"]["domain"]
                        self.assertEqual(rows.search_count(domain), one["count"])

    def test_dashboard_by_contract_type(self):
        for companies, recount in self.firms():
            for service in self.world.contracts:
                tiles = self.as_reader("its.dashboard", companies).get_figures(
                    "year", None, service.id
                )["tiles"]
                first = recount.today - 364 * DAY
                for name in ("retention", "prolongation"):
                    counts = getattr(recount, name)(
                        first, recount.today, None, service.id
                    )
                    kept = counts["kept"] + counts["continued"]
                    gone = counts["lost"] + counts["not_continued"]
                    with self.subTest(figure=name, service=service.name):
                        self.assert_figure(
                            tiles[name]["value"], share(kept, kept + gone)
                        )

    def test_charts(self):
        for companies, recount in self.firms():
            charts = self.as_reader("its.dashboard", companies).get_figures("year")[
                "charts"
            ]
            first, last = recount.today - 364 * DAY, recount.today
            closed = recount.closed(first, last)
            for name, field in (
                ("problems", "problem_id"),
                ("problem_services", "problem_service_id"),
            ):
                counts = Counter(claim[field] for claim in closed)
                counts.pop(None, None)
                with self.subTest(chart=name):
                    [series] = charts[name]["series"]
                    expected = sorted(counts.values(), reverse=True)[:6]
                    self.assertEqual(series["data"], expected)
            months = defaultdict(list)
            for answer in recount.answered():
                day = recount.day(answer[0]["end_datetime"])
                months[str(day.replace(day=1))].append(answer)
            chart = charts["scores"]
            for at, month in enumerate(chart["labels"]):
                answers = months[month]
                for series, values in zip(
                    chart["series"],
                    (recount.nps(answers), recount.csat(answers)),
                    strict=True,
                ):
                    with self.subTest(chart=series["name"], month=month):
                        self.assert_figure(series["data"][at], mean(values))
            wishes = Counter(
                wish.name
                for wish in self.world.wishes
                for talk in self.world.talks
                if wish in talk.wish_ids
                and talk.company_id in companies
                and recount.within(talk.date_start, first, last)
            )
            chart = charts["wishes"]
            found = dict(zip(chart["labels"], chart["series"][0]["data"], strict=True))
            with self.subTest(chart="wishes"):
                self.assertEqual({k: v for k, v in found.items() if v}, dict(wishes))
            ages = Counter()
            for claim in recount.open_on(recount.today):
                old = recount.now - claim["date_registered"]
                age = next(
                    (
                        name
                        for name, most in (("three", 3), ("week", 7), ("month", 30))
                        if old <= timedelta(days=most)
                    ),
                    "longer",
                )
                ages[age] += 1
            with self.subTest(chart="stages"):
                found = {s["name"]: sum(s["data"]) for s in charts["stages"]["series"]}
                self.assertEqual({k: v for k, v in found.items() if v}, dict(ages))

    def test_digest(self):
        digest = self.env.ref("its_quality.digest_weekly")
        for company in self.world.companies:
            digest.company_id = company
            # Odoo keeps a figure of a mail until something it follows from changes.
            self.env.invalidate_all()
            recount = self.recounts[company]
            start = recount.midnight(recount.today - 6 * DAY)
            end = recount.midnight(recount.today + DAY)
            mail = digest.with_user(self.world.reader).with_company(company)
            mail = mail.with_context(start_datetime=start, end_datetime=end)
            expected = recount.tiles(recount.today - 6 * DAY, recount.today)
            names = {"overdue_calls": "overdue"}
            for name in (
                "interactions",
                "nps",
                "csat",
                "claims_closed",
                "on_time",
                "retention",
                "prolongation",
                "overdue_calls",
            ):
                with self.subTest(zone=company.name, kpi=name):
                    value = expected[names.get(name, name)]
                    self.assertAlmostEqual(
                        mail[f"kpi_its_{name}_value"], value or 0, delta=0.0501
                    )

    # -------------------------------------------------------------------------
    # Reports
    # -------------------------------------------------------------------------

    def assert_groups(self, companies, model, by, expected, domain=()):
        """The groups of a report are those expected, with their number of rows and each
        figure.

        :param by: what to group by
        :param expected: by the ids of the group a list of rows, each the figures of one
            by name
        """
        names = sorted({name for rows in expected.values() for r in rows for name in r})
        report = self.as_reader(model, companies)
        sums = {name for name in names if report._fields[name].aggregator == "sum"}
        asked = [f"{n}:{'sum' if n in sums else 'avg'}" for n in names]
        found = {}
        for row in report._read_group(list(domain), by, ["__count", *asked]):
            key = [getattr(part, "id", part) or None for part in row[: len(by)]]
            found[tuple(key)] = row[len(by) :]
        with self.subTest(model=model, by=by):
            self.assertEqual(set(found), {k for k, rows in expected.items() if rows})
        for key, (number, *figures) in found.items():
            rows = expected.get(key, [])
            with self.subTest(model=model, by=by, group=key):
                self.assertEqual(number, len(rows))
            for name, figure in zip(names, figures, strict=True):
                values = [row.get(name) for row in rows]
                total = sum(v for v in values if v) if name in sums else mean(values)
                with self.subTest(model=model, by=by, group=key, figure=name):
                    self.assert_figure(figure, total)

    def test_interactions(self):
        for companies, recount in self.firms():
            rows = defaultdict(list)
            months = defaultdict(list)
            for talk in recount.talks:
                response = recount.responses.get(talk["response_id"], {})
                said = self.said(recount, response) if response else (None, None)
                figures = {
                    "reached_share": hundred(talk["outcome"] == "reached"),
                    "score": said[0],
                    "nps": said[1],
                    "duration": talk["duration"],
                }
                rows[talk["service_id"], talk["purpose"]].append(figures)
                month = recount.day(talk["date_start"]).replace(day=1)
                months[talk["user_id"], month].append(figures)
            model = "its.interaction.report"
            self.assert_groups(companies, model, ["service_id", "purpose"], rows)
            report = self.as_reader(model, companies)
            found = {
                (user.id, month.date()): (number, reached)
                for user, month, number, reached in report._read_group(
                    [],
                    ["user_id", "date_start:month"],
                    ["__count", "reached_share:avg"],
                )
            }
            self.assertEqual(set(found), set(months))
            for key, talks in months.items():
                with self.subTest(month=key):
                    self.assertEqual(found[key][0], len(talks))
                    reached = mean([talk["reached_share"] for talk in talks])
                    self.assert_figure(found[key][1], reached)

    def test_survey(self):
        for companies, recount in self.firms():
            rows = defaultdict(list)
            told = set()
            for line in sorted(
                recount.rows["survey_user_input_line"].values(),
                key=lambda line: line["id"],
            ):
                response = recount.responses.get(line["user_input_id"])
                if not response or line["skipped"]:
                    continue
                question = recount.rows["survey_question"][line["question_id"]]
                mark = recount.mark(line)
                meaning = question["its_meaning"]
                # The satisfaction of a response counts once.
                leads = response["id"] not in told
                told.add(response["id"])
                rows[line["question_id"], response["its_service_id"]].append(
                    {
                        "mark": mark,
                        "csat": mark if meaning == "csat" else None,
                        "nps": recount.points(mark) if meaning == "nps" else None,
                        "score": self.said(recount, response)[0] if leads else None,
                    }
                )
            by = ["question_id", "service_id"]
            self.assert_groups(companies, "its.survey.report", by, rows)

    def test_movements(self):
        for companies, recount in self.firms():
            rows = defaultdict(list)
            for claim in recount.claims:
                for move in recount.movements[claim["id"]]:
                    left = move["from_stage_id"]
                    rows[left, move["to_stage_id"]].append(
                        {
                            "hours": move["hours"] if left else None,
                            "working_hours": move["working_hours"] if left else None,
                        }
                    )
                if claim["state"] not in ENDED:
                    stands = recount.now - claim["date_stage"]
                    rows[claim["stage_id"], None].append(
                        {"hours": stands.total_seconds() / 3600}
                    )
            model = "its.claim.movement.report"
            self.assert_groups(companies, model, ["stage_id", "to_stage_id"], rows)

    def test_claims(self):
        """«Responsible» and «Results»."""
        for companies, recount in self.firms():
            by_user, by_problem = defaultdict(list), defaultdict(list)
            for claim in recount.claims:
                figures = self.claim_figures(recount, claim)
                by_user[claim["user_id"], claim["state"]].append(figures)
                found = (claim["problem_id"], claim["problem_service_id"])
                by_problem[found].append(figures)
            model = "its.claim.report"
            self.assert_groups(companies, model, ["user_id", "state"], by_user)
            by = ["problem_id", "problem_service_id"]
            self.assert_groups(companies, model, by, by_problem)

    def test_last_contacts(self):
        for companies, recount in self.firms():
            rows = defaultdict(list)
            for client, moment in self.last_talks(recount).items():
                name, days = self.silence(recount, moment)
                user = recount.clients[client]["user_id"]
                rows[user, name].append({"silent_days": days})
            by = ["user_id", "silence"]
            self.assert_groups(companies, "its.contact.report", by, rows)

    def test_renewals(self):
        names = {"not_continued": "lapsed", "undecided": "undecided"}
        for companies, recount in self.firms():
            rows = defaultdict(list)
            for row in recount.contracts():
                if not (row["began"] and row["last"]):
                    continue
                outcome = recount.outcome(row, recount.today)
                continued = {"continued": 100, "not_continued": 0}.get(outcome)
                if row["last"] >= recount.today:
                    continued = None
                if outcome != "continued":
                    outcome = names[outcome]
                    if row["date_cancelled"]:
                        outcome = "refused"
                    elif row["last"] >= recount.today:
                        outcome = "to_renew"
                rows[row["last_user_id"], outcome].append(
                    {"continued_share": continued}
                )
            by = ["last_user_id", "outcome"]
            self.assert_groups(companies, "its.renewal.report", by, rows)

    def test_managers(self):
        for companies, recount in self.firms():
            rows = defaultdict(list)
            for talk in recount.talks:
                if talk["channel"] != "questionnaire":
                    reached = hundred(talk["outcome"] == "reached")
                    rows[talk["user_id"], "talk"].append(
                        {"talks": 1, "reached_share": reached}
                    )
            cadences = {row["id"] for row in recount._own("its_cadence")}
            for call in recount.rows["mail_activity"].values():
                if (
                    call["its_client_id"]
                    and call["its_cadence_id"] in cadences
                    and not call["its_withdrawn"]
                    and (not call["active"] or call["date_deadline"] < recount.today)
                ):
                    made = call["date_done"]
                    kept = not call["active"] and made <= call["date_deadline"]
                    rows[call["user_id"], "call"].append({"kept_share": hundred(kept)})
            for response in recount.responses.values():
                if response["its_manager_id"]:
                    rows[response["its_manager_id"], "answer"].append(
                        {
                            "answers": 1,
                            "score": self.said(recount, response)[0],
                            "nps": self.said(recount, response)[1],
                        }
                    )
            for claim in recount.claims:
                if claim["justified"] == "yes" and claim["manager_id"]:
                    rows[claim["manager_id"], "caused"].append({"caused": 1})
                if claim["state"] == "closed" and claim["user_id"]:
                    figures = self.claim_figures(recount, claim)
                    rows[claim["user_id"], "solved"].append(
                        {
                            "solved": 1,
                            **{
                                name: figures[name]
                                for name in (
                                    "on_time_share",
                                    "rework_share",
                                    "first_answer_share",
                                )
                            },
                        }
                    )
            by = ["user_id", "kind"]
            self.assert_groups(companies, "its.manager.report", by, rows)

    # -------------------------------------------------------------------------
    # Paper
    # -------------------------------------------------------------------------

    # -------------------------------------------------------------------------
    # Groups
    # -------------------------------------------------------------------------

    def test_groups_come_in_the_order_of_their_records(self):
        """As Odoo sorts them, and without joining a record to each row."""
        companies = self.world.companies
        asked = {
            "its.interaction.report": ("service_id", "user_id desc", "partner_id"),
            "its.claim.report": ("stage_id desc", "team_id nulls first", "user_id"),
            "its.claim.movement.report": ("stage_id nulls last", "responsible_id"),
            "its.survey.report": ("question_id", "manager_id", "suggested_answer_id"),
        }
        for model, orders in asked.items():
            report = self.as_reader(model, companies)
            for order in (*orders, ", ".join(orders)):
                names = [part.split()[0] for part in order.split(", ")]
                sets = [[], names[:1], names]
                found = report._read_grouping_sets([], sets, ["__count"], order)
                with patch.object(
                    ItsReport,
                    "_read_group_orderby",
                    lambda self, *given: super(ItsReport, self)._read_group_orderby(
                        *given
                    ),
                ):
                    theirs = report._read_grouping_sets([], sets, ["__count"], order)
                with self.subTest(model=model, order=order):
                    self.assertEqual(found, theirs)
                    self.assertGreater(len(found[1]), 1)
        query = report._search([])
        joined = len(query._joins)
        terms = {
            "survey_id": report._read_group_groupby(query.table, "survey_id", query)
        }
        self.assertTrue(report._read_group_orderby("survey_id", terms, query))
        self.assertEqual(len(query._joins), joined)

    # -------------------------------------------------------------------------
    # The past
    # -------------------------------------------------------------------------

    def told(self, companies):
        """What the reports tell by manager and team of what has been."""
        over = [("date_last", "<", self.recounts[companies].today)]
        # A call that is still open goes to the next manager.
        done = [("kind", "!=", "call")]
        asked = (
            ("its.interaction.report", ["manager_id", "team_id"], []),
            ("its.survey.report", ["manager_id", "team_id"], []),
            ("its.claim.report", ["manager_id", "team_id"], []),
            ("its.claim.movement.report", ["team_id", "responsible_id"], []),
            ("its.manager.report", ["user_id", "team_id", "kind"], done),
            ("its.renewal.report", ["last_user_id", "last_team_id"], over),
        )
        self.env.flush_all()
        self.env.invalidate_all()
        found = {}
        for model, by, domain in asked:
            groups = self.as_reader(model, companies)._read_group(
                domain, by, ["__count"]
            )
            found[model] = {
                tuple(getattr(part, "id", part) for part in group): number
                for *group, number in groups
            }
        return found

    def test_the_past_keeps_its_people(self):
        """Clients get another manager, and services move to another team."""
        companies = self.world.companies
        before = self.told(companies)
        for company in companies:
            managers = self.world.people[company]
            clients = self.world.partners.filtered(
                lambda one, users=managers: one.user_id in users
            )
            clients.write({"user_id": managers[0].id})
            first, second = self.world.teams[company]
            services = first.service_ids, second.service_ids
            first.service_ids = False
            second.service_ids = services[0]
            first.service_ids = services[1]
        self.assertEqual(self.told(companies), before)
        # What is noted from now on is of the new ones.
        company = companies[0]
        subscription = self.world.subscriptions.filtered(
            lambda one: (
                one.company_id == company
                and one.service_id in self.world.contracts
                and one.state in ("active", "expiring")
                and one.partner_id.user_id
            )
        )[:1]
        talk = self.env["its.interaction"].create(
            {
                "partner_id": subscription.partner_id.id,
                "company_id": company.id,
                "subscription_id": subscription.id,
                "date_start": self.world.now,
                "user_id": self.world.reader.id,
            }
        )
        self.assertEqual(talk.manager_id, self.world.people[company][0])
        self.assertEqual(talk.team_id, self.world.teams[company][1])
