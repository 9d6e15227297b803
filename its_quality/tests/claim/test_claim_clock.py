"""Deadlines are moments of working time; what may be set, and what follows of it."""

import random
from ast import literal_eval
from datetime import timedelta

from odoo import fields
from odoo.exceptions import UserError
from odoo.tests import Form, freeze_time, tagged

from ...models.base.working_days import WorkingDays, after_work, working_time
from ...models.claim import clock, escalation, todo
from ..tier import count
from .common import NOW, ClaimCase
from .plain_clock import QUARTER, PlainClock

MARCH = fields.Datetime.to_datetime("2027-03-01 00:00:00")


class ClockCase(ClaimCase):
    def calendar(self, zone, hours=((8, 12), (13, 17)), **values):
        """Monday to Friday, for ``team``."""
        calendar = self.env["resource.calendar"].create(
            {
                "name": zone,
                "tz": zone,
                "company_id": self.company.id,
                "attendance_ids": [
                    (5, 0, 0),
                    *(
                        (
                            0,
                            0,
                            {
                                "name": f"{day}",
                                "dayofweek": str(day),
                                "hour_from": start,
                                "hour_to": end,
                                "day_period": "morning" if start < 12 else "afternoon",
                            },
                        )
                        for day in range(5)
                        for start, end in hours
                    ),
                ],
                **values,
            }
        )
        self.team.resource_calendar_id = calendar
        return calendar

    def close_office(self, first, last):
        self.env["resource.calendar.leaves"].create(
            {
                "calendar_id": self.calendar("Europe/Moscow").id,
                "date_from": f"{first} 00:00:00",
                "date_to": f"{last} 23:59:59",
            }
        )

    def moment(self, text):
        return fields.Datetime.to_datetime(text)

    def local(self, text, calendar):
        """A moment, in UTC, of what the clock of the team shows."""
        zone = PlainClock(calendar).zone
        there = zone.localize(self.moment(text))
        return (there - there.utcoffset()).replace(tzinfo=None)

    def watch(self, claim):
        """What the night does."""
        claim = self.env["its.claim"].sudo().browse(claim.id)
        escalation.watch(claim, self.company)
        self.env.flush_all()
        self.env.invalidate_all()

    def pause(self, claim, since, now):
        with freeze_time(since):
            clock.pause(claim)
        with freeze_time(now):
            clock.resume(claim)


