from odoo import models

from . import bounces


class MailMail(models.Model):
    """A letter that the mail server refuses at once is as good as one that comes
    back."""

    _inherit = "mail.mail"

    def _postprocess_sent_message(
        self, success_pids, success_emails, failure_reason=False, failure_type=None
    ):
        if failure_type == "mail_email_invalid":
            for mail in self.sudo().filtered(lambda mail: mail.model == "its.claim"):
                if mail.email_to and mail.email_to not in success_emails:
                    claim = self.env["its.claim"].browse(mail.res_id).exists()
                    bounces.keep(claim, mail.email_to)
        return super()._postprocess_sent_message(
            success_pids,
            success_emails,
            failure_reason=failure_reason,
            failure_type=failure_type,
        )
