from odoo.exceptions import UserError
from odoo.tests import Form, freeze_time, tagged

from ...models.claim import needs
from ...models.claim.rules import BY_NAME, TRANSITIONS
from .common import NOW, WHO, ClaimCase

# What the dialog of each transition asks for where nothing is filled in.
ASKED = {
    "dispatch": {"partner_id", "team_id"},
    "reject": {"reason"},
    "assign": {"user_id", "date_deadline"},
    "hand_over": {"problem_id", "problem_service_id", "justified", "action_taken"},
    "verify": set(),
    "rework": {"reason"},
    "close": {"satisfaction", "client_comment"},
    "reopen": {"reason"},
    "reopen_closed": {"reason"},
    "restore_closed": set(),
    "restore_asked": set(),
    "merge": {"duplicate_of_id"},
}


@tagged("post_install", "-at_install")
@freeze_time(NOW)
class TestItsClaimDialogs(ClaimCase):
    """Buttons ask for what is missing, and refuse only what no answer would mend."""

    def press(self, claim, name, role=None):
        """Press the button of a transition.

        :return: its dialog; none where it has just done it
        """
        claim = self.by(claim, role or WHO[name])
        method = getattr(claim, f"action_{name}", None)
        if method and name != "merge":
            action = method()
        else:
            action = claim.with_context(its_transition=name).action_ask_reason()
        # XML-RPC knows no None: a caller would take it for a failure.
        self.assertIsNotNone(action)
        if action is True:
            return None
        return claim.env[action["res_model"]].browse(action["res_id"])

    def answers(self):
        """What somebody enters into a dialog."""
        return {
            "partner_id": self.client_team,
            "team_id": self.team,
            "user_id": self.worker,
            "date_deadline": self.today(4),
            "problem_id": self.problem,
            "problem_service_id": self.contract,
            "justified": "yes",
            "action_taken": "Отправили повторно",
            "satisfaction": "5",
            "duplicate_of_id": self.main_claim,
            "reason": "Потому что",
        }

    def test_each_dialog_asks_for_what_is_missing(self):
        """One table says it, for the guard as for the dialog; confirmed, it moves."""
        self.assertEqual(ASKED.keys(), {t.name for t in TRANSITIONS})
        for transition in TRANSITIONS:
            name = transition.name
            empty = {"partner_id": False, "team_id": False, "service_id": False}
            with self.subTest(name), self.undone():
                source = transition.sources[0]
                if name == "dispatch":
                    claim = self.create_claim(**empty)
                else:
                    claim = self.claim_before(name)
                dialog = self.press(claim, name)
                asked = set(filter(None, (dialog and dialog.asked or "").split(",")))
                self.assertEqual(asked, ASKED[name])
                if not dialog:
                    self.assertEqual(claim.sudo().state, transition.target)
                    continue
                self.assertEqual(claim.sudo().state, source)
                form = Form(dialog)
                for field, value in self.answers().items():
                    if field in asked:
                        setattr(form, field, value)
                form.save().action_confirm()
                self.assertEqual(claim.sudo().state, transition.target)

    def test_what_is_there_is_not_asked(self):
        """The button is quick: once everything is filled in, it just does it."""
        for transition in TRANSITIONS:
            if transition.reason:
                continue
            with self.subTest(transition.name), self.undone():
                claim = self.claim_before(transition.name)
                self.fill(claim, transition.name)
                self.assertIsNone(self.press(claim, transition.name))
                self.assertEqual(claim.sudo().state, transition.target)

    def test_only_what_is_missing_is_asked(self):
        claim = self.claim_at("in_progress")
        self.fill(claim, "hand_over")
        self.by(claim, "worker").action_taken = "  "
        self.assertEqual(self.press(claim, "hand_over").asked, "action_taken")

    def test_nobody_is_asked_in_vain(self):
        """Who may not is told so, before they fill anything in."""
        for transition in TRANSITIONS:
            claim = self.claim_before(transition.name)
            for role in ("client_manager", "other_head"):
                with (
                    self.subTest(transition.name, role=role),
                    self.undone(),
                    self.assertRaises(UserError),
                ):
                    self.press(claim, transition.name, role)
        claim = self.claim_at("dispatched")
        for name in ("nowhere", ["assign"], {"assign": 1}, None):
            with self.assertRaisesRegex(UserError, "out of date"):
                self.press(claim, name, "head")

    def test_everything_in_one_write(self):
        """By RPC: the stage with the fields it needs."""
        for transition in TRANSITIONS:
            values = {
                name: value.id if hasattr(value, "id") else value
                for name, value in self.answers().items()
                if name in transition.required
                or (name == "reason" and transition.reason)
            }
            stage = self.env["its.claim.stage"]._first_of(transition.target)
            before = self.claim_before(transition.name)
            with self.subTest(transition.name), self.undone():
                claim = self.by(before, WHO[transition.name])
                claim.write({**values, "stage_id": stage.id})
                self.assertEqual(claim.sudo().state, transition.target)
            bare = self.claim_at(transition.sources[0])
            for name in values.keys() - {"partner_id", "team_id"}:
                with (
                    self.subTest(transition.name, without=name),
                    self.undone(),
                ):
                    claim = self.by(bare, WHO[transition.name])
                    if name == "date_deadline":
                        claim.date_deadline = False
                    given = {n: v for n, v in values.items() if n != name}
                    with self.assertRaisesRegex(UserError, "Fill in first"):
                        claim.write({**given, "stage_id": stage.id})

    def test_a_write_that_empties_what_is_needed(self):
        claim = self.claim_at("in_progress")
        self.fill(claim, "hand_over")
        stage = self.env["its.claim.stage"]._first_of("verification")
        with self.assertRaisesRegex(UserError, "Fill in first: Action Taken"):
            self.by(claim, "worker").write(
                {"stage_id": stage.id, "action_taken": False}
            )

    def test_the_people_of_the_team_with_their_load(self):
        """Those with the fewest open claims first, who is absent last."""
        busy = self.create_user("its_busy", "its_quality.group_user", name="Занятой")
        away = self.create_user("its_away", "its_quality.group_user", name="Нет его")
        away.its_absent_until = self.today(3)
        self.team.member_ids = busy | away | self.worker | self.employee
        for _turn in range(2):
            claim = self.claim_at("dispatched")
            self.by(claim, "head").write({"user_id": busy.id})
            self.go(claim, "assign")
        claim.sudo().date_deadline = self.today(-7)
        claim = self.claim_at("dispatched")
        dialog = self.press(claim, "assign")
        people = dialog.person_ids
        self.assertEqual(people[-1].user_id, away)
        # Without a role nobody could work on it.
        self.assertNotIn(self.employee, people.user_id)
        self.assertIn("absent", people[-1].display_name)
        self.assertLess(
            people.mapped("user_id").ids.index(self.worker.id),
            people.mapped("user_id").ids.index(busy.id),
        )
        [line] = people.filtered(lambda line: line.user_id == busy)
        self.assertEqual(line.display_name, "Занятой – open: 2, overdue: 1")
        form = Form(dialog)
        form.person_id = line
        self.assertEqual(form.user_id, busy)
        form.save().action_confirm()
        self.assertEqual(claim.sudo().user_id, busy)

    def test_the_deadline_is_proposed_by_priority(self):
        claim = self.claim_at("dispatched", priority="3")
        self.by(claim, "head").date_deadline = False
        dialog = self.press(claim, "assign")
        self.assertEqual(str(dialog.date_deadline), "2027-03-02")

    def test_the_team_is_proposed(self):
        """That of the service, or of the client's last claim."""
        self.team.service_ids += self.contract
        claim = self.create_claim(team_id=False)
        dialog = self.press(claim, "dispatch")
        self.assertEqual(dialog.team_id, self.team)
        self.assertFalse("partner_id" in dialog.asked)
        self.team.service_ids -= self.contract
        self.claim_at("dispatched", team_id=self.other_team.id)
        claim = self.create_claim(team_id=False)
        self.assertEqual(self.press(claim, "dispatch").team_id, self.other_team)

    def test_the_verdict_not_satisfied_reopens(self):
        claim = self.claim_at("follow_up")
        form = Form(self.press(claim, "close"))
        form.satisfaction = "1"
        form.client_comment = "Опять не открывается"
        form.save().action_confirm()
        self.assertEqual(claim.sudo().state, "in_progress")
        self.assertEqual(claim.sudo().movement_ids[-1].reason, "Опять не открывается")
        self.assertEqual(claim.sudo().movement_ids[-1].satisfaction, "1")

    def test_not_confirmed_needs_a_word(self):
        """What was entered before, but is not enough, is asked again."""
        claim = self.claim_at("follow_up")
        self.by(claim, "quality_manager").satisfaction = "none"
        dialog = self.press(claim, "close")
        self.assertEqual(dialog.asked, "satisfaction,client_comment")
        self.assertEqual(dialog.satisfaction, "none")
        dialog.client_comment = "Звонили трижды"
        dialog.action_confirm()
        self.assertEqual(claim.sudo().state, "closed")

    def test_rework_is_not_handed_back_unchanged(self):
        claim = self.claim_at("verification")
        self.go(claim, "rework", reason="Клиенту не написали")
        back = self.by(claim, "worker")
        self.assertEqual(back.return_reason, "Клиенту не написали")
        self.assertEqual(back.return_author, self.head.name)
        self.assertFalse(back.redone)
        with self.assertRaisesRegex(UserError, "what was done this time"):
            self.by(claim, "worker")._apply_transition("hand_over")
        dialog = self.press(claim, "hand_over")
        self.assertEqual(dialog.asked, "reason")
        dialog.reason = "Написали и позвонили"
        dialog.action_confirm()
        seen = self.by(claim, "head")
        self.assertEqual(seen.redone, "Написали и позвонили")
        self.assertEqual(seen.return_reason, "Клиенту не написали")
        self.assertEqual(seen.return_author, self.head.name)

    def test_a_second_return_asks_anew(self):
        """Also of what the client has sent back, and of another responsible person."""
        claim = self.claim_at("follow_up")
        claim.sudo()._record_client_verdict("1", "Не помогло")
        self.assertEqual(self.by(claim, "worker").return_author, "the client")
        self.assertEqual(needs.missing(claim, BY_NAME["hand_over"]), ["reason"])
        self.go(claim, "hand_over", reason="Переустановили")
        self.assertEqual(self.by(claim, "head").redone, "Переустановили")
        self.go(claim, "rework", reason="Ещё раз")
        self.assertFalse(self.by(claim, "head").redone)
        self.assertEqual(needs.missing(claim, BY_NAME["hand_over"]), ["reason"])

    def test_who_verifies_reads_it_in_the_letter(self):
        claim = self.claim_at("verification")
        self.go(claim, "rework")
        self.head.notification_type = "email"
        self.go(claim, "hand_over", reason="Написали и позвонили")
        letter = self.env["mail.message"].search(
            [("model", "=", "its.claim"), ("res_id", "=", claim.id)], limit=1
        )
        self.assertIn("Написали и позвонили", letter.body)
