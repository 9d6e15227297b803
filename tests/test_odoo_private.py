"""What we rely on of Odoo's private side is what we have written down of it."""

from __future__ import annotations

import pytest

from dev import odoo_private, odoo_source

PACKAGE = odoo_source.find().package
PAGE = odoo_private.PAGE.read_text(encoding="utf-8")
ROWS = {line for line in PAGE.splitlines() if line.startswith("| `")}
OVERRIDDEN = odoo_private.overridden(PACKAGE)


def test_the_page_is_what_the_source_says():
    assert odoo_private.page(PACKAGE) == PAGE


@pytest.mark.parametrize(
    ("model", "method"), sorted({row[:2] for row in OVERRIDDEN}), ids=str
)
def test_it_has_the_parameters_that_we_know(model, method):
    """One that Odoo renames is missing here; of one that it changes the row is another."""
    known = [row for row in ROWS if row.startswith(f"| `{model}` | `{method}` |")]
    now = [odoo_private._row(row) for row in OVERRIDDEN if row[:2] == (model, method)]
    assert sorted(known) == sorted(now)


def test_what_is_well_known_is_found():
    """Or the rest would prove nothing."""
    found = {row[:2] for row in OVERRIDDEN}
    assert len(found) > 30
    assert ("base", "_mail_track") in found
    statements = {row[2] for row in odoo_private.written()}
    assert "INSERT INTO mail_activity" in statements
