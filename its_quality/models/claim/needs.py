"""What a step still needs: the one reading of the table of transitions, by which the guard
refuses and the buttons ask. They refuse at once only what nothing that is filled in would
change."""

from odoo.exceptions import UserError

from . import asking, clock, people, undoing
from .returns import last_return
from .rules import BY_NAME

# As the table has no field for what is said with a move.
REASON = "reason"


def press(claims, name):
    """Make a transition, or open the dialog that asks for what it needs.

    :param name: of the transition, maybe from outside
    :return: an action, where there is something to ask; else that it is done
    :raises UserError: where no answer would help
    """
    transition = BY_NAME.get(name) if isinstance(name, str) else None
    if not transition:
        raise UserError(claims.env._("The page is out of date. Reload it, please."))
    if len(claims) == 1:
        claims.check_access("read")
        names = asked(claims, transition)
        if names:
            check_hindrances(claims, transition)
            return claims.env["its.claim.move"]._open(claims, transition, names)
    claims._apply_transition(name)
    return True


# -----------------------------------------------------------------------------
# What is missing
# -----------------------------------------------------------------------------


def missing(claim, transition, given=None):
    """What has to be filled in before a claim may make a transition.

    :param transition: a row of :mod:`.rules`
    :param given: values that are written together with the move, ``reason`` among them
    :return: names of fields
    """
    names = [
        name for name in transition.required if is_empty(value(claim, name, given))
    ]
    words = transition.reason or (transition.redone and last_return(claim))
    if words and is_empty((given or {}).get(REASON)):
        names.append(REASON)
    return names


def asked(claim, transition):
    """What the dialog of a transition shows; nothing where the button just does it.

    :return: names of fields
    """
    names = missing(claim, transition)
    if asking.refusals_of_word(claim, transition):
        names += transition.required
    return list(dict.fromkeys([*names, *transition.offered])) if names else []


def value(claim, name, given=None):
    """What a field is going to be.

    :param given: values that are about to be written
    """
    return given[name] if given and name in given else claim[name]


def is_empty(found):
    """Whether nothing is filled in; blanks are nothing."""
    return not (found.strip() if isinstance(found, str) else found)


def in_words(claim, names):
    """What is missing, in words.

    :return: a list
    """
    reason = claim.env._("the reason")
    if claim.state == "in_progress":
        reason = claim.env._("what was done this time")
    return [
        reason if name == REASON else claim._fields[name]._description_string(claim.env)
        for name in names
    ]


# -----------------------------------------------------------------------------
# What nothing would change
# -----------------------------------------------------------------------------


def check_hindrances(claim, transition):
    """Refuse a transition where filling in what it needs would not help.

    :raises UserError: saying why
    """
    if claim.sudo().state not in transition.sources:
        claim._refuse_for(transition, [claim._wrong_state_message(transition)])
    claim._refuse_for(transition, hindrances(claim, transition))


def hindrances(claim, transition):
    """The reasons that nothing the user could fill in would change.

    :return: sentences
    """
    refusals = []
    if not people.is_who(claim, transition.who):
        refusals.append(claim._wrong_person_message(transition.who))
    if claim._has_worked(transition):
        refusals.append(
            claim.env._(
                "You have worked on this claim yourself: somebody else has to "
                "verify it, to ask the client, or to merge it."
            )
        )
    known = claim.sudo()
    if transition.name == "reopen_closed" and not clock.may_be_reopened(known):
        refusals.append(
            claim.env._(
                "It was closed more than %(days)s days ago. Register a new claim; "
                "it will be linked to this one.",
                days=known.company_id.its_reopen_days,
            )
        )
    if not undoing.leads_back(claim, transition):
        refusals.append(
            claim.env._(
                "A claim is put back as it was only right after it was reopened, and "
                "not where the client has said on their page that it is not settled. "
                "Hand it over for verification instead."
            )
        )
    return refusals
