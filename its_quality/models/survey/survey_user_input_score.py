from markupsafe import Markup

from odoo import SUPERUSER_ID, api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from .marks import mark_of, mark_sql

NPS_POINTS = {"promoter": 100, "passive": 0, "detractor": -100}


class SurveyUserInput(models.Model):
    """What becomes of a response that is done: its scores, and a task if they are low.

    The formulas are in the description of the class in ``survey_user_input``.
    """

    _inherit = "survey.user_input"

    its_activity_ids = fields.One2many(
        "mail.activity", "its_response_id", readonly=True
    )
    its_is_waiting = fields.Boolean(
        string="To be followed up",
        compute="_compute_its_task",
        search="_search_its_is_waiting",
        help="The score is low, and nobody has found out yet what went wrong.",
    )
    its_task_user_id = fields.Many2one(
        "res.users", string="Follows it up", compute="_compute_its_task"
    )
    its_task_deadline = fields.Date(string="Follow up by", compute="_compute_its_task")
    its_client_phone = fields.Char(
        string="Client's phone",
        compute="_compute_its_client_phone",
        help="Of the respondent, else of the firm.",
    )

    # -------------------------------------------------------------------------
    # Scores
    # -------------------------------------------------------------------------

    def _mark_done(self):
        ours = self.filtered(lambda response: response.survey_id.survey_type == "its")
        ours._clear_inactive_conditional_answers()
        result = super()._mark_done()
        for response in ours:
            response._its_store_scores()
            if response.its_is_low and not response.test_entry:
                response._its_low_score_followup()
        return result

    def _its_store_scores(self):
        """Compute the scores from the answers; those without a value stay NULL."""
        self.ensure_one()
        self._its_store_marks()
        scores = self._its_scores()
        before = self.its_has_score or bool(self.its_nps_class)
        values = {"its_has_score": "its_score" in scores, **scores}
        if before:
            # Answers have been corrected: what is not asked any more goes.
            names = ("its_score", "its_csat", "its_nps", "its_nps_points")
            values = {**dict.fromkeys(names, False), "its_nps_class": False, **values}
        # As precise as the score is shown: what reads 60.0 is not below 60.
        low = self.survey_id.its_low_score
        # Who would not recommend us is unhappy, whatever else they have marked.
        values["its_is_low"] = scores.get("its_nps_class") == "detractor" or (
            "its_score" in scores and round(scores["its_score"], 1) < low
        )
        self.write(values)

    def _its_clear_scores(self):
        """A response that is not finished any more has no scores."""
        names = ("its_score", "its_csat", "its_nps", "its_nps_points")
        self.write(
            {
                **dict.fromkeys(names, False),
                "its_has_score": False,
                "its_nps_class": False,
                "its_is_low": False,
            }
        )

    def _its_answers_corrected(self):
        """Follow the answers of finished responses of clients with the scores."""
        for response in self.sudo():
            if response.its_client_id and response.state == "done":
                response._its_store_scores()

    def _its_store_marks(self):
        """Keep for the reports the mark of each answer (NULL, which the ORM would not
        write, if it is not a mark), and which answer carries the score."""
        lines = self.user_input_line_ids
        lines.flush_recordset()
        self.env["survey.question"].flush_model()
        self.env["survey.question.answer"].flush_model()
        self.env.cr.execute(
            SQL(
                """
                UPDATE survey_user_input_line AS line
                   SET its_mark = %(mark)s,
                       its_is_leading = line.id = leader.id
                  FROM survey_question AS question, (
                       SELECT min(id) FILTER (WHERE skipped IS NOT TRUE) AS id
                         FROM survey_user_input_line
                        WHERE user_input_id = %(response)s) AS leader
                 WHERE question.id = line.question_id
                   AND line.user_input_id = %(response)s
                """,
                mark=mark_sql(),
                response=self.id,
            )
        )
        lines.invalidate_recordset(["its_mark", "its_is_leading"])

    def _its_scores(self):
        """The scores of this response by the formulas of the class.

        :return: a dictionary by field name, without those that were not asked
        """
        self.ensure_one()
        marks = {"csat": [], "csi": [], "nps": []}
        for line in self.user_input_line_ids.filtered(lambda line: not line.skipped):
            question = line.question_id
            mark = mark_of(line)
            if mark is not None and question.its_meaning in marks:
                marks[question.its_meaning].append((question.its_weight, mark))
        scores = {}
        if marks["nps"]:
            value = round(marks["nps"][0][1] / 10)
            scores["its_nps"] = value
            scores["its_score"] = value * 10.0
            kind = (
                "promoter" if value >= 9 else "passive" if value >= 7 else "detractor"
            )
            scores["its_nps_class"] = kind
            scores["its_nps_points"] = NPS_POINTS[kind]
        if marks["csat"]:
            values = [mark for _weight, mark in marks["csat"]]
            scores["its_csat"] = scores["its_score"] = sum(values) / len(values)
        if marks["csi"]:
            total = sum(weight for weight, _mark in marks["csi"])
            scores["its_score"] = (
                sum(weight * mark for weight, mark in marks["csi"]) / total
            )
        return scores

    # -------------------------------------------------------------------------
    # Closing the loop
    # -------------------------------------------------------------------------

    def _its_tasks(self):
        """The open tasks of these responses, for who may see the responses."""
        self.check_access("read")
        return self.env["mail.activity"].sudo().search(self._its_task_domain(self.ids))

    @api.model
    def _its_task_domain(self, ids=None):
        domain = [("active", "=", True), ("activity_category", "!=", "phonecall")]
        return domain if ids is None else [("its_response_id", "in", ids), *domain]

    def _compute_its_task(self):
        tasks = self._origin._its_tasks().grouped("its_response_id")
        for response in self:
            task = tasks.get(response._origin.sudo(), self.env["mail.activity"])[:1]
            response.its_is_waiting = bool(task)
            response.its_task_user_id = task.user_id
            response.its_task_deadline = task.date_deadline

    @api.model
    def _search_its_is_waiting(self, operator, value):
        if operator != "in":
            return NotImplemented
        waiting = Domain("its_activity_ids", "any!", self._its_task_domain())
        found = {True: waiting, False: ~waiting}
        return Domain.OR(found[bool(one)] for one in value)

    @api.depends("its_client_id", "its_contact_id")
    def _compute_its_client_phone(self):
        for response in self:
            persons = (response.its_contact_id, response.its_client_id)
            phones = (person.sudo().phone for person in persons)
            response.its_client_phone = next(filter(None, phones), False)

    def action_its_open_task(self):
        """Open the task of this response, to put it off, to give it to somebody else, or
        to close it.

        :return: an action
        """
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Follow up a low score"),
            "res_model": "mail.activity",
            "res_id": self._its_tasks()[:1].id,
            "view_mode": "form",
            "views": [(self.env.ref("mail.mail_activity_view_form_popup").id, "form")],
            "target": "new",
        }

    def _its_low_score_followup(self):
        """Give a quality manager the task to find out what went wrong, once for each
        response: a to-do on the client with the answers in its note, or a claim where
        the questionnaire says so.

        :return: the activity, empty if there is nobody to give it to, or a claim
        """
        self.ensure_one()
        activity = self.env["mail.activity"]
        # Whatever defaults the caller's context has stay behind.
        response = self.sudo().with_user(SUPERUSER_ID)
        if response.its_followed_up or not response.its_client_id:
            return activity
        followed = response._its_auto_followup()
        if followed:
            response.its_followed_up = fields.Datetime.now()
            return followed
        user = response._its_quality_manager()
        if not user:
            return activity
        response = response.with_context(lang=user.lang)
        activity = response.its_client_id.activity_schedule(
            "mail.mail_activity_data_todo",
            user_id=user.id,
            summary=response._its_low_score_summary(),
            note=response._its_followup_note(),
            its_response_id=response.id,
        )
        response.its_followed_up = fields.Datetime.now()
        return activity

    def _its_low_score_summary(self):
        """What the follow-up of a low score is called."""
        title = self.survey_id.title
        if round(self.its_score, 1) >= self.survey_id.its_low_score:
            return self.env._(
                "Would not recommend us (%(mark)s of 10): %(title)s",
                mark=self.its_nps,
                title=title,
            )
        return self.env._(
            "Low score %(score)s %%: %(title)s",
            score=round(self.its_score),
            title=title,
        )

    def _its_auto_followup(self):
        """What comes of a low score without anybody's doing; to be overridden.

        :return: a record, or none
        """
        return None

    def _its_followup_note(self):
        """What the task of a low score says; to be extended."""
        return self._its_answers_html()

    def _its_quality_manager(self):
        """Who takes care of a low score: the active quality manager of the company
        with the fewest open to-dos, of equals the one who has been here longest. An
        administrator only where there is nobody else.

        :return: a user, or none
        """
        self.ensure_one()
        company = self.company_id or self.env.company
        users = self.env["res.users"]._its_quality_managers(company)
        load = dict(
            self.env["mail.activity"]
            .sudo()
            ._read_group([("user_id", "in", users.ids)], ["user_id"], ["__count"])
        )
        return users.sorted(lambda user: (load.get(user, 0), user.id))[:1]

    def _its_answers_html(self):
        """The answers as a list to read, in the language of the context."""
        self.ensure_one()
        lines = self.user_input_line_ids.filtered(lambda line: not line.skipped)
        items = Markup().join(
            Markup("<li>%s<br/><b>%s</b></li>")
            % (question.title, ", ".join(answers.mapped("its_answer")))
            for question, answers in lines.grouped("question_id").items()
        )
        who = self.its_contact_id.name or self.its_client_id.name
        return Markup("<p>%s</p><ul>%s</ul>") % (who, items)