@tagged("post_install", "-at_install")
@freeze_time(NOW)
class TestClaimClock(ClockCase):
    def test_pauses(self):
        """Rows: zone, deadline, when it waited by the clock of the team, the deadline
        then: a day, and the moment if the day is not wholly its."""
        table = [
            # Four nights: no working time has passed.
            ("Europe/Moscow", "2027-03-08", "03-02 17:00", "03-03 08:00", "03-08", ""),
            ("Europe/Moscow", "2027-03-08", "03-05 17:30", "03-08 07:59", "03-08", ""),
            # A day of work where it is tomorrow already by UTC.
            (
                "Asia/Vladivostok",
                "2027-03-05",
                "03-02 09:00",
                "03-02 17:00",
                "03-08",
                "16:00",
            ),
            (
                "Asia/Vladivostok",
                "2027-03-05",
                "03-02 08:00",
                "03-02 17:00",
                "03-08",
                "",
            ),
            (
                "America/New_York",
                "2027-03-05",
                "03-02 09:00",
                "03-02 11:00",
                "03-08",
                "10:00",
            ),
            # An overdue claim gains nothing.
            ("Europe/Moscow", "2027-03-02", "03-03 08:00", "03-12 12:00", "03-02", ""),
            (
                "Europe/Moscow",
                "2027-03-02",
                "03-02 12:00",
                "03-04 10:00",
                "03-04",
                "15:00",
            ),
            # On Saturday and Sunday nobody works.
            ("Europe/Moscow", "2027-03-12", "03-06 00:00", "03-07 23:00", "03-12", ""),
        ]
        for zone, day, since, now, expected, hour in table:
            with self.subTest(zone, since=since, now=now), self.undone():
                calendar = self.calendar(zone)
                claim = self.claim_at("in_progress").sudo()
                claim.date_deadline = day
                self.pause(
                    claim,
                    self.local(f"2027-{since}:00", calendar),
                    self.local(f"2027-{now}:00", calendar),
                )
                expected = self.date(f"2027-{expected}")
                self.assertEqual(claim.date_deadline, expected)
                moment = self.local(f"{expected} {hour or '00:00'}:00", calendar)
                if not hour:
                    moment += timedelta(days=1)
                self.assertEqual(claim.deadline_at, moment)

    def test_four_nights(self):
        """Each night apart, as when the client writes every morning."""
        calendar = self.calendar("Europe/Moscow")
        claim = self.claim_at("in_progress").sudo()
        claim.date_deadline = "2027-03-08"
        before = claim.deadline_at
        for day in (1, 2, 3, 4):
            since = self.local(f"2027-03-0{day} 18:30:00", calendar)
            self.pause(claim, since, since + timedelta(hours=13))
        self.assertEqual(claim.deadline_at, before)
        self.assertEqual(claim.waited_hours, 0)

    def test_a_flexible_calendar_has_no_sunday(self):
        """Nor has one that somebody has emptied; a holiday is one for them, too."""
        for values in ({"schedule_type": "flexible"}, {"attendance_ids": [(5, 0, 0)]}):
            with self.subTest(values), self.undone():
                calendar = self.calendar("Europe/Moscow")
                calendar.write(values)
                self.env["resource.calendar.leaves"].create(
                    {
                        "calendar_id": calendar.id,
                        "date_from": "2027-03-07 21:00:00",
                        "date_to": "2027-03-08 21:00:00",
                    }
                )
                # Friday, and three working days.
                with freeze_time("2027-03-05 09:00:00"):
                    claim = self.claim_at("dispatched", priority="2").sudo()
                self.assertEqual(str(claim.date_deadline), "2027-03-11")
                days = WorkingDays(calendar, self.date("2027-03-05"))
                free = ("2027-03-06", "2027-03-07", "2027-03-08")
                for day in map(self.date, free):
                    self.assertNotIn(day, days)
                    self.assertFalse(calendar._its_is_working(day))
                    self.assertFalse(
                        working_time(
                            calendar, *self.span(day, calendar), "Europe/Moscow"
                        )
                    )

    def span(self, day, calendar):
        start = self.local(f"{day} 00:00:00", calendar)
        return start, start + timedelta(days=1)

    def test_counted_a_second_way(self):
        """Calendars, deadlines and pauses by chance."""
        chance = random.Random(17)
        hours = (((8, 12), (13, 17)), ((9, 18),), ((10, 14.5), (15.25, 22)), ((0, 24),))
        zones = (
            "Europe/Moscow",
            "Asia/Vladivostok",
            "Asia/Kolkata",
            "America/New_York",
            "Pacific/Kiritimati",
        )
        claim = self.claim_at("in_progress").sudo()
        moved = 0
        for number in range(count(40, 400)):
            calendar = self.calendar(chance.choice(zones), chance.choice(hours))
            if chance.random() < 0.2:
                calendar.schedule_type = "flexible"
            start = MARCH + QUARTER * chance.randrange(30 * 96)
            self.env["resource.calendar.leaves"].create(
                {
                    "calendar_id": calendar.id,
                    "date_from": start,
                    "date_to": start + QUARTER * chance.randrange(1, 3 * 96),
                }
            )
            plain = PlainClock(calendar)
            with self.subTest(number, zone=calendar.tz), freeze_time(MARCH):
                claim.write({"date_deadline": MARCH.date() + timedelta(days=9)})
                expected = claim.deadline_at
                moment = MARCH + QUARTER * chance.randrange(96)
                for _pause in range(3):
                    now = moment + QUARTER * chance.randrange(1, 4 * 96)
                    self.assertEqual(
                        working_time(calendar, moment, now, calendar.tz),
                        plain.quarters(moment, now) * QUARTER,
                    )
                    self.pause(claim, moment, now)
                    before, expected = expected, plain.moved(expected, moment, now)
                    moved += before != expected
                    self.assertEqual(claim.deadline_at, expected)
                    last = plain.local(expected - timedelta(seconds=1)).date()
                    self.assertEqual(claim.date_deadline, last)
                    moment = now + QUARTER * chance.randrange(4 * 96)
        self.assertGreater(moved, 20)

    def test_a_calendar_that_never_works(self):
        """Nothing waits for ever."""
        calendar = self.calendar("Europe/Moscow")
        self.env["resource.calendar.leaves"].create(
            {
                "calendar_id": calendar.id,
                "date_from": "2027-01-01 00:00:00",
                "date_to": "2037-01-01 00:00:00",
            }
        )
        hour = timedelta(hours=1)
        found = after_work(calendar, MARCH, hour, calendar.tz)
        self.assertEqual(found, MARCH + hour)


