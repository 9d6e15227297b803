import uuid
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, LockError, UserError, ValidationError

from .its_cadence_days import WorkingDays
from .its_claim_stage import ENDED, SATISFACTION
from .its_claim_transitions import BY_STATES

# What may be changed by whom, and while the claim is where. Whatever is not named here
# follows from the workflow and is set by nobody.
DESCRIPTION = (
    *("subject", "description", "partner_id", "contact_id", "subscription_id"),
    *("service_id", "priority", "channel", "duplicate_of_id"),
    *("email_from", "sender_name", "sender_phone"),
)
FINDINGS = (
    *("problem_id", "problem_service_id", "justified", "root_cause", "action_taken"),
    "wish_ids",
)
BEFORE_THE_END = (
    "registered",
    "dispatched",
    "in_progress",
    "verification",
    "follow_up",
)
EDITABLE = {
    **dict.fromkeys(DESCRIPTION, (("quality", "author"), BEFORE_THE_END)),
    "team_id": (("quality",), ("registered", "dispatched")),
    "user_id": (("head",), ("dispatched", "in_progress")),
    "date_deadline": (("head",), ("dispatched", "in_progress")),
    **dict.fromkeys(FINDINGS, (("responsible",), ("in_progress",))),
    "satisfaction": (("interviewer",), ("follow_up",)),
    "client_comment": (("interviewer",), ("follow_up",)),
}
UNLOGGED = {"mail_create_nolog": True, "mail_create_nosubscribe": True}
# What a claim may be registered with.
NEW = frozenset({*DESCRIPTION, "company_id", "team_id", "response_id"})
# Written together with a stage, or by the chatter and the web client for everybody.
ALWAYS = frozenset({"stage_id", "reason", "message_main_attachment_id", "color"})


