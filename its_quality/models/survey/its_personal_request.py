from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL

from ..client.personal import Place

BATCH = 500


class ItsPersonalRequest(models.Model):
    """What a person has answered: the marks stay, the words go."""

    _inherit = "its.personal.request"

    @api.model
    def _its_places(self, person):
        theirs = Domain("its_contact_id", "=", person.id) | Domain(
            "partner_id", "=", person.id
        )
        lines = [("user_input_id", "any", theirs)]
        worded = [*lines, ("answer_type", "in", ("text_box", "char_box"))]
        return [
            *super()._its_places(person),
            Place(
                "survey.user_input",
                theirs,
                told=("survey_id", "end_datetime", "email", "nickname", "its_score"),
                emptied=("email", "nickname"),
            ),
            Place("survey.user_input.line", lines, told=("question_id", "its_answer")),
            Place(
                "survey.user_input.line",
                worded,
                words=("value_text_box", "value_char_box"),
            ),
        ]

    @api.model
    def _its_forget(self, company):
        count = super()._its_forget(company)
        since = self._its_kept_since(company, company.its_keep_responses)
        if not since:
            return count
        old = self.env["survey.user_input"].search(
            [
                ("its_client_id", "!=", False),
                ("company_id", "=", company.id),
                ("its_is_wordless", "=", False),
                ("create_date", "<", since),
                "|",
                ("end_datetime", "=", False),
                ("end_datetime", "<", since),
            ],
            limit=BATCH,
        )
        if old:
            self._its_forget_words(old)
        return count + len(old)

    @api.model
    def _its_forget_words(self, responses):
        """Keep the figures of responses, and nothing of who gave them."""
        self.env.flush_all()
        gone = self.env._("[removed after the storage period]")
        self.env.cr.execute(
            SQL(
                """
                UPDATE survey_user_input_line
                   SET value_text_box = CASE WHEN value_text_box <> '' THEN %s END,
                       value_char_box = CASE WHEN value_char_box <> '' THEN %s END
                 WHERE user_input_id IN %s AND answer_type IN ('text_box', 'char_box')
                """,
                gone,
                gone,
                tuple(responses.ids),
            )
        )
        self.env.cr.execute(
            SQL(
                """
                UPDATE survey_user_input
                   SET its_contact_id = NULL, email = NULL, nickname = NULL,
                       partner_id = NULL, its_is_wordless = TRUE
                 WHERE id IN %s
                """,
                tuple(responses.ids),
            )
        )
        self.env.invalidate_all(flush=False)
