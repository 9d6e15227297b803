"""What the test of the entrances needs: records that each role may and may not see, in
the state that a method asks for, and what to call it with."""

from unittest.mock import patch

from odoo import fields
from odoo.exceptions import AccessError, MissingError, UserError, ValidationError
from odoo.service.model import call_kw, get_public_method
from odoo.tools import mute_logger

from ..models.claim import clock
from ..models.claim.rules import BY_NAME
from ..onec.odata.client import OdataClient
from ..onec.odata.errors import OdataError
from .roles_table import ROWS
from .test_roles import WRITES, RolesCase

# Whose clients each role sees, as ``scope`` of the table of roles, and one whom it does
# not see. Who has no role of ours sees nobody's.
SEEN = {
    "client_manager": ("own",),
    "quality_manager": ("colleague", "own"),
    "head": ("team",),
    "administrator": ("colleague",),
    "employee": ("colleague",),
    "portal": ("colleague",),
}
UNSEEN = {
    **dict.fromkeys(SEEN, "abroad"),
    "client_manager": "colleague",
    "head": "own",
}
# Nobody's clients are in these; what one does not see is another company's.
SHARED = frozenset(
    {
        *(row[0] for row in ROWS if row[1] is None),
        "its.connect.contact",
        "its.survey.results",
        "res.company",
        "res.users",
    }
)
# Where a claim has to be for a button, and how it gets there.
CLAIM_AT = {
    "action_assign": ("dispatch",),
    "action_hand_over": ("dispatch", "assign"),
    "action_verify": ("dispatch", "assign", "hand_over"),
    "action_close": ("dispatch", "assign", "hand_over", "verify"),
    "action_accept_answer": ("dispatch", "assign", "hand_over", "verify"),
    "action_restore": (
        "dispatch",
        "assign",
        "hand_over",
        "verify",
        "close",
        "reopen_closed",
    ),
    "action_merge": ("dispatch",),
    "action_ask_until": ("dispatch", "assign"),
    "action_wait": ("dispatch", "assign"),
    "action_resume": ("dispatch", "assign"),
}
# Who is responsible may have any role, so here it is whoever acts.
BY_RESPONSIBLE = (
    "action_ask_until",
    "action_hand_over",
    "action_wait",
    "action_resume",
)
# A method of all models of a kind is called on one of them.
CALLED_ON = {"its.report": "its.claim.report", "mail.thread": "res.partner"}
ROWS_OF = {
    "its.claim.movement.report": "its.claim.movement",
    "its.claim.report": "its.claim",
    "its.contact.report": "res.partner",
    "its.interaction.report": "its.interaction",
    "its.renewal.report": "its.subscription",
    "its.survey.report": "survey.user_input.line",
}
# Of these a row of its own says what more people may.
OF_ROW = {"its.cadence": "asking cadence"}
TODO = "mail.mail_activity_data_todo"
CALL = "mail.mail_activity_data_call"
TODO_OF_CLAIM = "its_quality.mail_activity_type_claim"
# What these give back says whether there was anything for the caller.
EMPTY_HANDED = (
    "activity_schedule",
    "activity_search",
    "message_subscribe",
    "name_create",
    "search_read",
)
# These say that all is well whatever they have found.
OF_TODOS = ("activity_feedback", "activity_reschedule", "activity_unlink")
WORDS = {
    **WRITES,
    "its.connect.contact": {"partner_id": False},
    "mail.message": {"body": "Иначе"},
    "res.company": {"its_expiring_days": 20},
    "res.users": {"signature": "Иначе"},
}


def _no_network(_client):
    raise OdataError("timeout", host="1c.example.com", seconds=1)


def entrances(env):
    """What our code defines or overrides and a caller may name.

    :return: an iterator of ``(model, method, is_private)``
    """
    for name, model in sorted(env.registry.models.items()):
        found = set()
        for definition in model.mro():
            if not definition.__module__.startswith("odoo.addons.its_quality."):
                continue
            # What a model has from another is that other's.
            if vars(definition).get("_name", name) != name:
                continue
            found |= {
                method
                for method, value in vars(definition).items()
                if callable(value) and not method.startswith("_")
            }
        for method in sorted(found):
            yield name, method, _is_private(env[name], method)


