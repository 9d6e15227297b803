from odoo import fields, models

from ..base.readable import ReadableOne2many


class SurveyUserInput(models.Model):
    """The talks in which a questionnaire was filled; one that the client has filled in
    alone is a contact by itself."""

    _inherit = "survey.user_input"

    its_interaction_ids = ReadableOne2many(
        "its.interaction", "response_id", string="Interactions", readonly=True
    )
    its_cadence_id = fields.Many2one(
        "its.cadence",
        string="Cadence",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="set null",
        help="The cadence by which the questionnaire was sent.",
    )

    def _mark_done(self):
        result = super()._mark_done()
        alone = self.sudo().filtered(
            lambda response: (
                response.its_client_id
                and not response.its_interviewer_id
                and not response.test_entry
                and not response.its_interaction_ids
            )
        )
        alone._its_note_contact()
        return result

    def _its_note_contact(self):
        """Note that these clients have answered: who has told us how things are has been
        in contact with us, as after a call."""
        for response in self:
            client, cadence = response.its_client_id, response.its_cadence_id
            contact, subscription = (
                response.its_contact_id,
                response.its_subscription_id,
            )
            # Has gone to another firm since.
            if contact.commercial_partner_id != client:
                contact = contact.browse()
            if subscription.partner_id != client:
                subscription = subscription.browse()
            company = response.company_id or client.company_id or self.env.company
            # Of whoever asked; else of whoever answers for the client.
            sender = response.create_uid
            if sender.share or not sender.active:
                sender = client.user_id or self.env.ref("base.user_root")
            self.env["its.interaction"].sudo().with_company(company).create(
                {
                    "partner_id": client.id,
                    "contact_id": contact.id,
                    "company_id": company.id,
                    "user_id": sender.id,
                    "channel": "questionnaire",
                    "direction": "in",
                    "purpose": cadence.purpose or "other",
                    "outcome": "reached",
                    "subscription_id": subscription.id,
                    "service_id": (
                        response.its_service_id or subscription.service_id
                    ).id,
                    "response_id": response.id,
                    "cadence_id": cadence.id,
                    "date_start": response.end_datetime or fields.Datetime.now(),
                }
            )