class ItsClaim(models.Model):
    """A claim («рекламация»): something a client is not satisfied with, on its way to
    being put right.

    The quality manager accepts and dispatches it to a team, the head assigns it, the
    responsible person finds out and mends, the head verifies, the quality manager asks
    the client, who has the last word. Who may do what is one table, see
    :mod:`.its_claim_transitions`; every step leaves a movement.
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
        domain="[('parent_id', '=', False), ('its_client', '=', True)]",
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
    # Whoever holds the token speaks for the client: not for those who do the work. Each
    # claim has one from the first: opening its page writes nothing, and Odoo's signatures
    # of claims without one would be the same for all of them.
    access_token = fields.Char(
        groups="its_quality.group_quality_manager",
        default=lambda self: str(uuid.uuid4()),
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
        index=True,
        ondelete="restrict",
        tracking=True,
        copy=False,
        default=lambda self: self.env["its.claim.stage"]._first_of("registered"),
        group_expand="_read_group_stage_ids",
    )
    state = fields.Selection(
        related="stage_id.state", store=True, index=True, precompute=True
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
    date_closed = fields.Datetime(string="Closed on", readonly=True, copy=False)
    days_at_stage = fields.Integer(
        string="Days at the stage", compute="_compute_days_at_stage"
    )
    waiting_since = fields.Datetime(
        string="Waits for the client since", readonly=True, copy=False
    )
    waited_hours = fields.Float(
        readonly=True, copy=False, help="Working hours at this stage that do not count."
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
        movements = self.env["its.claim.movement"].sudo()
        groups = movements._read_group(
            [("claim_id", "in", self.ids)],
            ["claim_id", "from_stage_id"],
            ["hours:sum"],
        )
        seconds = {claim.id: {} for claim in self}
        for claim, stage, hours in groups:
            if stage:
                seconds[claim.id][stage.id] = int(hours * 3600)
        for claim in self:
            spent = seconds[claim.id]
            if claim.date_stage and claim.state not in ENDED:
                stage = claim.stage_id.id
                passed = (now - claim.date_stage).total_seconds()
                spent[stage] = spent.get(stage, 0) + int(passed)
            claim.duration_tracking = spent

    @api.model
    def _read_group_stage_ids(self, stages, domain):  # pylint: disable=unused-argument
        return stages.search([])  # pylint: disable=no-search-all

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
                record.display_name
                for record, owner in (
                    (claim.contact_id, claim.contact_id.commercial_partner_id),
                    (claim.subscription_id, claim.subscription_id.partner_id),
                )
                if record and owner != firm
            ]
            if firm and firm.commercial_partner_id != firm:
                strangers.append(firm.name)
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

    def _without_strange_defaults(self):
        """These records with the defaults of the context that a user may give."""
        if self.env.su:
            return self
        given = {
            name: value
            for name, value in self.env.context.items()
            if not name.startswith("default_")
            or name.removeprefix("default_") not in self._fields
            or name.removeprefix("default_") in NEW
        }
        return self.with_env(self.env(context=given))

    def _labels(self, names):
        """Titles of fields, also of those that the user may not see."""
        return ", ".join(
            self._fields[name]._description_string(self.env)
            if name in self._fields
            else name
            for name in sorted(names)
        )

    def _check_new(self, vals):
        """A claim begins at the beginning, whoever writes it."""
        strange = vals.keys() - {*NEW, *ALWAYS}
        strange = [name for name in strange if name in self._fields and vals[name]]
        stage = self.env["its.claim.stage"].browse(vals.get("stage_id") or ())
        if stage and stage.state != "registered":
            strange.append("stage_id")
        if strange and not self.env.su:
            labels = self._labels(strange)
            raise UserError(
                self.env._(
                    "A new claim has no %(fields)s yet: it is registered first.",
                    fields=labels,
                )
            )

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
        result = super().write(vals)
        if moving:
            moving.sudo()._after_move(before, vals.get("reason"))
        elif {"user_id", "team_id"} & vals.keys():
            self.sudo()._after_reassigned()
        if not self.env.su and "partner_id" in vals:
            # Record rules were asked about the old values only.
            self._check_client()
            self.check_access("write")
        return result

    def _check_client(self):
        """Refuse a client whom the user may not see.

        :raises AccessError: as for the client himself
        """
        firms = self.sudo().partner_id
        firms.with_env(self.env).check_access("read")

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

    def _check_editable(self, vals):
        """Refuse what the user may not change while the claim is where it is.

        :raises AccessError: naming the fields
        """
        names = vals.keys() - ALWAYS
        names = [
            name for name in names if not name.startswith(("activity_", "message_"))
        ]
        for claim in self:
            forbidden = [name for name in names if not claim._may_edit(name)]
            if forbidden:
                labels = self._labels(forbidden)
                states = dict(self._fields["state"]._description_selection(self.env))
                raise AccessError(
                    self.env._(
                        "%(claim)s: you may not change %(fields)s while it is at "
                        "«%(state)s».",
                        claim=claim.name,
                        fields=labels,
                        state=states[claim.state],
                    )
                )

    def _may_edit(self, name):
        self.ensure_one()
        if name not in EDITABLE:
            return False
        persons, states = EDITABLE[name]
        if self.state not in states:
            return False
        for who in persons:
            if who == "author":
                if self.state == "registered" and self.author_id == self.env.user:
                    return True
            elif self._is_who(who):
                return True
        return False

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(self.env._("A claim is never deleted. Reject it, and say why."))

    # -------------------------------------------------------------------------
    # What a move brings about
    # -------------------------------------------------------------------------

    def _note_of_client(self, former):
        """What the client said when the claim left the stage at which he is asked."""
        if former != "follow_up":
            return False
        return "1" if self.state == "in_progress" else self.satisfaction

    def _standing(self):
        """Where a claim stands before it moves."""
        return (self.stage_id, self.date_stage, self.user_id, self.waited_hours)

    def _after_move(self, before, reason):
        """Movement, dates, counters and the to-do of whoever is next."""
        now = fields.Datetime.now()
        self._resume(now)
        self._leave_movements(before, reason)
        for claim in self:
            former = before[claim][0].state
            values = {"date_stage": now, "waited_hours": 0, "escalated_on": False}
            if claim.state == "dispatched":
                values["quality_user_id"] = self.env.uid
                if not claim.date_deadline:
                    values["date_deadline"] = claim._default_deadline()
            elif claim.state == "in_progress":
                values["worker_ids"] = [(4, claim.user_id.id)] if claim.user_id else []
                values.update(
                    satisfaction=False, satisfaction_via=False, date_closed=False
                )
                if former == "verification":
                    values["rework_count"] = claim.rework_count + 1
                elif former in ("follow_up", "closed"):
                    values["reopen_count"] = claim.reopen_count + 1
            elif claim.state == "verification":
                day = claim.company_id._its_today()
                values["on_time"] = (
                    not claim.date_deadline or day <= claim.date_deadline
                )
                values["worker_ids"] = [(4, self.env.uid)]
            elif claim.state in ENDED:
                values["date_closed"] = now
            super(ItsClaim, claim).write(values)
        self._schedule_next()
        for claim in self.filtered(lambda c: c.state == "closed" and c.partner_id):
            self.env["its.cadence"]._plan_after_claim(
                claim.partner_id,
                claim.company_id,
                subscription=claim.subscription_id,
            )
        for claim in self:
            claim._tell(BY_STATES[before[claim][0].state, claim.state].name)
        self.filtered(lambda claim: claim.state == "follow_up")._ask_client()

    def _after_reassigned(self):
        for claim in self:
            if claim.user_id and claim.state == "in_progress":
                super(ItsClaim, claim).write({"worker_ids": [(4, claim.user_id.id)]})
        self._schedule_next()

    def _leave_movements(self, before, reason):
        """Append the step just made; see ``its.claim.movement``."""
        now = fields.Datetime.now()
        values = []
        for claim in self.sudo():
            stage, since, user, waited = before.get(
                claim, (self.env["its.claim.stage"], now, claim.user_id, 0)
            )
            values.append(
                {
                    "claim_id": claim.id,
                    "from_stage_id": stage.id,
                    "from_state": stage.state,
                    "to_stage_id": claim.stage_id.id,
                    "to_state": claim.state,
                    "date": now,
                    "user_id": self.env.uid,
                    "responsible_id": user.id,
                    "hours": (now - since).total_seconds() / 3600,
                    "working_hours": max(
                        claim._working_hours(since, now) - claim.waited_hours, 0
                    ),
                    "satisfaction": claim._note_of_client(stage.state),
                    "reason": reason or False,
                }
            )
        self.env["its.claim.movement"].sudo().create(values)

    def _calendar(self):
        return self.team_id.resource_calendar_id or self.company_id.resource_calendar_id

    def _working_hours(self, start, end):
        calendar = self._calendar()
        if not calendar or end <= start:
            return 0
        return calendar.get_work_hours_count(start, end)

    def _default_deadline(self):
        """The day by which the team should be done: working days by priority."""
        self.ensure_one()
        company = self.company_id
        count = company[f"its_claim_days_{self.priority}"]
        today = company._its_today()
        return WorkingDays(self._calendar(), today).after(today, count)

    def _may_be_reopened(self):
        """Whether the client may still come back to a closed claim."""
        self.ensure_one()
        days = timedelta(days=self.company_id.its_reopen_days)
        return (
            bool(self.date_closed) and fields.Datetime.now() <= self.date_closed + days
        )

    # -------------------------------------------------------------------------
    # Waiting for the client
    # -------------------------------------------------------------------------

    def _pause(self):
        """Stop the clock until the client has answered."""
        for claim in self.sudo():
            if not claim.waiting_since:
                super(ItsClaim, claim).write({"waiting_since": fields.Datetime.now()})

    def _resume(self, now=None):
        """Let the clock run again; the deadline moves by the days that were waited."""
        now = now or fields.Datetime.now()
        for claim in self.sudo().filtered("waiting_since"):
            since = claim.waiting_since
            days = WorkingDays(claim._calendar(), since.date())
            waited = sum(
                since.date() + timedelta(days=n) in days
                for n in range((now.date() - since.date()).days)
            )
            values = {
                "waiting_since": False,
                "waited_hours": claim.waited_hours + claim._working_hours(since, now),
            }
            if claim.date_deadline and waited:
                values["date_deadline"] = days.after(claim.date_deadline, waited)
            super(ItsClaim, claim).write(values)
