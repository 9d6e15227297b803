"""What a client can say about the work on a claim: the only list of it."""

HAPPY = "5"
PARTLY = "3"
UNHAPPY = "1"
# Not said by anybody.
UNCONFIRMED = "none"

SATISFACTION = [
    (HAPPY, "Fully satisfied"),
    (PARTLY, "Partly satisfied"),
    (UNHAPPY, "Not satisfied"),
    (UNCONFIRMED, "Not confirmed"),
]
# What the client can say, and the Bootstrap color of its button.
VERDICTS = {HAPPY: "success", PARTLY: "warning", UNHAPPY: "danger"}


def reopens(verdict):
    """Whether the claim is opened again by what the client says."""
    return verdict == UNHAPPY
