"""What a client says about the work on his claim: the one list of it."""

HAPPY = "5"
PARTLY = "3"
UNHAPPY = "1"
# What nobody has said.
UNCONFIRMED = "none"

SATISFACTION = [
    (HAPPY, "Fully satisfied"),
    (PARTLY, "Partly satisfied"),
    (UNHAPPY, "Not satisfied"),
    (UNCONFIRMED, "Not confirmed"),
]
# What he can say, and the colour of its button, as Bootstrap calls it.
VERDICTS = {HAPPY: "success", PARTLY: "warning", UNHAPPY: "danger"}


def reopens(verdict):
    """Whether the claim is opened again by what the client says."""
    return verdict == UNHAPPY
