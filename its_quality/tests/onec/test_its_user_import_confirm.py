from unittest.mock import patch

import psycopg2

from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.base.models.ir_mail_server import IrMail_Server

from .common import UserImportCase, person, ref_of

CONFIRM = "odoo.addons.its_quality.models.onec.users.its_user_import_confirm"
MANAGER = "its_quality.group_client_manager"


@tagged("post_install", "-at_install")
class TestItsUserImportConfirm(UserImportCase):
    """What confirming makes of the decisions."""

    def test_accounts(self):
        job = self.review(self.vera, self.yuri, self.jeanne)
        roles = (
            (self.vera, "client_manager"),
            (self.yuri, "head"),
            (self.jeanne, "none"),
        )
        for values, role in roles:
            self.line(job, values["name"]).role = role
        job.action_confirm()
        self.assertEqual((job.state, job.created_count), ("done", 3))
        vera, yuri, jeanne = map(self.user_of, (self.vera, self.yuri, self.jeanne))
        user_group = self.env.ref("base.group_user")
        self.assertEqual(vera.group_ids, user_group | self.env.ref(MANAGER))
        self.assertTrue(yuri.has_group("its_quality.group_head"))
        self.assertEqual(jeanne.group_ids, user_group)
        self.assertEqual(vera.login, "rybkina@example.com")
        self.assertEqual(
            (vera.phone, vera.function), ("+7 8332 00-00-11", "Специалист")
        )
        self.assertEqual(vera.company_ids, self.company)
        self.assertEqual(vera.create_uid, self.boss)
        self.env.cr.execute(
            "SELECT password FROM res_users WHERE id IN %s",
            [tuple((vera | yuri | jeanne).ids)],
        )
        self.assertEqual(self.env.cr.fetchall(), [(None,)] * 3)

    def test_what_is_undecided_waits(self):
        job = self.review(self.vera, self.yuri)
        self.line(job, "Щукин Юрий").role = "none"
        job.action_confirm()
        self.assertEqual(job.state, "checked")
        self.assertFalse(self.user_of(self.vera))
        self.assertTrue(self.user_of(self.yuri))
        with self.assertRaisesRegex(UserError, "already been processed"):
            self.line(job, "Щукин Юрий").role = "head"
        with self.assertRaisesRegex(UserError, "Nothing is decided"):
            job.action_confirm()
        self.line(job, self.vera["name"]).role = "client_manager"
        job.action_confirm()
        self.assertEqual((job.state, job.created_count), ("done", 2))

    def test_finishing_leaves_the_rest(self):
        job = self.review(self.vera)
        job.action_finish()
        self.assertEqual((job.state, job.line_ids.outcome), ("done", "skipped"))
        self.assertFalse(self.user_of(self.vera))
        with self.assertRaisesRegex(UserError, "already been confirmed"):
            job.action_confirm()

    def test_pressed_twice(self):
        job = self.brought(self.vera)
        with self.assertRaisesRegex(UserError, "already been confirmed"):
            job.action_confirm()
        self.assertEqual(len(self.user_of(self.vera)), 1)

    def test_two_reviews_of_one_list(self):
        jobs = [self.review(self.vera), self.review(self.vera)]
        for job in jobs:
            job.line_ids.role = "client_manager"
            job.action_confirm()
        self.assertEqual(len(self.user_of(self.vera)), 1)
        self.assertEqual(jobs[1].line_ids.outcome, "failed")
        self.assertIn("is taken", jobs[1].line_ids.outcome_message)
        self.assertEqual(jobs[1].state, "checked", "it can be mended")
        self.assertEqual(len(self.invite()), 1)

    def test_a_long_list(self):
        job = self.review(self.vera, self.yuri, self.jeanne)
        job.line_ids.role = "none"
        with patch(f"{CONFIRM}.AT_ONCE", 2):
            action = job.action_confirm()
            self.assertIn("The first 2 are done", action["params"]["message"])
            self.assertEqual((job.state, job.created_count), ("checked", 2))
            self.assertFalse(job.action_confirm())
        self.assertEqual((job.state, job.created_count), ("done", 3))

    def test_a_row_that_fails_is_told_and_the_others_go_on(self):
        self.create_user("taken", "base.group_user")
        job = self.review(self.vera, self.yuri, self.jeanne)
        job.line_ids.role = "client_manager"
        broken = self.line(job, "Щукин Юрий")
        broken.login = "TAKEN"
        job.action_confirm()
        self.assertEqual((job.created_count, job.failed_count), (2, 1))
        self.assertEqual(broken.outcome, "failed")
        self.assertEqual(job.state, "checked")
        broken.login = "schukin"
        job.action_confirm()
        self.assertEqual((job.created_count, job.failed_count), (3, 0))
        self.assertEqual(job.state, "done")
        self.assertFalse(broken.outcome_message)

    def test_an_error_of_the_database_or_of_the_server(self):
        errors = (
            (psycopg2.errors.UniqueViolation(), "just created"),
            (RuntimeError("?"), "server log"),
        )
        for error, words in errors:
            job = self.review(self.vera, self.yuri)
            job.line_ids.role = "none"
            create = type(self.env["res.users"]).create

            def fail(users, vals, error=error, create=create):
                if vals["name"] == "Щукин Юрий":
                    raise error
                return create(users, vals)

            logger = "odoo.addons.its_quality.models.onec.users.doing"
            with self.subTest(words), self.undone():
                with (
                    patch.object(type(self.env["res.users"]), "create", fail),
                    mute_logger(logger),
                ):
                    job.action_confirm()
                line = self.line(job, "Щукин Юрий")
                self.assertEqual(line.outcome, "failed")
                self.assertIn(words, line.outcome_message)
                self.assertTrue(self.user_of(self.vera))

    def test_a_report(self):
        self.brought({**self.yuri, "ref": ref_of("yuri")})
        job = self.review(self.vera, person("Кто-то", email=self.employee.email))
        self.line(job, "Кто-то").role = "head"
        self.line(job, self.vera["name"]).role = "none"
        job.archive_line_ids.confirmed = True
        job.action_confirm()
        self.assertIn(
            "Accounts created: 1; linked: 1, of which granted a role: 1; unchanged: 0; "
            "archived: 1; failed: 0.",
            job.message_ids[0].body,
        )
        self.assertEqual(job.message_ids[0].author_id, self.boss.partner_id)

    # -------------------------------------------------------------------------
    # People who are in Odoo
    # -------------------------------------------------------------------------

    def test_linked_people_stay_as_they_are(self):
        users = self.client_manager | self.employee | self.env.ref("base.user_admin")
        before = self.rights_of(users)
        job = self.review(
            person(
                "Иное имя", email=self.client_manager.email, phone="+7 8332 00-00-99"
            ),
            person("Другое", login=self.employee.login, position="Директор"),
            person("Третье", login="admin", email="new@example.com"),
        )
        self.assertEqual(set(job.line_ids.mapped("proposal")), {"link"})
        names = users.mapped("name")
        job.action_confirm()
        self.assertEqual((job.state, job.linked_count), ("done", 3))
        self.assertEqual(self.rights_of(users), before)
        self.assertEqual(users.mapped("name"), names)
        self.assertFalse(self.employee.function)
        self.assertFalse(self.invite())

    def test_a_role_is_given_only_where_it_is_chosen(self):
        job = self.review(person("Кто-то", email=self.employee.email))
        line = job.line_ids
        self.assertIn("Rights stay", line.effect)
        line.role = "quality_manager"
        self.assertIn("Role to be granted: Quality manager", line.effect)
        before = self.employee.group_ids
        job.action_confirm()
        self.assertEqual(
            self.employee.group_ids - before,
            self.env.ref("its_quality.group_quality_manager"),
        )

    def test_a_role_takes_nothing_away(self):
        for role in ("none", "client_manager", "head"):
            with self.subTest(role), self.undone():
                before = self.rights_of(self.administrator)
                job = self.review(person("Кто-то", email=self.administrator.email))
                job.line_ids.role = role
                self.assertIn("Rights stay", job.line_ids.effect)
                job.action_confirm()
                self.assertEqual(self.rights_of(self.administrator), before)

    def test_a_name_alone_has_to_be_confirmed(self):
        self.employee.name = "Соколов Антон"
        job = self.review(person("Соколов Антон"), self.vera)
        line = self.line(job, "Соколов Антон")
        self.line(job, self.vera["name"]).role = "none"
        job.action_confirm()
        self.assertFalse(line.outcome)
        links = self.env["its.user.link"].search([("user_id", "=", self.employee.id)])
        self.assertFalse(links)
        line.action_make_account()
        self.assertEqual((line.proposal, line.login), ("create", "sokolov.a"))
        line.role = "none"
        job.action_confirm()
        self.assertEqual(len(self.user_of({"name": "Соколов Антон"})), 2)

    def test_somebody_else_may_be_chosen(self):
        job = self.review(self.vera)
        job.line_ids.action_link()
        self.assertEqual(job.line_ids.proposal, "link")
        self.assertFalse(job.line_ids.is_decided)
        job.line_ids.user_id = self.employee
        self.assertTrue(job.line_ids.confirmed)
        self.assertEqual(job.line_ids.match, "chosen")
        job.action_confirm()
        self.assertEqual(job.line_ids.outcome, "linked")
        self.assertFalse(self.user_of(self.vera))
        self.assertEqual(self.review(self.vera).line_ids.user_id, self.employee)

    # -------------------------------------------------------------------------
    # Letters
    # -------------------------------------------------------------------------

    def test_one_letter_to_the_right_address(self):
        job = self.review(
            self.vera, self.jeanne, person("Кто-то", email=self.employee.email)
        )
        job.create_line_ids.role = "client_manager"
        with self.mock_mail_gateway():
            job.action_confirm()
        self.assertFalse(
            self._new_mails, "none before the account is there for certain"
        )
        line = self.line(job, self.vera["name"])
        self.assertEqual(line.invitation, "waiting")
        self.assertEqual(self.line(job, "Чайкина Жанна").invitation, "none")
        [letter] = self.invite()
        self.assertEqual(letter["To"], "rybkina@example.com")
        self.assertFalse(letter["Cc"])
        content = letter.get_body(("html",)).get_content()
        self.assertIn("/web/signup?", content, "where users set their password")
        self.assertIn("rybkina", content)
        self.assertIn(self.boss.name, letter["Subject"])
        self.assertEqual(line.invitation, "sent")
        self.assertFalse(self.invite(), "one letter and no more")
        with self.assertRaisesRegex(UserError, "is being sent or has been sent"):
            line.action_invite()

    def test_no_mail_server(self):
        def refuse(*_args, **_options):
            raise ConnectionRefusedError

        job = self.brought(self.vera, self.yuri)
        with (
            patch.object(IrMail_Server, "_connect__", refuse),
            mute_logger("odoo.addons.mail.models.mail_mail"),
        ):
            self.assertFalse(self.invite())
        self.assertEqual(job.created_count, 2)
        self.assertEqual(set(job.line_ids.mapped("invitation")), {"failed"})
        self.assertIn("mail server", job.line_ids[0].invitation_message)
        self.assertEqual(job.uninvited_count, 2)
        job.action_invite_again()
        self.assertEqual(len(self.invite()), 2)
        self.assertEqual(job.uninvited_count, 0)

    def test_a_worker_that_was_killed(self):
        job = self.brought(self.vera)
        job.line_ids.sudo().invitation = "sending"
        self.assertFalse(self.invite(), "it may have gone")
        self.assertEqual(job.line_ids.invitation, "unknown")
        job.line_ids.action_invite()
        self.assertEqual(len(self.invite()), 1)

    def test_accounts_that_are_gone_before_the_letter(self):
        job = self.brought(self.vera, self.yuri)
        with self.assertRaisesRegex(UserError, "are still being sent"):
            job.unlink()
        self.user_of(self.vera).active = False
        self.user_of(self.yuri).unlink()
        self.assertFalse(self.invite())
        self.assertEqual(set(job.line_ids.mapped("invitation")), {"none"})
        job.unlink()

    def test_who_needs_no_letter(self):
        job = self.brought(self.vera, self.jeanne, person("Он", email=self.head.email))
        linked, jeanne = self.line(job, "Он"), self.line(job, "Чайкина Жанна")
        for line in (linked, jeanne):
            with self.assertRaises(UserError):
                line.action_invite()
        self.user_of(self.jeanne).email = "chaikina@example.com"
        jeanne.action_invite()
        self.assertEqual(len(self.invite()), 2)

    # -------------------------------------------------------------------------
    # People who are gone
    # -------------------------------------------------------------------------

    def leaving(self, successor=None):
        """Somebody with a client, a call and a claim, whom the list names no more.

        :return: the user, their client, call and claim, and the import
        """
        ref = {"ref": ref_of("yuri")}
        self.brought(self.vera, {**self.yuri, **ref})
        user = self.user_of(self.yuri)
        client = self.create_client("ООО «Осока»", user=user)
        call = self.plan_call(client, user)
        claim = self.env["its.claim"].create(
            {"subject": "Акт", "partner_id": client.id, "team_id": self.team.id}
        )
        self.env.flush_all()
        claim.action_dispatch()
        claim.user_id = user
        claim.action_assign()
        job = self.review(self.vera)
        if successor:
            job.archive_line_ids.successor_id = successor
        return user, client, call, claim, job

    def test_clients_calls_and_claims_are_handed_over(self):
        user, client, call, claim, job = self.leaving(self.colleague)
        line = job.archive_line_ids
        self.assertEqual(
            (line.client_count, line.call_count, line.claim_count), (1, 1, 1)
        )
        job.action_confirm()
        self.assertTrue(user.active, "without a tick nobody is archived")
        line.confirmed = True
        job.action_confirm()
        self.assertEqual(line.outcome, "archived")
        self.assertIn("clients 1, calls 1, claims 1", line.outcome_message)
        self.assertFalse(user.active)
        self.assertEqual(client.user_id, self.colleague)
        self.assertEqual(client.child_ids.user_id, self.colleague)
        self.assertEqual(call.user_id, self.colleague)
        self.assertEqual(claim.user_id, self.colleague)
        self.assertEqual(claim.next_user_id, self.colleague)

    def test_nobody_to_take_over(self):
        user, client, _call, _claim, job = self.leaving()
        job.archive_line_ids.confirmed = True
        self.assertIn("Choose who takes over", job.archive_line_ids.effect)
        job.action_confirm()
        self.assertEqual(job.archive_line_ids.outcome, "failed")
        self.assertIn(
            "no deputy to take them over", job.archive_line_ids.outcome_message
        )
        self.assertTrue(user.active)
        self.assertEqual(client.user_id, user)
        job.archive_line_ids.successor_id = self.colleague
        job.action_confirm()
        self.assertFalse(user.active)
        self.assertEqual(client.user_id, self.colleague)

    def test_the_deputy_is_proposed(self):
        self.brought(self.vera, {**self.yuri, "ref": ref_of("yuri")})
        self.user_of(self.yuri).its_deputy_id = self.colleague
        job = self.review(self.vera)
        self.assertEqual(job.archive_line_ids.successor_id, self.colleague)

    def test_two_who_leave_take_nothing_over_from_each_other(self):
        people = (self.vera, self.yuri, self.jeanne)
        self.brought(*people)
        vera, yuri = self.user_of(self.vera), self.user_of(self.yuri)
        job = self.review(self.jeanne)
        job.whole_list = True
        job.archive_line_ids.confirmed = True
        lines = {line.user_id: line for line in job.archive_line_ids}
        lines[vera].successor_id, lines[yuri].successor_id = yuri, vera
        job.action_confirm()
        self.assertEqual({line.outcome for line in lines.values()}, {"failed"})
        self.assertTrue(vera.active and yuri.active)

    def test_who_may_not_take_over(self):
        *_rest, job = self.leaving()
        line = job.archive_line_ids
        for user in (line.user_id, self.employee, self.portal):
            with self.assertRaisesRegex(UserError, "cannot take over"):
                line.successor_id = user

    def test_much_may_have_happened_since_the_review(self):
        user, *_rest, job = self.leaving(self.colleague)
        line = job.archive_line_ids
        line.confirmed = True
        other = self.source.copy({"name": "Другая база"})
        self.review(self.yuri, source=other).action_confirm()
        job.action_confirm()
        self.assertEqual(line.outcome, "failed")
        self.assertIn("Другая база", line.outcome_message)
        self.assertTrue(user.active)

    def test_nobody_archives_himself_whoever_has_made_the_review(self):
        job = self.review(person("Я", email=self.boss.email), self.vera)
        job.create_line_ids.role = "none"
        job.action_confirm()
        job = self.review(self.vera, user=self.administrator)
        line = job.archive_line_ids
        self.assertEqual(line.user_id, self.boss)
        line.confirmed = True
        job.with_user(self.boss).action_confirm()
        self.assertEqual(line.outcome, "failed")
        self.assertIn("You cannot archive yourself", line.outcome_message)
        self.assertTrue(self.boss.active)

    def test_somebody_who_stays_by_decision(self):
        user, *_rest, job = self.leaving()
        line = job.archive_line_ids
        line.action_leave_out()
        self.assertEqual((line.proposal, self.issues(line)), ("skip", ["stays"]))
        for way in (line.action_make_account, line.action_link):
            with self.assertRaises(UserError):
                way()
        job.action_confirm()
        self.assertTrue(user.active)
        self.assertEqual(job.state, "done")
