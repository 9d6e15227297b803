from markupsafe import Markup, escape

from odoo import api, fields, models
from odoo.tools import formataddr, html2plaintext

from ...tools.security_log import log_refusal
from ..base.ir_attachment import FileNotSaved
from . import (
    asking,
    client_link,
    client_page,
    clock,
    deadline,
    escalation,
    incoming,
    people,
    sender,
    todo,
)
from .notifying import SUPPRESS
from .res_partner import WITHOUT


class ItsClaim(models.Model):
    """A claim as those meet it who do not work with its form: by mail, by the client's
    page and its link, by jobs and other rooms.

    Odoo's methods that make links of a client cannot be called from outside here.
    """

    _inherit = "its.claim"

    # Not a column: made of the secret of the database whenever it is needed.
    access_token = fields.Char(
        compute="_compute_access_token",
        compute_sudo=True,
        store=False,
        groups=client_link.SYSTEM,
    )
    asking = fields.Integer(
        string="Follow-up number",
        readonly=True,
        copy=False,
        groups=client_link.SYSTEM,
        help="Each follow-up has its own link for the client to answer by.",
    )
    former_token = fields.Char(
        string="Digest of the previous link",
        readonly=True,
        copy=False,
        groups=client_link.SYSTEM,
        help="Of the link used in the e-mails of this claim before each follow-up had "
        "its own.",
    )

    # The client knows which letters they got.
    website_message_ids = fields.One2many(
        domain=lambda self: [
            ("model", "=", self._name),
            ("message_type", "in", ("comment", "email", "email_outgoing")),
        ],
    )

    def _auto_init(self):
        result = super()._auto_init()
        client_link.forget_tokens(self)
        return result

    @api.depends("asking")
    def _compute_access_token(self):
        for claim in self:
            stored = claim._origin
            claim.access_token = bool(stored) and client_link.token_of(
                stored, stored.asking
            )

    # -------------------------------------------------------------------------
    # Letters and notices
    # -------------------------------------------------------------------------

    @api.private
    @api.model
    def message_new(self, msg_dict, custom_values=None):
        """Register what somebody has written. The gateway alone calls it, with what
        :func:`.incoming.find_route` says.

        :return: the claim
        """
        return incoming.register(self, msg_dict, custom_values)

    @api.private
    def message_update(self, msg_dict, update_vals=None):
        """Handle what somebody has written about a claim. Only the gateway calls it; no
        letter changes a field."""
        result = super().message_update(msg_dict)
        incoming.answer(self, msg_dict)
        return result

    def _process_attachments_for_post(
        self, attachments, attachment_ids, message_values
    ):
        """A letter is not lost with its files: where the file store does not take them,
        it is kept without, and says so."""
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

    def _notify_get_reply_to(self, default=None, author_id=False):
        """Answers to what is written about a claim go where claims are taken in."""
        result = super()._notify_get_reply_to(default=default, author_id=author_id)
        for claim in self.sudo():
            team, company = claim.team_id, claim.company_id
            alias = team.alias_id.filtered("alias_name") or company.its_claim_alias_id
            if alias.alias_full_name and alias.alias_domain_id:
                result[claim.id] = formataddr((company.name, alias.alias_full_name))
        return result

    def _message_auto_subscribe_notify(self, partner_ids, template):
        # Odoo's own letter to the assigned person; ours says what to do.
        return

    def message_subscribe(self, partner_ids=None, subtype_ids=None):
        if self.env.context.get("mail_activity_quick_update"):
            # Those who once had the to-do are not concerned by what comes later.
            return True
        return super().message_subscribe(
            partner_ids=partner_ids, subtype_ids=subtype_ids
        )

    def _notify_by_email_get_headers(self, headers=None):
        headers = super()._notify_by_email_get_headers(headers=headers)
        # Nor should the machines of colleagues say that they are on holiday.
        headers.setdefault(*SUPPRESS)
        return headers

    def _notify_get_recipients_groups(self, message, model_description, msg_vals=False):
        # The holder of a claim's link needs no login; logins are given by hand.
        claims = self.with_context(**{WITHOUT: True})
        groups = super(ItsClaim, claims)._notify_get_recipients_groups(
            message, model_description, msg_vals=msg_vals
        )
        for name, _is_of, options in groups:
            if name == "portal_customer":
                # Odoo's would sign for the client, and sign them up, for ever.
                claim = self.sudo()
                url = f"{claim.get_base_url()}{claim.get_portal_url()}"
                options["button_access"] = {"url": url}
        return groups

    # -------------------------------------------------------------------------
    # Who gets the client's link
    # -------------------------------------------------------------------------

    def _portal_ensure_token(self):
        # The field is closed to colleagues, whose letters have links, too.
        return self.sudo().access_token

    def _sign_token(self, pid):
        return super(ItsClaim, self.sudo())._sign_token(pid)

    def _compute_access_url(self):
        super()._compute_access_url()
        for claim in self:
            claim.access_url = f"/my/claims/{claim.id}"

    def _get_share_url(
        self, redirect=False, signup_partner=False, pid=None, share_token=True
    ):
        # What is shared is posted where colleagues read it, so it has the link only
        # where Odoo leads the client on. Nothing signs for, or signs up, anybody.
        return super()._get_share_url(
            redirect=redirect, share_token=share_token and self.env.su
        )

    @api.private
    def get_portal_url(
        self,
        suffix=None,
        report_type=None,
        download=None,
        query_string=None,
        anchor=None,
    ):
        """The address of the client's page.

        :return: with their link for letters and for the administrator of the server
        :raises AccessError: of a claim that the user may not read
        """
        self.check_access("read")
        if not client_link.may_know_token(self.env):
            return self.access_url
        return super().get_portal_url(
            suffix=suffix,
            report_type=report_type,
            download=download,
            query_string=query_string,
            anchor=anchor,
        )

    # -------------------------------------------------------------------------
    # The thread on the client's page
    # -------------------------------------------------------------------------

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
        # By a login with its own rights, neither by a token nor by a signature.
        thread = super()._get_thread_with_access(thread_id, **kwargs)
        user = self.env.user
        writes = kwargs.get("mode", "read") != "read"
        claim = self.sudo().browse(thread_id).exists()
        if thread and (not user.share or not writes or client_page.hears_client(claim)):
            return thread
        token = str(token or "")
        # Odoo compares with whatever was sent.
        if not claim or not token.isascii() or not str(hash or "").isascii():
            return self.browse()
        if claim.filtered_domain(client_page.domain_of_client(self.env)):
            return (
                claim
                if not writes or client_page.hears_client(claim)
                else self.browse()
            )
        if client_link.lets_in(claim, token) and (user.share or not writes):
            return claim
        if token:
            log_refusal("bad_token", model=self._name, record=claim.id)
        return self.browse()

    def message_post(self, *, email_from=None, author_id=None, **kwargs):
        user = self.env.user
        if user._is_public() and not author_id and not email_from:
            # With the link of a claim whose sender is unknown.
            author_id, email_from = False, client_page.sender_formatted(self.sudo())
        return super().message_post(
            email_from=email_from, author_id=author_id, **kwargs
        )

    def _message_post_after_hook(self, message, msg_vals):
        result = super()._message_post_after_hook(message, msg_vals)
        if client_page.is_from_client(self, message):
            words = html2plaintext(message.body or "").strip()
            if self.state == "closed" and clock.may_be_reopened(self):
                # The page was open when it was closed; the same as with letters.
                client_page.come_back(
                    self, words or self.env._("The client has written.")
                )
            else:
                incoming.client_has_written(self, words)
        return result

    # -------------------------------------------------------------------------
    # What pages, jobs and other rooms ask for by name
    # -------------------------------------------------------------------------

    def _client_status(self):
        """Where the claim is, in words for the client; see :mod:`.client_page`."""
        return client_page.status(self)

    def _client_hint(self):
        """What happens now, and what the client can do."""
        return client_page.hint(self)

    def _client_steps(self):
        """The ladder of the client's page."""
        return client_page.steps(self)

    def _is_overdue(self):
        """Whether the work should be done by now; see :mod:`.deadline`."""
        return deadline.is_overdue(self, fields.Datetime.now())

    def _next_step(self):
        """What has to be done now, as a phrase."""
        return todo.next_step(self)

    def _open_call(self):
        """The open call that asks about this claim, if there is one."""
        return people.open_call(self)

    def _schedule_next(self):
        """Leave exactly one to-do; see :mod:`.todo`."""
        todo.schedule(self)

    @api.model
    def _register_from_outside(self, channel, company, vals, contact=None):
        """Register a claim that no employee wrote; see :mod:`.sender`."""
        return sender.register(self, channel, company, vals, contact=contact)

    def _record_client_verdict(self, satisfaction, comment=None):
        """Record the verdict of the client; see :mod:`.asking`."""
        asking.record_client_verdict(self, satisfaction, comment)

    @api.model
    def _cron_watch(self):
        """Every night: see :mod:`.deadline`."""
        escalation.watch_all(self)
