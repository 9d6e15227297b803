"""What tests of the portal share: its visitors, and how they open a page."""

from odoo import http
from odoo.tests import HttpCase

from .common import ClaimCase


class PortalCase(HttpCase, ClaimCase):
    """A claim of a client whose contact person has a login of the portal."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.person = cls.contact_of(cls.client_team)
        cls.person.email = "chief@klever.example.com"
        cls.visitor = cls.create_user(
            "its_visitor", "base.group_portal", partner_id=cls.person.id
        )
        cls.stranger_user = cls.create_user("its_stranger", "base.group_portal")
        cls.stranger_user.partner_id.parent_id = cls.client_own
        # Whoever is asked by phone would be called instead.
        cls.claim = cls.create_claim(contact_id=cls.person.id)

    def post(self, url, login=None, **values):
        self.authenticate(login, login and f"{login}".ljust(8, "x"))
        values["csrf_token"] = http.Request.csrf_token(self)
        files = values.pop("files", None)
        response = self.url_open(url, data=values, files=files)
        self.env.invalidate_all()
        return response

    def open(self, url, login=None):
        self.authenticate(login, login and f"{login}".ljust(8, "x"))
        return self.url_open(url)

    def page(self, claim, token=None):
        return f"/my/claims/{claim.id}" + (f"?access_token={token}" if token else "")

    def token(self, claim):
        return claim.sudo()._portal_ensure_token()
