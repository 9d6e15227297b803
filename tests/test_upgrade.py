"""Each released version can be upgraded: what comes of it is a fresh installation, with
the data and the edits of its users."""

from __future__ import annotations

import os
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from dev import databases, odoo_process, postgres, snapshots, templates
from dev.paths import ADDON, ADDON_NAME
from dev.testing import neighbour_tests

SNAPSHOTS = sorted((Path(__file__).parent / "upgrades").glob("*.json.gz"))
# Before the first release the present state stands for it.
EARLIER = "19.0.0.9.0"
OURS = neighbour_tests.OUR_DATA
# What users have edited in dev/scripts/snapshot_life.py.
TEMPLATE, CRON = "mail_template_claim_registered", "ir_cron_watch_claims"
# Records of the demo: the snapshots of released versions have them, an installation has not.
DEMO = {
    name
    for path in (ADDON / "demo").rglob("*.xml")
    for name in re.findall(r'<record\s[^>]*?\bid="(\w+)"', path.read_text("utf-8"))
}
CASTS = re.compile(r"::(?:character varying|text)(?:\[\])?|[()]")
MORE = {
    "scheduled actions": f"""
        SELECT concat_ws(' ', ours.name, cron.active, cron.interval_number,
                         cron.interval_type, action.code, action.state)
          FROM ({OURS}) AS ours
          JOIN ir_cron AS cron ON cron.id = ours.res_id
          JOIN ir_act_server AS action ON action.id = cron.ir_actions_server_id
         WHERE ours.model = 'ir.cron' AND ours.name <> '{CRON}'
    """,
    "templates": f"""
        SELECT concat_ws(' ', ours.name, template.subject ->> 'en_US',
                         md5(template.body_html ->> 'en_US'), template.email_from)
          FROM ({OURS}) AS ours
          JOIN mail_template AS template ON template.id = ours.res_id
         WHERE ours.model = 'mail.template' AND ours.name <> '{TEMPLATE}'
    """,
    "fields": f"""
        SELECT concat_ws(' ', field.model, field.name, field.ttype, field.relation,
                         field.store, field.required)
          FROM ({OURS}) AS ours
          JOIN ir_model_fields AS field ON field.id = ours.res_id
         WHERE ours.model = 'ir.model.fields'
    """,
    "roles of rules": f"""
        SELECT concat_ws(' ', ours.name, role.name ->> 'en_US')
          FROM ({OURS}) AS ours
          JOIN rule_group_rel AS relation ON relation.rule_group_id = ours.res_id
          JOIN res_groups AS role ON role.id = relation.group_id
         WHERE ours.model = 'ir.rule'
    """,
}
# What there is of people's own: it stays as much as it was.
COUNTS = (
    "res_partner WHERE its_client",
    "its_interaction",
    "its_subscription",
    "its_claim",
    "its_claim_movement",
    "its_consent",
    "its_phone_number",
    "mail_activity WHERE its_client_id IS NOT NULL",
    "survey_user_input",
)


class Upgraded:
    """A database of a former version, before and after its upgrade.

    :ivar name: the database
    :ivar log: of the upgrade
    """

    def __init__(self, odoo, name: str, snapshot: bytes) -> None:
        self._odoo, self.name = odoo, name
        templates.copy(odoo, templates.PLAIN, name)
        with snapshots.connected(odoo, name) as connection:
            version = snapshots.load(connection, snapshot)
        if not SNAPSHOTS:
            version = EARLIER
        self.query(
            f"UPDATE ir_module_module SET latest_version = '{version}'"
            f" WHERE name = '{ADDON_NAME}' RETURNING id"
        )
        self.before = self.counts()
        arguments = ["-d", name, "-u", ADDON_NAME, "--stop-after-init", "--no-http"]
        log = odoo_process.run_logged(odoo, f"Upgrading {version}", name, arguments)
        self.log = log.read_text(encoding="utf-8", errors="replace")

    def query(self, sql: str) -> list[str]:
        return postgres.query(self._odoo.server, sql, database=self.name)

    def counts(self) -> dict[str, str]:
        """Of what there is: a former version has no tables of later rooms."""
        [there] = self.query("SELECT string_agg(relname, ' ') FROM pg_class")
        known = [part for part in COUNTS if part.split()[0] in there.split()]
        return {part: self.query(f"SELECT count(*) FROM {part}")[0] for part in known}


