from odoo import models
from odoo.exceptions import UserError

# What would take the to-do away from whoever is next.
FIXED_FIELDS = frozenset(
    {"active", "activity_type_id", "res_id", "res_model_id", "user_id"}
)


class MailActivity(models.Model):
    """The to-do of a claim is the workflow's: it goes away when the claim moves on, and
    by nothing else."""

    _inherit = "mail.activity"

    def _its_of_claims(self):
        kind = self.env.ref("its_quality.mail_activity_type_claim")
        return self.filtered(
            lambda activity: (
                activity.res_model == "its.claim" and activity.activity_type_id == kind
            )
        )

    def _its_check_claims(self):
        """Refuse what only the workflow of claims may do.

        :raises UserError: saying what to do instead
        """
        todo = not self.env.su and self._its_of_claims()[:1]
        if todo:
            raise UserError(
                self.env._(
                    "%(todo)s: this goes away by itself when the claim moves on. Press "
                    "the button on the claim, or let somebody else be made responsible.",
                    todo=todo.sudo().summary or todo.sudo().res_name,
                )
            )

    def write(self, vals):
        if FIXED_FIELDS & vals.keys():
            self._its_check_claims()
        return super().write(vals)

    def unlink(self):
        self._its_check_claims()
        return super().unlink()

    def _action_done(self, feedback=False, attachment_ids=None):
        self._its_check_claims()
        return super()._action_done(feedback=feedback, attachment_ids=attachment_ids)
