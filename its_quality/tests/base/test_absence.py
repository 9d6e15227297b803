"""Who is away and who stands in, from tables."""

from datetime import date, datetime

import pytz

from odoo.tests import tagged
from odoo.tools import SQL

from ...models.base.absence import Absence, form_sql, leaves_sql
from ..common import QualityCase

# 1 March 2027 is a Monday.
ZONES = ("Europe/Moscow", "Asia/Vladivostok", "America/New_York")
# From, until; the days away, the days there.
FORMS = (
    (None, None, (), ("2027-03-01", "2020-01-01")),
    (
        "2027-03-02",
        "2027-03-03",
        ("2027-03-02", "2027-03-03"),
        ("2027-03-01", "2027-03-04"),
    ),
    ("2027-03-02", None, ("2027-03-02", "2040-01-01"), ("2027-03-01",)),
    (None, "2027-03-02", ("2027-03-02", "2020-01-01"), ("2027-03-03",)),
)
# Leaves by the clock of the person, who works from 8 to 12 and from 13 to 17 from Monday
# to Friday; the days away, the days there.
LEAVES = (
    (
        "the whole day",
        [("2027-03-02 00:00:00", "2027-03-02 23:59:59")],
        ("2027-03-02",),
        ("2027-03-01", "2027-03-03"),
    ),
    (
        "the hours of work",
        [("2027-03-02 08:00:00", "2027-03-02 17:00:00")],
        ("2027-03-02",),
        ("2027-03-01", "2027-03-03"),
    ),
    (
        "the morning",
        [("2027-03-02 08:00:00", "2027-03-02 12:00:00")],
        (),
        ("2027-03-01", "2027-03-02", "2027-03-03"),
    ),
    (
        "the afternoon",
        [("2027-03-02 12:00:00", "2027-03-02 23:59:59")],
        (),
        ("2027-03-02", "2027-03-03"),
    ),
    (
        "the morning and the afternoon",
        [
            ("2027-03-02 08:00:00", "2027-03-02 12:00:00"),
            ("2027-03-02 13:00:00", "2027-03-02 17:00:00"),
        ],
        ("2027-03-02",),
        ("2027-03-03",),
    ),
    (
        "from Friday noon to Monday noon",
        [("2027-03-05 12:00:00", "2027-03-08 12:00:00")],
        ("2027-03-06", "2027-03-07"),
        ("2027-03-05", "2027-03-08"),
    ),
    (
        "a fortnight",
        [("2027-03-08 08:00:00", "2027-03-19 17:00:00")],
        ("2027-03-08", "2027-03-13", "2027-03-14", "2027-03-19"),
        ("2027-03-07", "2027-03-20", "2027-03-22"),
    ),
    (
        "hours of a Sunday",
        [("2027-03-07 08:00:00", "2027-03-07 17:00:00")],
        (),
        ("2027-03-06", "2027-03-07", "2027-03-08"),
    ),
    (
        "the Sunday on which clocks change in New York",
        [("2027-03-14 00:00:00", "2027-03-14 23:59:59")],
        ("2027-03-14",),
        ("2027-03-13", "2027-03-15"),
    ),
)
# Who is away or gone, or has another role; who acts for the manager.
STAND_INS = (
    ("nobody is away", (), {}, "colleague"),
    ("the deputy is away", ("colleague",), {}, "second"),
    ("the deputy has left", (), {"colleague": {"active": False}}, "second"),
    ("the deputy has no role", (), {"colleague": "employee"}, "second"),
    ("there is no deputy", (), {"colleague": None}, "second"),
    ("both deputies are away", ("colleague", "second"), {}, "first"),
    ("nobody of the team is there", ("colleague", "second", "first"), {}, "last"),
)


