"""Who has to do with a claim: in which role the user is, who is next, who is above.

Those who work or have worked on a claim have no part in judging that work: one rule for
the claim, its calls, and the addresses its client is written to. What it closes to
them:

==================  ==================================================================
claim               ``SEGREGATED`` fields and transitions that are ``segregated``, see
                    :mod:`.rules`
mail.activity       whatever is planned on the claim for somebody else
res.partner         the e-mail of the client and of the contact person, until the claim
                    has ended and cannot be reopened; deleting and merging these cards
==================  ==================================================================
"""

from odoo.exceptions import AccessError
from odoo.tools import SQL

from ...tools.security_log import log_refusal
from ..base.absence import form_sql, leaves_sql
from ..base.groups import GROUP_ADMINISTRATOR, GROUP_QUALITY_MANAGER
from .rules import ENDED

# A sentence need not name all claims of a client.
MOST_NAMED = 3
# The first quality manager whom no form calls away, and whether leaves may.
PRESENT = """
    SELECT users.id, %(has_leaves)s
      FROM res_users AS users
     WHERE users.active AND NOT users.share
       AND EXISTS (
            SELECT FROM res_company_users_rel AS employed
             WHERE employed.user_id = users.id AND employed.cid = %(company)s)
       AND EXISTS (
            SELECT FROM res_groups_users_rel AS role
             WHERE role.uid = users.id AND role.gid IN %(quality)s)
       AND NOT EXISTS (
            SELECT FROM res_groups_users_rel AS role
             WHERE role.uid = users.id AND role.gid IN %(administrators)s)
       AND NOT %(away_by_form)s
     ORDER BY users.id
     LIMIT 1
"""


def is_who(claim, who):
    """Whether the user is the one a transition asks for.

    :param who: ``quality``, ``head``, ``responsible``, or ``interviewer``, who asks
        the client and has not worked on the claim
    """
    user = claim.env.user
    if claim.env.su:
        return True
    if who == "quality":
        return user.has_group(GROUP_QUALITY_MANAGER)
    if who == "interviewer":
        return user.has_group(GROUP_QUALITY_MANAGER) and not has_worked_on(claim)
    if who == "head":
        team = claim.team_id
        is_head = user in team.head_id | team.deputy_id
        return is_head or user.has_group(GROUP_ADMINISTRATOR)
    return user == claim.user_id


def wrong_interviewer_message(claim):
    """Why the user is not the one to ask the client."""
    if has_worked_on(claim):
        return claim.env._(
            "You have worked on %(claim)s yourself: somebody else has to ask the "
            "client.",
            claim=claim._its_visible_name(),
        )
    return claim.env._(
        "Quality managers ask clients whether a claim is settled; this call is for "
        "one of them."
    )


def has_worked_on(claim):
    """Whether the user works or has worked on this claim."""
    if claim.env.su:
        return False
    return claim.env.user in claim.sudo().worker_ids | claim.sudo().user_id


def check_not_worked_on(claims, what):
    """Refuse something to a user who works or has worked on one of these claims.

    :param what: what they are about to change, in words
    :raises AccessError: naming the claims
    """
    worked = claims.filtered(has_worked_on)[:MOST_NAMED]
    if not worked:
        return
    log_refusal("worked_on", model=claims._name, record=worked[0].id)
    raise AccessError(
        claims.env._(
            "%(claims)s: you are working or have worked on it, so you cannot change: "
            "%(what)s. Ask a quality manager who has not.",
            claims=", ".join(worked.sudo().mapped("name")),
            what=what,
        )
    )


# -----------------------------------------------------------------------------
# Who is next, and who is above
# -----------------------------------------------------------------------------


def next_user(claim):
    """Who has to act now, and is there to act."""
    if claim.state in ENDED:
        return claim.env["res.users"]
    team = claim.team_id
    heads = [team.head_id, team.deputy_id]
    quality = claim.env["res.users"]._its_quality_managers(claim.company_id)
    if claim.state == "follow_up":
        # Where all have worked on it, somebody has it only to find another person.
        persons = interviewers(claim) or [claim.quality_user_id, *quality]
    elif claim.state == "registered":
        persons = [claim.quality_user_id, *quality]
    elif claim.state == "in_progress":
        persons = [claim.user_id, *heads]
    else:
        persons = [*heads, *quality]
    if claim.state == "verification":
        others = [user for user in persons if user not in claim.worker_ids]
        persons = others or persons
    return present_of(persons, claim.company_id)


def first_reader(env, company_id):
    """Who dispatches a claim that was just registered: as :func:`next_user` would
    say, by one query where some quality manager is there: it is asked for each claim."""
    company = env["res.company"].sudo().browse(company_id)
    users = env["res.users"].sudo()
    users.flush_model()
    implying = env["res.groups"]._get_group_definitions().get_subset_ids

    def having(role):
        group_id = env["ir.model.data"]._xmlid_to_res_id(role)
        return (group_id, *implying([group_id]))

    today = company._its_today()
    found = env.execute_query(
        SQL(
            PRESENT,
            company=company.id,
            quality=having(GROUP_QUALITY_MANAGER),
            administrators=having(GROUP_ADMINISTRATOR),
            away_by_form=form_sql("users", today),
            has_leaves=leaves_sql("users", today),
        )
    )
    for user_id, has_leaves in found:
        if not has_leaves:
            return users.browse(user_id)
    quality = env["res.users"]._its_quality_managers(company)
    return present_of(list(quality), company)


def present_of(persons, company):
    """The first who is there; else the first who still works in the firm."""
    today = company._its_today()
    working = [user for user in persons if user and user.active]
    present = (user for user in working if not user._its_is_absent(today))
    return next(present, None) or next(iter(working), company.env["res.users"])


def interviewers(claim):
    """Who may ask the client, in this order: the one who has the call already, the
    one who dispatched the claim, other quality managers, administrators. Nobody who
    has worked on the claim is among them.

    :return: a list of users
    """
    quality = claim.env["res.users"]._its_quality_managers(claim.company_id)
    persons = [
        open_call(claim).user_id,
        claim.quality_user_id,
        *quality,
        *administrators(claim),
    ]
    return [
        user
        for user in persons
        if user and is_who(claim.with_user(user), "interviewer")
    ]


def open_call(claim):
    """The open call about this claim, if there is one."""
    calls = claim.env["mail.activity"].sudo().with_context(active_test=True)
    return calls.search([("its_claim_id", "=", claim.id)], limit=1)


def superior(claim):
    """The superior of the person the claim waits for: the head; for the head and the
    quality managers, the administrator.

    :return: users
    """
    heads = [claim.team_id.head_id, claim.team_id.deputy_id]
    persons = [*administrators(claim)]
    if claim.state == "in_progress":
        persons = [*heads, *persons]
    persons = [user for user in persons if user != claim.next_user_id]
    return present_of(persons, claim.company_id)


def administrators(claim):
    """Who is above everybody in the company of the claim."""
    group = claim.env.ref(GROUP_ADMINISTRATOR).sudo()
    return group.all_user_ids.filtered(
        lambda user: not user.share and claim.company_id in user.company_ids
    ).sorted("id")
