"""Installing the addon into a database that has been in use, and uninstalling it."""

from __future__ import annotations

import time

from ...paths import ADDON_NAME
from ...templates import PLAIN
from .. import filling, filling_reports
from ..case import Case, Limit, Part

PEOPLE = 100_000
CALLS = """
    INSERT INTO mail_activity (
        res_model, res_model_id, res_id, activity_type_id, user_id, date_deadline,
        its_cadence_id, its_client_id, active, create_uid, write_uid,
        create_date, write_date
    )
    SELECT 'res.partner', %(model)s, id, %(type)s, user_id, CURRENT_DATE, %(cadence)s, id,
           true, 1, 1, now(), now()
      FROM res_partner WHERE its_client
"""


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
               true, 0, 'en_US', '+7 912 ' || to_char(number, 'FM0000000'),
               number || '@example.com',
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


def out_of_empty(env):
    """Uninstall from a database without clients."""
    return {"empty": _uninstall(env)}


def out_of_full(env, known):
    """Uninstall from a database with many clients, an interaction and a planned call with
    each; the difference is our figure."""
    managers = filling.users(env, "client_manager", 10)
    filling.clients(env, PEOPLE, managers.ids)
    filling_reports.interactions(env, PEOPLE, first=False)
    env.cr.execute(
        CALLS,
        {
            "model": env["ir.model"]._get_id("res.partner"),
            "type": env.ref("mail.mail_activity_data_call").id,
            "cadence": env["its.cadence"].search([], limit=1).id,
        },
    )
    assert env.cr.rowcount == PEOPLE
    filling.analyze(env)
    seconds = _uninstall(env)
    env.cr.execute("SELECT count(*) FROM res_partner WHERE name LIKE 'ООО Клиент %'")
    assert env.cr.fetchall() == [(PEOPLE,)]
    env.cr.execute("SELECT count(*) FROM mail_activity")
    assert env.cr.fetchall() == [(0,)]
    return {"ours": seconds - known["empty"], "rows": PEOPLE}


def _uninstall(env):
    """Uninstall the addon as the dialog does; return the seconds it took."""
    module = env["ir.module.module"].search([("name", "=", ADDON_NAME)])
    wizard = env["base.module.uninstall"].create({"module_ids": module.ids})
    env.cr.commit()
    start = time.perf_counter()
    wizard.action_uninstall()
    seconds = time.perf_counter() - start
    env.cr.rollback()
    env.cr.execute("SELECT state FROM ir_module_module WHERE id = %s", [module.id])
    assert env.cr.fetchall() == [("uninstalled",)]
    return seconds


CASES = (
    Case(
        "install.100k",
        "seconds that 100 000 partners add to installing the addon",
        "s",
        (Part(into_empty, PLAIN), Part(into_full, PLAIN)),
        required=(Limit("ours", at_most=10),),
    ),
    Case(
        "uninstall.100k",
        "seconds that 100 000 clients add to uninstalling the addon",
        "s",
        (Part(out_of_empty), Part(out_of_full)),
        required=(Limit("ours", at_most=10),),
    ),
)
