import logging
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError

from .its_claim_stage import ENDED
from .its_claim_typed import plain
from .its_connect import UUID

_logger = logging.getLogger(__name__)

BATCH = 100
# A name that was not to be had is asked for again after so many days.
AGAIN_DAYS = 1


class ItsConnectContact(models.Model):
    """An event carries no name. Where an administrator has entered the login of
    1С-Коннект's interface, whoever has claims is asked for by his identifier."""

    _inherit = "its.connect.contact"

    claim_ids = fields.One2many(
        "its.claim",
        "connect_contact_id",
        string="Claims",
        groups="its_quality.group_administrator",
    )
    asked_date = fields.Datetime(string="Asked for on", readonly=True)

    @api.model
    def _cron_ask_names(self):
        """Ask who it is that has claims and no name."""
        connects = self.env["its.connect"].search(
            [("rest_url", "!=", False), ("rest_login", "!=", False)]
        )
        again = fields.Datetime.now() - timedelta(days=AGAIN_DAYS)
        domain = [
            ("connect_id", "in", connects.filtered("rest_password").ids),
            ("name", "=", False),
            ("claim_ids", "!=", False),
            "|",
            ("asked_date", "=", False),
            ("asked_date", "<", again),
        ]
        todo = self.search(domain, limit=BATCH)
        cron = self.env["ir.cron"]
        cron._commit_progress(remaining=self.search_count(domain))
        silent = connects.browse()
        for contact in todo:
            if contact.connect_id in silent:
                continue
            contact = contact.try_lock_for_update().filtered_domain(domain)
            if not contact:
                continue
            contact.asked_date = fields.Datetime.now()
            try:
                contact._ask_name()
            except UserError as error:
                # The others of this connection would fare no better now.
                silent |= contact.connect_id
                _logger.info("1C-Connect tells no names: %s", error)
            if not cron._commit_progress(1):
                break

    def _ask_name(self):
        """Ask 1С-Коннект who this is, and put it into his claims.

        :raises UserError: where there is no answer
        """
        self.ensure_one()
        person = self.connect_id._ask("GET", f"/v1/line/subscriber/{self.user_ref}/")
        if not isinstance(person, dict):
            return
        person = {
            name: plain(value)
            for name, value in person.items()
            if isinstance(value, str)
        }
        firm = person.get("counterpart_id", "")
        if UUID.fullmatch(firm):
            self.counterpart_ref = firm.lower()
        self.name = self.connect_id._full_name(person)[:200]
        claims = self.env["its.claim"].search(
            [("connect_contact_id", "=", self.id), ("state", "not in", ENDED)]
        )
        for claim in claims:
            claim._take_sender(
                {
                    "sender_name": self.name,
                    "email_from": person.get("email", "")[:254],
                    "sender_phone": person.get("phone", "")[:50],
                },
                self._client(),
            )


class ItsClaim(models.Model):
    _inherit = "its.claim"

    def _take_sender(self, sender, contact):
        """Complete what is known of the sender of a claim.

        :param sender: values; what is there already stays
        :param contact: who certainly is the sender, if that is known
        """
        self.ensure_one()
        values = {
            name: value for name, value in sender.items() if value and not self[name]
        }
        if not self.partner_id:
            firm = contact.commercial_partner_id
            if firm:
                values["partner_id"] = firm.id
                values["contact_id"] = contact.id if contact != firm else False
            elif values.get("email_from"):
                found = self._match_sender(values["email_from"], self.company_id)
                values["suggested_partner_id"] = found.commercial_partner_id.id
        self.write(values)
