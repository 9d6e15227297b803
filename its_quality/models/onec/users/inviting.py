import logging

from odoo.exceptions import UserError

from ..refused import ImportRefused

_logger = logging.getLogger(__name__)


class Inviting:
    """Sends Odoo's own e-mail with which new users set their password.

    An e-mail cannot be taken back, so it is sent only after the account is committed,
    one at a time, and what may have been sent is never resent automatically.
    """

    def __init__(self, env):
        self.env = env
        self._lines = env["its.user.import.line"]

    def send(self):
        """Send the waiting e-mails; a worker that is killed loses the current one."""
        cron = self.env["ir.cron"]
        lost = self._lines.search([("invitation", "=", "sending")])
        lost.write({"invitation": "unknown"})
        waiting = self._lines.search([("invitation", "=", "waiting")], order="id")
        cron._commit_progress(remaining=len(waiting))
        for line in waiting:
            line.invitation = "sending"
            cron._commit_progress()
            line.write(self._send_one(line))
            line.import_id._notify_page()
            if not cron._commit_progress(1):
                break

    def _send_one(self, line):
        """Send one e-mail, as the user who created the account.

        :return: values of the row with the result
        """
        if not line.user_id.active or line.user_id.login_date:
            # Gone again, or in already.
            return {"invitation": "none"}
        inviter = line.user_id.create_uid
        user = line.user_id.with_user(inviter).with_context(
            lang=inviter.lang, tz=inviter.tz, create_user=True
        )
        try:
            with self.env.cr.savepoint():
                user.action_reset_password()
        except UserError as error:
            return {"invitation": "failed", "invitation_message": str(error)}
        except Exception:
            _logger.exception("User import: the invitation of row %s failed", line.id)
            return {
                "invitation": "failed",
                "invitation_message": self.env._(
                    "The server could not send this e-mail; see the server log for "
                    "the reason."
                ),
            }
        return {"invitation": "sent", "invitation_message": False}

    def queue(self, lines):
        """Resend e-mails to those for whom an import created an account.

        :raises UserError: for a user who needs no e-mail, or got one
        """
        for line in lines:
            self._check_may_be_sent(line)
            line.import_id._check_may_confirm(line)
        # Nobody may write these by hand.
        lines.sudo().write({"invitation": "waiting", "invitation_message": False})
        self.start()

    def start(self):
        """Have the job send the letters that wait, soon after this has been saved."""
        self.env.ref("its_quality.ir_cron_invite_users").sudo()._trigger()

    def _check_may_be_sent(self, line):
        user = line.user_id.sudo()
        if line.outcome != "created" or not user.active or user.login_date:
            raise ImportRefused(
                self.env._(
                    "%(name)s does not need an invitation: the account is already in "
                    "use or was not created here.",
                    name=line.name,
                )
            )
        if line.invitation in ("waiting", "sending", "sent"):
            raise ImportRefused(
                self.env._(
                    "The e-mail to %(name)s is being sent or has been sent.",
                    name=line.name,
                )
            )
        if not user.email:
            raise ImportRefused(
                self.env._(
                    "%(name)s has no e-mail address. Add one to the user first.",
                    name=line.name,
                )
            )
