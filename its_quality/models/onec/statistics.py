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


def count_anew(job, *, compared=False):
    """Have the database count those tables of which it knows too little.

    :param job: the ``its.import``
    :param compared: its rows are about to be compared with each other, so that those of
        this import have to be known for what they are
    """
    job.env.flush_all()
    own = SQL("import_id = %s", job.id) if compared else SQL("true")
    for table, columns, conditions in (
        (
            "its_import_line",
            ("import_id", "first_line_id", "plan", "inn"),
            (own, SQL("true")),
        ),
        (
            "its_import_snapshot",
            ("source_id", "partner_id", "ref", "code_key", "name_key", "inn", "digest"),
            (SQL("source_id = %s", job.source_id.id), SQL("true")),
        ),
        (
            "res_partner",
            ("vat", "its_name_key", "onec_ref", "onec_code"),
            (SQL("true"),),
        ),
    ):
        if any(_is_taken_for_empty(job.env, table, told) for told in conditions):
            job.env.cr.execute(
                # Whoever else is counting it will have counted soon.
                SQL(
                    "ANALYZE (SKIP_LOCKED) %s (%s)",
                    SQL.identifier(table),
                    SQL(", ").join(map(SQL.identifier, columns)),
                )
            )


def _is_taken_for_empty(env, table, condition):
    """Whether the database reckons with far fewer rows than there are."""
    rows = SQL("SELECT FROM %s WHERE %s", SQL.identifier(table), condition)
    [([told],)] = env.execute_query(SQL("EXPLAIN (FORMAT JSON) %s", rows))
    reckoned = told["Plan"]["Plan Rows"]
    if reckoned > FEW:
        return False
    most = TIMES * reckoned + SPARE
    [(found,)] = env.execute_query(
        SQL("SELECT count(*) FROM (%s LIMIT %s) AS found", rows, most)
    )
    return found == most
