from odoo import api, fields, models
from odoo.tools import SQL, format_date

from ...onec import check_inn, check_kpp, check_ogrn, name_key
from ..base.groups import GROUP_USER
from ..base.readable import ReadableOne2many
from . import finding
from .its_client_risk import LEVELS, LevelOfRisk
from .its_consent import KINDS, PROOF
from .renewal import AGREED, CONTRACTS, is_to_renew
from .retention import covered_sql, ran_out_sql

# A part of a text is found by these where the database has them, and slowly without.
TRIGRAM = "USING gin (%s gin_trgm_ops) WHERE its_name_key IS NOT NULL"
# The kinds of client that are not legal entities.
PEOPLE = ("sole_trader", "person")


class ResPartner(models.Model):
    """A client of the franchisee is a partner with ``its_client`` set.

    ИНН is the native ``vat``, ОГРН the native ``company_registry``, the client
    manager the native ``user_id``; here is what Odoo has no place for.
    """

    _inherit = "res.partner"

    its_client = fields.Boolean(
        string="ITS client",
        copy=False,
        groups=GROUP_USER,
        help="The firm buys 1C programs or 1С:ИТС services from us.",
    )
    its_kind = fields.Selection(
        [
            ("company", "Legal entity"),
            ("sole_trader", "Sole trader"),
            ("person", "Individual"),
        ],
        string="Kind",
        copy=False,
        groups=GROUP_USER,
    )
    its_full_name = fields.Char(
        string="Full name",
        copy=False,
        groups=GROUP_USER,
        help="The name as used in documents.",
    )
    its_okpo = fields.Char(string="OKPO", copy=False, groups=GROUP_USER)
    its_other_contacts = fields.Text(
        string="Other contacts",
        copy=False,
        groups=GROUP_USER,
        help="Faxes, additional addresses and the like from 1C. Additional phone "
        "numbers and e-mail addresses are kept as contacts of the client.",
    )
    its_kpp = fields.Char(
        string="KPP",
        copy=False,
        groups=GROUP_USER,
        help="Code of the reason for tax registration: 9 characters; "
        "each separate division has its own.",
    )
    onec_ref = fields.Char(
        string="1C reference",
        copy=False,
        index="btree_not_null",
        groups=GROUP_USER,
        help="The GUID of the client in the 1C information base.",
    )
    onec_code = fields.Char(
        string="1C code", copy=False, index="btree_not_null", groups=GROUP_USER
    )
    its_name_key = fields.Char(
        string="Name for comparison",
        # Not precomputed: that would ask for the field as whoever creates a partner,
        # and who has no role of ours could create none.
        compute="_compute_its_name_key",
        store=True,
        index="btree_not_null",
        groups=GROUP_USER,
        help="The name without legal form, quotes and case: an import suggests "
        "clients with the same one as matches.",
    )
    its_requisites_warning = fields.Char(
        string="Questionable company details",
        compute="_compute_its_requisites_warning",
        groups=GROUP_USER,
    )

    its_subscription_ids = ReadableOne2many(
        "its.subscription", "partner_id", string="Subscriptions", groups=GROUP_USER
    )
    its_running_ids = fields.Many2many(
        "its.subscription",
        string="Subscriptions in force",
        compute="_compute_its_running_ids",
        groups=GROUP_USER,
        exportable=False,
    )
    its_subscription_count = fields.Integer(
        string="Number of subscriptions",
        compute="_compute_its_subscriptions",
        groups=GROUP_USER,
    )
    its_contract_end = fields.Date(
        string="Contract ends on",
        compute="_compute_its_subscriptions",
        groups=GROUP_USER,
        help="The last day on which the client is covered by 1С:ИТС contracts, those "
        "that continue the ones in force included. Empty if one of them has no end.",
    )
    its_contract_until = fields.Char(
        string="Contract until",
        compute="_compute_its_subscriptions",
        groups=GROUP_USER,
        help="The last day of the contracts in force and of those that continue them.",
    )
    its_covered_on = fields.Date(
        string="Under contract on",
        compute="_compute_its_covered_on",
        search="_search_its_covered_on",
        groups=GROUP_USER,
        exportable=False,
        help="Only to search by: clients under a contract on a day, or between one and "
        "its continuation.",
    )
    its_ran_out_on = fields.Date(
        string="Contract ran out on",
        compute="_compute_its_covered_on",
        search="_search_its_ran_out_on",
        groups=GROUP_USER,
        exportable=False,
        help="Only to search by: clients of whom a contract ended on a day, and was "
        "neither continued nor cancelled.",
    )
    its_lost_reason = fields.Char(
        string="Why lost",
        compute="_compute_its_lost_reason",
        groups=GROUP_USER,
        help="Of the contract that ended last: why it was cancelled, or that nobody "
        "renewed it.",
    )
    its_service_ids = fields.Many2many(
        "its.service",
        string="Services in force",
        compute="_compute_its_subscriptions",
        groups=GROUP_USER,
    )
    its_risk = fields.Char(
        string="Risk",
        compute="_compute_its_risk",
        groups=GROUP_USER,
        help="Why this client may be lost.",
    )
    its_risk_level = LevelOfRisk(
        LEVELS,
        string="Signs of risk",
        company_dependent=True,
        readonly=True,
        copy=False,
        # Not with the rest of a card, which superuser mode reads for everybody.
        prefetch="its_risk",
        group_expand=True,
        groups=GROUP_USER,
        help="How many signs there were last night that this client may be lost. Each "
        "is kept with its days.",
    )
    its_risk_ids = ReadableOne2many(
        "its.client.risk", "partner_id", string="History of risk", groups=GROUP_USER
    )

    its_call_consent = fields.Selection(
        "_selection_consent", string="Calls", copy=False, groups=GROUP_USER
    )
    its_mail_consent = fields.Selection(
        "_selection_consent", string="Mailings", copy=False, groups=GROUP_USER
    )
    its_consent_date = fields.Date(
        string="Consent given on", copy=False, groups=GROUP_USER
    )
    its_consent_source = fields.Char(
        string="Source of consent",
        copy=False,
        groups=GROUP_USER,
        help="Where the client gave it: contract, e-mail, conversation, website form.",
    )
    # In lists of clients: beside names that are no one's but Odoo's, no index is used.
    its_known_by = fields.Char(
        string="Known by",
        store=False,
        copy=False,
        search="_search_its_known_by",
        groups=GROUP_USER,
    )
    its_consent_words = fields.Text(
        string="Words of the consent",
        copy=False,
        groups=GROUP_USER,
        help="The text that the client agreed to. Each change is kept and can be "
        "printed as proof.",
    )

    # With all that the rules and the menu ask, so that whom a list may show is counted
    # without reading the cards.
    _its_clients_by_manager = models.Index(
        "(user_id, id) INCLUDE (active, is_company, parent_id, commercial_partner_id, "
        "company_id, partner_share, its_call_consent) WHERE its_client IS TRUE"
    )
    # Who of all clients is counted is told from here, in the order of their contracts.
    _its_by_id = models.Index(
        "(id) INCLUDE (active, its_client, its_call_consent, company_id, partner_share)"
    )
    _its_clients_by_name = models.Index("(complete_name) WHERE its_client IS TRUE")
    _its_clients_by_vat = models.Index(
        "(vat text_pattern_ops) WHERE its_client IS TRUE"
    )
    _its_clients_without_key = models.Index(
        "(id) WHERE its_client IS TRUE AND its_name_key IS NULL"
    )
    _its_by_part_of_name = models.Index(
        lambda registry: registry.has_trigram and TRIGRAM % "its_name_key"
    )
    _its_by_part_of_email = models.Index(
        lambda registry: registry.has_trigram and TRIGRAM % "email_normalized"
    )

    @api.model
    def _selection_consent(self):
        return [("granted", self.env._("Agreed")), ("refused", self.env._("Refused"))]

    # -------------------------------------------------------------------------
    # Computes
    # -------------------------------------------------------------------------

    @api.depends("name")
    def _compute_its_name_key(self):
        for partner in self:
            partner.its_name_key = name_key(partner.name or "")

    @api.depends("vat", "its_kpp", "company_registry", "its_kind", "its_client")
    @api.depends_context("lang")
    def _compute_its_requisites_warning(self):
        for partner in self:
            partner.its_requisites_warning = (
                " ".join(partner._requisites_doubts()) if partner.its_client else False
            )

    @api.depends(
        "its_subscription_ids.state",
        "its_subscription_ids.continues_id",
        "its_subscription_ids.date_last",
    )
    @api.depends_context("uid", "allowed_company_ids", "lang")
    def _compute_its_subscriptions(self):
        subscriptions = self.env["its.subscription"]
        groups = subscriptions._read_group(
            [("partner_id", "in", self.ids)],
            ["partner_id", "state"],
            ["__count", "service_id:recordset"],
        )
        totals = {partner: [0, self.env["its.service"]] for partner in self}
        for partner, state, count, services in groups:
            totals[partner][0] += count
            if state in ("active", "expiring"):
                totals[partner][1] |= services
        ends = {
            partner: last if count == with_end else None
            for partner, count, with_end, last in subscriptions._read_group(
                fields.Domain("partner_id", "in", self.ids) & AGREED,
                ["partner_id"],
                ["__count", "date_last:count", "date_last:max"],
            )
        }
        for partner in self:
            partner.its_subscription_count, partner.its_service_ids = totals[partner]
            end = ends.get(partner, False)
            partner.its_contract_end = end
            partner.its_contract_until = (
                self.env._("no end date") if end is None else format_date(self.env, end)
            )

    @api.depends("its_subscription_ids.state", "its_subscription_ids.date_end")
    @api.depends_context("uid", "allowed_company_ids")
    def _compute_its_running_ids(self):
        """Those that end soon first."""
        running = self.env["its.subscription"].search_fetch(
            [
                ("partner_id", "in", self._origin.ids),
                ("state", "in", ("active", "expiring")),
            ],
            order="state desc, date_end, id",
        )
        running = running.grouped("partner_id")
        for partner in self:
            partner.its_running_ids = running.get(partner._origin)

    def _compute_its_covered_on(self):
        self.its_covered_on = self.its_ran_out_on = False

    def _search_its_covered_on(self, operator, value):
        return self._search_by_days(covered_sql, operator, value)

    def _search_its_ran_out_on(self, operator, value):
        return self._search_by_days(ran_out_sql, operator, value)

    def _search_by_days(self, condition, operator, value):
        if operator != "in":
            return NotImplemented
        days = [fields.Date.to_date(day) for day in value if day]
        found = condition(self.env, SQL("partner.id"), days)
        return [
            ("id", "in", SQL("(SELECT id FROM res_partner AS partner WHERE %s)", found))
        ]

    @api.depends(
        "its_subscription_ids.date_last",
        "its_subscription_ids.is_renewed",
        "its_subscription_ids.cancellation_reason_id",
    )
    @api.depends_context("uid", "allowed_company_ids", "lang")
    def _compute_its_lost_reason(self):
        contracts = self.env["its.subscription"].search(
            fields.Domain("partner_id", "in", self.ids)
            & CONTRACTS
            & fields.Domain("date_last", "!=", False),
            order="date_last",
        )
        last = {contract.partner_id: contract for contract in contracts}
        for partner in self:
            contract = last.get(partner, contracts.browse())
            partner.its_lost_reason = contract._its_lost_reason()

    @api.depends("its_subscription_ids.state", "its_subscription_ids.is_renewed")
    @api.depends_context("uid", "allowed_company_ids", "lang")
    def _compute_its_risk(self):
        for partner in self:
            reasons = partner._its_risk_reasons()
            partner.its_risk = ", ".join(reasons.values()) or False

    def _its_risk_reasons(self):
        """Say why this client may be lost; the same signs as those that the night
        stores, see ``its.client.risk``.

        :return: a dictionary of short phrases in the user's language by sign, the worst
            first
        """
        self.ensure_one()
        ending = self.its_running_ids.filtered(
            lambda subscription: (
                subscription.service_kind == "contract" and is_to_renew(subscription)
            )
        )
        if not ending:
            return {}
        first = ending.sorted("date_end")[0]
        return {
            "contract": self.env._(
                "contract until %(date)s",
                date=format_date(self.env, first.date_end),
            )
        }

    def _requisites_doubts(self):
        """Check the numbers of the tax authorities; see ``onec`` for the formulas.

        A doubt never blocks saving: real information bases hold wrong numbers, and
        the client must not be lost for one.

        :return: a list of sentences in the user's language
        """
        self.ensure_one()
        doubts = []
        if self.vat and not check_inn(self.vat):
            doubts.append(
                self.env._("INN %(number)s has a wrong check digit.", number=self.vat)
            )
        elif self.vat and self.its_kind == "company" and len(self.vat) != 10:
            doubts.append(self.env._("The INN of a legal entity has 10 digits."))
        elif self.vat and self.its_kind in PEOPLE and len(self.vat) != 12:
            doubts.append(self.env._("The INN of a person has 12 digits."))
        if self.its_kpp and not check_kpp(self.its_kpp):
            doubts.append(
                self.env._(
                    "KPP %(number)s must have 9 characters.", number=self.its_kpp
                )
            )
        elif self.its_kpp and self.its_kind in PEOPLE:
            doubts.append(self.env._("A person has no KPP."))
        if self.company_registry and not check_ogrn(self.company_registry):
            doubts.append(
                self.env._(
                    "OGRN %(number)s has a wrong check digit.",
                    number=self.company_registry,
                )
            )
        return doubts

    @api.onchange("its_kind")
    def _onchange_its_kind(self):
        if self.its_kind:
            self.is_company = self.its_kind != "person"

    # -------------------------------------------------------------------------
    # Finding
    # -------------------------------------------------------------------------

    @api.model
    def _search_display_name(self, operator, value):
        """Whoever has a role of ours finds a client by whatever is known of them."""
        domain = super()._search_display_name(operator, value)
        if (
            operator != "ilike"
            or not isinstance(value, str)
            or not self.env.user.has_group(GROUP_USER)
        ):
            return domain
        return fields.Domain(domain) | self._its_found(value)

    @api.model
    def _search_its_known_by(self, operator, value):
        if operator != "ilike" or not isinstance(value, str):
            return NotImplemented
        return self._its_found(value)

    @api.model
    def _its_found(self, text):
        """The clients that a text says: a part of their name or of a contact person's,
        INN, code of 1C, phone, e-mail, number of a claim; see ``finding``.

        :return: a :class:`Domain`, which asks for no rights
        """
        found = self._its_ways_to_find(text)
        if not found:
            return fields.Domain.FALSE
        firms = SQL("(%s)", SQL(" UNION ").join(SQL("(%s)", way) for way in found))
        return fields.Domain("its_client", "=", True) & fields.Domain("id", "in", firms)

    @api.model
    def _its_ways_to_find(self, text):
        """What to look for a client by; to be extended.

        :return: a list of statements that return ids of firms
        """
        return finding.ways(self, text)

    # -------------------------------------------------------------------------
    # CRUD
    # -------------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        partners = super().create(vals_list)
        told = [
            partner.id
            for partner, vals in zip(partners, vals_list, strict=True)
            if any(vals.get(name) for name in KINDS.values())
        ]
        if told:
            self.env["its.consent"]._note(self.browse(told), {})
        return partners

    def write(self, vals):
        consents, before = self.env["its.consent"], None
        if not vals.keys().isdisjoint((*KINDS.values(), *PROOF)):
            before = consents._stands(self)
        result = super().write(vals)
        if before is not None:
            consents._note(self, before)
        return result

    # -------------------------------------------------------------------------
    # Actions
    # -------------------------------------------------------------------------

    def action_open_its_risks(self):
        """Open which signs of risk this client has shown, and when."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "its_quality.its_client_risk_action"
        )
        action["domain"] = [("partner_id", "=", self.commercial_partner_id.id)]
        action["context"] = {"its_hide_client": True}
        return action

    def action_open_its_subscriptions(self):
        """Open the subscriptions of this client."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "its_quality.its_subscription_action"
        )
        firm = self.commercial_partner_id
        action["domain"] = [("partner_id", "=", firm.id)]
        action["context"] = {"default_partner_id": firm.id, "its_hide_client": True}
        return action

    def action_its_print_report(self):
        """Ask which report to print about this client, or about the client of this
        contact person."""
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "its_quality.its_report_print_action"
        )
        client = self.commercial_partner_id[:1]
        if client.its_client:
            action["context"] = {"default_partner_id": client.id}
        return action

    def _its_neutral_name(self):
        return self.env._("another client")
