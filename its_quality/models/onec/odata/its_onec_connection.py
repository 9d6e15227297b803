from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ....onec.odata.address import server_of, service_root
from ....onec.odata.errors import OdataError
from ....onec.odata.objects import CONTRACTORS, CONTRACTS
from ....tools.by_code import by_code
from ...base.groups import GROUP_ADMINISTRATOR


class ItsOnecConnection(models.Model):
    """An information base of 1C that clients are read from directly.

    1C publishes it as the standard OData interface; we read and never write there. A
    synchronisation is an import without a file, so all that holds for imports holds
    for it.
    """

    _name = "its.onec.connection"
    _description = "Connection to 1C"
    _inherit = ["its.secret.mixin", "mail.thread", "mail.activity.mixin"]
    _order = "name, id"
    _check_company_auto = True

    name = fields.Char(required=True)
    active = fields.Boolean(default=True, tracking=True)
    source_id = fields.Many2one(
        "its.import.source",
        index=True,
        ondelete="restrict",
        default=lambda self: self._default_source(),
        help="Where codes, edits and options are remembered: the same as that of files "
        "from this information base.",
    )
    company_id = fields.Many2one(related="source_id.company_id", store=True, index=True)
    user_id = fields.Many2one(
        "res.users",
        string="Responsible",
        required=True,
        default=lambda self: self.env.user,
        index=True,
        domain=lambda self: [
            ("all_group_ids", "in", self.env.ref(GROUP_ADMINISTRATOR).ids)
        ],
        help="Who synchronises by schedule, and who is told what is left to decide.",
    )

    address = fields.Char(
        required=True,
        tracking=True,
        help="As it is opened in a browser, for instance https://server/base.",
    )
    login = fields.Char(copy=False)
    password = fields.Char(
        compute="_compute_secret",
        inverse="_inverse_secret",
        copy=False,
        exportable=False,
        groups=GROUP_ADMINISTRATOR,
        help="Kept where nobody reads it. Left empty, the one that is there stays.",
    )
    has_password = fields.Boolean(compute="_compute_has_password", compute_sudo=True)
    fingerprint = fields.Char(
        string="Trusted certificate",
        readonly=True,
        copy=False,
        tracking=True,
        help="SHA-256 of the one certificate that is trusted. Empty: those that "
        "authorities have signed.",
    )
    is_plain = fields.Boolean(compute="_compute_is_plain")

    read_contractors = fields.Boolean(string="Contractors", default=True)
    read_contracts = fields.Boolean(string="Contracts")
    import_ids = fields.One2many("its.import", "connection_id", string="Imports")
    import_count = fields.Integer(compute="_compute_import_count")

    _one_per_source = models.UniqueIndex(
        "(source_id) WHERE active IS TRUE",
        "Another connection reads into this source already: choose another source.",
    )

    @api.model
    def _default_source(self):
        """The first source of the company that nobody has been brought by yet: that
        another one tells of this base, only the user can say."""
        company = [("company_id", "=", self.env.company.id)]
        taken = self.search(company).source_id
        known = (
            self.env["its.import.snapshot"]
            .sudo()
            ._read_group(
                [("source_id.company_id", "=", self.env.company.id)], ["source_id"]
            )
        )
        taken_ids = taken.ids + [source.id for (source,) in known]
        return self.env["its.import.source"].search(
            [*company, ("id", "not in", taken_ids)], limit=1
        )

    # -------------------------------------------------------------------------
    # Computes
    # -------------------------------------------------------------------------

    @api.depends("address")
    def _compute_is_plain(self):
        for connection in self:
            connection.is_plain = self._server(connection.address).startswith("http:")

    def _compute_import_count(self):
        counts = dict(
            self.env["its.import"]._read_group(
                [("connection_id", "in", self.ids)], ["connection_id"], ["__count"]
            )
        )
        for connection in self:
            connection.import_count = counts.get(connection, 0)

    # -------------------------------------------------------------------------
    # Constraints
    # -------------------------------------------------------------------------

    @api.constrains("address")
    def _check_address(self):
        for connection in self:
            try:
                service_root(connection.address or "")
            except OdataError as error:
                raise ValidationError(connection._odata_sentence(error)) from None

    @api.constrains("source_id")
    def _check_source(self):
        if not all(connection.source_id for connection in self):
            raise ValidationError(
                self.env._("Choose the source whose codes and edits are remembered.")
            )

    @api.constrains("read_contractors", "read_contracts")
    def _check_catalogues(self):
        if not all(connection._catalogues() for connection in self):
            raise ValidationError(
                self.env._("Choose what is to be read: contractors, contracts or both.")
            )

    @api.constrains("user_id", "company_id")
    def _check_user(self):
        for connection in self.filtered("company_id"):
            user = connection.user_id.sudo()
            if (
                not user.has_group(GROUP_ADMINISTRATOR)
                or connection.company_id not in user.company_ids
            ):
                raise ValidationError(
                    self.env._(
                        "%(user)s may not import into %(company)s. Choose an "
                        "administrator of service quality who works there.",
                        user=user.name,
                        company=connection.company_id.name,
                    )
                )

    # -------------------------------------------------------------------------
    # CRUD
    # -------------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        return super().create(
            [self._with_source(self._without_blanks(vals)) for vals in vals_list]
        )

    def write(self, vals):
        vals = self._without_blanks(vals)
        servers = self._servers()
        result = super().write(vals)
        if "address" in vals and not vals.get("fingerprint"):
            by_code(self._moved(servers).filtered("fingerprint")).fingerprint = False
        return result

    @api.model
    def _with_source(self, vals):
        """With a source of its own, where none is chosen and none is free."""
        if vals.get("source_id") or "source_id" not in vals and self._default_source():
            return vals
        source = self.env["its.import.source"].create({"name": vals.get("name")})
        return {**vals, "source_id": source.id}

    @api.model
    def _without_blanks(self, vals):
        """The address as it is kept: without the blanks that come with pasting."""
        if isinstance(vals.get("address"), str):
            return {**vals, "address": vals["address"].strip()}
        return vals

    @api.model
    def _server(self, address):
        """Whom a password is meant for; empty for what is no address."""
        try:
            return server_of(service_root(address or ""))
        except OdataError:
            return ""

    def _catalogues(self):
        """The sets of entities to be read, in their order."""
        self.ensure_one()
        chosen = []
        if self.read_contractors:
            chosen.append(CONTRACTORS)
        if self.read_contracts:
            chosen.append(CONTRACTS)
        return chosen

    def action_open_imports(self):
        """Open what was synchronised."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "its_quality.its_import_action"
        )
        return {
            **action,
            "domain": [("connection_id", "=", self.id)],
            "context": {"create": False},
        }
