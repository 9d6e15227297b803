from markupsafe import Markup, escape

from odoo import SUPERUSER_ID, api, fields, models
from odoo.tools import formataddr, html2plaintext

from ...tools.security_log import log_refusal
from ..base.ir_attachment import FileNotSaved
from . import (
    answers,
    asking,
    board,
    bounces,
    client_link,
    client_page,
    deadline,
    escalation,
    first_answer,
    incoming,
    linking,
    needs,
    notifying,
    numbers,
    people,
    proposals,
    returns,
    sender,
    splitting,
    todo,
    undoing,
)
from .notifying import SUPPRESS
from .res_partner import WITHOUT
from .verdicts import SATISFACTION


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

    answer_words = fields.Text(
        string="The client has written",
        readonly=True,
        copy=False,
        help="What the client answered by e-mail when they were asked, or thanked for.",
    )
    answer_verdict = fields.Selection(
        SATISFACTION,
        string="Proposed answer",
        readonly=True,
        copy=False,
        help="What these words probably mean; the person who asks decides.",
    )
    before_reopening = fields.Json(
        readonly=True,
        copy=False,
        groups=client_link.SYSTEM,
        help="What the claim was like before it was reopened, until its next step.",
    )
    can_restore_closed = fields.Boolean(compute="_compute_can")
    can_restore_asked = fields.Boolean(compute="_compute_can")
    phone = fields.Char(
        string="Client's phone",
        compute="_compute_phone",
        help="Of the contact person, else of the firm, else of the sender.",
    )
    time_left = fields.Char(
        compute="_compute_time_left", help="Until the deadline, in working days."
    )
    return_author = fields.Char(string="Returned by", compute="_compute_return")
    return_reason = fields.Text(string="Why it came back", compute="_compute_return")
    redone = fields.Text(string="Done this time", compute="_compute_return")
    forwarded_by_id = fields.Many2one(
        "res.users",
        string="Forwarded by",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="set null",
        help="The colleague who passed on the client's e-mail.",
    )

    cc = fields.Char(
        string="In copy",
        readonly=True,
        copy=False,
        help="Who else got the client's e-mails.",
    )
    cc_agreed = fields.Boolean(
        string="Write to them, too",
        copy=False,
        help="They get our e-mails without the client's link.",
    )
    bounced_email = fields.Char(
        string="Returned e-mail",
        readonly=True,
        copy=False,
        help="The address our last e-mail could not be delivered to.",
    )
    first_answer_on = fields.Datetime(
        string="First answered on", readonly=True, copy=False
    )
    first_answer_hours = fields.Float(
        string="Hours to the first answer",
        readonly=True,
        copy=False,
        help="Working hours until a person answered the client.",
    )
    first_answer_in_time = fields.Selection(
        [("yes", "In time"), ("no", "Late")],
        string="First answer",
        readonly=True,
        copy=False,
        help="Compared with the goal of the team on that day.",
    )
    reminded_on = fields.Date(
        string="Client reminded on",
        readonly=True,
        copy=False,
        help="The day on which the client was asked for the second time.",
    )

    sender_inn = fields.Char(string="INN of the sender", size=12, copy=False)
    suggested_why = fields.Selection(
        proposals.WHY, string="Why they", readonly=True, copy=False
    )
    proposed_ids = fields.Many2many(
        "res.partner",
        "its_claim_proposed_rel",
        "claim_id",
        "partner_id",
        string="Who it may be",
        readonly=True,
        copy=False,
    )
    linked_on = fields.Datetime(string="Linked on", readonly=True, copy=False)
    linked_by_id = fields.Many2one(
        "res.users",
        string="Linked by",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="set null",
    )
    linked_new_id = fields.Many2one(
        "res.partner",
        string="Created card",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="set null",
    )
    can_undo_link = fields.Boolean(compute="_compute_can_undo_link")
    client_wrote_on = fields.Datetime(
        string="The client wrote on",
        readonly=True,
        copy=False,
        help="When they last wrote about a claim that was there already.",
    )
    can_split = fields.Boolean(compute="_compute_can_split")

    # However somebody spells the number.
    _by_spelling = models.Index(f"({numbers.INDEXED})")

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

    @api.depends("client_wrote_on", "worker_ids", "user_id")
    @api.depends_context("uid")
    def _compute_can_split(self):
        for claim in self:
            claim.can_split = splitting.may_split(claim._origin)

    @api.depends("linked_on", "partner_id", "state")
    @api.depends_context("uid")
    def _compute_can_undo_link(self):
        for claim in self:
            may = people.is_who(claim, "quality")
            claim.can_undo_link = may and linking.may_be_undone(claim)

    @api.depends("asking")
    def _compute_access_token(self):
        for claim in self:
            stored = claim._origin
            claim.access_token = bool(stored) and client_link.token_of(
                stored, stored.asking
            )

    @api.depends("contact_id", "partner_id", "sender_phone")
    def _compute_phone(self):
        for claim in self.sudo():
            phones = (
                claim.contact_id.phone,
                claim.partner_id.phone,
                claim.sender_phone,
            )
            claim.phone = next(filter(None, phones), False)

    @api.depends("state", "date_deadline", "waiting_since", "team_id")
    def _compute_time_left(self):
        left = board.time_left(self)
        for claim in self:
            claim.time_left = left.get(claim.sudo(), False)

    @api.depends("movement_ids")
    def _compute_return(self):
        """Who returned the claim to work and why, and what was done then: whoever
        works on it, and whoever verifies it, see that first."""
        for claim in self:
            came = returns.last_return(claim)
            by_client = came.user_id.id == SUPERUSER_ID
            author = self.env._("the client") if by_client else came.user_id.name
            claim.return_author = author
            claim.return_reason = came.reason
            claim.redone = returns.redone(claim)

    def action_restore(self):
        """Put the claim back as it was before it was reopened by mistake."""
        self.ensure_one()
        self.check_access("read")
        way = undoing.way_back(self)
        return needs.press(self, way.name if way else "restore_closed")

    def action_accept_answer(self):
        """Close the claim with the answer that the client has sent by e-mail."""
        for claim in self:
            claim.check_access("read")
            answers.accept(claim)
        return True

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
        result, others = {}, self.browse()
        for claim in self:
            team, company = claim.sudo().team_id, claim.sudo().company_id
            alias = team.alias_id.filtered("alias_name") or company.its_claim_alias_id
            if alias.alias_full_name and alias.alias_domain_id:
                result[claim.id] = formataddr((company.name, alias.alias_full_name))
            elif company.catchall_email:
                others |= claim
            else:
                # As Odoo, which first looks for an address of each claim; none has one.
                result[claim.id] = default
        if others or not self:
            result.update(
                super(ItsClaim, others)._notify_get_reply_to(
                    default=default, author_id=author_id
                )
            )
        return result

    def _message_receive_bounce(self, email, partner):
        """A letter of ours has come back."""
        super()._message_receive_bounce(email, partner)
        for claim in self.sudo():
            # Letters to colleagues come back, too.
            if notifying.is_written_to(claim, email):
                bounces.keep(claim, email)

    def _notify_get_recipients(self, message, msg_vals=False, **kwargs):
        """Followers who work for another client by now are not written to."""
        recipients = super()._notify_get_recipients(
            message, msg_vals=msg_vals, **kwargs
        )
        chosen = (msg_vals or {}).get("partner_ids")
        chosen = message.sudo().partner_ids.ids if chosen is None else chosen
        return notifying.without_elsewhere(self, recipients, chosen or ())

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

    def action_choose_client(self):
        """Open the dialog in which a client is chosen for the sender."""
        return self._sender_dialog("choose", self.env._("Choose the client"))

    def action_new_client(self):
        """Open the dialog that shows the card of the sender before it is created."""
        return self._sender_dialog("new", self.env._("New client"))

    def _sender_dialog(self, mode, title):
        self.ensure_one()
        self.check_access("read")
        return {
            "type": "ir.actions.act_window",
            "name": title,
            "res_model": "its.claim.sender",
            "view_mode": "form",
            "target": "new",
            "context": {"default_claim_id": self.id, "default_mode": mode},
        }

    def action_undo_link(self):
        """Say that the sender was somebody else, shortly after they were linked."""
        linking.undo(self)
        return True

    def action_split_off(self):
        """Make what the client has written last a claim of its own, and open it."""
        self.ensure_one()
        return splitting.split_off(self).get_formview_action()

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
        if first_answer.is_answer(self, message):
            first_answer.mark(self)
        if client_page.is_from_client(self, message):
            words = html2plaintext(message.body or "").strip()
            # The page may have been open when it was closed; the same as with letters.
            incoming.hear(self.sudo().with_user(SUPERUSER_ID), words)
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
