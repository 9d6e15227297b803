"""Two claims about one thing become one; the other keeps its movements."""

from odoo import models
from odoo.exceptions import UserError

from . import clock, needs
from .rules import BEFORE_THE_END, BY_NAME


def merge(claims):
    """End claims as duplicates: work continues in the others, which get their text and
    files.

    :return: the dialog, where it has to be said what one is a duplicate of, or where
        that one has to be reopened for it; else that it is done
    """
    if len(claims) == 1:
        claims.check_access("write")
        needs.check_hindrances(claims, way_of(claims))
        main = claims.duplicate_of_id
        if not main or is_reopenable(main):
            dialog = claims.env["its.claim.move"]
            return dialog._open(claims, BY_NAME["merge"], ["duplicate_of_id"])
    for claim in claims:
        merge_one(claim)
    return True


def merge_one(claim, reopening=False):
    """End a claim as a duplicate.

    :param reopening: whether the other one may be reopened for that
    """
    main = claim.duplicate_of_id
    claim.check_access("write")
    if not main:
        raise UserError(
            claim.env._(
                "%(claim)s: first choose the claim it is a duplicate of.",
                claim=claim.name,
            )
        )
    main.check_access("read")
    if reopening and is_reopenable(main) and main.partner_id == claim.partner_id:
        main._apply_transition(
            "reopen_closed",
            claim.env._("Merged into this one: %(claim)s.", claim=claim.display_name),
        )
    claim._apply_transition(
        way_of(claim).name, claim.env._("Duplicate of %(claim)s.", claim=main.name)
    )


def way_of(claim):
    """The transition by which a claim ends as a duplicate."""
    return BY_NAME["reject" if claim.state == "registered" else "merge"]


def is_reopenable(main):
    """Whether a claim is closed, but not for too long to continue in it."""
    main = main.sudo()
    return main.state == "closed" and clock.may_be_reopened(main)


def refusals(claim, transition, given=None):
    """Why work on a claim cannot continue in the one it is said to be a duplicate of.

    :param claim: as the superuser
    :param given: values that are written with the move
    :return: sentences; an empty list where it can
    """
    main = needs.value(claim, "duplicate_of_id", given)
    main = main if isinstance(main, models.Model) else claim.browse(main or ())
    if transition.target != "rejected" or not main:
        return []
    main = main.sudo()
    if not claim.partner_id or main.partner_id != claim.partner_id:
        return [
            claim.env._(
                "A claim can be merged only into one of the same client. Choose the "
                "client first, or another claim."
            )
        ]
    if main.state in BEFORE_THE_END:
        return []
    if is_reopenable(main):
        return [
            claim.env._(
                "%(claim)s is closed: reopen it first, then merge this one into it.",
                claim=main.name,
            )
        ]
    return [
        claim.env._(
            "Nobody works on %(claim)s any more. Choose an open claim, or clear the "
            "field «Duplicate of».",
            claim=main.name,
        )
    ]


def goes_on_in(claim):
    """The claim in which work on this one continues: what it was merged into, if that
    is of the same client, since the client's words are for nobody else."""
    main = claim
    while main.state == "rejected" and main.duplicate_of_id:
        main = main.duplicate_of_id
    return main if main.partner_id == claim.partner_id else claim


def hand_words_on(claim):
    """Put what the client said and sent into the claim that this one has been merged
    into, however it was, as an internal note."""
    main = claim.duplicate_of_id
    files = claim.env["ir.attachment"].search(
        [
            ("res_model", "=", claim._name),
            ("res_id", "=", claim.id),
            ("res_field", "=", False),
        ]
    )
    copies = claim.env["ir.attachment"].browse(
        [file.copy({"res_model": main._name, "res_id": main.id}).id for file in files]
    )
    main.message_post(
        body=claim.env._(
            "%(claim)s was merged into this one: %(words)s",
            claim=claim.display_name,
            words=claim.description or "–",
        ),
        attachment_ids=copies.ids,
        subtype_xmlid="mail.mt_note",
    )
