from odoo import api, fields, models
from odoo.exceptions import AccessError, ValidationError

from ...base.groups import (
    GROUP_ADMINISTRATOR,
    GROUP_CLIENT_MANAGER,
    GROUP_HEAD,
    GROUP_QUALITY_MANAGER,
)
from ..refused import ImportRefused
from .leaving import Leaving
from .texts import TextsOfLine

MATCHES = [
    ("known", "Linked before"),
    ("email", "Same e-mail"),
    ("login", "Same login"),
    ("name", "Same name"),
    ("chosen", "Chosen here"),
]

ROLES = {
    "none": None,
    "client_manager": GROUP_CLIENT_MANAGER,
    "quality_manager": GROUP_QUALITY_MANAGER,
    "head": GROUP_HEAD,
}
# Decided in the review; the rest comes from the file or from what was done.
EDITABLE = frozenset(
    {"name", "email", "login", "role", "user_id", "confirmed", "successor_id"}
)
# Of whom has to be archived nobody may make somebody else.
EDITABLE_TO_ARCHIVE = frozenset({"confirmed", "successor_id"})
# For whom 1C itself says that no account is needed, and whom we leave alone.
FINAL = (
    "deletion_mark",
    "invalid",
    "service",
    "predefined",
    "no_name",
    "total_row",
    "header_row",
    "repeats",
    "portal",
    "other_company",
    "system",
    "oneself",
    "last_administrator",
    "other_base",
    "stays",
)


