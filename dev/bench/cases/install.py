"""Installing the addon into a database that has been in use."""

from __future__ import annotations

import time

from ...paths import ADDON_NAME
from ..case import PLAIN, Case, Limit, Part

PEOPLE = 100_000


def into_empty(env):
    """Install into a database without partners."""
    return {"empty": _install(env)}


def into_full(env, known):
    """Install into a database with many partners; the difference is our figure."""
    env.cr.execute(
        """
        INSERT INTO res_partner (
            name, complete_name, active, type, is_company, color, lang, phone,
            email, vat, create_uid, write_uid, create_date, write_date
        )
        SELECT 'ООО Клиент ' || number, 'ООО Клиент ' || number, true, 'contact',
               true, 0, 'en_US', '+7 912 ' || number, number || '@example.com',
               (4300000000 + number)::text, 1, 1, now(), now()
          FROM generate_series(1, %s) AS number
        """,
        [PEOPLE],
    )
    env.cr.execute("UPDATE res_partner SET commercial_partner_id = id")
    env.cr.commit()
    env.cr.execute("ANALYZE res_partner")
    env.cr.commit()
    return {"ours": _install(env) - known["empty"], "rows": PEOPLE}


def _install(env):
    """Install the addon as the button does; return the seconds it took."""
    module = env["ir.module.module"].search([("name", "=", ADDON_NAME)])
    if not module:
        env["ir.module.module"].update_list()
        module = env["ir.module.module"].search([("name", "=", ADDON_NAME)])
    env.cr.commit()
    start = time.perf_counter()
    module.button_immediate_install()
    seconds = time.perf_counter() - start
    env.cr.rollback()
    env.cr.execute("SELECT state FROM ir_module_module WHERE id = %s", [module.id])
    assert env.cr.fetchall() == [("installed",)]
    return seconds


CASES = (
    Case(
        "install.100k",
        "seconds that 100 000 partners add to installing the addon",
        "s",
        (Part(into_empty, PLAIN), Part(into_full, PLAIN)),
        required=(Limit("ours", at_most=10),),
    ),
)
