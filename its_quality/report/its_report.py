from odoo import api, models
from odoo.tools import SQL, Query

from ..models.base.measure import Measure, WholeMeasure
from ..tools import certainty

# What is asked of the database to tell how certain a mean is.
PARTS = ("count", "avg", "variance")


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

    # -------------------------------------------------------------------------
    # Figures
    # -------------------------------------------------------------------------

    @api.model
    def _its_figures(self, domain, names):
        """The means of some fields with their certainty.

        :param names: of fields that are measures
        :return: a ``certainty.Figure`` by name
        """
        [(_count, found)] = self._its_figures_by(domain, [], names)
        return found

    @api.model
    def _its_figures_by(self, domain, groupby, names, order=None):
        """The same of each group.

        :return: a list of tuples: what the group is of, the number of its rows, its
            figures by name
        """
        return [
            (*group, count, self._its_judged(names, parts))
            for *group, count, parts in self._its_parts_by(
                domain, groupby, names, order
            )
        ]

    @api.model
    def _its_parts_by(self, domain, groupby, names, order=None):
        """What the database counts of each group: the last of a tuple are the number,
        the mean and the variance by name."""
        asked = [f"{name}:{part}" for name in names for part in PARTS]
        first, size = len(groupby) + 1, len(PARTS)
        return [
            (
                *row[:first],
                {
                    name: row[first + at * size : first + (at + 1) * size]
                    for at, name in enumerate(names)
                },
            )
            for row in self._read_group(
                domain, groupby, ["__count", *asked], order=order
            )
        ]

    @api.model
    def _its_judged(self, names, parts):
        return {
            name: certainty.figure(self._fields[name].kind, *parts[name])
            for name in names
        }

    def _read_group_select(self, aggregate_spec, query):
        """Also the variance of a measure, which Odoo does not offer."""
        name, _colon, part = aggregate_spec.rpartition(":")
        if part == "variance" and name in self._fields:
            return SQL("var_samp(%s)", self._field_to_sql(self._table, name, query))
        return super()._read_group_select(aggregate_spec, query)

    def _read_group_orderby(self, order, groupby_terms, query):
        """Sort groups by the names of their records, looked up once a group. Odoo joins
        the records to the rows and counts by their names as well: of a million rows that
        takes longer than all else."""
        if not order:
            return super()._read_group_orderby(order, groupby_terms, query)
        terms = []
        for part in order.split(","):
            term = self._its_order_of_groups(part, groupby_terms, query)
            terms.append(
                term or super()._read_group_orderby(part, groupby_terms, query)
            )
        return SQL(", ").join(terms)

    def _its_order_of_groups(self, part, groupby_terms, query):
        """The order of groups by a record, as its model sorts.

        :param part: the name of what is grouped by, with or without a direction
        :return: ``None`` where that is no record, or where its model sorts by records
            for its part
        """
        name, *words = part.upper().split()
        name = name.lower()
        field = self._fields.get(name)
        if name not in groupby_terms or not field or field.type != "many2one":
            return None
        record = self.env[field.comodel_name]
        group, alias = groupby_terms[name], query.make_alias(self._table, name)
        terms = []
        if "FIRST" in words or "LAST" in words:
            is_last = SQL("IS NULL") if "LAST" in words else SQL("IS NOT NULL")
            terms.append(SQL("%s %s", group, is_last))
        for column, *directions in (
            one.upper().split() for one in record._order.split(",")
        ):
            column = column.lower()
            if record._fields[column].type == "many2one":
                return None
            looked_up = Query(self.env, alias, SQL.identifier(record._table))
            value = record._order_field_to_sql(alias, column, SQL(), SQL(), looked_up)
            looked_up.add_where(SQL("%s = %s", SQL.identifier(alias, "id"), group))
            down = ("DESC" in directions) != ("DESC" in words)
            terms.append(
                SQL(
                    "%s %s",
                    looked_up.subselect(value),
                    SQL("DESC") if down else SQL("ASC"),
                )
            )
        return SQL(", ").join(terms)

    # -------------------------------------------------------------------------
    # Rows
    # -------------------------------------------------------------------------

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
