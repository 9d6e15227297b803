from datetime import timedelta

from odoo import fields
from odoo.exceptions import UserError
from odoo.tests import freeze_time, tagged

from ...models.base.working_days import WorkingDays
from .common import SurveyCase


@tagged("post_install", "-at_install")
class TestSurveyLowScore(SurveyCase):
    """A low score becomes a task of a quality manager, once."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # Those of the demo are of this company, too.
        group = cls.env.ref("its_quality.group_quality_manager")
        others = group.all_user_ids - cls.quality_manager - cls.administrator
        leaving = others.filtered(lambda user: user.id > 2)
        # People of the demonstration leave clients and calls.
        leaving.its_deputy_id = cls.env.ref("base.user_admin")
        leaving.active = False

    def tasks(self, client=None):
        return self.env["mail.activity"].search(
            [
                ("res_model", "=", "res.partner"),
                ("res_id", "=", (client or self.client_own).id),
            ]
        )

    def test_task(self):
        response = self.respond(
            overall="poor", why=["late"], late="Ждали неделю", nps=2
        )
        task = self.tasks()
        self.assertEqual(task.user_id, self.quality_manager)
        self.assertEqual(
            task.activity_type_id, self.env.ref("mail.mail_activity_data_todo")
        )
        for words in ("overall", "poor", "late", "Ждали неделю", "nps", ">2<"):
            self.assertIn(words, task.note)
        self.assertNotIn("wish", task.note)
        self.assertIn(self.survey.title, task.summary)
        self.assertTrue(response.its_followed_up)
        self.assertFalse(response._its_low_score_followup())
        self.assertEqual(self.tasks(), task)

    def test_the_note_is_no_html_of_the_client(self):
        self.respond(overall="poor", why=["late"], late="<img src=x onerror=alert(1)>")
        self.assertIn("&lt;img", self.tasks().note)

    def test_threshold(self):
        """A table: threshold of the questionnaire, whether 50 % is low."""
        for threshold, low in ((50, False), (50.1, True), (0, False), (100, True)):
            with self.subTest(threshold=threshold), self.undone():
                self.survey.its_low_score = threshold
                response = self.respond(overall="fair", why=["rude"], speed=5)
                self.assertEqual(response.its_is_low, low)
                self.assertEqual(bool(self.tasks()), low)

    def test_whoever_would_not_recommend_us(self):
        """Marks of 0 to 6 make the task, whatever the threshold is."""
        for threshold in (0, 60):
            for mark, low in ((0, True), (6, True), (7, False), (10, False)):
                with self.subTest(mark=mark, threshold=threshold), self.undone():
                    self.survey.its_low_score = threshold
                    response = self.respond(overall="excellent", nps=mark)
                    self.assertEqual(response.its_score, 100)
                    self.assertEqual(response.its_is_low, low)
                    self.assertEqual(bool(self.tasks()), low)
                    if low:
                        self.assertIn(f"({mark} of 10)", self.tasks().summary)

    def test_good_or_without_score(self):
        self.respond(overall="excellent")
        self.assertFalse(self.tasks())

    def test_a_test_makes_no_task(self):
        before = self.env["mail.activity"].search_count([])
        test = self.survey._create_answer(user=self.env.user, test_entry=True)
        test._save_lines(self.overall, [str(self.grades["poor"].id)])
        test._mark_done()
        self.assertEqual(self.env["mail.activity"].search_count([]), before)

    def test_the_least_loaded(self):
        second = self.create_user("its_q2", "its_quality.group_quality_manager")
        # Claims of the demonstration have come down to him.
        self.env["mail.activity"].search(
            [("user_id", "=", self.quality_manager.id)]
        ).unlink()
        who = []
        for client in self.clients[:4]:
            response = self.respond(
                self.administrator, client, overall="poor", why=["rude"]
            )
            who.append(self.tasks(client).user_id)
            self.assertTrue(response.its_followed_up)
        # In turn, whoever begins.
        self.assertEqual(set(who[:2]), {self.quality_manager, second})
        self.assertEqual(who[2:], who[:2])

    def test_who_can_take_it(self):
        """A table: what has happened to the quality manager, who gets the task."""
        absent = self.create_user("its_q3", "its_quality.group_quality_manager")
        absent.active = False
        self.respond(overall="poor", why=["rude"])
        self.assertEqual(self.tasks().user_id, self.quality_manager)
        for values in (
            {"active": False},
            {
                "company_ids": [(6, 0, self.other_company.ids)],
                "company_id": self.other_company.id,
            },
        ):
            with self.subTest(values=values), self.undone():
                self.quality_manager.write(values)
                self.respond(
                    self.colleague, self.client_team, overall="poor", why=["rude"]
                )
                taker = self.tasks(self.client_team).user_id
                self.assertTrue(taker.has_group("its_quality.group_administrator"))

    def test_by_link_without_login(self):
        """The client himself makes it, who is nobody to the system."""
        response = self.survey._its_start_response(self.client_own).sudo()
        public = self.env.ref("base.public_user")
        response = self.as_user(response, public).sudo()
        response._its_save_answers(self.answers("poor", ["rude"]))
        response._its_finish()
        self.assertEqual(self.tasks().user_id, self.quality_manager)
        self.assertNotEqual(self.tasks().create_uid, public)


@tagged("post_install", "-at_install")
class TestSurveyCard(SurveyCase):
    """What the client's card tells about his responses."""

    def card(self, client, user=None):
        return self.as_user(client, user or self.client_manager)

    def test_last_score(self):
        card = self.card(self.client_own)
        self.assertEqual(card.its_response_count, 0)
        self.assertFalse(card.its_last_response_id)
        first = self.respond(overall="good", nps=9)
        second = self.respond(overall="excellent")
        first.end_datetime = "2026-01-10 10:00:00"
        second.end_datetime = "2026-02-10 10:00:00"
        self.start()._its_save_answers(self.answers("poor"))
        card = self.card(self.client_own)
        self.assertEqual(card.its_response_count, 2, "an open one does not count")
        self.assertEqual(card.its_last_score, 100)
        self.assertEqual(card.its_last_score_date, second.end_datetime)
        self.assertEqual(card.its_last_response_id, second)
        self.assertEqual(card.its_last_nps_class, "promoter", "of the one that asked")
        first.end_datetime = "2026-03-10 10:00:00"
        self.assertEqual(self.card(self.client_own).its_last_response_id, first)

    def test_only_what_he_may_see(self):
        self.respond(self.colleague, self.client_team, overall="good")
        for user, count in (
            (self.head, 1),
            (self.deputy, 1),
            (self.quality_manager, 1),
            (self.colleague, 1),
        ):
            self.assertEqual(
                self.card(self.client_team, user).its_response_count, count
            )
        self.client_team.user_id = False
        self.respond(self.client_manager, self.client_team, overall="good")
        self.assertEqual(self.card(self.client_team).its_response_count, 2)

    def test_many_cards_take_few_queries(self):
        for client in (self.client_own, self.client_unassigned):
            for _time in range(3):
                self.respond(client=client, overall="good", nps=8)
        counts = []
        both = self.client_own + self.client_unassigned
        # The first round fills the caches of Odoo.
        for clients in (both, self.client_own, both):
            cards = self.card(clients)
            cards.mapped("name")
            before = self.env.cr.sql_log_count
            cards.mapped("its_last_nps_class")
            counts.append(self.env.cr.sql_log_count - before)
        self.assertEqual(counts[1], counts[2])
        self.assertLessEqual(counts[2], 7)

    def test_button(self):
        self.respond(overall="good")
        action = self.card(self.client_own).action_open_its_responses()
        found = self.env[action["res_model"]].search(action["domain"])
        self.assertEqual(found.its_client_id, self.client_own)


