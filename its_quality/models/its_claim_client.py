from odoo import SUPERUSER_ID, models
from odoo.exceptions import UserError

UNHAPPY = "1"


class ItsClaim(models.Model):
    """The client has the last word: he is asked, and what he says ends the claim or
    opens it again."""

    _inherit = "its.claim"

    # -------------------------------------------------------------------------
    # The client's page
    # -------------------------------------------------------------------------

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

    def _ask_client(self):
        """Ask the client whether all is well now, as soon as the work is verified."""

    def _client_says(self, satisfaction, comment=None):
        """Take what the client himself says on his page, once.

        The caller has made sure that it is the client.

        :param satisfaction: a key of ``SATISFACTION`` but ``none``
        :param comment: his words
        :raises UserError: where nobody asks him, or he has answered already
        """
        self.ensure_one()
        claim = self.with_user(SUPERUSER_ID)
        unhappy = satisfaction == UNHAPPY
        claim._take_hold()
        if claim.state == "closed" and claim.satisfaction == "none":
            raise UserError(self.env._("This claim is closed by now."))
        if claim.state != "follow_up":
            raise UserError(
                self.env._("You have answered already, or the work is not done yet.")
            )
        comment = (comment or "").strip()
        claim.write(
            {
                "satisfaction": satisfaction,
                "satisfaction_via": "page",
                "client_comment": comment or False,
            }
        )
        if unhappy:
            claim._go("reopen", comment or self.env._("The client is not satisfied."))
        else:
            claim._go("close")
