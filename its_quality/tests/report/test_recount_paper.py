from collections import Counter

from odoo import fields
from odoo.tests import tagged

from ..common import DAY
from .recount import ENDED, hundred, mean, share
from .recount_case import RecountCase


@tagged("post_install", "-at_install", "days")
class TestRecountOnPaper(RecountCase):
    """What is printed, and the results of a questionnaire."""

    def sheet(self, companies, report, name, first, last):
        dialog = self.as_reader("its.report.print", companies).create(
            {"report": report, "date_from": first, "date_to": last}
        )
        sheets = self.as_reader(f"report.its_quality.{name}_sheet", companies)
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
            page = self.as_reader("its.survey.results", companies).get_results(
                survey.id
            )
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
