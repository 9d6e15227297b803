"""The call that follows a closed claim: planned when it is closed, taken back when it is
reopened, planned again when that was a mistake."""


def plan(claims):
    """Plan the calls that cadences want after these closed claims.

    :param claims: as the superuser
    """
    for claim in claims.filtered("partner_id"):
        company = claim.company_id
        planned = claim.env["its.cadence"]._plan_after_claim(
            claim.partner_id,
            company,
            day=claim.date_closed and company._its_day_of(claim.date_closed),
            subscription=claim.subscription_id,
        )
        if planned:
            calls = _open_calls(
                claim.env, [("its_client_id", "=", claim.partner_id.id)]
            )
            calls = calls.filtered(lambda call: not call.its_closed_claim_id)
            calls = calls.filtered(
                lambda call, company=company: call.its_cadence_id.company_id == company
            )
            calls.its_closed_claim_id = claim


def take_back(claims):
    """Close the calls that were to follow these claims: they are open again. Another
    claim that the client has had closed since gets its call.

    :param claims: as the superuser
    """
    if not claims:
        return
    calls = _open_calls(claims.env, [("its_closed_claim_id", "in", claims.ids)])
    for call in calls:
        claim = call.its_closed_claim_id
        call.its_closed_claim_id = False
        call._its_close(claim.env._("The claim was reopened."))
        others = claim.search(
            [
                ("partner_id", "=", claim.partner_id.id),
                ("company_id", "=", claim.company_id.id),
                ("state", "=", "closed"),
                ("date_closed", ">=", call.create_date),
            ],
            order="date_closed DESC",
            limit=1,
        )
        plan(others)


def not_called(claims):
    """Those of these claims that no call has followed, but one that was taken back."""
    calls = claims.env["mail.activity"].sudo().with_context(active_test=False)
    return claims - calls.search(
        [("its_closed_claim_id", "in", claims.ids)]
    ).its_closed_claim_id.with_env(claims.env)


def _open_calls(env, domain):
    calls = env["mail.activity"].sudo().with_context(active_test=True)
    return calls.search([*domain, ("its_cadence_id.trigger", "=", "after_claim")])
