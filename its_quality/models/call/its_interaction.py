from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..base.purposes import OUTCOMES, PURPOSES
from ..client.then import keep_manager, keep_team, manager_field, team_field
from .apart import Apart
from .call_days import CallDays

# Clocks of two computers differ; more than this is a date mistyped.
AHEAD = timedelta(hours=1)


class ItsInteraction(models.Model):
    """One contact with a client («связь с клиентом»): a call, a visit, a letter.

    It says who spoke with whom, why, and what came of it. A client's last contact is
    the last one in which they were reached.
    """

    _name = "its.interaction"
    _description = "Interaction with a Client"
    _order = "date_start desc, id desc"
    _rec_name = "partner_id"
    _check_company_auto = True

    partner_id = fields.Many2one(
        "res.partner",
        string="Client",
        required=True,
        index=True,
        ondelete="restrict",
        check_company=True,
        domain="[('its_client', '=', True),"
        " '|', ('parent_id', '=', False), ('is_company', '=', True)]",
    )
    contact_id = fields.Many2one(
        "res.partner",
        string="Contact person",
        index="btree_not_null",
        ondelete="set null",
        check_company=True,
        domain="[('commercial_partner_id', '=', partner_id)]",
    )
    subscription_id = fields.Many2one(
        "its.subscription",
        index="btree_not_null",
        ondelete="set null",
        check_company=True,
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
    )
    manager_id = manager_field(compute="_compute_manager_id")
    team_id = team_field(compute="_compute_team_id")
    company_id = fields.Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company
    )
    user_id = fields.Many2one(
        "res.users",
        string="Contacted by",
        required=True,
        index=True,
        ondelete="restrict",
        default=lambda self: self.env.user,
        domain="[('share', '=', False)]",
    )
    channel = fields.Selection(
        [
            ("call", "Call"),
            ("email", "E-mail"),
            ("visit", "Visit"),
            ("remote", "Remote session"),
            ("messenger", "Messenger"),
            ("portal", "Portal"),
            ("questionnaire", "Questionnaire by link"),
        ],
        required=True,
        default="call",
    )
    direction = fields.Selection(
        [("out", "We contacted the client"), ("in", "The client contacted us")],
        required=True,
        default="out",
    )
    date_start = fields.Datetime(
        string="When", required=True, default=fields.Datetime.now
    )
    duration = fields.Float(help="In hours.")
    purpose = fields.Selection(PURPOSES, required=True, default="other")
    outcome = fields.Selection(OUTCOMES, required=True, default="reached")
    summary = fields.Text(string="What was said")
    wish_ids = fields.Many2many("its.wish", string="Wishes")
    response_id = fields.Many2one(
        "survey.user_input",
        copy=False,
        index="btree_not_null",
        ondelete="set null",
    )
    activity_id = fields.Many2one(
        "mail.activity",
        string="Planned call",
        copy=False,
        index="btree_not_null",
        ondelete="set null",
        readonly=True,
    )
    cadence_id = fields.Many2one(
        "its.cadence",
        copy=False,
        readonly=True,
        index="btree_not_null",
        check_company=True,
    )

    taken_from = fields.Json(
        readonly=True,
        copy=False,
        groups=fields.NO_ACCESS,
        help="What the outcome has changed, so that it can be taken back.",
    )
    desk_ref = fields.Char(
        readonly=True,
        copy=False,
        groups=fields.NO_ACCESS,
        help="Which press at the desk recorded it: a second one is the same.",
    )

    _duration_positive = models.Constraint(
        "CHECK (duration >= 0)", "The duration cannot be negative."
    )
    # What is counted of a period is read from here, without the rest of the talks.
    _by_day = models.Index(
        "(date_start) INCLUDE (company_id, partner_id, outcome, purpose, service_id, "
        "response_id)"
    )
    # The planning job asks when a client was last spoken with for a purpose, the card
    # when at all.
    _last_by_purpose = models.Index("(partner_id, purpose, date_start DESC)")
    _last_reached = models.Index(
        "(partner_id, date_start DESC, id DESC) WHERE outcome = 'reached'"
    )

    # -------------------------------------------------------------------------
    # Computes
    # -------------------------------------------------------------------------

    @api.depends("subscription_id")
    def _compute_service_id(self):
        for interaction in self:
            if interaction.subscription_id:
                interaction.service_id = interaction.subscription_id.service_id

    @api.depends("partner_id")
    def _compute_manager_id(self):
        keep_manager(self, "manager_id", "partner_id")

    @api.depends("subscription_id")
    def _compute_team_id(self):
        keep_team(self, "team_id", "subscription_id")

    @api.depends("partner_id", "channel", "date_start")
    def _compute_display_name(self):
        channels = dict(self._fields["channel"]._description_selection(self.env))
        for interaction in self:
            interaction.display_name = (
                f"{channels[interaction.channel]}: {interaction.partner_id.name}"
                if interaction.partner_id and interaction.channel
                else self.env._("New interaction")
            )

    @api.onchange("partner_id")
    def _onchange_partner_id(self):
        firm = self.partner_id
        if self.contact_id.commercial_partner_id != firm:
            self.contact_id = False
        if self.subscription_id.partner_id != firm:
            self.subscription_id = False

    # -------------------------------------------------------------------------
    # Constraints
    # -------------------------------------------------------------------------

    @api.constrains("partner_id", "contact_id", "subscription_id")
    def _check_partner(self):
        for interaction in self.sudo():
            firm = interaction.partner_id
            if firm.commercial_partner_id != firm:
                raise ValidationError(
                    self.env._(
                        "%(contact)s is a contact person. Choose the firm itself, "
                        "%(client)s, as the client.",
                        contact=firm._its_visible_name(),
                        client=firm.commercial_partner_id._its_visible_name(),
                    )
                )
            contact = interaction.contact_id
            if contact and contact.commercial_partner_id != firm:
                raise ValidationError(
                    self.env._(
                        "%(contact)s does not work for %(client)s. "
                        "Choose a contact person of this client.",
                        contact=contact._its_visible_name(),
                        client=firm._its_visible_name(),
                    )
                )
            subscription = interaction.subscription_id
            if subscription and subscription.partner_id != firm:
                raise ValidationError(
                    self.env._(
                        "«%(subscription)s» is not a subscription of %(client)s. "
                        "Choose one of this client or leave the field empty.",
                        subscription=subscription._its_visible_name(),
                        client=firm._its_visible_name(),
                    )
                )

    @api.constrains("partner_id", "response_id", "activity_id")
    def _check_of_the_same_client(self):
        for interaction in self.sudo():
            clients = (
                interaction.response_id.its_client_id
                | interaction.activity_id.its_client_id
            )
            if clients - interaction.partner_id:
                raise ValidationError(
                    self.env._(
                        "The response and the planned call of an interaction must "
                        "belong to the same client, %(client)s.",
                        client=interaction.partner_id._its_visible_name(),
                    )
                )

    @api.constrains("date_start")
    def _check_date_start(self):
        latest = fields.Datetime.now() + AHEAD
        if any(interaction.date_start > latest for interaction in self):
            raise ValidationError(
                self.env._(
                    "An interaction has already taken place, so its date cannot be in "
                    "the future. To call the client later, plan a call."
                )
            )

    # -------------------------------------------------------------------------
    # CRUD
    # -------------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        interactions = super().create(vals_list)
        interactions._close_kept_calls()
        interactions._keep_calls_apart()
        interactions.partner_id._update_its_contacts()
        return interactions

    def write(self, vals):
        before = self.partner_id
        result = super().write(vals)
        if {"partner_id", "date_start", "outcome"} & vals.keys():
            (before | self.partner_id)._update_its_contacts()
        if not self.env.su and {"partner_id", "company_id"} & vals.keys():
            # Record rules were asked about the old values only.
            self.check_access("write")
        return result

    def unlink(self):
        clients = self.partner_id
        result = super().unlink()
        clients._update_its_contacts()
        return result

    # -------------------------------------------------------------------------
    # Business
    # -------------------------------------------------------------------------

    def _close_kept_calls(self):
        """Close periodic calls that these talks have made unnecessary: nobody likes to
        be called twice in a day, for a renewal and to ask how things are."""
        talks = self.sudo().filtered(lambda talk: talk.outcome == "reached")
        calls = (
            self.env["mail.activity"]
            .sudo()
            .search(
                [
                    ("its_client_id", "in", talks.partner_id.ids),
                    ("its_cadence_id.trigger", "=", "periodic"),
                    ("its_response_id", "=", False),
                    ("active", "=", True),
                    ("id", "not in", talks.activity_id.ids),
                ]
            )
        )
        kept = calls.filtered(
            lambda call: any(
                talk.partner_id == call.its_client_id
                and talk.company_id == call.its_cadence_id.company_id
                and call.its_cadence_id.purpose in ("constant", talk.purpose)
                and call.its_cadence_id._next_day(talk._its_day()) > call.date_deadline
                for talk in talks
            )
        )
        if kept:
            # The talk itself keeps the period, as long as it is there.
            kept._its_withdraw(
                self.env._("The client has been contacted in the meantime.")
            )

    def _keep_calls_apart(self):
        """Put off what is planned for the days after a planned call that was made, and
        can wait."""
        for talk in self.sudo():
            if talk.outcome != "reached" or not talk.activity_id:
                continue
            company, client = talk.company_id, talk.partner_id
            today = company._its_today()
            apart = Apart(company, today, client.ids)
            near = apart.take_near(client.id, talk._its_day())
            if near:
                call_days = CallDays(company, today)
                call_days.load()
                apart.move(near, client.id, call_days)

    def _its_day(self):
        """The ``date`` of the interaction where the company works."""
        self.ensure_one()
        return self.company_id._its_day_of(self.date_start)
