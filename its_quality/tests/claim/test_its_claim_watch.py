from odoo.exceptions import UserError
from odoo.tests import freeze_time, tagged

from ...models.claim import escalation, people, watched
from .common import NOW, ClaimCase


@tagged("post_install", "-at_install")
@freeze_time(NOW)
class TestItsClaimWatch(ClaimCase):
    """What the night does: late claims come to the eyes of somebody above, and what no
    client confirms is closed."""

    def watch(self):
        with self.enter_registry_test_mode():
            self.env.ref("its_quality.ir_cron_watch_claims").method_direct_trigger()
        self.env.invalidate_all()

    def test_late_claims_are_escalated(self):
        """Rows: where it stands, on which day, whether somebody above is told. Two
        working days may pass without movement; the work itself has till 8 March."""
        table = [
            ("registered", "2027-03-02", False),
            ("registered", "2027-03-03", True),
            ("dispatched", "2027-03-03", True),
            ("in_progress", "2027-03-05", False),
            ("in_progress", "2027-03-08", False),
            ("in_progress", "2027-03-09", True),
            ("verification", "2027-03-02", False),
            ("verification", "2027-03-03", True),
            ("follow_up", "2027-03-09", False),
        ]
        for state, day, told in table:
            with self.subTest(state, day=day), self.undone():
                claim = self.claim_at(state)
                if state == "in_progress":
                    claim.sudo().date_deadline = "2027-03-08"
                with freeze_time(f"{day} 09:00:00"):
                    self.watch()
                self.assertEqual(bool(claim.sudo().escalated_on), told)

    def test_nothing_is_overlooked(self):
        """What the night does not look at, it would not have touched."""
        self.client_team.email = "t@example.com"
        claims = self.env["its.claim"].sudo()
        states = ("registered", "dispatched", "in_progress", "verification")
        for state in (*states, "follow_up", "follow_up", "in_progress"):
            claims |= self.claim_at(state).sudo()
        # The last but one waits for a call, the last one for its client.
        claims[-2].write({"asked_on": False})
        self.by(claims[-1], "worker").action_wait()
        self.head.write(
            {"its_absent_from": "2027-03-04", "its_absent_until": "2027-03-05"}
        )
        acted = set()
        for day in range(1, 24):
            with freeze_time(f"2027-03-{day:02} 21:30:00"):
                found = watched.to_watch(claims.browse(), self.company) & claims
                rest = claims - found
                rest = rest.filtered(lambda c: c.state not in ("closed", "rejected"))
                before = self.picture(rest)
                escalation.watch(rest, self.company)
                self.assertEqual(self.picture(rest), before, day)
                before = self.picture(found)
                escalation.watch(found, self.company)
                acted |= {c for c in found if self.picture(c) != [before.pop(0)]}
        self.assertEqual(acted, set(claims), "The test has to see it act on each.")

    def test_a_quiet_hour(self):
        """Nobody has to be told anything a second time."""
        claims = self.env["its.claim"].sudo()
        for state in ("registered", "dispatched", "in_progress", "verification"):
            claims |= self.claim_at(state).sudo()
        self.assertFalse(watched.to_watch(claims.browse(), self.company) & claims)
        with freeze_time("2027-03-31 09:00:00"):
            self.watch()
            self.assertEqual(len(claims.filtered("escalated_on")), len(claims))
            self.watch()
            late = claims.filtered(lambda claim: claim.state in ("dispatched",))
            self.assertFalse(
                watched.to_watch(claims.browse(), self.company) & (claims - late)
            )

    def picture(self, claims):
        """What the night could change of claims."""
        names = ("state", "next_user_id", "escalated_on", "escalated_deadline")
        names += ("reminded_on", "waiting_told", "message_ids")
        return [[str(claim[name]) for name in names] for claim in claims]

    def test_a_weekend_is_no_standstill(self):
        with freeze_time("2027-03-05 12:00:00"):
            claim = self.create_claim()
        for day, told in (("2027-03-08", False), ("2027-03-09", True)):
            with freeze_time(f"{day} 09:00:00"):
                self.watch()
            self.assertEqual(bool(claim.sudo().escalated_on), told)

    def test_while_the_client_is_waited_for_nobody_is_late(self):
        claim = self.claim_at("in_progress")
        self.by(claim, "worker").action_wait()
        with freeze_time("2027-04-01 09:00:00"):
            self.watch()
        self.assertFalse(claim.sudo().escalated_on)

    def test_who_is_above(self):
        group = self.env.ref("its_quality.group_administrator")
        # Whoever else administrates this database is away.
        (group.all_user_ids - self.administrator).its_absent_from = "2000-01-01"
        above = {
            "registered": self.administrator,
            "dispatched": self.administrator,
            "in_progress": self.head,
            "verification": self.administrator,
        }
        for state, user in above.items():
            with self.subTest(state):
                claim = self.claim_at(state)
                self.assertEqual(people.superior(claim.sudo()), user)

    def test_a_move_lets_the_claim_be_escalated_again(self):
        claim = self.claim_at("registered")
        with freeze_time("2027-03-04 09:00:00"):
            self.watch()
            self.assertTrue(claim.sudo().escalated_on)
            self.go(claim, "dispatch")
            self.assertFalse(claim.sudo().escalated_on)

    def test_stalled_first_and_late_then(self):
        """That nobody assigns it is one matter, that it is late another."""
        claim = self.claim_at("dispatched").sudo()
        told = []
        for day in range(2, 13):
            with freeze_time(f"2027-03-{day:02} 09:00:00"):
                self.watch()
            if str(claim.escalated_on) == f"2027-03-{day:02}":
                told.append(day)
        # Two working days after it was dispatched, and after the five it has.
        self.assertEqual(str(claim.date_deadline), "2027-03-08")
        self.assertEqual(told, [3, 9])

    def test_what_nobody_confirms_is_closed_and_counted_apart(self):
        """Ten working days from the letter of 1 March end with the fifteenth."""
        self.client_team.email = "t@example.com"
        claim = self.claim_at("follow_up")
        for day, state in (("2027-03-15", "follow_up"), ("2027-03-16", "closed")):
            with freeze_time(f"{day} 09:00:00"):
                self.watch()
            self.assertEqual(claim.sudo().state, state)
        claim = claim.sudo()
        self.assertEqual(
            (claim.satisfaction, claim.satisfaction_via), ("none", "nobody")
        )
        self.assertEqual(claim.movement_ids[-1].satisfaction, "none")
        self.assertFalse(self.todos(claim))

    def test_an_absence_that_begins_overnight(self):
        self.head.write(
            {"its_absent_from": "2027-03-02", "its_absent_until": "2027-03-05"}
        )
        claim = self.claim_at("dispatched")
        self.assertEqual(self.todos(claim).user_id, self.head)
        for day, user in (
            ("2027-03-02", self.deputy),
            ("2027-03-05", self.deputy),
            ("2027-03-06", self.head),
        ):
            with freeze_time(f"{day} 01:00:00"):
                self.watch()
            self.assertEqual(self.todos(claim).user_id, user, day)

    def test_a_night_of_many_claims(self):
        """In batches, and a second run changes nothing."""
        self.patch_batch(3)
        claims = [self.create_claim(subject=f"№ {number}") for number in range(8)]
        with freeze_time("2027-03-10 09:00:00"):
            self.watch()
        for claim in claims:
            self.assertEqual(str(claim.sudo().escalated_on), "2027-03-10")
        with freeze_time("2027-03-11 09:00:00"):
            self.watch()
        for claim in claims:
            self.assertEqual(str(claim.sudo().escalated_on), "2027-03-10")
            self.assertEqual(len(self.todos(claim)), 1)

    def patch_batch(self, size):
        module = "odoo.addons.its_quality.models.claim.escalation"
        self.patch(__import__(module, fromlist=["BATCH"]), "BATCH", size)


