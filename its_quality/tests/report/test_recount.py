from collections import Counter, defaultdict
from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.tests import TransactionCase, freeze_time, tagged

from ...report.its_report import ItsReport
from ..common import DAY, QUIET
from ..tier import count
from .recount import ENDED, Recount, hundred, mean, share
from .recount_world import World

PERIODS = {"month": 30, "quarter": 91, "year": 365}
SEED = 18
CLIENTS = count(60, 500)


@tagged("post_install", "-at_install", "days")
class TestRecount(TransactionCase):
    """Each figure counted a second time, from plain rows by simple loops: of three firms
    in three zones, two years long and made up by chance."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env = cls.env(context={**cls.env.context, **QUIET})
        cls.world = World(cls.env, SEED, CLIENTS)
        every = [*cls.world.companies, cls.world.companies]
        cls.recounts = {firms: cls.recount_of(firms) for firms in every}

    @classmethod
    def recount_of(cls, companies):
        return Recount(cls.env, companies, cls.world.now)

    def setUp(self):
        super().setUp()
        # Ages are as of one moment for both, however slow the machine is.
        self.enterContext(freeze_time(self.world.now))

    def read(self, model, companies):
        """A model as the reader meets it."""
        return (
            self.env[model]
            .with_user(self.world.reader)
            .with_context(
                allowed_company_ids=companies.ids, tz=companies[0]._its_zone()
            )
        )

    def assert_figure(self, found, expected):
        """The same, as precise as it is shown; nothing is not 0."""
        unknown = found is None or found is False
        if expected is None or unknown:
            self.assertTrue(unknown and expected is None, f"{found} for {expected}")
        else:
            self.assertAlmostEqual(float(found), float(expected), delta=0.0501)

    def firms(self):
        """Each by itself, and all of them."""
        return self.recounts.items()

    # -------------------------------------------------------------------------
    # Dashboard and digest
    # -------------------------------------------------------------------------

    def test_dashboard(self):
        seen = defaultdict(set)
        for companies, recount in self.firms():
            dashboard = self.read("its.dashboard", companies)
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
            dashboard = self.read("its.dashboard", companies)
            for team in (None, self.world.teams[companies[0]][0].id):
                tiles = dashboard.get_figures("month", team)["tiles"]
                first = recount.today - 29 * DAY
                to_make, made = recount.calls_today(team)
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
            figures = self.read("its.dashboard", companies).get_figures("year")
            first = recount.today - 364 * DAY
            expected = {
                "retention": recount.retention(first, recount.today),
                "prolongation": recount.prolongation(first, recount.today),
            }
            models = {"retention": "res.partner", "prolongation": "its.subscription"}
            for name, counts in expected.items():
                rows = self.read(models[name], companies)
                for one in figures["tiles"][name]["lists"]:
                    with self.subTest(figure=name, of=one["name"]):
                        self.assertEqual(one["count"], counts[one["name"]])
                        domain = one["opens"]["domain"]
                        self.assertEqual(rows.search_count(domain), one["count"])

    def test_dashboard_by_contract_type(self):
        for companies, recount in self.firms():
            for service in self.world.contracts:
                tiles = self.read("its.dashboard", companies).get_figures(
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
            charts = self.read("its.dashboard", companies).get_figures("year")["charts"]
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
        report = self.read(model, companies)
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
            report = self.read(model, companies)
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

    def said(self, recount, response):
        """The satisfaction (CSI, else CSAT, else the mark of NPS) and the points of NPS
        of a response, by its answers."""
        marks = defaultdict(list)
        for line in recount.lines_of[response["id"]]:
            question = recount.rows["survey_question"][line["question_id"]]
            mark = recount.mark(line)
            if mark is not None:
                weight = int(question["its_weight"] or 1)
                marks[question["its_meaning"]] += [mark] * weight
        score = next(filter(None, (marks[name] for name in ("csi", "csat", "nps"))), [])
        return mean(score), mean([recount.points(mark) for mark in marks["nps"]])

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

    def claim_figures(self, recount, claim):
        """What a claim has come to; on time from the hand-over on, hours and shares of
        those closed."""
        closed = claim["state"] == "closed"
        on_its_way = claim["state"] not in ENDED
        again = (claim["rework_count"] or 0) + (claim["reopen_count"] or 0)
        handed = claim["state"] in ("verification", "follow_up", "closed") or again
        said = closed and claim["satisfaction"]

        def days(moment):
            return (recount.now - moment).total_seconds() / 86400

        took = closed and claim["date_closed"] - claim["date_registered"]
        return {
            "is_overdue": int(claim in recount.overdue_claims()),
            "days_at_stage": days(claim["date_stage"]) if on_its_way else None,
            "age_days": days(claim["date_registered"]) if on_its_way else None,
            "hours": took.total_seconds() / 3600 if closed else None,
            "working_hours": (claim["working_hours"] or 0) if closed else None,
            "first_answer_hours": claim["first_answer_hours"]
            if claim["first_answer_on"]
            else None,
            "first_answer_share": hundred(claim["first_answer_in_time"] == "yes")
            if claim["first_answer_in_time"]
            else None,
            "on_time_share": hundred(claim["on_time"]) if handed else None,
            "on_time_first_share": hundred(claim["on_time_first"]) if handed else None,
            "rework_share": hundred(claim["rework_count"]) if closed else None,
            "reopen_share": hundred(claim["reopen_count"]) if closed else None,
            "satisfied_share": hundred(said == "5")
            if said and said != "none"
            else None,
            "unconfirmed_share": hundred(said == "none") if closed else None,
        }

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

    def last_talks(self, recount):
        """When each client was last reached; ``None``: never."""
        last = defaultdict(list)
        # Also of a firm that the reader is not of: the card tells when, not what.
        for talk in recount.rows["its_interaction"].values():
            if talk["outcome"] == "reached":
                last[talk["partner_id"]].append(talk["date_start"])
        return {
            client["id"]: max(last[client["id"]], default=None)
            for client in recount.clients.values()
            if client["active"] and client["commercial_partner_id"] == client["id"]
        }

    def silence(self, recount, moment):
        if moment is None:
            return "never", None
        days = (recount.today - recount.day(moment)).days
        for name, most in (("week", 7), ("month", 31), ("quarter", 92)):
            if days <= most:
                return name, days
        return "longer", days

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

    def sheet(self, companies, report, name, first, last):
        dialog = self.read("its.report.print", companies).create(
            {"report": report, "date_from": first, "date_to": last}
        )
        sheets = self.read(f"report.its_quality.{name}_sheet", companies)
        return sheets._get_report_values(dialog.ids)["sheets"][0]

    def test_paper(self):
        for companies, recount in self.firms():
            last = recount.today - 10 * DAY
            first = last - 200 * DAY
            for name, report in (
                ("interaction", "interactions"),
                ("survey", "survey"),
                ("claim_movement", "movements"),
                ("claim_responsible", "responsible"),
                ("claim_result", "results"),
                ("contact", "contacts"),
                ("renewal", "renewals"),
            ):
                sheet = self.sheet(companies, report, name, first, last)
                expected = getattr(self, f"paper_of_{report}")(recount, first, last)
                for figure, value in expected.items():
                    found = sheet
                    for step in figure.split("."):
                        found = found[step]
                    found = getattr(found, "value", found)
                    with self.subTest(report=report, figure=figure):
                        self.assert_figure(found, value)

    def paper_of_interactions(self, recount, first, last):
        talks = recount.talked(first, last)
        return {
            "total": len(talks),
            "clients": len({talk["partner_id"] for talk in talks}),
            "reached": mean([hundred(t["outcome"] == "reached") for t in talks]),
        }

    def paper_of_survey(self, recount, first, last):
        answers = recount.answered(first, last)
        return {
            "total": len(answers),
            "clients": len({response["its_client_id"] for response, *_ in answers}),
            "responses": len({response["id"] for response, *_ in answers}),
            "csat": mean(recount.csat(answers)),
            "nps": mean(recount.nps(answers)),
        }

    def paper_of_movements(self, recount, first, last):
        moves = [
            move
            for claim in recount.claims
            for move in recount.movements[claim["id"]]
            if recount.within(move["date"], first, last)
        ]
        return {
            "total": len(moves),
            "claims": len({move["claim_id"] for move in moves}),
            "moves": len(moves),
            "standing": 0,
        }

    def paper_of_responsible(self, recount, _first, _last):
        claims = recount.open_on(recount.today)
        figures = [self.claim_figures(recount, claim) for claim in claims]
        return {
            "total": len(claims),
            "overdue": len(recount.overdue_claims()),
            "days": mean([one["days_at_stage"] for one in figures]),
            "age": mean([one["age_days"] for one in figures]),
        }

    def paper_of_results(self, recount, first, last):
        claims = [
            claim
            for claim in recount.claims
            if claim["state"] in ENDED
            and recount.within(claim["date_closed"], first, last)
        ]
        figures = [self.claim_figures(recount, claim) for claim in claims]
        names = {
            "on_time": "on_time_share",
            "rework": "rework_share",
            "reopen": "reopen_share",
            "satisfied": "satisfied_share",
            "unconfirmed": "unconfirmed_share",
            "first_answer": "first_answer_hours",
            "hours": "working_hours",
        }
        return {
            "total": len(claims),
            "closed": sum(claim["state"] == "closed" for claim in claims),
            "rejected": sum(claim["state"] == "rejected" for claim in claims),
            **{
                f"totals.{shown}": mean([one[name] for one in figures])
                for shown, name in names.items()
            },
        }

    def paper_of_contacts(self, recount, _first, _last):
        names = [
            self.silence(recount, moment)[0]
            for moment in self.last_talks(recount).values()
        ]
        return {
            "total": len(names),
            "totals.silent": sum(n in ("quarter", "longer", "never") for n in names),
            "totals.never": names.count("never"),
        }

    def paper_of_renewals(self, recount, first, last):
        return {
            "total": sum(
                1
                for row in recount.contracts()
                if row["began"] and row["last"] and first <= row["last"] <= last
            )
        }

    def test_renewals_on_paper(self):
        for companies, recount in self.firms():
            last = recount.today - 10 * DAY
            first = last - 200 * DAY
            sheet = self.sheet(companies, "renewals", "renewal", first, last)
            for (value, _label, kept, gone, undecided), counts in zip(
                sheet["figures"],
                (recount.retention(first, last), recount.prolongation(first, last)),
                strict=True,
            ):
                expected = (
                    counts["kept"] + counts["continued"],
                    counts["lost"] + counts["not_continued"],
                    counts["undecided"],
                )
                self.assertEqual((kept, gone, undecided), expected)
                self.assert_figure(value, share(kept, kept + gone))

    def test_managers_on_paper(self):
        """A line a person: those of the talks of the period."""
        for companies, recount in self.firms():
            last = recount.today - 10 * DAY
            first = last - 200 * DAY
            sheet = self.sheet(companies, "managers", "manager", first, last)
            found = {one["user"].id: one["talks"] for one in sheet["people"]}
            talks = Counter(
                talk["user_id"]
                for talk in recount.talked(first, last)
                if talk["channel"] != "questionnaire"
            )
            self.assertEqual({k: v for k, v in found.items() if v}, dict(talks))

    def test_results_of_a_questionnaire(self):
        survey = self.world.survey
        for companies, recount in self.firms():
            first, last = recount.today - 181 * DAY, recount.today
            page = self.read("its.survey.results", companies).get_results(survey.id)
            before = first - 182 * DAY, first - DAY
            for shown, period in (
                (page["total"], (first, last)),
                (page["total_before"], before),
            ):
                answers = [
                    answer
                    for answer in recount.answered(*period)
                    if answer[0]["survey_id"] == survey.id
                ]
                responses = [
                    response
                    for response in recount.responses.values()
                    if response["survey_id"] == survey.id
                    and recount.within(response["end_datetime"], *period)
                ]
                expected = {
                    "responses": len(responses),
                    "mark": mean([mark for *_rest, mark in answers]),
                    "csat": mean(recount.csat(answers)),
                    "nps": mean(recount.nps(answers)),
                }
                for name, value in expected.items():
                    with self.subTest(period=period, figure=name):
                        self.assert_figure(shown[name], value)
            # fields.Date is how the page tells a day.
            self.assertEqual(page["date_to"], fields.Date.to_string(last))

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
            report = self.read(model, companies)
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
            groups = self.read(model, companies)._read_group(domain, by, ["__count"])
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
