import hashlib
import re
import secrets
from urllib.parse import urlsplit

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import consteq, sql

from ..base.groups import GROUP_ADMINISTRATOR

# Programs differ about whom an address with these signs belongs to.
AMBIGUOUS = re.compile(r"[@\\\x00-\x20\x7f\xa0]")
KEY = re.compile(r"[\w-]{10,100}", re.ASCII)
# What Russian words end in, and how short one may be that loses it.
ENDING = re.compile("[аеийоуыьэюя]{1,3}$")
SHORT_WORD = 4
# So many events the form shows; the list has all.
SHOWN_EVENTS = 20
UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)


def server_of(address):
    """The server that an address belongs to, which a secret is given to.

    :return: scheme, host and port, empty where programs may read them differently
    """
    try:
        parts = urlsplit((address or "").strip())
        port = parts.port or (443 if parts.scheme == "https" else 80)
    except ValueError:
        return ""
    if not parts.hostname or AMBIGUOUS.search(parts.netloc):
        return ""
    return f"{parts.scheme}://{parts.hostname}:{port}"


class ItsConnect(models.Model):
    """A connection to 1С-Коннект, through which clients write to their specialists. It
    notifies us of every message; complaints become claims.

    What it sends is described in 1С-Коннект's interface ``/v1/hook/``; it
    authenticates with a bearer secret of ours, of which we keep only a digest.
    """

    _name = "its.connect"
    _description = "1C-Connect Connection"
    _inherit = ["its.secret.mixin"]
    _order = "name, id"
    _check_company_auto = True
    _secret_field = "rest_password"
    _secret_address = "rest_url"
    _secret_column = "rest_password_secret"

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
        help="The part of the address that cannot be guessed.",
    )
    secret_digest = fields.Char(
        readonly=True, copy=False, groups="base.group_system", exportable=False
    )
    has_secret = fields.Boolean(
        string="Secret is set", compute="_compute_has_secret", compute_sudo=True
    )
    url = fields.Char(string="Address for 1C-Connect", compute="_compute_url")
    line_ids = fields.One2many("its.connect.line", "connect_id", string="Lines")
    keywords = fields.Text(
        help="One word per line, in any grammatical form. A message with one of these "
        "words becomes a claim, whatever 1C-Connect line it comes from.",
    )
    last_event_ids = fields.One2many(
        "its.connect.event", string="Last events", compute="_compute_last_event_ids"
    )
    last_event_date = fields.Datetime(
        string="Last event", compute="_compute_last_event_ids"
    )
    rest_url = fields.Char(string="API address")
    rest_login = fields.Char(string="Login", copy=False)
    rest_password = fields.Char(
        string="Password",
        compute="_compute_secret",
        inverse="_inverse_secret",
        copy=False,
        exportable=False,
        groups=GROUP_ADMINISTRATOR,
        help="Stored where nobody can read it. Leave empty to keep the current one.",
    )
    has_password = fields.Boolean(compute="_compute_has_password", compute_sudo=True)

    _key_uniq = models.UniqueIndex("(key)")

    @api.private
    def init(self):
        # In earlier versions the password was a field like others.
        former, kept = "rest_password", self._secret_column
        if sql.column_exists(self.env.cr, self._table, former):
            sql.rename_column(self.env.cr, self._table, former, kept)
        super().init()

    @api.depends("secret_digest")
    def _compute_has_secret(self):
        for connect in self:
            connect.has_secret = bool(connect.secret_digest)

    @api.depends("key")
    def _compute_url(self):
        for connect in self:
            connect.url = f"{connect.get_base_url()}/its/connect/{connect.key}"

    def _compute_last_event_ids(self):
        for connect in self:
            connect.last_event_ids = connect.last_event_ids.search(
                [("connect_id", "=", connect.id)], limit=SHOWN_EVENTS
            )
            connect.last_event_date = connect.last_event_ids[:1].date

    @api.model
    def _server(self, address):
        return server_of(address)

    @api.model
    def _find_by_key(self, key):
        """The connection whose address was written to; none where it is switched off."""
        if not KEY.fullmatch(key):
            return self.browse()
        return self.sudo().search([("key", "=", key)])

    def _is_valid_secret(self, scheme, secret):
        """Whether this is the secret of the connection; of no connection it never is.

        :param scheme: of the header ``Authorization``
        :param secret: its value
        """
        digest = hashlib.sha256(secret.encode(errors="replace")).hexdigest()
        known = self.sudo().secret_digest or ""
        return scheme.lower() == "bearer" and consteq(known, digest)

    def _new_secret(self):
        """Make a new secret; the previous one stops working.

        :return: the secret, which is not kept
        """
        self.ensure_one()
        self.check_access("write")
        secret = secrets.token_urlsafe(32)
        self.sudo().secret_digest = hashlib.sha256(secret.encode()).hexdigest()
        return secret

    def action_new_secret(self):
        """Make a new secret and show it once: only the web client has it."""
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Secret (shown only once)"),
            "res_model": "its.connect.secret",
            "views": [(False, "form")],
            "target": "new",
            "context": {
                "default_secret": self._new_secret(),
                "default_url": self.url,
            },
        }

    def action_open_events(self):
        """Open all events from 1С-Коннект."""
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "its_quality.its_connect_event_action"
        )
        return {**action, "domain": [("connect_id", "=", self.id)]}

    def action_open_contacts(self):
        """Open the people who write, and whose clients they are."""
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "its_quality.its_connect_contact_action"
        )
        return {**action, "domain": [("connect_id", "=", self.id)]}

    def _is_complaint(self, line, text):
        """Whether a message is to become a claim."""
        if line.makes_claims:
            return True
        stems = map(self._stem, (self.keywords or "").splitlines())
        text = self._plain(text)
        return any(
            stem and re.search(rf"(?<!\w){re.escape(stem)}", text) for stem in stems
        )

    @api.model
    def _plain(self, text):
        return text.strip().lower().replace("ё", "е")

    @api.model
    def _stem(self, word):
        """A word without its ending, so that «рекламация» finds «рекламацию»."""
        word = self._plain(word)
        return ENDING.sub("", word) if len(word) > SHORT_WORD else word


class ItsConnectLine(models.Model):
    """A line of 1С-Коннект: where clients of some service write."""

    _name = "its.connect.line"
    _description = "1C-Connect Line"
    _order = "name, id"
    _check_company_auto = True

    connect_id = fields.Many2one(
        "its.connect", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="connect_id.company_id", store=True)
    name = fields.Char(required=True)
    line_ref = fields.Char(
        string="Identifier", required=True, help="As shown in 1C-Connect."
    )
    team_id = fields.Many2one("its.team", index="btree_not_null", check_company=True)
    makes_claims = fields.Boolean(string="Every conversation is a claim")

    _ref_uniq = models.UniqueIndex(
        "(connect_id, lower(line_ref))", "This line already exists."
    )

    @api.constrains("line_ref")
    def _check_ref(self):
        for line in self:
            if not UUID.fullmatch(line.line_ref or ""):
                raise ValidationError(
                    self.env._(
                        "%(value)s is not a valid line identifier. It should look like "
                        "123e4567-e89b-12d3-a456-426614174000.",
                        value=line.line_ref,
                    )
                )
