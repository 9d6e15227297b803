from odoo import SUPERUSER_ID, api, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import html2plaintext

from .rules import BEFORE_THE_END, ENDED

# The ladder the client sees, of states.
STEPS = (
    ("registered", "dispatched"),
    ("in_progress", "verification"),
    ("follow_up",),
    ("closed",),
)
# What a column of ids can hold.
MAX_ID = 2**31 - 1


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
        if not claim_id or claim_id > MAX_ID:
            return self.sudo().browse()
        claim = self.sudo().browse(claim_id).exists()
        if claim._is_living_link(token):
            return claim
        return claim.filtered_domain(self._domain_of_client())

    @api.model
    def _of_former_link(self, claim_id, token):
        """A claim whose client may learn by a former link where it is, and how to
        answer; nothing else comes of that link.

        :return: the claim, as the superuser; nothing where it is no link of the claim
        """
        claim = self.sudo().browse(claim_id if claim_id <= MAX_ID else ()).exists()
        return claim if claim._is_former_link(token) else claim.browse()

    @api.model
    def _domain_of_client(self):
        """The claims of the firm that the user is a person of, in the companies he has
        a login for and the one whose client the firm is. Nobody but users of the portal
        is a client."""
        user = self.env.user
        if not user._is_portal():
            return Domain.FALSE
        firm = user.partner_id.commercial_partner_id
        companies = user.company_ids | firm.company_id
        return Domain("partner_id", "=", firm.id) & Domain(
            "company_id", "in", companies.ids
        )

    @api.model
    def _domain_client_is_next(self):
        """Claims that go on only when the client has done something."""
        asked = Domain("state", "=", "in_progress") & Domain(
            "waiting_since", "!=", False
        )
        return Domain("state", "=", "follow_up") | asked

    def _files_of_client(self):
        """The files the client sent with the claim itself. Those of messages are with
        the messages; what colleagues have attached is not for him."""
        self.ensure_one()
        files = self.env["ir.attachment"].search(
            [
                ("res_model", "=", self._name),
                ("res_id", "=", self.id),
                ("res_field", "=", False),
            ]
        )
        files = files.filtered(
            lambda file: file.create_uid.share or file.create_uid.id == SUPERUSER_ID
        )
        return files - self.message_ids.attachment_ids

    def _client_status(self):
        """Where the claim is, in words for the client.

        :return: a phrase, and the end of the class of Bootstrap that colours it
        """
        self.ensure_one()
        if self.state == "rejected" and self.duplicate_of_id:
            return self.env._("Merged"), "dark"
        if self.waiting_since and self.state not in ENDED:
            return self.env._("We wait for your answer"), "warning"
        return {
            "registered": (self.env._("Received"), "info"),
            "dispatched": (self.env._("Received"), "info"),
            "in_progress": (self.env._("We are working on it"), "primary"),
            "verification": (self.env._("We are working on it"), "primary"),
            "follow_up": (self.env._("Please check"), "warning"),
            "closed": (
                (self.env._("Closed without an answer"), "dark")
                if self.satisfaction == "none"
                else (self.env._("Settled"), "success")
            ),
            "rejected": (self.env._("Declined"), "dark"),
        }[self.state]

    def _client_hint(self):
        """What happens now, and what the client can do himself: a sentence."""
        self.ensure_one()
        if self.state not in ENDED and self.waiting_since:
            return self.env._(
                "We cannot go on without you. Please read our last message below and "
                "answer there."
            )
        received = self.env._(
            "We have got it. A quality manager is reading it and will give it to the "
            "people who know."
        )
        in_work = self.env._(
            "A specialist is busy with it. If you have something to add, write below."
        )
        return {
            "registered": received,
            "dispatched": received,
            "in_progress": in_work,
            "verification": in_work,
            "follow_up": self.env._("The work is done. You have the last word."),
        }.get(self.state)

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
        claim = self.sudo().with_user(SUPERUSER_ID)
        claim._take_hold()
        words = (words or "").strip()
        if not words:
            raise UserError(self.env._("Please write what is not in order."))
        if claim.state in BEFORE_THE_END:
            raise UserError(self.env._("We are working on it again already."))
        if claim.state != "closed" or not claim._may_be_reopened():
            raise UserError(
                self.env._(
                    "This cannot be opened again any more. Please send a new message; "
                    "name the number %(number)s in it.",
                    number=self.name,
                )
            )
        claim._go("reopen_closed", words)

    def _is_from_client(self, message):
        """Whether a message of the chatter is the client's. Users without the link and
        without access cannot post at all, so it is him if it is nobody of ours."""
        # Letters are seen to by the gateway.
        if message.message_type != "comment" or message.subtype_id.internal:
            return False
        user, author = self.env.user, message.author_id
        if user._is_internal() and user.id != SUPERUSER_ID:
            # Whoever he says that he writes for.
            return False
        users = author.with_context(active_test=False).user_ids
        staff = any(not user.share for user in users)
        return not staff and author != self.env.ref("base.partner_root")

    def _message_post_after_hook(self, message, msg_vals):
        result = super()._message_post_after_hook(message, msg_vals)
        if self._is_from_client(message):
            words = html2plaintext(message.body or "").strip()
            if self.state == "closed" and self._may_be_reopened():
                # His page was open when it was closed; the same as with letters.
                self._client_comes_back(words or self.env._("The client has written."))
            else:
                self._client_has_written(words)
        return result
