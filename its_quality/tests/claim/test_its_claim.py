from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import freeze_time, tagged

from ...models.claim import people
from ...models.claim.rules import BY_NAME, TRANSITIONS
from .common import NOW, WAY, ClaimCase


@tagged("post_install", "-at_install")
@freeze_time(NOW)
class TestItsClaim(ClaimCase):
    def test_each_transition_by_each_role(self):
        """Whoever the table names may; everybody else is refused, and nothing moves."""
        roles = (
            "client_manager",
            "quality_manager",
            "head",
            "deputy",
            "other_head",
            "administrator",
            "employee",
            "portal",
            "worker",
        )
        allowed = {
            "quality": {"quality_manager", "administrator"},
            "head": {"head", "deputy", "administrator"},
            "responsible": {"worker"},
        }
        for transition in TRANSITIONS:
            claim = self.claim_before(transition.name)
            self.fill(claim, transition.name)
            for role in roles:
                with self.subTest(transition.name, role=role), self.undone():
                    if role in allowed[transition.who]:
                        self.go(claim, transition.name, role)
                        self.assertEqual(claim.sudo().state, transition.target)
                        continue
                    with self.assertRaises(UserError):
                        self.go(claim, transition.name, role)
                    stage = self.env["its.claim.stage"]._first_of(transition.target)
                    with self.assertRaises(UserError):
                        self.by(claim, role).write(
                            {"stage_id": stage.id, "reason": "Потому что"}
                        )
                    self.assertEqual(claim.sudo().state, transition.sources[0])

    def test_what_the_table_does_not_have_is_refused(self):
        states = list(WAY)
        for source in states:
            claim = self.claim_at(source)
            for target in states:
                known = any(
                    source in t.sources and t.target == target for t in TRANSITIONS
                )
                if known or source == target:
                    continue
                stage = self.env["its.claim.stage"]._first_of(target)
                with (
                    self.subTest(source=source, target=target),
                    self.assertRaisesRegex(UserError, "cannot go from"),
                    self.env.cr.savepoint(),
                ):
                    self.by(claim, "administrator").write({"stage_id": stage.id})

    def test_all_that_is_missing_is_named_at_once(self):
        claim = self.claim_at("in_progress")
        with self.assertRaises(UserError) as caught:
            self.go(claim, "hand_over")
        for label in ("Problem", "Problem service", "Justified", "Action Taken"):
            self.assertIn(label, str(caught.exception))
        for name in ("reject", "rework", "reopen", "reopen_closed"):
            claim = self.claim_at(BY_NAME[name].sources[0])
            with (
                self.subTest(name),
                self.assertRaisesRegex(UserError, "the reason"),
                self.env.cr.savepoint(),
            ):
                self.go(claim, name, reason="  ")

    def test_who_worked_on_it_never_verifies_it(self):
        """Neither as head nor as administrator, nor after it went to somebody else."""
        claim = self.create_claim()
        self.go(claim, "dispatch")
        self.by(claim, "head").write({"user_id": self.head.id})
        self.go(claim, "assign")
        self.by(claim, "deputy").write({"user_id": self.worker.id})
        self.fill(claim, "hand_over")
        self.go(claim, "hand_over")
        for role in ("head", "worker"):
            with self.subTest(role), self.assertRaises(UserError), self.undone():
                self.go(claim, "verify", role)
        self.assertFalse(self.by(claim, "head").can_verify)
        self.assertEqual(self.todos(claim).user_id, self.deputy)
        self.go(claim, "verify", "deputy")
        self.assertEqual(claim.sudo().state, "follow_up")

    def test_exactly_one_todo_for_whoever_is_next(self):
        expected = {
            "registered": self.quality_manager,
            "dispatched": self.head,
            "in_progress": self.worker,
            "verification": self.head,
            "follow_up": self.quality_manager,
        }
        for state, user in expected.items():
            with self.subTest(state):
                claim = self.claim_at(state)
                self.assertEqual(self.todos(claim).user_id, user)
                self.assertEqual(len(self.todos(claim)), 1)
                self.assertEqual(claim.sudo().next_user_id, user)
        for state in ("closed", "rejected"):
            with self.subTest(state):
                claim = self.claim_at(state)
                self.assertFalse(self.todos(claim))
                self.assertFalse(claim.sudo().next_user_id)

    def test_the_todo_is_the_workflows(self):
        """Nobody gets rid of it but by doing what it says."""
        todo = self.todos(self.claim_at("in_progress"))
        ways = {
            "done": lambda todo: todo.action_feedback(feedback="Готово"),
            "deleted": lambda todo: todo.unlink(),
            "archived": lambda todo: todo.write({"active": False}),
            "given away": lambda todo: todo.write({"user_id": self.colleague.id}),
        }
        for role in ("worker", "quality_manager", "administrator"):
            for way, attempt in ways.items():
                with (
                    self.subTest(way, role=role),
                    self.undone(),
                    self.assertRaises(UserError),
                ):
                    attempt(self.by(todo, role))

    def test_who_is_absent_or_gone_is_passed_over(self):
        self.head.its_absent_until = "2027-03-10"
        claim = self.claim_at("dispatched")
        self.assertEqual(self.todos(claim).user_id, self.deputy)
        self.head.its_absent_until = False
        self.assertEqual(self.todos(claim).user_id, self.head)
        self.fill(claim, "assign")
        self.go(claim, "assign")
        self.worker.action_archive()
        self.assertEqual(self.todos(claim).user_id, self.head)

    def test_leaves_are_as_good_as_the_form(self):
        """A new claim is given by another query than one that moves: by one answer."""
        second = self.create_user("second", "its_quality.group_quality_manager")

        def leave(user, start, end):
            resource = self.env["resource.resource"].create(
                {"name": user.name, "user_id": user.id, "tz": "Europe/Moscow"}
            )
            self.env["resource.calendar.leaves"].create(
                {
                    "resource_id": resource.id,
                    "calendar_id": resource.calendar_id.id,
                    "date_from": f"2027-03-01 {start}",
                    "date_to": f"2027-03-01 {end}",
                }
            )

        for away, expected in (
            ([], self.quality_manager),
            ([(self.quality_manager, "05:00:00", "14:00:00")], second),
            ([(self.quality_manager, "05:00:00", "09:00:00")], self.quality_manager),
            ([(second, "05:00:00", "14:00:00")], self.quality_manager),
        ):
            with self.subTest(away=away), self.undone():
                for one in away:
                    leave(*one)
                claim = self.create_claim().sudo()
                self.assertEqual(self.todos(claim).user_id, expected)
                self.assertEqual(people.next_user(claim), expected)
        leave(self.head, "05:00:00", "14:00:00")
        self.assertEqual(self.todos(self.claim_at("dispatched")).user_id, self.deputy)

    def test_movements(self):
        """From Monday noon to Tuesday noon in Moscow: 24 hours, 8 of them of work."""
        claim = self.create_claim()
        with freeze_time("2027-03-02 09:00:00"):
            self.go(claim, "dispatch")
        first, second = claim.sudo().movement_ids
        self.assertFalse(first.from_stage_id)
        self.assertEqual(second.from_state, "registered")
        self.assertEqual(second.to_state, "dispatched")
        self.assertEqual(second.user_id, self.quality_manager)
        self.assertAlmostEqual(second.hours, 24)
        self.assertAlmostEqual(second.working_hours, 8)

    def test_time_at_each_stage(self):
        claim = self.create_claim()
        with freeze_time("2027-03-02 09:00:00"):
            self.go(claim, "dispatch")
        with freeze_time("2027-03-02 12:00:00"):
            self.env.invalidate_all()
            spent = self.by(claim, "quality_manager").duration_tracking
        stages = self.env["its.claim.stage"]
        self.assertEqual(spent[str(stages._first_of("registered").id)], 24 * 3600)
        self.assertEqual(spent[str(stages._first_of("dispatched").id)], 3 * 3600)

    def test_a_claim_with_its_history(self):
        """From elsewhere, by the server alone: it stays where it stood, and somebody is
        next."""
        stages = self.env["its.claim.stage"]
        registered, dispatched = map(stages._first_of, ("registered", "dispatched"))
        values = {
            "subject": "Старая рекламация",
            "partner_id": self.client_team.id,
            "team_id": self.team.id,
            "stage_id": dispatched.id,
            "date_stage": "2027-02-20 09:00:00",
            "movement_ids": [
                fields.Command.create(
                    {
                        "from_stage_id": source.id,
                        "from_state": source.state,
                        "to_stage_id": target.id,
                        "to_state": target.state,
                        "date": date,
                        "user_id": self.quality_manager.id,
                    }
                )
                for source, target, date in (
                    (stages, registered, "2027-02-19 09:00:00"),
                    (registered, dispatched, "2027-02-20 09:00:00"),
                )
            ],
        }
        claim = self.env["its.claim"].create(values)
        self.assertEqual(claim.state, "dispatched")
        self.assertEqual(len(claim.movement_ids), 2)
        self.assertEqual(self.todos(claim).user_id, self.head)
        with self.assertRaises(UserError):
            self.create_claim(self.administrator, **values)

    def test_movements_are_for_ever(self):
        movement = self.claim_at("closed").sudo().movement_ids[:1]
        for what, change in (
            ("write", lambda m: m.write({"reason": "other"})),
            ("unlink", lambda m: m.unlink()),
        ):
            for user in (self.administrator, self.env.user):
                with (
                    self.subTest(what, user=user.login),
                    self.assertRaises(UserError),
                ):
                    change(movement.with_user(user).sudo())
        with self.assertRaises(AccessError):
            movement.with_user(self.administrator).sudo(False).create({})
        with self.assertRaises(UserError):
            movement.claim_id.sudo().unlink()

    def test_deadline_by_priority(self):
        """Working days after Monday, 1 March 2027."""
        table = {
            "0": "2027-03-15",
            "1": "2027-03-08",
            "2": "2027-03-04",
            "3": "2027-03-02",
        }
        for priority, day in table.items():
            with self.subTest(priority):
                claim = self.claim_at("dispatched", priority=priority)
                self.assertEqual(str(claim.sudo().date_deadline), day)

    def test_the_clock_stands_while_waiting_for_the_client(self):
        claim = self.claim_at("in_progress")
        claim.sudo().date_deadline = "2027-03-08"
        self.by(claim, "worker").action_wait()
        with freeze_time("2027-03-04 09:00:00"):
            self.by(claim, "worker").action_resume()
        # Monday, Tuesday and Wednesday did not count.
        self.assertEqual(str(claim.sudo().date_deadline), "2027-03-11")
        with freeze_time("2027-03-05 09:00:00"):
            self.fill(claim, "hand_over")
            self.go(claim, "hand_over")
        movement = claim.sudo().movement_ids[-1]
        self.assertAlmostEqual(movement.hours, 96)
        self.assertAlmostEqual(movement.working_hours, 8)
        with self.assertRaises(UserError):
            self.by(claim, "client_manager").action_wait()

    def test_on_time_rework_and_reopening_are_counted(self):
        claim = self.claim_at("verification")
        self.assertTrue(claim.sudo().on_time)
        self.go(claim, "rework")
        with freeze_time("2027-03-20 09:00:00"):
            self.go(claim, "hand_over")
        self.assertFalse(claim.sudo().on_time)
        self.go(claim, "verify")
        self.go(claim, "reopen")
        counts = claim.sudo()
        self.assertEqual((counts.rework_count, counts.reopen_count), (1, 1))
        self.assertFalse(counts.satisfaction)

    def test_a_closed_claim_is_reopened_for_some_days(self):
        claim = self.claim_at("closed")
        with freeze_time("2027-03-16 09:00:00"):
            self.assertFalse(self.by(claim, "quality_manager").can_reopen_closed)
            with self.assertRaisesRegex(UserError, "14 days ago"):
                self.go(claim, "reopen_closed")
        with freeze_time("2027-03-14 09:00:00"):
            self.go(claim, "reopen_closed")
        self.assertEqual(claim.sudo().state, "in_progress")
        self.assertFalse(claim.sudo().date_closed)

    def test_who_may_change_what(self):
        """Rows: where the claim is, who, which field, whether he may."""
        table = [
            ("registered", "quality_manager", "subject", True),
            ("dispatched", "worker", "subject", False),
            ("dispatched", "head", "user_id", True),
            ("dispatched", "quality_manager", "user_id", False),
            ("in_progress", "worker", "action_taken", True),
            ("in_progress", "worker", "date_deadline", False),
            ("in_progress", "worker", "satisfaction", False),
            ("in_progress", "head", "date_deadline", True),
            ("in_progress", "head", "action_taken", False),
            ("verification", "worker", "action_taken", False),
            ("follow_up", "quality_manager", "client_comment", True),
            ("follow_up", "worker", "client_comment", False),
            ("follow_up", "head", "satisfaction", False),
            ("closed", "quality_manager", "client_comment", False),
            ("registered", "administrator", "name", False),
            ("registered", "administrator", "next_user_id", False),
        ]
        values = {
            "subject": "Другое",
            "user_id": self.worker.id,
            "action_taken": "Другое",
            "date_deadline": "2027-03-22",
            "satisfaction": "1",
            "client_comment": "Другое",
            "name": "RC-1",
            "next_user_id": self.worker.id,
        }
        # Moving a deadline needs a reason.
        along = {"date_deadline": {"deadline_reason": "Клиент просил"}}
        for state, role, name, may in table:
            with self.subTest(state, role=role, field=name), self.undone():
                claim = self.claim_at(state)
                record = self.by(claim, role)
                written = {name: values[name], **along.get(name, {})}
                if may:
                    record.write(written)
                else:
                    with self.assertRaises(UserError):
                        record.write(written)

    def test_a_claim_begins_at_the_beginning(self):
        closed = self.env["its.claim.stage"]._first_of("closed")
        for name, value in (
            ("stage_id", closed.id),
            ("user_id", self.worker.id),
            ("satisfaction", "5"),
            ("date_deadline", "2027-03-20"),
        ):
            with self.subTest(name), self.assertRaises(UserError):
                self.create_claim(self.administrator, **{name: value})
        claim = self.create_claim(self.client_manager, partner_id=self.client_own.id)
        self.assertTrue(claim.name.startswith("RC-"))
        self.assertEqual(claim.author_id, self.client_manager)

    def test_who_sees_what(self):
        claim = self.claim_at("in_progress")
        sees = {
            "quality_manager",
            "head",
            "deputy",
            "administrator",
            "worker",
            "colleague",
        }
        for role in (
            *sees,
            "client_manager",
            "other_head",
            "employee",
            "portal",
        ):
            with self.subTest(role):
                self.assertEqual(self.by(claim, role).has_access("read"), role in sees)
                movements = claim.sudo().movement_ids.with_user(getattr(self, role))
                self.env.invalidate_all()
                self.assertEqual(movements.sudo(False).has_access("read"), role in sees)

    def test_who_works_on_it_gets_no_link_of_the_client(self):
        """With the link one speaks for the client."""
        claim = self.claim_at("follow_up")
        token = claim.sudo()._portal_ensure_token()
        for role, knows in (
            ("worker", False),
            ("head", False),
            ("client_manager", False),
            ("quality_manager", False),
        ):
            if role == "client_manager":
                claim.sudo().partner_id.user_id = self.client_manager
            record = self.by(claim, role)
            with self.subTest(role):
                self.assertEqual(token in record.get_portal_url(), knows)
                link = record._get_share_url(redirect=True, pid=1)
                self.assertEqual(token in link, knows)
                self.assertEqual("hash=" in link, knows)
                if not knows:
                    with self.assertRaises(AccessError):
                        record.read(["access_token"])

    def test_a_stranger_as_contact(self):
        with self.assertRaises(ValidationError):
            self.create_claim(contact_id=self.contact_of(self.client_own).id)

    def test_after_closing_the_client_is_called(self):
        cadence = self.create_cadence(
            "after_claim", delay_days=3, responsible="quality_manager", purpose="claim"
        )
        self.claim_at("closed")
        self.assertEqual(len(self.calls_of(self.client_team, cadence)), 1)

    def test_reopening_takes_the_call_after_closing_back(self):
        """Rows: steps after closing, open calls then."""
        table = (
            (("reopen_closed",), 0),
            (("reopen_closed", "restore_closed"), 1),
            (("reopen_closed", "hand_over", "verify", "close"), 1),
        )
        cadence = self.create_cadence(
            "after_claim", delay_days=3, responsible="quality_manager", purpose="claim"
        )
        for steps, expected in table:
            with self.subTest(steps), self.undone():
                claim = self.claim_at("closed")
                call = self.calls_of(self.client_team, cadence)
                self.assertEqual(call.its_closed_claim_id, claim)
                for step in steps:
                    self.fill(claim, step)
                    self.go(claim, step)
                calls = self.calls_of(self.client_team, cadence)
                self.assertEqual(len(calls), expected)
                self.assertFalse(call.active)
                self.assertEqual(cadence._plan(), 0)
        with self.subTest("another claim was closed since"), self.undone():
            claim, other = self.claim_at("closed"), self.claim_at("closed")
            self.go(claim, "reopen_closed")
            call = self.calls_of(self.client_team, cadence)
            self.assertEqual(call.its_closed_claim_id, other)
        with self.subTest("the call was made"), self.undone():
            claim = self.claim_at("closed")
            self.calls_of(self.client_team, cadence).action_feedback("Всё хорошо")
            self.go(claim, "reopen_closed")
            self.go(claim, "restore_closed")
            self.assertFalse(self.calls_of(self.client_team, cadence))

    def test_reasons_are_asked_in_a_dialog(self):
        claim = self.by(self.claim_at("verification"), "head")
        action = claim.with_context(its_transition="rework").action_ask_reason()
        wizard = self.env["its.claim.move"].with_user(self.head)
        wizard = wizard.browse(action["res_id"])
        wizard.reason = "Не всё"
        wizard.action_confirm()
        self.assertEqual(claim.state, "in_progress")
        self.assertEqual(claim.sudo().movement_ids[-1].reason, "Не всё")
