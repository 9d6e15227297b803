"""What a step of a claim brings about: a movement, dates, counters, the to-do of
the next person, and mails."""

from typing import NamedTuple

from odoo import fields

from ...tools.by_code import by_code
from . import (
    asking,
    calls_after,
    client_link,
    clock,
    deadline,
    merging,
    notifying,
    people,
    todo,
    undoing,
)
from .rules import BY_STATES, ENDED
from .verdicts import UNHAPPY


class Position(NamedTuple):
    """Where a claim is before it moves."""

    stage: object
    since: object
    user: object

    @classmethod
    def of(cls, claim):
        return cls(claim.stage_id, claim.date_stage, claim.user_id)


def after_move(claims, before, reason):
    """Movement, dates, counters and the to-do of the next person; then mails, the next
    call to the client, asking them, and handing their words on.

    :param claims: which have moved, as the superuser
    :param before: the ``Position`` of each
    :param reason: the words given for it
    """
    now = fields.Datetime.now()
    within = claims.filtered(lambda claim: before[claim].stage.state == claim.state)
    after_step_within(within, before, now)
    claims -= within
    clock.resume(claims, now)
    leave_movements(claims, before, reason)
    for claim in claims:
        by_code(claim).write(values_of_step(claim, before[claim].stage.state, now))
    todo.schedule(claims)
    moved = claims.filtered(lambda claim: not is_restored(claim, before))
    calls_after.take_back(claims.filtered(lambda claim: claim.state != "closed"))
    closed = claims.filtered(lambda claim: claim.state == "closed")
    calls_after.plan((closed & moved) | calls_after.not_called(closed - moved))
    for claim in claims:
        way = BY_STATES[before[claim].stage.state, claim.state]
        if claim in moved or not undoing.cancel_letters(claim):
            notifying.notify(claim, way.name)
    asking.ask(moved.filtered(lambda claim: claim.state == "follow_up"))
    for claim in claims:
        if claim.state == "rejected" and claim.duplicate_of_id:
            merging.hand_words_on(claim)


def is_restored(claim, before):
    """Whether a claim has been put back as it was; see :mod:`.undoing`."""
    return undoing.is_way_back(BY_STATES[before[claim].stage.state, claim.state])


def after_step_within(claims, before, now):
    """A movement, and how long it stood: a claim that goes to another stage of its state
    stays with whom it is, and waits for the client as before."""
    for claim in claims.filtered("waiting_since"):
        by_code(claim).write({**clock.account(claim, now), "waiting_since": now})
    leave_movements(claims, before, None)
    by_code(claims).write({"date_stage": now, "waited_hours": 0, "escalated_on": False})


def values_of_step(claim, former, now):
    """Dates and counters of a claim that has just moved.

    :param former: the state it comes from
    """
    values = {
        "date_stage": now,
        "waited_hours": 0,
        "escalated_on": False,
        "proposed_deadline": False,
        "before_reopening": False,
    }
    if undoing.is_way_back(BY_STATES[former, claim.state]):
        return {**values, **undoing.restored(claim)}
    if claim.state != "closed":
        values.update(answer_verdict=False, answer_words=False)
    if client_link.is_asked_anew(claim, former):
        values["asking"] = claim.asking + 1
    if claim.state == "dispatched":
        values["quality_user_id"] = claim.env.uid
        if not claim.date_deadline:
            values.update(clock.deadline_values(claim, clock.default_deadline(claim)))
    elif claim.state == "in_progress":
        values["worker_ids"] = [(4, claim.user_id.id)] if claim.user_id else []
        values.update(satisfaction=False, satisfaction_via=False, date_closed=False)
        if not claim.first_deadline:
            values["first_deadline"] = claim.date_deadline
        if former == "verification":
            values["rework_count"] = claim.rework_count + 1
        elif former in ("follow_up", "closed"):
            values["before_reopening"] = undoing.keep(claim, former)
            values["reopen_count"] = claim.reopen_count + 1
            # The client waits again; what was promised first is kept apart.
            values.update(clock.deadline_values(claim, clock.default_deadline(claim)))
    elif claim.state == "verification":
        first = claim.first_deadline
        first = first and clock.end_of(claim, first)
        values["on_time"] = deadline.is_kept(claim.deadline_at, now)
        values["on_time_first"] = deadline.is_kept(first, now)
        values["worker_ids"] = [(4, claim.env.uid)]
    elif claim.state in ENDED:
        values["date_closed"] = now
    return values


def after_reassigned(claims, former):
    """Hand over the to-do and notify the person who now has the claim.

    :param former: for each claim, who was responsible and who was next
    """
    for claim, (user, _waited_for) in zip(claims, former, strict=True):
        workers = (claim.user_id | user) - claim.worker_ids
        if workers and claim.state == "in_progress":
            by_code(claim).write({"worker_ids": [(4, worker.id) for worker in workers]})
    todo.schedule(claims)
    for claim, (user, waited_for) in zip(claims, former, strict=True):
        if user and user != claim.user_id:
            claim.message_unsubscribe(user.partner_id.ids)
        if claim.next_user_id != waited_for:
            if claim.state == "in_progress":
                notifying.notify(claim, "assign")
            elif claim.state == "dispatched":
                notifying.notify(claim, "dispatch")
            else:
                tell_last_resort(claim)


def after_absences(claims):
    """Hand over the to-dos of those who cannot act, or can again, and write to the
    administrator who has one because nobody else may act."""
    before = {claim: claim.next_user_id for claim in claims}
    todo.schedule(claims)
    tell_last_resort(claims.filtered(lambda claim: claim.next_user_id != before[claim]))


def tell_last_resort(claims):
    """Write to administrators about claims that wait for them for want of others."""
    for claim in claims:
        if people.is_last_resort(claim, claim.next_user_id):
            notifying.notify(claim, "unattended")


def leave_movements(claims, before, reason):
    """Append the step just made; see ``its.claim.movement``."""
    now = fields.Datetime.now()
    values = []
    for claim in claims.sudo():
        registered = Position(claim.stage_id.browse(), now, claim.user_id)
        stage, since, user = before.get(claim, registered)
        values.append(
            {
                "claim_id": claim.id,
                "from_stage_id": stage.id,
                "from_state": stage.state,
                "to_stage_id": claim.stage_id.id,
                "to_state": claim.state,
                "date": now,
                "user_id": claims.env.uid,
                "responsible_id": user.id,
                "deadline_at": claim.deadline_at,
                "hours": (now - since).total_seconds() / 3600,
                "working_hours": max(
                    clock.working_hours(claim, since, now) - claim.waited_hours, 0
                ),
                "satisfaction": note_of_client(claim, stage.state),
                "reason": reason or False,
            }
        )
    claims.env["its.claim.movement"].sudo().create(values)


def note_of_client(claim, former):
    """What the client said when the claim left the stage of follow-up."""
    if former != "follow_up" or claim.state == "follow_up":
        return False
    return UNHAPPY if claim.state == "in_progress" else claim.satisfaction
