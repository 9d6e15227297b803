from odoo import api, models

from ...base import locks
from ..refused import ImportRefused
from .doing import Doing
from .inviting import Inviting

CHANNEL = "its_quality.import_progress"
# A request has two minutes; an account takes a tenth of a second.
AT_ONCE = 300


class ItsUserImport(models.Model):
    """Confirming: what is decided is done, row by row, and new users are invited.

    Accounts are created, granted roles and archived with the rights of the user who
    confirms, as on the forms of the users: this addon grants nobody these rights.
    E-mails are sent after all this is committed, see :class:`Inviting`.
    """

    _inherit = "its.user.import"

    def action_confirm(self):
        """Do what is decided; what is not stays for later.

        :return: an action that says so, where a long list has to be gone on with
        :raises UserError: if nothing is decided, or the user may not confirm
        """
        self.ensure_one()
        self.check_access("write")
        self._lock()
        if self.state != "checked":
            raise ImportRefused(
                self.env._(
                    "This list has already been confirmed. See the result below."
                )
            )
        lines = self.line_ids.filtered(lambda line: line._is_open() and line.is_decided)
        todo = lines.filtered(lambda line: line.proposal != "skip")
        if not todo:
            raise ImportRefused(
                self.env._(
                    "Nothing is decided yet. Choose roles for new accounts, tick who is "
                    "to be linked or archived, or press «Finish»."
                )
            )
        self._check_may_confirm(todo)
        self._check_whole_list(todo)
        # An archived user can no longer be the successor of another.
        order = ("create", "link", "archive")
        for line in todo.sorted(lambda line: order.index(line.proposal))[:AT_ONCE]:
            Doing(line).do()
        self._report(todo[:AT_ONCE])
        if not self.line_ids.filtered(
            lambda line: line._is_open() and line.proposal != "skip"
        ):
            self._finish()
        if self.inviting_count:
            Inviting(self.env).start()
        return self._notification_to_continue() if len(todo) > AT_ONCE else None

    def _notification_to_continue(self):
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "info",
                "message": self.env._(
                    "The first %(count)s are done. Press «Confirm» again to continue.",
                    count=AT_ONCE,
                ),
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }

    def action_finish(self):
        """End the review; whatever is undecided stays as it is."""
        self.ensure_one()
        self.check_access("write")
        self._lock()
        if self.state == "checked":
            self._finish()

    def _finish(self):
        """End the review; undecided people are skipped."""
        # Nobody may write these by hand.
        job = self.sudo()
        job.line_ids.filtered(lambda line: not line.outcome).outcome = "skipped"
        job.state = "done"

    def _lock(self):
        """Let one administrator confirm at a time; the second one starts over and sees
        what the first one has done."""
        locks.wait_for_rows(self)

    # -------------------------------------------------------------------------
    # Rights
    # -------------------------------------------------------------------------

    def _check_may_confirm(self, lines):
        """Refuse users who could not do the same on the forms of the users.

        Linking alone gives nobody anything, and changes no user.

        :raises UserError: saying whom to ask
        """
        if all(line.proposal == "link" and not line._missing_group() for line in lines):
            return
        users = self.env["res.users"]
        if users.has_access("create") and users.has_access("write"):
            return
        group = self.env.ref("base.group_erp_manager")
        allowed = users.sudo().search(
            [
                ("all_group_ids", "in", group.ids),
                ("share", "=", False),
                ("company_ids", "in", self.company_id.ids),
            ],
            limit=3,
        )
        raise ImportRefused(
            self.env._(
                "Only people who can manage Odoo users can create accounts and grant "
                "roles: %(users)s. Make all decisions here, save, and ask one of them "
                "to press «Confirm» on this page.",
                users=", ".join(allowed.mapped("name")) or self.env._("nobody yet"),
            )
        )

    def _check_whole_list(self, lines):
        """Refuse to archive people because a part of the list does not name them."""
        gone = lines.filtered(
            lambda line: line.proposal == "archive" and line._has_issue("gone")
        )
        if gone and self.is_partial and not self.whole_list:
            raise ImportRefused(
                self.env._(
                    "So many of the people known from «%(base)s» are missing that "
                    "this looks like a part of the list. If all of them have left, "
                    "tick «This is the whole list of users» first; if not, untick the "
                    "people to archive.",
                    base=self.source_id.name,
                )
            )

    def _report(self, lines):
        """Leave in the chatter what was done, and by whom."""
        counts = {
            name: len(lines.filtered(lambda line, name=name: line.outcome == name))
            for name in ("created", "linked", "unchanged", "archived", "failed")
        }
        given = lines.filtered(lambda line: line.outcome == "linked" and line.role)
        self.message_post(
            body=self.env._(
                "Accounts created: %(created)s; linked: %(linked)s, of which granted "
                "a role: %(given)s; unchanged: %(unchanged)s; archived: %(archived)s; "
                "failed: %(failed)s.",
                given=len(given),
                **counts,
            )
        )

    # -------------------------------------------------------------------------
    # Invitations
    # -------------------------------------------------------------------------

    @api.model
    def _cron_invite(self):
        """Send the waiting e-mails."""
        Inviting(self.env).send()

    def _notify_page(self):
        """Notify the user who confirmed, so that the page shows the e-mail as sent."""
        for user in self.line_ids.user_id.create_uid:
            user._bus_send(CHANNEL, {"id": self.id, "state": self.state})

    def action_invite_again(self):
        """Resend the e-mails that could not be sent."""
        self.ensure_one()
        lines = self.line_ids.filtered(
            lambda line: line.invitation in ("failed", "unknown")
        )
        lines.action_invite()
