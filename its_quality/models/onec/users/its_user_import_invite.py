from odoo import api, models

CHANNEL = "its_quality.import_progress"


class ItsUserImport(models.Model):
    """Inviting: Odoo's own letter with which a new user sets his password himself.

    A letter cannot be taken back, so it goes only when the account is in the database
    for certain, one at a time, and what may have gone is never sent again by itself.
    """

    _inherit = "its.user.import"

    @api.model
    def _cron_invite(self):
        """Send the letters that wait; a worker that is killed loses the one in hand."""
        lines = self.env["its.user.import.line"]
        cron = self.env["ir.cron"]
        lost = lines.search([("invitation", "=", "sending")])
        lost.write({"invitation": "unknown"})
        waiting = lines.search([("invitation", "=", "waiting")], order="id")
        cron._commit_progress(remaining=len(waiting))
        for line in waiting:
            line.invitation = "sending"
            cron._commit_progress()
            line._invite()
            line.import_id._tell_page()
            if not cron._commit_progress(1):
                break

    def _tell_page(self):
        """Tell whoever has just confirmed, so that his page shows the letter as sent."""
        for user in self.line_ids.user_id.create_uid:
            user._bus_send(CHANNEL, {"id": self.id, "state": self.state})

    def action_invite_again(self):
        """Send the letters once more that could not be sent."""
        self.ensure_one()
        lines = self.line_ids.filtered(
            lambda line: line.invitation in ("failed", "unknown")
        )
        lines.action_invite()
