from odoo import models


class ItsClaim(models.Model):
    """The page on which the client follows his claim. Whoever has its link speaks for
    the client, so nobody who does the work gets one."""

    _inherit = "its.claim"

    def _compute_access_url(self):
        super()._compute_access_url()
        for claim in self:
            claim.access_url = f"/my/claims/{claim.id}"

    def _portal_ensure_token(self):
        # The field is closed to those who do the work.
        return super(ItsClaim, self.sudo())._portal_ensure_token()

    def _sign_token(self, pid):
        return super(ItsClaim, self.sudo())._sign_token(pid)

    def _may_know_token(self):
        """Whether the user may get a link with which one speaks for the client: the
        system, and quality managers who have not worked on the claim."""
        return self.env.su or self._is_who("interviewer")

    def _get_share_url(
        self, redirect=False, signup_partner=False, pid=None, share_token=True
    ):
        if not self._may_know_token():
            # Neither the token nor a signature that speaks for somebody.
            share_token, pid, signup_partner = False, None, False
        return super()._get_share_url(
            redirect=redirect,
            signup_partner=signup_partner,
            pid=pid,
            share_token=share_token,
        )

    def get_portal_url(
        self,
        suffix=None,
        report_type=None,
        download=None,
        query_string=None,
        anchor=None,
    ):
        if not self._may_know_token():
            return self.access_url
        return super().get_portal_url(
            suffix=suffix,
            report_type=report_type,
            download=download,
            query_string=query_string,
            anchor=anchor,
        )
