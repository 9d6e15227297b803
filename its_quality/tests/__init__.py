from . import (
    test_its_cadence,
    test_its_call_desk,
    test_its_import,
    test_its_import_create,
    test_its_import_tours,
    test_its_interaction,
    test_its_subscription,
    test_roles,
    test_security,
    test_translations,
)
