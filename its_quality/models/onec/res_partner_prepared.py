from odoo import api, models

from .preparing import Prepared
from .row_inserting import RowInserting


class ResPartner(models.Model):
    """Clients of an import come with what Odoo would ask for one by one.

    Other addons see them as any other: what ``create`` is given is what the file says,
    and all the rest is added where Odoo itself adds it.
    """

    _inherit = "res.partner"

    def _its_prepared(self):
        """What is known of the clients of an import; no request can send it."""
        prepared = self.env.context.get("its_clients_prepared")
        return prepared if isinstance(prepared, Prepared) else None

    @api.model_create_multi
    def create(self, vals_list):
        prepared = self._its_prepared()
        if prepared and not prepared.has_all(vals_list):
            # What other addons create meanwhile has nothing prepared.
            self = self.with_context(
                its_clients_prepared=None, _partners_skip_fields_sync=False
            )
        return super().create(vals_list)

    @api.model
    def _add_missing_default_values(self, values):
        prepared = self._its_prepared()
        ask = super()._add_missing_default_values
        if prepared and prepared.has(values):
            return prepared.with_defaults(self, values, ask)
        return ask(values)

    def _prepare_create_values(self, vals_list):
        result = super()._prepare_create_values(vals_list)
        if prepared := self._its_prepared():
            for values in result:
                prepared.complete(values)
        return result

    @api.model
    def _create(self, data_list):
        prepared = self._its_prepared()
        if not prepared:
            return super()._create(data_list)
        added = []
        for data in data_list:
            fields = prepared.given(data["stored"]) - data["protected"]
            data["protected"] |= fields
            added.append(fields)
        if prepared.may_insert(data_list):
            partners = RowInserting(self, data_list).insert()
        else:
            partners = super()._create(data_list)
        # From here on they are computed again whenever there is reason to.
        for data, fields in zip(data_list, added, strict=True):
            data["protected"] -= fields
        return partners

    @api.model
    def _its_is_prepared(self, values):
        # What other addons create besides, in the same context, is not.
        prepared = self._its_prepared()
        return bool(prepared and prepared.has(values)) or super()._its_is_prepared(
            values
        )