class ItsUserImportLine(models.Model):
    """A person in the list of users: what is proposed, decided and done.

    Whatever will be done shows in the row. There is no role here that gives the right
    to administer anything.
    """

    _name = "its.user.import.line"
    _description = "User in the List from 1C"
    _order = "import_id, row, id"

    import_id = fields.Many2one(
        "its.user.import", required=True, ondelete="cascade", readonly=True, index=True
    )
    company_id = fields.Many2one(related="import_id.company_id")
    state = fields.Selection(related="import_id.state")
    row = fields.Integer(readonly=True, help="As shown in the table.")
    name = fields.Char(string="Person's name", required=True)
    email = fields.Char(string="E-mail")
    phone = fields.Char(readonly=True)
    department = fields.Char(readonly=True)
    position = fields.Char(readonly=True)
    data = fields.Json(readonly=True, help="The data from the file.")
    proposal = fields.Selection(
        [
            ("create", "New account"),
            ("link", "Already in Odoo"),
            ("archive", "Archive"),
            ("skip", "Skipped"),
        ],
        required=True,
        readonly=True,
    )
    match = fields.Selection(MATCHES, string="Found by", readonly=True)
    login = fields.Char()
    role = fields.Selection(
        [
            ("none", "Employee without a role"),
            ("client_manager", "Client manager"),
            ("quality_manager", "Quality manager"),
            ("head", "Head of team"),
        ],
        help="New accounts get exactly this role. Existing users keep their rights "
        "and get this role in addition; if empty, nothing is added.",
    )
    user_id = fields.Many2one(
        "res.users",
        ondelete="set null",
        index="btree_not_null",
        context={"active_test": False},
        domain="[('share', '=', False), ('company_ids', 'in', company_id)]",
    )
    current_roles = fields.Char(
        string="Roles now", compute="_compute_current_roles", compute_sudo=True
    )
    confirmed = fields.Boolean(string="Yes", help="Applied when you press «Confirm».")
    successor_id = fields.Many2one(
        "res.users",
        ondelete="set null",
        domain="[('share', '=', False), ('company_ids', 'in', company_id), "
        "('id', '!=', user_id)]",
        help="Takes over clients, planned calls and claims.",
    )
    client_count = fields.Integer(
        string="Clients", compute="_compute_burden", compute_sudo=True
    )
    call_count = fields.Integer(
        string="Calls", compute="_compute_burden", compute_sudo=True
    )
    claim_count = fields.Integer(
        string="Claims", compute="_compute_burden", compute_sudo=True
    )
    issues = fields.Json(readonly=True, help="[[code, value], ...]")
    effect = fields.Char(string="What will happen", compute="_compute_effect")
    is_decided = fields.Boolean(compute="_compute_is_decided")
    is_left_out = fields.Boolean(compute="_compute_is_left_out")
    outcome = fields.Selection(
        [
            ("created", "Account created"),
            ("linked", "Linked"),
            ("unchanged", "Unchanged"),
            ("archived", "Archived"),
            ("skipped", "Skipped"),
            ("failed", "Failed"),
        ],
        readonly=True,
    )
    outcome_message = fields.Char(string="Remark", readonly=True)
    invitation = fields.Selection(
        [
            ("waiting", "Waiting to be sent"),
            ("sending", "Being sent"),
            ("sent", "Sent"),
            ("failed", "Not sent"),
            ("unknown", "Not sure"),
            ("none", "No address"),
        ],
        readonly=True,
    )
    invitation_message = fields.Char(readonly=True)

    _to_invite = models.Index("(id) WHERE invitation IN ('waiting', 'sending')")

    # -------------------------------------------------------------------------
    # Computes
    # -------------------------------------------------------------------------

    @api.depends("user_id.group_ids")
    @api.depends_context("lang")
    def _compute_current_roles(self):
        labels = dict(self._fields["role"]._description_selection(self.env))
        for line in self:
            # The administrator has all the others.
            user = line.user_id
            if user and user.has_group(GROUP_ADMINISTRATOR):
                line.current_roles = self.env._("Administrator")
                continue
            held = [
                labels[role]
                for role, group in ROLES.items()
                if group and user and user.has_group(group)
            ]
            line.current_roles = ", ".join(held)

    @api.depends("user_id", "proposal", "outcome")
    def _compute_burden(self):
        for line in self:
            user = line.user_id
            if line.proposal == "archive" and not line.outcome:
                calls, clients = user._its_calls_and_clients()
                line.call_count, line.client_count = len(calls), len(clients)
                line.claim_count = len(user._its_open_claims())
            else:
                line.call_count = line.client_count = line.claim_count = 0

    @api.depends("proposal", "role", "login", "user_id", "confirmed", "outcome")
    def _compute_is_decided(self):
        for line in self:
            if line.proposal == "create":
                line.is_decided = bool(line.role and line.login)
            elif line.proposal == "link":
                line.is_decided = bool(line.confirmed and line.user_id)
            elif line.proposal == "archive":
                line.is_decided = line.confirmed
            else:
                line.is_decided = True

    @api.depends("proposal", "issues", "outcome")
    def _compute_is_left_out(self):
        """Whether the user has left somebody out of whom an account may be made."""
        for line in self:
            is_skipped = line.proposal == "skip" and line._is_open()
            line.is_left_out = is_skipped and not line._has_issue(*FINAL)

    @api.depends(
        "proposal",
        "role",
        "login",
        "email",
        "user_id",
        "confirmed",
        "successor_id",
        "issues",
    )
    @api.depends_context("lang")
    def _compute_effect(self):
        for line in self:
            line.effect = TextsOfLine(line).effect()

    # -------------------------------------------------------------------------
    # Constraints and CRUD
    # -------------------------------------------------------------------------

    @api.constrains("user_id", "proposal", "import_id")
    def _check_user(self):
        for line in self.filtered(lambda line: line.proposal == "link"):
            if line.user_id and not line.import_id._is_colleague(line.user_id):
                raise ValidationError(
                    self.env._(
                        "%(user)s is not an employee of %(company)s: portal accounts "
                        "and accounts of other companies cannot be changed here.",
                        user=line.user_id.sudo().name,
                        company=line.company_id.name,
                    )
                )

    @api.constrains("successor_id")
    def _check_successor(self):
        for line in self.filtered("successor_id"):
            successor = line.successor_id
            leaving = Leaving(line.import_id)
            if successor == line.user_id or not leaving.may_succeed(successor):
                raise ValidationError(
                    self.env._(
                        "%(user)s cannot take over: choose another employee of "
                        "%(company)s with a role in ITS quality.",
                        user=successor.sudo().name,
                        company=line.company_id.name,
                    )
                )

    def write(self, vals):
        if self.env.su:
            return super().write(vals)
        self.check_access("write")
        self._check_editable(vals)
        if "email" in vals and "login" not in vals:
            # A login that was the address follows it.
            for line in self.filtered(lambda ln: ln.login and ln.login == ln.email):
                super(ItsUserImportLine, line).write({"login": vals["email"]})
        if vals.get("user_id"):
            vals = {"confirmed": True, **vals}
            # Chosen by the user, who may not write this field.
            self.sudo().write({"match": "chosen"})
        return super().write(vals)

    def _check_editable(self, vals):
        """Refuse whatever is not for the review to decide.

        :raises UserError: an AccessError for what nobody may write
        """
        self.import_id.check_access("write")
        allowed = EDITABLE
        if "archive" in self.mapped("proposal"):
            allowed = EDITABLE_TO_ARCHIVE
        if "user_id" in vals and set(self.mapped("proposal")) - {"link"}:
            allowed = allowed - {"user_id"}
        wrong = sorted(vals.keys() - allowed)
        if wrong:
            raise AccessError(
                self.env._(
                    "These fields cannot be set manually: %(fields)s.",
                    fields=", ".join(wrong),
                )
            )
        self._check_open()

    def _check_open(self):
        """Refuse to decide anew about what is done.

        :raises UserError: naming a person
        """
        for line in self:
            if line.state != "checked" or not line._is_open():
                raise ImportRefused(
                    self.env._(
                        "%(name)s has already been processed. Read the list again to "
                        "see the current state.",
                        name=line.name,
                    )
                )

    def _is_open(self):
        """Whether something may still be done about this row."""
        return self.outcome in (False, "failed")

    def _source_values(self):
        """The values of this row as they were read, by field of ``onec``."""
        return (self.data or {}).get("values") or {"name": self.name}

    def _has_issue(self, *codes):
        return any(issue[0] in codes for issue in self.issues or ())

    def _group(self):
        """The group of the role, if it has one."""
        xmlid = ROLES[self.role or "none"]
        return self.env.ref(xmlid) if xmlid else self.env["res.groups"]

    def _missing_group(self):
        """The group of the chosen role, where the user has not got it yet."""
        group = self._group()
        return (
            group if group not in self.user_id.sudo().all_group_ids else group.browse()
        )
