from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from ..client.then import keep_manager, manager_field
from . import board, deadline, intake, linking, merging, needs, past, waiting
from .rules import ENDED, TRANSITIONS
from .verdicts import SATISFACTION


class ItsClaim(models.Model):
    """A claim («рекламация»): something a client is not satisfied with, on its way to
    being put right.

    The quality manager accepts and dispatches it to a team, the head assigns it, the
    responsible person finds the cause and fixes it, the head verifies, the quality
    manager asks the client, who has the last word. Who may do what is one table, see
    :mod:`.rules`; every step leaves a movement.
    """

    _name = "its.claim"
    _description = "Claim"
    _inherit = ["portal.mixin", "mail.tracking.duration.mixin", "mail.activity.mixin"]
    _order = "priority desc, date_deadline, id desc"
    _rec_names_search = ["name", "subject", "partner_id"]
    _track_duration_field = "stage_id"
    _primary_email = "email_from"
    _check_company_auto = True

    name = fields.Char(string="Number", readonly=True, copy=False, index="trigram")
    subject = fields.Char(required=True, tracking=True)
    description = fields.Text(string="In the client's words")
    color = fields.Integer()
    priority = fields.Selection(
        [("0", "Low"), ("1", "Normal"), ("2", "High"), ("3", "Urgent")],
        default="1",
        required=True,
        tracking=True,
    )
    partner_id = fields.Many2one(
        "res.partner",
        string="Client",
        index=True,
        ondelete="restrict",
        check_company=True,
        tracking=True,
        domain="[('its_client', '=', True),"
        " '|', ('parent_id', '=', False), ('is_company', '=', True)]",
    )
    manager_id = manager_field(compute="_compute_manager_id", copy=False)
    contact_id = fields.Many2one(
        "res.partner",
        string="Contact person",
        index="btree_not_null",
        ondelete="set null",
        domain="[('commercial_partner_id', '=', partner_id)]",
    )
    subscription_id = fields.Many2one(
        "its.subscription",
        index="btree_not_null",
        ondelete="set null",
        domain="[('partner_id', '=', partner_id)]",
    )
    service_id = fields.Many2one(
        "its.service",
        compute="_compute_service_id",
        store=True,
        readonly=False,
        precompute=True,
        index="btree_not_null",
        ondelete="restrict",
        tracking=True,
    )
    channel = fields.Selection(
        [
            ("phone", "Phone"),
            ("form", "Website form"),
            ("portal", "Portal"),
            ("email", "E-mail"),
            ("connect", "1C-Connect"),
            ("survey", "Low score"),
        ],
        default="phone",
        required=True,
    )
    company_id = fields.Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company
    )
    sender_name = fields.Char(string="Name of the sender", size=200)
    sender_phone = fields.Char(string="Phone of the sender", size=50)
    email_from = fields.Char(string="E-mail of the sender", size=254, index="trigram")
    suggested_partner_id = fields.Many2one(
        "res.partner",
        string="Suggested client",
        readonly=True,
        copy=False,
        ondelete="set null",
        index="btree_not_null",
        help="The client that the sender's address points to.",
    )
    unproven = fields.Char(
        string="Not verified",
        readonly=True,
        copy=False,
        size=100,
        help="The sender check that the e-mail failed: someone else may have sent it.",
    )
    consent_date = fields.Datetime(
        string="Consent given on",
        readonly=True,
        copy=False,
        help="When the sender agreed to the processing of personal data.",
    )
    consent_text = fields.Text(
        readonly=True, copy=False, help="The exact text the sender agreed to."
    )
    origin_id = fields.Many2one(
        "its.claim",
        string="Continues",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
        help="The earlier claim, closed too long ago to be reopened.",
    )
    external_id = fields.Char(
        readonly=True,
        copy=False,
        help="ID of the message in another system that this claim was registered from.",
    )
    form_key = fields.Char(
        readonly=True,
        copy=False,
        groups="base.group_system",
        help="Digest of the owner, content and opening time of the form.",
    )
    response_id = fields.Many2one(
        "survey.user_input",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="set null",
        help="The response whose low score led to this claim.",
    )
    author_id = fields.Many2one(
        "res.users",
        string="Registered by",
        readonly=True,
        copy=False,
        default=lambda self: self.env.user,
        index=True,
        ondelete="restrict",
    )

    stage_id = fields.Many2one(
        "its.claim.stage",
        required=True,
        ondelete="restrict",
        tracking=True,
        copy=False,
        default=lambda self: self.env["its.claim.stage"]._first_of("registered"),
        group_expand="_read_group_stage_ids",
    )
    state = fields.Selection(
        related="stage_id.state",
        store=True,
        precompute=True,
        # Or the indexes of open claims are of no use: «not closed» would find NULL, too.
        required=True,
        index=True,
    )
    reason = fields.Text(
        string="Last reason",
        readonly=True,
        copy=False,
        help="Why the claim was last rejected, returned or reopened.",
    )
    team_id = fields.Many2one(
        "its.team", index="btree_not_null", tracking=True, check_company=True
    )
    user_id = fields.Many2one(
        "res.users",
        string="Responsible",
        index="btree_not_null",
        tracking=True,
        copy=False,
        ondelete="restrict",
        domain="[('share', '=', False), ('company_ids', 'in', company_id)]",
    )
    quality_user_id = fields.Many2one(
        "res.users",
        string="Quality manager",
        readonly=True,
        copy=False,
        index="btree_not_null",
    )
    worker_ids = fields.Many2many(
        "res.users",
        "its_claim_worker_rel",
        "claim_id",
        "user_id",
        string="Worked on by",
        readonly=True,
        copy=False,
    )
    next_user_id = fields.Many2one(
        "res.users",
        string="Waits for",
        readonly=True,
        copy=False,
        index="btree_not_null",
    )
    date_deadline = fields.Date(
        string="Deadline", index=True, tracking=True, copy=False
    )
    date_registered = fields.Datetime(
        string="Registered on",
        readonly=True,
        copy=False,
        default=fields.Datetime.now,
    )
    date_stage = fields.Datetime(
        string="At this stage since", readonly=True, copy=False, index=True
    )
    date_closed = fields.Datetime(string="Closed on", readonly=True, copy=False)
    days_at_stage = fields.Integer(
        string="Days at the stage", compute="_compute_days_at_stage"
    )
    is_overdue = fields.Boolean(
        string="Overdue", compute="_compute_is_overdue", search="_search_is_overdue"
    )
    working_hours = fields.Float(
        readonly=True,
        copy=False,
        help="Working time without waiting for the client: the sum of the movements.",
    )
    on_time = fields.Boolean(string="Handed over on time", readonly=True, copy=False)
    asked_on = fields.Date(
        string="Client asked on",
        readonly=True,
        copy=False,
        help="The day on which the client was asked by e-mail about the result.",
    )
    rework_count = fields.Integer(string="Reworks", readonly=True, copy=False)
    reopen_count = fields.Integer(string="Reopened", readonly=True, copy=False)

    problem_id = fields.Many2one(
        "its.claim.problem",
        index="btree_not_null",
        ondelete="restrict",
        tracking=True,
        copy=False,
    )
    problem_service_id = fields.Many2one(
        "its.service",
        string="Problem service",
        index="btree_not_null",
        ondelete="restrict",
        copy=False,
    )
    justified = fields.Selection(
        [("yes", "Justified"), ("no", "Not justified")], copy=False, tracking=True
    )
    root_cause = fields.Text(copy=False)
    action_taken = fields.Text(copy=False)
    wish_ids = fields.Many2many("its.wish", string="Wishes", copy=False)

    satisfaction = fields.Selection(
        SATISFACTION,
        string="The client says",
        copy=False,
        tracking=True,
    )
    client_comment = fields.Text(string="Client's comment", copy=False)
    satisfaction_via = fields.Selection(
        [
            ("talk", "Asked in a conversation"),
            ("page", "Answered by the client"),
            ("mail", "Answered by e-mail"),
            ("nobody", "No answer"),
        ],
        string="Source of the answer",
        readonly=True,
        copy=False,
    )
    duplicate_of_id = fields.Many2one(
        "its.claim",
        index="btree_not_null",
        copy=False,
        domain="[('partner_id', '=', partner_id), ('id', '!=', id),"
        " ('state', '!=', 'rejected')]",
    )
    duplicate_ids = fields.One2many("its.claim", "duplicate_of_id", string="Duplicates")
    movement_ids = fields.One2many(
        "its.claim.movement", "claim_id", string="Movements", readonly=True
    )

    can_dispatch = fields.Boolean(compute="_compute_can")
    can_reject = fields.Boolean(compute="_compute_can")
    can_assign = fields.Boolean(compute="_compute_can")
    can_hand_over = fields.Boolean(compute="_compute_can")
    can_verify = fields.Boolean(compute="_compute_can")
    can_rework = fields.Boolean(compute="_compute_can")
    can_close = fields.Boolean(compute="_compute_can")
    can_reopen = fields.Boolean(compute="_compute_can")
    can_reopen_closed = fields.Boolean(compute="_compute_can")
    can_merge = fields.Boolean(compute="_compute_can")
    can_wait = fields.Boolean(compute="_compute_can")
    can_describe = fields.Boolean(compute="_compute_can")
    can_address = fields.Boolean(compute="_compute_can")
    can_place = fields.Boolean(compute="_compute_can")
    can_appoint = fields.Boolean(compute="_compute_can")
    can_edit_findings = fields.Boolean(compute="_compute_can")

    _external_uniq = models.UniqueIndex(
        "(company_id, channel, external_id) WHERE external_id IS NOT NULL"
    )
    _name_uniq = models.UniqueIndex("(company_id, name) WHERE name IS NOT NULL")
    _form_key_uniq = models.UniqueIndex("(form_key) WHERE form_key IS NOT NULL")
    _response_uniq = models.UniqueIndex(
        "(response_id) WHERE response_id IS NOT NULL",
        "A claim with the answers of this response has already been registered.",
    )
    # As lists and columns of the kanban show them, the first page without reading all.
    _in_order = models.Index("(priority DESC, date_deadline, id DESC)")
    _of_stage = models.Index("(stage_id, priority DESC, date_deadline, id DESC)")
    _by_registration = models.Index(past.BY_REGISTRATION)
    _by_closing = models.Index(past.BY_CLOSING)
    # Whose clients the responsible person may read.
    _of_responsible = models.Index("(user_id, partner_id)")
    _open_by_next = models.Index(
        "(next_user_id, date_deadline) WHERE state NOT IN ('closed', 'rejected')"
    )

    # -------------------------------------------------------------------------
    # Computes
    # -------------------------------------------------------------------------

    @api.depends("partner_id")
    def _compute_manager_id(self):
        keep_manager(self, "manager_id", "partner_id")

    @api.depends("subscription_id")
    def _compute_service_id(self):
        for claim in self:
            if claim.subscription_id:
                claim.service_id = claim.subscription_id.service_id

    @api.depends("name", "subject")
    def _compute_display_name(self):
        for claim in self:
            claim.display_name = " ".join(filter(None, (claim.name, claim.subject)))

    @api.depends("date_stage", "state")
    def _compute_days_at_stage(self):
        now = fields.Datetime.now()
        for claim in self:
            is_open = claim.date_stage and claim.state not in ENDED
            claim.days_at_stage = (now - claim.date_stage).days if is_open else 0

    @api.depends("state", "waiting_since", "deadline_at")
    def _compute_is_overdue(self):
        now = fields.Datetime.now()
        for claim in self:
            claim.is_overdue = deadline.is_overdue(claim, now)

    @api.model
    def _search_is_overdue(self, operator, value):
        if operator != "in":
            return NotImplemented
        return deadline.search_domain(value)

    def _compute_duration_tracking(self):
        for claim in self:
            claim.duration_tracking = board.seconds_at_stages(claim)

    @api.model
    def _read_group_stage_ids(self, stages, domain):  # pylint: disable=unused-argument
        return stages.search_fetch([], ["name", "sequence", "fold"])

    @api.depends("state", "team_id", "user_id", "worker_ids", "date_closed")
    @api.depends_context("uid")
    def _compute_can(self):
        """What the reader may do now, apart from fields yet to be filled in."""
        for claim in self:
            # What is typed into the form gives no rights before it is saved.
            stored = claim._origin
            for transition in TRANSITIONS:
                may = bool(stored) and stored._may_apply(transition)
                claim[f"can_{transition.name}"] = may
            claim.can_wait = waiting.may(stored)
            claim.can_describe = not stored or stored._may_edit("subject")
            claim.can_address = not stored or stored._may_edit("partner_id")
            claim.can_place = not stored or stored._may_edit("team_id")
            claim.can_appoint = bool(stored) and stored._may_edit("user_id")
            claim.can_edit_findings = bool(stored) and stored._may_edit("problem_id")

    # -------------------------------------------------------------------------
    # What the form proposes
    # -------------------------------------------------------------------------

    @api.model
    def default_get(self, fields):  # pylint: disable=redefined-outer-name
        values = super().default_get(fields)
        values.update(intake.response_values(self, fields))
        return values

    @api.onchange("partner_id")
    def _onchange_partner_id(self):
        """Propose what the claim is about where the client has one thing only."""
        intake.propose_of_client(self)

    @api.onchange("service_id")
    def _onchange_service_id(self):
        team = self.service_id.team_ids.filtered(
            lambda team: team.active and team.company_id == self.company_id
        )
        if team and self.state == "registered":
            self.team_id = team[:1]

    # -------------------------------------------------------------------------
    # Constraints
    # -------------------------------------------------------------------------

    @api.constrains("partner_id", "contact_id", "subscription_id")
    def _check_partner(self):
        for claim in self.sudo():
            firm = claim.partner_id
            strangers = [
                record._its_visible_name()
                for record, owner in (
                    (claim.contact_id, claim.contact_id.commercial_partner_id),
                    (claim.subscription_id, claim.subscription_id.partner_id),
                )
                if record and owner != firm
            ]
            if firm and firm.commercial_partner_id != firm:
                strangers.append(firm._its_visible_name())
            if strangers:
                raise ValidationError(
                    self.env._(
                        "%(names)s: choose the firm itself as the client, and contact "
                        "persons and subscriptions of that firm.",
                        names=", ".join(strangers),
                    )
                )

    @api.constrains("response_id", "partner_id")
    def _check_response(self):
        for claim in self.sudo().filtered("response_id"):
            if claim.response_id.its_client_id != claim.partner_id:
                raise ValidationError(
                    self.env._(
                        "The answers are from %(client)s, so the claim must be, too.",
                        client=claim.response_id.its_client_id._its_visible_name(),
                    )
                )

    @api.constrains("duplicate_of_id")
    def _check_duplicate(self):
        if self._has_cycle("duplicate_of_id"):
            raise ValidationError(
                self.env._("A claim cannot be a duplicate of itself. Choose another.")
            )

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(
            self.env._("Claims cannot be deleted. Reject the claim and give a reason.")
        )

    def _its_neutral_name(self):
        return self.env._("another claim")

    # -------------------------------------------------------------------------
    # Reading for a screen
    # -------------------------------------------------------------------------

    @api.readonly
    def web_read(self, specification):
        if "movement_ids" not in specification:
            # A form asks for all of the claim by its buttons, others for what they show.
            self.fetch(specification.keys() - {"activity_ids"})
        self.check_access("read")
        board.fetch_along(self, specification)
        return super().web_read(specification)

    @api.model
    @api.readonly
    def web_read_group(self, domain, groupby, *args, **options):
        result = super().web_read_group(domain, groupby, *args, **options)
        if board.in_columns(groupby):
            board.read_columns(
                self, result["groups"], options.get("unfold_read_specification") or {}
            )
        return result

    def _open_groups(self, *, records_opening_info, domain, groupby, **options):
        """Find the claims of all columns by one query, where Odoo makes one of each."""
        columns = [] if board.in_columns(groupby) else records_opening_info
        super()._open_groups(
            records_opening_info=columns, domain=domain, groupby=groupby, **options
        )
        if board.in_columns(groupby):
            board.find_claims(self, columns, domain, options["dict_order"])

    # -------------------------------------------------------------------------
    # Buttons
    # -------------------------------------------------------------------------

    def action_dispatch(self):
        """Accept the claim and give it to its team."""
        return needs.press(self, "dispatch")

    def action_assign(self):
        """Hand the claim to the responsible person chosen on the form."""
        return needs.press(self, "assign")

    def action_hand_over(self):
        """Say that the work is done."""
        return needs.press(self, "hand_over")

    def action_verify(self):
        """Accept the work."""
        return needs.press(self, "verify")

    def action_close(self):
        """End the claim with what the client says."""
        return needs.press(self, "close")

    def action_ask_reason(self):
        """Open the dialog that asks for the reason of a move; the context names it."""
        self.ensure_one()
        name = self.env.context.get("its_transition")
        return self.action_merge() if name == "merge" else needs.press(self, name)

    def action_merge(self):
        """End this claim as a duplicate: work continues in the other one.

        Text and files are copied to that one.
        """
        return merging.merge(self)

    def action_link_suggested(self):
        """Link this claim and others of its sender to the suggested client."""
        linking.link_suggested(self)
        return True

    def action_create_client(self):
        """Make the sender a client, link their waiting claims and open the card."""
        self.ensure_one()
        return linking.create_client(self).get_formview_action()

    def action_tell_registered(self):
        """Say under which number the claim just saved is known, and close the dialog."""
        self.ensure_one()
        return intake.registered_notice(self)
