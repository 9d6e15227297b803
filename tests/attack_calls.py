"""Calls made of a seed: any public method, with arguments that fit its names."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from random import Random

from attack_world import ROLES, World

# What every model has from Odoo and what a client of the server may call; the rest of
# what is inherited is tried as well, but less often.
ENTRANCES = (
    "create",
    "write",
    "unlink",
    "copy",
    "web_save",
    "load",
    "name_create",
    "action_archive",
    "action_unarchive",
    "message_post",
    "message_update",
    "message_subscribe",
    "message_unsubscribe",
    "message_new",
    "message_process",
    "activity_schedule",
    "activity_feedback",
    "activity_unlink",
    "activity_reschedule",
    "activity_send_mail",
    "update_field_translations",
    "read",
    "web_read",
    "search_read",
    "web_search_read",
    "export_data",
    "onchange",
    "default_get",
    "formatted_read_group",
    "name_search",
    "read_progress_bar",
    "web_read_group",
    "web_name_search",
    "get_formview_action",
    "action_feedback",
    "get_portal_url",
    "get_activity_data",
    "web_resequence",
)
# Where what is said of clients is kept; the rest is tried less often.
MAIN = (
    "its.claim",
    "its.claim",
    "its.claim",
    "its.subscription",
    "its.interaction",
    "its.call.desk",
    "res.partner",
    "res.partner",
    "mail.activity",
    "mail.message",
    "survey.user_input",
    "survey.user_input.line",
    "its.claim.movement",
    "its.claim.move",
    "its.report.print",
    "its.subscription.cancel",
    "survey.survey",
    "mail.compose.message",
    "base.partner.merge.automatic.wizard",
    "res.users",
)
WORDS = ("", "Мусор", "=1+1", "a\tb", "%", "0", "RC", "x@example.com", "я" * 300)
MARKUP = "<p>О</p><script>1</script>"
KEYS = (
    "active_test",
    "mail_create_nosubscribe",
    "tracking_disable",
    "install_mode",
    "import_file",
    "module",
    "su",
    "uid",
    "user",
    "mail_activity_quick_update",
    "bin_size",
    "no_reset_password",
    "mail_notrack",
    "its_hide_client",
)

# Arguments of Odoo's methods, by what they are.
DOMAINS = ("domain", "search_domain", "base_domain", "additional_domain")
SPECIFICATIONS = ("specification", "fields_spec", "read_specification")
VALUES = ("vals", "values", "custom_values", "update_vals", "default", "extra_values")
FIELDS = ("fields", "fnames", "allfields", "field_names", "fields_list")
PARTNERS = ("author_id", "partner_id", "client_id", "dst_partner_id")
USERS = ("user_id", "new_user_id", "uid")
LETTERS = ("msg", "msg_dict", "message_dict", "message")
NUMBERS = ("limit", "offset", "count", "days")


@dataclass(frozen=True, eq=False)
class Call:
    """One request to the server.

    :ivar seed: of the run
    :ivar index: which call of the run; both together make the same call again
    """

    seed: int
    index: int
    role: str
    model: str
    method: str
    body: dict

    def __str__(self) -> str:
        where = f"{self.model}.{self.method}"
        return f"{self.seed}:{self.index} {self.role} {where} {self.body}"


def make(world: World, seed: int, index: int) -> Call:
    """Make a call; the same for the same numbers in the same world."""
    random = Random(f"{seed}:{index}")
    maker = Maker(world, random)
    role = random.choice(ROLES)
    model = random.choice(MAIN if random.random() < 0.7 else list(world.models))
    methods = world.models[model]["methods"]
    own = sorted(name for name, one in methods.items() if one["ours"])
    known = sorted(name for name in ENTRANCES if name in methods)
    pool = random.choices((own, known, sorted(methods)), (45, 45, 10))[0]
    method = random.choice(pool or known)
    return Call(seed, index, role, model, method, maker.body(model, method))


class Maker:
    """Arguments for one call."""

    def __init__(self, world: World, random: Random) -> None:
        self._world = world
        self._random = random

    def body(self, model: str, method: str) -> dict:
        told = self._world.models[model]["methods"][method]
        body = {}
        for name, required in told["parameters"]:
            if required or self._random.random() < 0.5:
                body[name] = self._argument(model, method, name)
        if not told["model"] and method != "create":
            body["ids"] = self._ids(model)
        if self._random.random() < 0.4:
            body["context"] = self._context(model)
        return body

    def _ids(self, model: str) -> list[int]:
        ids = self._world.ids.get(model) or [1]
        return self._random.sample(
            ids, min(len(ids), self._random.choice((1, 1, 1, 2)))
        )

    def _id(self, model: str | None) -> int:
        return self._random.choice(self._world.ids.get(model) or [1, 2, 3])

    def _context(self, model: str) -> dict:
        context = {}
        for _number in range(self._random.randint(1, 3)):
            kind = self._random.random()
            if kind < 0.5:
                name = self._field(model)
                context[f"default_{name}"] = self._value(model, name)
            elif kind < 0.7:
                companies = self._world.companies
                context["allowed_company_ids"] = self._random.sample(
                    companies, self._random.randint(1, 2)
                )
            else:
                context[self._random.choice(KEYS)] = self._random.choice(
                    (True, False, 1, "1")
                )
        return context

    # -------------------------------------------------------------------------
    # Fields
    # -------------------------------------------------------------------------

    def _fields(self, model: str) -> dict[str, dict]:
        return (
            self._world.models[model]["fields"] if model in self._world.models else {}
        )

    def _field(self, model: str) -> str:
        fields = self._fields(model)
        ours = [
            name
            for name, one in fields.items()
            if one["comodel"] in self._world.models
            or name.startswith(("its_", "onec_"))
        ]
        pool = ours if ours and self._random.random() < 0.5 else list(fields)
        return self._random.choice(pool or ["name"])

    def _values(self, model: str, depth: int = 0) -> dict:
        names = {self._field(model) for _n in range(self._random.randint(1, 4))}
        return {name: self._value(model, name, depth) for name in sorted(names)}

    def _value(self, model: str, name: str, depth: int = 0):
        field = self._fields(model).get(name, {"type": "char", "comodel": None})
        kind, random = field["type"], self._random
        if random.random() < 0.1:
            return False
        if kind in ("one2many", "many2many"):
            return self._commands(field["comodel"], depth)
        if kind == "selection":
            return random.choice(field["options"] or ["?"])
        if kind in ("many2one", "many2one_reference"):
            return self._id(field["comodel"] or random.choice(list(self._world.ids)))
        if kind == "reference":
            other = random.choice(list(self._world.ids))
            return f"{other},{self._id(other)}"
        simple = {
            "boolean": lambda: random.choice((True, False)),
            "integer": lambda: random.choice((0, 1, -1, 7, 2**31 - 1)),
            "float": lambda: random.choice((0, 1.5, -1)),
            "monetary": lambda: 1.5,
            "date": lambda: str(self._day()),
            "datetime": lambda: f"{self._day()} 10:00:00",
            "html": lambda: MARKUP,
            "binary": lambda: "0J4=",
            "json": lambda: random.choice(([1, 2], {"a": 1}, 5)),
        }
        return simple.get(kind, lambda: random.choice(WORDS))()

    def _day(self) -> datetime.date:
        first = datetime.date(2020, 1, 1)
        return first + datetime.timedelta(days=self._random.randrange(5000))

    def _commands(self, model: str, depth: int) -> list:
        number = self._id(model)
        codes = [1, 2, 3, 4, 5, 6] + [0] * (depth == 0)
        commands = []
        for _number in range(self._random.randint(1, 2)):
            code = self._random.choice(codes)
            if code in (0, 1):
                values = self._values(model, depth + 1) if depth < 2 else {}
                commands.append([code, number if code else 0, values])
            elif code == 6:
                commands.append([6, 0, self._ids(model)])
            else:
                commands.append([code, number, 0])
        return commands

    def _path(self, model: str) -> str:
        name = self._field(model)
        comodel = self._fields(model).get(name, {}).get("comodel")
        if comodel in self._world.models and self._random.random() < 0.7:
            return f"{name}.{self._field(comodel)}"
        return name

    def _domain(self, model: str) -> list:
        operator, value = self._random.choice(
            (("!=", False), ("ilike", "%"), ("=", 1), ("in", [1, 2, 3]), ("=", False))
        )
        return (
            []
            if self._random.random() < 0.3
            else [[self._path(model), operator, value]]
        )

    def _specification(self, model: str, depth: int = 0) -> dict:
        told = {}
        for _number in range(self._random.randint(1, 4)):
            name = self._field(model)
            comodel = self._fields(model).get(name, {}).get("comodel")
            told[name] = {}
            if comodel and depth < 2:
                deeper = self._specification(comodel, depth + 1)
                told[name] = {"fields": {"display_name": {}, **deeper}}
                if comodel not in self._world.models:
                    told[name] = {"fields": {"display_name": {}}}
        return told

    # -------------------------------------------------------------------------
    # Arguments
    # -------------------------------------------------------------------------

    def _argument(self, model: str, method: str, name: str):
        """A value for an argument, by what arguments of that name are in Odoo."""
        makers = {
            "vals_list": lambda: [self._values(model)],
            "fields_to_export": lambda: [
                self._path(model).replace(".", "/") for _n in range(3)
            ],
            "data": lambda: [[str(self._id(model)), *self._random.choices(WORDS, k=4)]],
            "groupby": lambda: [self._path(model)],
            "group_by": lambda: self._path(model),
            "aggregates": lambda: ["__count"],
            "progress_bar": lambda: {
                "field": "activity_state",
                "colors": {"overdue": "danger"},
            },
            "act_type_xmlids": lambda: ["mail.mail_activity_data_call"],
            "answers": lambda: {str(self._id("survey.question")): {"answer": "О"}},
            "translations": lambda: {"ru_RU": "Мусор", "en_US": "Мусор"},
            "model": lambda: self._random.choice(list(self._world.models)),
            "operator": lambda: self._random.choice(("ilike", "=", "!=")),
            "email_from": lambda: "own@client.example.com",
            "message_type": lambda: self._random.choice(
                ("comment", "notification", "email")
            ),
            "outcome": lambda: self._random.choice(
                ("reached", "no_answer", "call_back", "refused")
            ),
            **dict.fromkeys(DOMAINS, lambda: self._domain(model)),
            **dict.fromkeys(SPECIFICATIONS, lambda: self._specification(model)),
            **dict.fromkeys(VALUES, lambda: self._values(model)),
            **dict.fromkeys(FIELDS, lambda: self._names(model, method)),
            **dict.fromkeys(PARTNERS, lambda: self._id("res.partner")),
            **dict.fromkeys(USERS, lambda: self._id("res.users")),
            **dict.fromkeys(LETTERS, lambda: self._letter(method)),
            **dict.fromkeys(NUMBERS, lambda: self._random.choice((0, 1, 5))),
            **dict.fromkeys(("order", "field_name"), lambda: self._field(model)),
            **dict.fromkeys(("body", "feedback", "note"), lambda: MARKUP),
        }
        if name in makers:
            return makers[name]()
        if name.endswith("_ids"):
            return self._ids(self._named(name[:-4]))
        if name.endswith("_id") or name in ("call", "claim", "service"):
            return self._id(self._named(name.removesuffix("_id")))
        return self._random.choice(
            (*WORDS, True, False, self._id(model), self._ids(model))
        )

    def _names(self, model: str, method: str) -> list[str]:
        names = [self._field(model) for _n in range(self._random.randint(1, 4))]
        return [".id", *names] if method == "load" else names

    def _letter(self, method: str):
        if method == "message_process":
            return "From: a@example.com\nTo: b@example.com\nSubject: О\n\nО"
        return {
            "subject": "О",
            "body": MARKUP,
            "from": "own@client.example.com",
            "email_from": "own@client.example.com",
            "author_id": self._id("res.partner"),
            "message_id": "<1@example.com>",
            "to": "x@example.com",
            "attachments": [],
        }

    def _named(self, word: str) -> str:
        """The model that an argument is named after."""
        for name in self._world.ids:
            if name.rpartition(".")[2] == word:
                return name
        words = {"call": "mail.activity", "attachment": "ir.attachment"}
        return words.get(word, "res.partner")
