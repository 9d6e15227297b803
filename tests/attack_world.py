"""A small firm with a record of every kind in every relation to whoever attacks it, and
all that is public of the models, as JSON."""

from __future__ import annotations

import json
from dataclasses import dataclass, field

from odoo_server import OdooServer
from odoo_shell import Shell

# Whose a client is, seen from the client manager and the head who attack.
SCOPES = ("own", "unassigned", "colleague", "team", "assigned", "abroad")
ROLES = (
    "client_manager",
    "quality_manager",
    "head",
    "worker",
    "employee",
    "clerk",
    "portal",
    "quality_abroad",
)
BEGIN, END = "ATTACK-WORLD-BEGIN", "ATTACK-WORLD-END"

FILL = """
import inspect, json
from datetime import timedelta
from odoo import fields

env["ir.cron"].search([]).active = False
env = env(context={"tracking_disable": True, "no_reset_password": True})
here = env.company
abroad = env["res.company"].create({"name": "Вятка-Софт"})
Q = "its_quality.group_"

def user(login, groups, company=here, **values):
    return env["res.users"].create({
        "name": login, "login": "attack_" + login,
        "email": login + "@example.com", "company_id": company.id,
        "company_ids": [(6, 0, company.ids)],
        "group_ids": [(6, 0, [env.ref(name).id for name in groups])], **values,
    })

users = {
    "client_manager": user("client_manager", [Q + "client_manager"]),
    "colleague": user("colleague", [Q + "client_manager"]),
    "quality_manager": user("quality_manager", [Q + "quality_manager"]),
    "quality_other": user("quality_other", [Q + "quality_manager"]),
    "head": user("head", [Q + "head"]),
    "other_head": user("other_head", [Q + "head"]),
    "worker": user("worker", [Q + "user"]),
    "employee": user("employee", ["base.group_user"]),
    "clerk": user("clerk", ["base.group_user", "base.group_partner_manager"]),
    "quality_abroad": user("quality_abroad", [Q + "quality_manager"], abroad),
}
service, program, foreign = env["its.service"].create([
    {"name": "Сервис " + str(n), "kind": "service"} for n in range(3)
])
team, other, there = env["its.team"].create([
    {"name": "Наши", "head_id": users["head"].id, "service_ids": [(6, 0, service.ids)]},
    {"name": "Другие", "head_id": users["other_head"].id,
     "service_ids": [(6, 0, program.ids)]},
    {"name": "За границей", "company_id": abroad.id, "resource_calendar_id": False,
     "service_ids": [(6, 0, foreign.ids)]},
])
survey = env["survey.survey"].create({
    "title": "Анкета", "survey_type": "its", "its_draft": False,
    "question_and_page_ids": [
        (0, 0, {"title": "Как дела?", "question_type": "text_box"}),
    ],
})
reason = env["its.cancellation.reason"].search([], limit=1)
managers = {
    "own": "client_manager", "colleague": "colleague", "team": "colleague",
    "assigned": "colleague", "abroad": "quality_abroad",
}
services = {"team": service, "abroad": foreign}
clients = {}
for scope in SCOPES:
    company = abroad if scope == "abroad" else here
    mark, name = DATA + scope, NAME + scope
    model = env["res.partner"].with_company(company)
    client = model.create({
        "name": name, "is_company": True, "its_client": True, "company_id": company.id,
        "email": scope + "@client.example.com", "phone": "+7 8332 12000" + str(len(clients)),
        "user_id": users[managers[scope]].id if scope in managers else False,
        "its_full_name": mark, "its_other_contacts": mark,
    })
    person = model.create({"name": name + " person", "parent_id": client.id})
    clients[scope] = client
    about = services.get(scope, program)
    today = here._its_today()
    subscription = env["its.subscription"].create({
        "partner_id": client.id, "service_id": about.id, "company_id": company.id,
        "contract_number": mark, "note": mark,
        "date_start": today - timedelta(days=90), "date_end": today + timedelta(days=90),
    })
    env["its.interaction"].create({
        "partner_id": client.id, "contact_id": person.id, "company_id": company.id,
        "subscription_id": subscription.id, "summary": mark,
        "user_id": users["colleague"].id,
    })
    client.activity_schedule(
        "mail.mail_activity_data_call", date_deadline=today, summary=mark, note=mark,
        user_id=users[managers.get(scope, "colleague")].id,
        its_subscription_id=subscription.id,
    )
    env["survey.user_input"].create({
        "survey_id": survey.id, "its_client_id": client.id, "company_id": company.id,
        "its_interviewer_id": users["colleague"].id,
        "user_input_line_ids": [(0, 0, {
            "question_id": survey.question_ids[:1].id, "answer_type": "text_box",
            "value_text_box": mark,
        })],
    })
    claims = env["its.claim"].with_company(company)
    for state in ("registered", "in_progress", "closed"):
        claim = claims.create({
            "subject": mark + " " + state, "description": mark, "partner_id": client.id,
            "contact_id": person.id, "service_id": about.id, "company_id": company.id,
            "team_id": {"team": team, "abroad": there}.get(scope, other).id,
            "email_from": scope + "@client.example.com",
        })
        claim.message_post(body=mark, message_type="email", author_id=person.id)
        env["ir.attachment"].create({
            "name": mark + ".txt", "raw": mark.encode(), "res_model": "its.claim",
            "res_id": claim.id,
        })
        if state == "registered":
            continue
        worker = users["worker" if scope == "assigned" else "colleague"]
        for name, values in (
            ("dispatch", {}),
            ("assign", {"user_id": worker.id}),
            ("hand_over", {"action_taken": mark}),
            ("verify", {}),
            ("close", {"satisfaction": "5"}),
        )[: 2 if state == "in_progress" else 5]:
            env.cr.execute("SELECT id FROM its_claim_problem LIMIT 1")
            claim.write(values)
            if name == "hand_over":
                claim.write({
                    "problem_id": env["its.claim.problem"].search([], limit=1).id,
                    "problem_service_id": about.id, "justified": "yes",
                })
            if name == "assign":
                claim.date_deadline = fields.Datetime.now() + timedelta(days=5)
            claim._apply_transition(name, None)
users["portal"] = env["res.users"].create({
    "name": "portal", "login": "attack_portal", "email": "portal@example.com",
    "partner_id": clients["own"].child_ids[:1].id,
    "group_ids": [(6, 0, env.ref("base.group_portal").ids)],
})
env.flush_all()

keys = {
    role: env(user=users[role].id)["res.users.apikeys"].sudo()._generate(
        "rpc", "attack", fields.Datetime.now() + timedelta(days=2)
    )
    for role in ROLES
}

def methods(model):
    # Whatever can be called from outside, with the names of its arguments.
    found = {}
    for name in dir(type(model)):
        method = getattr(type(model), name, None)
        if name.startswith("_") or not inspect.isfunction(method):
            continue
        chain = [vars(cls)[name] for cls in type(model).mro() if name in vars(cls)]
        if any(getattr(one, "_api_private", False) for one in chain):
            continue
        parameters = list(inspect.signature(method).parameters.values())[1:]
        found[name] = {
            "ours": any(
                "its_quality" in getattr(one, "__module__", "") for one in chain
            ),
            "model": bool(getattr(method, "_api_model", False)),
            "parameters": [
                [p.name, p.default is p.empty] for p in parameters
                if p.kind in (p.POSITIONAL_OR_KEYWORD, p.KEYWORD_ONLY)
                and p.name not in ("ids", "context")
            ],
        }
    return found

def described(model):
    return {
        name: {
            "type": one.type, "store": bool(one.store and one.column_type),
            "comodel": one.comodel_name if one.relational else None,
            "options": (
                [key for key, _label in one._description_selection(env)]
                if one.type == "selection" else None
            ),
        }
        for name, one in model._fields.items()
    }

models = {}
for name, model in env.items():
    if name.startswith("its.") or name in CORE:
        models[name] = {
            "table": model._table if model._auto and not model._abstract else None,
            "transient": bool(model._transient),
            "methods": methods(model),
            "fields": described(model),
        }
env.cr.commit()
print(BEGIN + json.dumps({
    "keys": keys,
    "users": {role: one.id for role, one in users.items()},
    "partners": {role: one.partner_id.id for role, one in users.items()},
    "clients": {scope: one.id for scope, one in clients.items()},
    "companies": [here.id, abroad.id],
    "team": team.id,
    "models": models,
}) + END)
"""

