from odoo import api, fields, models
from odoo.exceptions import LockError, UserError, ValidationError

from .rules import ENDED, SATISFACTION

UNLOGGED = {"mail_create_nolog": True, "mail_create_nosubscribe": True}


class ItsClaim(models.Model):
    """A claim («рекламация»): something a client is not satisfied with, on its way to
    being put right.

    The quality manager accepts and dispatches it to a team, the head assigns it, the
    responsible person finds out and mends, the head verifies, the quality manager asks
    the client, who has the last word. Who may do what is one table, see
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
            ("form", "Form on the site"),
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
    consent_date = fields.Datetime(
        string="Consent given on",
        readonly=True,
        copy=False,
        help="When the sender agreed to the processing of personal data.",
    )
    consent_text = fields.Text(
        readonly=True, copy=False, help="The very words the sender agreed to."
    )
    origin_id = fields.Many2one(
        "its.claim",
        string="Continues",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
        help="A claim closed so long ago that it could not be reopened.",
    )
    external_id = fields.Char(
        readonly=True,
        copy=False,
        help="Of the message in another system that this claim was registered from.",
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
        string="Last reason", readonly=True, copy=False, help="Of the last refusal."
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
        string="Have worked on it",
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
        index=True,
        default=fields.Datetime.now,
    )
    date_stage = fields.Datetime(
        string="At this stage since", readonly=True, copy=False, index=True
    )
    date_closed = fields.Datetime(
        # A partial index would be of no use to the report, which groups by sets.
        string="Closed on",
        readonly=True,
        copy=False,
        index=True,
    )
    days_at_stage = fields.Integer(
        string="Days at the stage", compute="_compute_days_at_stage"
    )
    waiting_since = fields.Datetime(
        string="Waits for the client since", readonly=True, copy=False
    )
    waited_hours = fields.Float(
        readonly=True, copy=False, help="Working hours at this stage that do not count."
    )
    working_hours = fields.Float(
        readonly=True,
        copy=False,
        help="How long it took up to now, but for the waiting for the client: the sum of "
        "its movements.",
    )
    on_time = fields.Boolean(string="Handed over on time", readonly=True, copy=False)
    escalated_on = fields.Date(
        string="Escalated on",
        readonly=True,
        copy=False,
        help="The day on which somebody above was told that the claim is late.",
    )
    asked_on = fields.Date(
        string="Client asked on",
        readonly=True,
        copy=False,
        help="The day on which the client was asked by mail whether all is well now.",
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
            ("talk", "Asked in a talk"),
            ("page", "By the client himself"),
            ("nobody", "No answer"),
        ],
        string="How we know",
        readonly=True,
        copy=False,
    )
    duplicate_of_id = fields.Many2one(
        "its.claim",
        index="btree_not_null",
        copy=False,
        domain="[('partner_id', '=', partner_id), ('id', '!=', id)]",
    )
    duplicate_ids = fields.One2many("its.claim", "duplicate_of_id", string="Duplicates")
    movement_ids = fields.One2many(
        "its.claim.movement", "claim_id", string="Movements", readonly=True
    )

    _external_uniq = models.UniqueIndex(
        "(company_id, channel, external_id) WHERE external_id IS NOT NULL"
    )
    _name_uniq = models.UniqueIndex("(company_id, name) WHERE name IS NOT NULL")
    # As lists and columns of the kanban show them, the first page without reading all.
    _in_order = models.Index("(priority DESC, date_deadline, id DESC)")
    _of_stage = models.Index("(stage_id, priority DESC, date_deadline, id DESC)")
    _open_by_next = models.Index(
        "(next_user_id, date_deadline) WHERE state NOT IN ('closed', 'rejected')"
    )

    # -------------------------------------------------------------------------
    # Computes
    # -------------------------------------------------------------------------

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
            stands = claim.date_stage and claim.state not in ENDED
            claim.days_at_stage = (now - claim.date_stage).days if stands else 0

    def _compute_duration_tracking(self):
        """Time at each stage by the movements, which are there also where Odoo keeps
        no track of changes, as for claims that came with their history."""
        now = fields.Datetime.now()
        for claim in self:
            hours = {}
            for movement in claim.sudo().movement_ids:
                stage = movement.from_stage_id.id
                hours[stage] = hours.get(stage, 0) + movement.hours
            hours.pop(False, None)
            spent = {stage: int(spent * 3600) for stage, spent in hours.items()}
            if claim.date_stage and claim.state not in ENDED:
                stage = claim.stage_id.id
                passed = (now - claim.date_stage).total_seconds()
                spent[stage] = spent.get(stage, 0) + int(passed)
            claim.duration_tracking = spent

    @api.model
    def _read_group_stage_ids(self, stages, domain):  # pylint: disable=unused-argument
        return stages.search_fetch([], ["name", "sequence", "fold"])

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

    @api.constrains("duplicate_of_id")
    def _check_duplicate(self):
        if self._has_cycle("duplicate_of_id"):
            raise ValidationError(
                self.env._("A claim cannot be a duplicate of itself. Choose another.")
            )

    # -------------------------------------------------------------------------
    # CRUD
    # -------------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        self = self._without_strange_defaults()
        first = self.env["its.claim.stage"]._first_of("registered")
        waiting, sequences = {}, {}
        vals_list = [dict(vals) for vals in vals_list]
        for vals in vals_list:
            self._check_new(vals)
            company = vals.get("company_id") or self.env.company.id
            if company not in sequences:
                sequences[company] = self._numbers(company)
            vals["name"] = sequences[company].next_by_id()
            if self._has_history(vals):
                continue
            if company not in waiting:
                waiting[company] = self._first_reader(company).id
            vals["stage_id"] = first.id
            vals["date_stage"] = fields.Datetime.now()
            vals["next_user_id"] = waiting[company]
        # The movements tell who registered it and when; he follows it where he likes.
        claims = super(ItsClaim, self.with_context(**UNLOGGED)).create(vals_list)
        claims = claims.with_env(self.env)
        if not self.env.su:
            claims._check_client()
        with_history = self.browse()
        if any(self._has_history(vals) for vals in vals_list):
            with_history = claims.filtered("movement_ids")
            with_history._schedule_next()
        fresh = (claims - with_history).sudo()
        fresh._leave_movements({}, None)
        fresh._leave_todos()
        fresh._tell("registered")
        return claims

    @api.model
    def _numbers(self, company_id):
        """The sequence of a company, found once for all claims of a batch."""
        return self.env["ir.sequence"].search(
            [("code", "=", self._name), ("company_id", "in", [company_id, False])],
            order="company_id",
            limit=1,
        )

    def _has_history(self, vals):
        """Whether a claim comes with its movements from somewhere else."""
        return self.env.su and bool(vals.get("movement_ids"))

    def write(self, vals):
        stage = self.env["its.claim.stage"].browse(vals.get("stage_id") or ())
        if not self.env.su:
            self._check_editable(vals)
            vals = self._told_in_talk(vals)
        moving = self.browse()
        if stage:
            self._take_hold()
            moving = self.filtered(lambda claim: claim.stage_id != stage)
            for claim in moving:
                claim._check_transition(stage, vals.get("reason"))
        before = {claim: claim._standing() for claim in moving}
        former = []
        if not moving and {"user_id", "team_id"} & vals.keys():
            former = [(claim.user_id, claim.next_user_id) for claim in self.sudo()]
        result = super().write(vals)
        if moving:
            moving.sudo()._after_move(before, vals.get("reason"))
        elif former:
            self.sudo()._after_reassigned(former)
        if not self.env.su and "partner_id" in vals:
            # Record rules were asked about the old values only.
            self._check_client()
            self.check_access("write")
        return result

    def _take_hold(self):
        """Let one person move a claim at a time.

        :raises UserError: for whoever comes second
        """
        try:
            self.lock_for_update()
        except LockError as error:
            raise UserError(
                self.env._(
                    "Somebody else is moving this claim right now. Look at it again "
                    "in a moment."
                )
            ) from error

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(self.env._("A claim is never deleted. Reject it, and say why."))

    def _its_neutral_name(self):
        return self.env._("another claim")
