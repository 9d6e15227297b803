"""What the database reckons with when it plans how rows are compared.

Rows come by the ten thousand in one transaction, clients with them, and PostgreSQL counts
afterwards, some minutes later. Where it takes a table for empty, any way through it seems
as good as any other: it walks through all of an index for each of the rows.
"""

from odoo.tools import SQL

# Where it reckons with more than so many, the right index is the cheapest.
FEW = 1000
# So far off it may be where it reckons with few.
TIMES, SPARE = 4, 100
# By what the rows of a table are looked up.
COUNTED = {
    "its_import_line": ("import_id", "first_line_id", "plan", "inn"),
    "its_import_snapshot": (
        "source_id",
        "partner_id",
        "ref",
        "code_key",
        "name_key",
        "inn",
        "digest",
    ),
    "res_partner": ("vat", "its_name_key", "onec_ref", "onec_code"),
}


def count_anew(job, *, compared=False):
    """Have the database count those tables of which it knows too little.

    :param job: the ``its.import``
    :param compared: its rows are about to be compared with each other, so that those of
        this import have to be known for what they are
    """
    env = job.env
    env.flush_all()
    every = SQL("true")
    own = SQL("import_id = %s", job.id) if compared else every
    source = SQL("source_id = %s", job.source_id.id)
    asked = {
        "line": ("its_import_line", every),
        "own_line": ("its_import_line", own),
        "snapshot": ("its_import_snapshot", every),
        "own_snapshot": ("its_import_snapshot", source),
        "card": ("res_partner", every),
    }
    stale = _taken_for_empty(
        env,
        {
            alias: SQL(
                "SELECT FROM %s AS %s WHERE %s",
                SQL.identifier(table),
                SQL.identifier(alias),
                condition,
            )
            for alias, (table, condition) in asked.items()
        },
    )
    for table in sorted({asked[alias][0] for alias in stale}):
        env.cr.execute(
            # Whoever else is counting it will have counted soon.
            SQL(
                "ANALYZE (SKIP_LOCKED) %s (%s)",
                SQL.identifier(table),
                SQL(", ").join(map(SQL.identifier, COUNTED[table])),
            )
        )


def _taken_for_empty(env, rows):
    """Of which rows the database reckons with far fewer than there are.

    :param rows: ``{alias: query}``, of one table by this alias each
    :return: their aliases
    """
    told = SQL("EXPLAIN (FORMAT JSON) %s", SQL(" UNION ALL ").join(rows.values()))
    [([plan],)] = env.execute_query(told)
    reckoned = dict(_reckoned(plan["Plan"]))
    few = {alias: count for alias, count in reckoned.items() if count <= FEW}
    if not few:
        return []
    most = {alias: TIMES * count + SPARE for alias, count in few.items()}
    counts = SQL(", ").join(
        SQL("(SELECT count(*) FROM (%s LIMIT %s) AS found)", rows[alias], limit)
        for alias, limit in most.items()
    )
    [found] = env.execute_query(SQL("SELECT %s", counts))
    return [
        alias for alias, count in zip(most, found, strict=True) if count == most[alias]
    ]


def _reckoned(node):
    """With how many rows of each table a plan reckons: pairs of alias and number."""
    if "Alias" in node:
        yield node["Alias"], node["Plan Rows"]
        return
    for part in node.get("Plans", ()):
        yield from _reckoned(part)
