from contextlib import contextmanager
from functools import partial

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import SQL

from ....onec import USER_PROPERTIES
from ....onec.odata.address import server_of, service_root
from ....onec.odata.client import OdataClient, fingerprint_of
from ....onec.odata.errors import OdataError
from ....onec.odata.objects import CONTRACTORS, CONTRACTS, KINDS_OF_CONTACT, USERS
from ....onec.odata.walk import Place, next_page
from ....tools.by_code import by_code
from ....tools.secret_box import SecretLost
from ....tools.security_log import log_refusal
from ....tools.server_options import allowed_hosts
from ...base.groups import GROUP_ADMINISTRATOR
from ..refused import ImportRefused
from .texts import odata_sentence, success_sentence

# What the result of a test depends on.
TESTED = frozenset(
    ("address", "login", "password", "fingerprint")
    + ("read_contractors", "read_contracts")
)
# A user is watching, so the wait must be short.
PATIENCE = 20
PAGE = 1000
UNTRUSTED = ("tls_untrusted", "tls_expired", "tls_name", "tls_changed")


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
        help="Where codes, edits and options are remembered: the same source as for "
        "files from this infobase.",
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
        help="The user who runs scheduled synchronizations and is notified of pending "
        "decisions.",
    )

    address = fields.Char(
        required=True,
        tracking=True,
        help="As you open it in a browser, for example https://server/base.",
    )
    login = fields.Char(copy=False)
    password = fields.Char(
        compute="_compute_secret",
        inverse="_inverse_secret",
        copy=False,
        exportable=False,
        groups=GROUP_ADMINISTRATOR,
        help="Stored where nobody can read it. Leave empty to keep the current one.",
    )
    has_password = fields.Boolean(compute="_compute_has_password", compute_sudo=True)
    fingerprint = fields.Char(
        string="Trusted certificate",
        readonly=True,
        copy=False,
        tracking=True,
        help="SHA-256 of the only certificate that is trusted. Empty: certificates "
        "signed by known authorities are trusted.",
    )
    is_plain = fields.Boolean(compute="_compute_is_plain")

    read_contractors = fields.Boolean(string="Contractors", default=True)
    read_contracts = fields.Boolean(string="Contracts")
    # The code of an error or "ok", and what the sentence mentions.
    test_result = fields.Json(readonly=True, copy=False)
    test_date = fields.Datetime(string="Tested", readonly=True, copy=False)
    test_text = fields.Text(string="Result of the test", compute="_compute_test_text")
    test_passed = fields.Boolean(compute="_compute_test_text")
    can_trust = fields.Boolean(compute="_compute_test_text")

    import_ids = fields.One2many("its.import", "connection_id", string="Imports")
    import_count = fields.Integer(compute="_compute_import_count")

    _one_per_source = models.UniqueIndex(
        "(source_id) WHERE active IS TRUE",
        "Another connection already uses this source. Choose another source.",
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

    @api.depends("test_result")
    @api.depends_context("lang")
    def _compute_test_text(self):
        for connection in self:
            result = connection.test_result or {}
            code = result.get("code")
            connection.test_passed = code == "ok"
            connection.can_trust = code in UNTRUSTED
            details = result.get("details") or {}
            connection.test_text = bool(code) and (
                success_sentence(self.env, details)
                if code == "ok"
                else connection._odata_sentence(OdataError(code, **details))
            )

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
                self.env._("Choose what to read: contractors, contracts or both.")
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
                        "%(user)s cannot import into %(company)s. Choose an ITS "
                        "quality administrator with access to that company.",
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
        if TESTED & vals.keys():
            # What was found out before says nothing any more.
            by_code(self.filtered("test_result")).test_result = False
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
        """The server a password is meant for; empty for an invalid address."""
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

    # -------------------------------------------------------------------------
    # Asking whether it can be asked
    # -------------------------------------------------------------------------

    def action_test(self):
        """Find out whether 1C can be asked for what is to be read.

        The result stays on the form: a sentence that says what is wrong and what to do.
        """
        self.ensure_one()
        self.check_access("write")
        self = by_code(self)
        try:
            details = self._do_test()
            result = {"code": "ok", "details": details}
        except OdataError as error:
            result = {"code": error.code, "details": error.details}
        self.write({"test_result": result, "test_date": fields.Datetime.now()})

    def _do_test(self):
        """Ask for what is published and for how much there is of it.

        :return: what the sentence about success mentions
        :raises OdataError: for the first thing that is wrong
        """
        with self._client(attempts=1, read_timeout=PATIENCE) as client:
            published = client.service()
            counts = {}
            for catalogue in self._catalogues():
                if catalogue not in published:
                    raise OdataError("no_catalogue", catalogue=catalogue)
                rows, count = client.page(catalogue, top=1, inlinecount="allpages")
                counts[catalogue] = max(count, len(rows))
        missing = [name for name in (KINDS_OF_CONTACT, USERS) if name not in published]
        return {"counts": counts, "missing": missing}

    def action_trust(self):
        """Trust the certificate that the server shows now, and test anew."""
        self.ensure_one()
        self.check_access("write")
        self = by_code(self)
        try:
            with self._noting_refusals():
                allowed = allowed_hosts()
                self.fingerprint = fingerprint_of(self.address, allowed=allowed)
        except OdataError as error:
            raise ImportRefused(self._odata_sentence(error)) from None
        self.action_test()

    def action_distrust(self):
        """Trust those again that authorities have signed, and no other."""
        by_code(self).fingerprint = False

    # -------------------------------------------------------------------------
    # Asking for whatever somebody wants to read
    # -------------------------------------------------------------------------

    @contextmanager
    def _noting_refusals(self):
        """Note in the security log that a server was to be asked which nobody may."""
        try:
            yield
        except OdataError as error:
            if error.code == "forbidden":
                log_refusal("forbidden_host", model=self._name, record=self.id)
            raise

    @contextmanager
    def _client(self, **options):
        """A client of this base; the only place where the password goes.

        :param options: of ``OdataClient``
        :raises OdataError: for an address that is none, or a password that is lost
        """
        self.ensure_one()
        try:
            password = self._secret()
        except SecretLost:
            raise OdataError("password") from None
        client = OdataClient(
            self.address or "",
            self.login or "",
            password,
            fingerprint=self.fingerprint or "",
            allowed=allowed_hosts(),
            **options,
        )
        with self._noting_refusals(), client:
            yield client

    def _entities(self, catalogue, select=None, filter=None):
        """Read objects of 1C as they are, page by page, in the order of their keys.

        :param catalogue: a set of entities, such as ``Catalog_Пользователи``
        :param select: the names of the properties to read; all by default. The key is
            always read
        :param filter: a condition of OData
        :return: an iterator of dicts
        :raises UserError: with a sentence that says what is wrong
        """
        self.ensure_one()
        options = {"orderby": "Ref_Key"}
        if select:
            options["select"] = ",".join(dict.fromkeys(["Ref_Key", *select]))
        if filter:
            options["filter"] = filter
        place = Place()
        try:
            with self._client() as client:
                fetch = partial(self._fetch_page, client, catalogue, options)
                while not place.is_end:
                    yield from next_page(fetch, place, PAGE)
        except OdataError as error:
            raise ImportRefused(self._odata_sentence(error)) from None

    @api.model
    def _fetch_page(self, client, catalogue, options, skip, top):
        """A page of a walk; how many there are in all is asked for once."""
        if not skip:
            options = {**options, "inlinecount": "allpages"}
        return client.page(catalogue, skip=skip, top=top, **options)

    def _odata_sentence(self, error):
        """Say in the user's language why 1C cannot be asked, and what to do."""
        return odata_sentence(self, error)

    def action_read_users(self):
        """Read the users of the base and open their review; nothing is done about
        anybody before it is confirmed there.

        :raises UserError: with a sentence that says what is wrong
        """
        self.ensure_one()
        self.check_access("write")
        people = self._entities(USERS, USER_PROPERTIES)
        return self.env["its.user.import"]._review_entities(self.source_id, people)

    # -------------------------------------------------------------------------
    # Synchronising
    # -------------------------------------------------------------------------

    def action_sync(self):
        """Read from 1C what has changed, and show what an import would do.

        :return: an action that opens the import; the one in progress if there is one
        """
        self.ensure_one()
        self.check_access("write")
        job = self._working_import() or self._begin(self.env.user)
        return {
            "type": "ir.actions.act_window",
            "res_model": "its.import",
            "res_id": job.id,
            "views": [(False, "form")],
        }

    def action_forget(self):
        """Read everything anew the next time, whatever its version."""
        self.ensure_one()
        self.check_access("write")
        self._check_is_free()
        self.env.cr.execute(
            SQL(
                "UPDATE its_onec_object SET data_version = NULL, pending = NULL"
                " WHERE connection_id = %s",
                self.id,
            )
        )
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "info",
                "message": self.env._(
                    "The next synchronization will read the whole infobase. Unchanged "
                    "records stay as they are."
                ),
            },
        }

    def _working_import(self):
        return self.env["its.import"].search(
            [
                ("connection_id", "=", self.id),
                ("state", "in", ("checking", "running", "undoing")),
            ],
            limit=1,
        )

    def _check_is_free(self):
        """Let one synchronisation end before the next begins.

        :raises UserError: if one is in progress
        """
        job = self._working_import()
        if job:
            raise ImportRefused(
                self.env._(
                    "%(user)s is synchronizing with %(connection)s right now. Wait "
                    "until it has finished.",
                    user=job.user_id.name,
                    connection=self.name,
                )
            )

    def _begin(self, user, unattended=False):
        """Start a synchronization; its pages are read by the import job.

        :param user: in whose name
        :return: the import
        """
        self.ensure_one()
        self = by_code(self)
        # Starting another one at the same moment fails here, and then sees this one.
        self.sudo().last_sync = fields.Datetime.now()
        self.flush_recordset(["last_sync"])
        imports = self.env["its.import"].with_user(user)
        # What is shown of an earlier reading may be outdated by this one.
        imports.search(
            [("connection_id", "=", self.id), ("state", "=", "checked")]
        ).check_needed = True
        job = imports.create(
            {
                "source_id": self.source_id.id,
                "connection_id": self.id,
                "unattended": unattended,
                "file_name": self.name,
            }
        )
        self.sudo().last_import_id = job
        job._start("checking")
        return job

    def action_open_imports(self):
        """Open the synchronizations."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "its_quality.its_import_action"
        )
        return {
            **action,
            "domain": [("connection_id", "=", self.id)],
            "context": {"create": False},
        }
