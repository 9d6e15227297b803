"""A person says which client an unknown sender is; for a while it can be undone."""

import re
from datetime import timedelta

from odoo import fields
from odoo.exceptions import UserError

from ...tools.by_code import by_code
from . import people, proposals, sender

# Minutes in which a link can be undone, and in which the claim stays in the queue: see
# the action of the queue.
UNDO = timedelta(minutes=15)
SIZE = 5_000


def split_sender(claim):
    """What a card of the sender would have: firm, person, address, phone, ИНН.

    «Иван Петров, ООО «Ромашка»» is a person and a firm.

    :return: a dictionary
    """
    pieces = re.split(r"[,;|/\n]|\s[-–—]\s|\((?=[^)]{3})", claim.sender_name or "")
    pieces = [piece.strip(" )\t") for piece in pieces if piece.strip(" )\t")]
    firms = [piece for piece in pieces if proposals.FIRM.match(piece)]
    persons = [piece for piece in pieces if piece not in firms]
    text = (claim.description or "")[:SIZE]
    if not firms:
        firms = proposals.firms_in(text)
    person = persons[0] if persons else ""
    inns = proposals.inns_in(text, claim.sender_inn)
    phones = proposals.phones_in(text, claim.sender_phone)
    return {
        "name": firms[0] if firms else person or claim.email_from or claim.subject,
        "person": person if firms else "",
        "email": claim.email_from or "",
        "phone": claim.sender_phone or (phones[0] if phones else ""),
        "vat": inns[0] if inns else "",
    }


def link(claims, client, created=None):
    """Link claims to a client as the user, and remember it for a while.

    :param created: the card that was created for it, if one was
    """
    claims.write({"partner_id": client.id})
    by_code(claims.sudo()).write(
        {
            "linked_on": fields.Datetime.now(),
            "linked_by_id": claims.env.uid,
            "linked_new_id": created.id if created else False,
        }
    )


def may_be_undone(claim):
    """Whether it is still time to say that it was somebody else."""
    return bool(
        claim.linked_on
        and claim.partner_id
        and claim.state == "registered"
        and fields.Datetime.now() <= claim.linked_on + UNDO
    )


def undo(claims):
    """Take back who the senders are, as the user; a card created for it goes, too, if
    nothing else has come to it.

    :raises UserError: where it is too late
    """
    for claim in claims:
        claim.check_access("write")
        if not people.is_who(claim, "quality"):
            raise UserError(claim.env._("Only a quality manager can do this."))
        if not may_be_undone(claim.sudo()):
            raise UserError(
                claim.env._(
                    "%(claim)s: it is too late to undo this. Change the client on the "
                    "form.",
                    claim=claim.name,
                )
            )
        same = claim.sudo().search(
            [
                ("linked_on", "=", claim.linked_on),
                ("linked_by_id", "=", claim.linked_by_id.id),
                ("partner_id", "=", claim.partner_id.id),
                ("state", "=", "registered"),
            ]
        )
        created = claim.sudo().linked_new_id
        together = same.with_env(claim.env)
        together.write({"partner_id": False, "contact_id": False})
        by_code(same).write(
            {"linked_on": False, "linked_by_id": False, "linked_new_id": False}
        )
        if created:
            # Others of the sender were told that it may be this one.
            hinted = claim.sudo().search([("suggested_partner_id", "=", created.id)])
            by_code(hinted).suggested_partner_id = False
            _remove(created)


def _remove(card):
    """Delete a card that was created by mistake; archive it if it is in use."""
    used = (
        card.env["its.claim"]
        .sudo()
        .search_count([("partner_id", "=", card.id)], limit=1)
    )
    used = used or card.its_interaction_ids or card.its_subscription_ids
    if used:
        return
    (card.child_ids | card).active = False


def link_suggested(claims):
    """Link claims to the clients proposed for them."""
    sender.link_suggested(claims, link)


def create_client(claim):
    """Make the sender a client as they are known, without asking.

    :return: the client, also one who is known already
    """
    return create(claim, split_sender(claim))


def check_new_inn(claim, inn):
    """Refuse a second card with the ИНН of a client.

    :raises UserError: naming the client
    """
    inn = (inn or "").strip()
    known = inn and proposals.with_inn(claim.env, claim.company_id, inn)
    if known:
        raise UserError(
            claim.env._(
                "%(client)s already has the INN %(inn)s. Choose this client, or clear "
                "the INN if it is another firm.",
                client=known[0].with_env(claim.env)._its_visible_name(),
                inn=inn,
            )
        )


def create(claim, values):
    """Create the client that a person has confirmed, and link all that waits from the
    sender's address.

    :param values: as :func:`split_sender` has them
    :return: the client
    """
    if claim.partner_id:
        return claim.partner_id
    name = (values.get("name") or "").strip()
    if not name:
        raise UserError(claim.env._("Enter the name of the client."))
    check_new_inn(claim, values.get("vat"))
    partners = claim.env["res.partner"]
    both = {"email": values.get("email"), "phone": values.get("phone")}
    person = (values.get("person") or "").strip()
    client = partners.create(
        {
            "name": name,
            "vat": values.get("vat") or False,
            "is_company": True,
            # As Odoo's form says it, too: addons that part names go by that.
            "company_type": "company",
            "its_client": True,
            "company_id": False,
            **both,
        }
    )
    if person:
        partners.create({"name": person, "parent_id": client.id, **both})
    link(claim | sender.others_waiting(claim), client, client)
    return client
