"""A claim that waits for its client: until when, and who looks after it then."""

from datetime import timedelta

from odoo import fields
from odoo.exceptions import UserError
from odoo.tools import format_date

from . import clock, deadline, people, todo

# Somebody looks after a claim that waits at least so often; then they may go on waiting.
MOST_DAYS = 60


def may(claim):
    """Whether the user may pause and resume the claim."""
    return claim.state == "in_progress" and any(
        people.is_who(claim, who) for who in ("responsible", "head")
    )


def check_may(claims):
    """Refuse to pause and to resume claims to those who do not work on them.

    :raises UserError: saying who may
    """
    for claim in claims:
        claim.check_access("read")
        if not may(claim):
            raise UserError(
                claim.env._(
                    "Only the responsible person or the head can pause the deadline, "
                    "and only while the claim is in progress."
                )
            )


def check(claims, until):
    """Refuse a day that has passed, and one for claims that do not wait.

    :raises UserError: saying what to choose
    """
    for claim in claims.sudo():
        if not claim.waiting_since:
            raise UserError(
                claim.env._(
                    "%(claim)s does not wait for the client: press «Wait for the "
                    "client» first.",
                    claim=claim.name,
                )
            )
        check_day(claim, until)


def read_day(claims, until):
    """The day that somebody has given, maybe by RPC; nothing where they have given none.

    :raises UserError: where it is no day
    """
    try:
        return fields.Date.to_date(until or None)
    except (TypeError, ValueError):
        raise UserError(no_day_message(claims)) from None


def no_day_message(claims):
    return claims.env._(
        "Say until when to wait for the client: choose a day from today on."
    )


def check_day(claim, until):
    """Refuse to wait until a day that has passed, until one on which nobody would look
    after the claim, or for ever.

    :raises UserError: saying what to choose
    """
    today, until = clock.today(claim), fields.Date.to_date(until)
    if not until or until < today:
        raise UserError(no_day_message(claim))
    last = max(today + timedelta(days=MOST_DAYS), clock.default_until(claim))
    last = clock.working_day_instead(claim, last) or last
    if until > last:
        raise UserError(
            claim.env._(
                "Somebody should look at the claim before then: choose a day until "
                "%(last)s. On that day you can go on waiting.",
                last=format_date(claim.env, last),
            )
        )
    refusals = deadline.refusals_of_day_off(claim, until)
    if refusals:
        raise UserError("\n".join([f"{claim.name}:", *refusals]))


def begin(claims, until=None):
    """Pause the deadline, as the user; the to-do is for the day when the client is to
    have answered.

    :param until: a ``date``; the usual one if none is given
    """
    check_may(claims)
    for claim in claims.sudo():
        if until:
            check_day(claim, until)
        clock.pause(claim, until)
    todo.schedule(claims)


def end(claims):
    """Resume the deadline, as the user."""
    check_may(claims)
    clock.resume(claims)
    todo.schedule(claims)
