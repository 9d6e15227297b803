"""Run inside `odoo shell`: build the web client's bundles, which copies of the database
then have from the beginning."""
# ruff: noqa: F821 - env is what the shell gives

env["ir.qweb"]._pregenerate_assets_bundles()
env.cr.commit()
