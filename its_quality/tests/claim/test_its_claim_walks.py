import random
from datetime import timedelta

from odoo import fields
from odoo.tests import freeze_time, tagged

from ...models.claim import clock, people, undoing
from ...models.claim.mail_rules import BY_EVENT
from ...models.claim.rules import STATES, TRANSITIONS
from ..tier import count
from .common import NOW, WHO, ClaimCase
from .plain_clock import PlainClock

# Who takes a claim from one stage of a state to another, in these walks.
WITHIN = {
    "registered": "quality_manager",
    "dispatched": "quality_manager",
    "in_progress": "worker",
    "verification": "head",
    "follow_up": "quality_manager",
    "closed": "quality_manager",
    "rejected": "quality_manager",
}
GOING_AWAY = ("head", "deputy", "worker", "quality_manager")


@tagged("post_install", "-at_install")
@freeze_time(NOW)
class TestClaimWalks(ClaimCase):
    """Wherever a claim wanders, through stages of its own, pauses and absences, its
    movements, stage, to-do, deadline and letters agree."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.second = {
            state: cls.env["its.claim.stage"].create(
                {"name": f"{title}: 2", "state": state, "sequence": 900}
            )
            for state, title in STATES
        }
        cls.client_team.email = "t@example.com"
        administrators = cls.env.ref("its_quality.group_administrator").all_user_ids
        (administrators - cls.administrator).write({"its_absent_until": "2099-12-31"})
        cls.plain = PlainClock(cls.team.resource_calendar_id)

    def test_random_walks(self):
        chance = random.Random(19)
        for number in range(count(100, 1000)):
            with self.subTest(number), self.undone():
                self.walk(chance)

    def walk(self, chance):
        claim = self.create_claim().sudo()
        moment = fields.Datetime.now()
        steps, self.letters = 1, 1
        self.deadline = self.first = self.since = self.kept = None
        for _step in range(chance.randint(1, 12)):
            state = claim.state
            moment += timedelta(hours=chance.randint(1, 40))
            with freeze_time(moment):
                ways = [
                    t.name
                    for t in TRANSITIONS
                    if state in t.sources and undoing.leads_back(claim, t)
                ]
                if not clock.may_be_reopened(claim) and state == "closed":
                    break
                what = chance.random()
                if what < 0.15:
                    self.somebody_goes(chance)
                elif what < 0.3:
                    steps += self.step_within(claim)
                elif what < 0.5 and state == "in_progress":
                    self.toggle_clock(claim, moment)
                elif ways:
                    name = chance.choice(ways)
                    self.fill(claim, name)
                    self.go(claim, name)
                    self.follow(claim, name, state, moment)
                    steps += 1
                self.check_next(claim)
        self.check_consistent(claim, steps, moment)

    # -------------------------------------------------------------------------
    # Steps
    # -------------------------------------------------------------------------

    def somebody_goes(self, chance):
        """Or comes back."""
        user = self[chance.choice(GOING_AWAY)]
        until = user.its_absent_until
        user.its_absent_until = False if until else "2099-12-31"

    def __getitem__(self, name):
        return getattr(self, name)

    def step_within(self, claim):
        stage = self.second[claim.state]
        if claim.stage_id == stage:
            return 0
        since = claim.waiting_since
        self.by(claim, WITHIN[claim.state]).write({"stage_id": stage.id})
        self.resumed(claim, since, fields.Datetime.now())
        return 1

    def toggle_clock(self, claim, moment):
        since = claim.waiting_since
        if since:
            self.by(claim, "worker").action_resume()
            self.resumed(claim, since, moment)
        else:
            self.by(claim, "worker").action_wait()
            self.since = moment

    def resumed(self, claim, since, moment):
        if since:
            self.deadline = self.plain.moved(self.deadline, since, moment)
        self.since = claim.waiting_since

    def after_days(self, moment, days):
        """The end of the day that is so many working days later, by plain rows."""
        end = self.plain.end_of_day(moment + timedelta(minutes=15))
        while days:
            begin, end = end, self.plain.end_of_day(end + timedelta(hours=4))
            days -= bool(self.plain.quarters(begin, end))
        return end

    def follow(self, claim, name, former, moment):
        """What a transition means for the deadline and the letters to the client."""
        if self.since:
            self.deadline = self.plain.moved(self.deadline, self.since, moment)
            self.since = None
        if name == "dispatch":
            self.deadline = self.after_days(moment, 5)
        elif name == "assign":
            day = self.working_day(5)
            self.deadline = self.plain.end_of_day(
                fields.Datetime.to_datetime(day) + timedelta(hours=12)
            )
            self.first = self.first or day
        elif former in ("follow_up", "closed") and claim.state == "in_progress":
            self.kept = self.deadline
            self.deadline = self.after_days(moment, 5)
        elif name in undoing.WAYS.values():
            # As if the claim had never come back: nor has its letter.
            self.deadline = self.kept
            self.letters -= 1
            return
        self.letters += bool(BY_EVENT[name].client) + (claim.state == "follow_up")
        if "next" in BY_EVENT[name].staff and claim.next_user_id != self[WHO[name]]:
            self.env.flush_all()
            told = self.env["mail.message"].search(
                [
                    ("model", "=", "its.claim"),
                    ("res_id", "=", claim.id),
                    ("date", "=", moment),
                ]
            )
            self.assertIn(claim.next_user_id.partner_id, told.partner_ids, name)

    # -------------------------------------------------------------------------
    # What has to hold
    # -------------------------------------------------------------------------

    def check_next(self, claim):
        self.env.flush_all()
        self.env.invalidate_all()
        user = claim.next_user_id
        ended = claim.state in ("closed", "rejected")
        self.assertEqual(self.todos(claim).user_id, user)
        self.assertEqual(len(self.todos(claim)), 0 if ended else 1)
        self.assertEqual(user, people.next_user(claim))
        if not ended:
            self.assertFalse(user._its_is_absent(self.today()))

    def check_consistent(self, claim, steps, moment):
        movements = claim.movement_ids
        self.assertEqual(len(movements), steps)
        self.assertEqual(movements[-1].to_stage_id, claim.stage_id)
        for former, movement in zip(movements, movements[1:], strict=False):
            self.assertEqual(former.to_stage_id, movement.from_stage_id)
            hours = (movement.date - former.date).total_seconds() / 3600
            self.assertAlmostEqual(movement.hours, hours)
            worked = self.plain.quarters(former.date, movement.date) / 4
            self.assertLessEqual(movement.working_hours, worked + 0.001)
        spent = sum(movements.mapped("working_hours"))
        self.assertAlmostEqual(claim.working_hours, spent)
        if claim.waiting_since:
            self.assertEqual(claim.state, "in_progress")
            self.assertTrue(claim.waiting_until)
        self.assertEqual(bool(claim.date_closed), claim.state in ("closed", "rejected"))
        self.assertEqual(claim.date_stage, movements[-1].date)
        self.assertLessEqual(claim.date_stage, moment)
        self.assertEqual(claim.deadline_at or None, self.deadline)
        self.assertEqual(claim.first_deadline or None, self.first)
        letters = claim.message_ids.filtered(
            lambda one: one.message_type == "auto_comment"
        )
        self.assertEqual(len(letters), self.letters)
