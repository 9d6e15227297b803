from hashlib import sha256

from odoo import api, fields, models

from ..base import locks


class ItsClaim(models.Model):
    """A form that is sent twice is one claim: by a double click, by going back, from two
    windows, or by Odoo itself, which runs a request again where two have met.

    What is done already is known by the claim alone. The session is saved with the
    answer, also where the claim is rolled back after it.
    """

    _inherit = "its.claim"

    form_key = fields.Char(
        readonly=True,
        copy=False,
        groups="base.group_system",
        help="Of the form that was sent: whose it was, what it said and when it was "
        "opened, as a digest.",
    )

    _form_key_uniq = models.UniqueIndex("(form_key) WHERE form_key IS NOT NULL")

    @api.model
    def _form_key(self, *parts):
        """What a form that was sent is known by.

        :param parts: whose it is, when it was opened, what it says
        """
        return sha256(repr(parts).encode()).hexdigest()

    @api.model
    def _sent_as(self, form_key):
        """The claim that a form has become already. Whoever sends the same form now
        waits until this transaction has ended.

        :return: the claim, as the superuser: maybe a younger one than this transaction
            can read, so ask it for nothing but its id
        """
        self.flush_model(["form_key"])
        locks.wait_for(self.env.cr, f"form {form_key}")
        # What was committed while we waited is seen by a transaction that begins now.
        with self.env.registry.cursor() as cr:
            cr.execute("SELECT id FROM its_claim WHERE form_key = %s", [form_key])
            found = cr.fetchone()
        return self.sudo().browse(found)
