import json
from datetime import timedelta

from freezegun import freeze_time

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common import SurveyCase


@tagged("post_install", "-at_install", "days")
class TestSurveyFill(SurveyCase):
    def question(self, kind, **values):
        survey = self.create_survey(kind)
        return self.ask(kind, kind, survey, **values)

    def save(self, question, answer, comment=""):
        """Save one answer in a talk of its own.

        :return: the response and what saving gave
        """
        response = self.start(survey=question.survey_id)
        given = {question.id: {"answer": answer, "comment": comment}}
        return response, response._its_save_answers(given)

    def back(self, response, question):
        """What the page shows for a question after a reload."""
        self.env.invalidate_all()
        page = response._its_questionnaire()
        [found] = [q for q in page["questions"] if q["id"] == question.id]
        return found

    # -------------------------------------------------------------------------
    # Answers
    # -------------------------------------------------------------------------

    def test_simple_answers(self):
        """A table: type, what is sent, what comes back, or ``None`` if it is wrong."""
        for kind, sent, back in (
            ("scale", 0, 0),
            ("scale", "10", 10),
            ("scale", 11, None),
            ("scale", -1, None),
            ("scale", "1000", None),
            ("scale", "7.5", None),
            ("scale", "отлично", None),
            ("scale", [7], None),
            ("scale", {"a": 1}, None),
            ("numerical_box", "12,5", 12.5),
            ("numerical_box", "1 200", 1200.0),
            ("numerical_box", 0, 0.0),
            ("numerical_box", "nan", None),
            ("numerical_box", "много", None),
            ("date", "2026-02-28", "2026-02-28"),
            ("date", "2026-02-30", None),
            ("date", 5, None),
            ("datetime", "2026-02-28 10:00:00", "2026-02-28T10:00:00"),
            ("datetime", "2026-02-28T10:00", "2026-02-28T10:00:00"),
            ("datetime", 5, None),
            ("datetime", "вчера", None),
            ("char_box", "  Ольга ", "Ольга"),
            ("text_box", "Да\nи нет", "Да\nи нет"),
            ("text_box", ["a"], None),
            ("text_box", "<script>alert(1)</script>", "<script>alert(1)</script>"),
        ):
            with self.subTest(kind=kind, sent=sent), self.undone():
                question = self.question(kind)
                response, result = self.save(question, sent)
                if back is None:
                    self.assertEqual(list(result["errors"]), [question.id])
                    self.assertFalse(response.sudo().user_input_line_ids)
                else:
                    self.assertEqual(result["errors"], {})
                self.assertEqual(self.back(response, question)["answer"], back)

    def test_choices(self):
        question = self.question("simple_choice", comments_allowed=True)
        one, two = (self.option(question, name) for name in ("one", "two"))
        foreign = self.grades["good"]
        for sent, back in (
            (one.id, one.id),
            (str(two.id), two.id),
            ([one.id], one.id),
            ([one.id, two.id], None),
            (foreign.id, None),
            ("one", None),
        ):
            with self.subTest(sent=sent), self.undone():
                response, result = self.save(question, sent)
                self.assertEqual(bool(result["errors"]), back is None)
                self.assertEqual(self.back(response, question)["answer"], back)
        question.question_type = "multiple_choice"
        with self.undone():
            response, result = self.save(question, [one.id, two.id], " и ещё ")
            self.assertEqual(result["errors"], {})
            page = self.back(response, question)
            self.assertEqual(page["answer"], [one.id, two.id])
            self.assertEqual(page["comment"], "и ещё")
            response._its_save_answers({question.id: {"answer": [two.id]}})
            page = self.back(response, question)
            self.assertEqual((page["answer"], page["comment"]), ([two.id], ""))
        with self.undone():
            response, _result = self.save(question, [], "Только словами")
            page = self.back(response, question)
            self.assertEqual(
                (page["answer"], page["comment"]), (None, "Только словами")
            )

    def test_matrix(self):
        question = self.question("matrix", constr_mandatory=True)
        good, bad = (self.option(question, name) for name in ("good", "bad"))
        first, second = self.env["survey.question.answer"].create(
            [{"matrix_question_id": question.id, "value": name} for name in "12"]
        )
        full = {str(first.id): [good.id], str(second.id): [bad.id]}
        for sent, saved in (
            (full, True),
            ({str(first.id): [good.id, bad.id]}, False),
            ({str(good.id): [good.id]}, False),
            ({str(first.id): [first.id]}, False),
        ):
            with self.subTest(sent=sent), self.undone():
                response, result = self.save(question, sent)
                self.assertEqual(not result["errors"], saved)
                expected = sent if saved else None
                self.assertEqual(self.back(response, question)["answer"], expected)
        with self.assertRaisesRegex(UserError, "still missing"):
            response, result = self.save(question, {str(first.id): [good.id]})
            response._its_finish()

    def test_an_answer_is_taken_back(self):
        response = self.start()
        response._its_save_answers(self.answers("good", speed=3))
        for empty in ("", None, [], False):
            response._its_save_answers({self.speed.id: {"answer": empty}})
            self.assertIsNone(self.back(response, self.speed)["answer"])
            response._its_save_answers({self.speed.id: {"answer": 3}})
        self.assertEqual(self.back(response, self.speed)["answer"], 3)

    def test_a_wrong_answer_keeps_the_rest(self):
        """And what was right before it."""
        response = self.start()
        response._its_save_answers(self.answers("good", speed=3))
        result = response._its_save_answers(self.answers("excellent", speed=9, nps=8))
        self.assertEqual(list(result["errors"]), [self.speed.id])
        self.assertIn("1", result["errors"][self.speed.id])
        self.assertEqual(self.back(response, self.speed)["answer"], 3)
        self.assertEqual(self.back(response, self.nps)["answer"], 8)
        grade = self.grades["excellent"].id
        self.assertEqual(self.back(response, self.overall)["answer"], grade)

    def test_of_another_questionnaire(self):
        question = self.question("scale")
        result = self.start()._its_save_answers({question.id: {"answer": 5}})
        self.assertIn("Reload", result["errors"][question.id])

    def test_plain_for_the_browser(self):
        """All that the page gets is JSON, and it is sent back as it came."""
        self.speed.description = "<p>От <b>1</b> до 5</p>"
        response = self.start()
        response._its_save_answers(self.answers("fair", ["late"], "Неделю"))
        page = response._its_questionnaire()
        [speed] = [q for q in page["questions"] if q["id"] == self.speed.id]
        self.assertEqual(speed["description"], "От *1* до 5")
        self.assertEqual(page, json.loads(json.dumps(page)))
        again = {
            str(q["id"]): {"answer": q["answer"], "comment": q["comment"]}
            for q in page["questions"]
        }
        result = response._its_save_answers(again)
        self.assertEqual((result["errors"], result["cleared"]), ({}, []))
        self.assertEqual(response._its_questionnaire(), page)

    # -------------------------------------------------------------------------
    # Conditional questions
    # -------------------------------------------------------------------------

    def shown(self, *hidden):
        questions = self.survey.question_ids
        return [q.id for q in questions if q.title not in hidden]

    def test_what_is_shown(self):
        """A table: the answers so far, what stays hidden after them."""
        response = self.start()
        page = response._its_questionnaire()
        self.assertEqual(page["visible_ids"], self.shown("why", "late"))
        for answers, hidden in (
            ({"overall": "good"}, ("why", "late")),
            ({"overall": "fair"}, ("late",)),
            ({"overall": "poor", "why": ["rude"]}, ("late",)),
            ({"overall": "poor", "why": ["late", "rude"]}, ()),
            ({"overall": "excellent"}, ("why", "late")),
        ):
            with self.subTest(answers=answers):
                result = response._its_save_answers(self.answers(**answers))
                self.assertEqual(result["visible_ids"], self.shown(*hidden))

    def test_a_hidden_mandatory_question_never_blocks(self):
        response = self.start()
        response._its_save_answers(self.answers("good"))
        self.assertEqual(response._its_finish().state, "done")

    def test_a_shown_mandatory_question_does(self):
        """And the sentence names all of them at once, hidden ones not."""
        response = self.start()
        response._its_save_answers(self.answers(speed=3))
        with self.assertRaisesRegex(UserError, "(?s)missing.*overall") as error:
            response._its_finish()
        self.assertNotIn("why", str(error.exception))
        response._its_save_answers(self.answers("poor", ["late"]))
        with self.assertRaisesRegex(UserError, "(?s)missing.*late") as error:
            response._its_finish()
        self.assertNotIn("overall", str(error.exception))
        self.assertEqual(response.state, "in_progress")
        self.assertFalse(response.sudo().its_has_score)

    def test_a_changed_trigger_leaves_nothing_stale(self):
        """Not even of a question that was shown by a cleared answer."""
        response = self.start()
        response._its_save_answers(self.answers("poor", ["late"], "Неделю"))
        result = response._its_save_answers(self.answers("excellent"))
        self.assertCountEqual(result["cleared"], (self.why + self.late).ids)
        self.assertEqual(response.sudo().user_input_line_ids.question_id, self.overall)
        response._its_save_answers(self.answers("poor"))
        self.assertIsNone(self.back(response, self.why)["answer"])
        with self.assertRaisesRegex(UserError, "why"):
            response._its_finish()

    def test_an_answer_to_what_is_hidden_is_not_kept(self):
        response = self.start()
        result = response._its_save_answers(self.answers("good", ["late"], "Неделю"))
        self.assertCountEqual(result["cleared"], (self.why + self.late).ids)
        self.assertEqual(response.sudo().user_input_line_ids.question_id, self.overall)

    # -------------------------------------------------------------------------
    # The course of a talk
    # -------------------------------------------------------------------------

    def test_start(self):
        subscription = self.subscription_of(self.client_own)
        contact = self.contact_of(self.client_own)
        response = self.start(contact=contact, subscription=subscription).sudo()
        self.assertEqual(response.its_client_id, self.client_own)
        self.assertEqual(response.its_contact_id, contact)
        self.assertEqual(response.partner_id, contact)
        self.assertEqual(response.its_service_id, subscription.service_id)
        self.assertEqual(response.its_interviewer_id, self.client_manager)
        self.assertEqual(response.company_id, self.company)
        self.assertEqual(response.state, "new")
        self.assertFalse(response.deadline)
        of_contact = self.start(client=contact, subscription=subscription)
        self.assertEqual(of_contact.id, response.id, "his firm is the client")

    def test_an_interrupted_talk_resumes(self):
        """A table: how the second talk differs, whether it is the same one."""
        subscription = self.subscription_of(self.client_own)
        first = self.start(subscription=subscription)
        first._its_save_answers(self.answers("good"))
        other = self.create_survey("Другая анкета")
        self.ask("q", "scale", other)
        for arguments, same in (
            ({}, True),
            ({"contact": self.contact_of(self.client_own)}, True),
            ({"survey": other}, False),
            ({"subscription": None}, False),
            ({"subscription": None, "service": self.contract}, False),
            ({"user": self.quality_manager}, False),
        ):
            with self.subTest(**arguments), self.undone():
                again = self.start(**{"subscription": subscription, **arguments})
                self.assertEqual(again.id == first.id, same)
        with freeze_time(fields.Datetime.now() + timedelta(days=8)):
            again = self.start(subscription=subscription)
            self.assertNotEqual(again.id, first.id, "that is the next call")
        first._its_finish()
        self.assertNotEqual(self.start(subscription=subscription).id, first.id)

    def test_finished_once(self):
        response = self.start()
        response._its_save_answers(self.answers("good"))
        end = response._its_finish().end_datetime
        with freeze_time(end + timedelta(hours=1)):
            self.assertEqual(response._its_finish().end_datetime, end)
        with self.assertRaisesRegex(UserError, "is finished"):
            response._its_save_answers(self.answers("poor"))
        self.assertEqual(len(response.sudo().user_input_line_ids), 1)

    def test_not_without_any_answer(self):
        survey = self.create_survey("Необязательная")
        self.ask("wish", "text_box", survey)
        with self.assertRaisesRegex(UserError, "Nothing has been answered"):
            self.start(survey=survey)._its_finish()

    def test_what_cannot_be_asked(self):
        """A table: what is wrong with it, words of the sentence."""
        empty = self.create_survey("Пустая")
        abroad = self.create_survey("Чужая", company_id=self.other_company.id)
        self.ask("q", "scale", abroad)
        native = self.env["survey.survey"].create({"title": "Не наша"})
        self.client_own.company_id = self.company
        archived = self.create_survey("Старая")
        self.ask("q", "scale", archived)
        archived.action_archive()
        for arguments, words in (
            ({"survey": empty}, "no questions"),
            ({"survey": archived}, "archived"),
            ({"survey": abroad}, ""),
            ({"survey": native}, ""),
            ({"client": self.stranger}, "not an ITS client"),
            (
                {
                    "subscription": self.subscription_of(self.client_own),
                    "service": self.contract,
                },
                "not about",
            ),
            (
                {"subscription": self.subscription_of(self.client_unassigned)},
                "does not belong",
            ),
            ({"contact": self.contact_of(self.client_unassigned)}, "does not belong"),
        ):
            with (
                self.subTest(words=words),
                self.undone(),
                self.assertRaisesRegex(UserError, words),
            ):
                self.start(**arguments)
        self.administrator.company_ids += self.other_company
        with self.assertRaisesRegex(UserError, "a different company"):
            self.start(self.administrator, survey=abroad)

    def test_who_may_ask(self):
        """A table: whose client it is, who may ask him; both ways of asking."""
        for client, users in (
            ("client_own", ("client_manager", "quality_manager", "administrator")),
            (
                "client_unassigned",
                ("client_manager", "colleague", "quality_manager", "administrator"),
            ),
            ("client_colleague", ("colleague", "quality_manager", "administrator")),
            ("client_team", ("colleague", "quality_manager", "administrator")),
        ):
            self[client].email = "office@example.com"
            for role in (
                "client_manager",
                "colleague",
                "quality_manager",
                "head",
                "administrator",
                "employee",
                "portal",
            ):
                user = self[role]
                with self.subTest(client=client, role=role), self.undone():
                    if role in users:
                        response = self.start(user, self[client])
                        self.assertEqual(response.its_client_id, self[client])
                        continue
                    with self.assertRaises(AccessError):
                        self.start(user, self[client])
                with self.subTest(client=client, role=role, link=True), self.undone():
                    survey = self.as_user(self.survey, user)
                    client_of = self[client].with_user(user)
                    if role in users:
                        self.assertTrue(survey._its_send_link(client_of))
                        continue
                    with self.assertRaises(AccessError):
                        survey._its_send_link(client_of)

    def test_who_may_fill(self):
        """The one who leads the talk, and only while the client is his."""
        response = self.start()
        for user in (self.colleague, self.quality_manager, self.head, self.employee):
            with self.subTest(user=user.login), self.undone():
                with self.assertRaises(AccessError):
                    self.as_user(response, user)._its_save_answers({})
                with self.assertRaises(AccessError):
                    self.as_user(response, user)._its_finish()
        response._its_save_answers(self.answers("good"))
        self.client_own.user_id = self.colleague
        for attempt in (
            lambda: response._its_save_answers(self.answers("poor")),
            response._its_finish,
            response._its_questionnaire,
        ):
            self.env.invalidate_all()
            with self.assertRaises(AccessError):
                attempt()
        by_link = self.as_user(self.survey, self.colleague)._its_start_response(
            self.client_own.with_user(self.colleague)
        )
        with self.assertRaisesRegex(AccessError, "filled in by the client"):
            by_link._its_save_answers(self.answers("good"))

    def test_a_head_who_has_clients_asks_only_these(self):
        """He reads about those of his team, but they are not his to talk to."""
        both = self.create_user(
            "its_both", "its_quality.group_client_manager,its_quality.group_head"
        )
        self.team.head_id = both
        with self.assertRaises(AccessError):
            self.start(both, self.client_team)
        self.client_team.user_id = both
        response = self.start(both, self.client_team)
        response._its_save_answers(self.answers("good"))
        self.client_team.user_id = self.colleague
        self.env.invalidate_all()
        self.assertTrue(response.read(["state"]))
        with self.assertRaises(AccessError):
            response._its_save_answers(self.answers("poor"))

    def test_nobody_asks_for_a_colleague(self):
        survey = self.as_user(self.survey, self.client_manager)
        with self.assertRaisesRegex(AccessError, "on behalf of a colleague"):
            survey._its_start_response(
                self.client_own.with_user(self.client_manager),
                interviewer=self.colleague,
            )

    def test_clients_are_merged(self):
        """What was said stays with the client who remains."""
        response = self.respond(overall="good")
        self.client_own.its_subscription_ids.unlink()
        wizard = self.env["base.partner.merge.automatic.wizard"].create({})
        clients = self.client_unassigned + self.client_own
        wizard._merge(clients.ids, self.client_unassigned)
        self.env.invalidate_all()
        self.assertFalse(self.client_own.exists())
        self.assertEqual(response.its_client_id, self.client_unassigned)
        card = self.as_user(self.client_unassigned, self.client_manager)
        self.assertEqual(card.its_response_count, 1)
