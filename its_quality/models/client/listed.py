"""Which clients a reader may list: the record rules of cards, asked so that the database
finds the clients of a manager among those of all by its indexes.

Where only clients are looked for, the branch of the rules that opens whoever is no client
opens nothing; without it each branch that is left has an index. A branch that leads over
another record («of an absent colleague») is asked once for the whole list.
"""

from odoo.fields import Domain
from odoo.tools import SQL

CLIENT = "its_client"


def is_of_clients(domain):
    """Whether a domain asks for clients and nobody else."""
    is_and = getattr(domain, "OPERATOR", None) == "&"
    parts = domain.children if is_and else (domain,)
    return any(_is_client(part) is True for part in parts)


def readable_clients(rule):
    """The record rules, as far as they are about clients.

    :param rule: a :class:`Domain`, to be read by the superuser
    :return: one that lets the same clients through, and nobody who is none
    """
    return rule.map_conditions(_of_condition)


def _is_client(part):
    """Whether a condition asks for clients, for others, or for neither: ``None``."""
    if getattr(part, "field_expr", None) != CLIENT:
        return None
    values = part.value if part.operator in ("in", "not in") else [part.value]
    if len(values) != 1:
        return None
    [value] = values
    return bool(value) == (part.operator in ("=", "in"))


def _of_condition(condition):
    told = _is_client(condition)
    if told is not None:
        return Domain.TRUE if told else Domain.FALSE
    if condition.operator in ("any", "any!") and isinstance(condition.value, Domain):
        return Domain.custom(to_sql=lambda *asked: _asked_once(condition, *asked))
    return condition


def _asked_once(condition, model, alias, query):
    """A condition on the record that a field leads to, with all such records looked for
    before, and kept at hand: joined, they would be looked for of each client."""
    field = model._fields[condition.field_expr]
    if field.type != "many2one":
        return condition._to_sql(model, alias, query)
    return SQL(
        "%s IN (%s)",
        SQL.identifier(alias, field.name, to_flush=field),
        _found(model.env[field.comodel_name], condition.value),
    )


def _found(model, domain):
    """The ids of records, asked of those that lead to them if the domain is about these:
    of the clients of claims only the claims are read."""
    field = model._fields.get(getattr(domain, "field_expr", None))
    of_others = (
        field is not None
        and field.type == "one2many"
        and domain.operator in ("any", "any!")
        and isinstance(domain.value, Domain)
    )
    if of_others:
        others = model.env[field.comodel_name]._search(domain.value)
        return others.select(SQL.identifier(others.table, field.inverse_name))
    return model._search(domain).select()
