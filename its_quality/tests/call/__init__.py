"""Tests of calls: cadences, the desk, interactions."""

from . import (
    test_asked_once,
    test_cadence_services,
    test_call_absence,
    test_call_oddities,
    test_call_subject,
    test_calls_apart,
    test_calls_come_back,
    test_calls_due,
    test_calls_unanswered,
    test_clients_since,
    test_desk_talks,
    test_its_cadence,
    test_its_call_desk,
    test_its_call_survey,
    test_its_interaction,
    test_link_is_a_contact,
    test_merging_cards,
    test_nights,
    test_security_calls,
    test_year_of_calls,
)
