"""The workflow of claims: the one table of what may follow what, by whom, with what."""

from typing import NamedTuple


class Transition(NamedTuple):
    """A way from one state to another.

    ``sources`` are the states it leaves from; ``who`` is a key of ``ItsClaim._is_who``;
    ``required`` are fields that have to be filled in; ``reason`` says that words are
    needed; ``segregated`` that nobody who worked on the claim may go this way.
    """

    name: str
    sources: tuple
    target: str
    who: str
    required: tuple = ()
    reason: bool = False
    segregated: bool = False


TRANSITIONS = (
    Transition(
        *("dispatch", ("registered",), "dispatched", "quality"),
        ("partner_id", "team_id"),
    ),
    Transition("reject", ("registered",), "rejected", "quality", reason=True),
    Transition(
        *("assign", ("dispatched",), "in_progress", "head"),
        ("user_id", "date_deadline"),
    ),
    Transition(
        *("hand_over", ("in_progress",), "verification", "responsible"),
        ("problem_id", "problem_service_id", "justified", "action_taken"),
    ),
    Transition("verify", ("verification",), "follow_up", "head", segregated=True),
    Transition(
        *("rework", ("verification",), "in_progress", "head"),
        reason=True,
        segregated=True,
    ),
    Transition(
        *("close", ("follow_up",), "closed", "quality"),
        ("satisfaction",),
        segregated=True,
    ),
    Transition("reopen", ("follow_up",), "in_progress", "quality", reason=True),
    Transition("reopen_closed", ("closed",), "in_progress", "quality", reason=True),
    # Two claims about one thing: work goes on in the other one.
    Transition(
        *("merge", ("dispatched", "in_progress", "verification", "follow_up")),
        *("rejected", "quality", ("duplicate_of_id",)),
        reason=True,
        segregated=True,
    ),
)
BY_STATES = {(source, t.target): t for t in TRANSITIONS for source in t.sources}
BY_NAME = {t.name: t for t in TRANSITIONS}
