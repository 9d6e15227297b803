"""Two claims about one thing become one; the other keeps its movements."""

from odoo.exceptions import UserError


def merge(claims):
    """End claims as duplicates: work continues in the others, which get their text and
    files."""
    for claim in claims:
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
        way = "reject" if claim.state == "registered" else "merge"
        claim._apply_transition(
            way, claim.env._("Duplicate of %(claim)s.", claim=main.name)
        )
        hand_words_to(claim.sudo(), main.sudo())


def goes_on_in(claim):
    """The claim in which work on this one continues: what it was merged into, if that
    is of the same client, since the client's words are for nobody else."""
    main = claim
    while main.state == "rejected" and main.duplicate_of_id:
        main = main.duplicate_of_id
    return main if main.partner_id == claim.partner_id else claim


def hand_words_to(claim, main):
    """Put what the client said and sent into another claim, as an internal note."""
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
