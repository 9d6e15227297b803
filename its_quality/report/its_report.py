from odoo import models
from odoo.tools import SQL

from ..models.base.measure import Measure, WholeMeasure


def labels_of(model, name):
    """The selection of a field of the records, in the language of the reader."""
    return lambda self: self.env[model]._fields[name]._description_selection(self.env)


class ItsReport(models.AbstractModel):
    """What the reports have in common: who may read their rows, and what these open.

    A report names the model whose rules hold for its rows as ``_its_rules_of`` and has
    the fields that these rules name; ``_its_opens`` is the field of the record behind a
    row.
    """

    _name = "its.report"
    _description = "Report on Service Quality"

    _its_rules_of = None
    _its_opens = None

    def action_open(self):
        """Open the record behind a row."""
        self.ensure_one()
        record = self[self._its_opens]
        return {
            "type": "ir.actions.act_window",
            "res_model": record._name,
            "res_id": record.id,
            "views": [(False, "form")],
        }

    def _order_field_to_sql(self, alias, field_name, direction, nulls, query):
        """Rows without a number come after those that have one, up or down."""
        if isinstance(self._fields.get(field_name), (Measure, WholeMeasure)):
            nulls = nulls or SQL("NULLS LAST")
        return super()._order_field_to_sql(alias, field_name, direction, nulls, query)