@tagged("post_install", "-at_install")
@freeze_time(NOW)
class TestClaimDeadlineSet(ClockCase):
    """Who moves a deadline says why; what was promised first is kept."""

    def set(self, claim, day, **values):
        self.by(claim, "head").write({"date_deadline": day, **values})

    def test_what_is_refused(self):
        """Rows: where it stands, the day, the reason, what the refusal says."""
        why = "Клиент просил"
        table = [
            ("dispatched", "2027-02-26", "", "in the past"),
            ("dispatched", "2027-03-06", "", "day off.*03/08/2027"),
            ("dispatched", "2027-03-01", "", None),
            ("dispatched", False, "", None),
            ("in_progress", "2027-02-26", why, "in the past"),
            ("in_progress", "2027-03-07", why, "day off"),
            ("in_progress", "2027-03-12", "", "Say why"),
            ("in_progress", "2027-03-12", "  ", "Say why"),
            ("in_progress", "2027-03-07", "", "(?s)day off.*Say why"),
            ("in_progress", False, why, "needs a deadline"),
            ("in_progress", "2027-03-12", why, None),
            ("in_progress", "2027-03-08", "", None),
        ]
        for state, day, reason, refusal in table:
            with self.subTest(state, day=day, reason=reason), self.undone():
                claim = self.claim_at(state)
                if state == "in_progress":
                    claim.sudo().date_deadline = "2027-03-08"
                values = {"deadline_reason": reason} if reason else {}
                if not refusal:
                    self.set(claim, day, **values)
                    self.assertEqual(str(claim.sudo().date_deadline), str(day))
                    continue
                before = claim.sudo().date_deadline
                with self.assertRaisesRegex(UserError, refusal), self.undone():
                    self.set(claim, day, **values)
                self.assertEqual(claim.sudo().date_deadline, before)

    def test_an_office_that_never_works(self):
        """Any day to come will do: no other would be better."""
        self.close_office("2027-01-01", "2037-01-01")
        claim = self.claim_at("in_progress")
        self.set(claim, "2027-03-13", deadline_reason="Клиент просил")
        self.assertEqual(str(claim.sudo().date_deadline), "2027-03-13")
        with self.assertRaisesRegex(UserError, "in the past"):
            self.set(claim, "2027-02-26", deadline_reason="Клиент просил")

    def test_the_to_do_follows(self):
        claim = self.claim_at("in_progress")
        self.set(claim, "2027-03-12", deadline_reason="Клиент просил")
        self.assertEqual(str(self.todos(claim).date_deadline), "2027-03-12")

    def test_on_the_form(self):
        claim = self.claim_at("in_progress")
        with Form(self.by(claim, "head")) as form:
            form.date_deadline = "2027-03-12"
            form.deadline_reason = "Клиент просил"
        self.assertEqual(str(claim.sudo().date_deadline), "2027-03-12")

    def test_the_first_one_is_kept(self):
        """On time against both: the one that counts, and the one promised first."""
        for first, on_time in (("2027-03-03", False), ("2027-03-05", True)):
            with self.subTest(first), self.undone():
                claim = self.claim_at("dispatched")
                self.set(claim, first, user_id=self.worker.id)
                self.go(claim, "assign")
                self.set(claim, "2027-03-12", deadline_reason="Клиент просил")
                self.assertEqual(str(claim.sudo().first_deadline), first)
                with freeze_time("2027-03-05 12:00:00"):
                    self.fill(claim, "hand_over")
                    self.go(claim, "hand_over")
                claim = claim.sudo()
                self.assertEqual((claim.on_time, claim.on_time_first), (True, on_time))
                self.env.flush_all()
                row = self.env["its.claim.report"].browse(claim.id)
                self.assertEqual(row.on_time_share, 100)
                self.assertEqual(row.on_time_first_share, 100 if on_time else 0)

    def test_reopening_gives_a_new_one(self):
        """Rows: the way, how it gets there. Five working days from then on."""
        for name, state in (("reopen", "follow_up"), ("reopen_closed", "closed")):
            with self.subTest(name), self.undone():
                claim = self.claim_at(state)
                first = claim.sudo().first_deadline
                with freeze_time("2027-03-10 09:00:00"):
                    self.go(claim, name)
                    claim = claim.sudo()
                    self.assertEqual(str(claim.date_deadline), "2027-03-17")
                    self.assertFalse(claim.is_overdue)
                    self.assertEqual(claim.first_deadline, first)

    def test_another_priority_proposes_another_one(self):
        """Rows: where it stands, what the head had chosen, the day of the change, the
        deadline and the proposal then. The claim was dispatched on 1 March."""
        table = [
            ("dispatched", None, "2027-03-01", "2027-03-02", None),
            ("dispatched", None, "2027-03-04", "2027-03-04", None),
            ("dispatched", "2027-03-19", "2027-03-01", "2027-03-19", "2027-03-02"),
            ("in_progress", None, "2027-03-03", "2027-03-08", "2027-03-04"),
            ("registered", None, "2027-03-03", None, None),
            ("verification", None, "2027-03-03", "2027-03-08", None),
        ]
        for state, chosen, day, deadline, proposed in table:
            with self.subTest(state, chosen=chosen, day=day), self.undone():
                claim = self.claim_at(state)
                if chosen:
                    self.set(claim, chosen)
                elif state not in ("registered", "dispatched"):
                    claim.sudo().date_deadline = "2027-03-08"
                with freeze_time(f"{day} 09:00:00"):
                    self.by(claim, "quality_manager").write({"priority": "3"})
                claim = claim.sudo()
                found = (claim.date_deadline, claim.proposed_deadline)
                self.assertEqual(
                    [str(one or None) for one in found], [str(deadline), str(proposed)]
                )
                if proposed and state == "in_progress":
                    with freeze_time(f"{day} 09:00:00"):
                        self.set(claim, proposed, deadline_reason="Срочно")
                    self.assertFalse(claim.sudo().proposed_deadline)

    def test_each_deadline_escalates_once(self):
        """Rows: the day, what happens in the morning, whether somebody above is told."""
        told = []
        claim = self.claim_at("in_progress")
        claim.sudo().date_deadline = "2027-03-03"
        again = {"deadline_reason": "Клиент просил"}
        table = [
            ("2027-03-03", None, False),
            ("2027-03-04", None, True),
            ("2027-03-05", None, False),
            ("2027-03-05", lambda: self.hand_over(claim), False),
            # Returned, and as late as before.
            ("2027-03-05", lambda: self.go(claim, "rework"), False),
            ("2027-03-08", lambda: self.set(claim, "2027-03-09", **again), False),
            ("2027-03-09", None, False),
            ("2027-03-10", None, True),
            ("2027-03-11", None, False),
        ]
        for day, happens, is_told in table:
            with self.subTest(day), freeze_time(f"{day} 09:00:00"):
                if happens:
                    happens()
                before = self.escalations(claim)
                self.watch(claim)
                told.append(self.escalations(claim) - before)
                self.assertEqual(told[-1], int(is_told))

    def hand_over(self, claim):
        self.fill(claim, "hand_over")
        self.go(claim, "hand_over")

    def escalations(self, claim):
        self.env.flush_all()
        found = self.env["mail.message"].search(
            [("model", "=", "its.claim"), ("res_id", "=", claim.id)]
        )
        return len(found.filtered(lambda one: (one.subject or "").endswith(": late")))


