from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import SQL, format_date

# What the calendar or the client's card decides; nobody writes it manually.
DERIVED_FIELDS = frozenset(
    {
        "state",
        "user_id",
        "team_id",
        "continues_id",
        "is_renewed",
        "client_since",
        "date_last",
        "covered_until",
        "last_user_id",
        "last_team_id",
        "last_told_on",
    }
)
# The states in the order in which they matter to whoever opens a card.
URGENCY = {
    state: number
    for number, state in enumerate(
        ("expiring", "active", "upcoming", "expired", "cancelled")
    )
}


class ItsSubscription(models.Model):
    """One client's use of one service over one period.

    The state follows from the dates: ``upcoming`` before the start, ``active``,
    ``expiring`` in the last days (a company setting), ``expired`` after the end,
    ``cancelled`` from the day of cancellation on. A renewal is a new subscription
    chained to the previous one, so that retention can be counted.
    """

    _name = "its.subscription"
    _description = "ITS Subscription"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _order = "date_end, id"
    _rec_names_search = ["contract_number", "registration_number", "partner_id"]
    _check_company_auto = True

    partner_id = fields.Many2one(
        "res.partner",
        string="Client",
        required=True,
        index=True,
        ondelete="restrict",
        check_company=True,
        tracking=True,
        # A separate division belongs to its head office and is a client of its own.
        domain="['|', ('parent_id', '=', False), ('is_company', '=', True)]",
    )
    service_id = fields.Many2one(
        "its.service",
        required=True,
        index=True,
        ondelete="restrict",
        tracking=True,
    )
    service_kind = fields.Selection(related="service_id.kind", store=True)
    company_id = fields.Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company
    )
    user_id = fields.Many2one(
        "res.users",
        string="Client manager",
        related="partner_id.user_id",
        store=True,
        index="btree_not_null",
    )
    team_id = fields.Many2one(
        "its.team",
        compute="_compute_team_id",
        store=True,
        precompute=True,
        index="btree_not_null",
    )
    last_user_id = fields.Many2one(
        "res.users",
        string="Client manager then",
        compute="_compute_last_people",
        store=True,
        index="btree_not_null",
        help="The client manager; of a subscription that is over, the one on its last "
        "day. Reports count for them.",
    )
    last_team_id = fields.Many2one(
        "its.team",
        string="Team then",
        compute="_compute_last_people",
        store=True,
        index="btree_not_null",
        help="The team; of a subscription that is over, the one on its last day. "
        "Reports count for it.",
    )
    last_told_on = fields.Date(
        string="Manager and team told on", compute="_compute_last_people", store=True
    )
    contract_number = fields.Char(index="btree_not_null", tracking=True)
    registration_number = fields.Char(
        index="btree_not_null",
        help="The number under which the program is registered with 1C.",
    )
    date_start = fields.Date(
        string="From", default=lambda self: self.env.company._its_today(), tracking=True
    )
    date_end = fields.Date(string="Until", help="The last day in force.", tracking=True)
    date_cancelled = fields.Date(
        string="Cancelled on", copy=False, readonly=True, tracking=True
    )
    cancellation_reason_id = fields.Many2one(
        "its.cancellation.reason",
        string="Reason for cancellation",
        copy=False,
        readonly=True,
        ondelete="restrict",
        index="btree_not_null",
    )
    cancellation_note = fields.Text(string="What the client said", copy=False)
    state = fields.Selection(
        [
            ("upcoming", "Upcoming"),
            ("active", "Active"),
            ("expiring", "Expiring"),
            ("expired", "Expired"),
            ("cancelled", "Cancelled"),
        ],
        compute="_compute_state",
        store=True,
        precompute=True,
        index=True,
    )
    onec_ref = fields.Char(
        string="1C reference",
        copy=False,
        readonly=True,
        index="btree_not_null",
        help="Reference of the contract that this subscription was imported from.",
    )
    note = fields.Text(string="Notes")
    urgency = fields.Integer(
        compute="_compute_urgency",
        exportable=False,
        help="Lists of a client begin with what ends soon.",
    )
    can_edit = fields.Boolean(
        compute="_compute_can_edit",
        help="Actions that the user may not perform are hidden.",
    )

    _dates_in_order = models.Constraint(
        "CHECK (date_end >= date_start)",
        "A subscription cannot end before it starts. Correct one of its dates.",
    )
    _not_twice = models.UniqueIndex(
        "(company_id, partner_id, service_id, COALESCE(contract_number, ''), "
        "COALESCE(registration_number, ''), COALESCE(date_start, '0001-01-01'))",
        "The client already has this subscription with the same numbers and start.",
    )
    _in_force_by_end = models.Index(
        "(date_end) INCLUDE (company_id, state, service_id, team_id) "
        "WHERE state IN ('upcoming', 'active', 'expiring')"
    )
    # Coverage and retention are told of all clients, one after the other: from here,
    # in this order, without the rest of the subscriptions.
    _by_client = models.Index(
        "(partner_id) INCLUDE (company_id, service_kind, service_id, team_id, "
        "last_team_id, date_start, date_end, date_cancelled, date_last, client_since, "
        "covered_until, is_renewed)"
    )

    # -------------------------------------------------------------------------
    # Computes
    # -------------------------------------------------------------------------

    @api.depends(
        "service_id", "contract_number", "partner_id", "date_start", "date_end"
    )
    @api.depends_context("its_hide_client", "lang")
    def _compute_display_name(self):
        for subscription in self:
            name = subscription.service_id.name or self.env._("New subscription")
            if subscription.contract_number:
                name = self.env._(
                    "%(service)s no. %(number)s",
                    service=name,
                    number=subscription.contract_number,
                )
            period = subscription._its_period_words()
            if period:
                name = f"{name}, {period}"
            if not self.env.context.get("its_hide_client") and subscription.partner_id:
                name = f"{subscription.partner_id.name} · {name}"
            subscription.display_name = name

    def _its_period_words(self):
        """From when until when it lasts, to tell two periods of a contract apart."""
        self.ensure_one()
        first = self.date_start and format_date(self.env, self.date_start)
        last = self.date_end and format_date(self.env, self.date_end)
        if first and last:
            return f"{first} – {last}"
        if last:
            return self.env._("until %(date)s", date=last)
        return self.env._("since %(date)s", date=first) if first else ""

    @api.depends(
        "company_id",
        "service_id.team_ids",
        "service_id.team_ids.active",
        "service_id.team_ids.company_id",
    )
    def _compute_team_id(self):
        for subscription in self:
            subscription.team_id = subscription.service_id.team_ids.filtered(
                lambda team, company=subscription.company_id: (
                    team.active and team.company_id == company
                )
            )[:1]

    @api.depends("user_id", "team_id", "date_start", "date_end", "date_cancelled")
    def _compute_last_people(self):
        for subscription in self:
            # A client who gets another manager, a service that moves to another team:
            # what was over by then keeps its own.
            if not (subscription.last_told_on and subscription._is_over()):
                subscription.last_user_id = subscription.user_id
                subscription.last_team_id = subscription.team_id
                subscription.last_told_on = subscription.env.company._its_today()

    def _is_over(self):
        """Whether the last day has passed, or there never was one."""
        today = (self.company_id or self.env.company)._its_today()
        return self._state_on(today, today) in ("expired", "cancelled")

    @api.depends("date_start", "date_end", "date_cancelled", "company_id")
    def _compute_state(self):
        for company, subscriptions in self.grouped("company_id").items():
            company = company or self.env.company
            today = company._its_today()
            warn_from = today + relativedelta(days=company.its_expiring_days)
            for subscription in subscriptions:
                subscription.state = subscription._state_on(today, warn_from)

    @api.depends("state")
    def _compute_urgency(self):
        for subscription in self:
            subscription.urgency = URGENCY.get(subscription.state, len(URGENCY))

    def _field_to_sql(self, alias, field_expr, query=None):
        if field_expr != "urgency":
            return super()._field_to_sql(alias, field_expr, query)
        # Lists of a client are sorted by the database, too.
        state = self._field_to_sql(alias, "state", query)
        cases = [SQL("WHEN %s THEN %s", *each) for each in URGENCY.items()]
        return SQL("CASE %s %s ELSE %s END", state, SQL(" ").join(cases), len(URGENCY))

    @api.depends_context("uid")
    def _compute_can_edit(self):
        editable = self._filtered_access("write")
        for subscription in self:
            subscription.can_edit = subscription in editable

    def _state_on(self, today, warn_from):
        """Tell the state on a day.

        :param today: the ``date`` asked about
        :param warn_from: ends up to this ``date`` count as expiring
        :return: a value of ``state``
        """
        self.ensure_one()
        if self.date_cancelled and (
            self.date_cancelled <= today
            # On its first day: it will never begin.
            or (self.date_start and self.date_cancelled <= self.date_start)
        ):
            return "cancelled"
        if self.date_start and self.date_start > today:
            return "upcoming"
        if not self.date_end:
            return "active"
        if self.date_end < today:
            return "expired"
        return "expiring" if self.date_end <= warn_from else "active"

    # -------------------------------------------------------------------------
    # Constraints
    # -------------------------------------------------------------------------

    @api.constrains("partner_id")
    def _check_partner_is_client(self):
        for subscription in self:
            partner = subscription.partner_id
            if partner.commercial_partner_id != partner:
                raise ValidationError(
                    self.env._(
                        "%(contact)s is a contact person. "
                        "Choose the firm itself, %(client)s.",
                        contact=partner._its_visible_name(),
                        client=partner.commercial_partner_id._its_visible_name(),
                    )
                )

    @api.constrains("date_cancelled", "cancellation_reason_id")
    def _check_cancellation_reason(self):
        for subscription in self:
            if subscription.date_cancelled and not subscription.cancellation_reason_id:
                raise ValidationError(
                    self.env._(
                        "%(name)s cannot be cancelled without a reason: reasons are "
                        "needed to analyze retention. Press «Cancel subscription».",
                        name=subscription.display_name,
                    )
                )
            doubt = subscription.date_cancelled and subscription._its_day_doubt(
                subscription.date_cancelled, subscription.cancellation_reason_id
            )
            if doubt:
                raise ValidationError(doubt)

    def _its_day_doubt(self, day, reason):
        """Why this subscription cannot be cancelled on a day: it lies outside the
        period, and the reason does not say why.

        :return: a sentence, or ``None``
        """
        self.ensure_one()
        first, last = self.date_start, self.date_end
        if reason.any_day or (
            (not first or day >= first) and (not last or day <= last)
        ):
            return None
        return self.env._(
            "%(name)s lasts from %(first)s until %(last)s, so it cannot be cancelled on "
            "%(day)s. Choose a day within the period, or a reason that says why the day "
            "lies outside, such as «Entered by mistake».",
            name=self.display_name,
            first=first and format_date(self.env, first) or "…",
            last=last and format_date(self.env, last) or "…",
            day=format_date(self.env, day),
        )

    # -------------------------------------------------------------------------
    # CRUD
    # -------------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self._check_derived_fields(vals)
        subscriptions = super().create(vals_list)
        strangers = subscriptions.partner_id.filtered(lambda p: not p.its_client)
        if strangers:
            # Creating a subscription makes the firm a client.
            strangers.sudo().its_client = True
        return subscriptions

    def write(self, vals):
        self._check_derived_fields(vals)
        result = super().write(vals)
        if not self.env.su and {"partner_id", "company_id"} & vals.keys():
            # Record rules were asked about the old values only.
            self.check_access("write")
        return result

    def _check_derived_fields(self, vals):
        if self.env.su:
            return
        derived = sorted(DERIVED_FIELDS & vals.keys())
        if derived:
            names = self.fields_get(derived, ["string"])
            raise UserError(
                self.env._(
                    "%(fields)s cannot be set manually: it is computed from the dates "
                    "and the client's card. Change those instead.",
                    fields=", ".join(names[name]["string"] for name in derived),
                )
            )

    # -------------------------------------------------------------------------
    # Actions
    # -------------------------------------------------------------------------

    def action_cancel(self):
        """Ask for the reason and the day of the cancellation."""
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Cancel the subscription"),
            "res_model": "its.subscription.cancel",
            "view_mode": "form",
            "target": "new",
            "context": {"default_subscription_ids": self.ids},
        }

    def action_restore(self):
        """Take a cancellation back."""
        self.check_access("write")
        self.write(
            {
                "date_cancelled": False,
                "cancellation_reason_id": False,
                "cancellation_note": False,
            }
        )

    # -------------------------------------------------------------------------
    # Business
    # -------------------------------------------------------------------------

    @api.model
    def _its_mostly_about(self, client, company, team=None):
        """What a talk with a client is about, if nothing else says so: what they have in
        force, and of that what ends last.

        :param team: whose services come first, if there is one
        """
        found = self.search(
            [
                ("partner_id", "=", client.id),
                ("company_id", "=", company.id),
                ("state", "in", ("active", "expiring")),
            ],
            order="date_end DESC NULLS FIRST, id DESC",
        )
        of_team = found.filtered(lambda one: team and one.team_id == team)
        return (of_team or found)[:1]

    def _its_identity(self):
        """What makes two subscriptions of a client the same one; see ``_not_twice``."""
        self.ensure_one()
        return (
            self.company_id,
            self.service_id,
            self.contract_number or "",
            self.registration_number or "",
            self.date_start,
        )

    @api.model
    def _cron_update_states(self):
        """Move the subscriptions whose day has come; runs every hour because
        midnight comes to each company at an hour of its own."""
        self._update_states()

    @api.model
    def _update_states(self, companies=None):
        """Recompute the states that the calendar has changed.

        :param companies: the companies to look at; all of them by default
        :return: the subscriptions whose state has changed
        """
        changed = self.browse()
        for company in companies or self.env["res.company"].search([]):  # pylint: disable=no-search-all
            today = company._its_today()
            stale = self.search(self._stale_domain(company, today))
            changed |= stale
        self.env.add_to_compute(self._fields["state"], changed)
        changed.flush_recordset(["state"])
        return changed

    @api.model
    def _stale_domain(self, company, today):
        """Rows of a company whose stored state is not what ``today`` makes it."""
        warn = today + relativedelta(days=company.its_expiring_days)
        in_force = ("upcoming", "active", "expiring", "expired")
        started = ["|", ("date_start", "=", False), ("date_start", "<=", today)]
        domain = fields.Domain
        return domain("company_id", "=", company.id) & domain.OR(
            [
                domain("state", "in", in_force) & domain("date_cancelled", "<=", today),
                domain("state", "=", "upcoming") & domain("date_start", "<=", today),
                domain("state", "in", ("active", "expiring"))
                & domain("date_end", "<", today),
                domain("state", "=", "active") & domain("date_end", "<=", warn),
                domain("state", "=", "expiring")
                & domain(started)
                & domain("date_end", ">", warn),
            ]
        )

    def _its_neutral_name(self):
        return self.env._("another subscription")
