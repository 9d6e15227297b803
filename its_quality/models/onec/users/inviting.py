import logging

from odoo import models
from odoo.exceptions import UserError

_logger = logging.getLogger(__name__)


class ItsUserImportLine(models.Model):
    """The letter to one new user."""

    _inherit = "its.user.import.line"

    def action_invite(self):
        """Let the letter go once more, to those whom this import made an account for.

        :raises UserError: for whoever needs no letter, or has got one
        """
        self.import_id.check_access("write")
        for line in self:
            user = line.user_id.sudo()
            if line.outcome != "created" or not user.active or user.login_date:
                raise UserError(
                    self.env._(
                        "%(name)s needs no invitation: the account is in use or was not "
                        "made here.",
                        name=line.name,
                    )
                )
            if line.invitation in ("waiting", "sending", "sent"):
                raise UserError(
                    self.env._(
                        "The letter to %(name)s is on its way or has gone.",
                        name=line.name,
                    )
                )
            if not user.email:
                raise UserError(
                    self.env._(
                        "%(name)s has no e-mail address. Write it on the form of the "
                        "user first.",
                        name=line.name,
                    )
                )
            line.import_id._check_may_confirm(line)
        # Nobody may write these by hand.
        self.sudo().write({"invitation": "waiting", "invitation_message": False})
        self.env.ref("its_quality.ir_cron_invite_users").sudo()._trigger()

    def _invite(self):
        """Send Odoo's invitation, as whoever has made the account."""
        self.ensure_one()
        if not self.user_id.active or self.user_id.login_date:
            # Gone again, or in already.
            self.invitation = "none"
            return
        inviter = self.user_id.create_uid
        user = self.user_id.with_user(inviter).with_context(
            lang=inviter.lang, tz=inviter.tz, create_user=True
        )
        try:
            with self.env.cr.savepoint():
                user.action_reset_password()
            values = {"invitation": "sent", "invitation_message": False}
        except UserError as error:
            values = {"invitation": "failed", "invitation_message": str(error)}
        except Exception:
            _logger.exception("User import: the invitation of row %s failed", self.id)
            values = {
                "invitation": "failed",
                "invitation_message": self.env._(
                    "The server failed on this letter; the log of the server says why."
                ),
            }
        self.write(values)