@tagged("post_install", "-at_install")
@freeze_time(NOW)
class TestClaimWaiting(ClockCase):
    """Who waits for the client says until when, and does not wait for ever."""

    def told(self, claim, title):
        found = self.env["mail.message"].search(
            [("model", "=", "its.claim"), ("res_id", "=", claim.id)]
        )
        found = found.filtered(lambda one: (one.subject or "").endswith(f": {title}"))
        return found.partner_ids.user_ids

    def test_until_when(self):
        """Rows: the setting, what is said, until when it waits, which is the day of the
        to-do."""
        table = [
            (3, None, "2027-03-04"),
            (7, None, "2027-03-10"),
            (3, "2027-03-19", "2027-03-19"),
        ]
        for days, said, until in table:
            with self.subTest(days=days, said=said), self.undone():
                self.company.its_wait_days = days
                claim = self.claim_at("in_progress")
                self.by(claim, "worker").action_wait(said)
                self.assertEqual(str(claim.sudo().waiting_until), until)
                [waits] = self.todos(claim)
                self.assertEqual(str(waits.date_deadline), until)
                self.assertEqual(waits.user_id, self.worker)
                self.assertIn("remind", waits.summary)
                self.by(claim, "worker").action_resume()
                self.assertFalse(claim.sudo().waiting_until)
                self.assertNotIn("remind", self.todos(claim).summary)

    def test_nobody_looks_after_it_on_a_day_off(self):
        """Rows: the day, the working day that is named instead; in each way to say it."""
        self.close_office("2027-03-15", "2027-03-15")
        claim = self.claim_at("in_progress")
        by_worker = self.by(claim, "worker")
        for day, instead in (
            ("2027-03-06", "03/08/2027"),
            ("2027-03-07", "03/08/2027"),
            ("2027-03-13", "03/16/2027"),
            ("2027-03-15", "03/16/2027"),
        ):
            refusal = f"day off.*{instead}"
            with self.subTest(day), self.undone():
                with self.assertRaisesRegex(UserError, refusal), self.undone():
                    by_worker.action_wait(day)
                dialogs = self.env["its.claim.wait"].with_user(self.worker)
                dialog = dialogs.create({"claim_id": claim.id, "until": day})
                with self.assertRaisesRegex(UserError, refusal), self.undone():
                    dialog.action_confirm()
                self.assertFalse(claim.sudo().waiting_since)
                by_worker.action_wait()
                with self.assertRaisesRegex(UserError, refusal), self.undone():
                    by_worker.write({"waiting_until": day})

    def test_the_last_day_to_wait_until(self):
        """In 60 days, or on the working day after that; whatever is named may be chosen."""
        self.close_office("2027-04-30", "2027-04-30")
        claim = self.claim_at("in_progress")
        with self.assertRaisesRegex(UserError, "until 05/03/2027"), self.undone():
            self.by(claim, "worker").action_wait("2027-05-04")
        self.by(claim, "worker").action_wait("2027-05-03")

    def test_a_day_that_becomes_a_day_off(self):
        """The reminder is for the working day after it."""
        claim = self.claim_at("in_progress")
        self.by(claim, "worker").action_wait("2027-03-19")
        self.close_office("2027-03-19", "2027-03-19")
        todo.schedule(claim)
        self.assertEqual(str(self.todos(claim).date_deadline), "2027-03-22")

    def test_an_office_that_never_works_waits_as_any_other(self):
        self.close_office("2027-01-01", "2037-01-01")
        claim = self.claim_at("in_progress")
        self.by(claim, "worker").action_wait("2027-03-19")
        self.assertEqual(str(claim.sudo().waiting_until), "2027-03-19")

    def test_the_dialog(self):
        claim = self.claim_at("in_progress")
        action = self.by(claim, "worker").action_ask_until()
        model = self.env[action["res_model"]].with_user(self.worker)
        dialog = Form(model.with_context(**action["context"]))
        self.assertEqual(str(dialog.until), "2027-03-04")
        dialog.until = "2027-03-05"
        dialog.save().action_confirm()
        self.assertEqual(str(claim.sudo().waiting_until), "2027-03-05")

    def test_the_day_may_be_moved(self):
        claim = self.claim_at("in_progress")
        for values, refusal in (
            ({"waiting_until": "2027-03-09"}, "does not wait"),
            ({"waiting_until": "2027-02-28"}, "from today"),
            ({"waiting_until": False}, "until when"),
            ({"waiting_until": "2027-05-01"}, "look at the claim"),
            ({"waiting_until": "9999-12-31"}, "look at the claim"),
        ):
            with self.assertRaisesRegex(UserError, refusal), self.undone():
                self.by(claim, "worker").write(values)
            if not claim.sudo().waiting_since:
                self.by(claim, "worker").action_wait()
        with self.assertRaises(UserError), self.undone():
            self.by(claim, "quality_manager").write({"waiting_until": "2027-03-09"})
        with self.assertRaisesRegex(UserError, "from today"), self.undone():
            self.by(claim, "worker").action_resume()
            self.by(claim, "worker").action_wait("2027-02-01")
        for said in ("завтра", "2027-02-30", 5, ["2027-03-09"]):
            with self.assertRaisesRegex(UserError, "from today"), self.undone():
                self.by(claim, "worker").action_resume()
                self.by(claim, "worker").action_wait(said)
        for day in ("2027-04-30", "2027-03-09"):
            self.by(claim, "worker").write({"waiting_until": day})
            self.assertEqual(str(self.todos(claim).date_deadline), day)

    def test_seven_months(self):
        """Whoever works on it is reminded on the day, and once; two working days later
        those above and the quality manager know; a new day begins all that anew."""
        claim = self.claim_at("in_progress")
        self.by(claim, "worker").action_wait()
        short, long_ = (
            "the client has not answered",
            "waiting for the client for too long",
        )
        everybody = self.head | self.quality_manager
        table = [
            ("2027-03-03", self.env["res.users"], self.env["res.users"]),
            ("2027-03-04", self.worker, self.env["res.users"]),
            ("2027-03-05", self.worker, self.env["res.users"]),
            ("2027-03-08", self.worker, everybody),
            ("2027-10-01", self.worker, everybody),
        ]
        for day, reminded, above in table:
            with self.subTest(day), freeze_time(f"{day} 09:00:00"):
                self.watch(claim)
                self.assertEqual(self.told(claim, short), reminded)
                self.assertEqual(self.told(claim, long_), above)
        sent = self.env["mail.message"].search_count(
            [("res_id", "=", claim.id), ("model", "=", "its.claim")]
        )
        with freeze_time("2027-10-04 09:00:00"):
            self.watch(claim)
            again = self.env["mail.message"].search_count(
                [("res_id", "=", claim.id), ("model", "=", "its.claim")]
            )
            self.assertEqual(again, sent)
            self.by(claim, "worker").write({"waiting_until": "2027-10-06"})
            self.assertFalse(claim.sudo().waiting_told)
        with freeze_time("2027-10-06 09:00:00"):
            self.watch(claim)
            self.assertEqual(claim.sudo().waiting_told, "next")

    def test_a_list_of_its_own(self):
        claim = self.claim_at("in_progress")
        action = self.env.ref("its_quality.its_claim_action_waiting")
        domain = literal_eval(action.domain)
        self.assertNotIn(claim, self.by(claim, "worker").search(domain))
        self.by(claim, "worker").action_wait()
        self.assertIn(claim, self.by(claim, "worker").search(domain))
