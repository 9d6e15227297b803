"""Planned calls, talks and the call desk, asked as somebody asks who knows RPC."""

from contextlib import nullcontext
from functools import partial
from unittest.mock import patch

from odoo import api
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.service.model import get_public_method
from odoo.tests import tagged

from ..common import SecurityCase
from .common import CallCase

EVIL = (
    '<p onclick="evil()">Спросите<script>evil()</script><img src=x onerror=evil()></p>'
)


@tagged("post_install", "-at_install", "days")
class TestSecurityCalls(CallCase, SecurityCase):
    def setUp(self):
        super().setUp()
        self.own_call = self.plan_call(self.client_own)
        self.foreign_call = self.plan_call(self.client_colleague, self.colleague)
        self.env.flush_all()

    def activities(self, user, **context):
        self.env.invalidate_all()
        return self.env["mail.activity"].with_user(user).with_context(**context)

    def call_values(self, client, **values):
        return {
            "res_model_id": self.env["ir.model"]._get_id("res.partner"),
            "res_id": client.id,
            "activity_type_id": self.env.ref("mail.mail_activity_data_call").id,
            "user_id": self.client_manager.id,
            **values,
        }

    # -------------------------------------------------------------------------
    # Planned calls
    # -------------------------------------------------------------------------

    def test_what_planning_keeps_is_not_forged(self):
        cadence = self.create_cadence()
        forged = {
            "its_client_id": self.client_colleague.id,
            "its_cadence_id": cadence.id,
            "its_desk_user_id": self.client_manager.id,
            "its_desk_until": "2099-01-01 00:00:00",
            "its_attempts": 99,
            "its_escalated_id": self.client_manager.id,
            "its_response_id": 1,
        }
        user = self.client_manager
        for name, value in forged.items():
            self.assert_denied(
                user,
                lambda name=name, value=value: self.as_user(self.own_call, user).write(
                    {name: value}
                ),
                lambda name=name: self.as_user(self.own_call, user).write(
                    {name: False}
                ),
                lambda name=name, value=value: self.activities(user).create(
                    self.call_values(self.client_own, **{name: value})
                ),
                lambda name=name, value=value: self.activities(
                    user, **{f"default_{name}": value}
                ).create(self.call_values(self.client_own)),
            )

    def test_a_copy_begins_anew(self):
        self.own_call.its_attempts = 2
        copy = self.as_user(self.own_call, self.client_manager).copy()
        self.assertEqual(copy.its_attempts, 0)
        self.assertEqual(copy.sudo().its_client_id, self.client_own)

    def test_a_call_is_not_moved_to_a_foreign_client(self):
        user = self.client_manager
        self.assert_denied(
            user,
            lambda: self.as_user(self.own_call, user).write(
                {"res_id": self.client_colleague.id}
            ),
            lambda: self.as_user(self.own_call, user).write(
                {"res_id": self.contact_of(self.client_colleague).id}
            ),
            lambda: self.activities(user).create(
                self.call_values(self.client_colleague)
            ),
            lambda: self.as_user(self.own_call, user).write(
                {"its_subscription_id": self.foreign.id}
            ),
        )
        self.as_user(self.own_call, user).write(
            {"res_id": self.client_unassigned.id, "its_subscription_id": False}
        )
        self.assertEqual(self.own_call.its_client_id, self.client_unassigned)

    def test_calls_of_clients_are_closed_to_outsiders(self):
        """Odoo lets whoever may write a card do anything with its activities."""
        outsider = self.create_user(
            "its_outsider", "base.group_user,base.group_partner_manager"
        )
        for user in (outsider, self.employee, self.portal):
            with self.subTest(user.login):
                self.assert_denied(
                    user,
                    lambda user=user: self.as_user(self.own_call, user).read(["note"]),
                    lambda user=user: self.as_user(self.own_call, user).write(
                        {"summary": "-"}
                    ),
                    lambda user=user: self.as_user(self.own_call, user).unlink(),
                    lambda user=user: self.as_user(
                        self.own_call, user
                    ).action_feedback(),
                )
        domain = [("res_model", "=", "res.partner"), ("res_id", "in", self.clients.ids)]
        self.assertFalse(self.activities(outsider).search(domain))
        self.assertFalse(self.activities(outsider).search_count(domain))
        # What is assigned to somebody, or is no call, he works on as ever.
        self.own_call.user_id = outsider
        self.assertEqual(self.activities(outsider).search(domain), self.own_call)
        self.as_user(self.own_call, outsider).action_feedback("ok")
        other = self.stranger.activity_schedule("mail.mail_activity_data_call")
        self.as_user(other, outsider).write({"summary": "ok"})

    def test_the_head_reads_calls_of_the_team(self):
        call = self.plan_call(self.client_team, self.colleague)
        domain = [("its_client_id", "in", self.clients.ids)]
        found = self.activities(self.head).search(domain)
        self.assertEqual(found, call)
        self.assertEqual(self.activities(self.head).search_count(domain), 1)
        self.assertEqual(found.read(["summary"])[0]["id"], call.id)
        self.assert_denied(
            self.head,
            lambda: self.as_user(call, self.head).write({"summary": "-"}),
            lambda: self.as_user(call, self.head).unlink(),
            lambda: self.as_user(self.own_call, self.head).read(["summary"]),
        )
        todo = self.env["mail.activity"].create(
            {"user_id": self.head.id, "summary": "Своё", "res_model_id": False}
        )
        self.assertIn(todo, self.activities(self.head).search([]))

    # -------------------------------------------------------------------------
    # The call desk
    # -------------------------------------------------------------------------

    def test_the_desk_is_closed_to_others(self):
        call = self.foreign_call.id
        for user in (self.client_manager, self.head, self.employee, self.portal):
            desk = self.env["its.call.desk"].with_user(user)
            self.assert_denied(
                user,
                partial(desk.open_call, call),
                partial(desk.keep_call, call),
                partial(desk.release_call, call),
                partial(desk.save_answers, call, {}),
                partial(desk.finish_call, call, "reached"),
                partial(desk.finish_call, call, "no_answer"),
                partial(desk.finish_call, call, "refused"),
                partial(desk.finish_call, call, "wrong_number"),
            )

    def test_closed_calls_do_not_come_back_by_the_context(self):
        self.own_call.action_archive()
        desk = self.env["its.call.desk"].with_user(self.client_manager)
        queue = desk.with_context(active_test=False).get_queue()
        self.assertEqual(queue["calls"], [])

    def test_the_deputy_of_a_quality_manager(self):
        """He may not see the clients of others, so he is not shown their calls."""
        self.quality_manager.write(
            {"its_deputy_id": self.client_manager.id, "its_absent_from": self.today(-1)}
        )
        self.foreign_call.user_id = self.quality_manager
        desk = self.env["its.call.desk"].with_user(self.client_manager)
        names = [call["client"] for call in desk.get_queue()["calls"]]
        self.assertEqual(names, [self.client_own.name])
        cadence = self.create_cadence(
            responsible="quality_manager", user_ids=self.quality_manager.ids
        )
        cadence._plan()
        calls = self.calls_of(self.client_colleague, cadence)
        self.assertNotEqual(calls.user_id, self.client_manager)

    def test_limits_of_the_queue(self):
        desk = self.env["its.call.desk"].with_user(self.client_manager)
        for limit in (None, -1, 0, 10**9):
            with self.subTest(limit):
                self.assertEqual(len(desk.get_queue(limit=limit)["calls"]), 1)

    def test_helpers_are_not_public(self):
        for name in (
            "_its_close",
            "_its_find_client",
            "_its_heads",
            "_its_interaction_values",
        ):
            with self.subTest(name), self.assertRaises(AccessError):
                get_public_method(self.env["mail.activity"], name)
        for name in ("_plan", "_cron_plan", "_plan_batch", "_escalate_overdue"):
            with self.subTest(name), self.assertRaises(AccessError):
                get_public_method(self.env["its.cadence"], name)

    def test_html_is_cleaned(self):
        """The desk shows the script and the note as they are."""
        cadence = self.create_cadence(script=EVIL)
        self.own_call.with_user(self.client_manager).note = EVIL
        cadence._plan()
        desk = self.env["its.call.desk"].with_user(self.client_manager)
        for call in (self.own_call, self.calls_of(self.client_own, cadence)):
            script = desk.open_call(call.id)["call"]["script"]
            with self.subTest(script):
                self.assertIn("Спросите", script)
                for evil in ("onclick", "<script", "onerror"):
                    self.assertNotIn(evil, script)
        cadence.with_context(lang="en_US").update_field_translations(
            "script", {"en_US": {"Спросите": "Ask<img src=x onerror=evil()>"}}
        )
        self.assertNotIn("onerror", cadence.script)

    # -------------------------------------------------------------------------
    # Talks and cards
    # -------------------------------------------------------------------------

    def test_talks_stay_with_their_client(self):
        talk = self.talk(self.client_own)
        foreign = self.talk(self.client_colleague)
        user = self.client_manager
        talks = self.env["its.interaction"].with_user(user)
        client = self.client_own.id
        self.assert_denied(
            user,
            lambda: talks.create({"partner_id": self.client_colleague.id}),
            lambda: talks.browse(talk.id).write(
                {"partner_id": self.client_colleague.id}
            ),
            lambda: talks.browse(talk.id).unlink(),
            lambda: talks.browse(foreign.id).read(["summary"]),
            lambda: talks.browse(foreign.id).write({"partner_id": client}),
            lambda: talks.create(
                {"partner_id": client, "activity_id": self.foreign_call.id}
            ),
        )
        abroad = self.env["its.cadence"].create(
            {"name": "Чужой регламент", "company_id": self.other_company.id}
        )
        with self.assertRaises(UserError):
            talks.create({"partner_id": client, "cadence_id": abroad.id})

    def test_last_and_next_contact_are_not_set_by_hand(self):
        talk = self.talk(self.client_own, -3)
        values = {
            "its_last_contact": "2020-01-01 00:00:00",
            "its_next_contact": "2020-01-01",
            "its_last_interaction_id": False,
        }
        client = self.as_user(self.client_own, self.client_manager)
        client.write(values)
        partners = client.with_context(
            **{f"default_{name}": value for name, value in values.items()}
        )
        new = partners.create({"name": "ООО «Новичок»", "its_client": True, **values})
        self.env.flush_all()
        self.env.invalidate_all()
        self.assertEqual(self.client_own.its_last_interaction_id, talk)
        self.assertEqual(self.client_own.its_last_contact, talk.date_start)
        self.assertEqual(self.client_own.its_next_contact, self.own_call.date_deadline)
        self.assertFalse(new.its_last_contact or new.its_next_contact)

    def test_what_people_say_of_themselves(self):
        user = self.as_user(self.client_manager, self.client_manager)
        user.write({"its_absent_from": "2027-01-01", "its_deputy_id": False})
        self.assert_denied(
            self.client_manager,
            lambda: user.write({"its_daily_calls": 1}),
            lambda: self.as_user(self.colleague, self.client_manager).write(
                {"its_deputy_id": self.client_manager.id}
            ),
            lambda: user.write({"its_deputy_id": self.portal.id}),
        )
        portal = self.as_user(self.portal, self.portal)
        with self.assertRaises(ValidationError):
            portal.write({"its_deputy_id": self.client_manager.id})

    # -------------------------------------------------------------------------
    # Others pay nothing
    # -------------------------------------------------------------------------

    def test_activities_of_other_models_cost_no_query_more(self):
        model = self.activities(self.administrator, mail_activity_quick_update=True)
        values = {
            "res_model_id": self.env["ir.model"]._get_id("its.team"),
            "res_id": self.team.id,
            "activity_type_id": self.env.ref("mail.mail_activity_data_call").id,
            "user_id": self.administrator.id,
        }

        def work():
            activities = model.create([dict(values) for _number in range(5)])
            for written in ({"summary": "Позвонить"}, {"date_deadline": self.today(3)}):
                self.env.flush_all()
                self.env.invalidate_all()
                activities.write(written)
            self.env.flush_all()

        counts = []
        for overrides in (nullcontext(), self.without_ours()):
            with self.undone(), overrides:
                work()
                before = self.env.cr.sql_log_count
                work()
                counts.append(self.env.cr.sql_log_count - before)
        self.assertEqual(*counts)

    def without_ours(self):
        """Activities as they are without our addon's overrides."""
        plain = api.model_create_multi(
            lambda records, vals: _plain(records).create(vals)
        )
        return patch.multiple(
            _ours(self.env),
            create=plain,
            write=lambda records, vals: _plain(records).write(vals),
            _check_access=lambda records, name: _plain(records)._check_access(name),
        )


def _ours(env):
    """The class of our overrides among those an activity is made of."""
    return next(
        cls
        for cls in type(env["mail.activity"]).__mro__
        if cls.__module__ == "odoo.addons.its_quality.models.call.mail_activity"
    )


def _plain(records):
    return super(_ours(records.env), records)
