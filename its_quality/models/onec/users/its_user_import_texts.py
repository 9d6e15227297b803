from odoo import api, fields, models


class ItsUserImport(models.Model):
    """What is said of a list as a whole: how far the review is, and what went wrong."""

    _inherit = "its.user.import"

    review_summary = fields.Char(compute="_compute_summaries")
    partial_summary = fields.Char(compute="_compute_summaries")
    failed_summary = fields.Char(compute="_compute_summaries")
    letters_summary = fields.Char(compute="_compute_summaries")
    uninvited_summary = fields.Char(compute="_compute_summaries")

    @api.depends(
        "state",
        "ready_count",
        "open_count",
        "is_partial",
        "known_count",
        "line_ids.issues",
        "failed_count",
        "inviting_count",
        "uninvited_count",
    )
    @api.depends_context("lang")
    def _compute_summaries(self):
        for job in self:
            in_review = job.state == "checked"
            is_partial = in_review and job.is_partial
            job.review_summary = in_review and job._say_review()
            job.partial_summary = is_partial and job._say_partial()
            job.failed_summary = bool(job.failed_count) and job._say_failed()
            job.letters_summary = bool(job.inviting_count) and self.env._(
                "Letters on their way: %(count)s.", count=job.inviting_count
            )
            job.uninvited_summary = bool(job.uninvited_count) and self.env._(
                "Letters that did not go: %(count)s; the accounts are there. The rows "
                "tell the reason; when it is mended, press «Send the letters again».",
                count=job.uninvited_count,
            )

    def _say_review(self):
        """Say how many rows are decided, and that nothing is done before «Confirm»."""
        return self.env._(
            "Decided: %(ready)s. Still to decide: %(open)s. Nothing is done before you "
            "press «Confirm», and nothing about those who are undecided.",
            ready=self.ready_count,
            open=self.open_count,
        )

    def _say_partial(self):
        """Say that the list may be a part of one."""
        return self.env._(
            "Is this the whole list? It lacks %(gone)s of the %(known)s people known "
            "from «%(base)s». Nobody is archived before you say that it is.",
            gone=len(self._lines_gone()),
            known=self.known_count,
            base=self.source_id.name,
        )

    def _say_failed(self):
        """Say where to look for what failed."""
        if self.state == "checked":
            return self.env._(
                "Rows that failed: %(count)s. The remark in each says why: mend it and "
                "press «Confirm» again.",
                count=self.failed_count,
            )
        return self.env._(
            "Rows that failed: %(count)s. The remark in each says why.",
            count=self.failed_count,
        )
