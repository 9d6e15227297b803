import hashlib

from odoo import SUPERUSER_ID, http
from odoo.exceptions import UserError
from odoo.http import request

from odoo.addons.mail.controllers.attachment import AttachmentController
from odoo.addons.portal.controllers.portal import CustomerPortal, pager

from ..models.its_claim_stage import ENDED
from .claim_input import (
    BODY_SIZE,
    FILE_MIB,
    FILES,
    SIZES,
    ClaimInput,
    problem_of_file,
)

RATINGS = ("5", "3", "1")
IS_OPEN = [("state", "not in", ENDED)]
HAS_ENDED = [("state", "in", ENDED)]
# Of the session: what was sent last, and as which claim.
SENT = "its_claim_of_portal"


class ClaimPortal(CustomerPortal):
    """The claims of a client's firm, and the page of each; see
    ``ItsClaim._of_client`` for who may open it. Nothing that is opened changes
    anything: programs that look into mails open every link."""

    def _prepare_home_portal_values(self, counters):
        values = super()._prepare_home_portal_values(counters)
        claims = request.env["its.claim"].sudo()
        domain = claims._domain_of_client()
        if "its_claim_count" in counters:
            values["its_claim_count"] = claims.search_count(domain)
        if "its_claim_next_count" in counters:
            values["its_claim_next_count"] = claims.search_count(
                domain + claims._domain_client_is_next()
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
    def my_claims(self, page=1, sortby="date", filterby="all", **_query):
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
            "all": {"label": env._("All messages"), "domain": []},
            "next": {
                "label": env._("Wait for you"),
                "domain": claims._domain_client_is_next(),
            },
            "open": {
                "label": env._("Not settled yet"),
                "domain": IS_OPEN,
            },
            "ended": {
                "label": env._("Settled and closed"),
                "domain": HAS_ENDED,
            },
        }
        sortby = sortby if sortby in sortings else "date"
        filterby = filterby if filterby in filters else "all"
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
    def my_new_claim(self, after=None, **post):
        """Show the form, or register a claim of the firm.

        :param after: id of a claim that has ended, which this one continues
        """
        if not request.env.user._is_portal():
            return request.redirect("/odoo/claims")
        subscriptions = self._subscriptions()
        origin = self._ended_claim(after)
        if request.httprequest.method == "GET":
            return self._render_new(subscriptions, origin)
        given = ClaimInput(post, ("subject", "description"), ("subject", "description"))
        chosen = str(post.get("service") or "")
        if given.errors:
            return self._render_new(subscriptions, origin, given, chosen)
        sent = hashlib.sha256(
            repr((given.typed, chosen, origin.id, given.files)).encode()
        ).hexdigest()
        former, claim_id = request.session.get(SENT) or (None, None)
        if former == sent:
            # A double click, or the page was sent again by going back.
            return request.redirect(f"/my/claims/{claim_id}")
        claim = self._register(given, subscriptions, chosen, origin)
        request.session[SENT] = (sent, claim.id)
        return request.redirect(claim.access_url)

    def _register(self, given, subscriptions, chosen, origin):
        partner = request.env.user.partner_id
        subscription = subscriptions.filtered(
            lambda subscription: str(subscription.service_id.id) == chosen
        )
        claim = request.env["its.claim"]._register_from_outside(
            "portal",
            partner.commercial_partner_id.company_id or request.env.company,
            {
                "subject": given.typed["subject"],
                "description": given.typed["description"],
                "service_id": subscription.service_id.id,
                # Which of two contracts for one service nobody has said.
                "subscription_id": len(subscription) == 1 and subscription.id,
                "origin_id": origin.id,
                "email_from": partner.email,
            },
            contact=partner,
        )
        given.attach_to(claim)
        return claim

    def _subscriptions(self):
        """What the firm subscribes to."""
        firm = request.env.user.partner_id.commercial_partner_id
        company = firm.company_id or request.env.company
        return (
            request.env["its.subscription"]
            .sudo()
            .search(
                [
                    ("partner_id", "=", firm.id),
                    ("company_id", "=", company.id),
                    ("state", "in", ("active", "expiring")),
                ]
            )
        )

    def _ended_claim(self, claim_id):
        """A claim of the client's that cannot go on itself."""
        claims = request.env["its.claim"]
        if not str(claim_id or "").isdecimal():
            return claims
        claim = claims._of_client(int(claim_id))
        return claim.filtered(lambda claim: claim.state in ENDED)

    def _render_new(self, subscriptions, origin, given=None, chosen=None):
        return request.render(
            "its_quality.portal_new_claim",
            {
                **self._prepare_portal_layout_values(),
                "page_name": "its_claim_new",
                "services": subscriptions.service_id,
                "origin": origin,
                "chosen": chosen,
                "typed": given.typed if given else {"subject": origin.subject or ""},
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
            staff = request.env.user._is_internal()
            return request.redirect(f"/{'odoo' if staff else 'my'}/claims")
        return self._render_claim(claim, access_token, rating=rating)

    @http.route(
        "/my/claims/<int:claim_id>/say",
        type="http",
        auth="public",
        methods=["POST"],
        website=True,
    )
    def say(
        self,
        claim_id,
        access_token=None,
        rating=None,
        comment=None,
        again=None,
        **_post,
    ):
        """Take the client's word: how he finds the work, or, of a closed claim, that
        it has happened again."""
        claim = request.env["its.claim"]._of_client(claim_id, access_token)
        if not claim:
            return request.redirect("/my/claims")
        if not self._is_client():
            error = request.env._("Only the client says whether it is settled.")
            return self._render_claim(claim, access_token, error=error)
        comment = (comment or "")[: SIZES["description"]]
        try:
            with request.env.cr.savepoint():
                self._take_word(claim, rating, comment, again)
        except UserError as refused:
            return self._render_claim(
                claim, access_token, rating, comment, error=str(refused)
            )
        return request.redirect_query(
            f"/my/claims/{claim.id}",
            {"access_token": access_token} if access_token else None,
        )

    def _take_word(self, claim, rating, comment, again):
        if again:
            claim._client_comes_back(comment)
        elif rating not in RATINGS:
            raise UserError(request.env._("Please choose one of the three answers."))
        elif rating == "1" and not comment.strip():
            raise UserError(request.env._("Please write what is not in order."))
        elif claim.state == "closed" and claim.satisfaction == rating:
            # A double click.
            return
        else:
            claim._client_says(rating, comment)
        claim._leave_words_of_client(comment)

    def _is_client(self):
        """Whoever works in the firm does not speak for the client, link or no link."""
        return not request.env.user._is_internal()

    def _render_claim(
        self, claim, access_token=None, rating=None, comment=None, error=None
    ):
        claim = claim.with_context(lang=request.env.lang)
        is_client = self._is_client()
        closed_to_words = claim.state in ENDED or not is_client
        said = dict(claim._fields["satisfaction"]._description_selection(claim.env))
        values = {
            **self._prepare_portal_layout_values(),
            "page_name": "its_claim",
            "claim": claim,
            "object": claim,
            "files": self._files_of_client(claim),
            "token": claim._portal_ensure_token(),
            "access_token": access_token,
            "rating": rating if rating in RATINGS else None,
            "comment": comment,
            "error": error,
            "is_client": is_client,
            "may_say": is_client and claim.state == "follow_up",
            "may_come_back": is_client
            and claim.state == "closed"
            and claim._may_be_reopened(),
            "said": claim.satisfaction in RATINGS and said[claim.satisfaction],
            "main": claim.env["its.claim"]
            .with_user(request.env.user)
            ._of_client(claim.duplicate_of_id.id),
            "disable_composer": closed_to_words,
            "show_thread": not closed_to_words or claim._has_thread(),
        }
        if request.env.user._is_public():
            speaker = claim.contact_id or claim.partner_id
            if speaker:
                values.update(pid=speaker.id, hash=claim._sign_token(speaker.id))
        return request.render("its_quality.portal_my_claim", values)

    def _files_of_client(self, claim):
        """What the client has sent with the claim itself. Files of messages are with
        the messages; what the staff has put beside them is the firm's own."""
        files = claim.env["ir.attachment"].search(
            [
                ("res_model", "=", "its.claim"),
                ("res_id", "=", claim.id),
                ("res_field", "=", False),
                "|",
                ("create_uid", "=", SUPERUSER_ID),
                ("create_uid.share", "=", True),
            ]
        )
        files -= claim.message_ids.attachment_ids
        files.generate_access_token()
        return files


class ClaimAttachment(AttachmentController):
    @http.route()
    def mail_attachment_upload(
        self, ufile, thread_id, thread_model, is_pending=False, **kwargs
    ):
        """Files of clients in the thread of a claim are as limited as in the forms."""
        if thread_model == "its.claim" and not request.env.user._is_internal():
            data = ufile.read(FILE_MIB * 2**20 + 1)
            ufile.seek(0)
            problem = problem_of_file(ufile.filename or "", data)
            if problem:
                return request.make_json_response({"error": problem})
        return super().mail_attachment_upload(
            ufile, thread_id, thread_model, is_pending=is_pending, **kwargs
        )
