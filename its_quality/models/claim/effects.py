"""What a step of a claim brings about: a movement, dates, counters, the to-do of whoever
is next, and mails."""

from odoo import fields

from ...tools.by_code import by_code
from . import asking, client_link, clock, deadline, notifying, todo
from .rules import BY_STATES, ENDED
from .verdicts import UNHAPPY


def position(claim):
    """Where a claim stands before it moves."""
    return (claim.stage_id, claim.date_stage, claim.user_id, claim.waited_hours)


def after_move(claims, before, reason):
    """Movement, dates, counters and the to-do of whoever is next."""
    now = fields.Datetime.now()
    clock.resume(claims, now)
    leave_movements(claims, before, reason)
    for claim in claims:
        former = before[claim][0].state
        values = {"date_stage": now, "waited_hours": 0, "escalated_on": False}
        if client_link.is_asked_anew(claim, former):
            values["asking"] = claim.asking + 1
        if claim.state == "dispatched":
            values["quality_user_id"] = claims.env.uid
            if not claim.date_deadline:
                values["date_deadline"] = clock.default_deadline(claim)
        elif claim.state == "in_progress":
            values["worker_ids"] = [(4, claim.user_id.id)] if claim.user_id else []
            values.update(satisfaction=False, satisfaction_via=False, date_closed=False)
            if former == "verification":
                values["rework_count"] = claim.rework_count + 1
            elif former in ("follow_up", "closed"):
                values["reopen_count"] = claim.reopen_count + 1
        elif claim.state == "verification":
            day = claim.company_id._its_today()
            values["on_time"] = deadline.is_kept(claim.date_deadline, day)
            values["worker_ids"] = [(4, claims.env.uid)]
        elif claim.state in ENDED:
            values["date_closed"] = now
        by_code(claim).write(values)
    todo.schedule(claims)
    for claim in claims.filtered(lambda c: c.state == "closed" and c.partner_id):
        claims.env["its.cadence"]._plan_after_claim(
            claim.partner_id,
            claim.company_id,
            subscription=claim.subscription_id,
        )
    for claim in claims:
        notifying.notify(claim, BY_STATES[before[claim][0].state, claim.state].name)
    asking.ask(claims.filtered(lambda claim: claim.state == "follow_up"))


def after_reassigned(claims, former):
    """Hand the to-do over, and tell whoever has got the claim now.

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


def leave_movements(claims, before, reason):
    """Append the step just made; see ``its.claim.movement``."""
    now = fields.Datetime.now()
    values = []
    for claim in claims.sudo():
        stage, since, user, waited = before.get(
            claim, (claims.env["its.claim.stage"], now, claim.user_id, 0)
        )
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
    """What the client said when the claim left the stage at which he is asked."""
    if former != "follow_up":
        return False
    return UNHAPPY if claim.state == "in_progress" else claim.satisfaction
