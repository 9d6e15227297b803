from odoo import api, models
from odoo.exceptions import AccessError

from ...tools.security_log import log_refusal


class MailThread(models.AbstractModel):
    """Who brings letters in. Odoo lets anybody with a login hand over a letter with any
    sender, and takes it in as the superuser; what it says of a client, of a claim or of
    whatever else is ours counts only if it came by the mail gateway.

    That is the job that fetches mail, or the program that hands it over with the login
    of an administrator of the system.
    """

    _inherit = "mail.thread"

    @api.model
    def message_process(
        self,
        model,
        message,
        custom_values=None,
        save_original=False,
        strip_attachments=False,
        thread_id=None,
    ):
        """Take a letter in, as Odoo does.

        :raises AccessError: where the user is not the gateway and says where it goes
        """
        if (custom_values or thread_id) and not self._its_is_gateway():
            # The gateway's program gives neither; with values one writes as superuser.
            self._its_refuse_letter()
        return super().message_process(
            model,
            message,
            custom_values=custom_values,
            save_original=save_original,
            strip_attachments=strip_attachments,
            thread_id=thread_id,
        )

    @api.private
    @api.model
    def message_route(
        self, message, message_dict, model=None, thread_id=None, custom_values=None
    ):
        """Find where a letter goes, as Odoo does.

        :raises AccessError: where it goes to what is ours, and came by nobody's mail
        """
        routes = super().message_route(
            message,
            message_dict,
            model=model,
            thread_id=thread_id,
            custom_values=custom_values,
        )
        if not self._its_is_gateway():
            for name, res_id, *_rest in routes or ():
                if name in self.env and self.env[name]._its_is_ours(res_id):
                    self._its_refuse_letter()
        return routes

    @api.model
    def _its_is_gateway(self):
        return self.env.su or self.env.user.has_group("base.group_system")

    @api.model
    def _its_refuse_letter(self):
        log_refusal("letter_not_by_mail", self.env.uid)
        raise AccessError(
            self.env._(
                "This letter did not come by mail, so it does not count as its sender's "
                "word. Let the mail gateway hand it over: the job that fetches mail, or "
                "its program with the login of an administrator of the system."
            )
        )
