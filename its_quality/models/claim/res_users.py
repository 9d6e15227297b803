from odoo import models

from ..base.groups import GROUP_ADMINISTRATOR, GROUP_QUALITY_MANAGER
from . import effects
from .rules import ENDED

SCHEDULING = frozenset(
    {"active", "its_absent_from", "its_absent_until", "its_deputy_id", "group_ids"}
)


class ResUsers(models.Model):
    """The to-dos of claims follow people who leave, go away or come back."""

    _inherit = "res.users"

    def write(self, vals):
        result = super().write(vals)
        if SCHEDULING & vals.keys() and self.env.registry.ready:
            effects.after_absences(self._its_claims_to_reschedule())
        return result

    def _its_claims_to_reschedule(self):
        """Open claims whose next step is, or may now become, these people's."""
        ids, last = self.ids, self.browse()
        if any(user.has_group(GROUP_QUALITY_MANAGER) for user in self):
            # What waits for an administrator, since no quality manager was there.
            last = self.env.ref(GROUP_ADMINISTRATOR).sudo().all_user_ids
        domain = [
            ("state", "not in", ENDED),
            "|",
            "|",
            "|",
            "|",
            "|",
            "|",
            "&",
            ("state", "in", ("registered", "follow_up")),
            ("next_user_id", "in", last.ids),
            ("team_id.head_id.its_deputy_id", "in", ids),
            ("next_user_id", "in", ids),
            ("user_id", "in", ids),
            ("quality_user_id", "in", ids),
            ("team_id.head_id", "in", ids),
            ("team_id.deputy_id", "in", ids),
        ]
        return self.env["its.claim"].sudo().search(domain)

    def _bus_send(self, notification_type, message, /, *, subchannel=None):
        """Send the count of to-dos only to users with a page open: the others would not
        get it, and it costs a connection to another database at each commit."""
        receivers = self
        if self.env.context.get("its_to_open_pages"):
            presences = self.sudo().presence_ids
            receivers = presences.filtered(lambda row: row.status != "offline").user_id
            receivers = receivers.with_env(self.env)
        return super(ResUsers, receivers)._bus_send(
            notification_type, message, subchannel=subchannel
        )

    def _its_open_claims(self):
        """Claims that this person is to work on.

        Those further on are for somebody else to verify or to close.
        """
        self.ensure_one()
        # All of them, also those that the archiving user may not see.
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
