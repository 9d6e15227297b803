from odoo import models


class ItsClaim(models.Model):
    """Reading claims for a screen: the people, firms and stages that several fields lead
    to are fetched together, and not field by field."""

    _inherit = "its.claim"

    def web_read(self, specification):
        if "movement_ids" not in specification:
            # A form asks for all of the claim by its buttons, others for what they show.
            self.fetch(specification)
        self.check_access("read")
        self._fetch_along(specification)
        return super().web_read(specification)

    def _fetch_along(self, names):
        """Fill the cache with what the names of users, clients and stages are made of.

        :param names: of the fields that are going to be read
        """

        def of(name):
            return self[name] if name in names else self.browse()[name]

        movements = of("movement_ids")
        # To-dos as the reader may see them; by name he sees whoever has one.
        users = of("user_id") | of("next_user_id") | movements.user_id
        users = (users | of("activity_ids").sudo().user_id).sudo()
        users.mapped("login")
        firms = of("partner_id") | of("contact_id")
        (firms.sudo() | users.partner_id).mapped("name")
        stages = of("stage_id") | movements.from_stage_id | movements.to_stage_id
        stages.mapped("name")