# Models of Odoo in which our records, or what is said of them, are kept.
CORE = (
    "base.partner.merge.automatic.wizard",
    "ir.attachment",
    "mail.activity",
    "mail.activity.schedule",
    "mail.compose.message",
    "mail.followers",
    "mail.message",
    "res.partner",
    "res.users",
    "survey.question",
    "survey.question.answer",
    "survey.survey",
    "survey.user_input",
    "survey.user_input.line",
)
# What of a client only those who work with him may read, and his name, which whoever
# keeps contacts in Odoo reads as well.
DATA, NAME = "СЕКРЕТ-", "ФИРМА-"


@dataclass
class World:
    """What there is to attack, and by whom."""

    keys: dict[str, str]
    users: dict[str, int]
    partners: dict[str, int]
    clients: dict[str, int]
    companies: list[int]
    team: int
    models: dict[str, dict]
    ids: dict[str, list[int]] = field(default_factory=dict)


def build(server: OdooServer) -> World:
    """Fill a database.

    :return: what is in it
    """
    constants = {
        "SCOPES": SCOPES,
        "ROLES": ROLES,
        "CORE": CORE,
        "DATA": DATA,
        "NAME": NAME,
        "BEGIN": BEGIN,
        "END": END,
    }
    head = "".join(f"{name} = {value!r}\n" for name, value in constants.items())
    output = Shell(server, f"{head}exec({FILL!r})\n").end()
    told = output[output.index(BEGIN) + len(BEGIN) : output.rindex(END)]
    world = World(**json.loads(told))
    for name, model in world.models.items():
        if model["table"]:
            sql = f'SELECT id FROM "{model["table"]}" ORDER BY id LIMIT 60'
            world.ids[name] = [int(row) for row in server.query(sql)]
    return world
