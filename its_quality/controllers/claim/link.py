from odoo.http import request

from odoo.addons.portal.controllers.mail import MailController


class ClaimMail(MailController):
    """Links of letters that lead over Odoo's own page."""

    @classmethod
    def _redirect_to_record(cls, model, res_id, access_token=None, **kwargs):
        """The page of the client decides what a link to a claim gives access to."""
        if model == "its.claim" and res_id and request.env.user.share:
            query = {"access_token": access_token} if access_token else {}
            return request.redirect_query(f"/my/claims/{res_id}", query)
        return super()._redirect_to_record(
            model, res_id, access_token=access_token, **kwargs
        )
