from odoo import models

from ..refused import ImportRefused
from .inviting import Inviting
from .its_user_import_line import FINAL
from .matching import Logins


class ItsUserImportLine(models.Model):
    """Deciding: the buttons of the review, for one row or for many."""

    _inherit = "its.user.import.line"

    def action_set_role(self):
        """Give the rows the role that ``its_role`` of the context names."""
        self.filtered(lambda line: line.proposal in ("create", "link")).write(
            {"role": self.env.context.get("its_role")}
        )

    def action_tick(self):
        """Say yes to what is proposed."""
        self.filtered(lambda line: line.proposal in ("link", "archive")).write(
            {"confirmed": True}
        )

    def action_leave_out(self):
        """Do nothing about these people."""
        self._decide("skip", "left_out")

    def action_make_account(self):
        """Make an account where somebody in Odoo was proposed, or nothing at all."""
        self._decide("create", "new_person", user_id=False, match=False)
        for line in self.filtered(lambda line: not line.login):
            others = (line.import_id.line_ids - line).filtered("login")
            line.login = Logins(self.env, others.mapped("login")).propose(
                line.email, line._source_values().get("login") or line.name
            )

    def action_link(self):
        """Let somebody in Odoo be chosen."""
        self._decide("link", "to_choose", user_id=False, match=False, role=False)

    def action_invite(self):
        """Resend the e-mail to those for whom this import created an account.

        :raises UserError: for a user who needs no e-mail, or got one
        """
        self.import_id.check_access("write")
        Inviting(self.env).queue(self)

    def _decide(self, proposal, reason, **values):
        """Propose something else because the user wants so.

        :param reason: the code of an issue that says so
        :raises UserError: for whom nothing else may be proposed
        """
        self.check_access("write")
        self._check_editable({})
        for line in self:
            is_final = line.proposal == "archive" or line._has_issue(*FINAL)
            if is_final and proposal != "skip":
                raise ImportRefused(
                    self.env._(
                        "%(name)s: %(reason)s Nothing else can be done with this row.",
                        name=line.name,
                        reason=line.effect,
                    )
                )
        # The proposal itself is nobody's to write: see `_check_editable`.
        staying = self.filtered(lambda line: line.proposal == "archive").sudo()
        staying.write(
            {"proposal": "skip", "confirmed": False, "issues": [["stays", ""]]}
        )
        others = self.sudo() - staying
        others.filtered(lambda line: not line._has_issue(*FINAL)).write(
            {
                "proposal": proposal,
                "confirmed": False,
                "issues": [[reason, ""]],
                **values,
            }
        )
