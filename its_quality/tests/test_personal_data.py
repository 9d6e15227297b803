"""The data of a person: handed out whole, erased without a trace; figures stay."""

import base64
import io
import json
import zipfile
from datetime import timedelta

from dateutil.relativedelta import relativedelta

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import HttpCase, tagged
from odoo.tools import SQL

from ..models.client.personal import Spellings
from .claim.common import ClaimCase

NAME = "Ксения Вольфовна Тетерева"
MAIL = "ksenia.tetereva@romashka.example.com"
PHONE = "+7 (8332) 47-11-93"
# What must be found nowhere afterwards, as it may stand in a row or in a file.
TRACES = ("Тетерева", "ksenia.tetereva", "8332471193", "8332471193", "47-11-93")
# How others write of her.
WRITTEN = (
    "Звонила Тетерева Ксения Вольфовна, просит счёт",
    "ответить на Ksenia.Tetereva@romashka.example.com",
    "перезвонить 8 8332 47 11 93 до пяти",
    "<p>ксения вольфовна тетерева</p>",
)
LETTER = f"From: {MAIL}\nTo: quality@its.example.org\nSubject: x\n\n{NAME}\n"


class PersonCase(ClaimCase):
    """A contact person of whom something is kept in every room."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.client = cls.client_own
        cls.person = cls.contact_of(cls.client)
        cls.person.write(
            {
                "name": NAME,
                "email": MAIL,
                "phone": PHONE,
                "function": f"бухгалтер, {NAME}",
                "comment": f"<p>{NAME}</p>",
            }
        )
        cls.talk_with = cls.talk(
            cls.client, contact_id=cls.person.id, summary=f"{NAME} довольна"
        )
        cls._create_response()
        cls._create_claim()
        cls._create_calls()
        cls._create_import()
        for words in WRITTEN:
            cls.talk(cls.client_colleague, summary=words)
        cls.env.flush_all()

    @classmethod
    def _create_response(cls):
        survey = cls.env["survey.survey"].create(
            {"title": "Опрос", "survey_type": "its", "its_draft": False}
        )
        mark, words = cls.env["survey.question"].create(
            [
                {"survey_id": survey.id, "title": "Оценка", "question_type": "scale"},
                {"survey_id": survey.id, "title": "Слова", "question_type": "text_box"},
            ]
        )
        cls.response = cls.env["survey.user_input"].create(
            {
                "survey_id": survey.id,
                "its_client_id": cls.client.id,
                "its_contact_id": cls.person.id,
                "email": MAIL,
            }
        )
        cls.response._save_lines(mark, "9")
        cls.response._save_lines(words, "Вежливые люди")
        cls.mark, cls.words = cls.response.user_input_line_ids

    @classmethod
    def _create_claim(cls):
        claim = cls.create_claim(
            subject="Жалоба Тетеревой",
            description=f"Я, {NAME}, жду",
            partner_id=cls.client.id,
            contact_id=cls.person.id,
            email_from=f'"{NAME}" <{MAIL}>',
            sender_phone=PHONE,
        )
        # As mails come in: in another's name.
        cls.claim = cls.env["its.claim"].browse(claim.id)
        cls.message = cls.claim.message_post(
            body=f"Пишет {NAME}",
            author_id=cls.person.id,
            message_type="email",
            attachments=[("scan.txt", f"Акт подписала {NAME}".encode("cp1251"))],
        )
        cls.letter = cls.env["its.letter"].create(
            {
                "reason": "flood",
                "company_id": cls.company.id,
                "sender": f"{NAME} <{MAIL}>",
                "words": NAME,
                "letter": base64.b64encode(LETTER.encode()),
            }
        )
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w") as archive:
            archive.writestr("word/document.xml", f"<w:t>{NAME[:9]}</w:t>{NAME[9:]}")
        cls.env["ir.attachment"].create(
            {
                "name": "act.docx",
                "raw": packed.getvalue(),
                "res_model": "res.partner",
                "res_id": cls.client.id,
            }
        )

    @classmethod
    def _create_calls(cls):
        cls.telephone = cls.env["its.phone.connection"].create({"name": "Станция"})
        cls.phone_call = cls.env["its.phone.call"].create(
            {
                "connection_id": cls.telephone.id,
                "company_id": cls.company.id,
                "call_ref": "77",
                "direction": "in",
                "number": "+78332471193",
                "key": "8332471193",
                "state": "talk",
                "seconds": 63,
                "date_start": fields.Datetime.now(),
                "partner_id": cls.client.id,
                "contact_id": cls.person.id,
                "recording": "https://pbx.example.com/8332471193.mp3",
            }
        )
        cls.env["its.phone.event"].create(
            {
                "connection_id": cls.telephone.id,
                "call_ref": "77",
                "kind": "ringing",
                "number": "+78332471193",
                "data": json.dumps({"from": "78332471193"}),
                "date": fields.Datetime.now(),
                "received": fields.Datetime.now(),
            }
        )

    @classmethod
    def _create_import(cls):
        source = cls.env["its.import.source"].create({"name": "База"})
        cls.job = cls.env["its.import"].create(
            {
                "source_id": source.id,
                "state": "done",
                "file": base64.b64encode(f"Имя;{NAME};{PHONE}".encode()),
                "file_name": "a.csv",
            }
        )
        cls.line = cls.env["its.import.line"].create(
            {
                "import_id": cls.job.id,
                "row": 2,
                "name": "ООО «Ромашка»",
                "data": {"contact": NAME, "phone": "8(8332)471193", "inn": "1"},
            }
        )

    def close_claims(self):
        """Past the workflow, which is tested elsewhere."""
        self.env.flush_all()
        stage = self.env["its.claim.stage"]._first_of("closed")
        self.env.cr.execute(
            SQL(
                "UPDATE its_claim SET state = 'closed', stage_id = %s,"
                " date_closed = now() at time zone 'UTC' WHERE id = %s",
                stage.id,
                self.claim.id,
            )
        )
        self.env.invalidate_all()

    def erase(self, kind="anonymize", user=None, **values):
        dialog = self.env["its.personal.data"].with_user(user or self.quality_manager)
        dialog = dialog.create(
            {
                "partner_id": self.person.id,
                "kind": kind,
                "reason": f"Письмо от {NAME}",
                **values,
            }
        )
        action = dialog.action_confirm()
        self.env.flush_all()
        return self.env["its.personal.request"].browse(action["res_id"])

    def traces(self):
        """Where something of her is still written: every column that can hold words of
        every table, and the bytes of every file.

        :return: a list of what was found
        """
        self.env.flush_all()
        columns = self.env.execute_query(
            SQL(
                """
                SELECT c.table_name, c.column_name
                  FROM information_schema.columns AS c
                  JOIN information_schema.tables AS t USING (table_schema, table_name)
                 WHERE c.table_schema = current_schema() AND t.table_type = 'BASE TABLE'
                   AND (c.data_type IN ('text', 'character varying', 'jsonb', 'json')
                        OR c.data_type IN ('bytea', 'ARRAY', 'character'))
                """
            )
        )
        self.assertGreater(len(columns), 500)
        tables = {}
        for table, column in columns:
            tables.setdefault(table, []).append(column)
        found = []
        for table, names in tables.items():
            for trace in TRACES:
                rows = self.env.execute_query(
                    SQL(
                        "SELECT 1 FROM %s WHERE concat_ws(' ', %s) ILIKE %s LIMIT 1",
                        SQL.identifier(table),
                        SQL(", ").join(
                            SQL("%s::text", SQL.identifier(name)) for name in names
                        ),
                        f"%{trace}%",
                    )
                )
                found += [(table, trace)] * len(rows)
        files = (
            self.env["ir.attachment"]
            .sudo()
            .search(
                [
                    ("id", "!=", False),
                    ("type", "=", "binary"),
                    ("res_model", "not in", [False, "ir.ui.view"]),
                ]
            )
        )
        files |= (
            self.env["ir.attachment"]
            .sudo()
            .search([("res_field", "!=", False), ("res_model", "=like", "its.%")])
        )
        for file in files:
            raw = file.raw or b""
            for encoding in ("utf-8", "cp1251"):
                text = raw.decode(encoding, "ignore").lower()
                found += [
                    (file.name, trace) for trace in TRACES if trace.lower() in text
                ]
        return found


@tagged("post_install", "-at_install")
class TestPersonalData(PersonCase):
    def test_nothing_is_left_and_figures_stay(self):
        before = self.traces()
        places = {place for place, _trace in before}
        self.assertGreaterEqual(
            places,
            {
                "res_partner",
                "its_interaction",
                "survey_user_input",
                "its_claim",
                "mail_message",
                "its_letter",
                "its_phone_call",
                "its_phone_event",
                "its_phone_number",
                "its_import_line",
                "scan.txt",
                "letter",
            },
        )
        self.close_claims()
        request = self.erase()
        self.assertEqual(self.traces(), [])
        self.env.invalidate_all()
        # What is counted is as it was.
        self.assertEqual(self.mark.value_scale, 9)
        self.assertEqual(self.response.its_client_id, self.client)
        self.assertEqual(self.talk_with.contact_id, self.person)
        self.assertEqual(self.talk_with.partner_id, self.client)
        self.assertEqual(self.phone_call.seconds, 63)
        self.assertEqual(self.claim.partner_id, self.client)
        self.assertEqual(self.line.data["inn"], "1")
        self.assertFalse(self.letter.exists())
        self.assertFalse(self.person.active)
        self.assertEqual(self.person.its_call_consent, "refused")
        # Words of hers are gone though they did not name her.
        self.assertNotIn("Вежливые", self.words.value_text_box)
        self.assertNotIn("жду", self.claim.description)
        # And those of others only where they did.
        said = self.client_colleague.its_interaction_ids.mapped("summary")
        self.assertIn("просит счёт", " ".join(said))
        self.assertIn("до пяти", " ".join(said))
        self.assertEqual(request.user_id, self.quality_manager)
        self.assertEqual(request.card_ref, self.person.id)
        self.assertEqual(request.client_id, self.client)
        self.assertTrue(request.outcome)

    def test_the_card_goes_where_it_may(self):
        self.close_claims()
        self.erase("erase", self.administrator)
        self.assertFalse(self.person.exists())
        self.assertEqual(self.traces(), [])
        self.env.invalidate_all()
        self.assertTrue(self.talk_with.exists())
        self.assertFalse(self.talk_with.contact_id)

    def test_access_to_the_portal_goes(self):
        values = {"partner_id": self.person.id, "name": NAME, "email": MAIL}
        user = self.create_user(MAIL, "base.group_portal", **values)
        ours = self.env["ir.attachment"].with_user(self.administrator)
        ours = ours.create(
            {
                "name": "наш акт.txt",
                "raw": "Работы приняты".encode(),
                "res_model": "its.claim",
                "res_id": self.claim.id,
            }
        )
        self.close_claims()
        request = self.erase("erase")
        self.assertEqual(self.traces(), [])
        self.env.invalidate_all()
        self.assertFalse(user.active)
        self.assertFalse(self.env["res.users.deletion"].search([]).user_id & user)
        self.assertTrue(ours.exists())
        self.assertIn("still referred to", request.outcome)

    def test_what_others_share_stays_theirs(self):
        other = self.contact_of(self.client_colleague)
        other.write({"name": NAME, "phone": PHONE})
        self.close_claims()
        request = self.erase()
        self.env.invalidate_all()
        self.assertEqual(other.name, NAME)
        self.assertEqual(other.phone, PHONE)
        said = " ".join(self.client_colleague.its_interaction_ids.mapped("summary"))
        self.assertIn("Звонила Тетерева Ксения", said)
        self.assertNotIn(MAIL, said.lower())
        self.assertIn("Other cards have the same", request.outcome)

    def test_other_spellings(self):
        self.talk(self.client_colleague, summary="Спрашивали Ксению Вольфовну")
        self.close_claims()
        self.erase(also="Ксению Вольфовну\nОна")
        said = " ".join(self.client_colleague.its_interaction_ids.mapped("summary"))
        self.assertIn("Спрашивали", said)
        self.assertNotIn("Вольфовну", said)

    def test_what_is_in_the_way_is_told(self):
        with self.assertRaisesRegex(UserError, self.claim.name):
            self.erase()
        firm = self.env["its.personal.request"].with_user(self.administrator)
        with self.assertRaisesRegex(UserError, "is a firm"):
            firm._its_erase(self.client, "anonymize", "Просьба")
        with self.assertRaisesRegex(UserError, "is a user"):
            firm._its_erase(self.colleague.partner_id, "anonymize", "Просьба")
        self.assertIn(NAME, self.person.name)

    def test_who_may(self):
        self.close_claims()
        for user in (self.client_manager, self.head, self.employee, self.portal):
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                self.erase(user=user)
            requests = self.env["its.personal.request"].with_user(user)
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                requests._its_erase(self.person, "anonymize", "Просьба")

    def test_the_record_is_not_changed(self):
        self.close_claims()
        request = self.erase()
        own = request.with_user(self.administrator)
        self.assertTrue(own.read(["outcome"]))
        for attempt in (
            lambda: own.write({"reason": "Иначе"}),
            own.unlink,
            lambda: own.create({"kind": "erase", "reason": "Выдумал"}),
        ):
            with self.assertRaises(AccessError):
                attempt()

    def test_consents_are_kept_with_their_words(self):
        client = self.client_unassigned
        client.write(
            {
                "its_call_consent": "granted",
                "its_consent_date": "2026-01-12",
                "its_consent_source": "Договор 7",
                "its_consent_words": "Согласен на звонки",
            }
        )
        client.its_call_consent = "refused"
        client.name = "Другое имя"
        kept = self.env["its.consent"].search([("partner_id", "=", client.id)])
        self.assertEqual(kept.mapped("answer"), ["refused", "granted"])
        self.assertEqual(kept[-1].words, "Согласен на звонки")
        with self.assertRaises(AccessError):
            kept[-1].sudo().write({"words": "Иначе"})
        report = self.env["ir.actions.report"].with_user(self.quality_manager)
        page, _kind = report._render_qweb_html(
            "its_quality.its_consent_sheet", client.ids
        )
        self.assertIn("Согласен на звонки", page.decode())
        self.assertIn("Договор 7", page.decode())

    def test_what_is_kept_no_longer(self):
        long_ago = fields.Datetime.now() - relativedelta(years=4)
        self.close_claims()
        for record, names in {
            self.letter: ("date",),
            self.response: ("create_date", "end_datetime"),
            self.claim: ("date_closed",),
            self.job: ("create_date", "write_date"),
        }.items():
            for name in names:
                self.env.cr.execute(
                    SQL(
                        "UPDATE %s SET %s = %s WHERE id = %s",
                        SQL.identifier(record._table),
                        SQL.identifier(name),
                        long_ago,
                        record.id,
                    )
                )
        self.env.invalidate_all()
        young = self.letter.copy({"date": fields.Datetime.now() - timedelta(days=9)})
        requests = self.env["its.personal.request"]
        self.assertEqual(requests._its_forget(self.company), 0)
        years = dict.fromkeys(("letters", "responses", "imports"), 3)
        self.company.write({f"its_keep_{name}": kept for name, kept in years.items()})
        self.assertGreaterEqual(requests._its_forget(self.company), 4)
        self.env.invalidate_all()
        self.assertFalse(self.letter.exists())
        self.assertFalse(self.job.exists())
        self.assertTrue(young.exists())
        self.assertFalse(self.message.body)
        self.assertFalse(self.message.attachment_ids)
        self.assertFalse(self.response.its_contact_id)
        self.assertEqual(self.mark.value_scale, 9)
        self.assertNotIn("Вежливые", self.words.value_text_box)
        self.assertEqual(requests._its_forget(self.company), 0)

    def test_spellings(self):
        pattern = Spellings("Ёлкин Пётр", "p@a.ru", ["8332471193"]).patterns()
        for text, is_named in {
            "пришёл ПЕТР  елкин": True,
            "Ёлкин, Пётр": True,
            "Ёлкин Петрович": False,
            "P@A.RU": True,
            "pp@a.ru": False,
            "x.p@a.ru": False,
            "p@a.ru.com": False,
            "mailto:p@a.ru.": True,
            "тел. 8-8332-471193": True,
            "1833247119300": False,
        }.items():
            rows = self.env.execute_query(SQL("SELECT %s ~ %s", text, pattern))
            self.assertEqual(rows, [(is_named,)], text)


@tagged("post_install", "-at_install")
class TestPersonalDataFile(PersonCase, HttpCase):
    def test_one_file(self):
        self.authenticate(self.quality_manager.login, "its_quality_manager")
        dialog = self.env["its.personal.data"].with_user(self.quality_manager)
        action = dialog.create(
            {"partner_id": self.person.id, "kind": "export", "reason": "Просьба"}
        ).action_confirm()
        self.env.flush_all()
        answer = self.url_open(action["url"])
        self.assertEqual(answer.status_code, 200)
        with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
            page = archive.read("data.html").decode()
            names = archive.namelist()
        for words in (
            MAIL,
            PHONE,
            "довольна",
            "Вежливые люди",
            "Жалоба Тетеревой",
            "Пишет",
            "63",
        ):
            self.assertIn(words, page)
        self.assertTrue([name for name in names if name.endswith("scan.txt")])
        # It is theirs who asked for it.
        self.authenticate(self.administrator.login, "its_administrator")
        self.assertEqual(self.url_open(action["url"]).status_code, 404)
