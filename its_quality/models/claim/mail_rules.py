"""Who gets which mail: the one table of events, which the tests check and
docs/en/administration.md shows. Plain data.

Staff are ``next``: the person who acts next, ``responsible``, ``head``, ``above``: see
:func:`.people.superior`. Nobody gets a mail about their own actions.
"""

from typing import NamedTuple

# No colleague registered these claims, so somebody has to be notified.
FROM_OUTSIDE = ("form", "portal", "email", "connect")


class Mail(NamedTuple):
    """Who is written to at an event.

    ``client`` is the name of a template, see ``mail_template_claim_data.xml``;
    ``channels`` are those in which the staff is notified, all if there are none;
    ``undoable`` says that the letters wait until the time to undo it is over.
    """

    event: str
    title: str
    client: str = ""
    staff: tuple = ()
    channels: tuple = ()
    undoable: bool = False


MAILS = (
    Mail("registered", "Registered", "registered", ("next",), FROM_OUTSIDE),
    Mail("dispatch", "Given to a team", staff=("next",)),
    Mail("reject", "Rejected", "rejected"),
    Mail("assign", "Assigned", staff=("next",)),
    Mail("hand_over", "Handed over for verification", staff=("next",)),
    Mail("rework", "Returned for rework", staff=("next",)),
    Mail("verify", "Verified", staff=("next",)),
    Mail("ask", "Asked by e-mail", "ask"),
    Mail("close", "Closed", "closed", ("responsible",)),
    Mail("unconfirmed", "Closed, not confirmed", "unconfirmed", ("responsible",)),
    Mail("reopen", "Reopened: not satisfied", "reopened", ("next", "head"), (), True),
    Mail(
        "reopen_closed",
        "Reopened after closing",
        "reopened",
        ("next", "head"),
        (),
        True,
    ),
    Mail("restore_closed", "Closed again: reopened by mistake", staff=("responsible",)),
    Mail("restore_asked", "Asked again: reopened by mistake", staff=("responsible",)),
    Mail("merge", "Merged into another claim", "merged", ("responsible",)),
    Mail("answered", "The client has written", staff=("next",)),
    Mail("also_written", "Written to several teams", staff=("others",)),
    Mail("escalated", "Late or stalled", staff=("above",)),
    Mail("unattended", "Nobody of the team can act", staff=("next",)),
    Mail("waits", "Not answered by the day agreed", staff=("next",)),
    Mail("waits_long", "The same, days later", staff=("above", "quality")),
)
BY_EVENT = {mail.event: mail for mail in MAILS}
CLIENT = {
    "": "–",
    "registered": "acknowledgment with the number",
    "rejected": "why not",
    "ask": "three buttons: satisfied, in part, not",
    "closed": "thanks",
    "unconfirmed": "that it is closed, and how to come back",
    "reopened": "that work continues",
    "merged": "the number under which work continues",
}
STAFF = {
    "next": "the person who acts next",
    "responsible": "the responsible person",
    "head": "the head of the team",
    "above": "their superior",
    "quality": "the quality manager",
    "others": "the heads of the other teams",
}


def to_markdown():
    """The table as docs/en/administration.md shows it.

    :return: lines of a markdown table, joined
    """
    lines = [["Event", "The client gets", "Of the firm"], ["---"] * 3]
    for mail in MAILS:
        staff = ", ".join(STAFF[who] for who in mail.staff) or "–"
        if mail.channels:
            staff += " (form, portal, e-mail, 1C-Connect)"
        lines.append([mail.title, CLIENT[mail.client], staff])
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)
