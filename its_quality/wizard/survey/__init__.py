"""Sending a questionnaire to clients."""

from . import its_survey_send
