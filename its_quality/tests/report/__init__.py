"""Tests of the reports."""

from . import (
    test_dashboard_certainty,
    test_dashboard_team,
    test_figures_days,
    test_its_claim_control,
    test_its_dashboard,
    test_its_dashboard_tours,
    test_its_digest,
    test_its_manager_report,
    test_its_renewals,
    test_its_reports,
    test_its_reports_figures,
    test_its_reports_tours,
    test_its_reports_unknown,
    test_recount,
    test_recount_paper,
    test_report_print,
)