@tagged("post_install", "-at_install")
class TestAbsence(QualityCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        both = "its_quality.group_head,its_quality.group_client_manager"
        # Of the team: its head, and the head's deputy.
        cls.first = cls.create_user("its_first", both)
        cls.second = cls.create_user("its_second", both)
        cls.team.write(
            {
                "head_id": cls.first.id,
                "deputy_id": cls.second.id,
                "member_ids": [(6, 0, (cls.client_manager + cls.colleague).ids)],
            }
        )
        cls.client_manager.its_deputy_id = cls.colleague
        group = cls.env.ref("its_quality.group_administrator")
        cls.administrators = group.all_user_ids.filtered(
            lambda user: user.active and cls.company in user.company_ids
        ).sorted("id")

    def leave(self, user, zone, periods, kind="leave"):
        """Leaves as an application of staff keeps them, told by the clock of a zone."""
        resource = self.env["resource.resource"].create(
            {
                "name": user.name,
                "user_id": user.id,
                "tz": zone,
                "calendar_id": self.company.resource_calendar_id.id,
            }
        )
        moments = [
            [
                pytz.timezone(zone)
                .localize(datetime.fromisoformat(moment))
                .astimezone(pytz.utc)
                .replace(tzinfo=None)
                for moment in period
            ]
            for period in periods
        ]
        return self.env["resource.calendar.leaves"].create(
            [
                {
                    "resource_id": resource.id,
                    "calendar_id": resource.calendar_id.id,
                    "time_type": kind,
                    "date_from": start,
                    "date_to": end,
                }
                for start, end in moments
            ]
        )

    def absence(self, first_day="2027-03-01"):
        return Absence(self.env, self.company, date.fromisoformat(first_day))

    def check(self, away, there):
        """One answer, whoever asks and however."""
        absence = self.absence("2020-01-01")
        for days, expected in ((away, True), (there, False)):
            for text in days:
                day = date.fromisoformat(text)
                user = self.client_manager
                with self.subTest(day=text):
                    self.assertEqual(absence.is_absent(user, day), expected)
                    self.assertEqual(self.absence(text).is_absent(user, day), expected)
                    self.assertEqual(user._its_is_absent(day), expected)
                    self.assertEqual(
                        self.as_user(user, self.colleague)._its_is_absent(day), expected
                    )
                    self.assertEqual(user in absence.absent(day), expected)
                    by_form, has_leaves = self.in_sql(user, day)
                    self.assertEqual(by_form, absence._is_absent_by_form(user, day))
                    self.assertGreaterEqual(by_form or has_leaves, expected)

    def in_sql(self, user, day):
        user.flush_model()
        [found] = self.env.execute_query(
            SQL(
                "SELECT %s, %s FROM res_users AS users WHERE id = %s",
                form_sql("users", day),
                leaves_sql("users", day),
                user.id,
            )
        )
        return found

    def test_by_the_form(self):
        for start, end, away, there in FORMS:
            with self.subTest(start=start, end=end), self.undone():
                self.client_manager.write(
                    {"its_absent_from": start, "its_absent_until": end}
                )
                self.check(away, there)

    def test_by_leaves(self):
        for zone in ZONES:
            for title, periods, away, there in LEAVES:
                with self.subTest(title, zone=zone), self.undone():
                    self.leave(self.client_manager, zone, periods)
                    self.check(away, there)

    def test_leave_on_a_public_holiday(self):
        """Of a day without work the whole has to be free."""
        self.env["resource.calendar.leaves"].create(
            {
                "name": "Праздник",
                "calendar_id": self.company.resource_calendar_id.id,
                "company_id": self.company.id,
                "date_from": "2027-03-07 12:00:00",
                "date_to": "2027-03-09 12:00:00",
            }
        )
        day = [("2027-03-08 00:00:00", "2027-03-08 23:59:59")]
        hours = [("2027-03-08 08:00:00", "2027-03-08 17:00:00")]
        for periods, away, there in (
            (day, ("2027-03-08",), ("2027-03-07",)),
            (hours, (), ("2027-03-08",)),
        ):
            with self.subTest(periods), self.undone():
                self.leave(self.client_manager, "UTC", periods)
                self.check(away, there)

    def test_of_a_calendar_that_names_no_hours(self):
        """It means Monday to Friday, eight hours about noon."""
        self.company.resource_calendar_id.attendance_ids.unlink()
        table = (
            ("two hours", "11:00", "13:00", (), ("2027-03-02",)),
            ("the usual hours", "08:00", "16:00", ("2027-03-02",), ("2027-03-03",)),
            ("all but an hour", "09:00", "16:00", (), ("2027-03-02",)),
        )
        for title, start, end, away, there in table:
            with self.subTest(title), self.undone():
                period = (f"2027-03-02 {start}:00", f"2027-03-02 {end}:00")
                self.leave(self.client_manager, "Asia/Vladivostok", [period])
                self.check(away, there)

    def test_what_is_no_leave(self):
        period = [("2027-03-02 00:00:00", "2027-03-02 23:59:59")]
        self.leave(self.client_manager, "Europe/Moscow", period, kind="other")
        self.leave(self.colleague, "Europe/Moscow", period)
        self.check((), ("2027-03-02",))

    def test_nobody_is_never_away(self):
        nobody = self.env["res.users"]
        self.assertFalse(self.absence().is_absent(nobody, date(2027, 3, 1)))

    def test_asked_of_many_at_once(self):
        """Leaves are read once for all who were read together."""
        users = self.client_manager + self.colleague + self.first + self.second
        for user in users:
            self.leave(user, "Europe/Moscow", LEAVES[0][1])
        day = date(2027, 3, 2)

        def ask(some):
            self.env.invalidate_all()
            absence, before = self.absence(), self.env.cr.sql_log_count
            away = [absence.is_absent(user, day) for user in some]
            self.assertEqual(away, [True] * len(some))
            return self.env.cr.sql_log_count - before

        ask(users)
        self.assertLessEqual(ask(users), ask(users.browse(users[:1].ids)) + 1)

    # -------------------------------------------------------------------------
    # Who stands in
    # -------------------------------------------------------------------------

    def last(self):
        return next(iter(self.administrators))

    def arrange(self, away, changed):
        for name in away:
            self[name].its_absent_from = "2027-01-01"
        for name, values in changed.items():
            if isinstance(values, dict):
                self[name].write(values)
            else:
                self.client_manager.its_deputy_id = values and self[values]

    def __getitem__(self, name):
        return self.last() if name == "last" else getattr(self, name)

    def test_who_stands_in(self):
        day = date(2027, 3, 2)
        for title, away, changed, expected in STAND_INS:
            with self.subTest(title), self.undone():
                self.arrange(away, changed)
                absence = self.absence()
                found = absence.stand_in(self.client_manager, day)
                self.assertEqual(found, self[expected])
                deputy = found if expected == "colleague" else self.env["res.users"]
                self.assertEqual(absence.deputy(self.client_manager, day), deputy)

    def test_neither_chain_nor_circle(self):
        day = date(2027, 3, 2)
        for title, deputy in (("chain", self.other_head), ("circle", None)):
            with self.subTest(title), self.undone():
                self.colleague.its_deputy_id = deputy or self.client_manager
                self.arrange(("client_manager", "colleague"), {})
                absence = self.absence()
                for user in (self.client_manager, self.colleague):
                    self.assertEqual(absence.stand_in(user, day), self.second)

    def test_by_leave_the_stand_in_is_away_as_well(self):
        self.leave(self.colleague, "Asia/Vladivostok", LEAVES[0][1])
        absence = self.absence()
        for day, expected in (
            (1, self.colleague),
            (2, self.second),
            (3, self.colleague),
        ):
            with self.subTest(day=day):
                found = absence.stand_in(self.client_manager, date(2027, 3, day))
                self.assertEqual(found, expected)

    def test_the_role_decides(self):
        """Only a quality manager stands in for one; what is asked for may be told."""
        day = date(2027, 3, 2)
        self.quality_manager.its_deputy_id = self.colleague
        absence = self.absence()
        self.assertEqual(absence.stand_in(self.quality_manager, day), self.last())
        head = "its_quality.group_head"
        found = absence.stand_in(self.client_manager, day, role=head)
        self.assertEqual(found, self.second)

    def test_of_the_team_in_question(self):
        day = date(2027, 3, 2)
        self.client_manager.its_deputy_id = False
        absence = self.absence()
        head = "its_quality.group_head"
        for team, expected in (
            (self.other_team, self.other_head),
            (self.env["its.team"], self.last()),
            (None, self.second),
        ):
            with self.subTest(team and team.name):
                found = absence.stand_in(self.client_manager, day, team, head)
                self.assertEqual(found, expected)

    def test_of_another_company(self):
        self.colleague.write(
            {
                "company_id": self.other_company.id,
                "company_ids": [(6, 0, self.other_company.ids)],
            }
        )
        found = self.absence().stand_in(self.client_manager, date(2027, 3, 2))
        self.assertEqual(found, self.second)

    def test_who_leads(self):
        """The head himself as long as he is there, then his deputies."""
        day = date(2027, 3, 2)
        absence = self.absence()
        self.assertEqual(absence.acting(self.first, day, self.team), self.first)
        self.first.its_absent_until = "2027-03-02"
        self.assertEqual(absence.acting(self.first, day, self.team), self.second)
        third = self.create_user("its_third", "its_quality.group_client_manager")
        self.first.its_deputy_id = third
        self.assertEqual(absence.acting(self.first, day, self.team), third)

    def test_administrators_come_last(self):
        day = date(2027, 3, 2)
        self.arrange(("colleague", "second", "first"), {})
        first = self.last()
        first.its_absent_from = "2027-01-01"
        others = self.administrators - first
        self.assertTrue(others)
        found = self.absence().stand_in(self.client_manager, day)
        self.assertEqual(found, others[0])
        with self.subTest("they are all away: one has to have it"):
            others.its_absent_from = "2027-01-01"
            found = self.absence().stand_in(self.client_manager, day)
            self.assertEqual(found, first)
        with self.subTest("he is one himself"):
            others.its_absent_from = False
            found = self.absence().stand_in(first, day, self.env["its.team"])
            self.assertEqual(found, others[0])
