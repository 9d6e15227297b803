from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ...tools.letter_addresses import addresses_of
from ..base.groups import GROUP_CLIENT_MANAGER

# An interrupted talk is taken up again within these days; a later call about the same
# thing is another talk.
RESUME_DAYS = 7


class SurveySurvey(models.Model):
    """How a client is asked: in a talk, or by a link that is mailed to them."""

    _inherit = "survey.survey"

    def _check_answer_creation(
        self,
        user,
        partner,
        email,
        test_entry=False,
        check_attempts=True,
        invite_token=False,
    ):
        # A public link, «Share» or a second try would make responses of no client.
        if self.survey_type == "its" and not test_entry:
            raise UserError(
                self.env._(
                    "«%(title)s» is answered by clients. Send the link from the "
                    "client's card or fill it in at the call desk.",
                    title=self.title,
                )
            )
        return super()._check_answer_creation(
            user, partner, email, test_entry, check_attempts, invite_token
        )

    def _its_check_can_ask(self, client):
        """May the user ask this client, and can the questionnaire be asked at all?

        :raises AccessError: if the client belongs to somebody else
        :raises UserError: if it is archived, without questions, of another company
        """
        self.ensure_one()
        self.check_access("read")
        # Whoever may edit the card of a client by their role may talk to them.
        client._its_by_role().check_access("write")
        if not self.env.su and not self.env.user.has_group(GROUP_CLIENT_MANAGER):
            raise AccessError(
                self.env._(
                    "Clients are surveyed by their manager or by a quality manager. "
                    "Ask the administrator for one of these roles."
                )
            )
        names = {"title": self.title, "client": client.name}
        problem = False
        if self.survey_type != "its":
            problem = self.env._(
                "«%(title)s» is not a questionnaire for clients.", **names
            )
        elif not client.its_client:
            problem = self.env._(
                "%(client)s is not an ITS client. Mark the card as an ITS client "
                "first.",
                **names,
            )
        elif not self.active:
            problem = self.env._(
                "«%(title)s» has been archived. Choose another questionnaire.", **names
            )
        elif self.its_draft:
            problem = self.env._(
                "«%(title)s» is a draft. Publish it, or choose another questionnaire.",
                **names,
            )
        elif not self.question_ids:
            problem = self.env._(
                "«%(title)s» has no questions yet. Add them first.", **names
            )
        elif client.company_id and self.company_id not in (
            client.company_id,
            self.company_id.browse(),
        ):
            problem = self.env._(
                "«%(title)s» belongs to a different company than %(client)s. Choose "
                "another questionnaire.",
                **names,
            )
        if problem:
            raise UserError(problem)

    def _its_start_response(
        self,
        client,
        *,
        contact=None,
        service=None,
        subscription=None,
        interviewer=None,
    ):
        """Begin to ask a client, or go on where the talk was interrupted.

        :param client: the firm; of a contact person, their firm is taken
        :param interviewer: who asks, always the current user; empty for a response
            by link, which gets a deadline
        :return: the response, with the rights of the user
        :raises AccessError: if the client is not theirs
        :raises UserError: if the questionnaire cannot be asked
        """
        if client.commercial_partner_id != client:
            contact, client = contact or client, client.commercial_partner_id
        self._its_check_can_ask(client)
        if interviewer and interviewer != self.env.user and not self.env.su:
            raise AccessError(
                self.env._("You cannot survey a client on behalf of a colleague.")
            )
        responses = self.env["survey.user_input"]
        values = responses._its_start_values(
            self, client, contact, service, subscription, interviewer
        )
        response = responses.sudo().search(self._its_open_domain(values), limit=1)
        if response:
            response.write(values)
        else:
            response = responses.sudo().with_context(tracking_disable=True)
            response = response.create(values)
        return responses.browse(response.id)

    @api.model
    def _its_open_domain(self, values):
        """The response begun before that these values are about."""
        same = ["survey_id", "its_client_id", "its_interviewer_id"]
        if values["its_interviewer_id"]:
            same += ["its_service_id", "its_subscription_id"]
            since = fields.Datetime.now() - timedelta(days=RESUME_DAYS)
            domain = [("create_date", ">=", since)]
        else:
            same += ["partner_id"]
            domain = [("deadline", ">=", fields.Datetime.now())]
        return [
            ("state", "!=", "done"),
            ("test_entry", "=", False),
            *((name, "=", values[name]) for name in same),
            *domain,
        ]

    def _its_send_link(
        self,
        client,
        *,
        contact=None,
        cadence=None,
        email=None,
        subscription=None,
        leaves_at=None,
    ):
        """Mail a client the link to answer through, without login, once.

        :param cadence: the rule by which they are asked, for the mail template
        :param email: another address than that of the contact or the client
        :param subscription: what they are asked about
        :param leaves_at: the moment before which the letter does not leave
        :return: the response they will fill in
        :raises UserError: without an address, or if they want no mails
        """
        if client.commercial_partner_id != client:
            contact, client = contact or client, client.commercial_partner_id
        self._its_check_can_ask(client)
        recipient = contact or client
        given = email or recipient.email or client.email
        address = next(iter(addresses_of(given)), "")
        if not address:
            raise UserError(
                self.env._(
                    "%(name)s has no valid e-mail address to send the questionnaire "
                    "to. Add it to the card.",
                    name=recipient.display_name,
                )
            )
        self._its_check_wants_mails(client | recipient, address)
        response = self._its_start_response(
            client, contact=contact, subscription=subscription
        )
        response.sudo().email = address
        self._its_deliver(response, cadence, leaves_at)
        return response

    def action_its_send(self):
        """Choose the clients who get this questionnaire."""
        self.ensure_one()
        self.check_access("read")
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Send to clients"),
            "res_model": "its.survey.send",
            "view_mode": "form",
            "views": [(False, "form")],
            "target": "new",
            "context": {"default_survey_id": self.id},
        }

    def _its_deliver(self, response, cadence=None, leaves_at=None):
        """Send the link of a response, and note that it was sent.

        :param cadence: the rule by which they are asked, for the mail template
        :param leaves_at: the moment before which the letter does not leave
        """
        self._its_mail_link(response, cadence, leaves_at)
        response.sudo().its_sent_on = self.env.company._its_today()
        # Not on the card, which the whole firm reads.
        response.sudo()._message_log(
            body=self.env._(
                "The questionnaire «%(title)s» was sent to %(email)s.",
                title=self.title,
                email=response.sudo().email,
            ),
            author_id=self.env.user.partner_id.id,
        )

    def _its_mail_link(self, response, cadence=None, leaves_at=None):
        """Mail the link of a response to the address that it was sent to.

        :param cadence: the rule by which they are asked, for the mail template
        :param leaves_at: the moment before which the letter does not leave
        """
        response = response.sudo()
        address = response.email
        values = {"email_to": address, "recipient_ids": []}
        if leaves_at:
            values["scheduled_date"] = leaves_at
            queue = self.env.ref("mail.ir_cron_mail_scheduler_action").sudo()
            queue._trigger(at=leaves_at)
        template = self.env.ref("its_quality.mail_template_its_questionnaire").sudo()
        letter_id = template.with_context(its_cadence=cadence).send_mail(
            response.id, email_values=values
        )
        # The letter has the link, what colleagues can read of it has not.
        letter = self.env["mail.mail"].sudo().browse(letter_id)
        letter.mail_message_id.body = letter.subject

    def _its_check_wants_mails(self, people, address):
        """Refuse to write to those who want no mails.

        :raises UserError: saying so
        """
        refused = people.filtered(lambda one: one.its_mail_consent == "refused")
        if refused:
            raise UserError(
                self.env._(
                    "According to the card, %(name)s does not want our e-mails. Ask "
                    "by phone instead.",
                    name=refused[-1].display_name,
                )
            )
        blocked = self.env["mail.blacklist"].sudo()
        if blocked.search_count([("email", "=", address)], limit=1):
            raise UserError(
                self.env._(
                    "%(email)s has unsubscribed from our e-mails. Ask by phone "
                    "instead.",
                    email=address,
                )
            )
