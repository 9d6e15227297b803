"""The table of roles, cell by cell: what it allows works, what it does not is denied.

Everything is really done as the user; nothing here asks ``has_access``.
"""

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common import QualityCase
from .roles_table import OPERATIONS, cells
from .tier import thinned

# What stands in the table by a name of its own.
TECHNICAL = {"contact": "res.partner", "asking cadence": "its.cadence"}
# A field that whoever may edit a record may write, with a value.
WRITES = {
    "res.partner": {"vat": "7707083893"},
    "contact": {"phone": "+7 8332 120001", "function": "Бухгалтер"},
    "its.subscription": {"note": "Звонить после обеда"},
    "its.subscription.cancel": {"note": "Дорого"},
    "its.client.risk": {"date_to": "2026-01-31"},
    "its.interaction": {"summary": "Просят обучение"},
    "mail.activity": {"summary": "Спросить про обучение"},
    "its.cadence": {"interval_number": 2},
    "asking cadence": {"active": False},
    "its.wish": {"color": 3},
    "its.service": {"description": "Новое описание"},
    "its.team": {"note": "По средам совещание"},
    "its.cancellation.reason": {"name": "Переехал"},
    "its.client.making": {"user_id": False},
    "its.import": {"overwrite": True},
    "its.import.source": {"name": "Другая база"},
    "its.import.column": {"target": "kpp"},
    "its.import.contract": {"service_id": False},
    "its.import.line": {"decision": "skip"},
    "its.import.snapshot": {"digest": "2"},
    "its.user.import": {"whole_list": True},
    "its.user.import.line": {"role": "head"},
    "its.user.link": {"name": "Другой"},
    "survey.survey": {"its_low_score": 50},
    "survey.question": {"title": "Как дела?"},
    "survey.question.answer": {"value": "Так себе"},
    "survey.user_input": {"its_contact_id": False},
    "survey.user_input.line": {"value_scale": 3},
    "its.claim": {"subject": "Акт с ошибкой, и снова"},
    "its.claim.movement": {"reason": "Иначе"},
    "its.claim.stage": {"name": "Новый этап"},
    "its.claim.problem": {"name": "Другая проблема"},
    "its.connect": {"name": "Другое подключение"},
    "its.phone.connection": {"name": "Другая станция"},
    "its.phone.extension": {"number": "102"},
    "its.phone.call": {"number": "101"},
    "its.onec.connection": {"name": "Другая база"},
    "its.onec.object": {"name": "Иначе"},
    "its.letter": {"words": "Другие слова"},
    "its.consent": {"words": "Другие слова"},
    "its.personal.request": {"reason": "Другая причина"},
}
CONTACTS = {
    "phone": "+7 8332 120002",
    "email": "office@example.com",
    "its_call_consent": "refused",
    "its_consent_source": "По телефону",
}


