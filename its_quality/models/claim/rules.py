"""The rules of a claim's workflow, as plain tables: its states, what may follow what, by
whom and with what filled in, and what may be edited by whom in which state."""

from typing import NamedTuple

STATES = [
    ("registered", "Registered"),
    ("dispatched", "Dispatched"),
    ("in_progress", "In progress"),
    ("verification", "Verification"),
    ("follow_up", "Client follow-up"),
    ("closed", "Closed"),
    ("rejected", "Rejected"),
]
BEFORE_THE_END = (
    "registered",
    "dispatched",
    "in_progress",
    "verification",
    "follow_up",
)
ENDED = ("closed", "rejected")


class Transition(NamedTuple):
    """A transition from one state to another.

    ``sources`` are the states it leaves from; ``who`` is a key of :func:`.people.is_who`;
    ``required`` are fields that have to be filled in, ``offered`` those that the dialog
    shows along with what is missing; ``reason`` says that words are needed, ``redone``
    that they are needed of a claim that has come back; ``segregated`` that nobody who
    worked on the claim may use it.
    """

    name: str
    sources: tuple
    target: str
    who: str
    required: tuple = ()
    reason: bool = False
    segregated: bool = False
    offered: tuple = ()
    redone: bool = False


TRANSITIONS = (
    Transition(
        "dispatch",
        ("registered",),
        "dispatched",
        "quality",
        ("partner_id", "team_id"),
    ),
    Transition("reject", ("registered",), "rejected", "quality", reason=True),
    Transition(
        "assign",
        ("dispatched",),
        "in_progress",
        "head",
        ("user_id", "date_deadline"),
        offered=("date_deadline",),
    ),
    Transition(
        "hand_over",
        ("in_progress",),
        "verification",
        "responsible",
        ("problem_id", "problem_service_id", "justified", "action_taken"),
        redone=True,
    ),
    Transition("verify", ("verification",), "follow_up", "head", segregated=True),
    Transition(
        "rework",
        ("verification",),
        "in_progress",
        "head",
        reason=True,
        segregated=True,
    ),
    Transition(
        "close",
        ("follow_up",),
        "closed",
        "quality",
        ("satisfaction",),
        segregated=True,
        offered=("client_comment",),
    ),
    Transition("reopen", ("follow_up",), "in_progress", "quality", reason=True),
    Transition("reopen_closed", ("closed",), "in_progress", "quality", reason=True),
    # As if the claim had never come back; only right after it has, see :mod:`.undoing`.
    Transition(
        "restore_closed", ("in_progress",), "closed", "quality", segregated=True
    ),
    Transition(
        "restore_asked", ("in_progress",), "follow_up", "quality", segregated=True
    ),
    # Two claims about one thing: work continues in the other one.
    Transition(
        "merge",
        ("dispatched", "in_progress", "verification", "follow_up"),
        "rejected",
        "quality",
        ("duplicate_of_id",),
        reason=True,
        segregated=True,
    ),
)
BY_STATES = {(source, t.target): t for t in TRANSITIONS for source in t.sources}
BY_NAME = {t.name: t for t in TRANSITIONS}
# Who may take a claim from one stage of a state to another stage of it. That is a step,
# with a movement of its own, and no transition.
WITHIN = {
    "registered": ("quality",),
    "dispatched": ("head", "quality"),
    "in_progress": ("responsible", "head"),
    "verification": ("head",),
    "follow_up": ("quality",),
    "closed": ("quality",),
    "rejected": ("quality",),
}

# What may be changed by whom, and in which states. Fields not named here follow from
# the workflow and are not set by hand.
DESCRIPTION = (
    "subject",
    "description",
    "partner_id",
    "contact_id",
    "subscription_id",
    "service_id",
    "priority",
    "channel",
    "duplicate_of_id",
    "email_from",
    "sender_name",
    "sender_phone",
    "sender_inn",
)
FINDINGS = (
    "problem_id",
    "problem_service_id",
    "justified",
    "root_cause",
    "action_taken",
    "wish_ids",
)
EDITABLE = {
    **dict.fromkeys(DESCRIPTION, (("quality", "author"), BEFORE_THE_END)),
    "cc_agreed": (("quality",), BEFORE_THE_END),
    "team_id": (("quality",), ("registered", "dispatched")),
    "user_id": (("head",), ("dispatched", "in_progress")),
    "date_deadline": (("head",), ("dispatched", "in_progress")),
    "deadline_reason": (("head",), ("dispatched", "in_progress")),
    "waiting_until": (("responsible", "head"), ("in_progress",)),
    **dict.fromkeys(FINDINGS, (("responsible",), ("in_progress",))),
    "satisfaction": (("interviewer",), ("follow_up",)),
    "client_comment": (("interviewer",), ("follow_up",)),
}
# What those who work or have worked on the claim never change: whose it is, whom the
# letters and the call go to, and which other claim it is merged into.
SEGREGATED = frozenset(
    {
        "partner_id",
        "contact_id",
        "email_from",
        "sender_name",
        "sender_phone",
        "duplicate_of_id",
        "cc_agreed",
    }
)
# What a claim may be registered with.
NEW = frozenset({*DESCRIPTION, "company_id", "team_id", "response_id"})
# Guarded by the table of transitions, or written by the chatter and the web client for
# everybody.
ALWAYS = frozenset({"stage_id", "message_main_attachment_id", "color"})
