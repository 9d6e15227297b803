"""Merging cards, renewing or cancelling a subscription, and what is asked about personal
data."""

from . import (
    base_partner_merge,
    its_personal_data,
    its_subscription_cancel,
    its_subscription_merge,
    its_subscription_renew,
)
