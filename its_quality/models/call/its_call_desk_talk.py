from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ...tools.given import takes
from ..base.groups import GROUP_CLIENT_MANAGER
from ..survey.often import reason_not_to_ask
from .asking import reason_to_skip

FOUND = 12
REMINDERS = 50
QUESTIONNAIRES = 50


class ItsCallDesk(models.AbstractModel):
    """A talk that nobody has planned: whoever is found can be called at once, and who
    rings is talked to at the same desk. And what is asked in a talk."""

    _inherit = "its.call.desk"

    # -------------------------------------------------------------------------
    # Finding
    # -------------------------------------------------------------------------

    @api.model
    @takes(text=str)
    def find_clients(self, text=None):
        """Find clients that the role of the reader opens, by whatever is known of them.

        :param text: see ``res.partner._its_found``
        :return: a list of dicts for the page; ``call_id`` is the call that the reader
            has to make to them, if any
        """
        self._check_role()
        partners = self.env["res.partner"]._its_by_role()
        clients = partners.search(
            partners._its_found(text), order="complete_name, id", limit=FOUND
        )
        may_call = clients.browse()
        if self.env.user.has_group(GROUP_CLIENT_MANAGER):
            may_call = clients._filtered_access("write")
        calls = self._planned_calls(clients)
        return [
            {
                "id": client.id,
                "name": client.name,
                "inn": client.vat or "",
                "phone": client.phone or "",
                "city": client.city or "",
                "manager": client.user_id.name or "",
                "may_call": client in may_call,
                "call_id": calls.get(client.id, False),
            }
            for client in clients
        ]

    def _planned_calls(self, clients):
        """The calls that the reader has to make to some clients, one to each.

        :return: ``{id of a client: id of a call}``
        """
        calls = self.env["mail.activity"].sudo().with_context(active_test=True)
        found = calls.search_fetch(
            fields.Domain("its_client_id", "in", clients.ids)
            & calls._its_of_companies(self.env.companies),
            order="date_deadline DESC, id DESC",
        )
        found = self._made_here(found)
        return {call.its_client_id.id: call.id for call in found}

    # -------------------------------------------------------------------------
    # Beginning
    # -------------------------------------------------------------------------

    @api.model
    @takes(client_id=int)
    def start_talk(self, client_id):
        """Begin a talk with a client now. A call that is due to them is that talk; where
        there is none, one is planned for this moment, and forgotten if it is left
        without a result.

        :return: as :meth:`open_call`
        :raises AccessError: if the client is not the reader's to call
        """
        self._check_role()
        client = self.env["res.partner"].browse(client_id or ()).exists()
        client = client.commercial_partner_id
        if not client or not client._its_by_role().has_access("read"):
            raise AccessError(
                self.env._("There is no such client among those that you see.")
            )
        today = self.env.company._its_today()
        calls = self.env["mail.activity"].sudo().with_context(active_test=True)
        planned = calls.browse(self._planned_calls(client).values())
        due = planned.filtered_domain(self._due(today))
        if due:
            return self.open_call(due.id)
        self._check_may_call(client)
        talk = calls.create(
            {
                "res_model_id": self.env["ir.model"]._get_id("res.partner"),
                "res_id": client.id,
                "activity_type_id": self.env.ref("mail.mail_activity_data_call").id,
                "user_id": self.env.uid,
                "date_deadline": today,
                "its_is_talk": True,
            }
        )
        return self.open_call(talk.id)

    def _check_may_call(self, client):
        """:raises AccessError: if the client is not the reader's to call"""
        if not client.its_client:
            raise UserError(
                self.env._("%(name)s is not a client yet.", name=client.display_name)
            )
        if not self.env.user.has_group(GROUP_CLIENT_MANAGER) or not (
            client._its_by_role().has_access("write")
        ):
            raise AccessError(
                self.env._(
                    "Clients are called by their manager or by a quality manager. Open "
                    "the card of %(client)s, and ask %(manager)s to call.",
                    client=client.name,
                    manager=client.sudo().user_id.name or self.env._("one of them"),
                )
            )

    def _reasons(self):
        """Why a client may not renew a contract; they are no secret."""
        reasons = self.env["its.cancellation.reason"].sudo()
        reasons = reasons.search_fetch([], ["name"], limit=100)
        return [{"id": reason.id, "name": reason.name} for reason in reasons]

    @api.model
    def get_reminders(self):
        """Whom the reader has promised to call back by the end of tomorrow.

        :return: a list of ``{"id", "client", "at"}``, the moment in UTC
        """
        self._check_role()
        calls = self.env["mail.activity"].sudo().with_context(active_test=True)
        until = fields.Datetime.now() + timedelta(days=1)
        found = calls.search(
            [
                ("its_client_id", "!=", False),
                ("user_id", "=", self.env.uid),
                ("its_call_at", "!=", False),
                ("its_call_at", "<=", until),
            ],
            order="its_call_at",
            limit=REMINDERS,
        )
        return [
            {
                "id": call.id,
                "client": call.its_client_id.name,
                "at": fields.Datetime.to_string(call.its_call_at),
            }
            for call in found
        ]

    # -------------------------------------------------------------------------
    # The questionnaire
    # -------------------------------------------------------------------------

    def _questionnaire(self, call, not_asked=""):
        """What to ask, with what has been answered before the talk was interrupted.

        :param not_asked: why nothing is asked, if so
        :return: what ``_its_questionnaire`` of a response returns, or ``None``
        """
        response = call.its_response_id
        survey = call.its_survey_id
        offered = survey.active and not survey.its_draft and not not_asked
        if not response and offered:
            # Only an answer begins a response: many are called and few have time.
            response = response.new({"survey_id": survey.id})
        if not response or response.state == "done":
            return None
        return response._its_questionnaire()

    @api.model
    @takes(call_id=int)
    def ask_anyway(self, call_id):
        """Ask the questionnaire of a call, though another one was asked lately or comes
        soon: the page has said so.

        :return: what ``_its_questionnaire`` of a response returns, or ``None``
        """
        call = self._reserve_call(call_id)
        call.its_asked_by_hand = True
        return self._questionnaire(call)

    def _begin_response(self, call):
        """The response that this call fills.

        :raises UserError: where there is nothing to fill in
        """
        response = call.its_response_id
        if not response and not call.its_survey_id:
            raise UserError(
                self.env._("This call no longer has a questionnaire. Reload the page.")
            )
        if not response:
            reason = reason_to_skip(call)
            if reason:
                # The page was opened before.
                raise UserError(reason)
            response = call.its_survey_id._its_start_response(
                call.its_client_id,
                subscription=call.its_subscription_id,
                interviewer=self.env.user,
            ).sudo()
            call.its_response_id = response
        elif response.its_interviewer_id != self.env.user:
            # The call has passed to another user, who continues the talk.
            response.its_interviewer_id = self.env.user
        return response

    @api.model
    @takes(call_id=int, answers=dict)
    def save_answers(self, call_id, answers):
        """Keep what the client has answered so far.

        :param answers: ``{question id: {"answer": …, "comment": …}}``
        :return: what ``_its_save_answers`` of the response returns
        """
        call = self._reserve_call(call_id)
        answers = {
            int(question): answer for question, answer in (answers or {}).items()
        }
        return self._begin_response(call)._its_save_answers(answers)

    # -------------------------------------------------------------------------
    # A questionnaire by choice
    # -------------------------------------------------------------------------

    def _questionnaires(self, call):
        """What can be asked in this talk, if nothing is planned to be."""
        if call.its_survey_id or call.its_response_id:
            return []
        company = call._its_company()
        surveys = self.env["survey.survey"].search_fetch(
            [
                ("survey_type", "=", "its"),
                ("its_draft", "=", False),
                ("question_and_page_ids", "any", [("is_page", "=", False)]),
                ("company_id", "in", [False, company.id]),
            ],
            ["title"],
            limit=QUESTIONNAIRES,
            order="title",
        )
        return [{"id": survey.id, "name": survey.title} for survey in surveys]

    @api.model
    @takes(call_id=int, survey_id=int)
    def choose_questionnaire(self, call_id, survey_id=None):
        """Ask a questionnaire in a call of which none is part. If the client has been
        asked another one lately, the page says so before.

        :param survey_id: nothing takes the choice back, as long as nothing is answered
        :return: ``{"questionnaire", "not_asked"}``, as in :meth:`open_call`
        """
        call = self._reserve_call(call_id)
        if call.its_cadence_id.survey_id or call.its_response_id:
            raise UserError(self.env._("The page is out of date. Reload it, please."))
        survey = self.env["survey.survey"].browse(survey_id or ()).exists()
        if survey:
            client = call.its_client_id.with_user(self.env.user).sudo(False)
            survey._its_check_can_ask(client)
        call.write({"its_chosen_survey_id": survey.id, "its_asked_by_hand": False})
        reason = survey and reason_not_to_ask(call.its_client_id, call._its_company())
        return {
            "questionnaire": None if reason else self._questionnaire(call),
            "not_asked": reason or "",
        }