class RolesCase(QualityCase):
    """A record of each row of the table of roles, for whoever acts."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.source = cls.env["its.import.source"].create({"name": "Проверочная база"})
        cls.job = cls.env["its.import"].create({"source_id": cls.source.id})
        cls.column = cls.env["its.import.column"].create(
            {"import_id": cls.job.id, "index": 0, "title": "ИНН", "target": "inn"}
        )
        cls.line = cls.env["its.import.line"].create(
            {"import_id": cls.job.id, "row": 2, "name": "ООО «Ромашка»"}
        )
        cls.contract_kind = cls.env["its.import.contract"].create(
            {"source_id": cls.source.id, "key": "итс", "name": "Договор ИТС"}
        )
        cls.snapshot = cls.env["its.import.snapshot"].create(
            {"source_id": cls.source.id, "partner_id": cls.client_own.id, "digest": "1"}
        )
        cls.people = cls.env["its.user.import"].create(
            {
                "source_id": cls.source.copy({"name": "База с людьми"}).id,
                "state": "checked",
            }
        )
        cls.person = cls.env["its.user.import.line"].create(
            {"import_id": cls.people.id, "name": "Вера", "proposal": "create"}
        )
        cls.link = cls.env["its.user.link"].create(
            {"source_id": cls.people.source_id.id, "user_id": cls.employee.id}
        )
        cls.onec, cls.other_source = cls._create_onec()
        cls.onec_object = cls.env["its.onec.object"].create(
            {"connection_id": cls.onec.id, "catalogue": "Catalog_Банки", "ref": "1"}
        )
        cls.client_own.its_call_consent = "granted"
        cls.consent = cls.env["its.consent"].search([], limit=1)
        cls.data_request = cls.env["its.personal.request"].create(
            {"kind": "export", "card_ref": 1, "reason": "Просьба"}
        )
        cls.making = cls.env["its.client.making"].create(
            {"partner_ids": [(6, 0, cls.stranger.ids)]}
        )
        cls.reason = cls.env["its.cancellation.reason"].create({"name": "Закрылся"})
        cls.cadence = cls.env["its.cadence"].create({"name": "По вторникам"})
        cls.wish = cls.env["its.wish"].create({"name": "Скидка постоянным"})
        cls._create_responses()
        cls.asking_cadence = cls.cadence.copy({"survey_id": cls.asked.id})
        cls._create_talks()
        cls._create_claims()
        cls._create_phone_calls()
        cls.risks = cls.env["its.client.risk"].create(
            [cls._values_of_risk(client, "claim") for client in cls.clients]
        )

    @classmethod
    def _values_of_risk(cls, client, sign):
        return {
            "partner_id": client.id,
            "company_id": cls.company.id,
            "sign": sign,
            "date_from": "2026-01-12",
        }

    @classmethod
    def _create_onec(cls):
        """A connection, and a source for another."""
        sources = cls.env["its.import.source"].create(
            [{"name": "Подключённая база"}, {"name": "Ещё не подключённая"}]
        )
        connection = cls.env["its.onec.connection"].create(
            {
                "name": "База",
                "address": "https://1c.example.com/buh",
                "source_id": sources[0].id,
                "user_id": cls.administrator.id,
            }
        )
        return connection, sources[1]

    @classmethod
    def _create_claims(cls):
        cls.stage = cls.env["its.claim.stage"].create(
            {"name": "Ещё этап", "state": "in_progress"}
        )
        cls.problem = cls.env["its.claim.problem"].create({"name": "Проблема"})
        cls.connection = cls.env["its.connect"].create({"name": "Подключение"})
        cls.letter = cls.env["its.letter"].create(
            {"reason": "bulk", "company_id": cls.env.company.id}
        )
        for client in cls.clients:
            in_team = client == cls.client_team
            cls.env["its.claim"].create(
                {
                    "subject": "Акт с ошибкой",
                    "partner_id": client.id,
                    "team_id": (cls.team if in_team else cls.other_team).id,
                    "author_id": False,
                }
            )

    @classmethod
    def _create_phone_calls(cls):
        cls.telephone = cls.env["its.phone.connection"].create({"name": "Станция"})
        cls.extension = cls.env["its.phone.extension"].create(
            {
                "connection_id": cls.telephone.id,
                "user_id": cls.colleague.id,
                "number": "101",
            }
        )
        cls.phone_calls = cls.env["its.phone.call"].create(
            [cls._values_of_phone_call(cls.telephone, client) for client in cls.clients]
        )

    @classmethod
    def _values_of_phone_call(cls, telephone, client, ref=""):
        return {
            "connection_id": telephone.id,
            "company_id": telephone.company_id.id,
            "call_ref": ref or str(client.id),
            "direction": "in",
            "state": "talk",
            "date_start": "2026-01-12 10:00:00",
            "partner_id": client.id,
        }

    @classmethod
    def _create_responses(cls):
        """A questionnaire that may still be changed, and one that every client has
        answered."""
        cls.survey, cls.asked = cls.env["survey.survey"].create(
            [{"title": title, "survey_type": "its"} for title in ("Новая", "В работе")]
        )
        cls.question = cls.env["survey.question"].create(
            {"survey_id": cls.survey.id, "title": "Как вам?"}
        )
        cls.option = cls.env["survey.question.answer"].create(
            {"question_id": cls.question.id, "value": "Хорошо"}
        )
        cls.mark = cls.env["survey.question"].create(
            {"survey_id": cls.asked.id, "title": "Оценка", "question_type": "scale"}
        )
        for client in cls.clients:
            response = cls.env["survey.user_input"].create(
                {"survey_id": cls.asked.id, "its_client_id": client.id}
            )
            response._save_lines(cls.mark, "7")

    @classmethod
    def _create_talks(cls):
        for client in cls.clients:
            cls.env["its.interaction"].create({"partner_id": client.id})
            client.activity_schedule("mail.mail_activity_data_call", user_id=False)

    def talk_of(self, client):
        return client.its_interaction_ids[:1]

    def call_of(self, client):
        return client.its_planned_call_ids[:1]

    def response_of(self, client):
        return self.env["survey.user_input"].search([("its_client_id", "=", client.id)])

    def claim_of(self, client):
        return self.env["its.claim"].search([("partner_id", "=", client.id)])

    def client(self, scope, user):
        """The client that stands in this relation to the user."""
        client = self[f"client_{scope}"]
        if scope == "own" and client.user_id != user:
            client.user_id = user
        return client

    def __getitem__(self, name):
        return getattr(self, name)

    def record(self, model, scope, user):
        """A record of the row of the table, as the superuser sees it."""
        if model == "res.partner":
            return self.client(scope, user)
        if model == "contact":
            return self.contact_of(self.client(scope, user))
        if model == "its.subscription":
            return self.subscription_of(self.client(scope, user))
        if model == "its.subscription.cancel":
            # What the user has opened himself.
            wizard = self.env[model].create(self.values(model, scope, user))
            self.env.flush_all()
            self.env.cr.execute(
                "UPDATE its_subscription_cancel SET create_uid = %s WHERE id = %s",
                (user.id, wizard.id),
            )
            return wizard
        if model == "survey.user_input":
            return self.response_of(self.client(scope, user))
        if model == "survey.user_input.line":
            return self.response_of(self.client(scope, user)).user_input_line_ids
        if model == "its.interaction":
            return self.talk_of(self.client(scope, user))
        if model == "mail.activity":
            return self.call_of(self.client(scope, user))
        if model == "its.claim":
            return self.claim_of(self.client(scope, user))
        if model in ("its.client.risk", "its.phone.call"):
            client = self.client(scope, user)
            every = self.risks if model == "its.client.risk" else self.phone_calls
            return every.filtered(lambda record: record.partner_id == client)
        if model == "its.claim.movement":
            return self.claim_of(self.client(scope, user)).movement_ids
        return {
            "its.cadence": self.cadence,
            "asking cadence": self.asking_cadence,
            "its.claim.stage": self.stage,
            "its.claim.problem": self.problem,
            "its.connect": self.connection,
            "its.phone.connection": self.telephone,
            "its.phone.extension": self.extension,
            "its.onec.connection": self.onec,
            "its.onec.object": self.onec_object,
            "its.letter": self.letter,
            "its.consent": self.consent,
            "its.personal.request": self.data_request,
            "its.wish": self.wish,
            "survey.survey": self.survey,
            "survey.question": self.question,
            "survey.question.answer": self.option,
            "its.service": self.service,
            "its.team": self.team,
            "its.cancellation.reason": self.reason,
            "its.client.making": self.making,
            "its.import": self.job,
            "its.import.source": self.source,
            "its.import.column": self.column,
            "its.import.contract": self.contract_kind,
            "its.import.line": self.line,
            "its.import.snapshot": self.snapshot,
            "its.user.import": self.people,
            "its.user.import.line": self.person,
            "its.user.link": self.link,
        }[model]

    def values(self, model, scope, user):
        """What to create another record of this row of the table with."""
        client = self.client(scope, user) if scope else self.client_own
        return {
            "res.partner": {
                "name": "ООО «Новичок»",
                "is_company": True,
                "its_client": True,
                "user_id": client.user_id.id,
            },
            "contact": {"name": "Бухгалтер", "parent_id": client.id},
            "its.subscription": {
                "partner_id": client.id,
                "service_id": (self.service if scope == "team" else self.program).id,
                "contract_number": "Н-1",
            },
            "its.subscription.cancel": {
                "subscription_ids": [(6, 0, self.subscription_of(client).ids)],
                "reason_id": self.reason.id,
            },
            "its.client.risk": self._values_of_risk(client, "score"),
            "its.interaction": {"partner_id": client.id},
            "mail.activity": {
                "res_model_id": self.env["ir.model"]._get_id("res.partner"),
                "res_id": client.id,
                "activity_type_id": self.env.ref("mail.mail_activity_data_call").id,
                "user_id": user.id,
            },
            "its.cadence": {"name": "По средам"},
            "asking cadence": {"name": "По четвергам", "survey_id": self.asked.id},
            "its.claim": {"subject": "Другая жалоба", "partner_id": client.id},
            "its.claim.movement": {"claim_id": self.claim_of(client).id},
            "its.claim.stage": {"name": "Этап", "state": "in_progress"},
            "its.claim.problem": {"name": "Ещё проблема"},
            "its.connect": {"name": "Ещё подключение"},
            "its.phone.connection": {"name": "Ещё станция"},
            "its.phone.extension": {
                "connection_id": self.telephone.id,
                "user_id": self.colleague.id,
                "number": "103",
            },
            "its.phone.call": self._values_of_phone_call(self.telephone, client, "-"),
            "its.onec.connection": {
                "name": "Ещё база",
                "address": "https://1c.example.com/ut",
                "source_id": self.other_source.id,
                "user_id": self.administrator.id,
            },
            "its.onec.object": {
                "connection_id": self.onec.id,
                "catalogue": "Catalog_Банки",
                "ref": "2",
            },
            "its.letter": {"reason": "bulk", "company_id": self.env.company.id},
            "its.consent": {
                "partner_id": self.client_own.id,
                "kind": "calls",
                "answer": "granted",
                "user_id": user.id,
            },
            "its.personal.request": {
                "kind": "export",
                "card_ref": 2,
                "reason": "Просьба",
            },
            "its.wish": {"name": "Обучение"},
            "its.service": {"name": "Новый сервис"},
            "its.team": {"name": "Новое направление"},
            "its.cancellation.reason": {"name": "Слился с другой фирмой"},
            "its.client.making": {"partner_ids": [(6, 0, self.stranger.ids)]},
            "its.import": {"source_id": self.source.id},
            "its.import.source": {"name": "Ещё одна база"},
            "its.import.column": {"import_id": self.job.id, "index": 1},
            "its.import.contract": {"source_id": self.source.id, "key": "ещё"},
            "its.import.line": {"import_id": self.job.id, "row": 3},
            "its.import.snapshot": {
                "source_id": self.source.id,
                "partner_id": self.client_team.id,
            },
            "its.user.import": {"source_id": self.source.id},
            "its.user.import.line": {
                "import_id": self.people.id,
                "name": "Анна",
                "proposal": "create",
            },
            "its.user.link": {
                "source_id": self.source.id,
                "user_id": self.employee.id,
            },
            "survey.survey": {"title": "Ещё одна", "survey_type": "its"},
            "survey.question": {"survey_id": self.survey.id, "title": "И это?"},
            "survey.question.answer": {
                "question_id": self.question.id,
                "value": "Плохо",
            },
            "survey.user_input": {
                "survey_id": self.asked.id,
                "its_client_id": client.id,
            },
            "survey.user_input.line": {
                "user_input_id": self.response_of(client).id,
                "question_id": self.mark.id,
                "answer_type": "scale",
                "value_scale": 5,
            },
        }[model]

    def operate(self, letter, model, scope, user):
        """Do one operation of the table as the user; raises what the user would get."""
        technical = TECHNICAL.get(model, model)
        if letter == "c":
            values = self.values(model, scope, user)
            self.env.invalidate_all()
            self.env[technical].with_user(user).create(values).flush_recordset()
            return
        record = self.record(model, scope, user)
        if letter == "d" and technical == "res.partner":
            # Subscriptions, talks and responses keep a client from being deleted,
            # whoever tries.
            record.its_subscription_ids.unlink()
            record.its_interaction_ids.unlink()
            self.response_of(record).unlink()
            self.forget_claims(record)
        elif letter == "d" and model == "its.import.source":
            self.job.unlink()
        record = self.as_user(record, user)
        if letter == "r":
            record.read(["display_name"])
            self.assertTrue(record.search([("id", "=", record.id)]))
        elif letter == "w":
            record.write(WRITES[model])
        elif letter == "k":
            record.write(CONTACTS)
        elif letter == "d":
            record.unlink()
        record.flush_recordset()

    def forget_claims(self, client):
        """Nobody deletes a claim; for a client without claims there is SQL."""
        ids = self.claim_of(client).ids
        self.env["mail.activity"].search(
            [("res_model", "=", "its.claim"), ("res_id", "in", ids)]
        ).unlink()
        self.env.flush_all()
        self.env.cr.execute(
            "DELETE FROM its_claim_movement WHERE claim_id = ANY(%s)", (ids,)
        )
        self.env.cr.execute("DELETE FROM its_claim WHERE id = ANY(%s)", (ids,))
        self.env.invalidate_all()


@tagged("post_install", "-at_install")
class TestRoles(RolesCase):
    def test_table(self):
        for number, (role, model, scope, letters) in enumerate(cells()):
            user = self[role]
            for letter, words in thinned(OPERATIONS.items(), 2, number):
                if letter == "k" and model != "res.partner":
                    continue
                allowed = letter in letters or (letter == "k" and "w" in letters)
                title = {"role": role, "model": model, "scope": scope, "do": words}
                with self.subTest(**title), self.undone():
                    if allowed:
                        self.operate(letter, model, scope, user)
                    else:
                        with self.assertRaises(AccessError):
                            self.operate(letter, model, scope, user)

    def test_who_may_not_read_finds_nothing(self):
        """A search does not deny, it finds nothing; where the model is closed it
        denies."""
        for role, model, scope, letters in cells():
            if "r" in letters:
                continue
            user = self[role]
            with self.subTest(role=role, model=model, scope=scope), self.undone():
                record = self.as_user(self.record(model, scope, user), user)
                try:
                    found = record.search([("id", "=", record.id)])
                except AccessError:
                    continue
                self.assertFalse(found)

    def test_who_may_delete_contacts_still_keeps_clients(self):
        """Odoo's own right to delete contacts does not reach the clients."""
        clerk = self.create_user(
            "its_clerk", "its_quality.group_client_manager,base.group_partner_manager"
        )
        outsider = self.create_user(
            "its_outsider", "base.group_user,base.group_partner_manager"
        )
        self.client_own.user_id = clerk
        self.client_own.its_subscription_ids.unlink()
        self.client_own.its_interaction_ids.unlink()
        self.response_of(self.client_own).unlink()
        self.forget_claims(self.client_own)
        for user in (clerk, outsider):
            with self.subTest(user=user.login), self.undone():
                self.as_user(self.stranger, user).unlink()
            with (
                self.subTest(user=user.login, client=True),
                self.undone(),
                self.assertRaisesRegex(UserError, "archive the card"),
            ):
                self.as_user(self.client_own, user).unlink()
        with self.assertRaises(AccessError):
            self.as_user(self.client_colleague, clerk).unlink()
