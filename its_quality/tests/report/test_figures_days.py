from contextlib import contextmanager
from datetime import datetime

from odoo.tests import freeze_time, tagged

from ...models.base import days
from ..claim.common import ClaimCase
from ..survey.common import SurveyCase

ZONES = ("Europe/Moscow", "Asia/Vladivostok", "America/New_York")
# Half an hour before a midnight and half an hour after it, where the company works.
NIGHTS = (
    (datetime(2026, 1, 31, 23, 30), datetime(2026, 2, 1, 0, 30)),
    (datetime(2026, 2, 28, 23, 30), datetime(2026, 3, 1, 0, 30)),
    # The clock is put forward in New York that night.
    (datetime(2026, 3, 7, 23, 30), datetime(2026, 3, 8, 0, 30)),
    (datetime(2026, 12, 31, 23, 30), datetime(2027, 1, 1, 0, 30)),
)

CASES = [
    (
        zone,
        days.moment_of(evening, zone),
        days.moment_of(night, zone),
        evening.date(),
        night.date(),
    )
    for zone in ZONES
    for evening, night in NIGHTS
]


@tagged("post_install", "-at_install")
class TestDaysOfFigures(ClaimCase, SurveyCase):
    """Every figure counts days as the company does, wherever its reader is."""

    @contextmanager
    def at(self, zone, night):
        """Work where the company has this zone and the reader another one."""
        with self.subTest(zone=zone, night=night), self.undone():
            self.company.resource_calendar_id.tz = zone
            self.quality_manager.tz = "Europe/Berlin"
            yield
        # Zones are remembered.
        self.env.registry.clear_cache()

    def of_reader(self, model):
        return self.as_user(self.env[model], self.quality_manager).with_context(
            tz="Europe/Berlin", allowed_company_ids=self.company.ids
        )

    def test_calls_made_today(self):
        for zone, evening, night, _day, _next_day in CASES:
            with self.at(zone, night):
                self.check_calls_made_today(evening, night)

    def check_calls_made_today(self, evening, night):
        with freeze_time(evening):
            [call] = self.plan_call(self.client_team, self.quality_manager, 0)
            call.with_user(self.quality_manager)._action_done()
            self.assertEqual(self.made(), (1, 1))
        with freeze_time(night):
            self.assertEqual(self.made(), (0, 0))

    def made(self):
        """How many calls were made today by the desk and by the dashboard."""
        self.env.flush_all()
        desk = self.of_reader("its.call.desk").get_queue()["counts"]["done"]
        dashboard = self.of_reader("its.dashboard")
        today = dashboard._today(dashboard._scope("month", self.team.id))
        return desk, today["today_done"]

    def test_silence(self):
        for zone, evening, night, _day, _next_day in CASES:
            with self.at(zone, night):
                self.check_silence(evening, night)

    def check_silence(self, evening, night):
        self.client_team.sudo().its_last_contact = evening
        self.env.flush_all()
        found = []
        for moment in (evening, night):
            with freeze_time(moment):
                row = self.of_reader("its.contact.report").search(
                    [("id", "=", self.client_team.id)]
                )
                row.invalidate_recordset()
                found.append(row.silent_days)
        self.assertEqual(found, [0, 1])

    def test_printed_periods(self):
        for zone, evening, night, day, next_day in CASES:
            with self.at(zone, night):
                self.check_printed_periods(evening, night, day, next_day)

    def check_printed_periods(self, evening, night, day, next_day):
        for moment in (evening, night):
            with freeze_time(moment):
                self.talk(self.client_own, date_start=moment)
        sheet = self.of_reader("report.its_quality.interaction_sheet")
        for date, expected in ((day, evening), (next_day, night)):
            dialog = self.env["its.report.print"].create(
                {
                    "report": "interactions",
                    "date_from": date,
                    "date_to": date,
                    "partner_id": self.client_own.id,
                }
            )
            rows = self.env["its.interaction.report"].search(sheet._rows_of(dialog))
            self.assertEqual(rows.mapped("date_start"), [expected])
        # The paper shows the day in whose period the talk is.
        [cell] = {sheet._moment(evening)}
        self.assertIn("23:30", cell)

    def test_results_of_a_questionnaire(self):
        for zone, evening, night, day, next_day in CASES:
            with self.at(zone, night):
                self.check_results(evening, night, day, next_day)

    def check_results(self, evening, night, day, next_day):
        for moment in (evening, night):
            response = self.respond(self.quality_manager, overall="good", nps=9)
            response.end_datetime = moment
        self.env.flush_all()
        results = self.of_reader("its.survey.results")
        for date in (day, next_day):
            found = results.get_results(
                self.survey.id, {"date_from": str(date), "date_to": str(date)}
            )
            self.assertEqual(found["total"]["responses"], 1)
        with freeze_time(night):
            found = results.get_results(self.survey.id)
            self.assertEqual(found["date_to"], str(next_day))
