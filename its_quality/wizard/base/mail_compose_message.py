from odoo import models

from ...models.base.mail_words import is_ours


class MailComposeMessage(models.TransientModel):
    _inherit = "mail.compose.message"

    def _prepare_mail_values(self, res_ids):
        """Letters to many are written as the superuser: in the user's name all the
        same."""
        prepared = super()._prepare_mail_values(res_ids)
        for res_id, values in prepared.items():
            if not is_ours(self.env, self.model, res_id):
                continue
            own = self.env[self.model].browse(res_id)._its_in_own_words(values)
            if own != values:
                own["email_from"] = own["email_from"] or self.env.user.email_formatted
                values.clear()
                values.update(own)
        return prepared
