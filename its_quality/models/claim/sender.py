from odoo import SUPERUSER_ID, api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL, email_normalize

# Addresses at these say nothing of the firm. The mail services that Russian small firms
# use, and the big ones of the world.
PUBLIC_DOMAINS = frozenset(
    [
        "bk.ru",
        "gmail.com",
        "hotmail.com",
        "icloud.com",
        "inbox.ru",
        "internet.ru",
        "list.ru",
        "live.com",
        "mail.ru",
        "outlook.com",
        "proton.me",
        "protonmail.com",
        "rambler.ru",
        "ro.ru",
        "ya.ru",
        "yahoo.com",
        "yandex.by",
        "yandex.com",
        "yandex.kz",
        "yandex.ru",
        "vk.com",
        "xmail.ru",
    ]
)


class ItsClaim(models.Model):
    """Who a claim from outside comes from. Where nobody is sure the claim waits in the
    queue of unknown senders, and a person links it to the client."""

    _inherit = "its.claim"

    suggested_partner_id = fields.Many2one(
        "res.partner",
        string="Probably",
        readonly=True,
        copy=False,
        ondelete="set null",
        index="btree_not_null",
        help="The client whom the address of the sender points to.",
    )

    @api.model
    def _register_from_outside(self, channel, company, vals, contact=None):
        """Register a claim that no employee wrote.

        :param channel: a key of the field ``channel``
        :param company: the ``res.company`` it was sent to
        :param vals: fields of ``DESCRIPTION`` and of the sender
        :param contact: the client or his contact person, where it is certain that he
            is the sender; otherwise his address only suggests a client
        :return: the claim, as the superuser
        """
        contact = contact or self.env["res.partner"]
        firm = contact.commercial_partner_id
        suggested = self.env["res.partner"]
        if not firm and vals.get("email_from") and not vals.get("unproven"):
            suggested = self._match_sender(vals["email_from"], company)
            suggested = suggested.commercial_partner_id
        # Whatever defaults the caller's context has stay behind.
        claims = self.sudo().with_user(SUPERUSER_ID).with_company(company)
        return claims.with_context(mail_create_nosubscribe=True).create(
            {
                **vals,
                "channel": channel,
                "company_id": company.id,
                "author_id": False,
                "partner_id": firm.id,
                "contact_id": contact.id if contact != firm else False,
                "suggested_partner_id": suggested.id,
            }
        )

    @api.model
    def _match_sender(self, address, company):
        """Find the client an address belongs to: by the address itself, then by its
        domain, if it is a firm's own.

        :param address: as in ``From``
        :param company: the ``res.company`` whose client he may be
        :return: the contact person or firm; nobody where two clients fit equally
        """
        found = self._find_senders(email_normalize(address or ""), company)
        if len(found.commercial_partner_id) != 1:
            return self.env["res.partner"]
        # The person rather than the firm, where both have the same address.
        return found.filtered("parent_id")[:1] or found[:1]

    @api.model
    def _find_senders(self, address, company):
        """All clients and their persons an address may be of. By a domain it is one
        firm or nobody: firms of a holding have the same, and are not each other.

        :param address: normalized
        """
        if not address:
            return self.env["res.partner"]
        found = self._senders(SQL("contact.email_normalized = %s", address), company)
        domain = address.rpartition("@")[2]
        if not found and domain not in PUBLIC_DOMAINS:
            found = self._senders(
                SQL("split_part(contact.email_normalized, '@', 2) = %s", domain),
                company,
            ).commercial_partner_id
            found = found if len(found) == 1 else found.browse()
        return found

    def _person_at(self, address):
        """The person of the client of this claim who has an address, else the firm.

        :param address: as in ``From``
        """
        self.ensure_one()
        address = email_normalize(address or "")
        persons = self.contact_id | self._find_senders(address, self.company_id)
        return (
            persons.filtered(
                lambda person: (
                    person.email_normalized == address
                    and person.commercial_partner_id == self.partner_id
                )
            ).sorted("parent_id", reverse=True)[:1]
            or self.partner_id
        )

    @api.model
    def _senders(self, condition, company):
        self.env["res.partner"].flush_model()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT contact.id
                  FROM res_partner contact
                  JOIN res_partner firm ON firm.id = contact.commercial_partner_id
                 WHERE %s AND contact.active AND firm.active AND firm.its_client
                   AND (firm.company_id IS NULL OR firm.company_id = %s)
                 ORDER BY contact.id
                 LIMIT 200
                """,
                condition,
                company.id,
            )
        )
        return self.env["res.partner"].sudo().browse([row[0] for row in rows])

    def write(self, vals):
        unknown = self.browse()
        if vals.get("partner_id"):
            unknown = self.filtered(lambda claim: not claim.partner_id)
        result = super().write(vals)
        if unknown:
            unknown._link_sender()
        return result

    def _link_sender(self):
        """Find the contact person by the address of the sender, and propose the client
        for whatever else waits from this address."""
        for claim in self.sudo():
            contact = claim.contact_id or claim._person_at(claim.email_from)
            if contact != claim.partner_id and not claim.contact_id:
                claim.contact_id = contact
            others = claim._others_of_sender()
            others.suggested_partner_id = claim.partner_id

    def _others_of_sender(self):
        """What else waits in the queue from the address of this claim, but what says
        only that it is."""
        self.ensure_one()
        if not self.email_from or self.unproven:
            return self.browse()
        return self.search(
            [
                ("id", "!=", self.id),
                ("partner_id", "=", False),
                ("email_from", "=", self.email_from),
                ("unproven", "=", False),
                ("company_id", "=", self.company_id.id),
                ("state", "=", "registered"),
            ]
        )

    def action_link_suggested(self):
        """Link the claim to the client whom the address of the sender points to, and
        with it all that waits from this address.

        :raises UserError: where the address points to nobody
        """
        for claim in self:
            if not claim.suggested_partner_id:
                raise UserError(
                    self.env._(
                        "%(claim)s: its address points to no client. Choose the client "
                        "on the form.",
                        claim=claim.name,
                    )
                )
            client = claim.suggested_partner_id
            others = claim._others_of_sender().filtered(
                lambda other, client=client: other.suggested_partner_id == client
            )
            (claim | others).write({"partner_id": client.id})

    def action_create_client(self):
        """Make a client of the sender, link to him all that waits from his address, and
        open his card."""
        self.ensure_one()
        if self.partner_id:
            return self.partner_id.get_formview_action()
        client = self.env["res.partner"].create(
            {
                "name": self.sender_name or self.email_from or self.subject,
                "email": self.email_from,
                "phone": self.sender_phone,
                "is_company": True,
                "its_client": True,
                "company_id": False,
            }
        )
        (self | self._others_of_sender()).write({"partner_id": client.id})
        return client.get_formview_action()
