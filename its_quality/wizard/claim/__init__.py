"""Moving a claim with a reason, saying who an unknown sender is; what merging cards, sharing and
uninstalling mean for claims."""

from . import (
    base_module_uninstall,
    base_partner_merge_claims,
    its_claim_move,
    its_claim_sender,
    its_claim_wait,
    portal_share,
)
