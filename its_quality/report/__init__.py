from . import ir_rule, its_report, its_report_sheet  # isort: skip
from . import (
    its_claim_movement_report,
    its_claim_movement_sheet,
    its_claim_report,
    its_claim_responsible_sheet,
    its_claim_result_sheet,
    its_consent_sheet,
    its_contact_report,
    its_contact_sheet,
    its_interaction_report,
    its_interaction_sheet,
    its_manager_report,
    its_manager_sheet,
    its_renewal_report,
    its_renewal_sheet,
    its_report_print,
    its_survey_report,
    its_survey_results,
    its_survey_sheet,
)

from . import its_dashboard  # isort: skip
from . import its_claim_control  # isort: skip
from . import digest_digest, its_contact_report_kept, its_dashboard_charts  # isort: skip
from . import its_dashboard_figures  # isort: skip
