"""Odoo runs what is an attribute here, so each room is named with all its tests."""

# isort: off
from . import (
    test_days,
    test_demo,
    test_entrances,
    test_export_texts,
    test_kept_fields,
    test_overrides,
    test_patterns,
    test_public_pages,
    test_roles,
    test_security_companies,
    test_security_employee,
    test_security_roles,
    test_translations,
)
from .base import (
    test_its_secrets,
    test_security_log,
    test_security_names,
    test_security_words,
    test_texts,
)
from .client import (
    test_its_subscription,
    test_its_subscription_renewal,
    test_its_subscription_states,
    test_merging_cards,
    test_security_client_manager,
)
from .survey import (
    test_survey_bank,
    test_survey_fill,
    test_survey_link,
    test_survey_low,
    test_survey_results,
    test_survey_rights,
    test_survey_score,
    test_survey_version,
)
from .call import (
    test_call_oddities,
    test_its_cadence,
    test_its_call_desk,
    test_its_call_survey,
    test_its_interaction,
    test_security_activity,
    test_security_calls,
    test_year_of_calls,
)
from .claim import (
    test_claim_form,
    test_claim_link,
    test_claim_portal,
    test_claim_portal_thread,
    test_claim_worked,
    test_its_claim,
    test_its_claim_asker,
    test_its_claim_bus,
    test_its_claim_digest,
    test_its_claim_email,
    test_its_claim_email_doubts,
    test_its_claim_mails,
    test_its_claim_proof,
    test_its_claim_read,
    test_its_claim_satisfaction,
    test_its_claim_sources,
    test_its_claim_tours,
    test_its_claim_walks,
    test_its_claim_watch,
    test_its_claim_word,
    test_its_letter_gateway,
    test_portal_limits,
    test_security_claims,
)
from .connect import test_its_connect
from .onec import (
    test_its_import,
    test_its_import_create,
    test_its_import_exchange,
    test_its_import_identity,
    test_its_import_tours,
    test_its_onec_connection,
    test_its_onec_contracts,
    test_its_onec_schedule,
    test_its_onec_sync,
    test_its_onec_tours,
    test_its_onec_users,
    test_its_user_import,
    test_its_user_import_confirm,
    test_its_user_import_security,
    test_its_user_import_tours,
)
from .report import (
    test_its_dashboard,
    test_its_dashboard_tours,
    test_its_digest,
    test_its_reports,
    test_its_reports_figures,
    test_its_reports_tours,
    test_report_print,
)
