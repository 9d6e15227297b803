from odoo import models

from .its_claim_stage import ENDED

SCHEDULING = frozenset({"active", "its_absent_from", "its_absent_until", "group_ids"})


class ResUsers(models.Model):
    """The to-dos of claims follow people who leave, go away or come back."""

    _inherit = "res.users"

    def write(self, vals):
        result = super().write(vals)
        if SCHEDULING & vals.keys() and self.env.registry.ready:
            self._its_claims_to_reschedule()._schedule_next()
        return result

    def _its_claims_to_reschedule(self):
        """Open claims whose next step is, or may now become, these people's."""
        ids = self.ids
        domain = [
            ("state", "not in", ENDED),
            *("|", "|", "|", "|"),
            ("next_user_id", "in", ids),
            ("user_id", "in", ids),
            ("quality_user_id", "in", ids),
            ("team_id.head_id", "in", ids),
            ("team_id.deputy_id", "in", ids),
        ]
        return self.env["its.claim"].sudo().search(domain)
