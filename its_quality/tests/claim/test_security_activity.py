"""Planned calls: hidden from who has no role and from other companies, by every field of
Odoo that tells of activities, while the activities of other applications stay."""

from contextlib import contextmanager

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common import ClaimCase

SECRET = "СЕКРЕТ"
FIELDS = (
    "activity_ids",
    "activity_state",
    "activity_user_id",
    "activity_type_id",
    "activity_type_icon",
    "activity_date_deadline",
    "my_activity_date_deadline",
    "activity_summary",
    "activity_exception_decoration",
    "activity_exception_icon",
)


class ActivityCase(ClaimCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.clerk = cls.create_user(
            "its_clerk", "base.group_user,base.group_partner_manager"
        )
        cls.client = cls.client_unassigned
        warning = cls.env["mail.activity.type"].create(
            {
                "name": "Тревога",
                "category": "phonecall",
                "decoration_type": "danger",
                "icon": "fa-bell",
            }
        )
        cls.call = cls.plan_call(
            cls.client,
            cls.colleague,
            # Late in every zone: Odoo tells the state of an activity by its user's.
            days=-2,
            summary=SECRET,
            note=SECRET,
            activity_type_id=warning.id,
        )
        cls.env.flush_all()

    def searches(self):
        """Domains by which one looks for the call, by each field and each operator."""
        day = self.call.date_deadline
        kind = self.call.activity_type_id
        return (
            [("activity_ids", "!=", False)],
            [("activity_ids", "in", self.call.ids)],
            [("activity_ids.summary", "ilike", SECRET)],
            [("activity_ids.note", "ilike", SECRET)],
            [("activity_ids", "any", [("its_client_id", "!=", False)])],
            [("activity_ids", "any", [("active", "in", [True, False])])],
            [("activity_state", "=", "overdue")],
            [("activity_state", "!=", False)],
            [("activity_state", "in", ["overdue", "today"])],
            [("activity_user_id", "=", self.colleague.id)],
            [("activity_user_id", "!=", False)],
            [("activity_type_id", "=", kind.id)],
            [("activity_type_id.name", "=", kind.name)],
            [("activity_date_deadline", "=", day)],
            [("activity_date_deadline", "<=", day)],
            [("activity_date_deadline", "!=", False)],
            [("activity_summary", "ilike", SECRET)],
            [("activity_exception_decoration", "=", "danger")],
            [("activity_exception_decoration", "!=", False)],
        )

    def assert_shown(self, user, shown, **context):
        """That a call is told of, or is not, by everything that could."""
        client = self.as_user(self.client, user).with_context(**context)
        call = self.call.with_user(user).with_context(**context)
        partners = client.browse()
        here = [("id", "=", client.id)]
        self.assertEqual(call.has_access("read"), shown)
        self.assertEqual(bool(call.search([("id", "=", call.id)])), shown)
        for name in FIELDS:
            if name != "my_activity_date_deadline":
                with self.subTest(user=user.login, field=name):
                    self.env.invalidate_all()
                    self.assertEqual(bool(client.read([name])[0][name]), shown)
        for domain in self.searches():
            with self.subTest(user=user.login, domain=domain):
                self.assertTrue(
                    self.client.sudo().search_count(here + domain), "the case is void"
                )
                self.assertEqual(bool(partners.search_count(here + domain)), shown)
        for group in ("activity_state",):
            [(state, count)] = partners._read_group(here, [group], ["__count"])
            self.assertEqual((bool(state), count), (shown, 1))
        bar = {
            "field": "activity_state",
            "colors": {"overdue": "danger", "today": "warning", "planned": "success"},
        }
        told = partners.read_progress_bar(here, "country_id", bar)
        self.assertEqual(any(any(row.values()) for row in told.values()), shown)
        data = client.env["mail.activity"].get_activity_data("res.partner", here)
        self.assertEqual(bool(data["activity_res_ids"]), shown)


@tagged("post_install", "-at_install")
class TestActivityWithoutRole(ActivityCase):
    def test_who_has_no_role(self):
        for user in (self.employee, self.clerk):
            self.assert_shown(user, False)
        for user in (self.client_manager, self.quality_manager, self.administrator):
            self.assert_shown(user, True)

    def test_own_calls_and_those_of_other_applications(self):
        """Odoo's work goes on: its own to-dos, and a call given to an employee."""
        # Odoo tells the state of an activity by its user's zone.
        there = self.client.with_context(tz=self.employee.tz or "UTC")
        todo = self.client.activity_schedule(
            "mail.mail_activity_data_todo",
            date_deadline=fields.Date.context_today(there),
            summary="Счёт",
            user_id=self.employee.id,
        )
        stranger = self.plan_call(self.stranger, self.colleague, summary="Звонок")
        self.env.flush_all()
        # Odoo shows the activities of a card to who may write it.
        client = self.as_user(self.client, self.clerk)
        self.assertEqual(client.activity_ids, todo.with_env(client.env))
        self.assertEqual(client.activity_summary, "Счёт")
        self.assertEqual(client.activity_state, "today")
        for activity in (todo, stranger):
            self.assertIn(
                activity.id,
                client.env["mail.activity"].search([]).ids,
                activity.summary,
            )
        self.call.user_id = self.employee
        client = self.as_user(self.client, self.employee)
        self.assertIn(self.call.id, client.activity_ids.ids)
        self.assertEqual(
            client.search([("activity_state", "=", "overdue")]) & client, client
        )

    def test_what_was_said_in_a_call(self):
        """The feedback of a call is kept with the interaction, not on the card."""
        before = self.client.message_ids
        kinds = self.call.activity_type_id
        kinds.write({"chaining_type": "trigger", "triggered_next_type_id": kinds.id})
        self.as_user(self.call, self.colleague).action_feedback(f"{SECRET} о цене")
        self.env.invalidate_all()
        self.assertEqual(self.client.message_ids, before)
        self.assertEqual(self.client.its_interaction_ids.summary, f"{SECRET} о цене")
        self.assertFalse(self.call.active)
        self.assertEqual(self.call.feedback, f"{SECRET} о цене")
        self.assertTrue(self.calls_of(self.client), "the next one was to follow")
        for user in (self.employee, self.clerk):
            client = self.as_user(self.client, user)
            self.assertNotIn(
                SECRET, "".join(map(str, client.message_ids.mapped("body")))
            )
            messages = client.env["mail.message"]
            self.assertFalse(messages.search([("body", "ilike", SECRET)]))
            self.assertFalse(client.search([("message_ids.body", "ilike", SECRET)]))

    def test_todos_of_other_applications_cost_no_look_up(self):
        """Neither of their model nor of the type of our own to-dos."""
        survey = self.env["survey.survey"].create({"title": "Чужая"})
        queries = []
        with contextmanager(self._patchExecute)(queries):
            todo = survey.activity_schedule("mail.mail_activity_data_todo")
            todo.action_feedback("Готово")
        self.assertTrue(any('INSERT INTO "mail_activity"' in one for one in queries))
        for table in ("ir_model", "mail_activity_type"):
            look_up = f'SELECT "{table}"."id" FROM "{table}" WHERE "{table}"."id" IN'
            self.assertFalse([one for one in queries if look_up in one])

    def test_feedback_of_other_applications_stays_in_the_chatter(self):
        todo = self.client.activity_schedule(
            "mail.mail_activity_data_todo", user_id=self.clerk.id
        )
        self.as_user(todo, self.clerk).action_feedback("Счёт отправлен")
        self.assertIn("Счёт отправлен", self.client.message_ids[0].body)


@tagged("post_install", "-at_install")
class TestActivityOfCompanies(ActivityCase):
    """A client that two companies serve: the calls of each are its own."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.both = cls.create_user(
            "its_both",
            "its_quality.group_administrator",
            company_ids=[(6, 0, (cls.company + cls.other_company).ids)],
        )

    def abroad(self):
        """What makes a call one of the other company; a table."""
        company = self.other_company
        cadence = self.env["its.cadence"].create(
            {"name": "Чужой регламент", "company_id": company.id}
        )
        subscription = self.create_subscription(
            self.client, self.contract, company_id=company.id
        )
        return (
            {"its_cadence_id": cadence.id, "its_subscription_id": False},
            {"its_subscription_id": subscription.id},
            {"its_cadence_id": cadence.id, "its_subscription_id": subscription.id},
        )

    def test_calls(self):
        here, there = self.company, self.other_company
        for values in self.abroad():
            with self.undone():
                self.call.write(values)
                self.env.flush_all()
                for user in (self.quality_manager, self.administrator):
                    self.assert_shown(user, False)
                for companies, shown in (
                    (here, False),
                    (there, True),
                    (here + there, True),
                ):
                    self.assert_shown(
                        self.both, shown, allowed_company_ids=companies.ids
                    )

    def test_whose_call_it_is(self):
        """Counted for whoever has to make it, while its company is switched on."""
        values = self.abroad()[0]
        self.call.write({**values, "user_id": self.both.id})
        self.env.flush_all()
        for companies, count in (
            (self.company, 0),
            (self.other_company, 1),
            (self.company + self.other_company, 1),
        ):
            with self.subTest(companies=companies.mapped("name")):
                self.env.invalidate_all()
                user = self.both.with_user(self.both).with_context(
                    allowed_company_ids=companies.ids
                )
                groups = {g["model"]: g for g in user._get_activity_groups()}
                counted = groups.get("res.partner", {}).get("overdue_count", 0)
                self.assertEqual(counted, count)
                desk = user.env["its.call.desk"].with_company(companies[:1])
                desk = desk.with_context(allowed_company_ids=companies.ids)
                self.assertEqual(desk.get_queue()["counts"]["overdue"], count)
                call = self.call.with_env(user.env)
                if not count:
                    for ask in (
                        lambda call=call: call.read(["summary"]),
                        lambda call=call: call.write({"summary": "Моё"}),
                        lambda call=call: call.action_feedback("Поговорили"),
                        lambda call=call: call.unlink(),
                    ):
                        with self.undone(), self.assertRaises(UserError):
                            ask()

    def test_the_desk_and_the_list_agree(self):
        """Calls of an owner of each kind: what the desk counts is what one may read."""
        calls = self.env["mail.activity"]
        for values in ({}, *self.abroad()[:2]):
            day = self.today(-2)
            calls |= self.plan_call(self.client, self.both, days=-2, **values)
        self.assertEqual(set(calls.mapped("date_deadline")), {day})
        for companies in (self.company, self.other_company):
            self.env.invalidate_all()
            env = self.env(
                user=self.both, context={"allowed_company_ids": companies.ids}
            )
            shown = env["mail.activity"].search(
                [("user_id", "=", self.both.id), ("its_client_id", "!=", False)]
            )
            told = [row["id"] for row in env["its.call.desk"].get_queue()["calls"]]
            self.assertEqual(sorted(told), sorted(shown.ids))
            self.assertTrue(told)
            readable = calls.with_env(env)._filtered_access("read")
            self.assertEqual(sorted(told), sorted(readable.ids))


@tagged("post_install", "-at_install")
class TestClientsTakenAway(ActivityCase):
    """Who keeps contacts without a role of ours: cards yes, manager and archiving no."""

    def test_manager_and_archiving(self):
        client = self.as_user(self.client_colleague, self.clerk)
        contact = self.as_user(self.contact_of(self.client_colleague), self.clerk)
        holding = client.create({"name": "Холдинг", "is_company": True})
        self.assert_refused(
            lambda: client.write({"user_id": self.clerk.id}),
            lambda: client.write({"user_id": False}),
            lambda: client.web_save({"user_id": self.clerk.id, "phone": "1"}, {}),
            lambda: client.action_archive(),
            lambda: client.write({"active": False}),
            lambda: client.write({"parent_id": holding.id}),
            lambda: client.write({"company_id": self.other_company.id}),
            lambda: contact.write({"user_id": self.clerk.id}),
            lambda: client.write({"commercial_partner_id": holding.id}),
            lambda: contact.write({"commercial_partner_id": holding.id}),
            lambda: holding.write({"child_ids": [(4, client.id)]}),
            lambda: client.load([".id", "active"], [[str(client.id), "0"]]),
        )
        self.assertEqual(self.client_colleague.user_id, self.colleague)
        client.write({"phone": "2", "user_id": self.colleague.id, "active": True})
        contact.write({"phone": "3"})
        contact.action_archive()
        self.as_user(self.stranger, self.clerk).write(
            {"user_id": self.clerk.id, "active": False}
        )

    def assert_refused(self, *attempts):
        for number, attempt in enumerate(attempts):
            with (
                self.subTest(attempt=number),
                self.undone(),
                self.request_of(self.clerk),
            ):
                refused = False
                try:
                    answer = attempt()
                    self.env.flush_all()
                    # An import tells what is refused in its answer.
                    refused = isinstance(answer, dict) and not answer.get("ids", True)
                except UserError:
                    refused = True
                self.assertTrue(refused)

    def test_merged_away(self):
        self.clerk.group_ids += self.env.ref("base.group_system")
        double = self.env["res.partner"].create({"name": "Двойник", "is_company": True})
        wizards = self.env["base.partner.merge.automatic.wizard"].with_user(self.clerk)
        for partners, target in (
            (self.client_colleague + double, double),
            (self.client_colleague + self.client_own, self.client_own),
            (self.client_colleague + double, None),
        ):
            with self.undone(), self.assertRaises(AccessError):
                target = target and target.with_user(self.clerk)
                wizards._merge(partners.ids, target)
        wizards._merge(
            (self.client_colleague + double).ids,
            self.client_colleague.with_user(self.clerk),
        )
        self.assertFalse(double.exists())
        self.assertEqual(self.client_colleague.user_id, self.colleague)
