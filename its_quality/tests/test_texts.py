import io
import json

from odoo.tests import JsonRpcException, tagged
from odoo.tools import mute_logger

from ..models.base.base_texts import BORROWED
from ..tools.texts import keepable_in, plain, typed
from . import tier
from .claim.common import PortalCase
from .claim.test_claim_form import GOOD, PNG
from .survey.common import SurveyCase

# What the database does not take, half a letter of UTF-16, and what programs choke on.
BAD = "а\x00\x01\x0b\ud800\x7f\uffffб"
GOOD_OF_IT = "аб"
REFUSED = ("odoo.exceptions.", "werkzeug.exceptions.")


@tagged("post_install", "-at_install")
class TestTexts(PortalCase, SurveyCase):
    """Characters that nobody types are taken out of whatever comes, and are no error."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env.ref("base.user_admin").group_ids += cls.env.ref(
            "its_quality.group_administrator"
        )

    def call(self, model, method, *args, **kwargs):
        """Call a method from outside; a refusal is an answer, too.

        :return: what it returned, ``None`` where it was refused
        """
        answer, refusal = self.outcome(model, method, args, kwargs)
        if refusal and not refusal.startswith(REFUSED):
            # Unless Odoo itself has no sentence, whatever the text is.
            given = json.dumps([args, kwargs]).replace(json.dumps(BAD), '"x"')
            _answer, other = self.outcome(model, method, *json.loads(given))
            self.assertEqual(refusal, other, f"{model}.{method}")
        return answer

    def outcome(self, model, method, args, kwargs):
        try:
            with mute_logger("odoo.http", "odoo.models", "odoo.sql_db"):
                answer = self.make_jsonrpc_request(
                    f"/web/dataset/call_kw/{model}/{method}",
                    {"model": model, "method": method, "args": args, "kwargs": kwargs},
                )
        except JsonRpcException as error:
            return None, str(error)
        return answer, None

    def texts(self):
        """The fields that a text can be written to, of our models and those we use."""
        for name, model in self.env.items():
            if model._abstract or not (name.startswith("its.") or name in BORROWED):
                continue
            for field in model._fields.values():
                if field.type in ("char", "text", "html"):
                    yield name, field

    def searches(self, field):
        """Domains that look for the text, by each kind of operator."""
        if not field._description_searchable:
            return ()
        one, other = (field.name, "=", BAD), (field.name, "in", [BAD])
        like = (field.name, "ilike", BAD)
        return ([one], [like], [other]) if tier.is_all() else (["|", other, like],)

    def test_every_text_of_every_model(self):
        self.authenticate("admin", "admin")
        kept = searched = 0
        for model, field in self.texts():
            with self.subTest(model, field=field.name):
                for domain in self.searches(field):
                    searched += self.call(model, "search_count", domain) is not None
                self.call(model, "create", {field.name: BAD})
                record = self.env[model].sudo().search([], limit=1)
                if not record or not field.store or field.readonly:
                    continue
                written = self.call(model, "write", record.ids, {field.name: BAD})
                if not written:
                    continue
                self.env.invalidate_all()
                text = str(record[field.name] or "")
                self.assertEqual(text, typed(text))
                kept += GOOD_OF_IT in text
        self.assertGreater(kept, 40)
        self.assertGreater(searched, tier.count(100, 300))

    def test_names_are_searched(self):
        self.authenticate("admin", "admin")
        for model in sorted({model for model, _field in self.texts()}):
            with self.subTest(model):
                self.call(model, "name_search", BAD)
                self.call(model, "web_search_read", [("display_name", "=", BAD)], {})

    def test_texts_from_elsewhere(self):
        """By the ORM: from a file, a letter, another program."""
        claim = self.create_claim(subject="а\x00\x07б", description="1\r\n2\t3")
        self.assertEqual(claim.subject, GOOD_OF_IT)
        self.assertEqual(claim.description, "1\r\n2\t3")
        claim.sudo().description = BAD
        self.assertEqual(claim.description, GOOD_OF_IT)
        file = self.env["ir.attachment"].create({"name": BAD, "raw": b"\x00\x01"})
        self.assertEqual(file.name, GOOD_OF_IT)
        self.assertEqual(file.raw, b"\x00\x01")

    def test_talks_and_messages(self):
        self.authenticate("its_quality_manager", "its_quality_manager")
        claim = self.create_claim()
        self.call("its.claim", "message_post", claim.ids, body=BAD, subject=BAD)
        message = claim.sudo().message_ids[0]
        self.assertIn(GOOD_OF_IT, message.body)
        self.assertEqual(message.subject, GOOD_OF_IT)
        call = self.plan_call(self.client_own, self.quality_manager)
        self.call("mail.activity", "write", call.ids, {"note": BAD, "summary": BAD})
        self.env.invalidate_all()
        self.assertEqual(call.summary, GOOD_OF_IT)
        self.call("its.call.desk", "finish_call", call.id, "reached", {"summary": BAD})
        self.assertEqual(self.client_own.its_last_interaction_id.summary, GOOD_OF_IT)
        call = self.plan_call(self.client_own, self.quality_manager)
        self.call("mail.activity", "action_feedback", call.ids, feedback=BAD)
        self.assertFalse(call.active)

    def test_forms_of_clients(self):
        bad = BAD.replace("\ud800", "")
        for url, login, values in (
            ("/its/claim", None, {**GOOD, "name": bad, "subject": bad}),
            ("/my/claims/new", "its_visitor", {"subject": bad, "description": bad}),
        ):
            with self.subTest(url):
                if not login:
                    values["consent"] = self.consent()
                before = self.env["its.claim"].search([])
                files = [("files", (f"{bad}.png", io.BytesIO(PNG)))]
                response = self.post(url, login, files=files, **values)
                self.assertEqual(response.status_code, 200)
                claim = self.env["its.claim"].search([]) - before
                self.assertEqual(claim.subject, GOOD_OF_IT)

    def consent(self):
        text = self.open("/its/claim").text
        return text.partition('name="consent"')[2].partition('value="')[2][:64]

    def test_addresses_of_pages(self):
        paths = (
            "/my/claims?filterby=%00&sortby=%ED%A0%80",
            "/my/claims/new?origin=1%00",
            "/its/claim?name=%00",
            f"/my/claims/{self.claim.id}?access_token=%00&rating=%00&pid=1%00&hash=%00",
            "/survey/start/%00?answer_token=%00",
            f"/survey/start/{self.survey.access_token}?answer_token=%00",
        )
        for path in paths:
            with self.subTest(path):
                self.assertLess(self.open(path, "its_visitor").status_code, 500)
        for path in ("say", "again"):
            url = f"/my/claims/{self.claim.id}/{path}"
            response = self.post(url, "its_visitor", rating="\x00", comment="\x00б")
            self.assertLess(response.status_code, 500)

    def test_the_clients_word(self):
        claim = self.claim_at("follow_up", contact_id=self.person.id)
        url = f"/my/claims/{claim.id}/say"
        self.post(url, "its_visitor", rating="3", comment="а\x00\x07б")
        self.assertEqual(claim.sudo().client_comment, GOOD_OF_IT)

    def test_a_thread(self):
        self.authenticate("its_visitor", "its_visitor")
        self.make_jsonrpc_request(
            "/mail/message/post",
            {
                "thread_model": "its.claim",
                "thread_id": self.claim.id,
                "token": self.token(self.claim),
                "post_data": {
                    "body": BAD,
                    "message_type": "comment",
                    "subtype_xmlid": "mail.mt_comment",
                },
            },
        )
        self.env.invalidate_all()
        self.assertIn(GOOD_OF_IT, self.claim.sudo().message_ids[0].body)

    def test_answers(self):
        question = self.ask("Почему?", "char_box")
        response = self.start()
        self.authenticate("its_client_manager", "its_client_manager")
        survey = self.survey.access_token
        token = response.sudo().access_token
        self.make_jsonrpc_request(f"/survey/begin/{survey}/{token}", {})
        self.make_jsonrpc_request(
            f"/survey/submit/{survey}/{token}",
            {"question_id": question.id, str(question.id): BAD},
        )
        self.env.invalidate_all()
        answer = response.sudo().user_input_line_ids.filtered(
            lambda line: line.question_id == question
        )
        self.assertEqual(answer.value_char_box, GOOD_OF_IT)

    def test_the_rule(self):
        same = {"a": ["б", {"в": "г"}], "д": 1, "е": None, "ё": b"\x00"}
        self.assertIs(keepable_in(same), same)
        self.assertEqual(
            keepable_in({"a": ["\x00б", {"в": "\ud800г\x07"}]}),
            {"a": ["б", {"в": "г\x07"}]},
        )
        self.assertEqual(plain(BAD + "\r\n в"), "аб в")
        self.assertEqual(plain("а\r\nб", multiline=True), "а\nб")
