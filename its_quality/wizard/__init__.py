from . import (
    base_partner_merge,
    its_claim_move,
    its_connect_secret,
    its_report_print,
    its_subscription_cancel,
    mail_compose_message,
)