def _is_private(model, method):
    try:
        get_public_method(model, method)
    except AccessError:
        return True
    return False


class EntrancesCase(RolesCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.reason_of_loss = cls.env["its.cancellation.reason"].create({"name": "Ушёл"})
        cls._create_abroad()
        cls.writer = cls.env["its.connect.contact"].create(
            {"connect_id": cls.connection.id, "user_ref": "1"}
        )

    @classmethod
    def _create_abroad(cls):
        """People of the other company, and what there is about its client."""
        both = {
            "company_id": cls.other_company.id,
            "company_ids": [(6, 0, (cls.company + cls.other_company).ids)],
        }
        groups = "its_quality.group_administrator"
        cls.abroad_boss = cls.create_user("its_abroad", groups, **both)
        cls.abroad_team = cls.env["its.team"].create(
            {
                "name": "Сопровождение",
                "company_id": cls.other_company.id,
                "resource_calendar_id": cls.other_company.resource_calendar_id.id,
                "head_id": cls.abroad_boss.id,
            }
        )
        client = cls.client_abroad
        there = cls.env["its.interaction"].with_company(cls.other_company)
        there.create({"partner_id": client.id})
        client.with_company(cls.other_company).activity_schedule(
            "mail.mail_activity_data_call", user_id=False
        )
        there.env["survey.user_input"].create(
            {"survey_id": cls.asked.id, "its_client_id": client.id}
        )._save_lines(cls.mark, "7")
        there.env["its.claim"].create(
            {
                "subject": "Акт с ошибкой",
                "partner_id": client.id,
                "company_id": cls.other_company.id,
                "team_id": cls.abroad_team.id,
                "author_id": False,
            }
        )

    # -------------------------------------------------------------------------
    # Records
    # -------------------------------------------------------------------------

    def record(self, model, scope, user):
        return super().record(OF_ROW.get(model, model), scope, user)

    def values(self, model, scope, user):
        return super().values(OF_ROW.get(model, model), scope, user)

    def target(self, model, method, scope, user, is_seen):
        """A record to call a method on, as the superuser sees it; none where the model
        has no records, or none that the user could not see."""
        if model in ROWS_OF:
            return self._row_of(model, self.record(ROWS_OF[model], scope, user))
        asked = ("its.report.print", "its.subscription.renew", "its.personal.data")
        if model in (*asked, "its.survey.send"):
            return self._opened(model, self._asked_in(model, scope, user), user)
        if model == "its.claim.move":
            claim = self.record("its.claim", scope, user)
            values = {"claim_id": claim.id, "transition": "reject", "reason": "Так"}
            return self._opened(model, values, user)
        if model == "its.claim.wait":
            claim = self.record("its.claim", scope, user)
            self._bring_claim(claim, "action_wait", scope, user, is_seen)
            day = self.working_day(3)
            return self._opened(model, {"claim_id": claim.id, "until": day}, user)
        if model == "its.claim.sender":
            claim = self.record("its.claim", scope, user)
            values = {"claim_id": claim.id, "partner_id": claim.partner_id.id}
            return self._opened(model, values, user)
        if model == "mail.message":
            client = self.record("res.partner", scope, user)
            return client.message_post(body="Слово", author_id=client.id)
        if model == "its.team" and scope == "abroad":
            return self.abroad_team
        known = {
            "its.connect.contact": self.writer,
            "res.company": self.company,
            "res.users": self.colleague,
        }
        if model in known:
            return self._abroad(known[model], scope)
        if self.env[model]._abstract:
            return self.env[model]
        record = self.record(model, scope, user)
        if model == "its.claim":
            self._bring_claim(record, method, scope, user, is_seen)
        elif model == "its.subscription" and method == "action_restore":
            record.write(
                {
                    "date_cancelled": self.today(),
                    "cancellation_reason_id": self.reason_of_loss.id,
                }
            )
        return self._abroad(record, scope)

    def _asked_in(self, model, scope, user):
        """What a dialog is opened with, or what is filled in in it."""
        if model == "its.report.print":
            return {"report": "interactions"}
        if model == "its.personal.data":
            person = self.contact_of(self.client(scope, user))
            return {"partner_id": person.id, "kind": "export", "reason": "Просьба"}
        if model == "its.survey.send":
            client = self.client(scope, user)
            client.email = "klient@example.com"
            return {
                "survey_id": self.asked.id,
                "clients": f"[('id', '=', {client.id})]",
                "again": True,
            }
        former = self._abroad(self.record("its.subscription", scope, user), scope)
        return {"subscription_id": former.id}

    def _recorded(self, call_id, user):
        """A talk that the user has recorded at the desk, if they could."""
        desk = self.env["its.call.desk"].with_user(user)
        try:
            with self.env.cr.savepoint():
                return desk.finish_call(call_id, "no_answer", {})["interaction_id"]
        except UserError:
            call = self.env["mail.activity"].browse(call_id)
            values = call._its_interaction_values("no_answer")
            return self.env["its.interaction"].create(values).id

    def _row_of(self, model, record):
        self.env.flush_all()
        field = self.env[model]._its_opens
        return self.env[model].search([(field, "=", record.id)], limit=1)

    def _opened(self, model, values, user):
        """A dialog that the user has opened himself."""
        wizard = self.env[model].create(values)
        self.env.flush_all()
        self.env.cr.execute(
            f"UPDATE {wizard._table} SET create_uid = %s WHERE id = %s",
            (user.id, wizard.id),
        )
        return wizard

    def _abroad(self, record, scope):
        """The same record, in the other company where the scope says so."""
        if scope != "abroad" or record._name in ("res.company", "res.users"):
            return record
        owner = record
        for name in (
            "import_id",
            "source_id",
            "question_id",
            "survey_id",
            "connect_id",
            "connection_id",
        ):
            if name in owner._fields and owner[name] and not self._has_own(owner):
                owner = owner[name]
        if record._name == "its.onec.connection":
            record.user_id = self.abroad_boss
        if self._has_own(owner) and owner.company_id != self.other_company:
            owner.company_id = self.other_company
            self.env.flush_all()
        return record

    def _has_own(self, record):
        field = record._fields.get("company_id")
        return bool(field) and field.store and not field.related

    def _bring_claim(self, claim, method, scope, user, is_seen):
        """Put a claim where a button is, with all that it asks for filled in."""
        by_him = method in BY_RESPONSIBLE and is_seen and not user.share
        others = self.abroad_boss if scope == "abroad" else self.colleague
        filled = {
            "assign": {
                "user_id": (user if by_him else others).id,
                "date_deadline": self.working_day(5),
            },
            "hand_over": {
                "problem_id": self.problem.id,
                "problem_service_id": self.contract.id,
                "justified": "yes",
                "action_taken": "Отправили повторно",
            },
            "close": {"satisfaction": "5"},
        }
        ways = CLAIM_AT.get(method, ())
        for name in ways:
            claim.write(filled.get(name, {}))
            claim._apply_transition(
                name, "Потому что" if BY_NAME[name].reason else None
            )
        claim.write(filled.get(method.removeprefix("action_"), {}) if ways else {})
        if method == "action_merge":
            claim.duplicate_of_id = claim.create(
                {
                    "subject": "О том же",
                    "partner_id": claim.partner_id.id,
                    "company_id": claim.company_id.id,
                }
            )
        elif method == "action_accept_answer":
            claim.answer_verdict = "5"
        elif method == "action_resume":
            clock.pause(claim)
        elif method == "action_undo_link":
            claim.linked_on = fields.Datetime.now()
        elif method == "action_split_off":
            claim.message_post(
                body="Ещё одно",
                author_id=claim.partner_id.id,
                message_type="email",
                subtype_xmlid="mail.mt_comment",
            )
        elif method == "action_link_suggested":
            claim.suggested_partner_id = claim.partner_id

    # -------------------------------------------------------------------------
    # Arguments
    # -------------------------------------------------------------------------

    def arguments(self, model, method, record, scope, user):
        """What to call a method with, ids apart.

        :return: a list, and a dict
        """
        words = WORDS.get(model, {})
        todos = [[TODO, CALL, TODO_OF_CLAIM]]
        of_any = {"only_automated": False}
        found = {
            "action_ask_reason": ([], {"context": {"its_transition": "reject"}}),
            "activity_feedback": (todos, of_any),
            "activity_reschedule": (
                todos,
                {**of_any, "date_deadline": str(self.today(3))},
            ),
            "activity_schedule": ([TODO], {"summary": "Дело"}),
            "activity_search": (todos, of_any),
            "activity_unlink": (todos, of_any),
            "action_feedback": ([], {"feedback": "Поговорили"}),
            "copy": (
                [{"contract_number": "Н-2"}] if model == "its.subscription" else [],
                {},
            ),
            "default_get": ([["subject", "response_id"]], {}),
            "export_data": ([["display_name"]], {}),
            "load": (
                [
                    [".id", *words],
                    [[str(record.id), *(str(value or "") for value in words.values())]],
                ],
                {},
            ),
            "message_notify": (
                [],
                {"body": "Слово", "partner_ids": user.partner_id.ids},
            ),
            "message_post": ([], {"body": "Слово"}),
            "message_subscribe": ([], {"partner_ids": user.partner_id.ids}),
            "message_unsubscribe": ([], {"partner_ids": user.partner_id.ids}),
            "message_update": ([{"body": "Слово"}], {"update_vals": words}),
            "message_new": ([{"subject": "С"}], {"custom_values": words}),
            "name_create": (["Новое"], {}),
            "read": ([["display_name"]], {}),
            "search_read": ([[("id", "=", record.id)], ["display_name"]], {}),
            "web_read": ([{"display_name": {}}], {}),
            "web_read_group": ([[("id", "=", record.id)], ["stage_id"]], {}),
            "web_save": ([words, {"display_name": {}}], {}),
            "web_search_read": ([[("id", "=", record.id)], {"display_name": {}}], {}),
            "write": ([words], {}),
        }
        if method == "message_process":
            return [False, self._letter(record)], {}
        if method == "create":
            return [self._new(model, scope, user, record)], {}
        if model == "its.call.desk":
            call = self.call_of(self.client(scope, user)).id
            more = {"finish_call": ["no_answer", {}], "save_answers": [{}]}
            if method == "start_talk":
                return [self.client(scope, user).id], {}
            if method == "take_back":
                return [self._recorded(call, user)], {}
            if method.startswith(("find_", "get_")):
                return [], {}
            return [call, *more.get(method, [])], {}
        if model == "its.phone.desk":
            client = self.client(scope, user)
            event = self._phone_event(user, client, scope)
            if method == "call_number":
                return ["+7 8332 77-77-77"], {}
            return [event.id, client.id][: 1 + (method == "link_number")], {}
        if model == "its.survey.results":
            survey = self._abroad(self.asked, scope)
            return [survey.id], {}
        return found.get(method, ([], {}))

    def _phone_event(self, user, client, scope):
        """An event of a call of a client at the user's telephone, or at another's."""
        role = next(role for role in SEEN if self[role] == user)
        client.phone = "+7 8332 55-55-55"
        return self.env["its.phone.event"].create(
            {
                "connection_id": self.telephone.id,
                "call_ref": "1",
                "kind": "ringing",
                "extension": "",
                "number": "+7 8332 77-77-77",
                "user_id": (user if scope in SEEN[role] else self.abroad_boss).id,
                "date": fields.Datetime.now(),
                "received": fields.Datetime.now(),
            }
        )

    def _new(self, model, scope, user, record):
        if model == "mail.message":
            return {"model": record.model, "res_id": record.res_id, "body": "Слово"}
        if model == "its.connect.contact":
            return {"connect_id": self.connection.id, "user_ref": "2"}
        if model == "res.company":
            return {"name": "Ещё фирма"}
        return self.values(model, scope, user)

    def _letter(self, record):
        """A letter that answers what was written to a client."""
        asked = record.message_post(body="Слово", message_type="comment")
        return (
            "From: Клиент <client@example.com>\nTo: nobody@example.com\n"
            f"Message-Id: <entrances@example.com>\nIn-Reply-To: {asked.message_id}\n"
            "Subject: Слово\n\nСлово\n"
        )

    # -------------------------------------------------------------------------
    # Calling
    # -------------------------------------------------------------------------

    def outcome(self, model, method, role, is_seen):
        """Call a method as a role, as a request by RPC does.

        :param bool is_seen: on what the role may see
        :return: ``done``, ``refused`` or ``asked``, which is a refusal that speaks of
            the state and not of who asks; ``None`` where there is no such record
        """
        unseen = "abroad" if model in SHARED else UNSEEN[role]
        scopes = SEEN[role] if is_seen else (unseen,)
        found = set()
        for scope in scopes:
            if "done" not in found:
                found.add(self._call(model, method, role, scope, is_seen))
        order = ("done", "asked", "refused", None)
        return next(outcome for outcome in order if outcome in found)

    def _call(self, model, method, role, scope, is_seen):
        user = self[role]
        model = CALLED_ON.get(model, model)
        if method == "create" and not is_seen and not self._is_about_clients(model):
            return None
        with self.undone(), mute_logger("odoo.sql_db", "odoo.models"):
            record = self.target(model, method, scope, user, is_seen)
            if not record and not self.env[model]._abstract:
                return None
            args, options = self.arguments(model, method, record, scope, user)
            if not hasattr(getattr(type(record), method), "_api_model"):
                args = [record.ids, *args]
            self.env.flush_all()
            todos = self._todos(record, method)
            with self.request_of(user):
                env = self.env(user=user, context={}, su=False)
                try:
                    with patch.object(OdataClient, "__enter__", _no_network):
                        result = call_kw(env[model], method, args, dict(options))
                        env.flush_all()
                except (AccessError, MissingError) as error:
                    self.words = str(error)
                    return "refused"
                except (UserError, ValidationError) as error:
                    self.words = str(error)
                    return "asked"
                told = self._tells(model, method, result, record)
            if told and method in OF_TODOS:
                told = todos != self._todos(record, method)
            return "done" if told else "refused"

    def _todos(self, record, method):
        """What is to be done about a record, where a method changes it."""
        if method not in OF_TODOS:
            return None
        todos = self.env["mail.activity"].with_context(active_test=True)
        todos = todos.search(
            [("res_model", "=", record._name), ("res_id", "in", record.ids)]
        )
        return [(todo.id, todo.date_deadline) for todo in todos]

    def _is_about_clients(self, model):
        """Whether a new record of a model is about a client there is."""
        return model != "res.partner" and any(
            row[0] == model and row[1] for row in ROWS
        )

    def _tells(self, model, method, result, record):
        """Whether something was told or done."""
        if method == "load":
            return bool(result["ids"])
        if model == "its.subscription.cancel":
            # Of those that one cannot see the dialog knows nothing.
            record.invalidate_recordset()
            days = record.subscription_ids.mapped("date_cancelled")
            return bool(days) and all(days)
        if method in EMPTY_HANDED:
            return bool(result)
        if method == "web_search_read":
            return bool(result["records"])
        if method == "web_read_group":
            return bool(result["groups"]) and any(
                group["__count"] for group in result["groups"]
            )
        return True
