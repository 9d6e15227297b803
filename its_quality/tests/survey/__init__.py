"""Tests of questionnaires."""

from . import (
    test_survey_bank,
    test_survey_fill,
    test_survey_link,
    test_survey_low,
    test_survey_results,
    test_survey_rights,
    test_survey_score,
    test_survey_sending,
    test_survey_version,
)
