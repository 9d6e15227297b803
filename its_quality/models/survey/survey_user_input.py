from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError

from ..base.groups import GROUP_CLIENT_MANAGER, GROUP_USER
from ..base.measure import Measure, WholeMeasure
from ..client.then import keep_manager, keep_team, manager_field, team_field
from . import reminding, sending

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
        string="Respondent",
        domain="[('commercial_partner_id', '=', its_client_id)]",
        index="btree_not_null",
    )
    its_sent_on = fields.Date(
        string="Sent on",
        readonly=True,
        copy=False,
        help="The day on which the client got the link.",
    )
    its_to_send = fields.Boolean(
        string="Waits to be sent",
        readonly=True,
        copy=False,
        help="The letter with the link is written by the next job.",
    )
    its_reminded_on = fields.Date(
        string="Reminded on",
        readonly=True,
        copy=False,
        help="The day on which the client got the link for the second time.",
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
    its_manager_id = manager_field(compute="_compute_its_manager_id")
    its_team_id = team_field(compute="_compute_its_team_id")
    its_interviewer_id = fields.Many2one(
        "res.users",
        string="Interviewer",
        index="btree_not_null",
        ondelete="restrict",
        readonly=True,
        help="Empty if the client answered through a link.",
    )
    its_has_score = fields.Boolean(string="Has a score", readonly=True, copy=False)
    its_score = Measure(
        string="Satisfaction (%)",
        digits=(5, 1),
        readonly=True,
        copy=False,
        aggregator="avg",
        help="CSI if the questionnaire measures it, otherwise CSAT, otherwise the "
        "recommendation rating; from 0 to 100.",
    )
    its_csat = Measure(
        string="CSAT (%)", digits=(5, 1), readonly=True, copy=False, aggregator="avg"
    )
    its_nps = WholeMeasure(
        string="NPS rating", readonly=True, copy=False, aggregator="avg"
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
    its_nps_points = WholeMeasure(
        string="NPS",
        readonly=True,
        copy=False,
        aggregator="avg",
        help="100 for a promoter, −100 for a detractor: their mean is the NPS.",
    )
    its_is_low = fields.Boolean(string="Low score", readonly=True, copy=False)
    its_followed_up = fields.Datetime(
        string="Passed to quality control", readonly=True, copy=False
    )
    its_is_wordless = fields.Boolean(
        string="Storage period over",
        readonly=True,
        copy=False,
        help="The words of the answers, and who gave them, are no longer kept.",
    )
    its_is_partial = fields.Boolean(
        string="Partial",
        readonly=True,
        copy=False,
        help="The client had no time for all mandatory questions; what they answered "
        "counts.",
    )
    its_can_fill = fields.Boolean(compute="_compute_its_can_fill")

    _its_by_client = models.Index(
        "(its_client_id, end_datetime) WHERE its_client_id IS NOT NULL"
    )
    _its_to_be_sent = models.Index("(id) WHERE its_to_send IS TRUE")
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

    @api.depends("its_client_id")
    def _compute_its_manager_id(self):
        keep_manager(self, "its_manager_id", "its_client_id")

    @api.depends("its_subscription_id")
    def _compute_its_team_id(self):
        keep_team(self, "its_team_id", "its_subscription_id")

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
                stranger = contact._its_visible_name()
            elif subscription and subscription.partner_id != client:
                stranger = subscription._its_visible_name()
            if stranger:
                raise ValidationError(
                    self.env._(
                        "%(name)s does not belong to %(client)s. Choose among the "
                        "contacts and subscriptions of this client.",
                        name=stranger,
                        client=client._its_visible_name()
                        if client
                        else self.env._("a response without a client"),
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
            if user.has_group(GROUP_USER) and not user.has_group(
                "survey.group_survey_user"
            ):
                return False
        return super()._has_field_access(field, operation)

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            if not vals.get("its_client_id"):
                continue
            given = {name for name in DERIVED_FIELDS & vals.keys() if vals[name]}
            # Whether it is a trial is said when it begins.
            self._its_refuse_derived(given - {"test_entry"})
            if not vals.get("company_id"):
                client = self.env["res.partner"].browse(vals["its_client_id"])
                vals["company_id"] = (client.company_id or self.env.company).id
        return super().create(vals_list)

    def write(self, vals):
        if self.sudo().its_client_id:
            self._its_refuse_derived(DERIVED_FIELDS & vals.keys())
        result = super().write(vals)
        if (
            not self.env.su
            and {"its_client_id", "company_id", "survey_id"} & vals.keys()
        ):
            # Record rules were asked about the old values only.
            self.check_access("write")
        return result

    @api.model
    def _cron_its_remind(self):
        """Every morning: see :mod:`.reminding`."""
        reminding.remind(self.sudo())

    @api.model
    def _cron_its_send(self):
        """As soon as somebody sends a questionnaire: see :mod:`.sending`."""
        sending.send(self.sudo())

    def _its_refuse_derived(self, names):
        """Refuse what follows from the answers.

        :raises UserError: naming it
        """
        if names and not self.env.su:
            described = self.fields_get(sorted(names), ["string"])
            raise UserError(
                self.env._(
                    "%(fields)s cannot be set manually: it is computed from the "
                    "answers.",
                    fields=", ".join(name["string"] for name in described.values()),
                )
            )

    @api.readonly
    def get_formview_id(self, access_uid=None):
        if self.its_client_id:
            return self.env.ref("its_quality.survey_user_input_view_form").id
        return super().get_formview_id(access_uid=access_uid)

    def _its_may_fill(self, user):
        """Whether this user may answer here. A talk is filled in by its interviewer as
        long as the client is theirs; a response by link only by the client.

        :return: a boolean
        """
        self.ensure_one()
        interviewer = self.sudo().its_interviewer_id
        if not interviewer:
            return not user._is_internal()
        client = self.sudo().its_client_id.with_user(user)
        return (
            interviewer == user
            and user.has_group(GROUP_CLIENT_MANAGER)
            and self.with_user(user).has_access("read")
            and client._its_by_role().has_access("write")
        )

    def _its_check_may_fill(self):
        """Check that the user may answer, and that the response is still open.

        :raises AccessError: if they do not lead this talk
        :raises UserError: if the response has been finished
        """
        self.ensure_one()
        if not self.env.su:
            self.check_access("read")
            if not self._its_may_fill(self.env.user):
                interviewer = self.sudo().its_interviewer_id
                raise AccessError(
                    self.env._(
                        "This survey is conducted by %(user)s. Start one of your own.",
                        user=interviewer.name,
                    )
                    if interviewer
                    else self.env._(
                        "This is filled in by the client, through the link they "
                        "received."
                    )
                )
        if self.state == "done":
            raise UserError(
                self.env._(
                    "This response is finished, and its answers can no longer be "
                    "changed. Start a new one."
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

    def _its_neutral_name(self):
        return self.env._("another response")

    @api.model
    def _its_is_ours(self, res_id=None):
        record = self.sudo().browse(res_id or ()).exists()
        return bool(record.its_client_id)
