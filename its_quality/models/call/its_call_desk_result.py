from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import format_date, format_datetime

from ...tools.by_code import by_code
from ...tools.given import takes
from ..base.purposes import OUTCOMES
from . import renewing, taking_back
from .apart import FIRST
from .asking import reason_to_skip
from .call_days import CallDays
from .candidates import Candidates

# After so many days one tries again where no cadence of the company says how often
# clients are called.
LONG = 30
VALUES = frozenset(
    {
        "summary",
        "wish_ids",
        "contact_id",
        "duration",
        "call_at",
        "no_more_calls",
        "next",
        "satisfaction",
        "direction",
        "partial",
        "ref",
        "renew",
        "decline",
        "subscription_id",
    }
)


class ItsCallDesk(models.AbstractModel):
    """What came of a talk: recorded together with the next call, or not at all."""

    _inherit = "its.call.desk"

    @api.model
    @takes(call_id=int, outcome=str, values=dict, answers=dict)
    def finish_call(self, call_id, outcome, values=None, answers=None):
        """End a call: interaction, response and next call, together or not at all.

        :param outcome: a key of ``its.interaction.outcome``
        :param values: ``summary``, ``wish_ids``, ``contact_id``, ``duration`` in hours,
            ``call_at`` (UTC, for ``call_back``), ``no_more_calls`` (for ``refused``),
            ``subscription_id`` (what it was about, if not what was planned),
            ``direction`` (``in``, if it was the client who rang)
        Besides: ``partial`` (the client had no time for all mandatory questions),
        ``renew`` and ``decline`` (see :mod:`.renewing`), ``ref`` (whatever the page
        chose for this talk: a second press is the same).

        :param answers: the last answers, as :meth:`save_answers` takes them
        :return: ``{"message": what became of the call, "undo": for how many seconds it
            is offered to take that back}``; or ``{"missing", "errors"}``, of questions,
            and nothing has been recorded
        :raises UserError: saying what is missing; nothing has been recorded then
        """
        values = dict(values or {})
        if outcome not in dict(OUTCOMES) or values.keys() - VALUES:
            raise UserError(self.env._("The page is out of date. Reload it, please."))
        again = self._recorded(call_id, values.get("ref"))
        if again:
            return again
        call = self._reserve_call(call_id)
        before = taking_back.Before(call)
        if outcome == "call_back":
            self._check_call_at(values)
        if answers:
            saved = self.save_answers(call_id, answers)
            if saved["errors"] and outcome == "reached":
                return {"missing": [], "errors": saved["errors"]}
        response = call.its_response_id
        answered = response.state == "in_progress" and response._its_has_answers()
        if outcome == "reached" and answered and not values.get("partial"):
            missing = response._its_missing()
            if missing:
                return {"missing": missing.ids, "errors": {}}
        about = self._about(call, values)
        if response.its_subscription_id != about and response.state != "done":
            response.write(
                {
                    "its_subscription_id": about.id,
                    "its_service_id": about.service_id.id,
                }
            )
        if outcome == "reached" and answered:
            response._its_finish(partial=bool(values.get("partial")))
        contract, said = self._about_contract(call, outcome, values)
        interaction = self._record(call, outcome, values)
        message = getattr(self, f"_after_{outcome}")(call, values)
        message = " ".join(filter(None, (said, message)))
        kept = interaction.sudo()
        kept.desk_ref = values.get("ref")
        if self._may_take_back(call):
            kept.taken_from = before.changes(message=message, **contract)
        return {
            "message": message,
            "interaction_id": interaction.id,
            "undo": taking_back.SECONDS if kept.taken_from else 0,
        }

    def _recorded(self, call_id, ref):
        """What an earlier press has recorded; it is repeated by a browser that has got
        no answer, or by a second finger."""
        if not ref:
            return None
        self._check_role()
        talk = self.env["its.interaction"].sudo()
        talk = talk.search(
            [
                ("activity_id", "=", call_id),
                ("user_id", "=", self.env.uid),
                ("desk_ref", "=", str(ref)),
            ],
            limit=1,
        )
        return talk and {
            "message": (talk.taken_from or {}).get("message")
            or self.env._("Recorded."),
            "interaction_id": talk.id,
            "undo": taking_back.SECONDS if talk.taken_from else 0,
        }

    def _about_contract(self, call, outcome, values):
        """Write what the client says about a contract that ends.

        :return: what to keep for taking it back, and a sentence
        """
        given = values.get("renew") or values.get("decline")
        if not given:
            return {}, ""
        if outcome != "reached" or not isinstance(given, dict):
            raise UserError(self.env._("The page is out of date. Reload it, please."))
        if values.get("renew"):
            made, said = renewing.renew(call, given)
            kept = {"renewed": made.id}
        else:
            made, said = renewing.decline(call, given)
            kept = {"declined": made.id}
        values["subscription_id"] = given["subscription_id"]
        if call.its_purpose in (False, "other"):
            call.its_purpose = "renewal"
        return kept, said

    def _may_take_back(self, call):  # pylint: disable=unused-argument
        """Whether what comes of a call can be undone; to be extended."""
        return True

    @api.model
    @takes(interaction_id=int)
    def take_back(self, interaction_id):
        """Undo what was recorded today, and go on with the talk.

        :return: ``{"call_id", "form"}``: what was written down, to be corrected
        :raises UserError: where somebody has gone on since, or a letter has left
        """
        self._check_role()
        talk = self.env["its.interaction"].sudo().browse(interaction_id or ()).exists()
        if not talk or talk.user_id != self.env.user:
            raise AccessError(
                self.env._("Only who has recorded a talk can undo it, on the same day.")
            )
        reason = taking_back.reason_not_to(talk, self.env.company._its_today())
        if reason:
            raise UserError(reason)
        back = taking_back.TakingBack(talk)
        form = {
            "summary": talk.summary or "",
            "wish_ids": talk.wish_ids.ids,
            "contact_id": talk.contact_id.id,
            "subscription_id": talk.subscription_id.id,
            "direction": talk.direction,
        }
        back.run()
        self._reserve_call(back.call.id)
        return {"call_id": back.call.id, "form": form}

    @api.model
    def get_done(self):
        """What the reader has recorded today at the desk, the latest first.

        :return: a list of dicts for the page
        """
        self._check_role()
        today = self.env.company._its_today()
        talks = self.env["its.interaction"].search(self._done_today(today))
        outcomes = dict(talks._fields["outcome"]._description_selection(self.env))
        return [
            {
                "id": talk.id,
                "client": talk.partner_id.name,
                "outcome": outcomes[talk.outcome],
                "when": format_datetime(self.env, talk.date_start, dt_format="HH:mm"),
                "summary": talk.summary or "",
                "may_undo": not taking_back.reason_not_to(talk.sudo(), today),
            }
            for talk in talks
        ]

    def _done_today(self, today):
        """What the reader has recorded today at the desk; a domain."""
        return [
            ("user_id", "=", self.env.uid),
            ("activity_id", "!=", False),
            ("date_start", ">=", self.env.company._its_midnight(today)),
        ]

    def _about(self, call, values):
        """The subscription that a talk was about: the chosen one, else that of the call.

        :raises UserError: where it is not the client's
        """
        if "subscription_id" not in values:
            return call.its_subscription_id
        about = self.env["its.subscription"].sudo()
        about = about.browse(values["subscription_id"] or ()).exists()
        if about and (
            about.partner_id != call.its_client_id
            or about.company_id not in self.env.companies
        ):
            raise UserError(self.env._("The page is out of date. Reload it, please."))
        return about

    def _record(self, call, outcome, values):
        """Write the interaction as the user, whose rights are checked."""
        vals = call._its_interaction_values(outcome)
        vals["summary"] = values.get("summary") or False
        if values.get("direction") == "in":
            vals["direction"] = "in"
        vals["duration"] = max(values.get("duration") or 0, 0)
        if "subscription_id" in values:
            vals["subscription_id"] = self._about(call, values).id
        if values.get("contact_id"):
            vals["contact_id"] = values["contact_id"]
        if values.get("wish_ids"):
            vals["wish_ids"] = [fields.Command.set(values["wish_ids"])]
        if outcome != "reached" or call.its_response_id.state != "done":
            vals["response_id"] = False
        interactions = self.env["its.interaction"].with_user(self.env.user).sudo(False)
        given = self.env.user in (call.its_escalated_id, call.user_id)
        if given and not interactions.has_access("create"):
            # The head makes a call in the manager's place.
            interactions = interactions.sudo()
        return by_code(interactions).create(vals)

    def _check_call_at(self, values):
        try:
            moment = fields.Datetime.to_datetime(values.get("call_at"))
        except ValueError:
            moment = None
        if not moment:
            raise UserError(
                self.env._("Enter when the client wants to be called back.")
            )
        if moment <= fields.Datetime.now():
            raise UserError(
                self.env._(
                    "The client cannot be called back in the past. Choose a later time."
                )
            )
        values["call_at"] = moment

    def _after_reached(self, call, values):
        call._its_close(values.get("summary"))
        return self._plan_next(call)

    def _after_refused(self, call, values):
        client = call.its_client_id
        call._its_close(self.env._("The client has refused to talk."))
        if values.get("no_more_calls"):
            client.write(
                {
                    "its_call_consent": "refused",
                    "its_consent_date": self.env.company._its_today(),
                    "its_consent_source": self.env._("Conversation"),
                }
            )
            return self.env._(
                "%(client)s will no longer be called.", client=client.name
            )
        return self._plan_next(call)

    def _after_call_back(self, call, values):
        moment = values["call_at"]
        # By the clock of the company, as the queue is made.
        day = self.env.company._its_day_of(moment)
        self._postpone(call, day, its_call_at=moment)
        return self.env._(
            "Callback planned: %(moment)s",
            moment=format_datetime(self.env, moment, dt_format="short"),
        )

    def _after_wrong_number(self, call, values):  # pylint: disable=unused-argument
        self._postpone(call, self._next_day(call))
        return self.env._(
            "Correct the phone number on the card; the call has been moved to %(day)s.",
            day=format_date(self.env, call.date_deadline),
        )

    def _after_no_answer(self, call, values):  # pylint: disable=unused-argument
        attempts = call.its_attempts + 1
        client = call.its_client_id
        enough = attempts >= self.env.company.its_call_attempts
        if enough and not call.its_unanswered_on:
            self._tell_head(call)
        reason = enough and self._can_send_link(call) and reason_to_skip(call)
        if reason:
            self._postpone_unanswered(call, attempts)
            return self.env._(
                "%(reason)s The next attempt is on %(day)s.",
                reason=reason,
                day=format_date(self.env, call.date_deadline),
            )
        if enough and self._can_send_link(call):
            try:
                call.its_survey_id._its_send_link(
                    client,
                    cadence=call.its_cadence_id,
                    subscription=call.its_subscription_id,
                    leaves_at=taking_back.leaves_at(),
                )
            except UserError as error:
                self._postpone_unanswered(call, attempts)
                return self.env._(
                    "%(reason)s The next attempt is on %(day)s.",
                    reason=str(error),
                    day=format_date(self.env, call.date_deadline),
                )
            call.its_attempts = attempts
            call._its_close(
                self.env._("No answer; the questionnaire was sent by e-mail.")
            )
            self._plan_next(call)
            return self.env._(
                "No answer after %(count)s attempts: the questionnaire was sent to "
                "%(email)s.",
                count=attempts,
                email=client.email,
            )
        self._postpone_unanswered(call, attempts)
        return self.env._(
            "No answer; the next attempt is on %(day)s.",
            day=format_date(self.env, call.date_deadline),
        )

    def _tell_head(self, call):
        """Show the head a client who never answers: at their desk, and in the mail of
        the next morning."""
        company = call.its_cadence_id.company_id or self.env.company
        call.its_unanswered_on = self.env.company._its_today()
        head = call._its_heads(company).get(call)
        if head and not call.its_escalated_id:
            call.its_escalated_id = head

    def _postpone_unanswered(self, call, attempts):
        self._postpone(call, self._next_attempt(call, attempts), its_attempts=attempts)

    def _next_attempt(self, call, attempts):
        """The day of the next attempt to reach somebody who does not answer: the next
        working day, as long as the head has not been told; then, as often again, a week
        later; then with the cadence, since pestering does not help."""
        company = self.env.company
        today = company._its_today()
        each = company.its_call_attempts
        if attempts < each or call.res_model != "res.partner":
            return self._next_day(call)
        if attempts < 2 * each:
            return self._next_day(call, today + timedelta(weeks=1))
        cadence = call.its_cadence_id
        if cadence.trigger == "periodic":
            return self._next_day(call, cadence._next_day(today))
        silence = cadence._days_of_silence(company) or LONG
        return self._next_day(call, today + timedelta(days=silence))

    def _can_send_link(self, call):
        client, survey = call.its_client_id, call.its_survey_id
        return (
            survey.active
            and not survey.its_draft
            and client.email
            and client.its_mail_consent != "refused"
            and not call.its_response_id
        )

    def _postpone(self, call, day, **values):
        call.with_context(mail_activity_quick_update=True).write(
            {
                "date_deadline": day,
                "its_call_at": False,
                "its_is_talk": False,
                "its_desk_user_id": False,
                "its_desk_until": False,
                **values,
            }
        )

    def _next_day(self, call, due=None):
        """A working day on which a call is tried again: its person has room then, and
        nobody else calls the client.

        :param due: the ``date`` to begin with; tomorrow by default
        """
        company = self.env.company
        today = company._its_today()
        tomorrow = today + timedelta(days=1)
        user = call.user_id or self.env.user
        days = CallDays(company.sudo(), today)
        days.load(user)
        latest = None
        if call.its_cadence_id.trigger == FIRST:
            latest = call.its_subscription_id.date_end
        latest = latest and latest >= tomorrow and latest
        others = call.search(
            [("its_client_id", "=", call.its_client_id.id), ("id", "!=", call.id)]
        )
        taken = set(others.mapped("date_deadline"))
        due = due or tomorrow
        _user, day = days.place(
            user,
            user.resource_calendar_id,
            min(due, latest) if latest else due,
            latest,
            is_free=lambda day: day not in taken,
        )
        return day or days.working_days(user.resource_calendar_id).after(today, 1)

    def _plan_next(self, call):
        """Plan the next call of a periodic cadence at once, so that the card shows it.

        :return: a sentence
        """
        cadence, client = call.its_cadence_id, call.its_client_id
        if cadence.trigger != "periodic" or not cadence.active:
            return self.env._("Recorded.")
        self.env.flush_all()
        today = cadence.company_id._its_today()
        found = Candidates(cadence, today).of_client(client, cadence._next_day(today))
        days = CallDays(cadence.company_id, today)
        days.load()
        if not found or not cadence._plan_batch(found, days, today):
            return self.env._("Recorded.")
        client.invalidate_recordset(["its_next_contact"])
        return self.env._(
            "Recorded. The next call is on %(day)s.",
            day=format_date(self.env, client.its_next_contact),
        )
