"""The only to-do of a claim, for the person who acts next. While the client is asked it
is a planned call."""

from ...tools.by_code import by_code
from ..base.working_days import WorkingDays
from . import clock, people

QUIET = {"mail_activity_quick_update": True, "its_to_open_pages": True}
# The person who has the call sees it anyway.
QUIET_CALL = {"mail_activity_quick_update": True}
# So many working days a client has to answer a letter before being called.
MAIL_DAYS = 3


def schedule(claims):
    """Leave exactly one to-do, for the person who acts next; none at the end."""
    claims = claims.sudo()
    by_user = {}
    absences = people.absences(claims)
    for claim in claims:
        user = people.next_user(claim, absences[claim.company_id])
        if claim.next_user_id != user:
            by_user.setdefault(user, claims.browse())
            by_user[user] |= claim
    for user, waiting in by_user.items():
        by_code(waiting).write({"next_user_id": user.id})
    kind = claims.env.ref("its_quality.mail_activity_type_claim")
    claims.env["mail.activity"].sudo().with_context(**QUIET).search(
        [
            ("res_model", "=", claims._name),
            ("res_id", "in", claims.ids),
            ("activity_type_id", "=", kind.id),
        ]
    ).unlink()
    leave(claims - keep_calls(claims))


def leave(claims):
    """Write the to-do of the next person; see :func:`schedule`."""
    waiting = claims.filtered("next_user_id")
    if not waiting:
        return
    claims.env["mail.activity"].sudo().with_context(**QUIET).create(
        [todo_values(claim) for claim in waiting]
    )
    asked = waiting.filtered(is_asked_by_call)
    asked.partner_id._update_its_contacts()


def todo_values(claim):
    """The to-do of the next person; while the client is asked it is a call."""
    user = claim.next_user_id
    known = claim.env["ir.model.data"]._xmlid_to_res_id
    values = {
        "res_model_id": claim.env["ir.model"]._get_id(claim._name),
        "res_id": claim.id,
        # As Odoo computes both, but afterwards, by another query.
        "res_name": claim.display_name,
        "user_tz": user.tz,
        "activity_type_id": known("its_quality.mail_activity_type_claim"),
        "user_id": user.id,
        "summary": next_step(claim.with_context(lang=user.lang)),
        "date_deadline": next_day(claim),
        "automated": True,
    }
    if is_asked_by_call(claim):
        values.update(call_values(claim))
    return values


def next_step(claim):
    """What has to be done now, as a phrase."""
    if claim.waiting_since and claim.state == "in_progress":
        return claim.env._("The client has to answer by this day: remind them or go on")
    steps = {
        "registered": claim.env._("Accept and dispatch"),
        "dispatched": claim.env._("Assign"),
        "in_progress": claim.env._("Work on it"),
        "verification": claim.env._("Verify"),
        "follow_up": claim.env._("Ask the client"),
    }
    if claim.state == "follow_up" and claim.next_user_id in claim.worker_ids:
        return claim.env._(
            "Find a quality manager who has not worked on it to ask the client"
        )
    if claim.state == "verification" and not people.may_judge(
        claim, claim.next_user_id
    ):
        return claim.env._("Find somebody who has not worked on it to verify it")
    if claim.state == "in_progress" and claim.next_user_id != claim.user_id:
        return claim.env._("Find somebody to work on it")
    return steps[claim.state]


def next_day(claim):
    if claim.state == "follow_up":
        return day_to_ask(claim)
    today = claim.company_id._its_today()
    if claim.state == "in_progress" and claim.waiting_until:
        # Nobody looks after it on a day off.
        until = claim.waiting_until
        return clock.working_days(claim, until).after(until, 0)
    if claim.state == "in_progress" and claim.date_deadline:
        return max(claim.date_deadline, today)
    return today


# -----------------------------------------------------------------------------
# The call
# -----------------------------------------------------------------------------


def is_asked_by_call(claim):
    """Whether the next person may, and has to, call the client."""
    return (
        claim.state == "follow_up"
        and bool(claim.partner_id)
        and claim.partner_id.its_call_consent != "refused"
        and bool(claim.next_user_id)
        and claim.next_user_id not in claim.worker_ids
    )


def call_values(claim):
    """What makes a call of the to-do of a claim."""
    return {
        "activity_type_id": claim.env.ref("mail.mail_activity_data_call").id,
        "its_claim_id": claim.id,
        "its_client_id": claim.partner_id.id,
        "its_subscription_id": claim.subscription_id.id,
        "its_purpose": "claim",
    }


def keep_calls(claims):
    """Close the calls that are pointless, and keep the others: they know how often
    nobody answered, and who is working with the client.

    :return: the claims whose call stays
    """
    calls = (
        claims.env["mail.activity"].sudo().with_context(active_test=True, **QUIET_CALL)
    )
    kept = claims.browse()
    for call in calls.search([("its_claim_id", "in", claims.ids)]):
        claim = call.its_claim_id
        if not is_asked_by_call(claim):
            call._its_close(
                claims.env._("There is nothing left to ask about the claim.")
            )
            continue
        kept |= claim
        values = {}
        if call.user_id != claim.next_user_id:
            values["user_id"] = claim.next_user_id.id
        if call.its_client_id != claim.partner_id:
            values["its_client_id"] = claim.partner_id.id
            values["its_subscription_id"] = claim.subscription_id.id
        if values:
            clients = call.its_client_id | claim.partner_id
            call.write(values)
            clients._update_its_contacts()
    return kept


def day_to_ask(claim, today=None):
    """The working day on which the client is called: after they have had time to
    answer the letter, if there was one."""
    today = today or claim.company_id._its_today()
    first = min(claim.asked_on or today, today)
    days = WorkingDays(claim.company_id.sudo().resource_calendar_id, first)
    day = days.after(today, 0)
    if claim.asked_on:
        day = max(day, days.after(claim.asked_on, MAIL_DAYS))
    return day
