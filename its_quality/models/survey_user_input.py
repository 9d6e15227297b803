from datetime import timedelta

from markupsafe import Markup

from odoo import SUPERUSER_ID, api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Domain

from .survey_survey import GROUP_TAKE

# Who knows them can answer for the client, see _has_field_access().
TOKENS = frozenset({"access_token", "invite_token"})

# What follows from the answers or from what the client and the interviewer did.
DERIVED_FIELDS = frozenset(
    {
        "end_datetime",
        "its_csat",
        "its_has_score",
        "its_is_low",
        "its_nps",
        "its_nps_class",
        "its_nps_points",
        "its_score",
        "start_datetime",
        "state",
        "test_entry",
    }
)
NPS_POINTS = {"promoter": 100, "passive": 0, "detractor": -100}


class SurveyUserInput(models.Model):
    """A response: what one client said to one questionnaire, in a talk or by link.

    The marks of the answers, each brought to 0…100, give the scores:

    * CSAT is the mean of the marks of the questions marked «csat» (ISO 10004, the
      mean of satisfaction scores).
    * CSI is their weighted mean over the questions marked «csi»: Σ w·v / Σ w, over
      those that were shown and answered (the satisfaction index of N. Hill et al.,
      «How to Measure Customer Satisfaction»).
    * NPS: who marks 9–10 is a promoter, 7–8 passive, 0–6 a detractor; the NPS of many
      is % promoters − % detractors, so the mean of +100, 0, −100 (F. Reichheld, «The
      One Number You Need to Grow», HBR 12/2003).
    * The score is CSI if it was asked, else CSAT, else the NPS mark × 10.

    They are stored when the response is done. What was not asked stays NULL in the
    database, so that no average counts it; ``its_has_score`` and ``its_nps_class`` say
    whether there is a value.
    """

    _inherit = "survey.user_input"

    company_id = fields.Many2one("res.company", index="btree_not_null", readonly=True)
    its_client_id = fields.Many2one(
        "res.partner",
        string="Client",
        index="btree_not_null",
        ondelete="restrict",
        readonly=True,
    )
    its_contact_id = fields.Many2one(
        "res.partner",
        string="Who answers",
        domain="[('commercial_partner_id', '=', its_client_id)]",
        index="btree_not_null",
    )
    its_service_id = fields.Many2one(
        "its.service", string="Service", index="btree_not_null", ondelete="restrict"
    )
    its_subscription_id = fields.Many2one(
        "its.subscription",
        string="Subscription",
        domain="[('partner_id', '=', its_client_id)]",
        index="btree_not_null",
    )
    its_interviewer_id = fields.Many2one(
        "res.users",
        string="Interviewer",
        index="btree_not_null",
        ondelete="restrict",
        readonly=True,
        help="Who asked; empty if the client answered by link.",
    )
    its_has_score = fields.Boolean(string="Has a score", readonly=True, copy=False)
    its_score = fields.Float(
        string="Score (%)",
        digits=(5, 1),
        readonly=True,
        copy=False,
        aggregator="avg",
        help="CSI if the questionnaire asks for it, else CSAT, else the mark "
        "for recommending us; from 0 to 100.",
    )
    its_csat = fields.Float(
        string="CSAT (%)", digits=(5, 1), readonly=True, copy=False, aggregator="avg"
    )
    its_nps = fields.Integer(
        string="NPS mark", readonly=True, copy=False, aggregator="avg"
    )
    its_nps_class = fields.Selection(
        [
            ("promoter", "Promoter"),
            ("passive", "Passive"),
            ("detractor", "Detractor"),
        ],
        string="NPS class",
        readonly=True,
        copy=False,
    )
    its_nps_points = fields.Integer(
        string="NPS",
        readonly=True,
        copy=False,
        aggregator="avg",
        help="100 for a promoter, −100 for a detractor: their mean is the NPS.",
    )
    its_is_low = fields.Boolean(string="Low score", readonly=True, copy=False)
    its_followed_up = fields.Datetime(
        string="Handed to quality control", readonly=True, copy=False
    )
    its_can_fill = fields.Boolean(compute="_compute_its_can_fill")

    _its_by_client = models.Index(
        "(its_client_id, end_datetime) WHERE its_client_id IS NOT NULL"
    )
    _its_by_end = models.Index("(end_datetime) WHERE its_client_id IS NOT NULL")

    # -------------------------------------------------------------------------
    # Computes and constraints
    # -------------------------------------------------------------------------

    @api.depends("its_client_id", "survey_id.title")
    def _compute_display_name(self):
        super()._compute_display_name()
        for response in self.filtered("its_client_id"):
            response.display_name = (
                f"{response.its_client_id.name} · {response.survey_id.title}"
            )

    @api.depends("state", "its_interviewer_id")
    @api.depends_context("uid")
    def _compute_its_can_fill(self):
        for response in self:
            response.its_can_fill = (
                response.state != "done"
                and bool(response.its_interviewer_id)
                and response._its_may_fill(self.env.user)
            )

    @api.constrains("its_client_id", "its_contact_id", "its_subscription_id")
    def _check_its_client(self):
        for response in self:
            client = response.its_client_id
            contact = response.its_contact_id
            subscription = response.its_subscription_id
            stranger = False
            if contact and contact.commercial_partner_id != client:
                stranger = contact.display_name
            elif subscription and subscription.partner_id != client:
                stranger = subscription.display_name
            if stranger:
                raise ValidationError(
                    self.env._(
                        "%(name)s does not belong to %(client)s. Choose among the "
                        "contacts and subscriptions of this client.",
                        name=stranger,
                        client=client.name or self.env._("a response without client"),
                    )
                )

    # -------------------------------------------------------------------------
    # Rights
    # -------------------------------------------------------------------------

    @api.model
    def _has_field_access(self, field, operation):
        # By the link one answers instead of the client and nobody would see it. Who
        # is here for our surveys only needs no link of them.
        if field.name in TOKENS and not self.env.su:
            user = self.env.user
            if user.has_group("its_quality.group_user") and not user.has_group(
                "survey.group_survey_user"
            ):
                return False
        return super()._has_field_access(field, operation)

    def write(self, vals):
        derived = DERIVED_FIELDS & vals.keys()
        if derived and not self.env.su and self.sudo().its_client_id:
            names = self.fields_get(sorted(derived), ["string"])
            raise UserError(
                self.env._(
                    "%(fields)s cannot be set by hand: it follows from the answers.",
                    fields=", ".join(name["string"] for name in names.values()),
                )
            )
        result = super().write(vals)
        if (
            not self.env.su
            and {"its_client_id", "company_id", "survey_id"} & vals.keys()
        ):
            # Record rules were asked about the old values only.
            self.check_access("write")
        return result

    def get_formview_id(self, access_uid=None):
        if self.its_client_id:
            return self.env.ref("its_quality.survey_user_input_view_form").id
        return super().get_formview_id(access_uid=access_uid)

    def _its_may_fill(self, user):
        """May this user answer here? A talk is filled in by whoever leads it, as long
        as the client is his; what came by link by the client alone.

        :return: a boolean
        """
        self.ensure_one()
        interviewer = self.sudo().its_interviewer_id
        if not interviewer:
            return not user._is_internal()
        client = self.sudo().its_client_id.with_user(user)
        return (
            interviewer == user
            and user.has_group(GROUP_TAKE)
            and self.with_user(user).has_access("read")
            and client.has_access("write")
        )

    def _its_check_may_fill(self):
        """Check that the user may answer, and that the response is still open.

        :raises AccessError: if he does not lead this talk
        :raises UserError: if the response has been finished
        """
        self.ensure_one()
        if not self.env.su:
            self.check_access("read")
            if not self._its_may_fill(self.env.user):
                interviewer = self.sudo().its_interviewer_id
                raise AccessError(
                    self.env._(
                        "This talk is led by %(user)s. Begin one of your own.",
                        user=interviewer.name,
                    )
                    if interviewer
                    else self.env._(
                        "The client fills this in by himself, by the link he got."
                    )
                )
        if self.state == "done":
            raise UserError(
                self.env._(
                    "This response has been finished; answers are not changed any "
                    "more. Begin a new one."
                )
            )

    # -------------------------------------------------------------------------
    # Beginning
    # -------------------------------------------------------------------------

    @api.model
    def _its_start_values(
        self, survey, client, contact, service, subscription, interviewer
    ):
        """What a response begins with; see ``survey.survey._its_start_response``."""
        for record in (contact, subscription):
            if record:
                record.check_access("read")
        if subscription and service and subscription.service_id != service:
            raise UserError(
                self.env._(
                    "The subscription is about %(own)s, not about %(other)s. "
                    "Choose one of them.",
                    own=subscription.service_id.name,
                    other=service.name,
                )
            )
        service = service or (subscription and subscription.service_id)
        person = contact or client
        # In a talk the questions are read by the one who asks.
        code = interviewer.lang if interviewer else person.lang
        language = self.env["res.lang"]._get_data(code=code or self.env.lang)
        company = (
            (subscription and subscription.company_id)
            or client.company_id
            or survey.company_id
            or self.env.company
        )
        values = {
            "survey_id": survey.id,
            "company_id": company.id,
            "its_client_id": client.id,
            "its_service_id": bool(service) and service.id,
            "its_subscription_id": bool(subscription) and subscription.id,
            "its_interviewer_id": bool(interviewer) and interviewer.id,
            "partner_id": person.id,
            "email": person.email,
            "nickname": person.name,
            "lang_id": language.id or False,
            "deadline": False,
        }
        if contact:
            values["its_contact_id"] = contact.id
        if not interviewer:
            values["deadline"] = fields.Datetime.now() + timedelta(
                days=survey.its_link_days
            )
        return values

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
        scores = self._its_scores()
        before = self.its_has_score or bool(self.its_nps_class)
        values = {"its_has_score": "its_score" in scores, **scores}
        if before:
            # Answers have been corrected: what is not asked any more goes.
            empty = dict.fromkeys(("its_score", "its_csat", "its_nps"), 0)
            values = {**empty, "its_nps_points": 0, "its_nps_class": False, **values}
        values["its_is_low"] = (
            "its_score" in scores and scores["its_score"] < self.survey_id.its_low_score
        )
        self.write(values)

    def _its_scores(self):
        """The scores of this response by the formulas of the class.

        :return: a dictionary by field name, without those that were not asked
        """
        self.ensure_one()
        marks = {"csat": [], "csi": [], "nps": []}
        for line in self.user_input_line_ids.filtered(lambda line: not line.skipped):
            question = line.question_id
            mark = line._its_mark()
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

    def _its_low_score_followup(self):
        """Give a quality manager the task to find out what went wrong: a to-do on the
        client with the answers in its note, once for each response.

        :return: the activity, empty if there is nobody to give it to
        """
        self.ensure_one()
        activity = self.env["mail.activity"]
        response = self.with_user(SUPERUSER_ID)
        if response.its_followed_up or not response.its_client_id:
            return activity
        user = response._its_quality_manager()
        if not user:
            return activity
        response = response.with_context(lang=user.lang)
        activity = response.its_client_id.activity_schedule(
            "mail.mail_activity_data_todo",
            user_id=user.id,
            summary=response.env._(
                "Low score %(score)s %%: %(title)s",
                score=round(response.its_score),
                title=response.survey_id.title,
            ),
            note=response._its_answers_html(),
        )
        response.its_followed_up = fields.Datetime.now()
        return activity

    def _its_quality_manager(self):
        """Who takes care of a low score: the active quality manager of the company
        with the fewest open to-dos, of equals the one who has been here longest. An
        administrator only where there is nobody else.

        :return: a user, or none
        """
        self.ensure_one()
        company = self.company_id or self.env.company
        users = (
            self.env["res.users"]
            .sudo()
            .search(
                Domain("company_ids", "in", company.ids)
                & Domain("share", "=", False)
                & Domain(
                    "all_group_ids",
                    "in",
                    self.env.ref("its_quality.group_quality_manager").ids,
                ),
                order="id",
            )
        )
        users = (
            users.filtered(
                lambda user: not user.has_group("its_quality.group_administrator")
            )
            or users
        )
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
