from odoo.http import request

from odoo.addons.portal.controllers.mail import MailController


class ClaimMail(MailController):
    """Links of letters that lead over Odoo's own page."""

    @classmethod
    def _redirect_to_record(cls, model, res_id, access_token=None, **kwargs):
        """What a link to a claim is worth only the page of the client says."""
        if model == "its.claim" and res_id and request.env.user.share:
            query = {"access_token": access_token} if access_token else {}
            return request.redirect_query(f"/my/claims/{res_id}", query)
        return super()._redirect_to_record(
            model, res_id, access_token=access_token, **kwargs
        )
