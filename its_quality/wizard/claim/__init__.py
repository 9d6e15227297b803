"""Moving a claim with a reason; what merging cards and sharing mean for claims."""

from . import base_partner_merge_claims, its_claim_move, portal_share
