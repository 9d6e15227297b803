import logging
import random
import time

import psycopg2

from odoo import api, models
from odoo.exceptions import UserError

from .its_import import WORKING

_logger = logging.getLogger(__name__)

# Another import holds the turn, or a user pressed «Stop» while a batch was written:
# then it is not written, and what there is to do is asked anew.
CONFLICTS = (
    psycopg2.errors.SerializationFailure,
    psycopg2.errors.DeadlockDetected,
    psycopg2.errors.LockNotAvailable,
)
MOST_FAILURES = 3


class ItsImport(models.Model):
    """The job of a big file: cron workers take up where the last batch ended."""

    _inherit = "its.import"

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
        more, seconds_left = True, float("inf")
        while more and seconds_left:
            try:
                more = self._step()
                if self.state == "draft":
                    self._drop_lines()
                seconds_left = self._commit(more)
            except CONFLICTS:
                self.env.cr.rollback()
                time.sleep(random.uniform(0.05, 0.3))
            except UserError as error:
                self.env.cr.rollback()
                self._give_up(str(error))
                more = False
            except Exception:
                self.env.cr.rollback()
                _logger.exception("Import %s: a batch failed", self.id)
                more = self._count_failure()
        return bool(seconds_left)

    def _commit(self, more):
        """Commit a batch and tell whoever looks at the import.

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
                    "The server failed on this file again and again; the log of the "
                    "server says why. What was imported before it stays."
                )
            )
            return False
        self._commit(True)
        return True

    def _give_up(self, reason):
        """End the work with a reason for the user.

        :param reason: a sentence
        """
        if self.state == "checking":
            self._drop_lines()
            self.write(self._nothing_read())
        else:
            self._finish("cancelled")
        self.error = reason
        self._commit(False)
