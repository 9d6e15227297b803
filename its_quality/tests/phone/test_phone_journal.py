import random
from datetime import timedelta
from itertools import permutations
from unittest.mock import patch

from odoo import fields
from odoo.exceptions import AccessError
from odoo.tests import tagged

from ...models.phone.its_phone_call import LOST_HOURS
from ...models.phone.journal import Journal
from ..tier import count
from .common import PhoneCase


@tagged("post_install", "-at_install")
class TestPhoneJournal(PhoneCase):
    """One talk, one row, whoever forgot what."""

    def test_a_talk(self):
        [call] = self.write_journal(*self.talk(told=True))
        self.assertEqual(call.state, "talk")
        self.assertEqual(call.line_id.name, "Линия консультаций")
        talk = self.talks
        self.assertEqual(talk.partner_id, self.client_own)
        self.assertFalse(talk.contact_id)
        self.assertEqual(talk.user_id, self.client_manager)
        self.assertEqual(talk.channel, "call")
        self.assertEqual(talk.direction, "in")
        self.assertEqual(talk.date_start, self.rung_at + timedelta(seconds=5))
        self.assertAlmostEqual(talk.duration, 120 / 3600)
        self.assertEqual(talk.outcome, "reached")
        self.assertEqual(talk.phone_number, "+78332111111")
        self.assertEqual(talk.phone_told, "yes")
        self.assertEqual(self.client_own.its_last_contact, talk.date_start)
        self.assertFalse(self.tasks)

    def test_what_a_talk_is_about(self):
        """What ends last, or what the team of the line looks after; with a note what the
        note says."""
        self.client_own.its_subscription_ids.unlink()
        for service, days in {
            self.program: 400,
            self.contract: 100,
            self.service: -1,
        }.items():
            self.env["its.subscription"].create(
                {
                    "partner_id": self.client_own.id,
                    "service_id": service.id,
                    "date_start": self.today(-300),
                    "date_end": self.today(days),
                }
            )
        line = self.env["its.phone.line"].search([("name", "like", "консультаций")])
        for team, services, about in (
            (self.env["its.team"], self.contract, self.program),
            (self.team, self.contract, self.contract),
            (self.team, self.service, self.program),
        ):
            with self.subTest(team=team.name, of=services.name), self.undone():
                line.team_id = team
                self.team.service_ids = services
                self.other_team.service_ids -= services
                self.write_journal(*self.talk())
                self.assertEqual(self.talks.service_id, about)
                self.assertEqual(self.talks.subscription_id.service_id, about)

    def test_a_contact_person(self):
        contact = self.contact_of(self.client_own)
        contact.phone = "8 912 000 00 01"
        self.write_journal(*self.talk(number="79120000001"))
        self.assertEqual(self.talks.partner_id, self.client_own)
        self.assertEqual(self.talks.contact_id, contact)

    def test_in_any_order(self):
        """And twice, and each by itself: it comes out the same."""
        events = self.talk()
        for order in permutations(events):
            for is_twice in (False, True):
                kinds = [event.kind for event in order]
                with self.subTest(kinds, twice=is_twice), self.undone():
                    for event in order:
                        self.write_journal(*[event] * (1 + is_twice))
                    self.assertEqual(self.calls.state, "talk")
                    self.assertEqual(len(self.talks), 1)
                    answered = self.rung_at + timedelta(seconds=5)
                    self.assertEqual(self.talks.date_start, answered)
                    self.assertAlmostEqual(self.talks.duration, 120 / 3600)
                    self.assertFalse(self.tasks)

    def test_what_never_came(self):
        """Rows: the events that came, the state in the end."""
        ringing, answered, ended = self.talk()
        told = self.event("ended", after=125, seconds=120, extension="101")
        table = [
            ([answered, ended], "talk", 120),
            ([answered], "lost", 0),
            ([ringing, answered], "lost", 0),
            ([told], "talk", 120),
            ([ringing, self.event("ended", after=125, seconds=120)], "talk", 120),
            ([ringing], "missed", None),
            ([ringing, ended], "missed", None),
            ([ended], "missed", None),
        ]
        for number, (events, state, seconds) in enumerate(table):
            with self.subTest(number), self.undone():
                [call] = self.write_journal(*events)
                self.env["its.phone.call"]._close_lost()
                if len(events) < 3 and "ended" not in [e.kind for e in events]:
                    # Not yet: it may still come.
                    self.assertEqual(call.state, "open")
                    self.assertFalse(self.talks)
                    later = LOST_HOURS + 1
                    call.date_start -= timedelta(hours=later)
                    self.env["its.phone.call"]._close_lost()
                self.assertEqual(call.state, state)
                self.assertEqual(len(self.talks), seconds is not None)
                self.assertEqual(len(self.tasks), seconds is None)
                if seconds is not None:
                    self.assertEqual(self.talks.user_id, self.client_manager)
                    self.assertAlmostEqual(self.talks.duration, seconds / 3600)

    def test_the_end_comes_after_all(self):
        *first, ended = self.talk()
        [call] = self.write_journal(*first)
        call.date_start -= timedelta(hours=LOST_HOURS + 1)
        self.env["its.phone.call"]._close_lost()
        self.assertEqual(call.state, "lost")
        self.write_journal(ended)
        self.assertEqual(call.state, "talk")
        self.assertAlmostEqual(self.talks.duration, 120 / 3600)

    def test_nobody_knows_the_number(self):
        [call] = self.write_journal(*self.talk(number="+79990000000"))
        self.assertFalse(call.partner_id)
        self.assertFalse(self.talks)

    def test_two_clients_of_one_number(self):
        """It is whose manager has spoken, or whom somebody has written about."""
        self.client_colleague.phone = self.client_own.phone
        self.client_unassigned.phone = self.client_own.phone
        calls = self.write_journal(
            *self.talk("1"), *self.talk("2", 200, "102"), *self.talk("3", 400, "103")
        )
        clients = [call.partner_id for call in calls]
        nobody = self.client_own.browse()
        self.assertEqual(clients, [self.client_own, self.client_colleague, nobody])

    # -------------------------------------------------------------------------
    # What people write
    # -------------------------------------------------------------------------

    def note(self, user=None, after=130, **values):
        """Write an interaction, as a form does."""
        self.env.flush_all()
        model = self.env["its.interaction"].with_user(user or self.client_manager)
        return model.create(
            {
                "partner_id": self.client_own.id,
                "summary": "Просят обучение",
                "purpose": "quality",
                "date_start": self.rung_at + timedelta(seconds=after),
                **values,
            }
        )

    def test_a_note_afterwards(self):
        self.write_journal(*self.talk())
        talk = self.talks
        note = self.note(duration=9, direction="out")
        self.assertEqual(note, talk)
        self.assertEqual(talk.summary, "Просят обучение")
        self.assertEqual(talk.purpose, "quality")
        self.assertEqual(talk.direction, "in")
        self.assertAlmostEqual(talk.duration, 120 / 3600)
        # The next note is about something else.
        self.assertNotEqual(self.note(after=200), talk)
        self.assertEqual(talk.summary, "Просят обучение")

    def test_a_note_beforehand(self):
        """Before the exchange has said anything, or before the end."""
        for first in (0, 1, 2):
            with self.subTest(first), self.undone():
                events = self.talk()
                if first:
                    self.write_journal(*events[:first])
                note = self.note(after=60)
                self.write_journal(*events[first:])
                self.assertEqual(self.talks, note)
                self.assertEqual(note.summary, "Просят обучение")
                self.assertAlmostEqual(note.duration, 120 / 3600)
                self.assertEqual(note.date_start, self.rung_at + timedelta(seconds=5))
                self.assertTrue(self.calls.is_noted)

    def test_passed_on(self):
        """A call that is passed on to a colleague is one talk, whoever of the two writes
        about it, and whenever."""
        first, second = self.client_manager, self.quality_manager
        ringing, answered, ended = self.talk()
        again = [
            self.event(kind, after=60 + place, extension="103")
            for place, kind in enumerate(("ringing", "answered"))
        ]
        events = [ringing, answered, *again, ended]
        for user in (first, second):
            for written in range(len(events) + 1):
                with self.subTest(user.name, written=written), self.undone():
                    self.write_journal(*events[:written])
                    note = self.note(user, after=90)
                    self.write_journal(*events[written:])
                    self.assertEqual(self.talks, note)
                    self.assertEqual(len(self.client_own.its_interaction_ids), 1)
                    self.assertAlmostEqual(note.duration, 120 / 3600)
        self.write_journal(*events)
        self.assertEqual(self.talks.user_id, first)

    def test_notes_about_something_else(self):
        """Rows: who writes, when, of whom, how they have spoken."""
        table = [
            (self.administrator, 130, {}),
            (self.client_manager, 130 + 31 * 60, {}),
            (self.client_manager, -400, {}),
            (self.client_manager, 130, {"channel": "visit"}),
            (self.client_manager, 130, {"partner_id": self.client_unassigned.id}),
        ]
        # Long ago enough for what is written half an hour later.
        self.rung_at -= timedelta(hours=2)
        for number, (user, after, values) in enumerate(table):
            for is_first in (True, False):
                with self.subTest(number, first=is_first), self.undone():
                    if is_first:
                        note = self.note(user, after, **values)
                    self.write_journal(*self.talk())
                    if not is_first:
                        note = self.note(user, after, **values)
                    self.assertNotEqual(self.talks, note)
                    self.assertFalse(note.phone_call_id)

    def test_a_try_after_a_talk(self):
        """«No answer» is not written about the talk before."""
        self.write_journal(
            *self.talk(),
            self.event("ended", "2", 300, "101", direction="out", line=""),
        )
        note = self.note(after=330, outcome="no_answer", direction="out")
        self.assertNotEqual(note, self.talks)
        self.assertEqual(self.talks.outcome, "reached")

    def test_two_talks_two_notes(self):
        self.write_journal(*self.talk("1"), *self.talk("2", 300))
        first, second = self.talks
        self.assertEqual(self.note(after=430), second)
        self.assertFalse(first.summary)

    def test_of_anothers_client_nobody_writes(self):
        self.write_journal(*self.talk(number="88332222222", extension="101"))
        self.assertEqual(self.talks.partner_id, self.client_colleague)
        self.env.invalidate_all()
        talk = self.talks
        with self.assertRaises(AccessError):
            self.note(partner_id=self.client_colleague.id)
        self.assertFalse(talk.summary)

    # -------------------------------------------------------------------------
    # The desk
    # -------------------------------------------------------------------------

    def planned_call(self):
        call = self.client_own.activity_schedule(
            "mail.mail_activity_data_call", user_id=self.client_manager.id
        )
        call.its_purpose = "renewal"
        desk = self.env["its.call.desk"].with_user(self.client_manager)
        desk.open_call(call.id)
        return call, desk

    def test_the_desk_calls(self):
        """The talk takes the outcome of the desk and the planned call along."""
        for is_first in (True, False):
            with self.subTest(first=is_first), self.undone():
                self.rung_at = fields.Datetime.now() - timedelta(minutes=3)
                planned, desk = self.planned_call()
                events = self.talk(direction="out")
                if not is_first:
                    self.write_journal(*events)
                    # Whatever is forgotten, the talk stands there.
                    self.assertEqual(self.talks.purpose, "renewal")
                    self.assertTrue(planned.active)
                desk.finish_call(
                    planned.id, "reached", {"summary": "Продлевают", "duration": 0.5}
                )
                if is_first:
                    self.write_journal(*events)
                talk = self.talks
                self.assertEqual(len(self.client_own.its_interaction_ids), 1)
                self.assertEqual(talk.activity_id, planned)
                self.assertEqual(talk.purpose, "renewal")
                self.assertEqual(talk.summary, "Продлевают")
                self.assertEqual(talk.direction, "out")
                self.assertAlmostEqual(talk.duration, 120 / 3600)
                self.assertFalse(planned.active)

    def test_a_planned_call_is_done_in_the_chatter(self):
        planned, _desk = self.planned_call()
        self.rung_at = fields.Datetime.now() - timedelta(minutes=3)
        self.write_journal(*self.talk(direction="out"))
        planned.with_user(self.client_manager).action_feedback("Договорились")
        self.assertEqual(len(self.client_own.its_interaction_ids), 1)
        self.assertEqual(self.talks.summary, "Договорились")

    # -------------------------------------------------------------------------
    # Many
    # -------------------------------------------------------------------------

    def test_a_storm(self):
        """Shuffled, doubled, some ends lost, in pieces: exactly the right talks."""
        chance = random.Random(22)
        clients = self.client_own, self.client_colleague, self.client_unassigned
        sent, talks, missed = [], {}, set()
        for number in range(count(60, 600)):
            call, client = str(number), chance.choice(clients)
            values = {
                "after": number,
                "extension": chance.choice(["101", "102", "103"]),
                "number": client.phone,
            }
            if chance.random() < 0.7:
                seconds = chance.randrange(1, 200)
                events = self.talk(call, seconds=seconds, **values)
                talks[call] = client, seconds
            else:
                events = self.missed(call, **values)
                missed.add(call)
            if chance.random() < 0.05:
                events.pop()
                if call in talks:
                    talks[call] = client, 0
            sent += events
        sent += chance.sample(sent, len(sent) // 5)
        chance.shuffle(sent)
        while sent:
            size = chance.randrange(1, 20)
            self.write_journal(*sent[:size])
            sent = sent[size:]
        for call in self.calls.filtered(lambda call: call.state == "open"):
            Journal(self.connection).close(call)
        found = {
            talk.phone_call_id.call_ref: (talk.partner_id, round(talk.duration * 3600))
            for talk in self.talks
        }
        self.assertEqual(found, talks)
        of_state = self.calls.filtered(lambda call: call.state == "missed")
        self.assertEqual(set(of_state.mapped("call_ref")), missed)

    def test_by_code_only(self):
        """No request says that a talk is one of the exchange's."""
        [call] = self.write_journal(*self.talk())
        note = self.note(after=-1000)
        with self.assertRaises(AccessError):
            note.with_user(self.client_manager).phone_call_id = call

    def test_one_that_cannot_be_written(self):
        """It keeps no other waiting, and can be seen."""
        record = Journal.record

        def fail(journal, events):
            call = record(journal, events)
            if call.call_ref == "1":
                raise ValueError("unforeseen")

        log = "odoo.addons.its_quality.models.phone.its_phone_event"
        with patch.object(Journal, "record", fail), self.assertLogs(log, "ERROR"):
            self.write_journal(*self.talk("1"), *self.talk("2", 300))
        self.assertEqual(self.calls.mapped("call_ref"), ["2"])
        events = self.env["its.phone.event"].search([("call_ref", "=", "1")])
        self.assertEqual(set(events.mapped("state")), {"failed"})
