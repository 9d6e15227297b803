"""What becomes of a contract in a talk about it: it is renewed, or the client says why
not. Both are written by whoever talks, with their rights."""

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tools import format_date

from ..client.renewal import is_to_renew, until_words


def row(subscription):
    """What the page shows of a subscription: until when it is, and whether it goes on."""
    env = subscription.env
    to_renew = is_to_renew(subscription)
    offer = None
    if to_renew and subscription.can_edit and subscription.date_end:
        dates = subscription._its_next_dates()
        offer = {
            "date_start": format_date(env, dates["date_start"]),
            "date_end": fields.Date.to_string(dates["date_end"]),
            "contract_number": subscription.contract_number or "",
        }
    return {
        "id": subscription.id,
        "name": subscription.with_context(its_hide_client=True).display_name,
        "until": until_words(subscription),
        "expiring": to_renew,
        "offer": offer,
    }


def renew(call, given):
    """Renew a subscription of the client who is talked to.

    :param given: ``subscription_id``, ``date_end`` and ``contract_number``
    :return: the new subscription, and a sentence
    """
    subscription = _of_call(call, given)
    end = _date(subscription, given.get("date_end"))
    following = subscription._do_renew()
    values = {"contract_number": given.get("contract_number") or False}
    if end:
        values["date_end"] = end
    following.write(values)
    return following, call.env._(
        "%(name)s is renewed until %(day)s.",
        name=subscription.with_context(its_hide_client=True).display_name,
        day=format_date(call.env, following.date_end),
    )


def decline(call, given):
    """Note that a client does not renew, and why: the subscription ends as it would, and
    nobody asks again.

    :param given: ``subscription_id``, ``reason_id`` and ``note``
    :return: the subscription, and a sentence
    """
    subscription = _of_call(call, given)
    reason = call.env["its.cancellation.reason"].sudo()
    reason = reason.browse(given.get("reason_id") or ()).exists()
    if not reason:
        raise UserError(call.env._("Choose why the client does not renew."))
    today = call._its_company()._its_today()
    subscription.write(
        {
            "date_cancelled": max(subscription.date_end or today, today),
            "cancellation_reason_id": reason.id,
            "cancellation_note": given.get("note") or False,
        }
    )
    return subscription, call.env._(
        "%(name)s is not renewed: %(reason)s.",
        name=subscription.with_context(its_hide_client=True).display_name,
        reason=reason.name,
    )


def _of_call(call, given):
    """The subscription that is spoken of, with the rights of who speaks.

    :raises UserError: where it is not the client's
    :raises AccessError: where it is not theirs to renew
    """
    env = call.env
    subscription = env["its.subscription"].browse(given.get("subscription_id") or ())
    subscription = subscription.with_user(env.user).sudo(False).exists()
    if not subscription or subscription.sudo().partner_id != call.its_client_id:
        raise UserError(env._("The page is out of date. Reload it, please."))
    if not subscription.has_access("write"):
        raise AccessError(
            env._("Subscriptions are renewed by the client manager. Ask them.")
        )
    return subscription


def _date(subscription, text):
    try:
        return fields.Date.to_date(text)
    except ValueError:
        raise UserError(
            subscription.env._("Enter the day until which the contract is renewed.")
        ) from None
