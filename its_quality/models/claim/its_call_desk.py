from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import format_date

from ...tools.given import takes
from . import asking, deadline, people, todo
from .intake import claim_form
from .rules import BY_NAME
from .verdicts import UNCONFIRMED, VERDICTS, reopens


class ItsCallDesk(models.AbstractModel):
    """Claims at the desk: those a client has open, the calls that ask whether one is
    settled, and registering another while one talks."""

    _inherit = "its.call.desk"

    # -------------------------------------------------------------------------
    # The queue
    # -------------------------------------------------------------------------

    def _due(self, today):
        """Leave out calls about claims that the user has worked on."""
        asked = [
            ("state", "=", "follow_up"),
            ("company_id", "in", self.env.companies.ids),
            ("worker_ids", "not in", self.env.user.ids),
        ]
        return [
            *super()._due(today),
            "|",
            ("its_claim_id", "=", False),
            ("its_claim_id", "any", asked),
        ]

    def _queue_fields(self):
        return [*super()._queue_fields(), "its_claim_id"]

    def _urgency(self, call):
        """Of a day, those who wait to be asked about their claims come first."""
        is_time, day, *rest = super()._urgency(call)
        return is_time, day, not call.its_claim_id, *rest

    def _queue_row(self, call, today, labels):
        row = super()._queue_row(call, today, labels)
        row["claim"] = call.its_claim_id.name or ""
        return row

    def _check_may_take(self, call):
        claim = call.its_claim_id.with_user(self.env.user).sudo(False)
        left = claim and not call.active and call.its_claim_id.state != "follow_up"
        if left and claim.has_access("read"):
            sentence = claim._wrong_state_message(BY_NAME["close"])
            raise UserError("\n".join([f"{claim.name}:", sentence]))
        if claim and not people.is_who(claim, "interviewer"):
            raise AccessError(people.wrong_interviewer_message(claim))
        return super()._check_may_take(call)

    # -------------------------------------------------------------------------
    # One client
    # -------------------------------------------------------------------------

    @api.model
    def open_call(self, call_id):
        card = super().open_call(call_id)
        claim = self.env["mail.activity"].sudo().browse(call_id).its_claim_id
        card["claim"] = self._claim_asked(claim)
        card["claims"] = [row for row in card["claims"] if row["id"] != claim.id]
        card["may_register"] = self.env["its.claim"].has_access("create")
        return card

    def _claim_asked(self, claim):
        """What the caller has to know about a claim.

        :return: a dict for the page, or ``None``
        """
        if not claim:
            return None
        claim = claim.with_user(self.env.user).sudo(False)
        says = dict(claim._fields["satisfaction"]._description_selection(self.env))
        asked = ""
        if claim.asked_on:
            asked = self.env._(
                "Asked by e-mail on %(day)s, no answer yet.",
                day=format_date(self.env, claim.asked_on),
            )
        return {
            "id": claim.id,
            "name": claim.name,
            "subject": claim.subject,
            "description": claim.description or "",
            "service": claim.service_id.name or "",
            "since": self.env._(
                "registered on %(day)s",
                day=format_date(self.env, claim.date_registered),
            ),
            "user": claim.user_id.name or "",
            "problem": claim.problem_id.display_name or "",
            "action_taken": claim.action_taken or "",
            "asked": asked,
            "verdicts": [
                {"id": key, "name": says[key], "style": style, "reopens": reopens(key)}
                for key, style in VERDICTS.items()
            ],
        }

    def _claims(self, client):
        claims = client.its_open_claim_ids
        now = fields.Datetime.now()
        return [
            {
                "id": claim.id,
                "name": claim.display_name,
                "stage": claim.stage_id.name,
                "days": claim.company_id._its_days_since(claim.date_registered),
                "overdue": deadline.is_overdue(claim, now),
            }
            for claim in claims
        ]

    @api.model
    @takes(call_id=int, contact_id=int, summary=str)
    def register_claim(self, call_id, contact_id=None, summary=None):
        """Register what the client complains about, without leaving the talk.

        :param contact_id: who the talk is with
        :param summary: what has been noted so far
        :return: an action
        """
        call = self._find(call_id)
        return claim_form(
            self.env,
            partner_id=call.its_client_id.id,
            contact_id=contact_id or False,
            subscription_id=call.its_subscription_id.id,
            description=summary or False,
        )

    # -------------------------------------------------------------------------
    # The result
    # -------------------------------------------------------------------------

    @api.model
    def finish_call(self, call_id, outcome, values=None, answers=None):
        """Besides, ``values`` may have ``satisfaction``: what the client says about the
        claim they were called about, ``summary`` being their words."""
        satisfaction = (values or {}).get("satisfaction")
        if satisfaction:
            call = self.env["mail.activity"].sudo().browse(call_id).exists()
            known = satisfaction in VERDICTS and outcome == "reached"
            if not known or (call and not call.its_claim_id):
                raise UserError(
                    self.env._("The page is out of date. Reload it, please.")
                )
        return super().finish_call(call_id, outcome, values, answers)

    def _may_take_back(self, call):
        """A claim has its own ways back."""
        return not call.its_claim_id and super()._may_take_back(call)

    def _claim_of_call(self, call):
        """The claim a call is about, with the rights of the user."""
        return call.its_claim_id.with_user(self.env.user).sudo(False)

    def _after_reached(self, call, values):
        claim = self._claim_of_call(call)
        if not claim:
            return super()._after_reached(call, values)
        summary = values.get("summary")
        if values.get("satisfaction"):
            asking.record_verdict_in_call(claim, values["satisfaction"], summary)
        call._its_close(summary)
        if not values.get("satisfaction"):
            day = people.open_call(claim).date_deadline
            return self.env._(
                "Recorded. The client has not said whether %(claim)s is settled; the "
                "next call is on %(day)s.",
                claim=claim.name,
                day=format_date(self.env, day) if day else "–",
            )
        if claim.state == "closed":
            return self.env._("%(claim)s is closed.", claim=claim.name)
        return self.env._(
            "%(claim)s is reopened; it goes back to %(user)s.",
            claim=claim.name,
            user=claim.sudo().next_user_id.name or "–",
        )

    def _after_refused(self, call, values):
        claim = self._claim_of_call(call)
        if not claim:
            return super()._after_refused(call, values)
        refused = self.env._("The client has refused to talk.")
        asking.note_refusal(claim)
        asking.record_verdict_in_call(
            claim, UNCONFIRMED, values.get("summary") or refused
        )
        message = super()._after_refused(call, values)
        return self.env._(
            "%(claim)s is closed as not confirmed. %(message)s",
            claim=claim.name,
            message=message,
        )

    def _after_no_answer(self, call, values):
        claim = self._claim_of_call(call)
        if claim:
            asking.note_try(claim)
        attempts = call.its_attempts + 1
        enough = attempts >= self.env.company.its_call_attempts
        if claim and enough and not claim.asked_on and asking.ask_by_mail(claim):
            self._postpone(call, todo.day_to_ask(claim), its_attempts=attempts)
            return self.env._(
                "No answer after %(count)s attempts: the client has been asked by "
                "e-mail. If they do not answer, the next call is on %(day)s.",
                count=attempts,
                day=format_date(self.env, call.date_deadline),
            )
        return super()._after_no_answer(call, values)
