"""A firm that runs Odoo installs the addon, works with it, and uninstalls it: its Odoo is
then what it was, and nothing in the log gives cause to worry."""

from __future__ import annotations

import json
import os
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

import database_picture
import pytest
from odoo_server import OdooServer, connect
from odoo_shell import Shell
from tier import count

from dev import odoo_process, postgres, templates
from dev.testing import neighbour_tests

# Clients whom nobody has looked at: the thorough tier looks at as many as a big firm has.
OTHERS = count(300, 100_000)
# A firm with a client, a to-do, a survey of its own, favourites, a name for the ИНН.
BEFORE = """
env.cr.execute("UPDATE ir_module_module SET demo = true")
env.ref("base.ru").vat_label = "Tax number"
firm = env["res.partner"].create({
    "name": "ООО «Давний»", "is_company": True, "phone": "+7 8332 12-34-56",
    "country_id": env.ref("base.ru").id,
})
firm.user_id = env["res.users"].with_context(no_reset_password=True).create({
    "name": "Давно", "login": "before", "password": "before",
    "group_ids": [(6, 0, env.ref("base.group_user").ids)],
})
firm.activity_schedule("mail.mail_activity_data_call", summary="Перезвонить")
firm.activity_schedule("mail.mail_activity_data_todo", summary="Отправить счёт")
firm.message_post(body="Просили скидку")
survey = env["survey.survey"].create({
    "title": "Своя", "question_and_page_ids": [(0, 0, {
        "title": "Как вы о нас узнали?", "question_type": "text_box",
    })],
})
survey._create_answer(partner=firm)._save_lines(survey.question_ids, "От соседей")
env["ir.filters"].create({
    "name": "Кировские", "model_id": "res.partner", "domain": "[('city', '=', 'Киров')]",
})
env["ir.exports"].create({
    "name": "Телефоны", "resource": "res.partner",
    "export_fields": [(0, 0, {"name": "name"}), (0, 0, {"name": "phone"})],
})
env.cr.execute('''
    INSERT INTO res_partner (name, complete_name, active, type, is_company, color, vat)
    SELECT 'ООО «' || number || '»', 'ООО «' || number || '»', true, 'contact', true, 0,
           (4300000000 + number)::text
      FROM generate_series(1, OTHERS) AS number
''')
env.cr.execute("UPDATE res_partner SET commercial_partner_id = id WHERE vat IS NOT NULL")
env.cr.commit()
""".replace("OTHERS", str(OTHERS))
# With the demo data, whose records come of files, and what people have made themselves.
LIFE = """
module = env["ir.module.module"].search([("name", "=", "its_quality")])
module.button_immediate_install()
assert env["its.claim"].search_count([]) > 10
assert env.ref("base.ru").vat_label == "ИНН"

group = env.ref("its_quality.group_client_manager")
quiet = {"no_reset_password": True}
anna = env["res.users"].with_context(**quiet).create({
    "name": "Анна", "login": "anna", "password": "anna",
    "action_id": env.ref("its_quality.its_call_desk_action").id,
    "group_ids": [(6, 0, group.ids)],
})
boris = anna.copy({"name": "Борис", "login": "boris", "active": False})
former = env["res.users"].search([("login", "=", "before")])
former.write({"group_ids": [(4, group.id)]})
firm = env["res.partner"].search([("name", "=", "ООО «Давний»")])
firm.write({"its_client": True, "its_call_consent": "granted"})
env.cr.execute("UPDATE res_partner SET its_client = true WHERE vat IS NOT NULL")
env.invalidate_all()
contract = env["its.service"].search([("kind", "=", "contract")], limit=1)
contract.name = "Наш договор"
team = env["its.team"].create({
    "name": "Новое направление", "head_id": anna.id, "alias_name": "novoe",
})
env.company.its_claim_alias = "pretenzii"
env["its.subscription"].create({
    "partner_id": firm.id, "service_id": contract.id, "date_start": "2026-01-01",
})
cadence = env["its.cadence"].create({"name": "Каждую неделю", "interval_unit": "week"})
assert cadence._plan()
assert env["mail.activity"].search_count([("its_cadence_id", "=", cadence.id)])
env["mail.activity"].search([
    ("res_model", "=", "res.partner"), ("res_id", "=", firm.id), ("its_cadence_id", "=", cadence.id),
]).action_feedback(feedback="Дозвонились")
ready = env.ref("its_quality.survey_its_quarterly")
ours = ready.copy({"title": "Наша анкета"})
ours.action_its_publish()
response = env["survey.user_input"].create({
    "survey_id": ours.id, "its_client_id": firm.id, "partner_id": firm.id,
})
for record in (ours, response):
    record.message_post(body="Слово")
    env["ir.attachment"].create({
        "name": "file.txt", "raw": record._name.encode(),
        "res_model": record._name, "res_id": record.id,
    })
claim = env["its.claim"].create({
    "subject": "Не работает", "partner_id": firm.id, "team_id": team.id,
})
claim.message_post(body="Где ответ?", attachments=[("letter.txt", b"letter")])
env["mail.scheduled.message"].create({
    "model": "its.claim", "res_id": claim.id, "author_id": env.user.partner_id.id,
    "scheduled_date": "2099-01-01", "body": "Потом",
})
env["ir.filters"].create([
    {"name": "Наши", "model_id": "res.partner", "is_default": True,
     "domain": "[('its_client', '=', True)]"},
    {"name": "По менеджерам", "model_id": "res.users",
     "domain": "[]", "context": "{'group_by': ['partner_id.its_client']}"},
    {"name": "Срочные", "model_id": "its.claim", "domain": "[('priority', '=', '3')]"},
])
env["ir.exports"].create({"name": "Рекламации", "resource": "its.claim",
    "export_fields": [(0, 0, {"name": "name"})]})
env["ir.exports"].search([("name", "=", "Телефоны")]).export_fields = [
    (0, 0, {"name": "its_kpp"}),
]
env["ir.sequence"].create({"name": "Вторая", "code": "its.claim"})
env["ir.config_parameter"].set_param("its_quality.something", "1")
env["its.import"].create({"source_id": env["its.import.source"].search([], limit=1).id})
env.cr.commit()
"""
END = """
import time
began = time.monotonic()
module = env["ir.module.module"].search([("name", "=", "its_quality")])
wizard = env["base.module.uninstall"].create({"module_ids": module.ids})
wizard.action_uninstall()
assert module.state == "uninstalled", module.state
print("seconds:", round(time.monotonic() - began, 1))
env.cr.commit()
"""
AGAIN = """
env.cr.execute("UPDATE ir_module_module SET demo = false")
module = env["ir.module.module"].search([("name", "=", "its_quality")])
module.button_immediate_install()
assert module.state == "installed", module.state
env.cr.execute("UPDATE ir_module_module SET demo = true")
env.cr.commit()
"""
# What comes and goes in any Odoo.
PASSING = re.compile(
    r"bus_bus|orm_signaling_\w+|ir_cron_trigger|base_module_uninstall\w*"
)
# The demo data give the company a name, an address and a time zone.
DEMO = {("res_company", 1), ("res_partner", 1), ("resource_calendar", 1)}
OURS = re.compile(r"its_quality|\bits[._][a-z]")
# What two new users bring in any Odoo.
PEOPLE = {
    "digest_digest_res_users_rel": 2,
    "discuss_channel_member": 1,
    "ir_attachment": 10,
    "mail_message": 2,
    "res_company_users_rel": 2,
    "res_groups_users_rel": 2,
    "res_partner": 2,
    "res_users": 2,
    "res_users_settings": 2,
}


