from odoo import api, models
from odoo.exceptions import AccessError

from ...tools.security_log import log_refusal
from ..base.groups import GROUP_ADMINISTRATOR


class ItsInteraction(models.Model):
    """Users log their own interactions: nobody logs one in a colleague's name.
    Only an administrator brings in what others have noted elsewhere."""

    _inherit = "its.interaction"

    @api.model_create_multi
    def create(self, vals_list):
        if self._its_is_free():
            return super().create(vals_list)
        uid = self.env.uid
        if any(vals.get("user_id", uid) != uid for vals in vals_list):
            self._its_refuse_author()
        # Not by a default of the context either.
        vals_list = [{**vals, "user_id": uid} for vals in vals_list]
        return super().create(vals_list)

    def write(self, vals):
        if (
            "user_id" in vals
            and not self._its_is_free()
            and any(talk.user_id.id != vals["user_id"] for talk in self.sudo())
        ):
            self._its_refuse_author()
        return super().write(vals)

    def copy_data(self, default=None):
        vals_list = super().copy_data(default)
        if not self._its_is_free() and "user_id" not in (default or {}):
            for vals in vals_list:
                vals.pop("user_id", None)
        return vals_list

    def _its_is_free(self):
        return self.env.su or self.env.user.has_group(GROUP_ADMINISTRATOR)

    def _its_refuse_author(self):
        log_refusal(
            "words_of_another", self.env.uid, model=self._name, record=self[:1].id
        )
        raise AccessError(
            self.env._(
                "An interaction is logged by the user who had it. Leave «Contacted "
                "by» as it is, or ask an administrator."
            )
        )
