"""What becomes of the calls of who is away: one answer for planning, desk and mail."""

from odoo.tests import freeze_time, tagged

from .common import CallCase

TUESDAY = "2027-03-02 09:00:00"


@tagged("post_install", "-at_install")
@freeze_time(TUESDAY)
class TestCallAbsence(CallCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.colleague.tz = "Europe/Moscow"
        resource = cls.env["resource.resource"].create(
            {"name": "Анна", "user_id": cls.colleague.id, "tz": "Europe/Moscow"}
        )
        # The second and the morning of the third of March.
        cls.leave = cls.env["resource.calendar.leaves"].create(
            {
                "resource_id": resource.id,
                "calendar_id": resource.calendar_id.id,
                "date_from": "2027-03-01 21:00:00",
                "date_to": "2027-03-03 09:00:00",
            }
        )
        cls.call = cls.plan_call(cls.client_colleague, cls.colleague)
        # Of the demonstration some are administrators, too.
        group = cls.env.ref("its_quality.group_administrator")
        cls.last = group.all_user_ids.filtered("active").sorted("id")[0]

    def queue(self, user):
        self.env.invalidate_all()
        desk = self.env["its.call.desk"].with_user(user)
        return [call["id"] for call in desk.get_queue(limit=500)["calls"]]

    def mails(self):
        mails = self.env["its.cadence"]._digests(self.company)
        return {mail["email_to"]: mail["body_html"] for mail in mails}

    def test_planned_for_the_first_day_with_an_hour_of_work(self):
        self.call.action_cancel()
        cadence = self.create_cadence(service_ids=self.program.ids)
        cadence._plan()
        call = self.calls_of(self.client_colleague, cadence)
        self.assertEqual(call.user_id, self.colleague)
        self.assertEqual(str(call.date_deadline), "2027-03-03")

    def test_at_the_desk_of_who_stands_in(self):
        self.colleague.its_deputy_id = self.client_manager
        self.assertIn(self.call.id, self.queue(self.client_manager))
        self.assertNotIn(self.call.id, self.queue(self.last))
        with self.subTest("he is away as well"), self.undone():
            self.client_manager.its_absent_until = "2027-03-02"
            self.assertNotIn(self.call.id, self.queue(self.client_manager))
            self.assertIn(self.call.id, self.queue(self.last))
        with self.subTest("back since noon"), freeze_time("2027-03-03 10:00:00"):
            self.assertNotIn(self.call.id, self.queue(self.client_manager))

    def test_told_the_same_morning(self):
        name = self.client_colleague.name
        self.last.email = "last@example.com"
        with self.subTest("nobody but the administrator is left"):
            mails = self.mails()
            self.assertIn(name, mails[self.last.email_formatted])
            self.assertNotIn(self.colleague.email_formatted, mails)
        with self.subTest("the deputy"):
            self.colleague.its_deputy_id = self.client_manager
            mails = self.mails()
            body = mails[self.client_manager.email_formatted]
            self.assertIn(name, body)
            self.assertIn(self.colleague.name, body, "whose call it is")
            self.assertIn(f"You stand in for: {self.colleague.name}", body)
            self.assertNotIn(name, mails.get(self.last.email_formatted, ""))
        with self.subTest("half a day is no absence"):
            with freeze_time("2027-03-03 05:00:00"):
                mails = self.mails()
            self.assertIn(name, mails[self.colleague.email_formatted])
            self.assertNotIn(name, mails.get(self.client_manager.email_formatted, ""))

    NOTICE = "Nobody else can make these calls"

    def test_the_administrator_learns_what_had_nobody(self):
        """Two who are away and name each other; a service that no team has."""
        self.last.email = "last@example.com"
        self.call.action_cancel()
        self.other_team.service_ids = False
        absent = {"its_absent_from": "2027-03-01"}
        self.colleague.write({**absent, "its_deputy_id": self.client_manager.id})
        self.client_manager.write({**absent, "its_deputy_id": self.colleague.id})
        cadence = self.create_cadence(service_ids=self.program.ids)
        cadence._plan()
        names = (self.client_colleague.name, self.client_own.name)
        for client in (self.client_colleague, self.client_own):
            call = self.calls_of(client, cadence)
            self.assertEqual(call.user_id, self.last)
            self.assertEqual(str(call.date_deadline), "2027-03-02")
        mails = self.mails()
        body = mails[self.last.email_formatted]
        self.assertEqual(body.count(self.NOTICE), 1)
        notice = body[body.index(self.NOTICE) : body.index("Your calls for today")]
        for name in names:
            self.assertIn(name, notice)
        with self.subTest("given to somebody"):
            call.user_id = self.quality_manager
            self.assertFalse(call.its_had_nobody)
            body = self.mails()[self.last.email_formatted]
            notice = body[body.index(self.NOTICE) : body.index("Your calls for today")]
            self.assertNotIn(self.client_own.name, notice)

    def test_calls_of_who_fell_ill(self):
        """What was planned for somebody who is away now, and has no stand-in."""
        self.last.email = "last@example.com"
        self.assertIn(self.NOTICE, self.mails()[self.last.email_formatted])
        self.colleague.its_deputy_id = self.client_manager
        self.assertNotIn(self.NOTICE, "".join(self.mails().values()))

    def test_overdue_calls_when_the_head_is_on_leave(self):
        call = self.plan_call(self.client_team, self.colleague, days=-20)
        resource = self.leave.resource_id.copy({"user_id": self.head.id})
        self.leave.copy({"resource_id": resource.id})
        escalate = self.env["its.cadence"]._escalate_overdue
        for title, away, expected in (
            ("his deputy", (), self.deputy),
            ("both: the administrator", (self.deputy,), self.last),
        ):
            with self.subTest(title), self.undone():
                for user in away:
                    user.its_absent_from = "2027-03-01"
                escalate()
                self.assertEqual(call.its_escalated_id, expected)
