"""Tests of cards and subscriptions."""

from . import (
    test_cancelling,
    test_continuation,
    test_its_subscription,
    test_its_subscription_renewal,
    test_its_subscription_states,
    test_other_apps,
    test_renewal_rule,
    test_retention,
    test_security_client_manager,
)
