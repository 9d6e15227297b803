import logging
import re

from odoo import SUPERUSER_ID, api, models
from odoo.tools import email_normalize, html2plaintext
from odoo.tools.mail import email_split_tuples

_logger = logging.getLogger(__name__)

NUMBER = re.compile(r"\bRC-\d{5,}\b")
# Headers by which robots say what they are: RFC 3834 §5 and what is older than it.
ROBOTS = ("X-Autoreply", "X-Autorespond", "X-Auto-Reply", "X-Failed-Recipients")
MASS = ("bulk", "junk", "list", "auto_reply")
SUBJECT_SIZE = 200


class MailThread(models.AbstractModel):
    """Where an e-mail goes to that came to an address of claims, or answers one."""

    _inherit = "mail.thread"

    @api.model
    def message_route(
        self, message, message_dict, model=None, thread_id=None, custom_values=None
    ):
        routes = super().message_route(
            message,
            message_dict,
            model=model,
            thread_id=thread_id,
            custom_values=custom_values,
        )
        ours = [route for route in routes or () if route[0] == "its.claim"]
        if not ours:
            return routes
        claims = self.env["its.claim"].sudo()
        others = [route for route in routes if route[0] != "its.claim"]
        if claims._is_of_robot(message):
            _logger.info(
                "Mail %s from %s is automatic: no claim comes of it",
                message_dict["message_id"],
                message_dict["email_from"],
            )
            return others
        # Written to the team and to the common address: to the team, once.
        ours.sort(key=lambda route: "team_id" not in (route[2] or {}))
        return [*others, claims._route_mail(message_dict, ours[0])]


class ItsClaim(models.Model):
    """Claims by e-mail: new ones, and answers to those that are there."""

    _inherit = "its.claim"

    @api.model
    def _is_of_robot(self, message):
        """Whether nobody has written this letter: an automatic reply, a newsletter, a
        notice that something could not be delivered.

        :param message: ``email.message.Message``
        """
        submitted = str(message.get("Auto-Submitted", "no")).strip().lower()
        precedence = str(message.get("Precedence", "")).strip().lower()
        return (
            not submitted.startswith("no")
            or precedence in MASS
            or any(name in message for name in ROBOTS)
            or str(message.get("Return-Path", "")).strip() == "<>"
        )

    @api.model
    def _route_mail(self, message_dict, route):
        """Decide which claim a letter belongs to.

        :param message_dict: what ``message_parse`` has found
        :param route: of the gateway: model, id, defaults, user, alias
        :return: the route to go: of a claim that is there, or of a new one
        """
        model, thread_id, defaults, user_id, alias = route
        address = email_normalize(message_dict["email_from"] or "")
        claim = self.browse(thread_id or ()).exists()
        is_staff = not self.env["res.users"].browse(user_id).share and bool(
            self.env["res.users"]
            .sudo()
            .search_count(
                [("id", "=", user_id), ("email_normalized", "=", address)], limit=1
            )
        )
        if claim and is_staff:
            return route
        claim = claim or self._of_number(message_dict.get("subject"), defaults)
        claim = claim.filtered(lambda claim: claim._is_written_by(address))
        if not claim:
            return (model, 0, defaults, user_id, alias)
        while claim.state == "rejected" and claim.duplicate_of_id:
            claim = claim.duplicate_of_id
        if claim.state == "rejected" or (
            claim.state == "closed" and not claim._may_be_reopened()
        ):
            defaults = {
                "company_id": claim.company_id.id,
                "team_id": claim.team_id.id,
                "service_id": claim.service_id.id,
                "origin_id": claim.id,
            }
            return (model, 0, defaults, user_id, alias)
        return (model, claim.id, defaults, user_id, alias)

    @api.model
    def _of_number(self, subject, defaults):
        """The claim whose number a subject carries."""
        found = NUMBER.findall(subject or "")
        if not found:
            return self.browse()
        company = (defaults or {}).get("company_id")
        domain = [("name", "in", found)]
        if company:
            domain.append(("company_id", "=", company))
        return self.search(domain, limit=1)

    def _is_written_by(self, address):
        """Whether an address is one of those who may speak about this claim: who wrote
        it first, or anybody of the client's."""
        self.ensure_one()
        if not address:
            return False
        if address == email_normalize(self.email_from or ""):
            return True
        firm = self._match_sender(address, self.company_id).commercial_partner_id
        return bool(firm) and firm == self.partner_id

    @api.model
    def message_new(self, msg_dict, custom_values=None):
        """Register what somebody has written.

        :return: the claim
        """
        values = dict(custom_values or {})
        company = self.env["res.company"].browse(values.pop("company_id", ()) or ())
        company = company or self.env.company
        origin = self.sudo().browse(values.get("origin_id") or ())
        contact = self._match_sender(msg_dict["email_from"], company)
        if not contact and origin:
            contact = origin.contact_id or origin.partner_id
        subject = (msg_dict.get("subject") or "").strip()
        names = [name for name, _address in email_split_tuples(msg_dict["email_from"])]
        claim = self._register_from_outside(
            "email",
            company,
            {
                **values,
                "subject": subject[:SUBJECT_SIZE] or self.env._("Without a subject"),
                "description": html2plaintext(msg_dict.get("body") or "").strip(),
                "email_from": email_normalize(msg_dict["email_from"])
                or msg_dict["email_from"],
                "sender_name": names[0] if names else False,
            },
            contact=contact,
        )
        return claim

    def message_update(self, msg_dict, update_vals=None):
        result = super().message_update(msg_dict, update_vals=update_vals)
        author = self.env["res.partner"].sudo().browse(msg_dict.get("author_id") or ())
        if any(not user.share for user in author.user_ids):
            return result
        words = html2plaintext(msg_dict.get("body") or "").strip()
        for claim in self.with_user(SUPERUSER_ID):
            if claim.state == "closed" and claim._may_be_reopened():
                claim._go(
                    "reopen_closed", words or self.env._("The client has written.")
                )
            else:
                claim._client_has_written()
        return result

    def _client_has_written(self):
        """Let the clock run again if it stood for this, and tell whoever is next."""
        self.ensure_one()
        claim = self.sudo()
        claim._resume()
        claim._tell("answered")
