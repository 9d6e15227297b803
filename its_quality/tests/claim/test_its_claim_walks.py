import random
from collections import Counter
from datetime import timedelta

from odoo import SUPERUSER_ID, fields
from odoo.tests import freeze_time, tagged

from ...models.claim import clock, incoming, merging, people, undoing
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
CLIENT = "t@example.com"
WAY_TO_THE_CLIENT = ("dispatch", "assign", "hand_over", "verify")
# How walks begin.
BEGINNINGS = ((), ("dispatch", "assign"), WAY_TO_THE_CLIENT)
ENDING = ("reject", "merge")
# What may happen to a claim: names of methods.
WHAT_HAPPENS = ("goes_away", "steps_within", "pauses", "client_writes", "moves")


@tagged("post_install", "-at_install")
@freeze_time(NOW)
class TestClaimWalks(ClaimCase):
    """Wherever a claim wanders, through stages of its own, pauses, absences, letters of its
    client, into another claim and back, its movements, stage, to-do, deadline and letters
    agree; who gets which is read from the table of mails."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.second = {
            state: cls.env["its.claim.stage"].create(
                {"name": f"{title}: 2", "state": state, "sequence": 900}
            )
            for state, title in STATES
        }
        cls.client_team.email = CLIENT
        administrators = cls.env.ref("its_quality.group_administrator").all_user_ids
        (administrators - cls.administrator).write({"its_absent_until": "2099-12-31"})
        cls.plain = PlainClock(cls.team.resource_calendar_id)
        # What it may be merged into: at the beginning, in the middle, near the end.
        cls.mains = cls.main_claim
        for way in (("dispatch", "assign"), WAY_TO_THE_CLIENT):
            cls.mains += cls.open_claim(way)

    @classmethod
    def open_claim(cls, way):
        claim = cls.create_claim(subject="О том же").sudo()
        claim.write(
            {
                "user_id": cls.worker.id,
                "date_deadline": "2027-03-09",
                "problem_id": cls.problem.id,
                "problem_service_id": cls.contract.id,
                "justified": "yes",
                "action_taken": "Отправили повторно",
            }
        )
        for name in way:
            claim._apply_transition(name)
        return claim

    def test_random_walks(self):
        chance = random.Random(19)
        seen = Counter()
        for number in range(count(16, 1000)):
            with self.subTest(number), self.undone():
                self.main_claim = chance.choice(self.mains)
                self.walk(chance, seen)
        # Or the walks are not what they say they are.
        for what in ("merge", "restore_closed", "restore_asked", *WHAT_HAPPENS):
            self.assertTrue(seen[what], what)

    def walk(self, chance, seen):
        claim = self.create_claim(description="Не ушёл").sudo()
        moment = fields.Datetime.now()
        self.steps, self.letters, self.told = 1, 1, Counter()
        self.deadline = self.first = self.since = self.kept = self.mistake = None
        self.straight = list(chance.choice(BEGINNINGS))
        main = self.picture(self.main_claim)
        for _step in range(len(self.straight) + chance.randint(1, 10)):
            moment += timedelta(hours=chance.randint(1, 40))
            with freeze_time(moment):
                if claim.state == "closed" and not clock.may_be_reopened(claim):
                    break
                if not claim.before_reopening or chance.random() < 0.5:
                    self.leave(claim)
                what = chance.choices(WHAT_HAPPENS, (15, 15, 15, 10, 45))[0]
                what = "moves" if self.straight else what
                seen[what] += 1
                name = getattr(self, what)(claim, chance, moment)
                seen[name] += 1
                self.check_next(claim)
                self.check_letters(claim, name or what)
        self.check_consistent(claim, moment)
        self.check_main(claim, main)

    # -------------------------------------------------------------------------
    # Steps
    # -------------------------------------------------------------------------

    def goes_away(self, claim, chance, _moment):
        """Somebody, or comes back. Where nobody else may act, the administrator is
        told."""
        user = self[chance.choice(GOING_AWAY)]
        former = claim.next_user_id
        user.its_absent_until = False if user.its_absent_until else "2099-12-31"
        if claim.next_user_id not in (former, self.env["res.users"]):
            last = claim.next_user_id == self.administrator
            if last and claim.state != "follow_up":
                self.told[self.administrator] += 1

    def __getitem__(self, name):
        return getattr(self, name)

    def steps_within(self, claim, _chance, moment):
        """From a stage to another one of its state."""
        stage = self.second[claim.state]
        if claim.stage_id == stage:
            return
        since = claim.waiting_since
        self.by(claim, WITHIN[claim.state]).write({"stage_id": stage.id})
        self.resumed(claim, since, moment)
        self.steps += 1

    def pauses(self, claim, _chance, moment):
        """Or goes on."""
        since = claim.waiting_since
        if since:
            self.by(claim, "worker").action_resume()
            self.resumed(claim, since, moment)
        elif claim.state == "in_progress":
            self.by(claim, "worker").action_wait()
            self.since = moment

    def client_writes(self, claim, _chance, moment):
        """A closed claim is reopened by it, a paused one goes on."""
        state, since = claim.state, claim.waiting_since
        incoming.hear(claim.with_user(SUPERUSER_ID), "Когда сделаете?")
        if state == "closed":
            self.follow(claim, "reopen_closed", state, moment, self.env.user)
            return
        if since:
            self.deadline = self.plain.moved(self.deadline, since, moment)
            self.since = None
        following = claim.message_partner_ids.user_ids
        for user in claim.next_user_id - following:
            self.told[user] += 1

    def moves(self, claim, chance, moment):
        """By a row of the table of transitions."""
        state = claim.state
        ways = [
            t.name
            for t in TRANSITIONS
            if state in t.sources and undoing.leads_back(claim, t)
        ]
        if not ways:
            return None
        # Few end before they have come anywhere.
        [name] = chance.choices(ways, [1 if way in ENDING else 4 for way in ways])
        name = self.straight.pop(0) if self.straight else name
        self.fill(claim, name)
        self.go(claim, name)
        self.follow(claim, name, state, moment, self[WHO[name]])
        return name

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

    def follow(self, claim, name, former, moment, actor):
        """What a transition means for the deadline and the letters."""
        self.steps += 1
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
            # As if the claim had never come back.
            self.deadline = self.kept
            if self.mistake:
                # Nor have its letters left.
                letters, told = self.mistake
                self.letters -= letters
                self.told -= told
            else:
                self.told += self.told_of(name, claim, actor)
            return
        letters = bool(BY_EVENT[name].client) + (claim.state == "follow_up")
        told = self.told_of(name, claim, actor)
        self.letters += letters
        self.told += told
        if claim.before_reopening:
            # They have not left yet.
            self.mistake = (letters, told)

    def leave(self, claim):
        """Let those letters leave that wait until it is too late to undo something."""
        self.mistake = None
        of_claim = [
            ("mail_message_id.model", "=", "its.claim"),
            ("mail_message_id.res_id", "=", claim.id),
        ]
        self.env["mail.message.schedule"].search(of_claim)._send_notifications()
        letters = self.env["mail.mail"].search(of_claim)
        letters.filtered("scheduled_date").state = "sent"

    def told_of(self, event, claim, actor):
        """Whom a row of the table means, of this team: it has a head and a deputy.

        :return: a counter of users
        """
        there = [one for one in (self.head, self.deputy) if not one.its_absent_until]
        meant = {
            "next": claim.next_user_id,
            "responsible": claim.user_id,
            "head": (there or [self.head])[0],
        }
        users = {meant[who] for who in BY_EVENT[event].staff if meant[who]}
        return Counter(users - {actor})

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

    def check_letters(self, claim, what):
        """Those to the client, and who of the staff got one, how often."""
        messages = self.env["mail.message"].search(
            [("model", "=", "its.claim"), ("res_id", "=", claim.id)]
        )
        written = messages.filtered(lambda one: one.message_type == "auto_comment")
        self.assertEqual(len(written), self.letters, what)
        letters = self.env["mail.mail"].search([("mail_message_id", "in", written.ids)])
        self.assertEqual(letters.mapped("email_to"), [CLIENT] * self.letters, what)
        notices = messages.filtered(lambda one: one.message_type == "user_notification")
        told = Counter(user for one in notices for user in one.partner_ids.user_ids)
        self.assertEqual(told, self.told, what)

    def picture(self, claim):
        """What another claim's merging into it leaves as it is."""
        return [
            claim.stage_id,
            claim.next_user_id,
            claim.deadline_at,
            claim.partner_id,
            self.todos(claim).ids,
            claim.movement_ids.ids,
        ]

    def check_main(self, claim, before):
        """The claim merged into goes on with the words of the other one; else it knows
        nothing of it."""
        main = self.main_claim.sudo()
        merged = claim.state == "rejected" and claim.duplicate_of_id
        notes = main.message_ids.filtered(lambda one: claim.name in (one.body or ""))
        self.assertEqual(len(notes), 1 if merged else 0)
        if not merged:
            return
        self.assertEqual(merged, main)
        self.assertEqual(merging.goes_on_in(claim), main)
        self.assertIn("Не ушёл", notes.body)
        self.assertTrue(notes.subtype_id.internal)
        letter = {"subject": f"Re: {claim.name}", "email_from": CLIENT, "body": "Ещё"}
        route = ("its.claim", 0, {}, SUPERUSER_ID, None)
        found = incoming.find_route(self.env["its.claim"].sudo(), letter, route)
        self.assertEqual(found[1], main.id)
        after = self.picture(main)
        # People may have gone away meanwhile.
        self.assertEqual(after[0], before[0])
        self.assertEqual(after[2:4], before[2:4])
        self.assertEqual(after[5], before[5])
        self.assertEqual(len(after[4]), 1)
        self.assertEqual(after[1], people.next_user(main))

    def check_consistent(self, claim, moment):
        movements = claim.movement_ids
        self.assertEqual(len(movements), self.steps)
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
