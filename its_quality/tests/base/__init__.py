"""Tests of what all else stands on."""

from . import (
    test_absence,
    test_its_secrets,
    test_locks,
    test_own_days,
    test_security_log,
    test_working_days,
)
