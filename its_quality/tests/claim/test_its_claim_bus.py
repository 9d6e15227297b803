from odoo.tests import tagged

from .common import ClaimCase


@tagged("post_install", "-at_install")
class TestClaimTodoOnPages(ClaimCase):
    """The count of to-dos in the corner of a page follows the claims."""

    def told(self):
        self.env.cr.precommit.run()
        messages = self.env["bus.bus"].sudo().search([])
        return messages.filtered(
            lambda message: "mail.activity/updated" in message.message
        )

    def test_whoever_has_a_page_open_is_told(self):
        # Odoo tells of what is due by the day of UTC.
        self.company.resource_calendar_id.tz = "UTC"
        presences = self.env["mail.presence"].sudo()
        presences.search([("user_id", "=", self.quality_manager.id)]).unlink()
        presence = presences.create({"user_id": self.quality_manager.id})
        for status, told in (("online", 1), ("away", 1), ("offline", 0), (None, 0)):
            with self.subTest(status):
                if status:
                    presence.status = status
                else:
                    presence.unlink()
                before = self.told()
                claim = self.create_claim()
                self.assertEqual(claim.next_user_id, self.quality_manager)
                self.assertEqual(len(self.told() - before), told)