def is_expected(table: str, row: str) -> bool:
    """Tell whether a row may differ whatever the addon does."""
    return bool(PASSING.fullmatch(table) or (table, json.loads(row).get("id")) in DEMO)


@dataclass
class Pictures:
    """What was there before the addon came, and after it has gone."""

    schema: tuple[set[str], set[str]]
    rows: tuple[Counter, Counter]
    server: OdooServer


def picture_of(database: str) -> tuple[set[str], Counter]:
    """Return the schema and the rows of a database."""
    connection = connect(database)
    try:
        return database_picture.schema(connection), database_picture.rows(connection)
    finally:
        connection.close()


@pytest.fixture(scope="module")
def pictures() -> Iterator[Pictures]:
    server = OdooServer("uninstall", template=templates.PLAIN)
    try:
        Shell(server, BEFORE).end()
        before = picture_of(server.database)
        Shell(server, LIFE + END).end()
        after = picture_of(server.database)
        yield Pictures(*zip(before, after, strict=True), server)
    finally:
        server.remove()


def test_schema_is_what_it_was(pictures):
    before, after = pictures.schema
    assert sorted(after - before) == []
    assert sorted(before - after) == []


def test_data_of_odoo_are_what_they_were(pictures):
    before, after = pictures.rows
    gone = [row for row in (before - after) if not is_expected(*row)]
    assert gone == []