@tagged("post_install", "-at_install")
class TestSurveyLetter(SurveyCase):
    """The letter with the link."""

    def setUp(self):
        super().setUp()
        self.client_own.email = "firm@example.com"
        self.contact = self.contact_of(self.client_own)

    def send(self, **arguments):
        survey = self.as_user(self.survey, self.client_manager)
        client = self.client_own.with_user(self.client_manager)
        return survey._its_send_link(client, **arguments).sudo()

    def letters(self, response):
        return self.env["mail.mail"].search(
            [("model", "=", response._name), ("res_id", "=", response.id)]
        )

    def by_night(self):
        with self.enter_registry_test_mode():
            self.env.ref("its_quality.ir_cron_remind_clients").method_direct_trigger()
        self.env.invalidate_all()

    def test_one_reminder(self):
        """After two working days, once, with the same link; never after an answer, nor
        to who wants no mails by then, nor where the firm reminds nobody."""
        company = self.company
        for days, change, count in (
            (2, {}, 1),
            (0, {}, 0),
            (2, {"state": "done"}, 0),
            (2, {"its_client_id.its_mail_consent": "refused"}, 0),
        ):
            with self.subTest(days, change=change), self.undone():
                company.its_remind_days = days
                response = self.send()
                sent = response.its_sent_on
                first = self.letters(response)
                for path, value in change.items():
                    *way, name = path.split(".")
                    record = response.mapped(".".join(way)) if way else response
                    record[name] = value
                later = WorkingDays(company.resource_calendar_id, sent).after(sent, 2)
                for day in (
                    later - timedelta(days=1),
                    later,
                    later + timedelta(days=1),
                ):
                    with freeze_time(f"{day} 12:00:00"):
                        self.by_night()
                    if day < later:
                        self.assertEqual(self.letters(response), first)
                letters = self.letters(response) - first
                self.assertEqual(len(letters), count)
                for letter in letters:
                    self.assertIn(response.access_token, letter.body_html)

    def test_letter(self):
        """A table: address of the contact, address given, where the letter goes."""
        for contact, given, address in (
            (False, None, "firm@example.com"),
            ("olga@example.com", None, "olga@example.com"),
            ("olga@example.com", "Анна <anna@example.com>", "anna@example.com"),
            (False, "anna@example.com", "anna@example.com"),
        ):
            with self.subTest(address=address), self.undone():
                self.contact.email = contact
                response = self.send(contact=self.contact, email=given)
                [letter] = self.letters(response)
                self.assertEqual(letter.email_to, address)
                self.assertFalse(letter.recipient_ids)
                self.assertIn(response.get_start_url(), letter.body_html)
                for message in letter.mail_message_id | response.message_ids:
                    self.assertNotIn(response.access_token, message.body)
                self.assertEqual(response.email, address)
                self.assertEqual(response.state, "new")
                self.assertFalse(response.its_interviewer_id)
                life = response.deadline - fields.Datetime.now()
                days = life.total_seconds() / 86400
                self.assertAlmostEqual(days, self.survey.its_link_days, 1)
                self.assertFalse(self.client_own.message_ids)
                note = response.message_ids[:1]
                self.assertIn(address, note.body)
                self.assertNotIn(response.access_token, note.body)

    def test_no_letter(self):
        """A table: what keeps it from being sent, words of the sentence."""
        blocked = self.env["mail.blacklist"]._add("firm@example.com")
        for values, words in (
            ({"email": False}, "no valid e-mail"),
            ({"email": "спросить у Ольги"}, "no valid e-mail"),
            ({"its_mail_consent": "refused"}, "does not want our e-mails"),
            ({}, "unsubscribed"),
        ):
            with self.subTest(words), self.undone():
                self.client_own.write(values)
                before = self.env["survey.user_input"].search_count([])
                with self.assertRaisesRegex(UserError, words):
                    self.send()
                self.assertEqual(self.env["survey.user_input"].search_count([]), before)
        blocked.active = False
        self.assertTrue(self.send())

    def test_sent_again(self):
        """The same link, with more time; a new one once it is used or too old."""
        first = self.send()
        first.deadline = "2999-01-01"
        again = self.send()
        self.assertEqual(again, first)
        self.assertLess(again.deadline.year, 2999)
        self.assertEqual(len(self.letters(first)), 2)
        first.deadline = "2020-01-01"
        second = self.send()
        self.assertNotEqual(second, first)
        second._its_save_answers(self.answers("good"))
        second._its_finish()
        self.assertNotEqual(self.send(), second)