@tagged("post_install", "-at_install")
@freeze_time(NOW)
class TestItsClaimMerge(ClaimCase):
    def test_a_duplicate_ends_in_the_other_claim(self):
        """Its movements stay, its words and files go over, unseen by the client."""
        for state in ("registered", "dispatched", "in_progress", "verification"):
            with self.subTest(state):
                claim = self.claim_at(state, description="Отчёт не ушёл")
                movements = claim.sudo().movement_ids
                self.env["ir.attachment"].create(
                    {"name": "скан.txt", "raw": b"1", "res_model": "its.claim"}
                    | {"res_id": claim.id}
                )
                self.by(claim, "quality_manager").duplicate_of_id = self.main_claim
                self.by(claim, "quality_manager").action_merge()
                claim = claim.sudo()
                self.assertEqual(claim.state, "rejected")
                self.assertEqual(claim.movement_ids[:-1], movements)
                self.assertIn(self.main_claim.name, claim.reason)
                note = self.main_claim.sudo().message_ids[0]
                self.assertIn("Отчёт не ушёл", note.body)
                self.assertEqual(note.subtype_id, self.env.ref("mail.mt_note"))
                self.assertEqual(note.attachment_ids.name, "скан.txt")
                self.assertFalse(self.todos(claim))

    def test_who_may_merge(self):
        claim = self.claim_at("in_progress")
        self.by(claim, "quality_manager").duplicate_of_id = self.main_claim
        for role in ("client_manager", "head", "worker", "employee", "portal"):
            with self.subTest(role), self.assertRaises(UserError), self.undone():
                self.by(claim, role).action_merge()
        self.assertTrue(self.by(claim, "quality_manager").can_merge)

    def test_what_it_is_a_duplicate_of_has_to_be_said(self):
        claim = self.create_claim()
        action = self.by(claim, "quality_manager").action_merge()
        self.assertEqual(action["res_model"], "its.claim.move")
        two = claim + self.create_claim()
        with self.assertRaisesRegex(UserError, "first choose"):
            self.by(two, "quality_manager").action_merge()

    def test_no_circle(self):
        claim = self.create_claim()
        self.by(claim, "quality_manager").duplicate_of_id = self.main_claim
        with self.assertRaisesRegex(UserError, "duplicate of itself"):
            self.by(self.main_claim, "quality_manager").duplicate_of_id = claim
