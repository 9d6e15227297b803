"""Tests of the telephone."""

from . import (
    test_phone_asterisk,
    test_phone_desk,
    test_phone_events,
    test_phone_journal,
    test_phone_missed,
    test_phone_numbers,
    test_phone_providers,
    test_phone_real_asterisk,
    test_phone_recordings,
    test_phone_tours,
)
