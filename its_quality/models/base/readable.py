"""A field that tells of the records it leads to only those that the user may read."""

from odoo import fields
from odoo.fields import Domain
from odoo.tools import SQL


class ReadableOne2many(fields.One2many):
    """Records of ours, listed on one that more people open: a client's card, a service.
    Whoever asks whether there are any, or which one, asks superuser mode in Odoo."""

    def condition_to_sql(self, field_expr, operator, value, model, alias, query):
        if operator not in ("in", "not in") or model.env.su or isinstance(value, SQL):
            return super().condition_to_sql(
                field_expr, operator, value, model, alias, query
            )
        # As in Odoo, archived ones count.
        model = model.with_context(active_test=False)

        def of(operator, domain):
            return super(ReadableOne2many, self).condition_to_sql(
                field_expr, operator, domain, model, alias, query
            )

        numbers = [number for number in value if number]
        found = [of("any", Domain("id", "in", numbers))] if numbers else []
        if False in value:
            found.append(of("not any", Domain.TRUE))
        found = SQL("(%s)", SQL(" OR ").join(found)) if found else SQL("FALSE")
        return found if operator == "in" else SQL("NOT %s", found)
