"""What the tests of questionnaires share: one with every turn that a talk can take."""

from ..common import QualityCase

# Title of an option of the question «overall», its points.
GRADES = (("excellent", 5), ("good", 4), ("fair", 3), ("poor", 2))


class SurveyCase(QualityCase):
    """A questionnaire of six questions.

    ``overall`` is a mandatory choice with points, CSI × 3; a low one shows ``why``
    (several answers, mandatory), whose option «late» shows ``late`` (a text,
    mandatory). ``speed`` is a scale from 1 to 5, CSI × 1; ``nps`` the scale of NPS;
    ``wish`` a text.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.survey = cls.create_survey()
        cls.overall = cls.ask("overall", "simple_choice", constr_mandatory=True)
        cls.grades = {
            name: cls.option(cls.overall, name, points) for name, points in GRADES
        }
        cls.overall.write({"its_meaning": "csi", "its_weight": 3})
        cls.why = cls.ask(
            "why",
            "multiple_choice",
            constr_mandatory=True,
            comments_allowed=True,
            triggering_answer_ids=(cls.grades["fair"] + cls.grades["poor"]).ids,
        )
        cls.reasons = {
            name: cls.option(cls.why, name) for name in ("late", "wrong", "rude")
        }
        cls.late = cls.ask(
            "late",
            "text_box",
            constr_mandatory=True,
            triggering_answer_ids=cls.reasons["late"].ids,
        )
        cls.speed = cls.ask(
            "speed", "scale", scale_min=1, scale_max=5, its_meaning="csi"
        )
        cls.nps = cls.ask("nps", "scale", its_meaning="nps")
        cls.wish = cls.ask("wish", "text_box", its_meaning="wish")

    @classmethod
    def create_survey(cls, title="Проверочная анкета", **values):
        return cls.env["survey.survey"].create(
            {"title": title, "survey_type": "its", **values}
        )

    @classmethod
    def ask(cls, title, kind, survey=None, **values):
        """Add a question at the end of a questionnaire."""
        survey = survey or cls.survey
        return cls.env["survey.question"].create(
            {
                "survey_id": survey.id,
                "title": title,
                "question_type": kind,
                "sequence": 10 * (len(survey.question_and_page_ids) + 1),
                **values,
            }
        )

    @classmethod
    def option(cls, question, value, points=0):
        return cls.env["survey.question.answer"].create(
            {
                "question_id": question.id,
                "value": value,
                "answer_score": points,
                "sequence": 10 * (len(question.suggested_answer_ids) + 1),
            }
        )

    def start(self, user=None, client=None, survey=None, **arguments):
        """Begin a talk as a user.

        :return: the response, with his rights
        """
        user = user or self.client_manager
        survey = self.as_user(survey or self.survey, user)
        client = (client or self.client_own).with_user(user)
        return survey._its_start_response(client, interviewer=user, **arguments)

    def answers(self, overall=None, why=(), late=None, **marks):
        """Answers by name in the form in which a page sends them."""
        given = {}
        if overall:
            given[self.overall.id] = {"answer": self.grades[overall].id}
        if why:
            chosen = [self.reasons[name].id for name in why]
            given[self.why.id] = {"answer": chosen}
        if late is not None:
            given[self.late.id] = {"answer": late}
        for name, mark in marks.items():
            given[self[name].id] = {"answer": mark}
        return given

    def respond(self, user=None, client=None, survey=None, **answers):
        """A finished response.

        :return: it, as the superuser sees it
        """
        response = self.start(user, client, survey)
        response._its_save_answers(self.answers(**answers))
        response._its_finish()
        return response.sudo()

    def __getitem__(self, name):
        return getattr(self, name)
