from . import (
    test_its_import,
    test_its_import_create,
    test_its_import_tours,
    test_its_subscription,
    test_its_subscription_renewal,
    test_its_subscription_states,
    test_roles,
    test_security_client_manager,
    test_security_companies,
    test_security_employee,
    test_security_roles,
    test_translations,
)
