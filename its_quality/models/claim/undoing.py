"""A claim that was reopened by mistake, by a letter that only thanks or by a wrong press, is
put back as it was. What it was is kept until its next step; the letters of the mistake
wait for so long, and are not sent if it is undone in time."""

from datetime import date, timedelta

from odoo import fields

from ...tools.by_code import by_code
from .returns import last_return
from .rules import BY_NAME

# What comes back with the state.
KEPT = (
    "satisfaction",
    "satisfaction_via",
    "client_comment",
    "answer_verdict",
    "answer_words",
    "date_closed",
    "date_deadline",
    "deadline_at",
    "on_time",
    "on_time_first",
    "escalated_deadline",
    "asked_on",
    "tries",
    "tried_on",
    "declined",
    "asking",
    "reopen_count",
)
# So long is a moment that the ORM reads.
SECONDS = 19
WAYS = {"closed": "restore_closed", "follow_up": "restore_asked"}


def keep(claim, former):
    """What a claim that is just being reopened was like.

    :param former: the state it comes from
    :return: a dict for the field ``before_reopening``; nothing where the client has
        said by a button of theirs that it is not settled: that stands
    """
    if claim.satisfaction_via == "page" and former == "follow_up":
        return False
    before = {name: claim[name] for name in KEPT}
    return {
        "state": former,
        "stage": claim.movement_ids[-1:].from_stage_id.id,
        **{
            name: str(value) if isinstance(value, date) else value
            for name, value in before.items()
        },
    }


def way_back(claim):
    """The transition by which a claim is put back as it was; none where there is
    nothing to put back."""
    kept = claim.sudo().before_reopening
    return BY_NAME[WAYS[kept["state"]]] if kept else None


def leads_back(claim, transition):
    """Whether a transition, if it is a way back, is that of this claim."""
    return not is_way_back(transition) or way_back(claim) == transition


def is_way_back(transition):
    return transition.name in WAYS.values()


def restored(claim):
    """The values that a claim gets back."""
    kept = claim.before_reopening or {}
    values = {name: kept[name] for name in KEPT if name in kept}
    for name, value in values.items():
        if value and claim._fields[name].type == "datetime":
            # Another program may have written parts of seconds.
            values[name] = value[:SECONDS]
    return values


def stage_back(claim, transition):
    """The stage of its state at which a claim was before it was reopened, if a
    transition puts it back there and the stage is still in use."""
    kept = claim.sudo().before_reopening
    stages = claim.env["its.claim.stage"]
    if not kept or not is_way_back(transition):
        return stages
    stage = stages.browse(kept.get("stage") or ()).exists()
    return stage.filtered(lambda one: one.active and one.state == transition.target)


def forbid(claim):
    """Let nobody put a claim back: the client wants it to be worked on."""
    by_code(claim).before_reopening = False


# -----------------------------------------------------------------------------
# Letters
# -----------------------------------------------------------------------------


def leaves_at(claim):
    """When the letters about what may still be undone leave."""
    seconds = claim.company_id.sudo().its_undo_seconds
    return fields.Datetime.now() + timedelta(seconds=seconds)


def cancel_letters(claim):
    """Take back the letters of the mistake that have not left yet.

    :return: whether there were any; then nobody needs to hear that it was undone
    """
    claim = claim.sudo()
    returned = last_return(claim)
    of_claim = [("model", "=", claim._name), ("res_id", "=", claim.id)]
    since = [*of_claim, ("date", ">=", returned.date)]
    letters = claim.env["mail.mail"].search(
        [*since, ("state", "=", "outgoing"), ("scheduled_date", "!=", False)]
    )
    # What is being sent right now is locked.
    letters = letters.try_lock_for_update()
    notices = claim.env["mail.message.schedule"].search(
        [
            ("mail_message_id.model", "=", claim._name),
            ("mail_message_id.res_id", "=", claim.id),
            ("mail_message_id.message_type", "=", "user_notification"),
        ]
    )
    notices = notices.try_lock_for_update()
    messages = letters.mail_message_id | notices.mail_message_id
    found = bool(messages)
    letters.unlink()
    messages.unlink()
    return found
