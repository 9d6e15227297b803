from . import (
    base_partner_merge,
    base_partner_merge_claims,
    its_claim_move,
    its_connect_secret,
    its_report_print,
    its_subscription_cancel,
    mail_compose_message,
    portal_share,
)
