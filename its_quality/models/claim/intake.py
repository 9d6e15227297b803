"""How claims are registered by hand, of the answers of a questionnaire, and by a form: a
form that is sent twice is one claim, by a double click, by going back, from two windows,
or by Odoo itself, which runs a request again where two have met.

What is done already is known by the claim alone. The session is saved with the answer,
also where the claim is rolled back after it.
"""

from hashlib import sha256

from odoo.exceptions import UserError

from ..base import locks


def claim_form(env, **defaults):
    """An action that opens the short form of a new claim in a dialog."""
    view = env.ref("its_quality.its_claim_view_form_quick")
    return {
        "type": "ir.actions.act_window",
        "name": env._("Register a claim"),
        "res_model": "its.claim",
        "view_mode": "form",
        "views": [(view.id, "form")],
        "target": "new",
        "context": {f"default_{name}": value for name, value in defaults.items()},
    }


def propose_of_client(claim):
    """Put into a form what the claim is about where its client has one thing only."""
    firm = claim.partner_id
    if claim.contact_id.commercial_partner_id != firm:
        claim.contact_id = False
    if claim.subscription_id.partner_id != firm:
        claim.subscription_id = False
    if firm and not claim.subscription_id and not claim.service_id:
        in_force = firm.its_subscription_ids.filtered(
            lambda s: (
                s.state in ("active", "expiring") and s.company_id == claim.company_id
            )
        )
        if len(in_force) == 1:
            claim.subscription_id = in_force


def likely_team(claim):
    """The team that will probably get a claim: that of its service, else the one that
    had the client's last claim, else the only one there is."""
    claim = claim.sudo()
    teams = claim.env["its.team"].search([("company_id", "=", claim.company_id.id)])
    last = claim.search(
        [
            ("partner_id", "=", claim.partner_id.id),
            ("team_id", "in", teams.ids),
            ("id", "!=", claim.id),
        ],
        order="id desc",
        limit=1,
    )
    last = last if claim.partner_id else last.browse()
    of_service = claim.service_id.team_ids & teams
    only = teams if len(teams) == 1 else teams.browse()
    return of_service[:1] or last.team_id or only


def registered_notice(claim):
    """An action that says under which number a claim just saved is known, and closes
    the dialog."""
    return {
        "type": "ir.actions.client",
        "tag": "display_notification",
        "params": {
            "type": "success",
            "title": claim.env._("The claim is registered"),
            "message": "%s",
            "links": [{"label": claim.display_name, "url": f"/odoo/claims/{claim.id}"}],
            "next": {"type": "ir.actions.act_window_close"},
        },
    }


def check_new_responses(claims, response_ids):
    """Check that the user may read the answers, and that no claim has them yet.

    :raises UserError: naming the claim there is
    """
    claims.env["survey.user_input"].browse(response_ids).check_access("read")
    former = claims.sudo().search([("response_id", "in", response_ids)], limit=1)
    if former:
        raise UserError(
            claims.env._(
                "These answers are already in a claim: %(claim)s. Continue with that "
                "one.",
                claim=former.with_env(claims.env)._its_visible_name(),
            )
        )


def response_values(claims, names):
    """What a claim takes over from the response in the context, where it names one.

    :param names: of the fields that are asked for
    """
    context = claims.env.context
    response = claims.env["survey.user_input"].browse(
        context.get("default_response_id")
    )
    if not response.exists():
        return {}
    response.check_access("read")
    return {
        name: value
        for name, value in response.sudo()._its_claim_values().items()
        if name in names and f"default_{name}" not in context
    }


def form_key(*parts):
    """What a form that was sent is known by.

    :param parts: whose it is, when it was opened, what it says
    """
    return sha256(repr(parts).encode()).hexdigest()


def sent_as(claims, key):
    """The claim that this form has already become. Another request with the same form
    waits until this transaction has ended.

    :return: the claim, as the superuser: maybe a younger one than this transaction
        can read, so ask it for nothing but its id
    """
    claims.flush_model(["form_key"])
    locks.wait_for(claims.env.cr, f"form {key}")
    # What was committed while we waited is seen by a transaction that begins now.
    with claims.env.registry.cursor() as cr:
        cr.execute("SELECT id FROM its_claim WHERE form_key = %s", [key])
        found = cr.fetchone()
    return claims.sudo().browse(found)
