import random
from itertools import product

from odoo import fields
from odoo.exceptions import UserError
from odoo.tests import freeze_time, tagged

from ...models.claim import escalation, people, watched
from ...models.claim.rules import TRANSITIONS
from ..tier import count
from .common import NOW, ClaimCase

STATES = ("registered", "dispatched", "in_progress", "verification", "follow_up")
HEAD = ("present", "away", "archived", "worked", "responsible", "no role", "none")
DEPUTY = ("present", "away", "worked", "none")
OWN = ("present", "away", "none")
QUALITY = ("present", "away", "worked")
WORKER = ("present", "away")
AWAY = {"its_absent_from": "2027-02-01", "its_absent_until": "2027-12-31"}


@tagged("post_install", "-at_install")
@freeze_time(NOW)
class TestClaimPeople(ClaimCase):
    """The to-do goes to somebody who may do it, whoever is away or has left."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        administrators = cls.env.ref("its_quality.group_administrator").all_user_ids
        (administrators - cls.administrator).write({"its_absent_until": "2099-12-31"})
        cls.own_deputy = cls.create_user("its_own_deputy", "its_quality.group_head")
        cls.plain = cls.create_user("its_plain_head", "its_quality.group_user")
        cls.client_team.email = "t@example.com"
        cls.claims = {state: cls.create_claim_at(state) for state in STATES}

    def arrange(self, claim, head, deputy, own, quality, worker):
        """Make the team of a claim what a row says."""
        claim = claim.sudo()
        worked = self.env["res.users"]
        # First who stands in, then who goes away: as in life, nobody is asked twice.
        self.deputy.write(AWAY if deputy == "away" else {})
        self.own_deputy.write(AWAY if own == "away" else {})
        self.quality_manager.write(AWAY if quality == "away" else {})
        self.worker.write(AWAY if worker == "away" else {})
        self.head.its_deputy_id = self.own_deputy if own != "none" else False
        self.team.deputy_id = False if deputy == "none" else self.deputy
        if head == "none":
            self.team.head_id = False
        elif head == "no role":
            self.team.head_id = self.plain
        elif head == "archived":
            self.head.active = False
        elif head == "away":
            self.head.write(AWAY)
        elif head == "worked":
            worked |= self.head
        elif head == "responsible" and claim.user_id:
            claim.user_id = self.head
            worked |= self.head
        if deputy == "worked":
            worked |= self.deputy
        if quality == "worked":
            worked |= self.quality_manager
        if claim.user_id:
            claim.worker_ids |= worked
        waited_for = claim.next_user_id
        found = watched.to_watch(claim.browse(), self.company)
        escalation.watch(claim, self.company)
        if claim.next_user_id != waited_for:
            self.assertIn(claim, found, "The night would not look at it.")

    def check(self, claim):
        claim = claim.sudo()
        user = claim.next_user_id
        self.assertTrue(user, "Nobody has it.")
        self.assertEqual(self.todos(claim).user_id, user)
        self.assertTrue(user.active)
        self.assertFalse(user._its_is_absent(self.today()))
        self.env.invalidate_all()
        seen = claim.with_user(user).sudo(False)
        seen.check_access("write")
        ways = [
            transition.name
            for transition in TRANSITIONS
            if transition.name != "merge" and seen._may_apply(transition)
        ]
        if claim.state == "in_progress" and user != claim.user_id:
            # Who finds somebody else to work on it.
            self.assertTrue(seen._may_edit("user_id"))
        else:
            self.assertTrue(ways, f"{user.login} can do nothing.")
        if people.is_last_resort(claim, user):
            self.assertEqual(user, self.administrator)
            self.assertTrue(self.letters_to(claim, user), "Nobody has told them.")

    def letters_to(self, claim, user):
        return self.env["mail.message"].search(
            [
                ("model", "=", "its.claim"),
                ("res_id", "=", claim.id),
                ("partner_ids", "in", user.partner_id.ids),
            ]
        )

    def test_whatever_the_team_is(self):
        rows = list(product(HEAD, DEPUTY, OWN, QUALITY, WORKER))
        chance = random.Random(6)
        last = 0
        for row in chance.sample(rows, count(4, 150)):
            for state in STATES:
                with self.subTest(state, row=row), self.undone():
                    claim = self.claims[state]
                    self.arrange(claim, *row)
                    self.check(claim)
                    user = claim.sudo().next_user_id
                    last += people.is_last_resort(claim.sudo(), user)
        self.assertGreater(last, 0)

    def test_who_it_is(self):
        """Rows: where it stands, the head, the deputy, the head's own one, quality, the
        worker, and who has the to-do."""
        here = "present"
        table = [
            ("dispatched", here, here, "none", here, here, "head"),
            ("dispatched", "away", here, here, here, here, "deputy"),
            ("dispatched", "away", "none", here, here, here, "own_deputy"),
            ("dispatched", "away", "away", here, here, here, "own_deputy"),
            ("dispatched", "away", "none", "none", here, here, "administrator"),
            ("dispatched", "none", "none", "none", here, here, "administrator"),
            ("dispatched", "none", here, "none", here, here, "deputy"),
            ("dispatched", "archived", "none", "none", here, here, "administrator"),
            ("dispatched", "no role", "none", "none", here, here, "administrator"),
            ("in_progress", here, here, "none", here, here, "worker"),
            ("in_progress", here, here, "none", here, "away", "head"),
            ("in_progress", "away", "none", here, here, "away", "own_deputy"),
            ("in_progress", "none", "none", "none", here, "away", "administrator"),
            (
                "verification",
                "responsible",
                "none",
                "none",
                here,
                here,
                "administrator",
            ),
            ("verification", "responsible", here, "none", here, here, "deputy"),
            ("verification", "worked", "away", here, here, here, "administrator"),
            ("verification", "away", "worked", here, here, here, "own_deputy"),
            ("registered", here, here, "none", "away", here, "administrator"),
            ("follow_up", here, here, "none", "worked", here, "administrator"),
            ("follow_up", here, here, "none", here, here, "quality_manager"),
        ]
        for state, *row, role in table:
            with self.subTest(state, row=row), self.undone():
                claim = self.claims[state]
                self.arrange(claim, *row)
                self.assertEqual(claim.sudo().next_user_id, getattr(self, role))
                self.check(claim)

    def test_a_stand_in_acts_only_in_the_absence(self):
        claim = self.claims["dispatched"]
        self.head.its_deputy_id = self.own_deputy
        self.team.deputy_id = False
        self.assertFalse(self.by(claim, "own_deputy").can_assign)
        self.head.write({**AWAY, "its_absent_until": "2027-03-05"})
        self.assertTrue(self.by(claim, "own_deputy").can_assign)
        self.assertEqual(self.todos(claim).user_id, self.own_deputy)
        with freeze_time("2027-03-06 09:00:00"):
            self.assertFalse(self.by(claim, "own_deputy").can_assign)
            escalation.watch(claim.sudo(), self.company)
            self.assertEqual(self.todos(claim).user_id, self.head)

    def test_a_new_claim_without_quality_managers(self):
        """As the night would say; the administrator is told of one that came by phone."""
        self.quality_manager.write(AWAY)
        claim = self.create_claim(self.administrator)
        self.assertEqual(claim.sudo().next_user_id, self.administrator)
        self.assertEqual(people.next_user(claim.sudo()), self.administrator)
        claim = self.create_claim(self.client_manager, partner_id=self.client_own.id)
        self.assertEqual(claim.sudo().next_user_id, self.administrator)
        self.assertTrue(self.letters_to(claim, self.administrator))

    def test_who_may_be_responsible(self):
        """Rows: who, and whether; by one write and by the field alone."""
        other = self.env["res.company"].create({"name": "Другая"})
        elsewhere = {"company_id": other.id, "company_ids": [(6, 0, other.ids)]}
        gone = self.create_user("its_gone", "its_quality.group_user")
        gone.active = False
        table = [
            (self.worker, True),
            (self.client_manager, True),
            (self.create_user("its_plain", "base.group_user"), False),
            (self.create_user("its_visitor", "base.group_portal"), False),
            (self.create_user("its_far", "its_quality.group_user", **elsewhere), False),
            (gone, False),
        ]
        stage = self.env["its.claim.stage"]._first_of("in_progress")
        more = {"stage_id": stage.id, "date_deadline": self.working_day(5)}
        for user, may in table:
            for values in ({}, more):
                claim = self.claims["dispatched"]
                with self.subTest(user.login, values=values), self.undone():
                    by_head = self.by(claim, "head")
                    if may:
                        by_head.write({"user_id": user.id, **values})
                        self.assertEqual(claim.sudo().user_id, user)
                        continue
                    with self.assertRaisesRegex(UserError, "cannot work on claims"):
                        by_head.write({"user_id": user.id, **values})

    def test_where_nobody_is_there(self):
        """The administrator has it, when it is registered as in the night after."""
        for user in (self.quality_manager, self.administrator):
            user.write(AWAY)
        claim = self.create_claim(self.administrator).sudo()
        self.assertEqual(claim.next_user_id, people.next_user(claim))
        self.assertTrue(claim.next_user_id.has_group("its_quality.group_administrator"))

    def test_who_comes_back_has_it_again(self):
        """At once, also what nobody has dispatched yet. Of a client who is to be asked
        the call stays with whoever has it."""
        back = {"its_absent_from": False, "its_absent_until": False}
        for state, comes_back in (("registered", True), ("follow_up", False)):
            claim = self.claims[state].sudo()
            with self.subTest(state), self.undone():
                self.quality_manager.write(AWAY)
                self.assertEqual(claim.next_user_id, self.administrator)
                self.quality_manager.write(back)
                expected = self.quality_manager if comes_back else self.administrator
                self.assertEqual(claim.next_user_id, expected)
                self.assertEqual(self.todos(claim).user_id, expected)

    def test_first_reader_says_the_same(self):
        first = people.first_reader(self.env, self.company.id)
        self.assertEqual(first, self.quality_manager)
        claim = self.create_claim()
        self.assertEqual(people.next_user(claim.sudo()), first)
        self.assertEqual(claim.sudo().date_stage, fields.Datetime.now())
