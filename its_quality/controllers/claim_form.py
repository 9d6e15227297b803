import hashlib

from odoo import fields, http
from odoo.http import request

from ..models.its_claim_typed import one_address
from .claim_input import BODY_SIZE, FILE_MIB, FILES, SIZES, ClaimInput

FIELDS = ("name", "email", "phone", "subject", "description")
REQUIRED = ("name", "email", "subject", "description")
# People do not see it; whoever fills it in is a robot.
HONEYPOT = "homepage"


def version_of(text):
    """A digest by which a text is known again."""
    return hashlib.sha256(text.encode()).hexdigest()


class ClaimForm(http.Controller):
    """The public form. It takes claims in and tells nothing: not whether a client
    exists, not what became of a claim."""

    @http.route("/its/claim", type="http", auth="public", methods=["GET"], website=True)
    def claim_form(self, **_query):
        """Show the empty form; clients with a login have their own."""
        if request.env.user._is_portal():
            return request.redirect("/my/claims/new")
        return self._render()

    @http.route(
        "/its/claim",
        type="http",
        auth="public",
        methods=["POST"],
        website=True,
        captcha="its_claim",
        max_content_length=BODY_SIZE,
    )
    def send_claim(self, **post):
        """Register a claim of somebody who says who he is."""
        if request.env.user._is_portal():
            return request.redirect("/my/claims/new")
        given = ClaimInput(post, FIELDS, REQUIRED)
        consent = self._consent()
        if not post.get("consent"):
            given.errors["consent"] = request.env._(
                "Without your consent we may not keep your data."
            )
        elif post["consent"] != version_of(consent):
            given.errors["consent"] = request.env._(
                "The wording has changed since you opened the page. Please read it once "
                "more."
            )
        if given.errors:
            return self._render(given)
        if post.get(HONEYPOT):
            return self._thank(None)
        typed = given.typed
        sent = version_of(repr((typed, given.files)))
        if request.session.get("its_claim_digest") == sent:
            # A double click, or the page was sent again by going back.
            return request.redirect("/its/claim/sent")
        attempts = request.env["its.claim.attempt"].sudo()
        if not attempts._may_send(request.httprequest.remote_addr, typed["email"]):
            given.errors["form"] = request.env._(
                "Too many messages have come from you within an hour. Please try later, "
                "or call us."
            )
            return self._render(given, status=429)
        claim = request.env["its.claim"]._register_from_outside(
            "form",
            request.env.company,
            {
                "subject": typed["subject"],
                "description": typed["description"],
                "sender_name": typed["name"],
                "email_from": one_address(typed["email"]),
                "sender_phone": typed["phone"],
                "consent_date": fields.Datetime.now(),
                "consent_text": consent,
            },
        )
        given.attach_to(claim)
        request.session["its_claim_digest"] = sent
        return self._thank(claim.name)

    @http.route(
        "/its/claim/sent",
        type="http",
        auth="public",
        methods=["GET"],
        website=True,
        sitemap=False,
    )
    def sent(self):
        """Thank whoever has just sent a claim, and tell him its number."""
        if "its_claim_sent" not in request.session:
            return request.redirect("/its/claim")
        return request.render(
            "its_quality.claim_form_sent",
            {
                "number": request.session["its_claim_sent"],
                "company": request.env.company.sudo(),
            },
        )

    def _thank(self, number):
        request.session["its_claim_sent"] = number
        return request.redirect("/its/claim/sent")

    def _consent(self):
        return request.env.company.sudo()._its_consent_text()

    def _render(self, given=None, status=200):
        consent = self._consent()
        response = request.render(
            "its_quality.claim_form",
            {
                "typed": given.typed if given else {},
                "errors": given.errors if given else {},
                "consent": consent,
                "consent_version": version_of(consent),
                "company": request.env.company.sudo(),
                "sizes": SIZES,
                "files": FILES,
                "file_mib": FILE_MIB,
                "honeypot": HONEYPOT,
            },
        )
        response.status_code = status
        return response
