from . import ir_rule, its_report  # isort: skip
from . import (
    its_claim_movement_report,
    its_claim_report,
    its_contact_report,
    its_interaction_report,
    its_survey_report,
)

from . import its_dashboard  # isort: skip
from . import digest_digest, its_cadence_kept, its_dashboard_charts  # isort: skip
from . import its_dashboard_figures  # isort: skip
