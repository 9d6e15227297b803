from . import ir_rule, its_report  # isort: skip
from . import (
    its_claim_movement_report,
    its_claim_report,
    its_contact_report,
    its_interaction_report,
    its_survey_report,
    its_survey_results,
)
