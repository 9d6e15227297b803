from . import (
    base_partner_merge,
    its_claim_move,
    its_connect_secret,
    its_subscription_cancel,
)
