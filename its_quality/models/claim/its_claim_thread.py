from markupsafe import Markup

from odoo import api, fields, models
from odoo.tools import formataddr

from ...tools.security_log import log_refusal
from .rules import ENDED


class ItsClaim(models.Model):
    """The thread on the client's page: what he reads there, and who writes in it under
    which name."""

    _inherit = "its.claim"

    # That a letter went to him the client knows.
    website_message_ids = fields.One2many(
        domain=lambda self: [
            ("model", "=", self._name),
            ("message_type", "in", ("comment", "email", "email_outgoing")),
        ],
    )

    @api.model
    def _get_thread_with_access(
        self,
        thread_id,
        *,
        hash=None,
        pid=None,
        token=None,
        **kwargs,
    ):
        # By a login with rights of his own, neither by a token nor by a signature.
        thread = super()._get_thread_with_access(thread_id, **kwargs)
        user = self.env.user
        writes = kwargs.get("mode", "read") != "read"
        claim = self.sudo().browse(thread_id).exists()
        if thread and (not user.share or not writes or claim._hears_client()):
            return thread
        token = str(token or "")
        # Odoo compares with whatever was sent.
        if not claim or not token.isascii() or not str(hash or "").isascii():
            return self.browse()
        if claim.filtered_domain(self._domain_of_client()):
            return claim if not writes or claim._hears_client() else self.browse()
        if claim._lets_link_in(token) and (user.share or not writes):
            return claim
        if token:
            log_refusal("bad_token", model=self._name, record=claim.id)
        return self.browse()

    def _hears_client(self):
        """Whether anybody reads what the client writes into the thread now."""
        return self.state not in ENDED or (
            self.state == "closed" and self._may_be_reopened()
        )

    def message_post(self, *, email_from=None, author_id=None, **kwargs):
        user = self.env.user
        if user._is_public() and not author_id and not email_from:
            # With the link of a claim whose sender is nobody we know.
            author_id, email_from = False, self.sudo()._sender_formatted()
        return super().message_post(
            email_from=email_from, author_id=author_id, **kwargs
        )

    def _sender_formatted(self):
        """Name and address that the claim came with; nothing without an address."""
        address = self.email_from
        return address and formataddr((self.sender_name or address, address))

    def _leave_words_of_client(self, words):
        """Put into the thread what the client said with his verdict, so that he and
        the staff find it there later; nobody is notified once more.

        :param words: plain text, maybe none
        """
        self.ensure_one()
        if not words:
            return
        user = self.env.user
        person = self.contact_id or self.partner_id
        if user._is_portal():
            person = user.partner_id
        body = Markup("<p>%s</p>") % words
        self.env["mail.message"].sudo().create(
            {
                "model": self._name,
                "res_id": self.id,
                "body": body.replace("\n", Markup("<br/>")),
                "message_type": "comment",
                "subtype_id": self.env.ref("mail.mt_comment").id,
                "author_id": person.id,
                "email_from": person.email_formatted or self._sender_formatted(),
            }
        )
