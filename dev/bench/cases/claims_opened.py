"""Opening claims when there are many: the list, the kanban, the form.

They are read as the web client does it, by a quality manager without superuser rights.
Claims, with clients, movements and to-dos, are filled in by SQL. A firm works for years,
while what is on its way stays a thousand: what is opened must not become slower by it.
"""

from __future__ import annotations

import statistics
from typing import NamedTuple

from .. import filling, screens
from ..case import Case, Limit, Part
from ..figures import Meter

MODEL = "its.claim"
ACTION = "its_quality.its_claim_action"
FEW, MANY = 10_000, 200_000
RUNS = 15
CLIENTS = 2000
USERS = 20


class Screen(NamedTuple):
    """What is opened: claims as the user, what of them, and which."""

    claims: object
    spec: dict
    domain: list
    ids: list


def a_list(env, few, many):
    """Open the list: all claims, the first page."""
    return _grown(env, few, many, _open_list)


def a_kanban(env, few, many):
    """Open the kanban as the menu does: those not ended, by their stage."""
    return _grown(env, few, many, _open_kanban)


def a_form(env, few, many):
    """Open forms of claims at different stages, one after the other."""
    return _grown(env, few, many, _open_form)


def _open_list(screen, _number):
    found = screen.claims.web_search_read([], screen.spec, limit=80, count_limit=10_001)
    assert len(found["records"]) == 80, len(found["records"])


def _open_kanban(screen, _number):
    found = screen.claims.with_context(read_group_expand=True).web_read_group(
        screen.domain,
        ["stage_id"],
        ["__count"],
        auto_unfold=True,
        unfold_read_specification=screen.spec,
        unfold_read_default_limit=40,
    )
    cards = [len(group.get("__records", ())) for group in found["groups"]]
    assert cards == [40] * 5 + [0] * 2, cards


def _open_form(screen, number):
    claim = screen.claims.browse(screen.ids[number % len(screen.ids)])
    [found] = claim.web_read(screen.spec)
    assert found["movement_ids"], found


KINDS = {_open_list: "list", _open_kanban: "kanban", _open_form: "form"}


