from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common import OnecCase


@tagged("post_install", "-at_install")
class TestItsOnecUsers(OnecCase):
    """The users of an information base, from itself to their review."""

    def setUp(self):
        super().setUp()
        self.ask_once()

    def review(self):
        action = self.connection.action_read_users()
        return self.connection.env["its.user.import"].browse(action["res_id"])

    def test_users_of_the_base_are_reviewed(self):
        job = self.review()
        self.assertEqual(job.source_id, self.connection.source_id)
        # Anna is in Odoo by this name: that is only proposed.
        proposals = {line.name: line.proposal for line in job.line_ids}
        self.assertEqual(proposals["Проверкина Анна Ивановна"], "link")
        (line,) = job.line_ids.filtered(lambda line: line.user_id == self.manager)
        self.assertFalse(line.confirmed)

    def test_who_is_gone_is_proposed_for_archiving(self):
        job = self.review()
        line = job.line_ids.filtered(lambda line: line.user_id == self.manager)
        line.action_tick()
        job.action_confirm()
        self.assertEqual(line.outcome, "linked")
        self.fake.base.change(self.bases.USERS, 0, Недействителен=True)
        line = self.review().line_ids.filtered(lambda x: x.user_id == self.manager)
        self.assertEqual((line.proposal, line.confirmed), ("archive", False))

    def test_nothing_of_passwords_is_asked_for(self):
        self.review()
        asked = " ".join(self.fake.requests)
        self.assertIn("$select=Ref_Key,Description", asked)
        self.assertNotIn("ИдентификаторПользователяИБ", asked)

    def test_a_catalogue_that_is_not_published_is_told(self):
        self.fake.published.discard(self.bases.USERS)
        with self.assertRaises(UserError) as refused:
            self.review()
        self.assertIn("Пользователи", str(refused.exception))
        self.assertFalse(
            self.env["its.user.import"].search(
                [("source_id", "=", self.connection.source_id.id)]
            )
        )

    def test_others_may_not(self):
        for user in (self.manager, self.env.ref("base.public_user")):
            with self.subTest(user.login), self.assertRaises(AccessError):
                self.connection.with_user(user).action_read_users()
