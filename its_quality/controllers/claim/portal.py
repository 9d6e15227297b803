from odoo import http
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.http import request

from odoo.addons.portal.controllers.portal import CustomerPortal, pager

from ...models.base.ir_attachment import FileNotSaved
from ...models.claim import asking, client_link, client_page, clock, intake
from ...models.claim.rules import ENDED
from ...models.claim.verdicts import VERDICTS, reopens
from ...tools.security_log import log_refusal
from .input import BODY_SIZE, FILE_MIB, FILES, SIZES, ClaimInput
from .limits import may_client, too_much

OPEN = [("state", "not in", ENDED)]
PAST = [("state", "in", ENDED)]
# What the script of the page names where the login is what counts: without a token Odoo
# would ask for rights to the model.
BY_LOGIN = "login"


class ClaimPortal(CustomerPortal):
    """The claims of a client's firm, and the page of each; see
    :func:`.client_page.of_client` for who may open it. Nothing that is opened changes
    anything: programs that look into mails open every link."""

    def _prepare_home_portal_values(self, counters):
        values = super()._prepare_home_portal_values(counters)
        claims = request.env["its.claim"].sudo()
        mine = client_page.domain_of_client(request.env)
        if "its_claim_count" in counters:
            values["its_claim_count"] = claims.search_count(mine)
        if "its_claim_next_count" in counters:
            values["its_claim_next_count"] = claims.search_count(
                mine & client_page.domain_client_is_next()
            )
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
            "next": {
                "label": env._("Waiting for you"),
                "domain": client_page.domain_client_is_next(),
            },
            "ended": {
                "label": env._("Settled and declined"),
                "domain": PAST,
            },
            "all": {"label": env._("All messages"), "domain": []},
        }
        sortby = sortby if sortby in sortings else "date"
        filterby = filterby if filterby in filters else "open"
        mine = client_page.domain_of_client(request.env)
        domain = mine & Domain(filters[filterby]["domain"])
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
            "any_claim": found or claims.search_count(mine, limit=1),
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
        subscriptions = self._subscriptions(partner)
        services = subscriptions.service_id
        origin = self._origin(post.get("origin"))
        if request.httprequest.method == "GET":
            return self._render_new(services, origin=origin)
        given = ClaimInput(post, ("subject", "description"), ("subject", "description"))
        if given.errors:
            return self._render_new(services, given, post.get("service"), origin)
        chosen = str(post.get("service") or "")
        sent = given.form_key(request.env.uid, chosen, origin.id)
        former = intake.sent_as(request.env["its.claim"], sent)
        if former:
            # A double click, or the page was sent again by going back.
            return request.redirect(f"/my/claims/{former.id}")
        if not may_client("claim", partner.commercial_partner_id):
            given.errors["form"] = too_much()
            return self._render_new(services, given, chosen, origin, status=429)
        service = services.filtered(lambda service: str(service.id) == chosen)
        of_service = subscriptions.filtered(lambda s: s.service_id == service)
        claim = given.register(
            "portal",
            partner.commercial_partner_id.company_id or request.env.company,
            {
                "subject": given.typed["subject"],
                "description": given.typed["description"],
                "service_id": service.id,
                "subscription_id": of_service.id if len(of_service) == 1 else False,
                "email_from": partner.email,
                "origin_id": origin.id,
                "form_key": sent,
            },
            contact=partner,
        )
        if not claim:
            return self._render_new(
                services, given, chosen, origin, status=FileNotSaved.http_status
            )
        return request.redirect(claim.access_url)

    def _subscriptions(self, partner):
        """What the firm has from us now."""
        subscriptions = request.env["its.subscription"].sudo()
        firm = partner.commercial_partner_id
        return subscriptions.search(
            [
                ("partner_id", "=", firm.id),
                (
                    "company_id",
                    "in",
                    (request.env.user.company_ids | firm.company_id).ids,
                ),
                ("state", "in", ("active", "expiring")),
            ]
        )

    def _origin(self, claim_id):
        """The ended claim of the firm that a new one continues, if there is one."""
        claims = request.env["its.claim"]
        claim_id = str(claim_id or "")
        if not claim_id.isdecimal() or len(claim_id) > 9:
            return claims
        claim = client_page.of_client(claims, int(claim_id))
        return claim.filtered(lambda claim: claim.state in ENDED)

    def _opened(self):
        """What a page is issued with, see ``ClaimInput.form_key``: the last claim that
        came from this user before."""
        own = Domain("contact_id", "=", request.env.user.partner_id.id) | Domain(
            "partner_id", "=", request.env.user.partner_id.id
        )
        claims = request.env["its.claim"].sudo()
        last = claims.search(
            own & Domain("channel", "=", "portal"), order="id desc", limit=1
        )
        return f"after {last.id}"

    def _render_new(self, services, given=None, chosen=None, origin=None, status=200):
        return request.render(
            "its_quality.portal_new_claim",
            {
                **self._prepare_portal_layout_values(),
                "page_name": "its_claim_new",
                "services": services,
                "origin": origin,
                "chosen": chosen or (str(origin.service_id.id) if origin else None),
                "typed": given.typed
                if given
                else {"subject": origin.subject if origin else ""},
                "errors": given.errors if given else {},
                "first_error": given and given.first_error,
                "sizes": SIZES,
                "files": FILES,
                "file_mib": FILE_MIB,
                "opened": given.opened if given else self._opened(),
            },
            status=status,
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
        claim = client_page.of_client(request.env["its.claim"], claim_id, access_token)
        if not claim:
            return self._respond_without_access(claim_id, access_token)
        return self._render_claim(claim, access_token, rating=rating)

    @http.route(
        "/my/claims/<int:claim_id>/say",
        type="http",
        auth="public",
        methods=["POST"],
        website=True,
    )
    def say(self, claim_id, access_token=None, rating=None, comment=None, **_post):
        """Record whether the client is satisfied with the work."""

        def record(claim, words):
            if rating not in VERDICTS:
                raise UserError(
                    request.env._("Please choose one of the three answers.")
                )
            if reopens(rating) and not words:
                raise UserError(request.env._("Please tell us what is wrong."))
            asking.record_client_verdict(claim, rating, words)

        return self._record_answer(claim_id, access_token, record, comment, rating)

    @http.route(
        "/my/claims/<int:claim_id>/again",
        type="http",
        auth="public",
        methods=["POST"],
        website=True,
    )
    def come_back(self, claim_id, access_token=None, comment=None, **_post):
        """Take the client's word that it has happened again. Not the same address as
        for the first verdict: pressing that button twice does not reopen the claim."""

        def record(claim, words):
            client_page.come_back(claim, words)

        return self._record_answer(claim_id, access_token, record, comment)

    def _record_answer(self, claim_id, access_token, record, comment, rating=None):
        """Record what the client, and nobody else, says about a claim.

        :param record: is called with the claim and the client's words
        """
        claim = client_page.of_client(request.env["its.claim"], claim_id, access_token)
        if not claim:
            return self._respond_without_access(claim_id, access_token)
        if not self._is_client():
            error = request.env._("Only the client can say whether it is settled.")
            return self._render_claim(claim, access_token, error=error, status=403)
        comment = (comment or "")[: SIZES["description"]]
        if not may_client("word", claim.partner_id):
            return self._render_claim(
                claim, access_token, rating, comment, error=too_much(), status=429
            )
        words = comment.replace("\r\n", "\n").strip()
        try:
            with request.env.cr.savepoint():
                record(claim, words)
                client_page.leave_words(claim, words)
        except UserError as refused:
            return self._render_claim(
                claim, access_token, rating, comment, error=str(refused)
            )
        query = {"access_token": access_token} if access_token else {}
        return request.redirect_query(claim.access_url, query)

    def _is_client(self):
        """Employees do not speak for the client, with or without a link."""
        return not request.env.user._is_internal()

    def _respond_without_access(self, claim_id, access_token=None):
        """Where somebody goes whom we do not show a claim, whether there is one or not:
        colleagues have a page of their own, clients may have to log in. Who comes by a
        former link learns where the claim is, and how to answer."""
        user = request.env.user
        if access_token:
            log_refusal("bad_token", model="its.claim", record=claim_id)
        if user._is_internal():
            return request.redirect(f"/odoo/claims/{claim_id}")
        former = client_page.of_former_link(
            request.env["its.claim"], claim_id, access_token
        )
        if former:
            return self._render_state(former)
        if user._is_public():
            page = f"/my/claims/{claim_id}"
            return request.redirect_query("/web/login", {"redirect": page})
        return request.redirect("/my/claims")

    def _render_claim(
        self,
        claim,
        access_token=None,
        rating=None,
        comment=None,
        error=None,
        status=200,
    ):
        claim = claim.with_context(lang=request.env.lang)
        user = request.env.user
        by_firm = claim.filtered_domain(client_page.domain_of_client(request.env))
        if not client_link.is_living(claim, access_token):
            access_token = None
        # Nothing is heard any more about what has ended, so nothing is written there.
        ended = claim.state in ENDED
        calendar = claim.company_id.resource_calendar_id
        values = {
            **self._prepare_portal_layout_values(),
            "page_name": "its_claim",
            "claim": claim,
            "object": claim,
            "files": client_page.files_of_client(claim),
            "token": access_token or BY_LOGIN,
            "access_token": access_token,
            "rating": rating if rating in VERDICTS else None,
            "verdicts": VERDICTS.items(),
            "comment": comment,
            "error": error,
            "by_firm": bool(by_firm),
            "tz": user.tz or calendar.tz or "UTC",
            "disable_composer": ended or not self._is_client(),
            "may_say": self._is_client() and claim.state == "follow_up",
            "may_come_back": self._is_client()
            and claim.state == "closed"
            and clock.may_be_reopened(claim),
            "main": client_page.of_client(
                request.env["its.claim"], claim.duplicate_of_id.id
            ),
        }
        if ended and not by_firm:
            # The link has said what it had to say.
            return self._render_state(claim, values, status)
        if user._is_public():
            # Who writes with a link.
            pid = (claim.contact_id or claim.partner_id).id
            if pid:
                values.update(pid=pid, hash=claim._sign_token(pid))
        return request.render("its_quality.portal_my_claim", values, status=status)

    def _render_state(self, claim, values=None, status=200):
        """Show where a claim is, to whom its link gives no right to more.

        :param values: of the page, by the link of the last asking; nothing by a former
            one
        """
        claim = claim.with_context(lang=request.env.lang)
        return request.render(
            "its_quality.portal_claim_state",
            {
                **self._prepare_portal_layout_values(),
                "page_name": "its_claim",
                "claim": claim,
                "former": not values,
                "ways": client_link.ways_to_answer(claim),
                **(values or {}),
            },
            status=status,
        )