@pytest.fixture(scope="module", params=SNAPSHOTS or [None], ids=lambda path: str(path))
def upgraded(request) -> Iterator[Upgraded]:
    odoo = odoo_process.prepare(fast=True)
    path = request.param
    content = path.read_bytes() if path else snapshots.take(odoo, demo=False)[1]
    assert len(content) <= snapshots.MOST_BYTES
    name = f"its_test_upgraded_{os.getpid()}"
    try:
        yield Upgraded(odoo, name, content)
    finally:
        databases.drop(odoo, name)


@pytest.fixture(scope="module")
def fresh() -> Iterator[str]:
    odoo = odoo_process.prepare(fast=True)
    name = f"its_test_fresh_{os.getpid()}"
    with templates.copy_of(odoo, templates.WITH_ADDON, name):
        yield name


def demo_of(row: str) -> str:
    """The name by which a demo file knows a record; a user's card is named after them."""
    return row.split()[-1].removesuffix("_res_partner")


def worded(row: str) -> str:
    """The definition of an index, which PostgreSQL words otherwise once it has read its
    own words: with other brackets and casts."""
    return CASTS.sub("", row) if row.startswith("CREATE ") else row


def test_it_is_a_fresh_installation(upgraded, fresh):
    server = odoo_process.prepare(fast=True).server
    found = {}
    for title, sql in {
        **neighbour_tests.SCHEMA,
        **neighbour_tests.DATA,
        **MORE,
    }.items():
        first, second = (
            Counter(map(worded, postgres.query(server, sql, database=name)))
            for name in (fresh, upgraded.name)
        )
        assert first, title
        more, less = second - first, first - second
        if title == "names":
            more = Counter(row for row in more if demo_of(row) not in DEMO)
        if more or less:
            found[title] = sorted(more.elements()), sorted(less.elements())
    assert found == {}


def test_data_of_people_stay(upgraded):
    after = upgraded.counts()
    assert {part: after[part] for part in upgraded.before} == upgraded.before
    assert int(upgraded.before["its_claim"]) >= 3
    assert int(upgraded.before["res_partner WHERE its_client"]) >= 10


def test_numbers_of_clients_are_known(upgraded):
    """Whoever was there before the telephone is recognized when they call."""
    unknown = """
        SELECT name FROM res_partner AS card
         WHERE its_client AND phone ~ '^[-+0-9() ]+$' AND NOT EXISTS (
               SELECT FROM its_phone_number AS number
                WHERE number.partner_id = card.id
                  AND number.key = right(regexp_replace(card.phone, '\\D', '', 'g'), 10))
    """
    assert upgraded.query(unknown) == []
    clients = (
        "SELECT count(*) FROM res_partner WHERE its_client AND phone ~ '^[-+0-9() ]+$'"
    )
    assert int(upgraded.query(clients)[0]) >= 10


def test_edits_are_kept_and_told(upgraded):
    edited = upgraded.query(
        f"""
        SELECT subject ->> 'en_US' FROM mail_template
          JOIN ({OURS}) AS ours ON ours.res_id = mail_template.id
         WHERE ours.model = 'mail.template' AND ours.name = '{TEMPLATE}'
        """
    )
    assert edited == ["По-нашему"]
    interval = upgraded.query(
        f"""
        SELECT interval_number FROM ir_cron
          JOIN ({OURS}) AS ours ON ours.res_id = ir_cron.id
         WHERE ours.model = 'ir.cron' AND ours.name = '{CRON}'
        """
    )
    assert interval == ["7"]
    stages = upgraded.query("SELECT name ->> 'en_US' FROM its_claim_stage")
    assert "Свой этап" in stages
    for name in (TEMPLATE, CRON):
        assert f"left as it is: {ADDON_NAME}.{name}" in upgraded.log


def test_nothing_to_worry_about_in_the_log(upgraded):
    bad = [
        line
        for line in upgraded.log.splitlines()
        if " WARNING " in line or " ERROR " in line or " CRITICAL " in line
    ]
    assert bad == []
