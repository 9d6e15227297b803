from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from odoo.addons.mail.tests.common import MailCase

from .common import SurveyCase


@tagged("post_install", "-at_install")
class TestSurveySending(SurveyCase, MailCase):
    """A questionnaire that is sent to many clients: who gets it, and who does not."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        for number, client in enumerate(cls.clients):
            client.email = f"client{number}@example.com"

    def dialog(self, user=None, **values):
        self.env.invalidate_all()
        dialogs = self.env["its.survey.send"].with_user(user or self.quality_manager)
        ids = self.clients.ids
        return dialogs.create(
            {
                "survey_id": self.survey.id,
                "clients": f"[('id', 'in', {ids})]",
                **values,
            }
        )

    def send_all(self):
        with self.mock_mail_gateway(), self.enter_registry_test_mode():
            self.env.ref(
                "its_quality.ir_cron_send_questionnaires"
            ).method_direct_trigger()
        return self._new_mails

    def test_who_gets_it(self):
        """A table: what is in the way of one of four clients."""
        one = self.client_colleague
        rows = (
            (lambda: None, ""),
            (lambda: one.write({"email": False}), "no e-mail"),
            (lambda: one.write({"its_mail_consent": "refused"}), "want no e-mails"),
            (
                lambda: self.env["mail.blacklist"]._add("client2@example.com"),
                "have unsubscribed",
            ),
            (
                lambda: self.env["survey.user_input"].create(
                    {
                        "survey_id": self.survey.id,
                        "its_client_id": one.id,
                        "company_id": self.company.id,
                    }
                ),
                "asked lately",
            ),
        )
        for hinder, words in rows:
            with self.subTest(words), self.undone():
                hinder()
                dialog = self.dialog()
                self.assertEqual(dialog.ready_count, 3 + (not words))
                self.assertIn(words, dialog.left_out or "")
        dialog = self.dialog(self.client_manager)
        # The role opens two of them, and of others nothing is told.
        self.assertEqual((dialog.ready_count, dialog.left_out or ""), (2, ""))

    def test_sent_once(self):
        dialog = self.dialog()
        dialog.action_send()
        letters = self.send_all()
        self.assertEqual(len(letters), 4)
        sent = self.survey.user_input_ids
        self.assertEqual(set(sent.mapped("its_sent_on")), {self.today()})
        self.assertFalse(any(sent.mapped("its_to_send")))
        self.assertFalse(self.send_all())
        again = self.dialog()
        self.assertEqual(again.ready_count, 0)
        with self.assertRaisesRegex(UserError, "Nobody gets the letter"):
            again.action_send()
        self.assertEqual(self.dialog(again=True).ready_count, 4)

    def test_who_wants_none_in_the_meantime(self):
        self.dialog().action_send()
        self.client_team.its_mail_consent = "refused"
        self.assertEqual(len(self.send_all()), 3)

    def test_who_may_send(self):
        for user in (self.head, self.employee, self.portal):
            with self.subTest(user.login), self.assertRaises(AccessError):
                self.dialog(user)
        with self.assertRaisesRegex(UserError, "cannot be read"):
            self.dialog(clients="os.system('x')").action_send()
