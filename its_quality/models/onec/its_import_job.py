import logging
import random
import time
from collections import Counter
from contextlib import contextmanager
from datetime import timedelta

import psycopg2

from odoo import api, fields, models
from odoo.exceptions import UserError

from ...tools.by_code import by_code
from ..base import locks
from .changes import plan_batch
from .file_source import FileSource
from .finishing import Finishing
from .history import History
from .its_import import WORKING
from .its_import_line import BATCH, CONTRACT, TO_PLAN
from .matching import Matching, latest_client
from .odata.odata_source import OdataSource
from .reading import Reading
from .statistics import count_anew
from .undoing import Undoing
from .writing import Writing

_logger = logging.getLogger(__name__)

# Another import holds the turn, or a user pressed «Stop» while a batch was written:
# then it is not written, and what there is to do is asked anew.
CONFLICTS = (
    psycopg2.errors.SerializationFailure,
    psycopg2.errors.DeadlockDetected,
    psycopg2.errors.LockNotAvailable,
)
# The index that two workers run into who write down the same rows.
ROW_TWICE = "its_import_line_by_row"
MOST_FAILURES = 3
# So many seconds later whoever came second looks whether the first is still at it.
LOOK_AGAIN = 120
# So long a night without changes is shown among the synchronizations.
KEPT_DAYS = 14


class Overtaken(Exception):
    """Another worker does this batch, or has done it."""


