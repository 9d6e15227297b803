import re

from odoo import api, models
from odoo.tools import SQL

from .numbers import KEY_SIZE, keys_of

# The numbers of a town without its code have so many.
FEWEST = 5


class ResPartner(models.Model):
    """A card whose numbers are known to whoever is rung up."""

    _inherit = "res.partner"

    @api.model_create_multi
    def create(self, vals_list):
        partners = super().create(vals_list)
        default = self.env.context.get("default_phone")
        partners._its_keep_numbers(
            [
                (partner.id, text)
                for partner, vals in zip(partners, vals_list, strict=True)
                if (text := vals.get("phone", default))
            ]
        )
        return partners

    def write(self, vals):
        result = super().write(vals)
        if "phone" in vals:
            self.env["its.phone.number"]._note(self.ids)
        return result

    def _its_keep_numbers(self, rows):
        """Note the numbers of these cards.

        :param rows: pairs of the id of a card and its field
        """
        if rows:
            self.flush_recordset(["phone"])
            self.env["its.phone.number"]._insert(rows)

    @api.model
    def _its_ways_to_find(self, text):
        """A client is found by any spelling of a number of theirs, too, and by its last
        digits."""
        found = super()._its_ways_to_find(text)
        keys = keys_of(text)
        digits = "".join(sign for sign in text or "" if sign.isdecimal())
        if keys:
            number = SQL("number.key IN %s", tuple(keys))
        elif FEWEST <= len(digits) < KEY_SIZE and not re.search(r"[^\W\d]", text):
            number = SQL("reverse(number.key) LIKE %s", f"{digits[::-1]}%")
        else:
            return found
        self.env["its.phone.number"]._settle()
        firms = SQL(
            "SELECT card.commercial_partner_id FROM its_phone_number AS number"
            " JOIN res_partner AS card ON card.id = number.partner_id WHERE %s",
            number,
        )
        return [*found, firms]
