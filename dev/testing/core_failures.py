"""The tests of Odoo that fail, each with its reason: without the addon, too, or by what
the addon does on purpose.

The name is that of the log. A test that does not fail any more is reported by
./its test --only core: strike it out.
"""

from __future__ import annotations

FAIL_WITHOUT_US: dict[str, str] = {
    "odoo.addons.auth_signup.tests.test_auth_signup.TestAuthSignupFlow"
    ".test_confirmation_mail_free_signup": (
        "Odoo runs it before portal is loaded, which leads whoever has signed up to /my."
    ),
    "odoo.addons.test_access_rights.tests.test_access_monetary_related"
    ".TestMonetaryAccess.test_monetary_access_create": (
        "It pins what base alone has in its cache; with mail installed there is more."
    ),
}
# From this version of PostgreSQL on.
POSTGRESQL = 18
FAIL_ON_POSTGRESQL: dict[str, str] = {
    "odoo.addons.test_mail.tests.test_mail_alias.TestAliasCompany"
    ".test_alias_domain_setup": (
        "It waits for ForeignKeyViolation; PostgreSQL 18 says RestrictViolation."
    ),
}
FAIL_WITH_US: dict[str, str] = {
    "odoo.addons.test_mail.tests.test_mail_gateway.TestMailgateway"
    ".test_message_process_file_encoding_ascii": (
        "An attached text that is not in the encoding it says is kept byte by byte; the "
        "test pins that Odoo replaces what is not ASCII, which would spoil Russian texts."
    ),
}
