from odoo import api, fields, models
from odoo.tools import SQL

from .numbers import key_of, keys_of

# So many cards are read, or written to the table, at once.
BATCH = 10_000
# More cards with one number are a mistake of somebody's, and nobody reads them.
MOST = 20
# Where the cards wait whose numbers are to be written, until the transaction is flushed.
WAITING = "its_quality.phone_numbers"
# What decides whose number it is.
CARD = ["active", "commercial_partner_id", "company_id", "its_client"]


class ItsPhoneNumber(models.Model):
    """A phone number of a card, as it is compared: see :mod:`.numbers`. One field of a
    card may hold several.

    Whoever is rung up asks this table, so it is kept with each change of a card, and by
    the numbers of all cards: whoever becomes a client later has it, too.
    """

    _name = "its.phone.number"
    _description = "Phone Number of a Card"
    _log_access = False
    _rec_name = "key"

    partner_id = fields.Many2one(
        "res.partner", required=True, readonly=True, index=True, ondelete="cascade"
    )
    key = fields.Char(string="Last ten digits", required=True, readonly=True)

    _key_uniq = models.UniqueIndex("(key, partner_id)")
    # Of a number one often says its last digits only.
    _by_end = models.Index("(reverse(key) text_pattern_ops)")

    @api.private
    def init(self):
        super().init()
        cr = self.env.cr
        cr.execute(SQL("SELECT FROM its_phone_number LIMIT 1"))
        if not cr.rowcount:
            self._fill()

    @api.model
    def _fill(self):
        """Take over the numbers of all cards; done once, when there are none."""
        last = 0
        while True:
            rows = self.env.execute_query(
                SQL(
                    "SELECT id, phone FROM res_partner"
                    " WHERE id > %s AND phone IS NOT NULL ORDER BY id LIMIT %s",
                    last,
                    BATCH,
                )
            )
            if not rows:
                return
            self._insert(rows)
            last = rows[-1][0]

    @api.model
    def _search(self, domain, offset=0, limit=None, order=None, **options):
        self._settle()
        return super()._search(domain, offset, limit, order, **options)

    @api.model
    def _note(self, partner_ids):
        """Write the numbers of cards anew before they are asked for, or kept: an import
        changes cards by the thousand, one after the other."""
        precommit = self.env.cr.precommit
        if WAITING not in precommit.data:
            precommit.data[WAITING] = set()
            precommit.add(self.sudo()._settle)
        precommit.data[WAITING].update(partner_ids)

    @api.model
    def _settle(self):
        """Write the numbers of the cards that wait for it."""
        waiting = list(self.env.cr.precommit.data.pop(WAITING, ()))
        if not waiting:
            return
        self.env["res.partner"].browse(waiting).flush_recordset(["phone"])
        self.env.cr.execute(
            SQL("DELETE FROM its_phone_number WHERE partner_id = ANY(%s)", waiting)
        )
        rows = self.env.execute_query(
            SQL(
                "SELECT id, phone FROM res_partner"
                " WHERE id = ANY(%s) AND phone IS NOT NULL ORDER BY id",
                waiting,
            )
        )
        self._insert(rows)

    @api.model
    def _insert(self, rows):
        """Add numbers to the table.

        :param rows: pairs of the id of a card and its field
        """
        pairs = [(key, partner) for partner, text in rows for key in keys_of(text)]
        if pairs:
            self.env.cr.execute(
                SQL(
                    "INSERT INTO its_phone_number (key, partner_id)"
                    " SELECT * FROM unnest(%s::varchar[], %s::int[])"
                    " ON CONFLICT (key, partner_id) DO NOTHING",
                    [key for key, _partner in pairs],
                    [partner for _key, partner in pairs],
                )
            )

    @api.model
    def _cards(self, number, company):
        """Whose number it is.

        :param number: as an exchange reports it
        :param company: whose clients are looked through
        :return: cards of clients and of their contact persons, as superuser
        """
        key = key_of(number)
        if not key:
            return self.env["res.partner"].sudo()
        self._settle()
        self.env["res.partner"].flush_model(CARD)
        found = self.env.execute_query(
            SQL(
                """
                SELECT card.id
                  FROM its_phone_number AS number
                  JOIN res_partner AS card ON card.id = number.partner_id
                  JOIN res_partner AS firm ON firm.id = card.commercial_partner_id
                 WHERE number.key = %s
                   AND card.active AND firm.active AND firm.its_client
                   AND (firm.company_id IS NULL OR firm.company_id = %s)
              ORDER BY firm.id, card.id <> firm.id, card.id
                 LIMIT %s
                """,
                key,
                company.id,
                MOST,
            )
        )
        return self.env["res.partner"].sudo().browse([card for [card] in found])
