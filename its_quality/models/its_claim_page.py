from markupsafe import Markup

from odoo import SUPERUSER_ID, api, fields, models
from odoo.exceptions import UserError
from odoo.tools import consteq, formataddr

from .its_claim_stage import ENDED

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

    # What the client reads in the thread of his page. That a letter went to him he knows.
    website_message_ids = fields.One2many(
        domain=lambda self: [
            ("model", "=", self._name),
            ("message_type", "in", ("comment", "email", "email_outgoing")),
        ],
    )

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
        if claim._is_token(token):
            return claim
        user = self.env.user
        firm = user.partner_id.commercial_partner_id
        if claim and user._is_portal() and firm and firm == claim.partner_id:
            return claim
        return claim.browse()

    def _is_token(self, token):
        """Whether a text, whatever a stranger may have typed, is the claim's token."""
        own = self.sudo().access_token
        return bool(own and token) and consteq(own.encode(), str(token).encode())

    @api.model
    def _domain_of_client(self):
        """The claims that a user of the portal finds in his list."""
        firm = self.env.user.partner_id.commercial_partner_id
        return [("partner_id", "=", firm.id)]

    @api.model
    def _domain_client_is_next(self):
        """Of these, those that go on only when he has done something."""
        return ["|", ("state", "=", "follow_up"), ("waiting_since", "!=", False)]

    def _client_status(self):
        """Where the claim is, in words for the client.

        :return: a phrase, and the end of the class of Bootstrap that colours it
        """
        self.ensure_one()
        if self.state == "rejected" and self.duplicate_of_id:
            return self.env._("Merged"), "light border"
        if self.waiting_since:
            return self.env._("We wait for your answer"), "warning"
        return {
            "registered": (self.env._("Received"), "info"),
            "dispatched": (self.env._("Received"), "info"),
            "in_progress": (self.env._("We are working on it"), "primary"),
            "verification": (self.env._("We are working on it"), "primary"),
            "follow_up": (self.env._("Please check"), "warning"),
            "closed": (
                (self.env._("Closed"), "light border")
                if self.satisfaction == "none"
                else (self.env._("Settled"), "success")
            ),
            "rejected": (self.env._("Declined"), "light border"),
        }[self.state]

    def _client_explanation(self):
        """What is being done about the claim, as a sentence for the client; nothing
        where the page says more."""
        self.ensure_one()
        return {
            "registered": self.env._(
                "We have got your message. The quality manager reads it and gives it to "
                "the people who know."
            ),
            "dispatched": self.env._(
                "The people who know have got your message; somebody begins to work on "
                "it soon."
            ),
            "in_progress": self.env._(
                "We are finding out what is wrong and mending it."
            ),
            "verification": self.env._(
                "The work is done, and is being checked by somebody else. Then we ask "
                "you."
            ),
        }.get(self.state, "")

    def _last_day_to_come_back(self):
        """Until when the client may say that a closed claim is not settled.

        :return: a ``date`` where the company works
        """
        self.ensure_one()
        company = self.company_id
        last = fields.Datetime.add(self.date_closed, days=company.its_reopen_days)
        local = self.with_context(tz=company._its_zone())
        return fields.Datetime.context_timestamp(local, last).date()

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

    # -------------------------------------------------------------------------
    # The thread
    # -------------------------------------------------------------------------

    def _client_speaker(self):
        """Who speaks on the page: whoever is logged in, else the person the claim is
        from.

        :return: values of a message
        """
        self.ensure_one()
        user = self.env.user
        person = self.contact_id or self.partner_id
        if user._is_portal():
            person = user.partner_id
        return {
            "author_id": person.id,
            "email_from": person.email_formatted or self._sender_formatted(),
        }

    def _sender_formatted(self):
        """Name and address that the claim came with."""
        address = self.email_from or ""
        name = self.sender_name or address
        return formataddr((name, address)) if address else name or False

    def _has_thread(self):
        """Whether there is anything in the thread that the client may read."""
        self.ensure_one()
        comment = self.env.ref("mail.mt_comment")
        return any(
            message.subtype_id == comment and not message.is_internal
            for message in self.website_message_ids
        )

    def _leave_words_of_client(self, words):
        """Put into the thread what the client said with his verdict, so that he and
        the staff find it there later; nobody is notified once more."""
        self.ensure_one()
        words = (words or "").strip()
        if words:
            body = Markup("<p>%s</p>") % words
            self.env["mail.message"].sudo().create(
                {
                    "model": self._name,
                    "res_id": self.id,
                    "body": body.replace("\n", Markup("<br/>")),
                    "message_type": "comment",
                    "subtype_id": self.env.ref("mail.mt_comment").id,
                    **self._client_speaker(),
                }
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
        claim = self.sudo().browse(thread_id).exists()
        if not claim._is_token(token):
            token = None
        if not claim.access_token or not str(hash or "").isascii():
            hash = pid = None
        # What is written into a claim that has ended nobody waits for.
        writes = kwargs.get("mode", "read") != "read"
        if writes and self.env.user.share and claim.state in ENDED:
            return self.browse()
        return super()._get_thread_with_access(
            thread_id, hash=hash, pid=pid, token=token, **kwargs
        )

    def message_post(self, *, email_from=None, author_id=None, **kwargs):
        user = self.env.user
        if not self.env.su and author_id and author_id != user.partner_id.id:
            # Nobody puts words into the client's mouth.
            author_id, email_from = user.partner_id.id, None
        elif user._is_public() and not author_id and not email_from:
            # With the link of a claim whose sender is nobody we know.
            author_id, email_from = False, self.sudo()._sender_formatted()
        return super().message_post(
            email_from=email_from, author_id=author_id, **kwargs
        )

    def _message_post_after_hook(self, message, msg_vals):
        result = super()._message_post_after_hook(message, msg_vals)
        # Letters are seen to by the gateway.
        if message.message_type == "comment" and not message.subtype_id.internal:
            author = message.author_id
            users = author.with_context(active_test=False).user_ids
            staff = any(not user.share for user in users)
            if not staff and author != self.env.ref("base.partner_root"):
                self._client_has_written()
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
