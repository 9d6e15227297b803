"""Merging cards, and renewing or cancelling a subscription."""

from . import (
    base_partner_merge,
    its_subscription_cancel,
    its_subscription_merge,
    its_subscription_renew,
)
