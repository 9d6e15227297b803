from odoo import api, models

# In the context of an import that gives new clients all their values. No request from
# outside can send it, while any can send a true value.
PREPARED = object()


class ResPartner(models.Model):
    """Clients of an import come with all that Odoo would ask for one by one."""

    _inherit = "res.partner"

    @api.model
    def _add_missing_default_values(self, values):
        # The import asks for them once a batch; see Writing._create_clients().
        if self._its_is_prepared(values):
            return dict(values)
        return super()._add_missing_default_values(values)

    def _prepare_create_values(self, vals_list):
        # Clients of an import come with the id that they will have, since each is
        # its own commercial partner; see Writing._create_clients().
        prepared = super()._prepare_create_values(vals_list)
        for values in prepared:
            if self._its_is_prepared(values):
                values["id"] = values["commercial_partner_id"]
        return prepared

    def _its_check_named(self, vals_list):
        # The number of a client that is being made is nobody's yet.
        others = [vals for vals in vals_list if not self._its_is_prepared(vals)]
        return super()._its_check_named(others)

    @api.model
    def _its_is_prepared(self, values):
        # What other addons create besides, in the same context, is not.
        if self.env.context.get("its_clients_prepared") is not PREPARED:
            return super()._its_is_prepared(values)
        return "commercial_partner_id" in values
