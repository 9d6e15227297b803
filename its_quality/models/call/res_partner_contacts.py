from odoo import api, fields, models
from odoo.tools import SQL, frozendict

from ..base.groups import GROUP_CLIENT_MANAGER, GROUP_USER
from ..base.readable import ReadableOne2many
from . import kept
from .res_users import QUIET

# What follows from talks and calls, and from what the night has seen.
CONTACT_FIELDS = frozenset(
    {
        "its_last_contact",
        "its_last_interaction_id",
        "its_next_contact",
        "its_risk_level",
    }
)
# Not with the rest of a card, which superuser mode reads for everybody.
PREFETCH = "its_contacts"
# Passed on within one computation.
REGULAR = "its_regular_contacts"
CONTACT_DEFAULTS = frozenset(f"default_{name}" for name in CONTACT_FIELDS)


class ResPartner(models.Model):
    """When a client was last spoken with, and when they will be.

    Both are kept on the card, because lists are sorted and filtered by them; whatever
    touches interactions or planned calls has to call :meth:`_update_its_contacts`.
    """

    _inherit = "res.partner"

    its_interaction_ids = ReadableOne2many(
        "its.interaction", "partner_id", string="Interactions", groups=GROUP_USER
    )
    its_interaction_count = fields.Integer(
        string="Number of interactions",
        compute="_compute_its_interaction_count",
        groups=GROUP_USER,
    )
    its_planned_call_ids = ReadableOne2many(
        "mail.activity", "its_client_id", string="Planned calls", groups=GROUP_USER
    )
    its_last_contact = fields.Datetime(
        string="Last contact",
        readonly=True,
        prefetch=PREFETCH,
        copy=False,
        groups=GROUP_USER,
        help="When the client was last reached.",
    )
    its_last_interaction_id = fields.Many2one(
        "its.interaction",
        string="Last interaction",
        readonly=True,
        prefetch=PREFETCH,
        copy=False,
        index="btree_not_null",
        ondelete="set null",
        groups=GROUP_USER,
    )
    its_next_contact = fields.Date(
        string="Next call",
        readonly=True,
        prefetch=PREFETCH,
        copy=False,
        groups=GROUP_USER,
        help="The day of the first planned call.",
    )
    its_last_talk = fields.Char(
        string="Last conversation", compute="_compute_its_last_talk", groups=GROUP_USER
    )

    _its_by_last_contact = models.Index(
        "(its_last_contact NULLS FIRST) WHERE its_client IS TRUE"
    )
    # In the order of the report; contact persons are clients, too, but were never
    # talked to, and would come before all others.
    _its_firms_by_last_contact = models.Index(
        "(its_last_contact NULLS FIRST) "
        "WHERE its_client IS TRUE AND active AND commercial_partner_id = id"
    )
    _its_by_next_contact = models.Index("(its_next_contact) WHERE its_client IS TRUE")

    @api.depends_context("uid", "allowed_company_ids")
    def _compute_its_interaction_count(self):
        counts = dict(
            self.env["its.interaction"]._read_group(
                [("partner_id", "in", self.ids)], ["partner_id"], ["__count"]
            )
        )
        for partner in self:
            partner.its_interaction_count = counts.get(partner, 0)

    @api.depends("its_last_interaction_id")
    @api.depends_context("uid", "lang")
    def _compute_its_last_talk(self):
        """Who spoke with them last, and what was noted."""
        readable = self.its_last_interaction_id._filtered_access("read")
        for partner in self:
            talk = partner.its_last_interaction_id
            if talk not in readable:
                partner.its_last_talk = False
                continue
            line = " ".join((talk.summary or "").split())
            line = f"{line[:117]}…" if len(line) > 118 else line
            who = talk.user_id.sudo().name
            partner.its_last_talk = f"{who}: «{line}»" if line else who

    @api.depends("its_last_contact")
    def _compute_its_risk(self):
        """Whom a cadence of regular contact concerns is asked once for all of them."""
        regular = self._its_regular_contacts()
        return super(
            ResPartner, self.with_context(**{REGULAR: regular})
        )._compute_its_risk()

    def _its_regular_contacts(self):
        """Which of these clients a cadence of regular contact concerns, and whether it
        was kept: who is under contract since yesterday is not silent yet.

        :return: a dictionary by id
        """
        cadences = self.env["its.cadence"]
        if not cadences._periodic_ids(*kept.asked(self.env, "constant")):
            return frozendict()
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                "SELECT client_id, kept FROM (%s) AS client",
                cadences._kept_clients(
                    clients=[("id", "in", self.ids)], purpose="constant"
                ),
            )
        )
        return frozendict(rows)

    def _its_risk_reasons(self):
        reasons = super()._its_risk_reasons()
        regular = self.env.context.get(REGULAR)
        if not isinstance(regular, frozendict):
            regular = self._its_regular_contacts()
        if regular.get(self._origin.id, True):
            # No cadence concerns them, or it was kept.
            return reasons
        if not self.its_last_contact:
            reasons["silence"] = self.env._("nobody has talked to the client yet")
        else:
            company = self.company_id or self.env.company
            reasons["silence"] = self.env._(
                "no contact for %(days)s days",
                days=company._its_days_since(self.its_last_contact),
            )
        return reasons

    def _field_to_sql(self, alias, field_expr, query=None):
        """Days of talks and calls are as closed as these: another app may open the card,
        for what is read of it, and for what it is found, sorted and grouped by."""
        sql = super()._field_to_sql(alias, field_expr, query)
        if field_expr.partition(".")[0] not in CONTACT_FIELDS:
            return sql
        of_role = self._its_of_role_sql(alias)
        return SQL("CASE WHEN %s THEN %s END", of_role, sql) if of_role else sql

    def _update_its_contacts(self):
        """Bring last and next contact of these clients in line with what there is."""
        ids = tuple(self.ids)
        if not ids:
            return
        self.env["its.interaction"].flush_model()
        self.env["mail.activity"].flush_model()
        self.flush_model(["its_last_contact", "its_next_contact"])
        self.env.cr.execute(
            SQL(
                """
                UPDATE res_partner partner
                   SET its_last_contact = last.date_start,
                       its_last_interaction_id = last.id,
                       its_next_contact = next.day
                  FROM res_partner client
                  LEFT JOIN LATERAL (
                        SELECT talk.id, talk.date_start FROM its_interaction talk
                         WHERE talk.partner_id = client.id
                           AND talk.outcome = 'reached'
                         ORDER BY talk.date_start DESC, talk.id DESC
                         LIMIT 1
                  ) last ON true
                  LEFT JOIN LATERAL (
                        SELECT min(call.date_deadline) AS day FROM mail_activity call
                         WHERE call.its_client_id = client.id AND call.active
                  ) next ON true
                 WHERE partner.id = client.id AND client.id IN %s
                   AND (partner.its_last_contact IS DISTINCT FROM last.date_start
                        OR partner.its_last_interaction_id IS DISTINCT FROM last.id
                        OR partner.its_next_contact IS DISTINCT FROM next.day)
                """,
                ids,
            )
        )
        self.invalidate_recordset(
            ["its_last_contact", "its_last_interaction_id", "its_next_contact"],
            flush=False,
        )

    @api.model_create_multi
    def create(self, vals_list):
        model = self
        if not self.env.su and CONTACT_DEFAULTS & self.env.context.keys():
            model = self.with_context(**dict.fromkeys(CONTACT_DEFAULTS, False))
        return super(ResPartner, model).create(
            [self._without_its_contacts(vals) for vals in vals_list]
        )

    def write(self, vals):
        vals = self._without_its_contacts(vals)
        if vals.get("active") is False or "parent_id" in vals:
            self._keep_calls_of_contacts()
        changed = self.browse()
        if "its_client" in vals:
            changed = self.sudo().filtered(
                lambda partner: partner.its_client != bool(vals["its_client"])
            )
        result = super().write(vals)
        calls = self.env["mail.activity"].sudo().with_context(active_test=True)
        if changed:
            changed._find_its_calls()
        if vals.get("its_call_consent") == "refused" or vals.get("active") is False:
            # Clients who must not be called lose their planned calls at once.
            calls.search(
                [("its_client_id", "in", self.ids), ("its_cadence_id", "!=", False)]
            )._its_withdraw(self.env._("There is no longer a reason to call."))
        return result

    @api.onchange("user_id")
    def _onchange_its_manager(self):
        """Say so when clients are given to somebody who cannot call them."""
        user = self.user_id
        if (
            not self.its_client
            or not user
            or user._origin.sudo().has_group(GROUP_CLIENT_MANAGER)
        ):
            return None
        return {
            "warning": {
                "title": self.env._("No role in ITS quality"),
                "message": self.env._(
                    "%(user)s has no role that lets them call clients, so the head of "
                    "the team gets the calls. Choose another client manager, or ask the "
                    "administrator for the role.",
                    user=user.name,
                ),
            }
        }

    def _without_its_contacts(self, vals):
        """These values without what follows from talks and calls: nobody sets it by
        hand, and merging cards would copy it."""
        if self.env.su or not CONTACT_FIELDS & vals.keys():
            return vals
        return {name: vals[name] for name in vals.keys() - CONTACT_FIELDS}

    def _keep_calls_of_contacts(self):
        """Leave the calls planned for people who go away with their firms."""
        calls = self.env["mail.activity"].sudo().with_context(active_test=True)
        calls = calls.search(
            [
                ("its_client_id", "not in", self.ids),
                ("its_client_id", "!=", False),
                ("res_model", "=", self._name),
                ("res_id", "in", self.ids),
            ]
        )
        for client, of_client in calls.grouped("its_client_id").items():
            of_client.with_context(**QUIET).write({"res_id": client.id})

    def _find_its_calls(self):
        """Calls planned to somebody who has become a client are calls to a client; of
        who is none any more, cadences want nothing."""
        calls = self.env["mail.activity"].sudo().with_context(active_test=True)
        people = self.sudo().with_context(active_test=False)
        people = people.search([("id", "child_of", self.ids)])
        calls = calls.search(
            [("res_model", "=", self._name), ("res_id", "in", people.ids)]
        )
        gone = calls.filtered(
            lambda call: call.its_cadence_id and not call.its_client_id.its_client
        )
        gone._its_withdraw(self.env._("There is no longer a reason to call."))
        (calls - gone)._its_find_client()

    # -------------------------------------------------------------------------
    # Actions
    # -------------------------------------------------------------------------

    def action_open_its_interactions(self):
        """Open the interactions with this client."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "its_quality.its_interaction_action"
        )
        firm = self.commercial_partner_id
        action["domain"] = [("partner_id", "=", firm.id)]
        action["context"] = {"default_partner_id": firm.id}
        return action

    def action_log_its_interaction(self):
        """Note what was said, in a dialog."""
        self.ensure_one()
        firm = self.commercial_partner_id
        values = {"default_partner_id": firm.id}
        if self != firm:
            values["default_contact_id"] = self.id
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Log an interaction"),
            "res_model": "its.interaction",
            "view_mode": "form",
            "views": [
                (
                    self.env.ref("its_quality.its_interaction_view_form_dialog").id,
                    "form",
                )
            ],
            "target": "new",
            "context": values,
        }

    def action_call_its_client(self):
        """Begin a talk with this client at the call desk."""
        self.ensure_one()
        action = self.env["ir.actions.client"]._for_xml_id(
            "its_quality.its_call_desk_action"
        )
        return {**action, "params": {"client_id": self.commercial_partner_id.id}}

    def action_plan_its_call(self):
        """Plan a call to this client, in a dialog."""
        self.ensure_one()
        firm = self.commercial_partner_id
        call = self.env.ref("mail.mail_activity_data_call")
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Plan a call"),
            "res_model": "mail.activity",
            "view_mode": "form",
            "views": [
                (self.env.ref("its_quality.mail_activity_view_form_call").id, "form")
            ],
            "target": "new",
            "context": {
                "default_res_model": "res.partner",
                "default_res_id": firm.id,
                "default_activity_type_id": call.id,
                "default_user_id": self.env.uid,
                "default_its_purpose": "constant",
            },
        }
