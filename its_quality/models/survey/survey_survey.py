from odoo import SUPERUSER_ID, api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain

from odoo.addons.base.models.ir_model import MODULE_UNINSTALL_FLAG

from ..base.groups import GROUP_QUALITY_MANAGER
from ..base.purposes import PURPOSES

# What a questionnaire of ours cannot do without: nobody answers who was not asked, and
# opening the page changes nothing (a time limit would end it).
FIXED = {
    "access_mode": "token",
    "certification": False,
    "is_time_limited": False,
    "questions_selection": "all",
    "scoring_type": "no_scoring",
    "users_login_required": False,
}


class SurveySurvey(models.Model):
    """A questionnaire is a survey of the type ``its``.

    What clients have answered is never reinterpreted: a questionnaire with responses
    is not changed but replaced by its next version, which is linked to it.
    """

    _inherit = "survey.survey"

    survey_type = fields.Selection(
        selection_add=[("its", "ITS questionnaire")], ondelete={"its": "set default"}
    )
    company_id = fields.Many2one(
        "res.company",
        index="btree_not_null",
        default=lambda self: self._its_default_company(),
        help="Leave empty to use the questionnaire in all companies.",
    )
    its_purpose = fields.Selection(PURPOSES, string="Purpose")
    its_version = fields.Integer(
        string="Version", default=1, readonly=True, copy=False, aggregator=None
    )
    its_previous_id = fields.Many2one(
        "survey.survey",
        string="Replaces",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
    )
    its_next_ids = fields.One2many(
        "survey.survey",
        "its_previous_id",
        string="Replaced by",
        context={"active_test": False},
    )
    its_draft = fields.Boolean(
        string="Draft",
        default=lambda self: self.env.context.get("default_survey_type") == "its",
        readonly=True,
        copy=False,
        help="It is not used until it is published.",
    )
    its_low_score = fields.Float(
        string="Low below (%)",
        default=60.0,
        digits=(5, 1),
        help="A response with a lower score creates a task for the quality manager.",
    )
    its_link_days = fields.Integer(
        string="Link validity (days)",
        default=14,
        help="How long a client can answer using the link they were sent.",
    )
    its_in_use = fields.Boolean(
        string="In use",
        compute="_compute_its_in_use",
        help="There are responses, so the questions can no longer be changed.",
    )
    its_response_count = fields.Integer(
        string="Responses", compute="_compute_its_response_count"
    )
    its_can_edit = fields.Boolean(compute="_compute_its_can_edit")

    _its_replaced_once = models.UniqueIndex(
        "(its_previous_id) WHERE its_previous_id IS NOT NULL",
        "This questionnaire already has a newer version. Change that one.",
    )
    _its_low_score_percent = models.Constraint(
        "CHECK (its_low_score BETWEEN 0 AND 100)",
        "The threshold of a low score must be a percentage from 0 to 100.",
    )
    _its_link_days_positive = models.Constraint(
        "CHECK (its_link_days > 0)", "A link must be valid for at least one day."
    )

    @api.model
    def _its_default_company(self):
        if self.env.context.get("default_survey_type") == "its":
            return self.env.company
        return False

    # -------------------------------------------------------------------------
    # Computes
    # -------------------------------------------------------------------------

    @api.depends("user_input_ids.test_entry", "user_input_ids.state")
    def _compute_its_in_use(self):
        used = self._its_used()
        for survey in self:
            survey.its_in_use = survey._origin in used

    @api.depends_context("uid", "allowed_company_ids")
    def _compute_its_response_count(self):
        counts = dict(
            self.env["survey.user_input"]._read_group(
                [
                    ("survey_id", "in", self.ids),
                    ("state", "=", "done"),
                    ("test_entry", "=", False),
                ],
                ["survey_id"],
                ["__count"],
            )
        )
        for survey in self:
            survey.its_response_count = counts.get(survey._origin, 0)

    @api.depends_context("uid")
    def _compute_its_can_edit(self):
        editable = self._origin._filtered_access("write")
        may_create = self.has_access("create")
        for survey in self:
            survey.its_can_edit = (
                survey._origin in editable if survey._origin else may_create
            )

    @api.depends_context("uid")
    def _compute_allowed_survey_types(self):
        super()._compute_allowed_survey_types()
        if self.env.user.has_group(GROUP_QUALITY_MANAGER):
            for survey in self:
                survey.allowed_survey_types = [
                    *(survey.allowed_survey_types or []),
                    "its",
                ]

    # -------------------------------------------------------------------------
    # Constraints
    # -------------------------------------------------------------------------

    @api.constrains("survey_type", *FIXED)
    def _check_its_settings(self):
        for survey in self.filtered(lambda survey: survey.survey_type == "its"):
            wrong = [name for name, value in FIXED.items() if survey[name] != value]
            if wrong:
                names = survey.fields_get(wrong, ["string"])
                raise ValidationError(
                    self.env._(
                        "A questionnaire for ITS clients is answered through a "
                        "personal link, without login, time limit or certificate. "
                        "Undo your changes in: %(fields)s.",
                        fields=", ".join(names[name]["string"] for name in wrong),
                    )
                )

    # -------------------------------------------------------------------------
    # CRUD
    # -------------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        default_type = self.env.context.get("default_survey_type")
        prepared = []
        for vals in vals_list:
            if vals.get("survey_type", default_type) == "its":
                own = {
                    "company_id": self.env.company.id,
                    "lang_ids": False,
                    "users_can_go_back": True,
                }
                vals = {**own, **FIXED, **vals}
            prepared.append(vals)
        return super().create(prepared)

    def write(self, vals):
        if {"survey_type", "questions_selection"} & vals.keys():
            self._its_check_unused()
        result = super().write(vals)
        if not self.env.su and {"survey_type", "company_id"} & vals.keys():
            # Record rules were asked about the old values only.
            self.check_access("write")
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_answered(self):
        used = self._its_used()
        if used:
            raise UserError(
                self.env._(
                    "%(names)s cannot be deleted: the clients' answers would be lost. "
                    "Archive it instead.",
                    names=", ".join(f"«{survey.title}»" for survey in used),
                )
            )

    @api.readonly
    def get_formview_id(self, access_uid=None):
        if self.survey_type == "its":
            return self.env.ref("its_quality.survey_survey_view_form").id
        return super().get_formview_id(access_uid=access_uid)

    # -------------------------------------------------------------------------
    # Versions
    # -------------------------------------------------------------------------

    def _its_used(self):
        """Those of these questionnaires that clients answer or may answer: tests are
        left aside, and talks that were opened without saying anything."""
        ours = self._origin.sudo().filtered(lambda survey: survey.survey_type == "its")
        responses = self.env["survey.user_input"].sudo()
        begun = Domain("state", "!=", "new") | Domain("its_interviewer_id", "=", False)
        begun &= Domain("test_entry", "=", False)
        used = ours.filtered(
            lambda survey: responses.search_count(
                begun & Domain("survey_id", "=", survey.id), limit=1
            )
        )
        return self.browse(used.ids)

    def _its_check_unused(self):
        """Refuse to change the questions of a questionnaire that has responses.

        :raises UserError: saying what to do instead
        """
        if self.env.uid == SUPERUSER_ID and self.env.context.get(MODULE_UNINSTALL_FLAG):
            return  # The addon is being uninstalled.
        used = self._its_used()
        if used:
            raise UserError(
                self.env._(
                    "Clients have already answered «%(title)s», and the meaning of "
                    "their answers would change. Press «New version» on the "
                    "questionnaire and change the questions there.",
                    title=used[0].sudo().title,
                )
            )

    def action_its_new_version(self):
        """Prepare the next version: a copy that can be changed, and open it.

        Clients are asked by this one until the next is published.

        :raises UserError: if it has been replaced before
        """
        self.ensure_one()
        self.check_access("write")
        if self.survey_type != "its":
            raise UserError(self.env._("Only ITS questionnaires have versions."))
        newer = self.its_next_ids
        if newer and not newer.its_draft:
            raise UserError(
                self.env._(
                    "«%(title)s» already has version %(number)s. Change that one.",
                    title=newer.title,
                    number=newer.its_version,
                )
            )
        new = newer or self._its_copy_version()
        return {
            "type": "ir.actions.act_window",
            "res_model": self._name,
            "res_id": new.id,
            "views": [(self.env.ref("its_quality.survey_survey_view_form").id, "form")],
        }

    def _its_copy_version(self):
        new = self.copy(
            {
                "its_draft": True,
                "its_previous_id": self.id,
                "its_version": self.its_version + 1,
                "user_id": self.env.uid,
            }
        )
        # Odoo names a copy a copy.
        languages = [code for code, _name in self.env["res.lang"].get_installed()]
        new.update_field_translations(
            "title",
            {code: self.with_context(lang=code).title for code in languages},
        )
        return new

    def action_its_publish(self):
        """Ask clients by this questionnaire from now on, instead of its last version.

        The old one stays readable with its responses but is not offered any more;
        links that were sent and talks that were begun can still be finished with it.

        :raises UserError: if there are no questions
        """
        self.check_access("write")
        for survey in self.filtered("its_draft"):
            if not survey.question_ids:
                raise UserError(
                    self.env._(
                        "«%(title)s» has no questions yet. Add them first.",
                        title=survey.title,
                    )
                )
            survey.its_draft = False
            previous = survey.its_previous_id
            if previous:
                previous.action_archive()
                previous._its_replaced_by(survey)

    def _its_replaced_by(self, new):
        """Let all users of this questionnaire continue with its new version.

        :param new: the next version; to be extended by what refers to questionnaires
        """

    def action_its_responses(self):
        """Open the responses to this questionnaire and its earlier versions."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "its_quality.survey_user_input_action"
        )
        action["domain"] = [("survey_id", "in", self._its_versions().ids)]
        action["context"] = {}
        return action

    def _its_versions(self):
        """This questionnaire and those that it replaces, the newest first."""
        self.ensure_one()
        versions = self
        while versions[-1].its_previous_id:
            versions += versions[-1].its_previous_id
        return versions

    def _its_same_questions(self):
        """What the questions and options of earlier versions have become in this one.

        A question is the same if it asks the same in the same way: title, type, scale
        and what it counts for; an option, or a row of a matrix, of the same question if
        it says the same.

        :return: the ids of this version by those of the earlier ones: of questions, and
            of options
        """
        ours = {_sense(question): question for question in self.question_ids}
        questions, options = {}, {}
        for question in self._its_versions()[1:].question_ids:
            same = ours.get(_sense(question))
            if not same:
                continue
            questions[question.id] = same.id
            for name in ("suggested_answer_ids", "matrix_row_ids"):
                by_words = {option.value: option.id for option in same[name]}
                options.update(
                    (option.id, by_words[option.value])
                    for option in question[name]
                    if option.value in by_words
                )
        return questions, options

    @api.model
    def _its_is_ours(self, res_id=None):
        record = self.sudo().browse(res_id or ()).exists()
        return record.survey_type == "its"


def _sense(question):
    """What makes two questions of two versions the same."""
    is_scale = question.question_type == "scale"
    return (
        (question.title or "").strip(),
        question.question_type,
        question.its_meaning,
        is_scale and (question.scale_min, question.scale_max),
    )