def _grown(env, few, many, way):
    """Open with few claims and with many; the queries are the most there were."""
    fill_clients(env)
    fill_claims(env, few, on_their_way=few // 10)
    peer, _queries = _opened(env, way)
    fill_claims(env, many - few)
    ours, queries = _opened(env, way)
    return {"ours": ours, "peer": peer, "queries": queries, "rows": many}


def _opened(env, way):
    """The median of some runs, and the queries of the one with the most.

    A round through all stages comes before: rules and calendars are then remembered, as
    they are on a server that has been running.
    """
    user = env["res.users"].search([("login", "=", "bench0")])
    claims = env(user=user.id, su=False)[MODEL]
    screen = Screen(
        claims,
        screens.specification(claims.env, MODEL, KINDS[way]),
        screens.domain(claims.env, ACTION),
        [
            claims.search([("stage_id", "=", stage.id)], limit=1, order="id desc").id
            for stage in claims.env["its.claim.stage"].search([])
        ],
    )
    times, queries = [], 0
    warm_up = len(screen.ids)
    for number in range(warm_up + RUNS):
        env.cr.commit()
        env.invalidate_all()
        meter = Meter(env.cr)
        with meter:
            way(screen, number)
        if number >= warm_up:
            times.append(meter.seconds)
            queries = max(queries, meter.queries)
    return statistics.median(times), queries


# -----------------------------------------------------------------------------
# Filling
# -----------------------------------------------------------------------------


def fill_clients(env, count=CLIENTS):
    """Make users, a team, and clients, each with a contact person."""
    users = filling.users(env, "quality_manager", USERS, others="client_manager")
    env["its.team"].create(
        {"name": "Линия консультаций", "head_id": users[1].id, "member_ids": users.ids}
    )
    filling.clients(env, count)
    env.cr.execute(
        """
        INSERT INTO res_partner (
            name, complete_name, active, type, is_company, color, parent_id,
            commercial_partner_id, create_uid, write_uid, create_date, write_date
        )
        SELECT 'Бухгалтер', name || ', Бухгалтер', true, 'contact', false, 0, id, id,
               1, 1, now(), now()
          FROM res_partner WHERE its_client
        """
    )
    env.cr.commit()


class Batch(NamedTuple):
    """Whom claims are about, by the places of the clients, and how old they are."""

    first_client: int = 1
    client_span: int = CLIENTS
    from_day: int = 0
    days: int = 700


def fill_claims(env, rows, on_their_way=0, batch=None):
    """Add claims: of ten one is rejected, the others are closed but for these."""
    known = (
        _known(env)
        | {"rows": rows, "open": on_their_way}
        | (batch or Batch())._asdict()
    )
    for statement in (CLAIMS, MOVEMENTS, TODOS):
        env.cr.execute(statement, known)
        env.cr.commit()
        # A foreign key into a table that is taken for tiny is checked by reading it whole.
        env.cr.execute("ANALYZE")
        env.cr.commit()
    env.invalidate_all()


def _known(env):
    """What stands in the SQL besides numbers."""
    stages = env["its.claim.stage"].search([])
    types = ("its_quality.mail_activity_type_claim", "mail.mail_activity_data_call")
    return {
        "states": stages.mapped("state"),
        "stages": stages.ids,
        "users": env["res.users"].search([("login", "like", "bench")], order="id").ids,
        "team": env["its.team"].search([], limit=1, order="id desc").id,
        "services": env["its.service"].search([], limit=20).ids,
        "problems": env["its.claim.problem"].search([]).ids,
        "company": env.company.id,
        "model": env["ir.model"]._get_id(MODEL),
        "todo": env.ref(types[0]).id,
        "call": env.ref(types[1]).id,
    }


# Places of `stages` and `states`, which come in the order of the way; 6 and 7 are the ends.
CLAIMS = """
    INSERT INTO its_claim (
        name, subject, description, priority, channel, company_id, author_id,
        stage_id, state, partner_id, contact_id, service_id,
        team_id, user_id, quality_user_id, next_user_id, problem_id, justified,
        date_deadline, deadline_at, date_registered, date_stage, date_closed,
        satisfaction, rework_count, reopen_count, waited_hours,
        create_uid, write_uid, create_date, write_date
    )
    SELECT 'RC-' || lpad(n::text, 6, '0'), 'Не проводится документ ' || n,
           repeat('Поле объекта не обнаружено. ', 10), (n * 7 %% 100 / 34)::text,
           'phone', %(company)s, (%(users)s)[1], (%(stages)s)[place],
           (%(states)s)[place], client.id, contact.id,
           (%(services)s)[1 + n %% cardinality(%(services)s)],
           CASE WHEN place BETWEEN 2 AND 6 THEN %(team)s END,
           CASE WHEN place BETWEEN 3 AND 6 THEN (%(users)s)[2 + n %% 19] END,
           CASE WHEN place > 1 THEN (%(users)s)[1] END,
           CASE WHEN place < 6 THEN (%(users)s)[1 + n %% 20] END,
           CASE WHEN place BETWEEN 4 AND 6
                THEN (%(problems)s)[1 + n %% cardinality(%(problems)s)] END,
           CASE WHEN place BETWEEN 4 AND 6 THEN 'yes' END,
           CASE WHEN place > 1 THEN current_date - age + 5 END,
           CASE WHEN place > 1 THEN current_date - age + 6 END,
           now() - interval '1 day' * age, now() - interval '1 day' * (age / 2),
           CASE WHEN place > 5 THEN now() - interval '1 day' * (age / 2) END,
           CASE WHEN place = 6 THEN '5' END, 0, 0, 0, 1, 1, now(), now()
      FROM (
            SELECT n, %(from_day)s + n %% %(days)s AS age, CASE
                   WHEN n <= %(open)s THEN 1 + n %% 5
                   WHEN n %% 10 = 1 THEN 7
                   ELSE 6 END AS place
              FROM generate_series(
                    (SELECT count(*)::int + 1 FROM its_claim),
                    (SELECT count(*)::int + %(rows)s FROM its_claim)
              ) AS n
           ) AS numbered
      JOIN (SELECT id, row_number() OVER (ORDER BY id) AS rank
              FROM res_partner WHERE its_client) AS client
        ON client.rank = %(first_client)s + n %% %(client_span)s
      JOIN res_partner AS contact ON contact.parent_id = client.id
"""
MOVEMENTS = """
    INSERT INTO its_claim_movement (
        claim_id, from_stage_id, from_state, to_stage_id, to_state, date, user_id,
        responsible_id, hours, working_hours,
        create_uid, write_uid, create_date, write_date
    )
    SELECT id, (%(stages)s)[former], (%(states)s)[former], (%(stages)s)[place],
           (%(states)s)[place], date_registered + interval '1 hour' * step,
           (%(users)s)[1], user_id, CASE WHEN step > 1 THEN 1 ELSE 0 END, 0,
           1, 1, now(), now()
      FROM (
            SELECT claim.*, step, NULLIF(step - 1, 0) AS former,
                   CASE WHEN state = 'rejected' AND step = 2 THEN 7 ELSE step END
                   AS place
              FROM its_claim AS claim, generate_series(
                    1, CASE state WHEN 'rejected' THEN 2
                       ELSE array_position(%(states)s, state::text) END
                   ) AS step
             WHERE NOT EXISTS (
                    SELECT FROM its_claim_movement WHERE claim_id = claim.id)
           ) AS steps
"""
TODOS = """
    INSERT INTO mail_activity (
        res_model_id, res_model, res_id, activity_type_id, user_id, summary,
        date_deadline, automated, active, its_claim_id, its_client_id, its_purpose,
        create_uid, write_uid, create_date, write_date
    )
    SELECT %(model)s, 'its.claim', id,
           CASE state WHEN 'follow_up' THEN %(call)s ELSE %(todo)s END,
           next_user_id, 'Что сделать', current_date + id %% 7, true, true,
           CASE state WHEN 'follow_up' THEN id END,
           CASE state WHEN 'follow_up' THEN partner_id END,
           CASE state WHEN 'follow_up' THEN 'claim' END, 1, 1, now(), now()
      FROM its_claim AS claim
     WHERE next_user_id IS NOT NULL AND NOT EXISTS (
            SELECT FROM mail_activity WHERE res_model = 'its.claim' AND res_id = claim.id)
"""


def _case(name, what, function, queries):
    return Case(
        name,
        f"opening {what} with {MANY} claims",
        "s",
        (Part(function, arguments={"few": FEW, "many": MANY}),),
        f"{FEW} claims",
        (Limit("ratio", at_least=0.8), Limit("queries", at_most=queries)),
    )


CASES = (
    _case("claim.list", "the list of claims", a_list, 8),
    _case("claim.kanban", "the kanban of claims", a_kanban, 10),
    _case("claim.form", "the form of a claim", a_form, 14),
)
