"""The tests of Odoo that fail without the addon, too, each with its reason.

The name is that of the log. A test that does not fail without the addon any more is
reported by ./its test --only core: strike it out.
"""

from __future__ import annotations

FAIL_WITHOUT_US: dict[str, str] = {
    "odoo.addons.auth_signup.tests.test_auth_signup.TestAuthSignupFlow"
    ".test_confirmation_mail_free_signup": (
        "Odoo runs it before portal is loaded, which leads whoever has signed up to /my."
    ),
}
