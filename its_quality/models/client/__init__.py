"""The client: the card with the numbers of 1C, who may see and change it, and what he
subscribes to.

Stands on the base."""

from . import (
    continuation,
    ir_model_data,
    ir_rule,
    its_cancellation_reason,
    its_service,
    its_subscription,
    its_subscription_chain,
    its_team,
    renewal,
    res_company,
    res_config_settings,
    res_groups,
    res_partner,
    res_partner_manager,
    res_partner_rights,
    retention,
    then,
)
