from odoo import api, fields, models


class SurveyUserInputLine(models.Model):
    """One answer of a client. The scores of a finished response follow its answers, also
    when an administrator corrects them."""

    _inherit = "survey.user_input.line"

    its_answer = fields.Char(string="Answer", compute="_compute_its_answer")
    its_mark = fields.Float(
        string="Rating (%)",
        # Without digits: PostgreSQL counts means of numerics several times slower.
        readonly=True,
        copy=False,
        aggregator="avg",
        help="From 0 to 100; empty in the database if the answer is not a rating.",
    )
    its_is_leading = fields.Boolean(
        string="First of the response",
        readonly=True,
        copy=False,
        help="The score of a response is counted with this answer only, so just once.",
    )

    @api.depends("display_name", "value_text_box")
    @api.depends_context("lang")
    def _compute_its_answer(self):
        """The whole answer; the name of a line is cut short and calls a comment and an
        answer the same."""
        for line in self:
            line.its_answer = line.value_text_box or line.display_name

    @api.model_create_multi
    def create(self, vals_list):
        lines = super().create(vals_list)
        if not self.env.su:
            lines.user_input_id._its_answers_corrected()
        return lines

    def write(self, vals):
        responses = self.user_input_id
        result = super().write(vals)
        if not self.env.su:
            # Record rules were asked about the old values only.
            self.check_access("write")
            (responses | self.user_input_id)._its_answers_corrected()
        return result

    def unlink(self):
        responses = self.user_input_id
        result = super().unlink()
        if not self.env.su:
            responses._its_answers_corrected()
        return result
