from odoo import http
from odoo.exceptions import UserError
from odoo.http import request

from odoo.addons.portal.controllers.portal import CustomerPortal, pager

from ..models.its_claim_stage import ENDED
from .claim_input import BODY_SIZE, FILE_MIB, FILES, SIZES, ClaimInput

RATINGS = ("5", "3", "1")
OPEN = [("state", "not in", ENDED)]


class ClaimPortal(CustomerPortal):
    """The claims of a client's firm, and the page of each; see
    ``ItsClaim._of_client`` for who may open it. Nothing that is opened changes
    anything: programs that look into mails open every link."""

    def _prepare_home_portal_values(self, counters):
        values = super()._prepare_home_portal_values(counters)
        if "its_claim_count" in counters:
            claims = request.env["its.claim"].sudo()
            values["its_claim_count"] = claims.search_count(claims._domain_of_client())
        return values

    # -------------------------------------------------------------------------
    # The list
    # -------------------------------------------------------------------------

    @http.route(
        ["/my/claims", "/my/claims/page/<int:page>"],
        type="http",
        auth="user",
        methods=["GET"],
        website=True,
    )
    def my_claims(self, page=1, sortby="date", filterby="open", **_query):
        """List what the firm has written, the latest first."""
        claims = request.env["its.claim"].sudo()
        env = request.env
        sortings = {
            "date": {
                "label": env._("Newest"),
                "order": "date_registered desc, id desc",
            },
            "name": {"label": env._("Number"), "order": "name, id"},
        }
        filters = {
            "open": {
                "label": env._("Not settled yet"),
                "domain": OPEN,
            },
            "all": {"label": env._("All messages"), "domain": []},
        }
        sortby = sortby if sortby in sortings else "date"
        filterby = filterby if filterby in filters else "open"
        domain = claims._domain_of_client() + filters[filterby]["domain"]
        pages = pager(
            url="/my/claims",
            url_args={"sortby": sortby, "filterby": filterby},
            total=claims.search_count(domain),
            page=page,
            step=self._items_per_page,
        )
        found = claims.search(
            domain,
            order=sortings[sortby]["order"],
            limit=self._items_per_page,
            offset=pages["offset"],
        )
        values = {
            **self._prepare_portal_layout_values(),
            "claims": found,
            "page_name": "its_claim",
            "pager": pages,
            "default_url": "/my/claims",
            "searchbar_sortings": sortings,
            "sortby": sortby,
            "searchbar_filters": filters,
            "filterby": filterby,
        }
        return request.render("its_quality.portal_my_claims", values)

    # -------------------------------------------------------------------------
    # A new one
    # -------------------------------------------------------------------------

    @http.route(
        "/my/claims/new",
        type="http",
        auth="user",
        methods=["GET", "POST"],
        website=True,
        max_content_length=BODY_SIZE,
    )
    def my_new_claim(self, **post):
        """Show the form, or register a claim of the firm."""
        if not request.env.user._is_portal():
            return request.redirect("/odoo/claims")
        partner = request.env.user.partner_id
        services = self._services(partner)
        if request.httprequest.method == "GET":
            return self._render_new(services)
        given = ClaimInput(post, ("subject", "description"), ("subject", "description"))
        if given.errors:
            return self._render_new(services, given, post.get("service"))
        chosen = str(post.get("service") or "")
        service = services.filtered(lambda service: str(service.id) == chosen)
        claim = request.env["its.claim"]._register_from_outside(
            "portal",
            partner.company_id or request.env.company,
            {
                "subject": given.typed["subject"],
                "description": given.typed["description"],
                "service_id": service.id,
                "email_from": partner.email,
            },
            contact=partner,
        )
        given.attach_to(claim)
        return request.redirect(claim.access_url)

    def _services(self, partner):
        """What the firm subscribes to."""
        subscriptions = request.env["its.subscription"].sudo()
        return subscriptions.search(
            [
                ("partner_id", "=", partner.commercial_partner_id.id),
                ("state", "in", ("active", "expiring")),
            ]
        ).service_id

    def _render_new(self, services, given=None, chosen=None):
        return request.render(
            "its_quality.portal_new_claim",
            {
                **self._prepare_portal_layout_values(),
                "page_name": "its_claim_new",
                "services": services,
                "chosen": chosen,
                "typed": given.typed if given else {},
                "errors": given.errors if given else {},
                "sizes": SIZES,
                "files": FILES,
                "file_mib": FILE_MIB,
            },
        )

    # -------------------------------------------------------------------------
    # The page of a claim
    # -------------------------------------------------------------------------

    @http.route(
        "/my/claims/<int:claim_id>",
        type="http",
        auth="public",
        methods=["GET"],
        website=True,
    )
    def my_claim(self, claim_id, access_token=None, rating=None, **_query):
        """Show a claim to its client.

        :param rating: what a button of our letter proposes to say; it is not said yet
        """
        claim = request.env["its.claim"]._of_client(claim_id, access_token)
        if not claim:
            return request.redirect("/my/claims")
        return self._render_claim(claim, access_token, rating=rating)

    @http.route(
        "/my/claims/<int:claim_id>/say",
        type="http",
        auth="public",
        methods=["POST"],
        website=True,
    )
    def say(self, claim_id, access_token=None, rating=None, comment=None, **_post):
        """Take the client's word: how he finds the work, or that it is not settled."""
        claim = request.env["its.claim"]._of_client(claim_id, access_token)
        if not claim:
            return request.redirect("/my/claims")
        if not self._is_client():
            error = request.env._("Only the client says whether it is settled.")
            return self._render_claim(claim, access_token, error=error)
        comment = (comment or "")[: SIZES["description"]]
        try:
            if claim.state == "closed":
                claim._client_comes_back(comment)
            elif rating not in RATINGS:
                raise UserError(
                    request.env._("Please choose one of the three answers.")
                )
            elif rating == "1" and not comment.strip():
                raise UserError(request.env._("Please write what is not in order."))
            else:
                claim._client_says(rating, comment)
        except UserError as refused:
            return self._render_claim(
                claim, access_token, rating, comment, error=str(refused)
            )
        query = f"?access_token={access_token}" if access_token else ""
        return request.redirect(f"/my/claims/{claim.id}{query}")

    def _is_client(self):
        """Whoever works in the firm does not speak for the client, link or no link."""
        return not request.env.user._is_internal()

    def _render_claim(
        self, claim, access_token=None, rating=None, comment=None, error=None
    ):
        claim = claim.with_context(lang=request.env.lang)
        token = claim._portal_ensure_token()
        files = claim.env["ir.attachment"].search(
            [
                ("res_model", "=", "its.claim"),
                ("res_id", "=", claim.id),
                ("res_field", "=", False),
            ]
        )
        # Files of messages are with the messages, those of internal notes nowhere.
        files -= claim.message_ids.attachment_ids
        files.generate_access_token()
        duplicate = claim.duplicate_of_id
        firm = claim.partner_id
        values = {
            **self._prepare_portal_layout_values(),
            "page_name": "its_claim",
            "claim": claim,
            "object": claim,
            "files": files,
            "token": token,
            "access_token": access_token,
            "rating": rating if rating in RATINGS else None,
            "comment": comment,
            "error": error,
            "may_say": self._is_client() and claim.state == "follow_up",
            "may_come_back": self._is_client()
            and claim.state == "closed"
            and claim._may_be_reopened(),
            "main": duplicate if firm and duplicate.partner_id == firm else None,
        }
        if request.env.user._is_public():
            speaker = claim.contact_id or claim.partner_id
            if speaker:
                values.update(pid=speaker.id, hash=claim._sign_token(speaker.id))
        return request.render("its_quality.portal_my_claim", values)
