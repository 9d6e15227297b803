from odoo import api, models

from .its_import import WORKING

BATCH = 5
ENDED = ("done", "cancelled", "undone")


class ItsPersonalRequest(models.Model):
    """The files from 1C in which a person stands."""

    _inherit = "its.personal.request"

    @api.model
    def _its_why_not(self, person):
        reasons = super()._its_why_not(person)
        running = self.env["its.import"].sudo().search([("state", "in", WORKING)])
        if running:
            reasons.append(
                self.env._(
                    "%(name)s is still running, and the person may be in it. Wait for "
                    "its end.",
                    name=running[0].display_name,
                )
            )
        return reasons

    @api.model
    def _its_filed(self, person):
        files = self.env["its.import"].search([("state", "in", ENDED)])
        users = self.env["its.user.import"].search([])  # pylint: disable=no-search-all
        return [*super()._its_filed(person), files, users]

    @api.model
    def _its_forget(self, company):
        count = super()._its_forget(company)
        since = self._its_kept_since(company, company.its_keep_imports)
        if not since:
            return count
        for name, ended in (
            ("its.import", [("state", "in", (*ENDED, "draft", "checked"))]),
            ("its.user.import", []),
        ):
            old = self.env[name].search(
                [
                    *ended,
                    ("company_id", "=", company.id),
                    ("create_date", "<", since),
                    ("write_date", "<", since),
                ],
                limit=BATCH,
            )
            count += len(old)
            old.unlink()
        return count
