from odoo import models


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
