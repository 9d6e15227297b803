"""./its test: every test there is, and one line of counts at the end.

===============  ============================================================
runner           which parts are run, and the closing line
counts           passed, failed, skipped
odoo_log         what a log of Odoo's test runner says
expected_log     the warnings that are no fault of ours, each with its reason
odoo_tests       its_quality/tests on fresh databases, with and without demo data
odoo_linters     the checks that Odoo's own source has to pass, on our addon
python_tests     tests/ by pytest
core_tests       the tests of those modules of Odoo that we stand on
core_failures    those of them that fail without the addon, too, each with its reason
neighbour_tests  the addon beside those of others, installed after and before them
days             the tests tagged `days`, on days that are apt to go wrong
record           what of `./its test --all` has passed for the source as it is
===============  ============================================================
"""
