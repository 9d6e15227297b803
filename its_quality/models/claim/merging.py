from odoo import models
from odoo.exceptions import UserError


class ItsClaim(models.Model):
    """Two claims about one thing become one; the other keeps its movements."""

    _inherit = "its.claim"

    def action_merge(self):
        """End this claim, since work goes on in the one it is a duplicate of.

        Words and files go over to that one.
        """
        for claim in self:
            main = claim.duplicate_of_id
            claim.check_access("write")
            if not main:
                raise UserError(
                    self.env._(
                        "%(claim)s: choose first which claim it is a duplicate of.",
                        claim=claim.name,
                    )
                )
            main.check_access("read")
            way = "reject" if claim.state == "registered" else "merge"
            claim._go(way, self.env._("Duplicate of %(claim)s.", claim=main.name))
            claim.sudo()._hand_words_to(main.sudo())

    def _goes_on_in(self):
        """The claim in which work on this one goes on: what it was merged into, if that
        is of the same client, for whom alone his words are."""
        main = self
        while main.state == "rejected" and main.duplicate_of_id:
            main = main.duplicate_of_id
        return main if main.partner_id == self.partner_id else self

    def _hand_words_to(self, main):
        """Put what the client said and sent into another claim, as an internal note."""
        self.ensure_one()
        files = self.env["ir.attachment"].search(
            [
                ("res_model", "=", self._name),
                ("res_id", "=", self.id),
                ("res_field", "=", False),
            ]
        )
        copies = self.env["ir.attachment"].browse(
            [
                file.copy({"res_model": main._name, "res_id": main.id}).id
                for file in files
            ]
        )
        main.message_post(
            body=self.env._(
                "%(claim)s was merged into this one: %(words)s",
                claim=self.display_name,
                words=self.description or "–",
            ),
            attachment_ids=copies.ids,
            subtype_xmlid="mail.mt_note",
        )
