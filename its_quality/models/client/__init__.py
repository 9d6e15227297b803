"""The client: the card with the numbers of 1C, who may see and change it, and what he
subscribes to.

Stands on the base."""

from . import (
    continuation,
    ir_model_data,
    ir_rule,
    its_cancellation_reason,
    its_client_risk,
    its_consent,
    its_personal_request,
    its_service,
    its_settings,
    its_subscription,
    its_subscription_chain,
    its_team,
    listed,
    personal,
    renewal,
    res_company,
    res_groups,
    res_partner,
    res_partner_manager,
    res_partner_rights,
    retention,
    then,
)
