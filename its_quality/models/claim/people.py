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

from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL

from ...tools.security_log import log_refusal
from ..base.absence import Absence, form_sql, leaves_sql
from ..base.groups import (
    GROUP_ADMINISTRATOR,
    GROUP_HEAD,
    GROUP_QUALITY_MANAGER,
    GROUP_USER,
)
from .rules import ENDED

# What of a card to-dos and letters are made of; all of it would take a fifth of the time
# that a claim takes.
OF_CARD = (
    "active",
    "commercial_partner_id",
    "complete_name",
    "email",
    "email_normalized",
    "is_company",
    "lang",
    "name",
    "parent_id",
    "partner_share",
    "phone",
    "type",
    "tz",
    "website",
)
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
        team = claim.team_id.sudo()
        is_head = user in team.head_id | team.deputy_id
        return (
            is_head
            or user.has_group(GROUP_ADMINISTRATOR)
            or (
                # The database is asked about absences only for whom it may matter.
                user.has_group(GROUP_HEAD)
                and user == team.head_id.its_deputy_id
                and user == own_deputy(claim.sudo())
            )
        )
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


def next_user(claim, absence=None):
    """Who has to act now, may act, and is there to act: the first of those whose turn it
    is; else an administrator.

    :param absence: an :class:`~..base.absence.Absence` of the company, where many are
        asked about
    """
    if claim.state in ENDED:
        return claim.env["res.users"]
    return first_present(line(claim, absence), claim, absence)


def first_present(persons, claim, absence=None):
    """The first of some people who is there; else an administrator, who may do all that
    others may; else, in a firm without one, whoever works in it.

    :param persons: users in order
    """
    there = present(persons, claim.company_id, absence)
    if there:
        return there
    last = [user for user in administrators(claim) if may_judge(claim, user)]
    last = last or [*administrators(claim)]
    return present_of([*last, *persons], claim.company_id, absence)


def line(claim, absence=None):
    """Those who may act on a claim where it stands, in order, be they there or not.
    Nobody is among them who lacks the role, or who would judge their own work.

    :return: a list of users
    """
    if claim.state == "follow_up":
        return interviewers(claim)
    if claim.state == "registered":
        quality = claim.env["res.users"]._its_quality_managers(claim.company_id)
        persons, role = [claim.quality_user_id, *quality], GROUP_QUALITY_MANAGER
    else:
        persons, role = heads(claim, absence), GROUP_HEAD
    persons = [user for user in persons if works(user, claim.company_id, role)]
    if claim.state == "verification":
        return [user for user in persons if may_judge(claim, user)]
    if claim.state == "in_progress" and works(
        claim.user_id, claim.company_id, GROUP_USER
    ):
        # Where they are away, the head finds somebody else.
        return [claim.user_id, *persons]
    return persons


def heads(claim, absence=None):
    """Who acts as the head of the team, in order: the head, the deputy of the team, and
    while the head is away their own deputy.

    :return: a list of users
    """
    team = claim.team_id
    return [team.head_id, team.deputy_id, own_deputy(claim, absence)]


def own_deputy(claim, absence=None):
    """The deputy whom the head of the team has named, while the head is away."""
    head, company = claim.team_id.head_id, claim.company_id
    if not head.its_deputy_id:
        return head.browse()
    today = company._its_today()
    absence = absence or Absence(claim.env, company, today)
    if not absence.is_absent(head, today):
        return head.browse()
    return absence.deputy(head, today, GROUP_HEAD)


def works(user, company, role):
    """Whether somebody works in a company and has a role there."""
    return (
        bool(user)
        and user.active
        and not user.share
        and company in user.company_ids
        and user.has_group(role)
    )


def check_responsible(claims, user_id):
    """Refuse to make somebody responsible who could not even open the claims.

    :raises UserError: saying whom to choose
    """
    user = claims.env["res.users"].sudo().browse(user_id).exists()
    for company in claims.sudo().company_id:
        if not works(user, company, GROUP_USER):
            raise UserError(
                claims.env._(
                    "%(user)s cannot work on claims: choose somebody who works at "
                    "%(company)s and has a role here.",
                    user=user.name or claims.env._("This user"),
                    company=company.name,
                )
            )


def may_judge(claim, user):
    """Whether somebody has no part in the work on a claim."""
    return user not in claim.worker_ids | claim.user_id


def is_last_resort(claim, user):
    """Whether a claim waits for an administrator only because nobody else may act."""
    return user in administrators(claim) and user not in line(claim)


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
    quality = [*env["res.users"]._its_quality_managers(company)]
    last = [*administrators_of(company)]
    # Where nobody at all is there, the administrator is told.
    return present(quality, company) or present_of([*last, *quality], company)


def read_cards(env, readers):
    """Read the cards at once that letters about new claims are made of: of the companies,
    and of those who get them. One by one they would be as many queries.

    :param readers: ids of users by those of their companies
    """
    users = env["res.users"].sudo().browse(filter(None, readers.values()))
    companies = env["res.company"].sudo().browse(readers)
    (users.partner_id | companies.partner_id).fetch(OF_CARD)


def absences(claims):
    """Who is away, in the company of each of these claims, looked up once.

    :return: an :class:`~..base.absence.Absence` by company
    """
    return {
        company: Absence(claims.env, company, company._its_today())
        for company in claims.company_id
    }


def present(persons, company, absence=None):
    """The first of some people who is there; else nobody."""
    today = company._its_today()
    working = [user for user in persons if user and user.active]
    if working and not absence:
        absence = Absence(working[0].env, company, today)
    there = (user for user in working if not absence.is_absent(user, today))
    return next(there, company.env["res.users"])


def present_of(persons, company, absence=None):
    """The first who is there; else the first who still works in the firm."""
    working = (user for user in persons if user and user.active)
    return present(persons, company, absence) or next(working, company.env["res.users"])


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
    quality managers, the administrator. Where nobody is above, that person.

    :return: users
    """
    persons = [*administrators(claim)]
    if claim.state == "in_progress":
        persons = [*heads(claim), *persons]
    persons = [user for user in persons if user != claim.next_user_id]
    return present_of([*persons, claim.next_user_id], claim.company_id)


def administrators(claim):
    """Who is above everybody in the company of the claim."""
    return administrators_of(claim.company_id)


def administrators_of(company):
    group = company.env.ref(GROUP_ADMINISTRATOR).sudo()
    return group.all_user_ids.filtered(
        lambda user: user.active and not user.share and company in user.company_ids
    ).sorted("id")
