from functools import partial

from odoo import api, fields, models
from odoo.exceptions import UserError

from ....onec.odata.client import OdataClient, fingerprint_of
from ....onec.odata.errors import OdataError
from ....onec.odata.objects import KINDS_OF_CONTACT, USERS
from ....onec.odata.walk import Place, next_page
from ....tools.by_code import by_code
from ....tools.secret_box import SecretLost
from ....tools.server_options import allowed_hosts

# What the result of a test depends on.
TESTED = frozenset(
    ("address", "login", "password", "fingerprint")
    + ("read_contractors", "read_contracts")
)
# A user looks on, so he is not kept waiting for long.
PATIENCE = 20
PAGE = 1000
UNTRUSTED = ("tls_untrusted", "tls_expired", "tls_name", "tls_changed")


class ItsOnecConnection(models.Model):
    """Asking 1C: whether it can be asked, and for whatever somebody wants to read."""

    _inherit = "its.onec.connection"

    # The code of an error or "ok", and what the sentence mentions.
    test_result = fields.Json(readonly=True, copy=False)
    test_date = fields.Datetime(string="Tested", readonly=True, copy=False)
    test_text = fields.Text(string="Result of the test", compute="_compute_test_text")
    test_passed = fields.Boolean(compute="_compute_test_text")
    can_trust = fields.Boolean(compute="_compute_test_text")

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
                connection._success_sentence(details)
                if code == "ok"
                else connection._odata_sentence(OdataError(code, **details))
            )

    def write(self, vals):
        result = super().write(vals)
        if TESTED & vals.keys():
            # What was found out before says nothing any more.
            by_code(self.filtered("test_result")).test_result = False
        return result

    def action_test(self):
        """Find out whether 1C can be asked for what is to be read.

        The result stays on the form: a sentence that says what is wrong and what to do.
        """
        self.ensure_one()
        self.check_access("write")
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
        try:
            self.fingerprint = fingerprint_of(self.address, allowed=allowed_hosts())
        except OdataError as error:
            raise UserError(self._odata_sentence(error)) from None
        self.action_test()

    def action_distrust(self):
        """Trust those again that authorities have signed, and no other."""
        self.fingerprint = False

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
        return OdataClient(
            self.address or "",
            self.login or "",
            password,
            fingerprint=self.fingerprint or "",
            allowed=allowed_hosts(),
            **options,
        )

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
            raise UserError(self._odata_sentence(error)) from None

    @api.model
    def _fetch_page(self, client, catalogue, options, skip, top):
        """A page of a walk; how many there are in all is asked for once."""
        if not skip:
            options = {**options, "inlinecount": "allpages"}
        return client.page(catalogue, skip=skip, top=top, **options)
