from odoo import models

from . import todo
from .rules import ENDED

SCHEDULING = frozenset({"active", "its_absent_from", "its_absent_until", "group_ids"})


class ResUsers(models.Model):
    """The to-dos of claims follow people who leave, go away or come back."""

    _inherit = "res.users"

    def write(self, vals):
        result = super().write(vals)
        if SCHEDULING & vals.keys() and self.env.registry.ready:
            todo.schedule(self._its_claims_to_reschedule())
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

    def _bus_send(self, notification_type, message, /, *, subchannel=None):
        """Tell the count of to-dos to those with a page open: nobody else would hear it,
        and telling costs a connection to another database at each commit."""
        told = self
        if self.env.context.get("its_to_open_pages"):
            presences = self.sudo().presence_ids
            told = presences.filtered(lambda row: row.status != "offline").user_id
            told = told.with_env(self.env)
        return super(ResUsers, told)._bus_send(
            notification_type, message, subchannel=subchannel
        )

    def _its_open_claims(self):
        """Claims that this person is to work on.

        Those further on are somebody else's to verify or to close already.
        """
        self.ensure_one()
        # All of them, also those that whoever archives him may not see.
        return (
            self.env["its.claim"]
            .sudo()
            .search(
                [
                    ("user_id", "=", self.id),
                    ("state", "in", ("dispatched", "in_progress")),
                ]
            )
        )
