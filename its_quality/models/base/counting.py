"""Several counts in one statement: a page of many numbers asks the database once."""

from odoo.tools import SQL


def count_all(env, *asked):
    """How many records there are by each of some conditions.

    :param asked: pairs of a model, by whose rights it is counted, and a domain; not of
        one whose rights Odoo looks at in Python, as ``mail.activity``
    :return: a list of numbers
    """
    if not asked:
        return []
    counts = [
        SQL("(SELECT count(*) FROM %s AS found)", model._search(domain).subselect())
        for model, domain in asked
    ]
    [row] = env.execute_query(SQL("SELECT %s", SQL(", ").join(counts)))
    return list(row)


def count_by(model, name, *domains, distinct=None):
    """How many records there are of each value of a field, by each of some conditions.

    :param name: of a stored many2one
    :param distinct: the name of a field; so many of its values are counted instead
    :return: a list of ``{id: number}``
    """
    found = [{} for _domain in domains]
    parts = []
    for place, domain in enumerate(domains):
        query = model._search(domain)
        if query.is_empty():
            continue
        query.groupby = model._field_to_sql(query.table, name, query)
        count = SQL("count(*)")
        if distinct:
            value = model._field_to_sql(query.table, distinct, query)
            count = SQL("count(DISTINCT %s)", value)
        parts.append(query.select(SQL("%s", place), query.groupby, count))
    if parts:
        every = SQL(" UNION ALL ").join(parts)
        for place, value, count in model.env.execute_query(every):
            found[place][value] = count
    return found
