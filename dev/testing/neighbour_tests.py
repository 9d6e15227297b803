"""The addon beside those of others, installed after them and before them."""

from __future__ import annotations

from .. import databases, neighbours, postgres
from ..console import say
from ..odoo_process import Odoo
from ..paths import ADDON_NAME
from . import odoo_tests
from .counts import Counts, one

OUR_DATA = f"""
    SELECT id, model, res_id, name FROM ir_model_data WHERE module = '{ADDON_NAME}'
"""
# Of an action that a button names.
ID = """'"[0-9]+"'"""
# What may not depend on what has been installed first: title → a query of one column.
SCHEMA = {
    "columns": """
        SELECT concat_ws(' ', table_name, column_name, data_type, is_nullable)
          FROM information_schema.columns WHERE table_schema = 'public'
    """,
    "constraints": """
        SELECT concat_ws(' ', conrelid::regclass, conname, pg_get_constraintdef(oid))
          FROM pg_constraint WHERE conrelid > 0 AND contype <> 'n'
           -- Odoo declares this one twice, differently; what was loaded last wins.
           AND conname <> 'rule_group_rel_group_id_fkey'
    """,
    "indexes": "SELECT indexdef FROM pg_indexes WHERE schemaname = 'public'",
}
DATA = {
    # A field that an addon gives to all models is noted for ours, too, if ours is last.
    "names": f"""
        SELECT concat_ws(' ', model, name) FROM ({OUR_DATA}) AS ours
         WHERE model <> 'ir.model.fields'
    """,
    "rights": f"""
        SELECT concat_ws(' ', ours.name, perm_read, perm_write, perm_create,
                         perm_unlink, role.name ->> 'en_US')
          FROM ({OUR_DATA}) AS ours
          JOIN ir_model_access AS access ON access.id = ours.res_id
          LEFT JOIN res_groups AS role ON role.id = access.group_id
         WHERE ours.model = 'ir.model.access'
    """,
    "rules": f"""
        SELECT concat_ws(' ', ours.name, rule.active, domain_force)
          FROM ({OUR_DATA}) AS ours JOIN ir_rule AS rule ON rule.id = ours.res_id
         WHERE ours.model = 'ir.rule'
    """,
    "what roles imply": f"""
        SELECT concat_ws(' ', ours.name, implied.module, implied.name)
          FROM ({OUR_DATA}) AS ours
          JOIN res_groups_implied_rel AS relation ON relation.gid = ours.res_id
          JOIN ir_model_data AS implied
            ON implied.model = 'res.groups' AND implied.res_id = relation.hid
         WHERE ours.model = 'res.groups'
    """,
    "views": f"""
        SELECT concat_ws(' ', ours.name, view.active, view.priority, view.mode, base.name,
                         md5(regexp_replace(view.arch_db ->> 'en_US', {ID},
                                            '', 'g')))
          FROM ({OUR_DATA}) AS ours
          JOIN ir_ui_view AS view ON view.id = ours.res_id
          LEFT JOIN ir_ui_view AS base ON base.id = view.inherit_id
         WHERE ours.model = 'ir.ui.view'
    """,
    "menus": f"""
        SELECT concat_ws(' ', ours.name, menu.active, menu.sequence, menu.name ->> 'en_US')
          FROM ({OUR_DATA}) AS ours JOIN ir_ui_menu AS menu ON menu.id = ours.res_id
         WHERE ours.model = 'ir.ui.menu'
    """,
}


def run(odoo: Odoo, *, keep: bool = False) -> Counts:
    """Install the addon beside all of them; beside some, before and after them."""
    odoo_tests.drop_abandoned(odoo)
    odoo = neighbours.finding(odoo, neighbours.ALL)
    names = [odoo_tests.own_name(purpose) for purpose in ("all", "after", "before")]
    everything, after, before = names
    ours, few = [ADDON_NAME], neighbours.FEW
    try:
        databases.create(odoo, everything, demo=True, modules=neighbours.ALL)
        counts = _add(odoo, everything, ours, "beside all of them")
        tags = odoo_tests.NEIGHBOURS
        counts += odoo_tests.run_tags(odoo, everything, f"{tags} beside all", tags)
        databases.create(odoo, after, demo=False, modules=few)
        counts += _add(odoo, after, ours, f"after {', '.join(few)}")
        databases.create(odoo, before, demo=False, modules=ours)
        counts += odoo_tests.add_few(odoo, before)
        return counts + _compare(odoo, after, before)
    finally:
        for name in names if not keep else ():
            databases.drop(odoo, name)


def _add(
    odoo: Odoo, name: str, modules: list[str] | tuple[str, ...], how: str
) -> Counts:
    return odoo_tests.add(odoo, name, f"Installing {', '.join(modules)} {how}", modules)


def _compare(odoo: Odoo, after: str, before: str) -> Counts:
    """Tell what is not the same in both databases, which have the same modules."""
    counts = Counts()
    for title, sql in {**SCHEMA, **DATA}.items():
        of_after, of_before = (
            set(postgres.query(odoo.server, sql, database=name))
            for name in (after, before)
        )
        for line in sorted(of_after - of_before):
            say(f"{title}, only when {ADDON_NAME} is installed last: {line}")
        for line in sorted(of_before - of_after):
            say(f"{title}, only when {ADDON_NAME} is installed first: {line}")
        counts += one(bool(of_after) and of_after == of_before)
    return counts
