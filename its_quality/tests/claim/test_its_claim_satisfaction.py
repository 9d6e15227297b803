from odoo.exceptions import UserError
from odoo.tests import HttpCase, freeze_time, tagged

from ...models.claim import escalation
from .common import NOW, AskingCase


@tagged("post_install", "-at_install")
@freeze_time(NOW)
class TestClaimSatisfaction(AskingCase):
    def test_the_todo_is_a_planned_call(self):
        claim = self.claim_at("follow_up")
        call = self.call(claim)
        self.assertEqual(
            (call.its_client_id, call.its_purpose, call.user_id),
            (self.client_team, "claim", self.quality_manager),
        )
        self.assertEqual(str(call.date_deadline), "2027-03-01")
        self.assertEqual(self.client_team.its_next_contact, call.date_deadline)
        self.assertEqual(self.queue(), [claim.sudo().name])
        self.assertEqual(self.queue(self.second), [])
        self.assertFalse(self.letters)

    def test_of_a_day_it_comes_first(self):
        late = self.plan_call(self.client_team, self.quality_manager, days=-1)
        plain = self.plan_call(self.client_team, self.quality_manager)
        call = self.call(self.claim_at("follow_up"))
        rows = self.desk().get_queue(search=self.client_team.name)["calls"]
        expected = [late.id, call.id, plain.id]
        self.assertEqual([row["id"] for row in rows], expected)
        rows = self.desk().get_queue(purpose="claim")["calls"]
        self.assertIn(call.id, [row["id"] for row in rows])
        self.assertNotIn(plain.id, [row["id"] for row in rows])

    def test_verified_on_a_day_off(self):
        with freeze_time("2027-03-06 09:00:00"):
            claim = self.claim_at("follow_up")
            self.assertEqual(str(self.call(claim).date_deadline), "2027-03-08")

    def test_what_the_desk_shows(self):
        claim = self.claim_at("follow_up", description="Пусто в личном кабинете")
        other = self.create_claim(subject="Другое")
        card = self.desk().open_call(self.call(claim).id)
        shown = card["claim"]
        self.assertEqual(shown["name"], claim.sudo().name)
        self.assertEqual(shown["description"], "Пусто в личном кабинете")
        self.assertEqual(shown["action_taken"], "Отправили повторно")
        self.assertEqual(shown["problem"], self.problem.name)
        self.assertEqual([v["id"] for v in shown["verdicts"]], ["5", "3", "1"])
        listed = {row["id"]: row for row in card["claims"]}
        self.assertEqual(set(listed), {other.id, self.main_claim.id})
        self.assertEqual(listed[other.id]["stage"], other.sudo().stage_id.name)
        self.assertEqual(listed[other.id]["days"], 0)
        self.assertTrue(card["may_register"])

    def test_what_the_client_says(self):
        """Rows: mark, words, where the claim goes, who has it next."""
        table = [
            ("5", "Всё хорошо", "closed", None),
            ("5", "", "closed", None),
            ("3", "Долго", "closed", None),
            ("1", "Опять не пришёл", "in_progress", "worker"),
        ]
        for mark, words, state, following in table:
            with self.subTest(mark, words=words), self.undone():
                claim = self.claim_at("follow_up")
                call = self.call(claim)
                contact = self.contact_of(self.client_team)
                result = self.finish(
                    claim,
                    "reached",
                    satisfaction=mark,
                    summary=words,
                    contact_id=contact.id,
                    duration=0.1,
                )
                claim = claim.sudo()
                self.assertIn(claim.name, result["message"])
                self.assertEqual(claim.state, state)
                self.assertEqual(claim.movement_ids[-1].satisfaction, mark)
                self.assertEqual(claim.movement_ids[-1].user_id, self.quality_manager)
                self.assertEqual(claim.client_comment or "", words)
                self.assertFalse(call.active)
                talk = self.talks()
                self.assertEqual(
                    (talk.outcome, talk.purpose, talk.user_id, talk.activity_id),
                    ("reached", "claim", self.quality_manager, call),
                )
                self.assertEqual(talk.contact_id, contact)
                self.assertEqual(talk.service_id, self.contract)
                if following:
                    self.assertEqual(self.todos(claim).user_id, self[following])
                    self.assertEqual(claim.reopen_count, 1)
                    self.assertEqual(claim.movement_ids[-1].reason, words)
                else:
                    self.assertFalse(self.todos(claim))
                    self.assertEqual(claim.satisfaction, mark)
                    self.assertEqual(claim.satisfaction_via, "talk")
                self.assertFalse(self.client_team.its_next_contact)

    def test_asked_anew_after_it_was_reopened(self):
        claim = self.claim_at("follow_up")
        self.finish(claim, "no_answer")
        self.finish(claim, "reached", satisfaction="1", summary="Не то")
        self.go(claim, "hand_over")
        self.go(claim, "verify")
        self.assertEqual(self.call(claim).its_attempts, 0)
        self.assertFalse(claim.sudo().client_comment)
        self.finish(claim, "reached", satisfaction="5")
        marks = claim.sudo().movement_ids.mapped("satisfaction")
        self.assertEqual([mark for mark in marks if mark], ["1", "5"])

    def test_nothing_is_recorded_where_it_is_refused(self):
        """Rows: what is in the way, the sentence."""
        stranger = self.contact_of(self.client_own)
        table = {
            "no words": ({"satisfaction": "1", "summary": " "}, "Write down"),
            "unknown mark": ({"satisfaction": "none"}, "out of date"),
            "contact": (
                {"satisfaction": "5", "contact_id": stranger.id},
                "does not work",
            ),
        }
        claim = self.claim_at("follow_up")
        for what, (values, sentence) in table.items():
            with (
                self.subTest(what),
                self.assertRaisesRegex(UserError, sentence),
                self.env.cr.savepoint(),
            ):
                self.finish(claim, "reached", **values)
            self.env.invalidate_all()
            self.assertEqual(claim.sudo().state, "follow_up")
            self.assertFalse(claim.sudo().satisfaction)
            self.assertFalse(self.talks())
        plain = self.plan_call(self.client_team, self.quality_manager)
        with self.assertRaisesRegex(UserError, "out of date"):
            self.desk().finish_call(plain.id, "reached", {"satisfaction": "5"})

    def test_somebody_else_was_first(self):
        """The client has answered on his page while he was called."""
        claim = self.claim_at("follow_up")
        call = self.call(claim)
        self.desk().open_call(call.id)
        claim.sudo()._record_client_verdict("5")
        self.assertFalse(call.active)
        for method, arguments in (
            ("keep_call", ()),
            ("finish_call", ("reached", {"satisfaction": "5"})),
        ):
            with (
                self.subTest(method),
                self.assertRaisesRegex(UserError, "is already at «"),
            ):
                getattr(self.desk(), method)(call.id, *arguments)
        self.assertFalse(self.talks())

    def test_the_call_goes_whichever_way_the_claim_leaves(self):
        ways = {
            "portal": lambda claim: claim.sudo()._record_client_verdict("3"),
            "portal, unhappy": lambda claim: claim.sudo()._record_client_verdict("1"),
            "button": lambda claim: (
                self.fill(claim, "close"),
                self.go(claim, "close"),
            ),
            "reopened": lambda claim: self.go(claim, "reopen"),
            "merged": lambda claim: (
                self.fill(claim, "merge"),
                self.go(claim, "merge"),
            ),
            "cron": lambda claim: (
                claim.sudo().write({"tries": 3, "tried_on": "2027-02-01"}),
                escalation.close_unconfirmed(claim.sudo()),
            ),
        }
        for way, leave in ways.items():
            with self.subTest(way), self.undone():
                claim = self.claim_at("follow_up")
                call = self.call(claim)
                leave(claim)
                self.assertFalse(call.active)
                self.assertFalse(self.client_team.its_next_contact)
                ended = claim.sudo().state != "in_progress"
                self.assertEqual(len(self.todos(claim)), 0 if ended else 1)

    def test_a_call_without_a_result_is_followed_by_another(self):
        """Rows: how it is closed, whether a talk is noted."""
        table = {
            "reached": (lambda c: self.finish(c, "reached", summary="Некогда"), True),
            "cancelled": (lambda c: self.call(c).unlink(), False),
            "done": (lambda c: self.call(c).action_feedback("Поговорили"), True),
        }
        for what, (close, noted) in table.items():
            with self.subTest(what), self.undone():
                claim = self.claim_at("follow_up")
                first = self.call(claim)
                close(claim)
                self.assertFalse(first.active)
                following = self.call(claim)
                self.assertNotEqual(following, first)
                self.assertEqual(str(following.date_deadline), "2027-03-02")
                self.assertEqual(claim.sudo().state, "follow_up")
                self.assertEqual(bool(self.talks()), noted)
                self.assertEqual(
                    self.client_team.its_next_contact, following.date_deadline
                )

    def test_no_answer(self):
        """Two attempts move on, the third writes; the letter is sent once."""
        claim = self.claim_at("follow_up")
        call = self.call(claim)
        for day in ("2027-03-02", "2027-03-03"):
            self.finish(claim, "no_answer")
            self.assertEqual(str(call.date_deadline), "2027-03-02")
            call.date_deadline = day
        self.assertFalse(self.letters)
        self.assertFalse(claim.sudo().asked_on)
        result = self.finish(claim, "no_answer")
        self.assertIn("by e-mail", result["message"])
        self.assertEqual(self.letters, [claim.id])
        self.assertEqual(str(claim.sudo().asked_on), "2027-03-01")
        self.assertEqual(str(call.date_deadline), "2027-03-04")
        self.assertTrue(call.active)
        self.finish(claim, "no_answer")
        self.assertEqual(self.letters, [claim.id])
        self.assertEqual(call.its_attempts, 4)

    def test_no_answer_and_no_address(self):
        self.client_team.email = False
        claim = self.claim_at("follow_up")
        for _attempt in range(4):
            self.finish(claim, "no_answer")
        self.assertEqual(self.call(claim).its_attempts, 4)
        self.assertFalse(claim.sudo().asked_on)

    def test_call_back(self):
        claim = self.claim_at("follow_up")
        call = self.call(claim)
        self.finish(claim, "call_back", call_at="2027-03-02 12:00:00")
        self.assertEqual(self.call(claim), call)
        self.assertEqual(str(call.date_deadline), "2027-03-02")

    def test_refused(self):
        """Rows: whether he wants no more calls at all."""
        for never in (False, True):
            with self.subTest(never), self.undone():
                claim = self.claim_at("follow_up")
                result = self.finish(claim, "refused", no_more_calls=never)
                self.assertIn("not confirmed", result["message"])
                claim = claim.sudo()
                self.assertEqual(
                    (claim.state, claim.satisfaction, claim.satisfaction_via),
                    ("closed", "none", "talk"),
                )
                self.assertEqual(self.talks().outcome, "refused")
                consent = self.client_team.its_call_consent
                self.assertEqual(consent == "refused", never)
                self.assertFalse(self.letters)

    def test_how_the_client_is_asked(self):
        """Rows: setting, what the card has, whether a letter goes, a call, its day."""
        table = [
            ("call", {}, False, "2027-03-01"),
            ("call", {"phone": False}, True, "2027-03-04"),
            ("call", {"its_call_consent": "refused"}, True, None),
            ("mail", {}, True, "2027-03-04"),
            ("mail", {"email": False}, False, "2027-03-01"),
            ("mail", {"email": False, "its_call_consent": "refused"}, False, None),
        ]
        for setting, card, letter, day in table:
            with self.subTest(setting, card=card), self.undone():
                self.letters.clear()
                self.company.its_claim_ask = setting
                self.client_team.write(card)
                claim = self.claim_at("follow_up")
                self.assertEqual(self.letters, [claim.id] if letter else [])
                self.assertEqual(bool(claim.sudo().asked_on), letter)
                todo = self.todos(claim)
                self.assertEqual(len(todo), 1)
                self.assertEqual(bool(todo.its_claim_id), bool(day))
                if day:
                    self.assertEqual(str(todo.date_deadline), day)

    def test_who_does_not_want_to_be_called_any_more(self):
        claim = self.claim_at("follow_up")
        call = self.call(claim)
        self.client_team.its_call_consent = "refused"
        self.assertFalse(call.active)
        self.assertEqual(self.letters, [claim.id])
        self.assertEqual(len(self.todos(claim)), 1)
        self.assertFalse(self.todos(claim).its_claim_id)
        self.client_team.its_call_consent = "granted"
        self.assertTrue(self.call(claim))


