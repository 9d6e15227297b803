from odoo import api, fields, models
from odoo.tools import SQL


class ItsImport(models.Model):
    """Stopping: the word of the user goes before the batch in the hands of a worker.

    He does not wait for the batch: the worker finds at its end that the import is no
    longer what it was, and takes back what it has written since the last commit.
    """

    _inherit = "its.import"

    check_stopped = fields.Boolean(readonly=True, copy=False)
    stop_summary = fields.Char(compute="_compute_stop_summary")

    @api.depends("state", "check_stopped", "done_count", "row_count", "outcome_counts")
    @api.depends_context("lang")
    def _compute_stop_summary(self):
        for job in self:
            job.stop_summary = " ".join(job._say_what_was_stopped()) or False

    def _say_what_was_stopped(self):
        """Say how far a stopped import has come and what can be done about it.

        :return: a list of sentences in the user's language
        """
        self.ensure_one()
        _ = self.env._
        if self.state == "draft" and self.check_stopped:
            return [
                _("The check was stopped; nothing has been imported."),
                _("Press «Check the file» to begin it again."),
            ]
        if self.state != "cancelled":
            return []
        if not self.done_count:
            return [
                _("The import was stopped before anything was written."),
                _("To begin again, import the same file again."),
            ]
        sentences = [
            _(
                "The import was stopped after %(done)s of %(rows)s rows; the rest has "
                "not been touched.",
                done=self.done_count,
                rows=self.row_count,
            )
        ]
        if self.can_undo and (self.created_count or self.updated_count):
            sentences.append(_("«Undo the import» takes back what it has done."))
        sentences.append(
            _(
                "To go on, import the same file again: what is in already stays as it "
                "is."
            )
        )
        return sentences

    def action_cancel(self):
        """Stop the work; what has been imported stays and can be undone.

        :return: an action that says so, when the work has ended by itself
        """
        self.check_access("write")
        working = self.browse()
        for job in self:
            job._hold()
            if job.state == "checking":
                # The rows are left to the worker, who may be writing them.
                job.write(job._nothing_read() | {"check_stopped": True})
                working |= job
            elif job.state == "running":
                job._finish("cancelled")
                working |= job
        return None if working else self._say_nothing_to_stop()

    def _say_nothing_to_stop(self):
        """It ended while the user was asked whether he is sure: no fault of his."""
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "info",
                "message": self.env._(
                    "There was nothing left to stop: the work has ended."
                ),
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }

    def _hold(self, *, wait=True):
        """Keep others from writing this import until the transaction ends.

        A batch and «Stop» write the same row, and whoever comes second must begin
        anew with what the first has done in view. To fail here rather than in the
        write itself is a matter of course and no error in the log.

        :param wait: whether to wait for somebody who holds it
        :raises psycopg2.errors.SerializationFailure: if another has written it
        :raises psycopg2.errors.LockNotAvailable: if another holds it
        """
        self.env.cr.execute(
            SQL(
                "SELECT FROM its_import WHERE id = %s FOR NO KEY UPDATE %s",
                self.id,
                SQL() if wait else SQL("NOWAIT"),
            ),
            log_exceptions=False,
        )
