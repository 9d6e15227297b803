from odoo import SUPERUSER_ID, api, models
from odoo.exceptions import UserError
from odoo.tools import consteq, html2plaintext

# The ladder the client sees, of states.
STEPS = (
    ("registered", "dispatched"),
    ("in_progress", "verification"),
    ("follow_up",),
    ("closed",),
)


class ItsClaim(models.Model):
    """The page on which the client follows his claim. Whoever has its link speaks for
    the client, so nobody who does the work gets one."""

    _inherit = "its.claim"

    @api.model
    def _of_client(self, claim_id, token=None):
        """A claim as its client may open it: with the link of the claim, or logged in as
        somebody of the firm. There is no access of the portal to the model itself: every
        field that is not meant for clients would have to be closed one by one.

        :param claim_id: its id, whatever a stranger may have guessed
        :param token: of the link
        :return: the claim, as the superuser; nothing where he may not see it
        """
        claim = self.sudo().browse(claim_id).exists()
        if token and claim.access_token and consteq(claim.access_token, token):
            return claim
        user = self.env.user
        firm = user.partner_id.commercial_partner_id
        if claim and user._is_portal() and firm and firm == claim.partner_id:
            return claim
        return claim.browse()

    @api.model
    def _domain_of_client(self):
        """The claims that a user of the portal finds in his list."""
        firm = self.env.user.partner_id.commercial_partner_id
        return [("partner_id", "=", firm.id)]

    def _client_status(self):
        """Where the claim is, in words for the client.

        :return: a phrase, and the colour of Bootstrap for it
        """
        self.ensure_one()
        if self.state == "rejected" and self.duplicate_of_id:
            return self.env._("Merged"), "secondary"
        if self.waiting_since:
            return self.env._("We wait for your answer"), "warning"
        return {
            "registered": (self.env._("Received"), "info"),
            "dispatched": (self.env._("Received"), "info"),
            "in_progress": (self.env._("We are working on it"), "primary"),
            "verification": (self.env._("We are working on it"), "primary"),
            "follow_up": (self.env._("Please check"), "warning"),
            "closed": (self.env._("Settled"), "success"),
            "rejected": (self.env._("Declined"), "secondary"),
        }[self.state]

    def _client_steps(self):
        """The ladder of the page: titles, and whether each has been reached."""
        self.ensure_one()
        titles = (
            self.env._("Received"),
            self.env._("In work"),
            self.env._("Your word"),
            self.env._("Settled"),
        )
        reached = next(
            (n for n, states in enumerate(STEPS) if self.state in states), -1
        )
        return [(title, n <= reached) for n, title in enumerate(titles)]

    def _client_comes_back(self, words):
        """Open a closed claim again, as its client says that it is not settled.

        The caller has made sure that it is the client.

        :param words: what he says
        :raises UserError: where it is too late, or he says nothing
        """
        self.ensure_one()
        if not (words or "").strip():
            raise UserError(self.env._("Please write what is not in order."))
        if self.state != "closed" or not self._may_be_reopened():
            raise UserError(
                self.env._(
                    "This cannot be opened again any more. Please send a new message; "
                    "name the number %(number)s in it.",
                    number=self.name,
                )
            )
        self.with_user(SUPERUSER_ID)._go("reopen_closed", words.strip())

    def _message_post_after_hook(self, message, msg_vals):
        result = super()._message_post_after_hook(message, msg_vals)
        # Letters are seen to by the gateway.
        if message.message_type == "comment" and not message.subtype_id.internal:
            author = message.author_id
            staff = any(not user.share for user in author.user_ids)
            if author and not staff and author != self.env.ref("base.partner_root"):
                self._client_has_written(html2plaintext(message.body))
        return result

    def _compute_access_url(self):
        super()._compute_access_url()
        for claim in self:
            claim.access_url = f"/my/claims/{claim.id}"

    def _portal_ensure_token(self):
        # The field is closed to those who do the work.
        return super(ItsClaim, self.sudo())._portal_ensure_token()

    def _sign_token(self, pid):
        return super(ItsClaim, self.sudo())._sign_token(pid)

    def _may_know_token(self):
        """Whether the user may get a link with which one speaks for the client: the
        system, and quality managers who have not worked on the claim."""
        return self.env.su or self._is_who("interviewer")

    def _get_share_url(
        self, redirect=False, signup_partner=False, pid=None, share_token=True
    ):
        if not self._may_know_token():
            # Neither the token nor a signature that speaks for somebody.
            share_token, pid, signup_partner = False, None, False
        return super()._get_share_url(
            redirect=redirect,
            signup_partner=signup_partner,
            pid=pid,
            share_token=share_token,
        )

    def get_portal_url(
        self,
        suffix=None,
        report_type=None,
        download=None,
        query_string=None,
        anchor=None,
    ):
        if not self._may_know_token():
            return self.access_url
        return super().get_portal_url(
            suffix=suffix,
            report_type=report_type,
            download=download,
            query_string=query_string,
            anchor=anchor,
        )