@tagged("post_install", "-at_install", "browser", "days")
class TestClaimDeskTours(AskingCase, HttpCase):
    def test_not_satisfied(self):
        claim = self.claim_at("follow_up", description="Отчёт не ушёл")
        others = self.env["mail.activity"].search(
            [("its_claim_id", "!=", False), ("its_claim_id", "!=", claim.id)]
        )
        others.date_deadline = self.today(9)
        # On a day off the client is asked on the next working day.
        claim.sudo()._open_call().date_deadline = self.today()
        self.start_tour(
            "/odoo/call-desk", "its_claim_desk_unhappy", login="its_quality_manager"
        )
        claim = claim.sudo()
        self.assertEqual(claim.state, "in_progress")
        self.assertEqual(claim.movement_ids[-1].reason, "It is empty again")
        self.assertEqual(self.todos(claim).user_id, self.worker)
        self.assertEqual(self.talks().summary, "It is empty again")

    def test_registered_while_talking(self):
        call = self.plan_call(self.client_own)
        self.start_tour(
            "/odoo/call-desk", "its_claim_desk_register", login="its_client_manager"
        )
        claim = self.env["its.claim"].search([("partner_id", "=", self.client_own.id)])
        self.assertEqual(claim.subject, "No update")
        self.assertEqual(claim.description, "They wait for a week")
        self.assertEqual(claim.service_id, self.program)
        self.assertEqual(claim.team_id, self.other_team)
        self.assertEqual(claim.author_id, self.client_manager)
        self.assertTrue(call.active)