def test_nothing_is_left(pictures):
    """But the two people who came in the meantime."""
    before, after = pictures.rows
    added = [row for row in (after - before).elements() if not is_expected(*row)]
    assert [row for row in added if OURS.search(row[1])] == []
    found = Counter(table for table, _row in added)
    assert found == PEOPLE, [row for row in added if row[0] not in PEOPLE]


@pytest.mark.parametrize("login", ["anna", "before", "boris"])
def test_people_remain_employees(pictures, login):
    """Also who had no group but ours, active or not."""
    groups = pictures.server.query(
        f"""
        SELECT data.module || '.' || data.name FROM res_groups_users_rel rel
          JOIN res_users u ON u.id = rel.uid AND NOT u.share
          LEFT JOIN ir_model_data data
            ON data.model = 'res.groups' AND data.res_id = rel.gid
         WHERE u.login = '{login}'
        """
    )
    assert groups == ["base.group_user"]


@pytest.fixture(scope="module")
def again(pictures) -> OdooServer:
    """The same database, with the addon installed once more."""
    Shell(pictures.server, AGAIN).end()
    return pictures.server


def _copy_of(kind: str) -> Iterator[str]:
    """Nobody may look into a template while others copy it."""
    odoo = odoo_process.prepare(fast=True)
    name = f"its_test_only{kind}_{os.getpid()}"
    with templates.copy_of(odoo, kind, name):
        yield name


@pytest.fixture(scope="module")
def plain() -> Iterator[str]:
    """A database to which the addon has never come."""
    yield from _copy_of(templates.PLAIN)


@pytest.fixture(scope="module")
def installed() -> Iterator[str]:
    """A database to which the addon has come once."""
    yield from _copy_of(templates.WITH_ADDON)


def test_installed_again_it_is_as_installed_for_the_first_time(again, installed):
    server = odoo_process.prepare(fast=True).server
    for title, sql in {**neighbour_tests.SCHEMA, **neighbour_tests.DATA}.items():
        first, second = (
            Counter(postgres.query(server, sql, database=name))
            for name in (installed, again.database)
        )
        assert first, title
        assert sorted((second - first).elements()) == [], title
        assert sorted((first - second).elements()) == [], title


def test_installed_again_it_changes_what_it_changed_at_first(
    again, pictures, plain, installed
):
    """Of the data of Odoo, and nothing else."""
    _schema, now = picture_of(again.database)
    (_schema, before), (_schema, first) = map(picture_of, (plain, installed))
    at_first = changes(before, first)
    assert at_first
    assert sorted(changes(pictures.rows[1], now) - at_first) == []


def changes(before: Counter, after: Counter) -> set[tuple[str, str]]:
    """Return the table and the id of each row that is not what it was; columns that have
    been added are no change."""
    columns = {table: json.loads(row).keys() for table, row in before}
    remaining = Counter()
    for (table, text), number in after.items():
        row = json.loads(text)
        known = {name: row[name] for name in columns.get(table, ()) if name in row}
        text = json.dumps(known, ensure_ascii=False, sort_keys=True)
        remaining[table, text] += number
    return {
        (table, str(json.loads(row).get("id", row)))
        for table, row in before - remaining
        if not is_expected(table, row)
    }
