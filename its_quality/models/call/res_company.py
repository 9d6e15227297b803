from odoo import api, fields, models

from ..base.groups import GROUP_ADMINISTRATOR

# The ready cadences, which each company gets copies of.
READY = (
    "its_quality.its_cadence_before_end",
    "its_quality.its_cadence_after_claim",
    "its_quality.its_cadence_after_start",
    "its_quality.its_cadence_quarterly",
    "its_quality.its_cadence_monthly",
)


class ResCompany(models.Model):
    """How calls are planned, and what comes of those that nobody answers or makes; each
    company has cadences of its own."""

    _inherit = "res.company"

    its_daily_calls = fields.Integer(
        string="Calls per day",
        default=25,
        help="How many planned calls a user gets per day, unless their own form says "
        "otherwise.",
    )
    its_call_attempts = fields.Integer(
        string="Unanswered attempts",
        default=3,
        help="After this many, the head of the team is told, the questionnaire is sent "
        "to the client by e-mail, and they are tried less often: weekly, then with the "
        "cadence.",
    )
    its_escalation_days = fields.Integer(
        string="Escalate overdue calls after (working days)", default=3
    )
    its_days_apart = fields.Integer(
        string="Days between calls to a client",
        default=3,
        help="Planned calls to the same client are at least so many days apart. A call "
        "about the end of a contract goes first. Zero: they may be on one day.",
    )
    its_ahead_days = fields.Integer(
        string="Days that calls are planned ahead",
        default=14,
        help="So that people see what is coming, and busy days can be evened out.",
    )
    its_started_days = fields.Integer(
        string="Days after a start",
        default=60,
        help="A subscription that started longer ago, or came from 1C with an old "
        "start, needs no question how its rollout went.",
    )
    its_desk_minutes = fields.Integer(
        string="Minutes that a client is reserved",
        default=10,
        help="For so long nobody else gets a client who is open at somebody's call "
        "desk, should the page be closed in between.",
    )
    its_morning_hour = fields.Integer(
        string="Morning begins at",
        default=7,
        help="The hour, by the clock of the company, at which the morning e-mails are "
        "sent.",
    )
    its_silence_first = fields.Integer(
        string="Days without contact: first step",
        default=7,
        help="The report of last contacts groups clients by how long ago they were "
        "reached: up to so many days, up to those of the second and the third step, "
        "and longer.",
    )
    its_silence_second = fields.Integer(
        string="Days without contact: second step",
        default=31,
        help="Whom nobody has reached for more days has had no contact for long.",
    )
    its_silence_third = fields.Integer(
        string="Days without contact: third step",
        default=92,
        help="Whom nobody has reached for more days is shown in red.",
    )
    its_planned_on = fields.Date(
        string="Calls planned on",
        readonly=True,
        copy=False,
        help="The last day on which the calls of the company were planned.",
    )
    its_digest_date = fields.Date(
        string="Morning e-mail sent on",
        readonly=True,
        copy=False,
        help="The last day on which the morning e-mails about calls were sent.",
    )

    _its_call_numbers_positive = models.Constraint(
        "CHECK (its_daily_calls > 0 AND its_call_attempts > 0 "
        "AND its_escalation_days >= 0 AND its_days_apart BETWEEN 0 AND 60)",
        "Calls per day and attempts must be at least 1, the number of days cannot be "
        "negative, and calls to a client can be at most 60 days apart.",
    )

    _its_call_settings_in_order = models.Constraint(
        "CHECK (its_ahead_days BETWEEN 0 AND 92 AND its_started_days BETWEEN 1 AND 366 "
        "AND its_desk_minutes BETWEEN 5 AND 240 "
        "AND its_morning_hour BETWEEN 0 AND 18)",
        "Calls are planned at most 92 days ahead and asked about at most 366 days after "
        "a start, a client is reserved for 5 to 240 minutes, and the morning begins at "
        "0 to 18 o'clock.",
    )

    _its_silence_in_order = models.Constraint(
        "CHECK (its_silence_first > 0 AND its_silence_second > its_silence_first "
        "AND its_silence_third > its_silence_second AND its_silence_third <= 3660)",
        "Each step of days without contact must be longer than the one before, and the "
        "last one at most 3660 days.",
    )

    @api.model_create_multi
    def create(self, vals_list):
        companies = super().create(vals_list)
        companies._its_copy_cadences()
        return companies

    @api.model
    def _its_give_cadences(self):
        """Give those companies cadences that were there before the addon."""
        cadences = self.env["its.cadence"].with_context(active_test=False)
        every = self.search([])  # pylint: disable=no-search-all
        having = cadences.search([("company_id", "in", every.ids)]).company_id
        (every - having)._its_copy_cadences()

    def _its_copy_cadences(self):
        """Copy the ready cadences, as they are now, but for the people who call."""
        cadences = self.env["its.cadence"].sudo().with_context(tracking_disable=True)
        for name in READY:
            cadences |= cadences.env.ref(name, raise_if_not_found=False) or cadences
        for company in self:
            for cadence in cadences:
                survey = cadence.survey_id
                cadence.copy(
                    {
                        "company_id": company.id,
                        "user_ids": False,
                        "survey_id": not survey.company_id and survey.id,
                    }
                )

    def _its_lacks(self):
        lacks = super()._its_lacks()
        cadences = self.env["its.cadence"].sudo()
        if not cadences.search_count([("company_id", "=", self.id)], limit=1):
            lacks.append(
                (
                    self.env._(
                        "%(company)s has no cadences, so no calls are planned.",
                        company=self.name,
                    ),
                    "its_quality.its_cadence_action",
                    GROUP_ADMINISTRATOR,
                )
            )
        return lacks
