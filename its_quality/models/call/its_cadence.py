from datetime import date

from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, ValidationError
from odoo.tools import SQL, ormcache

from ..base.groups import (
    GROUP_ADMINISTRATOR,
    GROUP_CLIENT_MANAGER,
    GROUP_QUALITY_MANAGER,
)
from ..base.purposes import PURPOSES
from . import kept

# What a cadence is about.
SERVICES = frozenset({"service_ids", "service_kind"})


class ItsCadence(models.Model):
    """A rule of keeping in touch («регламент связи»): who calls which clients, when,
    why, and with which questionnaire.

    A nightly job plans the calls; see :mod:`.its_cadence_planning`. Cadences are planned
    in their order, those before an end first: where a manager has no room in a day, the
    first ones take it.
    """

    _name = "its.cadence"
    _description = "Call Cadence"
    _inherit = ["mail.thread"]
    _order = "sequence, id"
    _check_company_auto = True

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company
    )
    trigger = fields.Selection(
        [
            ("periodic", "Periodically"),
            ("after_start", "After a subscription starts"),
            ("before_end", "Before a subscription ends"),
            ("after_claim", "After a claim is closed"),
        ],
        string="When",
        required=True,
        default="periodic",
        tracking=True,
    )
    interval_number = fields.Integer(string="Every", default=1, tracking=True)
    interval_unit = fields.Selection(
        [("week", "weeks"), ("month", "months")], default="month", tracking=True
    )
    delay_days = fields.Integer(
        string="Days",
        default=5,
        tracking=True,
        help="Working days after the start or the closing of the claim; calendar days "
        "before the end.",
    )
    purpose = fields.Selection(PURPOSES, required=True, default="constant")
    responsible = fields.Selection(
        [("client_manager", "Client manager"), ("quality_manager", "Quality manager")],
        string="Who calls",
        required=True,
        default="client_manager",
        tracking=True,
    )
    user_ids = fields.Many2many(
        "res.users",
        "its_cadence_user_rel",
        "cadence_id",
        "user_id",
        string="Only these people",
        domain="[('share', '=', False), ('company_ids', 'in', company_id)]",
        help="Leave empty for all quality managers of the company. The calls are "
        "shared among them.",
    )
    service_kind = fields.Selection(
        [("contract", "Contracts"), ("service", "Services"), ("program", "Programs")],
        string="Subscriptions to",
        help="Leave empty for any.",
    )
    service_ids = fields.Many2many(
        "its.service",
        "its_cadence_service_rel",
        "cadence_id",
        "service_id",
        string="Only these services",
        help="Leave empty for all of this kind.",
    )
    survey_id = fields.Many2one(
        "survey.survey",
        string="Questionnaire",
        index="btree_not_null",
        ondelete="restrict",
        domain="[('survey_type', '=', 'its'), ('its_draft', '=', False)]",
    )
    script = fields.Html(
        translate=True,
        help="What to say and ask; shown next to the client at the call desk.",
    )
    can_edit = fields.Boolean(
        compute="_compute_can_edit",
        help="Actions that the user may not perform are hidden.",
    )
    call_count = fields.Integer(string="Calls", compute="_compute_call_count")

    _interval_positive = models.Constraint(
        "CHECK (trigger != 'periodic' OR interval_number BETWEEN 1 AND 120)",
        "A periodic cadence needs a period from one week to ten years.",
    )
    _delay_positive = models.Constraint(
        "CHECK (delay_days BETWEEN 0 AND 1000)",
        "The number of days must be between 0 and 1000.",
    )

    @api.depends_context("uid")
    def _compute_call_count(self):
        counts = dict(
            self.env["mail.activity"]
            .sudo()
            ._read_group(
                [("its_cadence_id", "in", self.ids)], ["its_cadence_id"], ["__count"]
            )
        )
        for cadence in self:
            cadence.call_count = counts.get(cadence.sudo(), 0)

    @api.depends("survey_id")
    @api.depends_context("uid")
    def _compute_can_edit(self):
        editable = self._filtered_access("write")
        for cadence in self:
            cadence.can_edit = cadence in editable

    @api.constrains("survey_id")
    def _check_survey(self):
        for cadence in self.sudo():
            survey = cadence.survey_id
            if survey and survey.survey_type != "its":
                raise ValidationError(
                    self.env._(
                        "«%(survey)s» is not a questionnaire for 1С:ИТС clients. "
                        "Choose one from the list of questionnaires.",
                        survey=survey.title,
                    )
                )

    @api.constrains("user_ids", "responsible")
    def _check_users(self):
        group = GROUP_CLIENT_MANAGER
        for cadence in self.sudo():
            strangers = cadence.user_ids.filtered(
                lambda user: not user.has_group(group)
            )
            if strangers:
                raise ValidationError(
                    self.env._(
                        "%(users)s cannot call clients without a role in ITS quality. "
                        "Assign the role first, or remove them from the list.",
                        users=", ".join(strangers.mapped("name")),
                    )
                )

    def _next_day(self, day):
        """When a client is due again who was called on a day."""
        self.ensure_one()
        if self.interval_unit == "week":
            return day + relativedelta(weeks=self.interval_number)
        return day + relativedelta(months=self.interval_number)

    @api.model
    @ormcache("company.id")
    def _days_of_silence(self, company):
        """After how many days without a talk a client counts as silent.

        :return: the shortest period of constant contact in the company, in days;
            ``None`` where there is none
        """
        cadences = self.sudo().search(
            [
                ("company_id", "=", company.id),
                ("trigger", "=", "periodic"),
                ("purpose", "=", "constant"),
            ]
        )
        day = date(2000, 1, 1)
        return min(((c._next_day(day) - day).days for c in cadences), default=None)

    @api.model
    @ormcache("company_ids", "purpose")
    def _periodic_ids(self, company_ids, purpose=None):
        """The ids of the periodic cadences of some companies."""
        domain = [("trigger", "=", "periodic"), ("company_id", "in", company_ids)]
        if purpose:
            domain.append(("purpose", "=", purpose))
        return tuple(self.sudo().search(domain).ids)

    @ormcache("self.id")
    def _service_ids(self):
        """The ids of the services that a cadence is about; of all of its kind where it
        names none."""
        return tuple(self.sudo().service_ids.ids)

    @api.model
    def _kept_clients(self, day=None, clients=(), purpose=None):
        """Clients whom periodic cadences concern, and whether they were reached in time;
        see :func:`.kept.kept_clients`."""
        return kept.kept_clients(self.env, day, clients, purpose)

    @api.model
    def _count_kept(self, days, team_id=None):
        """How many were reached in time, of how many; see :func:`.kept.count_kept`."""
        return kept.count_kept(self.env, days, team_id)

    def _oldest_day(self, day):
        """The first day whose talk still keeps the cadence on a day."""
        self.ensure_one()
        return kept.oldest_day(self, day)

    # -------------------------------------------------------------------------
    # Whom it is about, as conditions of SQL on «subscription» and «partner»
    # -------------------------------------------------------------------------

    def _of_subscriptions(self):
        """Which subscriptions the cadence is about, as a condition."""
        condition = SQL("subscription.company_id = %s", self.company_id.id)
        ids = self._service_ids()
        if ids:
            return SQL("%s AND subscription.service_id IN %s", condition, ids)
        if self.service_kind:
            return SQL(
                "%s AND subscription.service_kind = %s", condition, self.service_kind
            )
        return condition

    @staticmethod
    def _of_cadence(subscription):
        """The same for a statement about many cadences, each called «cadence» there.

        :param subscription: what the subscription is called there
        """
        return SQL(
            """
            %(subscription)s.company_id = cadence.company_id
            AND CASE WHEN EXISTS (
                    SELECT FROM its_cadence_service_rel WHERE cadence_id = cadence.id
                ) THEN %(subscription)s.service_id IN (
                    SELECT service_id FROM its_cadence_service_rel
                     WHERE cadence_id = cadence.id
                ) ELSE cadence.service_kind IS NULL
                    OR cadence.service_kind = %(subscription)s.service_kind
                END
            """,
            subscription=SQL.identifier(subscription),
        )

    def _is_callable(self):
        """A client of the company who has not asked not to be called."""
        return SQL(
            """
            partner.active AND partner.its_client
            AND partner.its_call_consent IS DISTINCT FROM 'refused'
            AND (partner.company_id IS NULL OR partner.company_id = %s)
            """,
            self.company_id.id,
        )

    # -------------------------------------------------------------------------
    # CRUD
    # -------------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        self.env.registry.clear_cache()
        default = self.env.context.get("default_survey_id")
        if not all(vals.get("survey_id", default) for vals in vals_list):
            self._check_may_edit(self.browse())
        return super().create(vals_list)

    def write(self, vals):
        self.env.registry.clear_cache()
        self._check_may_edit(*self)
        result = super().write(vals)
        # Nor is a questionnaire taken out of one.
        self._check_may_edit(*self)
        if "active" in vals and not vals["active"] or SERVICES & vals.keys():
            self.sudo()._cancel_pointless()
        return result

    def _check_may_edit(self, *cadences):
        """Say it in words where only an administrator may: the record rules say no more
        than no.

        :param cadences: each of these, one that is still to be made being empty
        :raises AccessError: if one asks no questionnaire
        """
        user = self.env.user
        if self.env.su or user.has_group(GROUP_ADMINISTRATOR):
            return
        if not user.has_group(GROUP_QUALITY_MANAGER):
            # The access rights speak.
            return
        if not all(cadence.survey_id for cadence in cadences):
            raise AccessError(
                self.env._(
                    "Quality managers make and change cadences that ask a "
                    "questionnaire. Choose one, or ask an administrator."
                )
            )

    def unlink(self):
        self.env.registry.clear_cache()
        return super().unlink()

    # -------------------------------------------------------------------------
    # Actions
    # -------------------------------------------------------------------------

    def action_open_calls(self):
        """Open the calls planned by this cadence."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "its_quality.mail_activity_action_call"
        )
        action["domain"] = [("its_cadence_id", "=", self.id)]
        action["context"] = {}
        return action

    def action_plan_now(self):
        """Plan the calls of this cadence without waiting for the night.

        :return: a notification that says how many there are
        """
        self.ensure_one()
        self._check_may_edit(self)
        self.check_access("write")
        self._check_nobody_plans()
        count = self.sudo()._plan()
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success" if count else "info",
                "message": self.env._("Calls planned: %(count)s", count=count)
                if count
                else self.env._(
                    "There are no clients to call by this cadence right now."
                ),
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }
