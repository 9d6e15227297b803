from collections import Counter
from datetime import date, timedelta

import psycopg2

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import freeze_time, tagged
from odoo.tools import mute_logger

from ...models.base.days import midnight
from .common import CallCase

MONDAY = "2027-03-01 09:00:00"


@tagged("post_install", "-at_install", "days")
class TestItsCadence(CallCase):
    """Whom a cadence wants called, by whom and when."""

    def create_contract(self, client, start, end, **values):
        return self.env["its.subscription"].create(
            {
                "partner_id": client.id,
                "service_id": self.contract.id,
                "date_start": start,
                "date_end": end,
                **values,
            }
        )

    def fresh(self, name="ООО «Свежий»", user=None, **values):
        """A client with no subscription."""
        return self.create_client(name, user=user or self.client_manager, **values)

    def days(self, client, cadence):
        return [str(call.date_deadline) for call in self.calls_of(client, cadence)]

    def test_when_each_trigger_fires(self):
        """Rows: today, trigger, values, start and end of the contract, day of the call."""
        table = [
            # Never spoken with, long subscribed: at once; on a Saturday on Monday.
            ("2027-03-01", "periodic", {}, "2026-03-01", "2027-12-31", "2027-03-01"),
            ("2027-03-06", "periodic", {}, "2026-03-01", "2027-12-31", "2027-03-09"),
            # A month after a start that is younger; from a 31st to the month's end.
            ("2027-02-20", "periodic", {}, "2027-01-31", "2027-12-31", "2027-03-01"),
            ("2028-02-20", "periodic", {}, "2028-01-31", "2028-12-31", "2028-02-29"),
            ("2027-02-01", "periodic", {}, "2027-01-31", "2027-12-31", None),
            ("2027-03-01", "periodic", {}, "2026-03-01", "2027-02-28", None),
            # Working days after a start; 8 March is a holiday.
            ("2027-03-01", "after_start", {}, "2027-03-01", None, "2027-03-09"),
            ("2027-03-05", "after_start", {}, "2027-03-05", None, "2027-03-15"),
            ("2027-03-20", "after_start", {}, "2027-03-20", None, "2027-03-26"),
            ("2027-03-20", "after_start", {}, "2027-03-01", None, "2027-03-22"),
            ("2027-06-20", "after_start", {}, "2027-03-01", None, None),
            ("2027-02-28", "after_start", {}, "2027-03-01", None, None),
            # Days before an end; a day off moves it to the next working day.
            (
                "2027-03-01",
                "before_end",
                {"delay_days": 30},
                "2026-04-01",
                "2027-03-31",
                "2027-03-01",
            ),
            (
                "2027-02-22",
                "before_end",
                {"delay_days": 30},
                "2026-04-01",
                "2027-04-07",
                "2027-03-09",
            ),
            (
                "2027-02-01",
                "before_end",
                {"delay_days": 30},
                "2026-04-01",
                "2027-03-31",
                None,
            ),
            (
                "2027-03-25",
                "before_end",
                {"delay_days": 30},
                "2026-04-01",
                "2027-03-31",
                "2027-03-25",
            ),
            (
                "2028-01-25",
                "before_end",
                {"delay_days": 30},
                "2027-03-01",
                "2028-02-29",
                "2028-01-31",
            ),
        ]
        self.holiday(date(2027, 3, 8))
        for today, trigger, values, start, end, expected in table:
            with (
                self.subTest(today=today, trigger=trigger, start=start, end=end),
                self.undone(),
                freeze_time(f"{today} 09:00:00"),
            ):
                client = self.fresh()
                self.create_contract(client, start, end)
                cadence = self.create_cadence(trigger, **values)
                cadence._plan()
                expected = [expected] if expected else []
                self.assertEqual(self.days(client, cadence), expected)
                self.assertEqual(cadence._plan(), 0, "a second run plans nothing")

    def holiday(self, day):
        """A public holiday where the company works."""
        start = midnight(day, self.company.resource_calendar_id.tz)
        self.env["resource.calendar.leaves"].create(
            {
                "name": "Праздник",
                "calendar_id": self.company.resource_calendar_id.id,
                "company_id": self.company.id,
                "date_from": start,
                "date_to": start + timedelta(hours=24) - timedelta(seconds=1),
                "resource_id": False,
            }
        )

    @freeze_time(MONDAY)
    def test_who_is_not_called(self):
        """Each change alone keeps the client from being planned."""
        changes = {
            "asked not to be called": lambda c: c.write(
                {"its_call_consent": "refused"}
            ),
            "archived": lambda c: c.action_archive(),
            "no client any more": lambda c: c.write({"its_client": False}),
            "of another company": lambda c: c.write(
                {"company_id": self.other_company.id}
            ),
            "subscription cancelled": lambda c: c.its_subscription_ids.write(
                {
                    "date_cancelled": "2027-02-01",
                    "cancellation_reason_id": self.env.ref(
                        "its_quality.its_cancellation_reason_price"
                    ).id,
                }
            ),
            "subscription deleted": lambda c: c.its_subscription_ids.unlink(),
            "spoken with lately": lambda c: self.talk(c, -5),
        }
        cadence = self.create_cadence()
        client = self.fresh()
        self.create_contract(client, "2026-03-01", "2027-12-31")
        with self.undone():
            cadence._plan()
            self.assertEqual(len(self.days(client, cadence)), 1)
        for what, change in changes.items():
            with self.subTest(what), self.undone():
                change(client)
                cadence._plan()
                self.assertFalse(self.days(client, cadence))

    @freeze_time(MONDAY)
    def test_services_of_a_cadence(self):
        client = self.fresh()
        self.create_contract(client, "2026-03-01", "2027-12-31")
        table = [
            ({}, 1),
            ({"service_kind": "contract"}, 1),
            ({"service_kind": "program"}, 0),
            ({"service_ids": self.contract.ids}, 1),
            ({"service_ids": self.service.ids}, 0),
        ]
        for values, count in table:
            with self.subTest(values), self.undone():
                cadence = self.create_cadence(**values)
                cadence._plan()
                self.assertEqual(len(self.days(client, cadence)), count)

    @freeze_time(MONDAY)
    def test_a_renewed_contract_needs_no_call(self):
        client = self.fresh()
        contract = self.create_contract(client, "2026-04-01", "2027-03-31")
        cadence = self.create_cadence("before_end", delay_days=30)
        cadence._plan()
        call = self.calls_of(client, cadence)
        self.assertEqual(call.its_subscription_id, contract)
        contract._do_renew()
        self.env["its.cadence"]._cancel_pointless()
        self.assertFalse(call.active)
        self.assertFalse(client.its_next_contact)
        self.assertEqual(cadence._plan(), 0)

    @freeze_time(MONDAY)
    def test_after_a_claim(self):
        cadence = self.create_cadence(
            "after_claim", delay_days=3, responsible="quality_manager"
        )
        plan = self.env["its.cadence"]._plan_after_claim
        self.assertEqual(plan(self.client_own, self.company), 1)
        self.assertEqual(plan(self.client_own, self.company), 0, "one is open already")
        call = self.calls_of(self.client_own, cadence)
        self.assertEqual(call.date_deadline, date(2027, 3, 4))
        self.assertIn(
            call.user_id, self.env["res.users"]._its_quality_managers(self.company)
        )
        self.client_team.its_call_consent = "refused"
        self.assertEqual(plan(self.client_team, self.company), 0)

    @freeze_time(MONDAY)
    def test_who_calls(self):
        absent = {"its_absent_from": "2027-03-01", "its_absent_until": "2027-03-14"}
        manager, colleague = self.client_manager, self.colleague
        self.team.head_id = self.head
        client = self.fresh()
        self.create_contract(client, "2026-03-01", "2027-12-31")
        cadence = self.create_cadence()

        def planned():
            cadence._plan()
            call = self.calls_of(client, cadence)
            team = self.head | self.deputy | manager | colleague
            had_somebody = not call.user_id or call.user_id in team
            self.assertNotEqual(had_somebody, call.its_had_nobody)
            return call.user_id, str(call.date_deadline)

        with self.subTest("the manager"), self.undone():
            self.assertEqual(planned(), (manager, "2027-03-01"))
        with self.subTest("his deputy"), self.undone():
            manager.write({**absent, "its_deputy_id": colleague.id})
            self.assertEqual(planned(), (colleague, "2027-03-01"))
        with self.subTest("after the absence where there is no deputy"), self.undone():
            manager.write(absent)
            self.assertEqual(planned(), (manager, "2027-03-15"))
        with self.subTest("both are absent: the head"), self.undone():
            manager.write({**absent, "its_deputy_id": colleague.id})
            colleague.write({**absent, "its_deputy_id": manager.id})
            self.assertEqual(planned(), (self.head, "2027-03-01"))
        with self.subTest("both, and the head: the deputy of the team"), self.undone():
            manager.write({**absent, "its_deputy_id": colleague.id})
            colleague.write(absent)
            self.head.write(absent)
            self.assertEqual(planned(), (self.deputy, "2027-03-01"))
        with self.subTest("away for long, without a deputy"), self.undone():
            manager.write({**absent, "its_absent_until": "2027-05-14"})
            self.assertEqual(planned(), (self.head, "2027-03-01"))
        with self.subTest("a service of no team: the administrator"), self.undone():
            manager.its_absent_from = "2027-03-01"
            self.team.service_ids = False
            user, day = planned()
            self.assertEqual(day, "2027-03-01")
            self.assertTrue(self.calls_of(client, cadence).its_had_nobody)
            self.assertTrue(user.has_group("its_quality.group_administrator"))
            self.assertFalse(user._its_is_absent(date(2027, 3, 1)))
        with self.subTest("a manager without a role: the head"), self.undone():
            client.user_id = self.employee
            self.assertEqual(planned(), (self.head, "2027-03-01"))
        with self.subTest("leave kept by an application of staff"), self.undone():
            manager.tz = "Europe/Moscow"
            resource = self.env["resource.resource"].create(
                {"name": "Анна", "user_id": manager.id, "tz": "Europe/Moscow"}
            )
            self.env["resource.calendar.leaves"].create(
                {
                    "resource_id": resource.id,
                    "calendar_id": resource.calendar_id.id,
                    "date_from": "2027-02-28 21:00:00",
                    "date_to": "2027-03-03 20:59:59",
                }
            )
            self.assertEqual(planned(), (manager, "2027-03-04"))
        with self.subTest("nobody keeps the client: the head"), self.undone():
            client.user_id = False
            self.assertEqual(planned(), (self.head, "2027-03-01"))
        with self.subTest("nobody at all: whoever takes it"), self.undone():
            client.user_id = False
            self.team.write({"head_id": False, "deputy_id": False})
            self.assertEqual(planned(), (self.env["res.users"], "2027-03-01"))

    @freeze_time(MONDAY)
    def test_as_many_a_day_as_a_person_can_make(self):
        self.company.its_daily_calls = 3
        self.colleague.its_daily_calls = 1
        cadence = self.create_cadence(service_ids=self.contract.ids)
        for user, count in ((self.client_manager, 7), (self.colleague, 3)):
            for number in range(count):
                client = self.fresh(f"ООО «Номер {number}»", user)
                self.create_contract(client, "2026-03-01", "2027-12-31")
        self.plan_call(self.client_own, self.client_manager)
        cadence._plan()
        calls = self.env["mail.activity"].search([("its_cadence_id", "=", cadence.id)])
        load = Counter((call.user_id, call.date_deadline.day) for call in calls)
        mine = {
            day: n for (user, day), n in load.items() if user == self.client_manager
        }
        theirs = {day: n for (user, day), n in load.items() if user == self.colleague}
        self.assertEqual(mine, {1: 2, 2: 3, 3: 2})
        self.assertEqual(list(theirs.values()), [1] * len(theirs))

    @freeze_time(MONDAY)
    def test_quality_managers_share_calls(self):
        second = self.create_user("its_quality2", "its_quality.group_quality_manager")
        both = self.quality_manager | second
        cadence = self.create_cadence(
            responsible="quality_manager",
            user_ids=both.ids,
            service_ids=self.contract.ids,
        )
        for number in range(6):
            client = self.fresh(f"ООО «Номер {number}»")
            self.create_contract(client, "2026-03-01", "2027-12-31")
        cadence._plan()
        calls = self.env["mail.activity"].search([("its_cadence_id", "=", cadence.id)])
        load = Counter(call.user_id for call in calls)
        self.assertLessEqual(abs(load[self.quality_manager] - load[second]), 1)
        self.assertEqual(set(load), set(both))

    @freeze_time(MONDAY)
    def test_absent_quality_managers_get_no_calls(self):
        everybody = self.env["res.users"]._its_quality_managers(self.company)
        second = self.create_user("its_quality2", "its_quality.group_quality_manager")
        third = self.create_user("its_quality3", "its_quality.group_quality_manager")
        everybody.its_absent_until = "2027-03-31"
        administrators = self.env.ref("its_quality.group_administrator").all_user_ids
        table = (
            ("the other one", second | self.quality_manager, (), second),
            ("one who is not in the list", self.quality_manager, (second,), third),
            ("all of them", self.quality_manager, (second, third), administrators),
        )
        client = self.fresh()
        self.create_contract(client, "2026-03-01", "2027-12-31")
        for title, users, away, expected in table:
            with self.subTest(title), self.undone():
                for user in away:
                    user.its_absent_from = "2027-03-01"
                # Of the demo's clients any number may be due, and fill the day.
                cadence = self.create_cadence(
                    responsible="quality_manager",
                    user_ids=users.ids,
                    service_ids=self.contract.ids,
                )
                cadence._plan()
                call = self.calls_of(client, cadence)
                self.assertEqual(str(call.date_deadline), "2027-03-01")
                self.assertIn(call.user_id, expected)
                is_last = expected == administrators
                self.assertEqual(call.its_had_nobody, is_last)

    def test_clients_of_somebody_without_a_role(self):
        for user, warned in ((self.employee, True), (self.colleague, False)):
            client = self.client_own.new(origin=self.client_own)
            client.user_id = user
            self.assertEqual(bool(client._onchange_its_manager()), warned)

    @freeze_time(MONDAY)
    def test_no_mail_a_call(self):
        cadence = self.create_cadence()
        mails = self.env["mail.mail"].search_count([])
        messages = self.env["mail.message"].search_count([])
        self.assertTrue(cadence._plan())
        self.assertEqual(self.env["mail.mail"].search_count([]), mails)
        self.assertEqual(self.env["mail.message"].search_count([]), messages)
        self.assertNotIn(
            self.client_manager.partner_id, self.client_unassigned.message_partner_ids
        )

    @freeze_time(MONDAY)
    def test_a_cancelled_call_does_not_come_back(self):
        cadence = self.create_cadence()
        cadence._plan()
        call = self.calls_of(self.client_own, cadence)
        call.action_cancel()
        self.assertFalse(call.active)
        self.assertEqual(call.feedback, "The call was cancelled.")
        self.assertEqual(cadence._plan(), 0)
        self.assertFalse(self.client_own.its_interaction_ids)
        self.assertFalse(self.client_own.its_next_contact)

    @freeze_time(MONDAY)
    def test_one_open_call_is_a_constraint(self):
        cadence = self.create_cadence()
        cadence._plan()
        call = self.calls_of(self.client_own, cadence)
        values = {
            "res_model_id": self.env["ir.model"]._get_id("res.partner"),
            "res_id": self.client_own.id,
            "its_client_id": self.client_own.id,
            "its_cadence_id": cadence.id,
        }
        with (
            mute_logger("odoo.sql_db"),
            self.assertRaisesRegex(psycopg2.errors.UniqueViolation, "one_open_call"),
            self.env.cr.savepoint(),
        ):
            self.env["mail.activity"].create(values)
        self.assertTrue(call.exists())

    @freeze_time(MONDAY)
    def test_overdue_calls_go_to_the_head(self):
        """Three working days: from Wednesday over a weekend to Monday."""
        self.company.its_escalation_days = 3
        call = self.plan_call(self.client_team, self.colleague)
        escalate = self.env["its.cadence"]._escalate_overdue
        for today, head in (
            ("2027-03-03", False),
            ("2027-03-04", False),
            ("2027-03-05", self.head),
        ):
            with self.subTest(today), self.undone(), freeze_time(f"{today} 09:00:00"):
                escalate()
                self.assertEqual(call.its_escalated_id, head or self.env["res.users"])
        with self.subTest("the head is away"), freeze_time("2027-03-05 09:00:00"):
            self.head.its_absent_from = "2027-03-01"
            escalate()
            self.assertEqual(call.its_escalated_id, self.deputy)

    @freeze_time(MONDAY)
    def test_one_mail_a_morning(self):
        self.plan_call(self.client_own)
        self.plan_call(self.client_own, days=-3)
        self.plan_call(self.client_own, days=2)
        self.plan_call(self.client_colleague, self.colleague)
        self.colleague.its_absent_until = "2027-03-02"
        digests = self.env["its.cadence"]._digests
        mails = {
            mail["email_to"]: mail
            for mail in digests(self.company)
            # People of the demonstration may have calls of their own.
            if "its_" in mail["email_to"]
        }
        self.assertEqual(list(mails), [self.client_manager.email_formatted])
        (mail,) = mails.values()
        self.assertIn("2, overdue: 1", mail["subject"])
        self.assertIn("Ромашка", mail["body_html"])
        self.assertNotIn("Лютик", mail["body_html"])
        with freeze_time("2027-03-06 09:00:00"):
            addresses = [mail["email_to"] for mail in digests(self.company)]
            self.assertFalse(
                [address for address in addresses if "its_" in address],
                "no mail on a Saturday",
            )

    def test_morning_comes_to_each_company_at_its_hour(self):
        self.plan_call(self.client_own)
        self.other_company.active = False
        domain = [("email_to", "=", self.client_manager.email_formatted)]
        mails = self.env["mail.mail"]
        for zone, hour, expected in (
            ("Asia/Vladivostok", "2027-03-01 20:30:00", 0),
            ("Asia/Vladivostok", "2027-03-01 21:30:00", 1),
            ("Asia/Vladivostok", "2027-03-01 22:30:00", 1),
            ("Asia/Vladivostok", "2027-03-02 04:30:00", 1),
            ("Asia/Vladivostok", "2027-03-02 21:30:00", 2),
        ):
            with self.subTest(hour), freeze_time(hour):
                self.company.resource_calendar_id.tz = zone
                self.env["its.cadence"]._cron_send_digests()
                self.assertEqual(mails.search_count(domain), expected)

    def test_bad_settings(self):
        with self.assertRaises(ValidationError):
            self.create_cadence(user_ids=self.employee.ids)
        survey = self.env["survey.survey"].create({"title": "Чужая"})
        with self.assertRaises(ValidationError):
            self.create_cadence(survey_id=survey.id)

    def test_cadences_of_a_quality_manager(self):
        """She makes and switches those that ask a questionnaire, and plans by them; who
        does more is told whom to ask."""
        survey = self.env["survey.survey"].create(
            {"title": "Её анкета", "survey_type": "its"}
        )
        own = self.as_user(self.env["its.cadence"], self.quality_manager)
        cadence = own.create({"name": "Раз в год", "survey_id": survey.id})
        self.assertEqual(cadence.action_plan_now()["params"]["type"], "success")
        self.assertTrue(self.calls_of(self.client_own, cadence))
        cadence.active = False
        self.assertFalse(self.calls_of(self.client_own, cadence))
        plain = self.as_user(self.create_cadence(), self.quality_manager)
        self.assertTrue(cadence.can_edit and not plain.can_edit)
        for what, refused in {
            "make": lambda: own.create({"name": "Без анкеты"}),
            "change": lambda: plain.write({"interval_number": 3}),
            "take": lambda: plain.write({"survey_id": survey.id}),
            "take out": lambda: cadence.write({"survey_id": False}),
            "plan": plain.action_plan_now,
        }.items():
            with (
                self.subTest(what),
                self.assertRaisesRegex(AccessError, "ask an administrator"),
                self.env.cr.savepoint(),
            ):
                refused()

    def test_plan_now_is_for_administrators(self):
        cadence = self.create_cadence()
        with self.assertRaises(UserError):
            cadence.with_user(self.quality_manager).action_plan_now()
        result = cadence.with_user(self.administrator).action_plan_now()
        self.assertEqual(result["params"]["type"], "success")

    def test_queries_do_not_grow_with_clients(self):
        for responsible in ("client_manager", "quality_manager"):
            with self.subTest(responsible):
                self.check_queries(responsible=responsible)

    def check_queries(self, **values):
        counts = []
        for number in (10, 110):
            with self.undone():
                for index in range(number):
                    client = self.fresh(f"ООО «Много {index}»")
                    self.create_contract(client, "2026-03-01", "2099-12-31")
                cadence = self.create_cadence(**values)
                cadence._plan()
                cadence.action_plan_now()
                self.env["mail.activity"].search(
                    [("its_cadence_id", "=", cadence.id)]
                ).sudo().write({"active": False})
                self.env.invalidate_all()
                before = self.env.cr.sql_log_count
                self.create_cadence(name="Ещё", **values)._plan()
                counts.append(self.env.cr.sql_log_count - before)
        self.assertLessEqual(counts[1], counts[0] + 3)