class ItsImport(models.Model):
    """The job: it works in batches, one step after another, and is committed with each.

    Rows come from a *source*, a file or a base of 1C; *reading* writes them down,
    *matching* finds whom they mean, *planning* what they would change, and there it
    waits for the user. *Writing* makes clients of them, *finishing* does what needs
    all of them, *undoing* takes everything back. Cron workers take up where the last
    batch ended; a user who stops it takes precedence over the current batch of a
    worker, which finds at its end that the import has changed, and rolls back what
    it has written since the last commit.
    """

    _inherit = "its.import"

    def _source(self):
        """Where the rows come from: the dropped file, or a base of 1C."""
        return OdataSource(self) if self.connection_id else FileSource(self)

    # -------------------------------------------------------------------------
    # Beginning
    # -------------------------------------------------------------------------

    def _start(self, state, reading=None):
        """Enter a working state, and do the work at once if the file is small.

        :param reading: what the source has yet to do, where the rows that are there
            are only understood anew; else they are read from the start
        """
        self.ensure_one()
        self.check_access("write")
        self = by_code(self)
        values = {"state": state, "error": False, "failures": 0, "done_count": 0}
        if state == "checking":
            values |= self._nothing_read() | {"state": state, "check_stopped": False}
            if reading:
                values["reading"] = reading
            else:
                self._drop_lines()
        elif state == "running":
            values |= {
                "date_start": fields.Datetime.now(),
                "date_done": False,
                "after_row": 0,
            }
        elif state == "undoing":
            # As records written from now on will have it.
            values["undo_start"] = self.env.cr.now().replace(microsecond=0)
        self.write(values)
        if self._is_small():
            while self._step():
                pass
        else:
            self.env.ref("its_quality.ir_cron_import")._trigger()

    def _is_small(self):
        return self._source().is_small()

    def _nothing_read(self):
        """The values of an import whose rows have not been checked."""
        return {
            "state": "draft",
            "row_count": 0,
            "done_count": 0,
            "plan_counts": {},
            "outcome_counts": {},
            "reading": False,
            "error": False,
            "wait_until": False,
            "waits": 0,
        }

    def _drop_lines(self):
        self.env["its.import.line"].sudo()._drop(self.ids)
        self._source().forget()

    # -------------------------------------------------------------------------
    # The steps
    # -------------------------------------------------------------------------

    def _step(self):
        """Do one batch of whatever the state asks for.

        :return: whether there is more to do
        """
        self.ensure_one()
        self = by_code(self)
        if self.state == "checking":
            return self._plan_rows() if self.row_count else self._read_rows()
        if self.state == "running":
            return self._import_rows()
        if self.state == "undoing":
            return self._undo_rows()
        return False

    def _read_rows(self):
        """Ask the source for its next rows; when all are there, see whom they mean."""
        if self.wait_until and self.wait_until > fields.Datetime.now():
            return False
        answer = self._source().fetch_rows()
        if answer.wait:
            self._wait(*answer.wait)
            return False
        if answer.rows is None:
            settled = {"waits": 0, "wait_until": False, "error": False}
            self._lock(wait=False)
            self.write({**answer.values, **settled})
            return True
        if not answer.rows:
            self._finish_check()
            return False
        Reading(self).settle()
        Matching(self).match(TO_PLAN)
        self._lock(wait=False)
        self.write({**answer.values, "row_count": answer.rows, "done_count": 0})
        return True

    def _plan_rows(self):
        planned = plan_batch(self)
        if not planned:
            self._finish_check()
            return False
        self._lock(wait=False)
        self.write({"done_count": self.done_count + planned})
        return True

    def _finish_check(self):
        if self.unattended and self._is_other_running():
            self._wait(60)
            return
        Finishing(self, self._source()).plan_heads()
        self._lock(wait=False)
        self.write(
            {
                "state": "checked",
                "check_needed": False,
                "done_count": self.row_count,
            }
        )
        self._count_plans()
        if self.unattended:
            self._import_unattended()

    def _import_rows(self):
        self.source_id._take_turn()
        writing, finishing = Writing(self), Finishing(self, self._source())
        is_first = not self.done_count
        if is_first:
            writing.begin()
        else:
            writing.go_on()
        lines = writing.next_rows()
        if lines:
            # Each batch has written rows that the next one looks up.
            count_anew(self)
            writing.write_rows(lines)
        is_last = len(lines) < BATCH and not finishing.step()
        self._count_outcomes(None if is_first or is_last else lines)
        if is_last:
            finishing.hand_over_marked()
            self._finish("done")
        return not is_last

    def _undo_rows(self):
        self.source_id._take_turn()
        undoing = Undoing(self)
        lines = undoing.next_rows()
        if not lines:
            undoing.forget_contractors()
            undoing.remove_tags()
            self._finish("undone")
            return False
        count_anew(self)
        counts = self.undo_counts or {}
        for name, count in undoing.undo(lines).items():
            counts[name] = counts.get(name, 0) + count
        lines.undone = True
        self.write(
            {"undo_counts": dict(counts), "done_count": self.done_count + len(lines)}
        )
        return True

    def _is_other_running(self):
        return bool(
            self.search_count(
                [
                    ("source_id", "=", self.source_id.id),
                    ("state", "in", ("running", "undoing")),
                ],
                limit=1,
            )
        )

    def _import_unattended(self):
        """Import what is beyond doubt; the rest waits for somebody who decides."""
        self.env["its.import.line"].search(
            [("import_id", "=", self.id), ("plan", "=", "doubtful")]
        ).decision = "skip"
        self._start("running")

    # -------------------------------------------------------------------------
    # Batches, committed one by one
    # -------------------------------------------------------------------------

    @api.model
    def _cron_process(self):
        """Work on every import in progress, oldest first, while time allows.

        A batch and its progress are committed together: a worker that is killed loses
        the batch in its hands and nothing else.
        """
        for job in self.search([("state", "in", WORKING)], order="id"):
            job = job.with_user(job.user_id).with_context(
                allowed_company_ids=job.company_id.ids, lang=job.user_id.lang
            )
            if not job._work():
                return

    def _work(self):
        """Do the batches of one import.

        :return: whether there is time left for another import
        """
        self = by_code(self).with_context(its_in_job=True)
        more, seconds_left = True, float("inf")
        while more and seconds_left:
            try:
                self._take_hold()
                more = self._step()
                if self.state == "draft":
                    self._drop_lines()
                seconds_left = self._commit(more)
            except CONFLICTS:
                self.env.cr.rollback()
                time.sleep(random.uniform(0.05, 0.3))
            except (Overtaken, psycopg2.errors.UniqueViolation) as error:
                self.env.cr.rollback()
                if not _is_overtaken(error):
                    _logger.exception("Import %s: a batch failed", self.id)
                    more = self._count_failure()
                elif self.exists().state != "draft":
                    self._leave_to_other()
                    more = False
                else:
                    # It was stopped: whoever holds it first clears it away.
                    time.sleep(random.uniform(0.05, 0.3))
            except UserError as error:
                self.env.cr.rollback()
                self._give_up(str(error))
                more = False
            except psycopg2.InterfaceError:
                # The connection is gone: another run goes on from the last commit.
                raise
            except Exception:
                if self.env.cr.connection.closed:
                    raise
                self.env.cr.rollback()
                _logger.exception("Import %s: a batch failed", self.id)
                more = self._count_failure()
        return bool(seconds_left)

    def _take_hold(self):
        """Be the only worker at this import until the transaction ends.

        :raises Overtaken: if another is at it, or there is nothing to work at
        """
        key = f"its.import {self.id}"
        if not locks.try_for(self.env.cr, key) or not self.exists():
            raise Overtaken

    def _leave_to_other(self):
        """Leave the work to the worker who does it, and see later whether it lives."""
        if self.exists():
            at = fields.Datetime.now() + timedelta(seconds=LOOK_AGAIN)
            self.env.ref("its_quality.ir_cron_import").sudo()._trigger(at=at)
            self.env["ir.cron"].sudo()._commit_progress()

    @contextmanager
    def _apart(self):
        """Keep no transaction open while another system is asked, which takes its time:
        PostgreSQL may end one that idles. Nothing must have been written in it.

        :raises Overtaken: if the import is not as it was any more
        """
        if not self.env.context.get("its_in_job"):
            # A test, or a request that is not to be cut in two.
            yield
            return
        told = self.state, self.reading
        self.env.cr.rollback()
        try:
            yield
        finally:
            self._take_hold()
            if (self.state, self.reading) != told:
                raise Overtaken

    def _commit(self, more):
        """Commit a batch and notify the page of the import.

        :param more: whether there is more to do
        :return: the seconds left to this run
        """
        self.user_id._bus_send(
            "its_quality.import_progress", {"id": self.id, "state": self.state}
        )
        cron = self.env["ir.cron"].sudo()
        return cron._commit_progress(1, remaining=int(more))

    def _count_failure(self):
        """Note a failed batch; after several in a row give up with a sentence.

        :return: whether to try again
        """
        self.failures += 1
        if self.failures >= MOST_FAILURES:
            self._give_up(
                self.env._(
                    "The server failed on this file repeatedly; see the server log "
                    "for the reason. Rows imported before that stay."
                )
            )
            return False
        self._commit(True)
        return True

    def _give_up(self, reason):
        """End the work with a reason for the user.

        :param reason: a sentence
        """
        self._source().failed(reason)
        if self.state == "checking":
            self._drop_lines()
            self.write(self._nothing_read())
        else:
            self._finish("cancelled")
        self.error = reason
        self._commit(False)

    # -------------------------------------------------------------------------
    # Waiting, stopping, ending
    # -------------------------------------------------------------------------

    def _wait(self, seconds, sentence=False):
        """Leave off for some time; another run takes it up.

        :param sentence: what the user is told meanwhile
        """
        until = fields.Datetime.now() + timedelta(seconds=seconds)
        self._lock(wait=False)
        self.write({"wait_until": until, "waits": self.waits + 1, "error": sentence})
        self.env.ref("its_quality.ir_cron_import").sudo()._trigger(at=until)

    def action_cancel(self):
        """Stop the work; what has been imported stays and can be undone.

        :return: an action that says so, when the work has ended by itself
        """
        self.check_access("write")
        self = by_code(self)
        working = self.browse()
        for job in self:
            job._lock()
            if job.state == "checking":
                # The rows are left to the worker, who may be writing them.
                job.write(job._nothing_read() | {"check_stopped": True})
                working |= job
            elif job.state == "running":
                job._finish("cancelled")
                working |= job
        return None if working else self._notification_nothing_to_stop()

    def _notification_nothing_to_stop(self):
        """The work finished while the user was confirming: not an error."""
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "info",
                "message": self.env._(
                    "There is nothing to stop: the work has already finished."
                ),
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }

    def _lock(self, *, wait=True):
        """Keep others from writing this import until the transaction ends.

        A batch and «Stop» write the same row, and the second one must start
        over and see what the first one has done. To fail here rather than in the
        write itself is a matter of course and no error in the log.

        :param wait: whether to wait for somebody who holds it
        :raises psycopg2.errors.SerializationFailure: if another has written it
        :raises psycopg2.errors.LockNotAvailable: if another holds it
        """
        locks.wait_for_rows(self, locks.REQUEST if wait else 0)

    def _finish(self, state):
        self.write(
            {"state": state, "date_done": fields.Datetime.now(), "check_needed": False}
        )
        self._source().ended(state)
        if state == "done":
            History(self.source_id).forget_unchanged(self)

    # -------------------------------------------------------------------------
    # Counting
    # -------------------------------------------------------------------------

    def _count_plans(self):
        """Count what is planned for the rows."""
        contracts = [("entity", "=", CONTRACT)]
        counts = self._count_lines("plan", ["!", *contracts])
        counts["contract"] = self._count_lines("plan", contracts).get("changed", 0)
        self.write({"plan_counts": counts})

    def _count_outcomes(self, lines):
        """Count what has come of the rows.

        :param lines: those to add to what has been counted; ``None`` to count anew
        """
        if lines is None:
            counts = self._count_lines("outcome")
        else:
            ids = [line.id for line in lines]
            counts = Counter(self.outcome_counts)
            counts.update(self._count_lines("outcome", [("id", "in", ids)]))
        self._lock(wait=False)
        self.write(
            {
                "outcome_counts": counts,
                "done_count": sum(counts.values()),
                # All who have come since are of this batch.
                "matched_to": latest_client(self.env),
            }
        )

    def _count_lines(self, column, domain=()):
        """Count the rows by plan or outcome.

        :param domain: counts those of the rows only
        :return: ``{value: count}``
        """
        groups = self.env["its.import.line"]._read_group(
            [("import_id", "=", self.id), *domain], [column], ["__count"]
        )
        return {value: count for value, count in groups if value}

    # -------------------------------------------------------------------------
    # Vacuum
    # -------------------------------------------------------------------------

    @api.autovacuum
    def _gc_rows(self):
        """Rows of imports that ended long ago."""
        sources = self.env["its.import.source"].with_context(active_test=False)
        for source in sources.search([]):  # pylint: disable=no-search-all
            History(source).expire()

    @api.autovacuum
    def _gc_empty_nights(self):
        """Synchronisations of the schedule that have found nothing say nothing."""
        limit = fields.Datetime.now() - timedelta(days=KEPT_DAYS)
        self.search(
            [
                ("unattended", "=", True),
                ("state", "=", "done"),
                ("row_count", "=", 0),
                ("date_done", "<", limit),
            ],
            limit=1000,
        ).unlink()


def _is_overtaken(error):
    """Whether another worker has done the batch that failed."""
    return isinstance(error, Overtaken) or error.diag.constraint_name == ROW_TWICE
