import secrets
from typing import NamedTuple

from odoo import api, fields, models
from odoo.tools import ormcache

from ...tools.secret_box import SecretLost
from ..base.groups import GROUP_ADMINISTRATOR
from ..connect.its_connect import KEY, server_of
from .ami import AmiError
from .listener import Listener, open_ami
from .providers import PROVIDERS

SHOWN_EVENTS = 20


class Known(NamedTuple):
    """What has to be known of a connection to take an event: kept in memory, for an
    exchange is in a hurry, and sends several for each call.

    :ivar extensions: number → id of its user
    """

    kind: str
    login: str
    company_id: int
    recording_days: int
    extensions: dict[str, int]


class ItsPhoneConnection(models.Model):
    """A telephone exchange: it reports calls, and calls numbers for us.

    It writes to an address of its own, and proves by a secret that it is the one. What
    it sends depends on its kind: see :mod:`.providers`.
    """

    _name = "its.phone.connection"
    _description = "Telephone Connection"
    _inherit = ["its.secret.mixin"]
    _order = "name, id"
    _check_company_auto = True

    name = fields.Char(required=True, default=lambda self: self.env._("Telephone"))
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company
    )
    kind = fields.Selection(
        [
            ("generic", "Any exchange (requests to an address)"),
            ("asterisk", "Asterisk (manager interface)"),
            ("mango", "Mango Office"),
            ("novofon", "Novofon"),
        ],
        required=True,
        default="generic",
    )
    key = fields.Char(
        required=True,
        readonly=True,
        copy=False,
        default=lambda self: secrets.token_urlsafe(16),
        help="The part of the address that cannot be guessed.",
    )
    url = fields.Char(string="Address for the exchange", compute="_compute_url")
    address = fields.Char(
        string="Address of the exchange",
        help="Where the exchange takes requests to call a number. Without it, a press "
        "on a number is left to the telephone program of the computer.",
    )
    login = fields.Char(
        string="API key or login",
        copy=False,
        help="Of Mango Office and Novofon the key of the API; the secret is the salt "
        "there, or the secret key. Of Asterisk the name in manager.conf.",
    )
    channel = fields.Char(
        string="Channel of an extension",
        default="PJSIP/{extension}",
        help="How Asterisk calls the telephone of an extension.",
    )
    context = fields.Char(
        default="from-internal",
        help="The context of the dial plan in which Asterisk calls a number.",
    )
    lease_holder = fields.Char(
        string="Listened to by", readonly=True, copy=False, groups="base.group_system"
    )
    lease_until = fields.Datetime(string="Listened to until", readonly=True, copy=False)
    password = fields.Char(
        string="Secret",
        compute="_compute_secret",
        inverse="_inverse_secret",
        copy=False,
        exportable=False,
        groups=GROUP_ADMINISTRATOR,
        help="Stored where nobody can read it. Leave empty to keep the current one.",
    )
    has_password = fields.Boolean(
        string="Secret is set", compute="_compute_has_password", compute_sudo=True
    )
    callback_minutes = fields.Integer(
        string="Call missed clients back within",
        default=30,
        help="Minutes; later is shown as late in the report of telephone calls.",
    )
    recording_days = fields.Integer(
        string="Keep recordings for",
        default=90,
        help="Days. What is kept is the address of a recording, which whoever may read "
        "the talk may hear. 0: never.",
    )
    line_ids = fields.One2many("its.phone.line", "connection_id", string="Lines")
    extension_ids = fields.One2many(
        "its.phone.extension", "connection_id", string="Extensions"
    )
    last_event_ids = fields.One2many(
        "its.phone.event", string="Last events", compute="_compute_last_event_ids"
    )
    last_event_date = fields.Datetime(
        string="Last event", compute="_compute_last_event_ids"
    )

    _key_uniq = models.UniqueIndex("(key)")

    @api.depends("key")
    def _compute_url(self):
        for connection in self:
            base = connection.get_base_url()
            connection.url = f"{base}/its/phone/{connection.key}"

    def _compute_last_event_ids(self):
        for connection in self:
            connection.last_event_ids = connection.last_event_ids.search(
                [("connection_id", "=", connection.id)], limit=SHOWN_EVENTS
            )
            connection.last_event_date = connection.last_event_ids[:1].received

    @api.model
    def _server(self, address):
        return server_of(address)

    @api.model_create_multi
    def create(self, vals_list):
        self.env.registry.clear_cache()
        return super().create(vals_list)

    def write(self, vals):
        self.env.registry.clear_cache()
        return super().write(vals)

    def unlink(self):
        self.env.registry.clear_cache()
        return super().unlink()

    @api.model
    @ormcache("key")
    def _id_of_key(self, key):
        return self.sudo().search([("key", "=", key)]).id

    @api.model
    def _find_by_key(self, key):
        """The connection whose address was written to; none where it is switched off."""
        found = self._id_of_key(key) if KEY.fullmatch(key) else False
        return self.sudo().browse(found or ())

    @ormcache("self.id")
    def _known(self):
        """What is wanted of the connection for each event, as :class:`Known`."""
        connection = self.sudo()
        rows = connection.extension_ids.mapped(lambda one: (one.number, one.user_id.id))
        return Known(
            connection.kind,
            connection.login or "",
            connection.company_id.id,
            connection.recording_days,
            dict(rows),
        )

    @ormcache("self.id")
    def _kept_secret(self):
        return super()._kept_secret()

    def _store_secret(self, kept):
        self.env.registry.clear_cache()
        return super()._store_secret(kept)

    def _at_work(self):
        """The connection as its calls are written down: in the company and language of
        the firm, whoever runs it."""
        company = self.company_id
        lang = company.partner_id.lang or self.env.lang
        return self.with_company(company).with_context(lang=lang)

    def _provider(self):
        """What an exchange of this kind sends."""
        return PROVIDERS[self._known().kind]()

    # -------------------------------------------------------------------------
    # Actions
    # -------------------------------------------------------------------------

    def action_new_secret(self):
        """Make a new secret and show it once: only the web client has it."""
        self.ensure_one()
        self.check_access("write")
        secret = secrets.token_urlsafe(32)
        self._keep_secret(secret)
        form = self.env.ref("its_quality.its_phone_secret_view_form")
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Secret (shown only once)"),
            "res_model": "its.connect.secret",
            "views": [(form.id, "form")],
            "target": "new",
            "context": {"default_secret": secret, "default_url": self.url},
        }

    def action_test(self):
        """Say in words what works, and what has still to be done."""
        self.ensure_one()
        self.check_access("write")
        lacks = self._lacks()
        if not lacks:
            lacks = [
                self.env._(
                    "The last event came on %(moment)s. All is well.",
                    moment=fields.Datetime.context_timestamp(
                        self, self.last_event_date
                    ).strftime("%d.%m.%Y %H:%M"),
                )
            ]
            kind = "success"
        else:
            kind = "warning"
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": kind,
                "sticky": kind == "warning",
                "message": "\n".join(lacks),
            },
        }

    def _lacks(self):
        """What is still to be done, as sentences."""
        lacks = []
        try:
            if not self._secret():
                lacks.append(
                    self.env._(
                        "There is no secret yet. Click «New secret» and enter it in "
                        "the exchange."
                    )
                )
        except SecretLost:
            lacks.append(self._password_is_lost())
        if not self.extension_ids:
            lacks.append(
                self.env._(
                    "No user has an extension, so nobody gets a card. Add them under "
                    "«Extensions»."
                )
            )
        if self.kind == "asterisk":
            lacks += self._asterisk_lacks()
        if not self.last_event_date:
            lacks.append(
                self.env._(
                    "The exchange has not reported a call yet. Call one of your "
                    "numbers; if nothing appears under «Last events», check the "
                    "address %(url)s in the exchange.",
                    url=self.url,
                )
            )
        refused = self.last_event_ids.filtered(lambda event: event.state == "refused")
        if refused:
            lacks.append(refused[0].reason)
        return lacks

    def _asterisk_lacks(self):
        """What is still to be done for Asterisk to be listened to, as sentences."""
        lacks = []
        try:
            with open_ami(self.sudo().env, self.id):
                pass
        except (AmiError, OSError, SecretLost) as error:
            lacks.append(
                self.env._(
                    "Asterisk at %(address)s cannot be signed in to: %(reason)s. Check "
                    "the address, the login and the secret in manager.conf, and that "
                    "the port is open for the Odoo server.",
                    address=self.address or "–",
                    reason=error,
                )
            )
        if not self.lease_until or self.lease_until < fields.Datetime.now():
            lacks.append(
                self.env._(
                    "Nobody listens to Asterisk. Start «odoo-bin its_phone» as a "
                    "service."
                )
            )
        return lacks

    @api.model
    def _listener(self):
        """Who listens to every Asterisk of this database."""
        return Listener(self.env.cr.dbname)

    def action_open_events(self):
        """Open all that the exchange has reported."""
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "its_quality.its_phone_event_action"
        )
        return {**action, "domain": [("connection_id", "=", self.id)]}
