"""Tests of what comes over from 1C."""

from . import (
    test_its_import,
    test_its_import_as_odoo,
    test_its_import_claims,
    test_its_import_create,
    test_its_import_exchange,
    test_its_import_history,
    test_its_import_identity,
    test_its_import_tours,
    test_its_import_wrong_inn,
    test_its_onec_connection,
    test_its_onec_contracts,
    test_its_onec_oddities,
    test_its_onec_schedule,
    test_its_onec_sync,
    test_its_onec_tours,
    test_its_onec_users,
    test_its_user_import,
    test_its_user_import_confirm,
    test_its_user_import_security,
    test_its_user_import_tours,
)
