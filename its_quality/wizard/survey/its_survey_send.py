from ast import literal_eval

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from ...models.survey.sending import MOST, Recipients

EVERYBODY = "[('its_client', '=', True)]"


class ItsSurveySend(models.TransientModel):
    """Sends a questionnaire to clients chosen by a filter: it says how many get it, and
    why others do not, before anything is sent."""

    _name = "its.survey.send"
    _description = "Send a Questionnaire to Clients"

    survey_id = fields.Many2one(
        "survey.survey",
        string="Questionnaire",
        required=True,
        domain="[('survey_type', '=', 'its'), ('its_draft', '=', False)]",
    )
    clients = fields.Char(
        string="To which clients", default=lambda self: self._default_clients()
    )
    again = fields.Boolean(
        string="Also to those who have been asked lately",
        help="The system itself asks nobody twice within the days of the settings.",
    )
    ready_count = fields.Integer(string="Get the letter", compute="_compute_preview")
    left_out = fields.Text(string="Do not", compute="_compute_preview")

    @api.model
    def _default_clients(self):
        """Those that were selected in a list, else all."""
        context = self.env.context
        chosen = context.get("active_ids")
        if context.get("active_model") != "res.partner" or not chosen:
            return EVERYBODY
        return str([("id", "in", chosen)])

    @api.depends("survey_id", "clients", "again")
    @api.depends_context("uid")
    def _compute_preview(self):
        for dialog in self:
            recipients = dialog.survey_id and dialog._recipients()
            dialog.ready_count = len(recipients.ready) if recipients else 0
            dialog.left_out = "\n".join(recipients.sentences()) if recipients else False

    def _recipients(self):
        partners = self.env["res.partner"]._its_by_role()
        chosen = partners.search(self._domain(), limit=MOST, order="id")
        return Recipients(self.survey_id, chosen, self.again)

    def _domain(self):
        """:raises UserError: if the filter is none"""
        try:
            chosen = Domain(literal_eval(self.clients or EVERYBODY))
        except (SyntaxError, ValueError, TypeError):
            raise UserError(
                self.env._("The filter cannot be read. Choose the clients again.")
            ) from None
        return chosen & Domain("its_client", "=", True)

    def action_send(self):
        """Send the questionnaire to those who get it.

        :raises UserError: if nobody does, or the questionnaire cannot be asked
        """
        self.ensure_one()
        self.check_access("read")
        recipients = self._recipients()
        if not recipients.ready:
            raise UserError(
                "\n".join(
                    [
                        self.env._("Nobody gets the letter. Choose other clients."),
                        *recipients.sentences(),
                    ]
                )
            )
        self.survey_id._its_check_can_ask(recipients.ready[0])
        sent = recipients.queue()
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": self.env._(
                    "The questionnaire is on its way to clients: %(count)s. Those who "
                    "do not answer are reminded once.",
                    count=len(sent),
                ),
                "next": {"type": "ir.actions.act_window_close"},
            },
        }
