from odoo import models
from odoo.exceptions import AccessError, UserError

from ...tools.security_log import log_refusal


class MailActivity(models.Model):
    """What an activity is about: moved to nothing that its user cannot see."""

    _inherit = "mail.activity"

    def write(self, vals):
        if self.env.su or not {"res_id", "res_model", "res_model_id"} & vals.keys():
            return super().write(vals)
        if "res_model" in vals:
            # It follows from the other field; by itself it would evade every check.
            self._its_refuse_target(
                UserError(self.env._("Say by «Document Model» what this is about."))
            )
        result = super().write(vals)
        for activity in self.sudo():
            if not activity.res_model:
                continue
            target = self.env[activity.res_model].browse(activity.res_id)
            if not target.exists() or not target.has_access("read"):
                self._its_refuse_target(
                    AccessError(
                        self.env._(
                            "You cannot see the record that this is to be moved to, so "
                            "it stays where it is. Choose another."
                        )
                    )
                )
        return result

    def _its_refuse_target(self, error):
        log_refusal(
            "activity_moved", self.env.uid, model=self._name, record=self[:1].id
        )
        raise error
