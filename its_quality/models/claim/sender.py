"""Who a claim from outside comes from. Where it is uncertain, the claim waits in the
queue of unknown senders until a person links it to the client."""

from odoo import SUPERUSER_ID
from odoo.exceptions import UserError
from odoo.tools import SQL, email_normalize

from ...tools.by_code import by_code
from ...tools.letter_addresses import addresses_of
from . import proposals

# Cards with more than one address: there is an index on this.
SEVERAL = "(length(contact.email) - length(replace(contact.email, '@', ''))) > 1"

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


def register(claims, channel, company, vals, contact=None):
    """Register a claim that no employee wrote.

    :param channel: a key of the field ``channel``
    :param company: the ``res.company`` it was sent to
    :param vals: fields of ``DESCRIPTION`` and of the sender
    :param contact: the client or their contact person, where it is certain that they
        are the sender; otherwise the address only suggests a client
    :return: the claim, as the superuser
    """
    contact = contact or claims.env["res.partner"]
    firm = contact.commercial_partner_id
    suggested = claims.env["res.partner"]
    if not firm and vals.get("email_from") and not vals.get("unproven"):
        suggested = match(claims.env, vals["email_from"], company)
        suggested = suggested.commercial_partner_id
    # The defaults of the caller's context do not apply.
    proposed, why = suggested, False
    if not firm:
        proposed, why = proposals.propose(claims.env, company, vals, suggested)
    claims = claims.sudo().with_user(SUPERUSER_ID).with_company(company)
    return claims.with_context(mail_create_nosubscribe=True).create(
        {
            **vals,
            "channel": channel,
            "company_id": company.id,
            "author_id": False,
            "partner_id": firm.id,
            "contact_id": contact.id if contact != firm else False,
            "suggested_partner_id": proposed[:1].id,
            "suggested_why": why,
            "proposed_ids": [(6, 0, proposed.ids)] if proposed else False,
        }
    )


def match(env, address, company):
    """Find the client an address belongs to: by the address itself, then by its
    domain, if it is a firm's own.

    :param address: as in ``From``
    :param company: the ``res.company`` whose client it may be
    :return: the contact person or firm; nobody where two clients fit equally
    """
    found = find(env, email_normalize(address or ""), company)
    if len(found.commercial_partner_id) != 1:
        return env["res.partner"]
    # The person rather than the firm, where both have the same address.
    return found.filtered("parent_id")[:1] or found[:1]


def find(env, address, company):
    """All clients and their persons an address may be of. By a domain it is one
    firm or nobody: firms of a holding have the same, and are not each other.

    :param address: normalized
    """
    if not address:
        return env["res.partner"]
    one = SQL("contact.email_normalized = %s", address)
    found = senders(env, one, company, address).filtered(
        lambda contact: address in addresses_of(contact.email)
    )
    domain = address.rpartition("@")[2]
    if not found and domain not in PUBLIC_DOMAINS:
        one = SQL("split_part(contact.email_normalized, '@', 2) = %s", domain)
        found = senders(env, one, company, f"@{domain}").filtered(
            lambda contact: any(
                known.endswith(f"@{domain}") for known in addresses_of(contact.email)
            )
        )
        found = found.commercial_partner_id
        found = found if len(found) == 1 else found.browse()
    return found


def person_at(claim, address):
    """The person of the client of this claim who has an address, else the firm.

    :param address: as in ``From``
    """
    address = email_normalize(address or "")
    persons = claim.contact_id | find(claim.env, address, claim.company_id)
    return (
        persons.filtered(
            lambda person: (
                address in addresses_of(person.email)
                and person.commercial_partner_id == claim.partner_id
            )
        ).sorted(lambda person: not person.parent_id)[:1]
        or claim.partner_id
    )


def senders(env, condition, company, text):
    """Clients and their persons.

    :param condition: on the one address of a card
    :param text: what the addresses of a card with several have to contain
    """
    env["res.partner"].flush_model()
    rows = env.execute_query(
        SQL(
            """
            SELECT contact.id
              FROM res_partner contact
              JOIN res_partner firm ON firm.id = contact.commercial_partner_id
             WHERE (%s OR (%s AND position(%s in lower(contact.email)) > 0))
               AND contact.active AND firm.active AND firm.its_client
               AND (firm.company_id IS NULL OR firm.company_id = %s)
             ORDER BY contact.id
             LIMIT 200
            """,
            condition,
            SQL(SEVERAL),
            text,
            company.id,
        )
    )
    return env["res.partner"].sudo().browse([row[0] for row in rows])


def link(claims):
    """Find the contact person by the address of the sender, and propose the client
    for whatever else waits from this address."""
    for claim in claims.sudo():
        contact = claim.contact_id or person_at(claim, claim.email_from)
        if contact != claim.partner_id and not claim.contact_id:
            by_code(claim).contact_id = contact
        others = by_code(others_waiting(claim))
        others.suggested_partner_id = claim.partner_id


def others_waiting(claim):
    """What else waits in the queue from the address of this claim, but what says
    only that it is."""
    if not claim.email_from or claim.unproven:
        return claim.browse()
    return claim.search(
        [
            ("id", "!=", claim.id),
            ("partner_id", "=", False),
            ("email_from", "=", claim.email_from),
            ("unproven", "=", False),
            ("company_id", "=", claim.company_id.id),
            ("state", "=", "registered"),
        ]
    )


def link_suggested(claims, link_to):
    """Link claims to the clients whom the addresses of their senders point to, and with
    them all that waits from these addresses.

    :param link_to: what links claims to a client
    :raises UserError: where an address matches no client
    """
    for claim in claims:
        if not claim.suggested_partner_id:
            raise UserError(
                claim.env._(
                    "%(claim)s: nothing points to a client. Choose the "
                    "client on the form.",
                    claim=claim.name,
                )
            )
        client = claim.suggested_partner_id
        others = others_waiting(claim).filtered(
            lambda other, client=client: other.suggested_partner_id == client
        )
        link_to(claim | others, client)
