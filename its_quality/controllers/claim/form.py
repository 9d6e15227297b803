import hashlib

from odoo import fields, http
from odoo.http import STORED_SESSION_BYTES, request

from ...models.base.ir_attachment import FileNotSaved
from ...models.claim import intake
from ...models.claim.sanitising import one_address
from ...tools.security_log import log_refusal
from .input import BODY_SIZE, FILE_MIB, FILES, SIZES, ClaimInput

FIELDS = ("name", "email", "phone", "inn", "subject", "description")
REQUIRED = ("name", "email", "subject", "description")
# People do not see it; only robots fill it in.
HONEYPOT = "homepage"
# Of the session: the key of the form that was sent last.
SENT = "its_claim_sent"


def version_of(text):
    """A digest by which a text is known again."""
    return hashlib.sha256(text.encode()).hexdigest()


class ClaimForm(http.Controller):
    """The public form. It accepts claims and reveals nothing: neither whether a client
    exists nor what became of a claim."""

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
        """Register a claim of somebody who says who they are."""
        if request.env.user._is_portal():
            return request.redirect("/my/claims/new")
        given = ClaimInput(post, FIELDS, REQUIRED)
        consent = self._consent()
        if not post.get("consent"):
            given.errors["consent"] = request.env._(
                "We cannot store your data without your consent."
            )
        elif post["consent"] != version_of(consent):
            given.errors["consent"] = request.env._(
                "The consent text has changed since you opened the page. Please read "
                "it again."
            )
        if given.errors:
            return self._render(given)
        if post.get(HONEYPOT):
            return self._thank(None)
        typed = given.typed
        sent = given.form_key(request.session.sid[:STORED_SESSION_BYTES])
        if intake.sent_as(request.env["its.claim"], sent):
            # A double click, or the page was sent again by going back.
            return self._thank(sent)
        attempts = request.env["its.claim.attempt"].sudo()
        if not attempts._may_send(request.httprequest.remote_addr, typed["email"]):
            log_refusal("rate_limit", model="its.claim", what="form")
            given.errors["form"] = request.env._(
                "You have sent too many messages within an hour. Please try again "
                "later or call us."
            )
            return self._render(given, status=429)
        claim = given.register(
            "form",
            request.env.company,
            {
                "subject": typed["subject"],
                "description": typed["description"],
                "sender_name": typed["name"],
                "email_from": one_address(typed["email"]),
                "sender_phone": typed["phone"],
                # Whatever was typed, right or wrong: it says nothing to the sender.
                "sender_inn": "".join(filter(str.isdecimal, typed["inn"]))[:12],
                "consent_date": fields.Datetime.now(),
                "consent_text": consent,
                "form_key": sent,
            },
        )
        if not claim:
            return self._render(given, status=FileNotSaved.http_status)
        return self._thank(sent)

    @http.route(
        "/its/claim/sent",
        type="http",
        auth="public",
        methods=["GET"],
        website=True,
        sitemap=False,
    )
    def sent(self):
        """Thank the sender of a claim, and show its number."""
        if SENT not in request.session:
            return request.redirect("/its/claim")
        sent, number = request.session[SENT], None
        if sent:
            # The session may name a claim that was rolled back: look it up.
            claims = request.env["its.claim"].sudo()
            number = claims.search([("form_key", "=", sent)]).name
            if not number:
                return request.redirect("/its/claim")
        return request.render(
            "its_quality.claim_form_sent",
            {
                "number": number,
                "company": request.env.company.sudo(),
            },
        )

    def _thank(self, sent):
        """Go on to the page that thanks.

        :param sent: the key of the form, none where no claim was registered
        """
        request.session[SENT] = sent
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
                "first_error": given and given.first_error,
                "consent": consent,
                "consent_version": version_of(consent),
                "company": request.env.company.sudo(),
                "sizes": SIZES,
                "files": FILES,
                "file_mib": FILE_MIB,
                "honeypot": HONEYPOT,
                "opened": given.opened
                if given
                else f"after {(request.session.get(SENT) or '')[:32]}",
            },
        )
        response.status_code = status
        return response
