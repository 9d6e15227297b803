from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import tagged

from .common import UserImportCase, person, ref_of


@tagged("post_install", "-at_install")
class TestItsUserImportSecurity(UserImportCase):
    """Attacks by RPC: nobody gets rights, accounts or data by way of a list."""

    def accounts(self):
        return self.env["res.users"].with_context(active_test=False).search_count([])

    def test_other_roles(self):
        job = self.review(self.vera)
        line = job.line_ids
        for role in ("client_manager", "quality_manager", "head", "employee", "portal"):
            user = self[role]
            as_user = {"job": job.with_user(user), "line": line.with_user(user)}
            attempts = [
                lambda a=as_user: a["job"].read(["state"]),
                lambda a=as_user: a["line"].read(["email"]),
                lambda a=as_user: a["line"].write({"role": "head"}),
                lambda a=as_user: a["job"].action_confirm(),
                lambda a=as_user: a["job"].action_finish(),
                lambda a=as_user: a["job"].action_check(),
                lambda a=as_user: a["job"].action_invite_again(),
                lambda a=as_user: a["line"].action_set_role(),
                lambda a=as_user: a["line"].action_leave_out(),
                lambda a=as_user: a["line"].action_link(),
                lambda a=as_user: a["line"].action_make_account(),
                lambda a=as_user: a["line"].action_invite(),
                lambda a=as_user: a["job"].create({"source_id": self.source.id}),
                lambda a=as_user: (
                    self.env["its.user.link"].with_user(a["job"].env.uid).search([])
                ),
            ]
            for number, attempt in enumerate(attempts):
                with (
                    self.subTest(role=role, attempt=number),
                    self.undone(),
                    self.assertRaises(AccessError),
                ):
                    attempt()

    def __getitem__(self, name):
        return getattr(self, name)

    def test_an_administrator_who_may_not_manage_users(self):
        """They prepare everything; somebody else has to press the button."""
        job = self.review(
            self.vera,
            person("Кто-то", email=self.employee.email),
            user=self.administrator,
        )
        before = self.accounts()
        vera, known = self.line(job, self.vera["name"]), self.line(job, "Кто-то")
        vera.role = "client_manager"
        with self.assertRaises(UserError) as refusal:
            job.action_confirm()
        self.assertIn(self.boss.name, str(refusal.exception))
        vera.action_leave_out()
        known.role = "client_manager"
        with self.assertRaisesRegex(UserError, "manage Odoo users"):
            job.action_confirm()
        self.assertEqual(self.accounts(), before)
        known.role = False
        job.action_confirm()
        self.assertEqual(known.outcome, "linked", "which gives nobody anything")
        self.assertFalse(self.employee.has_group("its_quality.group_client_manager"))

    def test_an_administrator_who_may_not_manage_users_archives_nobody(self):
        self.brought(self.vera, {**self.yuri, "ref": ref_of("yuri")})
        job = self.review(self.vera, user=self.administrator)
        job.archive_line_ids.confirmed = True
        with self.assertRaisesRegex(UserError, "manage Odoo users"):
            job.action_confirm()
        self.assertTrue(self.user_of(self.yuri).active)

    def test_somebody_else_confirms_what_was_prepared(self):
        job = self.review(self.vera, user=self.administrator)
        job.line_ids.role = "client_manager"
        job.with_user(self.boss).action_confirm()
        self.assertEqual(self.user_of(self.vera).create_uid, self.boss)
        self.assertEqual(len(self.invite()), 1)

    def test_letters_again_need_the_same_right(self):
        job = self.brought(self.vera)
        job.line_ids.sudo().invitation = "failed"
        for call in (
            job.with_user(self.administrator).action_invite_again,
            job.line_ids.with_user(self.administrator).action_invite,
        ):
            with self.assertRaisesRegex(UserError, "manage Odoo users"):
                call()

    def test_whoever_lost_the_right_sends_no_letters(self):
        job = self.brought(self.vera)
        self.boss.group_ids -= self.env.ref("base.group_erp_manager")
        self.assertFalse(self.invite())
        self.assertEqual(job.line_ids.invitation, "failed")

    # -------------------------------------------------------------------------
    # Values smuggled in
    # -------------------------------------------------------------------------

    def test_fields_of_a_row_that_nobody_writes(self):
        job = self.review(self.vera, person("Кто-то", email=self.employee.email))
        other = self.review(self.yuri)
        values = {
            "proposal": "archive",
            "outcome": "created",
            "match": "known",
            "invitation": "waiting",
            "issues": [],
            "data": {"ref": ref_of("x")},
            "import_id": other.id,
            "company_id": self.other_company.id,
            "row": 7,
            "phone": "1",
            "outcome_message": "x",
        }
        for line in job.line_ids:
            for name, value in values.items():
                with self.subTest(name), self.undone():
                    with self.assertRaises(AccessError):
                        line.write({name: value})
                    with self.assertRaises(AccessError):
                        line.web_save({name: value}, {})
        with self.assertRaises(AccessError):
            job.write(
                {"line_ids": [Command.create({"name": "x", "proposal": "create"})]}
            )
        with self.assertRaises(AccessError):
            job.write({"line_ids": [Command.delete(job.line_ids[0].id)]})

    def test_fields_of_an_import_that_nobody_writes(self):
        job = self.review(self.vera)
        for name, value in {
            "state": "draft",
            "known_count": 0,
            "found": "x",
            "company_id": self.other_company.id,
            "create_uid": self.administrator.id,
        }.items():
            with self.subTest(name), self.undone(), self.assertRaises(AccessError):
                job.write({name: value})
        with self.assertRaises(AccessError):
            job.create({"source_id": self.source.id, "state": "checked"})
        with self.assertRaisesRegex(UserError, "already has a file"):
            job.write({"file": self.file_of(self.yuri)})

    def test_no_role_administers_anything(self):
        line = self.review(self.vera).line_ids
        for role in ("administrator", "its_quality.group_administrator", "system", "1"):
            with self.subTest(role), self.assertRaises(ValueError):
                line.write({"role": role})
            with self.subTest(role), self.assertRaises(ValueError):
                line.with_context(its_role=role).action_set_role()

    def test_only_employees_of_the_company_can_be_chosen(self):
        abroad = self.create_user(
            "its_abroad",
            "base.group_user",
            company_id=self.other_company.id,
            company_ids=[Command.set(self.other_company.ids)],
        )
        line = self.review(self.vera).line_ids
        with self.assertRaises(AccessError):
            line.user_id = self.employee
        line.action_link()
        for user in (
            self.portal,
            abroad,
            self.env.ref("base.user_root"),
            self.env.ref("base.public_user"),
            self.env.ref("base.template_portal_user_id"),
        ):
            with (
                self.subTest(user.login),
                self.undone(),
                self.assertRaisesRegex(UserError, "cannot be changed here"),
            ):
                line.user_id = user

    def test_nobody_is_put_in_the_place_of_whoever_is_archived(self):
        self.brought(self.vera, {**self.yuri, "ref": ref_of("yuri")})
        line = self.review(self.vera).archive_line_ids
        for name, value in {
            "user_id": self.env.ref("base.user_admin").id,
            "name": "Другой",
            "login": "x",
            "role": "head",
        }.items():
            with self.subTest(name), self.undone(), self.assertRaises(AccessError):
                line.write({name: value})

    def test_an_administrator_of_odoo_is_archived_by_another_only(self):
        job = self.review(person("Админ", email=self.administrator.email), self.vera)
        job.create_line_ids.role = "none"
        job.action_confirm()
        self.administrator.group_ids += self.env.ref("base.group_system")
        job = self.review(self.vera)
        line = job.archive_line_ids
        line.confirmed = True
        job.action_confirm()
        self.assertEqual(line.outcome, "failed")
        self.assertIn("is an administrator of Odoo itself", line.outcome_message)
        self.assertTrue(self.administrator.active)
        self.boss.group_ids += self.env.ref("base.group_system")
        job.action_confirm()
        self.assertFalse(self.administrator.active)

    def test_two_administrators_do_not_both_go(self):
        """The first archived makes the second the last."""
        group = self.env.ref("its_quality.group_administrator")
        for user in group.all_user_ids - self.administrator - self.boss:
            user.group_ids -= group
        root = self.env.ref("base.user_root")
        self.boss.group_ids += self.env.ref("base.group_system")
        job = self.review(person("Админ", email=self.administrator.email), self.vera)
        job.create_line_ids.role = "none"
        job.action_confirm()
        job = self.review(self.vera)
        line = job.archive_line_ids
        line.confirmed = True
        self.boss.group_ids = self.env.ref("base.group_system")
        job.with_user(root).sudo().action_confirm()
        self.assertEqual(line.outcome, "failed")
        self.assertTrue(self.administrator.active)

    def test_defaults_of_the_browser_do_not_get_into_accounts(self):
        system = self.env.ref("base.group_system")
        job = self.review(self.vera)
        job.line_ids.role = "client_manager"
        job.with_context(
            default_group_ids=system.ids,
            default_password="secret",
            default_new_password="secret",
            default_company_id=self.other_company.id,
            default_company_ids=self.other_company.ids,
            default_active=False,
            install_mode=True,
            create_user=True,
        ).action_confirm()
        user = self.user_of(self.vera)
        self.assertTrue(user.active)
        self.assertNotIn(system, user.all_group_ids)
        self.assertEqual(user.company_ids, self.company)
        self.env.cr.execute("SELECT password FROM res_users WHERE id = %s", [user.id])
        self.assertEqual(self.env.cr.fetchall(), [(None,)])
        self.assertEqual(len(self.invite()), 1)

    # -------------------------------------------------------------------------
    # Companies
    # -------------------------------------------------------------------------

    def test_imports_of_another_company(self):
        source = self.env["its.import.source"].create(
            {"name": "Чужая", "company_id": self.other_company.id}
        )
        job = self.env["its.user.import"].create(
            {"source_id": source.id, "file": self.file_of(self.vera)}
        )
        job.action_check()
        found = self.as_user(job, self.boss)
        for attempt in (
            lambda: found.read(["state"]),
            lambda: found.line_ids.with_user(self.boss).browse(job.line_ids.ids).read(),
            lambda: found.browse(job.id).action_confirm(),
            lambda: found.browse(job.id).action_finish(),
            lambda: self.as_user(job.line_ids, self.boss).write({"role": "head"}),
            lambda: self.as_user(job.line_ids, self.boss).action_leave_out(),
            lambda: (
                self.env["its.user.import"]
                .with_user(self.boss)
                .create({"source_id": source.id, "file": self.file_of(self.vera)})
            ),
        ):
            with self.undone(), self.assertRaises(AccessError):
                attempt()
                self.env.flush_all()
        mine = self.review(self.vera)
        with self.assertRaises(AccessError):
            mine.source_id = source

    def test_whoever_works_in_a_company_of_others_is_not_archived(self):
        job = self.review(person("Он", email=self.employee.email), self.vera)
        job.create_line_ids.role = "none"
        job.action_confirm()
        self.employee.company_ids += self.other_company
        job = self.review(self.vera)
        self.assertFalse(job.archive_line_ids)
        self.assertEqual(self.issues(self.line(job, "Он")), ["other_company"])
        self.boss.company_ids += self.other_company
        self.assertTrue(self.review(self.vera).archive_line_ids)

    def test_links_are_not_for_others_to_see(self):
        source = self.env["its.import.source"].create(
            {"name": "Чужая", "company_id": self.other_company.id}
        )
        self.env["its.user.link"].create(
            {"source_id": source.id, "user_id": self.employee.id, "name": "Секретов"}
        )
        links = self.env["its.user.link"].with_user(self.boss)
        self.assertFalse(links.search([("name", "=", "Секретов")]))
        with self.assertRaises(AccessError):
            links.create({"source_id": self.source.id, "user_id": self.head.id})
