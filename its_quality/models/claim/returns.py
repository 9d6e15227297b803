"""Claims that came back: from the head who verified them, or from the client."""


def last_return(claim):
    """The movement by which a claim came back to whoever works on it, the last time it
    came to them; none where it came for the first time."""
    taken = claim.sudo().movement_ids.filtered(
        lambda movement: (
            movement.to_state == "in_progress" and movement.from_state != "in_progress"
        )
    )
    return taken[-1:].filtered(lambda movement: movement.from_state != "dispatched")


def redone(claim):
    """What was said to have been done since then; nothing where it is still worked on.

    :return: a text, maybe none
    """
    came = last_return(claim)
    later = claim.sudo().movement_ids.filtered(
        lambda movement: movement.id > came.id and movement.from_state == "in_progress"
    )
    return later[-1:].reason if came else False
