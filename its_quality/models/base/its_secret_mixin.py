from odoo import api, models
from odoo.tools import SQL, sql

from ...tools.secret_box import SecretLost, is_sealed, seal, unseal


class ItsSecretMixin(models.AbstractModel):
    """A password that we show to somebody else's server, and to nobody.

    It is stored in a column without a field, so that reading, searching, sorting,
    grouping, exporting or copying records never reaches it. A user who may write it may
    put another one in its place. It belongs to one server: another address forgets it.

    The model that inherits this names the field to type it into (computed, with
    ``_compute_secret`` and ``_inverse_secret``), the field of the address, and the
    column.
    """

    _name = "its.secret.mixin"
    _description = "Write-Only Password"

    _secret_field = "password"
    _secret_address = "address"
    _secret_column = "password_secret"

    @api.private
    def init(self):
        super().init()
        if not self._abstract:
            if not sql.column_exists(self.env.cr, self._table, self._secret_column):
                sql.create_column(
                    self.env.cr, self._table, self._secret_column, "varchar"
                )
            self._seal_secrets()

    def write(self, vals):
        if self._secret_address not in vals or vals.get(self._secret_field):
            return super().write(vals)
        servers = self._servers()
        result = super().write(vals)
        # A password for one server is never sent to another.
        self._moved(servers)._keep_secret(None)
        return result

    def _servers(self):
        """Whom each of these asks, to be compared by ``_moved``."""
        return {record: self._server(record[self._secret_address]) for record in self}

    def _moved(self, servers):
        """Those that ask another server now.

        :param servers: of ``_servers``, before
        """
        now = self._servers()
        return self.filtered(lambda record: now[record] != servers[record])

    @api.model
    def _server(self, address):
        """Whom a password is meant for: ``https://host:port``; empty for what is no
        address. To be said by the model."""
        raise NotImplementedError

    def _compute_secret(self):
        """Whatever is kept, nobody is shown it."""
        for record in self:
            record[self._secret_field] = False

    def _inverse_secret(self):
        for record in self.filtered(self._secret_field):
            record._keep_secret(record[self._secret_field])

    def _compute_has_password(self):
        kept = self._kept_secrets()
        for record in self:
            record.has_password = self._opens(kept.get(record._origin.id))

    @api.model
    def _opens(self, kept):
        """Whether there is a password that can be read."""
        try:
            return bool(kept and unseal(kept))
        except SecretLost:
            return False

    def _keep_secret(self, password):
        """Keep a password, or forget it.

        :param password: ``None`` to forget
        """
        if not self:
            return
        self.check_access("write")
        self._store_secret(password and seal(password))
        self.invalidate_recordset([self._secret_field, "has_password"], flush=False)

    def _secret(self):
        """The password, for the one who asks the server and nobody else.

        :raises SecretLost: if it was encrypted by a key that the server has not
        """
        self.ensure_one()
        self.check_access("write")
        kept = self._kept_secret()
        if not kept:
            return ""
        secret = unseal(kept)
        if not is_sealed(kept):
            self._store_secret(seal(secret))
        return secret

    @api.model
    def _password_is_lost(self):
        """The message shown when a password is needed that cannot be read."""
        return self.env._(
            "The password can no longer be read, because it was encrypted with a "
            "different server key. Enter the password again."
        )

    @api.autovacuum
    def _seal_secrets(self):
        """Encrypt what was kept before there was a key, or by one that is to go."""
        if self._abstract:
            return
        every = self.sudo().with_context(active_test=False)
        free = every.search([]).try_lock_for_update()  # pylint: disable=no-search-all
        for record_id, kept in free._kept_secrets().items():
            if kept and not is_sealed(kept) and self._opens(kept):
                self.browse(record_id)._store_secret(seal(unseal(kept)))

    def _kept_secret(self):
        """What is kept of one; whoever is in a hurry keeps it in memory."""
        return self._kept_secrets().get(self.id)

    def _kept_secrets(self):
        """``{id: what is kept}``"""
        return dict(
            self.env.execute_query(
                SQL(
                    "SELECT id, %(column)s FROM %(table)s WHERE id IN %(ids)s",
                    column=SQL.identifier(self._secret_column),
                    table=SQL.identifier(self._table),
                    ids=tuple(self._origin.ids) or (0,),
                )
            )
        )

    def _store_secret(self, kept):
        self.env.cr.execute(
            SQL(
                "UPDATE %s SET %s = %s WHERE id IN %s",
                SQL.identifier(self._table),
                SQL.identifier(self._secret_column),
                kept,
                tuple(self.ids),
            )
        )
