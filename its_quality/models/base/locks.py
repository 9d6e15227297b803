"""How two who do the same at once are kept apart: the one owner of that.

Rows are locked by Odoo's own ``lock_for_update()`` and ``try_lock_for_update()``, which
wait for nobody. Here is what they have not: waiting for a row, and a lock on what is no
row (yet). Nothing waits for ever, and no lock outlives its transaction: one of a session
would be lost, or kept by a stranger, where a pooler hands out connections by transaction.
"""

from contextlib import contextmanager

from odoo.sql_db import db_connect
from odoo.tools import SQL

# Of the advisory locks of PostgreSQL, ours; any number nobody else uses.
OURS = 1_230_261_574
# So many seconds a request waits before Odoo repeats it, and a job before it gives up.
REQUEST = 20
JOB = 15 * 60


def wait_for(cr, what, seconds=REQUEST):
    """Let one transaction at a time do the work that a text names.

    The second one waits, and sees what the first has done only in a transaction
    that begins after that.

    :param what: a text, such as the kind of work and whose it is
    :raises psycopg2.errors.LockNotAvailable: after so many seconds; of a request Odoo
        takes it for a reason to repeat it
    """
    with _bound(cr, seconds):
        cr.execute(
            SQL("SELECT pg_advisory_xact_lock(%s, hashtext(%s))", OURS, what),
            log_exceptions=False,
        )


def try_for(cr, what):
    """As :func:`wait_for`, without waiting.

    :return: whether nobody else does it
    """
    cr.execute(SQL("SELECT pg_try_advisory_xact_lock(%s, hashtext(%s))", OURS, what))
    return cr.fetchone()[0]


def wait_for_rows(records, seconds=REQUEST):
    """Lock rows as ``lock_for_update(allow_referencing=True)`` does, but wait for others
    who have them; and a conflict is not logged as an error.

    :param seconds: how long to wait; 0: not at all
    :raises psycopg2.errors.SerializationFailure: if one of them has written a row
    :raises psycopg2.errors.LockNotAvailable: after so many seconds
    """
    if not records.ids:
        return
    query = SQL(
        "SELECT FROM %s WHERE id IN %s ORDER BY id FOR NO KEY UPDATE %s",
        SQL.identifier(records._table),
        tuple(records.ids),
        SQL() if seconds else SQL("NOWAIT"),
    )
    with _bound(records.env.cr, seconds):
        records.env.cr.execute(query, log_exceptions=False)


@contextmanager
def alone(env, what, seconds=JOB):
    """Let one worker at a time do what takes several transactions.

    A connection of its own holds the lock, as Odoo's scheduler does with its jobs: the
    lock of a killed worker goes with it.

    :raises psycopg2.errors.LockNotAvailable: after so many seconds
    """
    with db_connect(env.cr.dbname).cursor() as holder:
        wait_for(holder, what, seconds)
        yield
        holder.rollback()


@contextmanager
def _bound(cr, seconds):
    """Let statements wait for locks no longer than that."""
    cr.execute("SELECT current_setting('lock_timeout')")
    [former] = cr.fetchone()
    cr.execute("SELECT set_config('lock_timeout', %s, true)", [f"{seconds}s"])
    yield
    cr.execute("SELECT set_config('lock_timeout', %s, true)", [former])
