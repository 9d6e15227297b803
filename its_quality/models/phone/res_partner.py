from odoo import api, models


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
