from markupsafe import Markup, escape

from odoo import models

from ..base.ir_attachment import FileNotSaved


class ItsClaim(models.Model):
    """A letter is not lost with its files: where the file store does not take them, it is
    kept without, and says so."""

    _inherit = "its.claim"

    def _process_attachments_for_post(
        self, attachments, attachment_ids, message_values
    ):
        if not attachments:
            return super()._process_attachments_for_post(
                attachments, attachment_ids, message_values
            )
        try:
            with self.env.cr.savepoint():
                return super()._process_attachments_for_post(
                    attachments, attachment_ids, message_values
                )
        except FileNotSaved as refused:
            if message_values.get("message_type") != "email":
                raise
            values = super()._process_attachments_for_post(
                [], attachment_ids, message_values
            )
            names = ", ".join(str(attachment[0]) for attachment in attachments)
            values["body"] = Markup("%s<p>%s %s</p>") % (
                escape(values.get("body") or message_values.get("body") or ""),
                refused.args[0],
                names,
            )
            return values
