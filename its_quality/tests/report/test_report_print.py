import re
from datetime import datetime, timedelta
from io import BytesIO
from itertools import pairwise

from lxml import html

from odoo.exceptions import AccessError, UserError
from odoo.tests import HttpCase, freeze_time, tagged
from odoo.tools import mute_logger
from odoo.tools.pdf import PdfFileReader

from ...report import its_report_sheet
from ...report.its_report_print import REPORTS
from ...tools.by_code import by_code
from ..claim.common import NOW, ClaimCase
from ..survey.common import SurveyCase

SCRIPT = "<script>alert('да')</script>"
# What a sheet says where there is nothing to say.
NOTHING = {
    "interactions": "No interactions with these clients in this period",
    "survey": "No responses in this period",
    "movements": "No claims moved in this period",
    "responsible": "No claim is on its way",
    "results": "No claims were closed in this period",
    "contacts": "No such clients",
    "renewals": "No contracts end in this period",
    "managers": "Nothing is known of anybody in this period",
}
# What it prints is of our people, and of no client.
OF_PEOPLE = "managers"


class PrintCase(ClaimCase, SurveyCase):
    """Three talks, three responses and three claims of the client of ``team``, and of
    everything one of each of the other clients."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.other_contract = cls.env["its.service"].create(
            {"name": "Другой договор", "kind": "contract"}
        )
        cls.client_team.phone = "+7 833 200-00-00"
        # The people of a head are the members of the team.
        cls.team.member_ids = cls.worker
        for days, outcome in ((-1, "reached"), (-2, "no_answer"), (-3, "reached")):
            cls.talk(
                cls.client_team,
                days,
                outcome=outcome,
                subscription_id=cls.subscription_of(cls.client_team).id,
            )
        for client in (cls.client_team, cls.client_own, cls.client_colleague):
            cls.create_subscription(
                client,
                cls.contract if client == cls.client_team else cls.other_contract,
                date_start=cls.company._its_today() - timedelta(days=400),
                date_end=cls.company._its_today() - timedelta(days=60),
            )
        for client in (cls.client_own, cls.client_colleague):
            cls.talk(client, -1, summary=f"Сказал {SCRIPT}")

    def setUp(self):
        super().setUp()
        for nps in (10, 9, 0):
            self.answer(self.client_team, nps)
        self.claim_at("closed")
        self.claim_at("in_progress")
        for client in (self.client_own, self.client_colleague):
            self.answer(client, 5)
            for state in ("registered", "rejected"):
                self.claim_at(
                    state,
                    partner_id=client.id,
                    service_id=self.program.id,
                    team_id=self.other_team.id,
                )

    def answer(self, client, nps):
        user = self.quality_manager
        wish = f"Хочу {SCRIPT}"
        self.respond(user, client, overall="good", speed=4, nps=nps, wish=wish)

    def dialog(self, report, role="quality_manager", **values):
        self.env.invalidate_all()
        dialogs = self.env["its.report.print"].with_user(self[role])
        return dialogs.create({"report": report, **values})

    def markup(self, dialog, role="quality_manager", report=None):
        """The sheet that a user sees of a dialog."""
        self.env.invalidate_all()
        printer = self.env["ir.actions.report"].with_user(self[role])
        name = f"its_quality.its_report_print_{report or dialog.report}"
        return printer._render_qweb_html(name, dialog.ids)[0].decode()

    def text(self, report, role="quality_manager", **values):
        """What can be read on the sheet, on one line."""
        markup = self.markup(self.dialog(report, role, **values), role)
        [body] = html.fromstring(markup).xpath("//div[contains(@class, 'its_sheet')]")
        text = " ".join(" ".join(body.itertext()).split())
        return re.sub(r" \(its_quality\.\w+\)", "", text)

    def of_team(self, report, role="quality_manager", **values):
        return self.text(report, role, partner_id=self.client_team.id, **values)


@tagged("post_install", "-at_install")
@freeze_time(NOW)
class TestReportPrint(PrintCase):
    def test_every_role_prints_every_report(self):
        for report, title in REPORTS:
            for role in ("quality_manager", "client_manager", "head"):
                with self.subTest(report, role=role):
                    markup = self.markup(self.dialog(report, role), role)
                    # What the paper is called in a browser as well.
                    heading = html.fromstring(markup).findtext(".//title")
                    self.assertEqual(heading.strip(), title)
                    self.assertNotIn(NOTHING[report], markup)
                    self.assertIn("2027", markup)
                    self.assertIn(f"by {self[role].name}", markup)

    def test_figures(self):
        """All of them counted by hand."""
        expected = {
            "interactions": "3 Interactions 1 Clients 66.7 % Reached 3: too few to tell",
            "survey": "3 Responses 1 Clients – % CSAT 33.3 NPS 3: too few to tell",
            # What all tests share is registered, one is assigned, one is closed.
            "movements": "3 Claims 10 Moves 2 Open now",
            "responsible": "Total 2 0 0.0 0.0",
            "results": "1 Claims closed 0 Claims rejected"
            " 100.0 % On time 1: too few to tell"
            " 0.0 % Claims reworked 1: too few to tell"
            " 0.0 % Claims reopened 1: too few to tell"
            " 100.0 % Satisfied 1: too few to tell"
            " – Hours to the first answer 0.0 Average working hours",
            "contacts": "Total 1 0 0.0 0",
            "renewals": "Prolongation of contracts 0.0 0 1 0",
        }
        for report, words in expected.items():
            with self.subTest(report):
                self.assertIn(words, self.of_team(report))

    def test_details(self):
        expected = {
            "interactions": "Договор для проверки 3 1 66.7",
            # Of three all have said so, and the marks of the scale are listed one by one.
            "survey": "good 3 100.0 % fair 0 0.0 % poor 0 0.0 %",
            "responsible": "its_worker 1 0 0.0 0.0 Nobody yet 1 0 0.0 0.0",
            "results": "Проверка 1 100.0 0.0 0.0 100.0 0.0 –",
            "contacts": "ООО «Клевер» +7 833 200-00-00",
            "renewals": "Договор для проверки 12/31/2026 Not continued",
        }
        for report, words in expected.items():
            with self.subTest(report):
                self.assertIn(words, self.of_team(report))

    def test_first_answer(self):
        """A claim by mail is answered after an hour and a half; who calls is answered at
        once, and counts neither here nor there."""
        closed = self.env["its.claim"].search(
            [("partner_id", "=", self.client_team.id), ("state", "=", "closed")]
        )
        self.assertIn("– Hours to the first answer", self.of_team("results"))
        by_code(closed.sudo()).write(
            {"first_answer_on": closed.date_closed, "first_answer_hours": 1.5}
        )
        text = self.of_team("results")
        self.assertIn("1.5 Hours to the first answer", text)
        self.assertIn("Проверка 1 100.0 0.0 0.0 100.0 0.0 1.5 ", text)

    def test_the_way_of_a_claim(self):
        claim = self.claim_at("in_progress", partner_id=self.client_own.id)
        text = self.text("movements", partner_id=self.client_own.id)
        name = claim.sudo().display_name
        way = text[text.index(name) :]
        stages = claim.sudo().movement_ids.sorted().to_stage_id.mapped("name")
        self.assertEqual(len(stages), 3)
        places = [way.index(f"{one} → {two}") for one, two in pairwise(stages)]
        self.assertEqual(places, sorted(places))
        self.assertLess(places[-1], way.index("now"))

    def test_whose_rows(self):
        for report, _title in REPORTS:
            if report == OF_PEOPLE:
                continue
            seen = {
                role: self.text(report, role)
                for role in ("quality_manager", "client_manager", "head")
            }
            with self.subTest(report):
                for client in ("Ромашка", "Лютик"):
                    self.assertIn(client, seen["quality_manager"])
                self.assertNotIn("Лютик", seen["client_manager"])
                self.assertNotIn("Клевер", seen["client_manager"])
                self.assertNotIn("Ромашка", seen["head"])
                self.assertNotIn("Лютик", seen["head"])

    def test_nothing_to_print(self):
        newcomer = self.create_client("ООО «Новичок»")
        long_ago = {"date_from": "2001-01-01", "date_to": "2001-01-31"}
        for report, sentence in NOTHING.items():
            with self.subTest(report):
                if report == "contacts":
                    values = {"partner_id": self.contact_of(newcomer).id}
                else:
                    values = {"partner_id": newcomer.id, **long_ago}
                self.assertIn(sentence, self.text(report, **values))

    def test_texts_are_no_markup(self):
        self.client_own.name = f"Имя {SCRIPT}"
        claim = self.create_claim(subject=SCRIPT, partner_id=self.client_own.id)
        self.go(claim, "reject", reason=f"Спам {SCRIPT}")
        for report, _title in REPORTS:
            if report == OF_PEOPLE:
                continue
            with self.subTest(report):
                markup = self.markup(self.dialog(report))
                self.assertNotIn("<script>alert", markup)
                self.assertIn("&lt;script&gt;alert", markup)

    def test_only_the_ticked(self):
        talks = self.env["its.interaction"].search(
            [("partner_id", "=", self.client_team.id)]
        )
        other = self.talk(self.client_own, -400, summary="Давным-давно")
        text = self.text("interactions", row_ids=(talks[0] + other).ids)
        self.assertIn("Selected rows: 2", text)
        self.assertIn("2 Interactions 2 Clients", text)
        self.assertIn("Давным-давно", text)

    def test_ticked_rows_are_numbers_of_what_one_may_read(self):
        foreign = self.talk(self.client_colleague, -1)
        rows = [foreign.id, "1); DROP TABLE", {"a": 1}, None]
        dialog = self.dialog("interactions", "client_manager", row_ids=rows)
        self.assertEqual(dialog.row_count, 1)
        markup = self.markup(dialog, "client_manager")
        self.assertIn(NOTHING["interactions"], markup)

    def test_a_day_is_of_the_zone_of_the_reader(self):
        self.env = self.env(context={**self.env.context, "tz": "Europe/Moscow"})
        for moment in ("2027-02-10 20:59:00", "2027-02-10 21:00:00"):
            self.talk(self.client_own).date_start = moment
        for day, clock in (("2027-02-10", "23:59"), ("2027-02-11", "00:00")):
            with self.subTest(day):
                text = self.text(
                    "interactions",
                    partner_id=self.client_own.id,
                    date_from=day,
                    date_to=day,
                )
                self.assertIn("1 Interactions", text)
                self.assertIn(clock, text)

    def test_team_and_service(self):
        for report, _title in REPORTS:
            for values in (
                {"team_id": self.team.id},
                {"service_id": self.contract.id},
            ):
                if report in ("survey", OF_PEOPLE):
                    continue
                with self.subTest(report, **values):
                    text = self.text(report, **values)
                    self.assertIn("Клевер", text)
                    self.assertNotIn("Ромашка", text)

    def test_a_questionnaire(self):
        other = self.create_survey("Другая анкета")
        wish = self.ask("Что ещё?", "text_box", survey=other)
        response = self.start(self.quality_manager, survey=other)
        response._its_save_answers({wish.id: {"answer": "Ничего"}})
        response._its_finish()
        text = self.text("survey", survey_id=other.id)
        self.assertIn("Другая анкета", text)
        self.assertIn("Ничего", text)
        self.assertNotIn("Проверочная анкета", text)

    def test_a_long_list_says_so(self):
        self.patch(its_report_sheet, "MOST_ROWS", 2)
        for report in ("interactions", "movements"):
            with self.subTest(report):
                text = self.of_team(report)
                self.assertIn("the first 2 of", text)
        self.assertIn("3 Interactions", self.of_team("interactions"))
        self.assertNotIn("Only the first", self.of_team("results"))

    def test_queries_do_not_grow_with_rows(self):
        def queries():
            self.env.flush_all()
            before = self.env.cr.sql_log_count
            self.of_team("interactions")
            return self.env.cr.sql_log_count - before

        queries()
        few = queries()
        for _number in range(50):
            self.talk(self.client_team, -1)
        self.assertAlmostEqual(queries(), few, delta=2)


@tagged("post_install", "-at_install")
@freeze_time(NOW)
class TestReportDialog(PrintCase):
    def test_periods(self):
        expected = {
            "interactions": ("2027-01-30", "2027-03-01"),
            "movements": ("2027-01-30", "2027-03-01"),
            "survey": ("2026-03-01", "2027-03-01"),
            "results": ("2026-03-01", "2027-03-01"),
            "responsible": (False, False),
            "contacts": (False, False),
            "renewals": ("2026-03-01", "2027-03-01"),
            "managers": ("2026-12-01", "2027-03-01"),
        }
        dialog = self.dialog("interactions")
        for report, period in expected.items():
            dialog.report = report
            with self.subTest(report):
                days = (dialog.date_from, dialog.date_to)
                self.assertEqual(tuple(day and str(day) for day in days), period)

    def test_print(self):
        for report, title in REPORTS:
            dialog = self.dialog(report)
            action = dialog.action_print()
            with self.subTest(report):
                self.assertEqual(action["type"], "ir.actions.report")
                self.assertEqual(action["context"]["active_ids"], dialog.ids)
                self.assertTrue(action["close_on_report_download"])
                self.assertTrue(dialog.display_name.startswith(title))

    def test_an_impossible_period(self):
        dialog = self.dialog("survey", date_from="2027-02-02", date_to="2027-02-01")
        with self.assertRaisesRegex(UserError, "ends before it begins"):
            dialog.action_print()

    def test_of_a_client(self):
        for partner in (self.client_own, self.contact_of(self.client_own)):
            action = self.as_user(
                partner, self.client_manager
            ).action_its_print_report()
            context = action["context"]
            self.assertEqual(context, {"default_partner_id": self.client_own.id})
        action = self.as_user(self.stranger, self.client_manager)
        self.assertNotIn("default_partner_id", action.action_its_print_report())

    def test_the_lists_of_reports_offer_it(self):
        """As what is printed of the rows that were ticked."""
        for action, model in (
            ("interactions", "its.interaction.report"),
            ("survey", "its.survey.report"),
            ("movements", "its.claim.movement.report"),
            ("responsible", "its.claim.report"),
            ("results", "its.claim.report"),
            ("contacts", "its.contact.report"),
            ("renewals", "its.renewal.report"),
            ("managers", "its.manager.report"),
        ):
            rows = self.env[model].with_user(self.quality_manager)
            views = rows.get_views([(False, "list")], {"toolbar": True})["views"]
            offered = [item["id"] for item in views["list"]["toolbar"]["print"]]
            action_id = self.env.ref(f"its_quality.its_report_print_action_{action}").id
            with self.subTest(action):
                self.assertIn(action_id, offered)

    def test_whoever_has_no_role_is_refused(self):
        dialog = self.dialog("contacts")
        for user in ("employee", "portal"):
            with self.subTest(user):
                with self.assertRaises(AccessError):
                    self.dialog("contacts", user)
                for report, _title in REPORTS:
                    for docs in (dialog, dialog.browse()):
                        with self.assertRaises(AccessError):
                            self.markup(docs, user, report)

    def test_the_dialog_of_another_is_refused(self):
        dialog = self.dialog("contacts")
        for report, _title in REPORTS:
            with self.subTest(report), self.assertRaises(AccessError):
                self.markup(dialog, "client_manager", report)

    def test_the_name_of_a_foreign_client_is_not_told(self):
        dialog = self.dialog(
            "interactions", "client_manager", partner_id=self.client_own.id
        )
        dialog.sudo().partner_id = self.client_colleague
        with self.assertRaises(AccessError):
            self.markup(dialog, "client_manager")


@tagged("post_install", "-at_install", "days")
class TestReportPdf(PrintCase, HttpCase):
    def test_paper(self):
        expected = {
            "interactions": "66.7",
            "survey": "33.3",
            "movements": "Moves",
            "responsible": "Total",
            "results": "100.0",
            "contacts": "Клевер",
            "renewals": "Not continued",
            "managers": "its_worker",
        }
        printer = self.env["ir.actions.report"].with_user(self.quality_manager)
        printer = printer.with_context(force_report_rendering=True)
        for report, title in REPORTS:
            dialog = self.dialog(report, partner_id=self.client_team.id)
            content, kind = printer._render_qweb_pdf(
                f"its_quality.its_report_print_{report}", dialog.ids
            )
            reader = PdfFileReader(BytesIO(content))
            pages = [page.extract_text() for page in reader.pages]
            text = " ".join(" ".join(pages).split())
            with self.subTest(report):
                self.assertEqual(kind, "pdf")
                self.assertIn(title, text)
                self.assertIn(expected[report], text)
                self.assertIn(f"Page 1 / {len(pages)}", text)
                self.assertLess(len(pages), 5)
                self.assertEqual(len(self.families(reader)), 1, "header and body")
                if dialog.has_period:
                    self.assertIn(str(datetime.now().year), text)

    def families(self, reader):
        """The families of fonts that a document is printed in."""
        fonts = {
            str(font.get_object()["/BaseFont"])
            for page in reader.pages
            for font in page["/Resources"].get_object()["/Font"].get_object().values()
        }
        # «/ABCDEF+DejaVuSans-Bold»
        return {font.rpartition("+")[2].strip("/").partition("-")[0] for font in fonts}

    def test_address_of_a_sheet(self):
        """Whose dialog it is opens it; nobody else learns anything from it."""
        dialog = self.dialog("contacts", "client_manager")
        address = f"/report/html/its_quality.contact_sheet/{dialog.id}"
        for role in ("client_manager", "quality_manager", "employee", "portal"):
            login = self[role].login
            self.authenticate(login, login + "x" * (8 - len(login)))
            with self.subTest(role), mute_logger("odoo.http"):
                answer = self.url_open(address)
                own = role == "client_manager"
                self.assertEqual(answer.status_code, 200 if own else 403)
                self.assertEqual("Ромашка" in answer.text, own)
