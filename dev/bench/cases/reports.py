"""Opening the reports, beside plain SQL that counts the same.

A report is read as its page does when it is opened without any filter, by a quality
manager without superuser rights. `grown` tells how many times longer that took than at a
hundredth of the rows. What is asked of one client, one month or one question is read at
both sizes, too: it must not become slower.
"""

from __future__ import annotations

from datetime import timedelta
from typing import NamedTuple

from .. import filling, filling_reports, reports_sql
from ..case import Case, Limit, Part
from ..figures import Meter, median_of
from . import claims_opened

USERS = 20
OPEN_CLAIMS = 1000


class Report(NamedTuple):
    """A report as its page asks for it.

    :ivar model: of the rows
    :ivar groups: the sets by which the pivot counts
    :ivar measures: what it counts
    :ivar raw: the same by hand
    :ivar date: the field of the period
    :ivar fill: adds rows: env, how many, whether they are the first
    :ivar rows: how many there are of what is filled, few and many
    """

    model: str
    groups: list
    measures: list
    raw: str
    date: str
    fill: object
    few: int
    many: int


# As in `filling_reports`: the later ones are of others, and of long ago.
RECENT = claims_opened.Batch(client_span=claims_opened.CLIENTS // 100, days=28)
LONG_AGO = claims_opened.Batch(
    first_client=claims_opened.CLIENTS // 100 + 1,
    client_span=claims_opened.CLIENTS - claims_opened.CLIENTS // 100,
    from_day=64,
    days=3650,
)


def _fill_claims(env, rows, first):
    claims_opened.fill_claims(
        env,
        rows,
        on_their_way=OPEN_CLAIMS if first else 0,
        batch=RECENT if first else LONG_AGO,
    )


REPORTS = {
    "interactions": Report(
        "its.interaction.report",
        [[], ["service_id"], ["date_start:month"], ["service_id", "date_start:month"]],
        ["__count", "reached_share:avg"],
        reports_sql.INTERACTIONS,
        "date_start",
        filling_reports.interactions,
        10_000,
        1_000_000,
    ),
    "survey": Report(
        "its.survey.report",
        [[], ["survey_id"], ["survey_id", "question_id"]],
        ["__count", "mark:avg", "csat:avg", "nps:avg"],
        reports_sql.SURVEY,
        "date",
        filling_reports.responses,
        500,
        50_000,
    ),
    "movements": Report(
        "its.claim.movement.report",
        [[], ["stage_id"], ["stage_id", "to_stage_id"]],
        ["__count", "hours:avg", "working_hours:avg"],
        reports_sql.MOVEMENTS,
        "date",
        _fill_claims,
        2_000,
        200_000,
    ),
    "responsible": Report(
        "its.claim.report",
        [[], ["user_id"]],
        ["__count", "is_overdue:sum", "days_at_stage:avg", "age_days:avg"],
        reports_sql.RESPONSIBLE,
        "date_registered",
        _fill_claims,
        2_000,
        200_000,
    ),
    "results": Report(
        "its.claim.report",
        [[], ["problem_id"]],
        [
            "__count",
            "on_time_share:avg",
            "rework_share:avg",
            "reopen_share:avg",
            "satisfied_share:avg",
            "working_hours:avg",
        ],
        reports_sql.RESULTS,
        "date_closed",
        _fill_claims,
        2_000,
        200_000,
    ),
}


def opened(env, name):
    """Open a report unfiltered, and count the same by hand."""
    report = REPORTS[name]
    model = _prepared(env, report)
    report.fill(env, report.few, True)
    few, _queries = median_of(env, lambda: _open(model, report))
    report.fill(env, report.many - report.few, False)
    ours, queries = median_of(env, lambda: _open(model, report))
    by_hand, _queries = median_of(env, lambda: _by_hand(env, report))
    return {
        "ours": ours,
        "peer": by_hand,
        "queries": queries,
        "rows": model.search_count([]),
        "grown": ours / few,
    }


def filtered(env, name):
    """Open a report of one client, of the last month and, if it is of a survey, of one
    question, with few rows in the database and with many."""
    report = REPORTS[name]
    model = _prepared(env, report)
    survey = report.fill(env, report.few, True)
    domains = _domains(env, report, survey)
    expected = [model.search_count(domain) for domain in domains]
    assert all(expected), expected
    peer = _all_of(env, model, report, domains)
    report.fill(env, report.many - report.few, False)
    ours = _all_of(env, model, report, domains)
    assert [model.search_count(domain) for domain in domains] == expected
    return {"ours": ours, "peer": peer, "rows": report.many}


def last_contacts(env, clients, interactions):
    """The clients sorted by silence, and cards sorted by a stored, indexed field."""
    _users_and_clients(env, clients)
    filling_reports.interactions(env, interactions, first=False)
    user = _reader(env)
    spec = {"display_name": {}, "phone": {}}
    report = env(user=user.id, su=False)["its.contact.report"]
    ours, queries = median_of(
        env,
        lambda: report.web_search_read(
            [],
            {
                "partner_id": {"fields": {"display_name": {}}},
                **dict.fromkeys(("phone", "last_contact", "silent_days"), {}),
            },
            limit=80,
            order="silent_days desc",
            count_limit=10_001,
        ),
    )
    cards = env(user=user.id, su=False)["res.partner"]
    peer, _queries = median_of(
        env,
        lambda: cards.web_search_read(
            [("its_client", "=", True)],
            {**spec, "its_last_contact": {}},
            limit=80,
            order="its_last_contact nulls first",
            count_limit=10_001,
        ),
    )
    return {"ours": ours, "peer": peer, "queries": queries, "rows": clients}


def native_statistics(env, answers):
    """The page of a questionnaire, and the page of Odoo's with the same answers."""
    _users_and_clients(env, 1000)
    survey = filling_reports.responses(
        env, answers // filling_reports.QUESTIONS, first=True
    )
    results = env(user=_reader(env).id, su=False)["its.survey.results"]
    ours, queries = median_of(env, lambda: results.get_results(survey.id))
    meter = Meter(env.cr)
    with meter:
        lines = env["survey.user_input.line"].search([("survey_id", "=", survey.id)])
        assert len(lines) == answers
        survey._prepare_statistics(lines)
        survey.question_and_page_ids._prepare_statistics(lines)
    return {"ours": ours, "peer": meter.seconds, "queries": queries, "rows": answers}


# -----------------------------------------------------------------------------
# Reading
# -----------------------------------------------------------------------------


def _open(model, report, domain=()):
    return model.formatted_read_grouping_sets(
        list(domain), report.groups, report.measures
    )


def _by_hand(env, report):
    env.cr.execute(report.raw, {"company": env.company.id, "zone": "Europe/Moscow"})
    assert env.cr.fetchall()


def _domains(env, report, survey):
    """Of one client, of the last month, of one question."""
    model = env[report.model]
    client = model.search([("partner_id", "!=", False)], limit=1).partner_id
    month = env.cr.now() - timedelta(days=30)
    found = [[("partner_id", "=", client.id)], [(report.date, ">=", month)]]
    if survey:
        found.append([("question_id", "=", survey.question_ids[0].id)])
    return found


def _all_of(env, model, report, domains):
    return sum(
        median_of(env, lambda domain=domain: _open(model, report, domain))[0]
        for domain in domains
    )


# -----------------------------------------------------------------------------
# Filling
# -----------------------------------------------------------------------------


def _prepared(env, report):
    """The report as the one who reads it meets it, without a row yet."""
    if report.fill is _fill_claims:
        claims_opened.fill_clients(env)
    else:
        _users_and_clients(env, filling_reports.CLIENTS)
    return env(user=_reader(env).id, su=False)[report.model].with_context(
        tz="Europe/Moscow"
    )


def _users_and_clients(env, clients):
    users = filling.users(env, "quality_manager", USERS, others="client_manager")
    filling.clients(env, clients, users.ids[1:])


def _reader(env):
    return env["res.users"].search([("login", "=", "bench0")])


def _opened(name, what, rows):
    return Case(
        f"report.{name}",
        f"opening {what} with {rows}",
        "s",
        (Part(opened, arguments={"name": name}),),
        "raw SQL",
        (Limit("ratio", at_least=0.6),),
    )


def _filtered(name, what, of):
    return Case(
        f"report.{name}.filtered",
        f"{what} of {of}",
        "s",
        (Part(filtered, arguments={"name": name}),),
        "a hundredth of the rows",
        (Limit("ratio", at_least=0.5),),
    )


CASES = (
    _opened("interactions", "interactions with clients", "1 000 000 of them"),
    _opened("survey", "the analysis of surveys", "1 000 000 answers"),
    _opened("movements", "movements of claims", "200 000 claims"),
    _opened("responsible", "who is responsible for claims", "200 000 claims"),
    _opened("results", "results of claims", "200 000 claims"),
    _filtered("interactions", "interactions", "a client, a month"),
    _filtered("survey", "answers", "a client, a month, a question"),
    _filtered("movements", "movements", "a client, a month"),
    _filtered("results", "results of claims", "a client, a month"),
    Case(
        "report.last",
        "clients sorted by silence, at 100 000 clients",
        "s",
        (
            Part(
                last_contacts,
                arguments={"clients": 100_000, "interactions": 1_000_000},
            ),
        ),
        "a stored, indexed field",
        (Limit("ratio", at_least=0.5),),
    ),
    Case(
        "report.survey.native",
        "the page of a questionnaire with 100 000 answers",
        "s",
        (Part(native_statistics, arguments={"answers": 100_000}),),
        "survey",
        (Limit("ratio", at_least=50),),
    ),
)
