from odoo import api, fields, models
from odoo.exceptions import UserError

from ..base.groups import GROUP_USER

# What a client has answered, but for tries of the questionnaire.
DONE = [("state", "=", "done"), ("test_entry", "=", False)]
SCORED = [*DONE, ("its_has_score", "=", True)]
LATEST = "end_datetime DESC, id DESC"
# As many scores as the desk shows of a client.
SCORES = 3


class ResPartner(models.Model):
    """What the client's card shows of their responses. Nothing of it is stored."""

    _inherit = "res.partner"

    its_response_count = fields.Integer(
        string="Number of responses",
        compute="_compute_its_response_count",
        groups=GROUP_USER,
    )
    its_scored_ids = fields.Many2many(
        "survey.user_input",
        string="Last scores",
        compute="_compute_its_scored_ids",
        groups=GROUP_USER,
    )
    its_last_response_id = fields.Many2one(
        "survey.user_input",
        string="Last response",
        compute="_compute_its_responses",
        groups=GROUP_USER,
        help="The last one that has a score.",
    )
    its_last_score = fields.Float(
        string="Last satisfaction (%)",
        digits=(5, 1),
        compute="_compute_its_responses",
        groups=GROUP_USER,
    )
    its_last_score_date = fields.Datetime(
        string="Date of the last score",
        compute="_compute_its_responses",
        groups=GROUP_USER,
    )
    its_last_nps_class = fields.Selection(
        [
            ("promoter", "Promoter"),
            ("passive", "Passive"),
            ("detractor", "Detractor"),
        ],
        string="NPS class",
        compute="_compute_its_last_nps_class",
        groups=GROUP_USER,
        help="Based on the last response that asked whether the client would "
        "recommend us.",
    )

    @api.depends_context("uid", "allowed_company_ids")
    def _compute_its_response_count(self):
        counts = dict(
            self.env["survey.user_input"]._read_group(
                [("its_client_id", "in", self.ids), *DONE],
                ["its_client_id"],
                ["__count"],
            )
        )
        for partner in self:
            partner.its_response_count = counts.get(partner._origin, 0)

    @api.depends_context("uid", "allowed_company_ids")
    def _compute_its_scored_ids(self):
        """The last ones of a card, the latest first; lists show no more than one."""
        for partner in self:
            partner.its_scored_ids = self.env["survey.user_input"].search_fetch(
                [("its_client_id", "=", partner._origin.id), *SCORED],
                order=LATEST,
                limit=SCORES,
            )

    @api.depends_context("uid", "allowed_company_ids")
    def _compute_its_responses(self):
        if len(self) == 1:
            # Whoever looks at one card mostly wants those before as well.
            scored = {self._origin: self.its_scored_ids[:1]}
        else:
            scored = self._its_latest(SCORED)
        for partner in self:
            last = scored.get(partner._origin, self.env["survey.user_input"])
            partner.its_last_response_id = last
            partner.its_last_score = last.its_score
            partner.its_last_score_date = last.end_datetime

    @api.depends_context("uid", "allowed_company_ids")
    def _compute_its_last_nps_class(self):
        classed = self._its_latest([*DONE, ("its_nps_class", "!=", False)])
        for partner in self:
            last = classed.get(partner._origin, self.env["survey.user_input"])
            partner.its_last_nps_class = last.its_nps_class

    def _its_risk_reasons(self):
        reasons = super()._its_risk_reasons()
        if self.its_last_response_id.its_is_low:
            reasons["score"] = self.env._(
                "low score: %(score)s %%", score=round(self.its_last_score)
            )
        return reasons

    def _its_latest(self, domain):
        """The latest response of each of these clients within a domain.

        :return: a dictionary of responses by client
        """
        responses = self.env["survey.user_input"]
        domain = [("its_client_id", "in", self.ids), *domain]
        if len(self.ids) == 1:
            last = responses.search_fetch(domain, order=LATEST, limit=1)
            return {last.its_client_id: last} if last else {}
        ends = dict(
            responses._read_group(domain, ["its_client_id"], ["end_datetime:max"])
        )
        found = responses.search_fetch(
            [*domain, ("end_datetime", "in", list(set(ends.values())))], order="id"
        )
        return {
            response.its_client_id: response
            for response in found
            if ends[response.its_client_id] == response.end_datetime
        }

    @api.ondelete(at_uninstall=False)
    def _unlink_except_asked(self):
        groups = (
            self.env["survey.user_input"]
            .sudo()
            ._read_group([("its_client_id", "in", self.ids)], ["its_client_id"])
        )
        if groups:
            raise UserError(
                self.env._(
                    "%(names)s has answered our questionnaires, and the answers would "
                    "be lost. Archive the card instead.",
                    names=", ".join(client.name for [client] in groups),
                )
            )

    def action_open_its_responses(self):
        """Open what this client has answered."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "its_quality.survey_user_input_action"
        )
        action["domain"] = [("its_client_id", "=", self.id)]
        action["context"] = {"its_hide_client": True}
        return action
