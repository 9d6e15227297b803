import hashlib
import re
import secrets

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import consteq

GROUP_ADMINISTRATOR = "its_quality.group_administrator"
UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)


class ItsConnect(models.Model):
    """A connection of 1С-Коннект, through which clients write to their specialists. It
    tells us of every message; those that are complaints become claims.

    What it sends is described in 1С-Коннект's interface ``/v1/hook/``; it proves who it
    is by a bearer secret of ours, of which we keep a digest alone.
    """

    _name = "its.connect"
    _description = "Connection of 1C-Connect"
    _order = "name, id"
    _check_company_auto = True

    name = fields.Char(required=True, default="1С-Коннект")
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company
    )
    key = fields.Char(
        required=True,
        readonly=True,
        copy=False,
        default=lambda self: secrets.token_urlsafe(16),
        help="The part of the address that nobody guesses.",
    )
    secret_digest = fields.Char(
        readonly=True, copy=False, groups="base.group_system", exportable=False
    )
    has_secret = fields.Boolean(
        string="Has a secret", compute="_compute_has_secret", compute_sudo=True
    )
    url = fields.Char(string="Address for 1C-Connect", compute="_compute_url")
    line_ids = fields.One2many("its.connect.line", "connect_id", string="Lines")
    keywords = fields.Text(
        help="One a line. A message with one of these words becomes a claim on any line.",
    )
    event_ids = fields.One2many("its.connect.event", "connect_id", string="Last events")
    rest_url = fields.Char(string="Address of its interface")
    rest_login = fields.Char(string="Login", copy=False)
    rest_password = fields.Char(
        string="Password", copy=False, exportable=False, groups=GROUP_ADMINISTRATOR
    )

    _key_uniq = models.UniqueIndex("(key)")

    @api.depends("secret_digest")
    def _compute_has_secret(self):
        for connect in self:
            connect.has_secret = bool(connect.secret_digest)

    @api.depends("key")
    def _compute_url(self):
        for connect in self:
            connect.url = f"{connect.get_base_url()}/its/connect/{connect.key}"

    def _is_shown(self, scheme, secret):
        """Whether the secret of this connection was shown; of none it never is.

        :param scheme: of the header ``Authorization``
        :param secret: its value
        """
        digest = hashlib.sha256(secret.encode(errors="replace")).hexdigest()
        known = self.sudo().secret_digest or ""
        return scheme.lower() == "bearer" and consteq(known, digest)

    def _new_secret(self):
        """Make another secret; the former is worth nothing any more.

        :return: the secret, which is not kept
        """
        self.ensure_one()
        self.check_access("write")
        secret = secrets.token_urlsafe(32)
        self.sudo().secret_digest = hashlib.sha256(secret.encode()).hexdigest()
        return secret

    def action_new_secret(self):
        """Make another secret and show it, this once."""
        secret = self._new_secret()
        wizard = self.env["its.connect.secret"].create(
            {"connect_id": self.id, "secret": secret}
        )
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("The secret, shown this once"),
            "res_model": wizard._name,
            "res_id": wizard.id,
            "view_mode": "form",
            "target": "new",
        }

    def _is_complaint(self, line, text):
        """Whether a message is to become a claim."""
        if line.makes_claims:
            return True
        words = [word.strip().lower() for word in (self.keywords or "").splitlines()]
        return any(word and word in text.lower() for word in words)


class ItsConnectLine(models.Model):
    """A line of 1С-Коннект: where clients of some service write."""

    _name = "its.connect.line"
    _description = "Line of 1C-Connect"
    _order = "name, id"

    connect_id = fields.Many2one(
        "its.connect", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="connect_id.company_id", store=True)
    name = fields.Char(required=True)
    line_ref = fields.Char(
        string="Identifier", required=True, help="As 1C-Connect shows it."
    )
    team_id = fields.Many2one("its.team", index="btree_not_null", check_company=True)
    makes_claims = fields.Boolean(string="Every conversation is a claim")

    _ref_uniq = models.UniqueIndex(
        "(connect_id, lower(line_ref))", "This line is there already."
    )

    @api.constrains("line_ref")
    def _check_ref(self):
        for line in self:
            if not UUID.fullmatch(line.line_ref or ""):
                raise ValidationError(
                    self.env._(
                        "%(value)s is no identifier of a line: it looks like "
                        "123e4567-e89b-12d3-a456-426614174000.",
                        value=line.line_ref,
                    )
                )
