from odoo import api, models

from ...tools.texts import typed

# Models of Odoo whose texts our pages and desks write.
BORROWED = frozenset(
    {
        "mail.activity",
        "mail.message",
        "res.partner",
        "survey.question",
        "survey.question.answer",
        "survey.survey",
        "survey.user_input",
        "survey.user_input.line",
    }
)


class Base(models.AbstractModel):
    """Texts are kept without control characters, however they come: by a page, a call, a
    letter, a file, or from another program."""

    _inherit = "base"

    @api.model_create_multi
    def create(self, vals_list):
        if self._its_is_typed():
            vals_list = [self._its_typed(vals) for vals in vals_list]
        return super().create(vals_list)

    def write(self, vals):
        if self._its_is_typed():
            vals = self._its_typed(vals)
        return super().write(vals)

    @api.model
    def _its_is_typed(self):
        return self._name.startswith("its.") or self._name in BORROWED

    @api.model
    def _its_typed(self, vals):
        """These values, the texts among them cleaned."""
        cleaned = {
            name: type(value)(typed(value))
            for name, value in vals.items()
            if isinstance(value, str) and not value.isprintable()
        }
        return {**vals, **cleaned} if cleaned else vals
