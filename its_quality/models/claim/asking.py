from odoo import SUPERUSER_ID, models
from odoo.exceptions import UserError

from ..base.working_days import WorkingDays
from .rules import BY_NAME, UNCONFIRMED, UNHAPPY

# So many working days a client has to answer a letter before he is called.
MAIL_DAYS = 3
QUIET = {"mail_activity_quick_update": True}


class ItsClaim(models.Model):
    """The client has the last word: he is asked, and what he says ends the claim or
    opens it again.

    He is asked by a planned call of a quality manager, which is the one to-do of the
    claim for that time, or by a letter; who does not answer the letter is called.
    """

    _inherit = "its.claim"

    def write(self, vals):
        result = super().write(vals)
        if "partner_id" in vals:
            asked = self.sudo().filtered(lambda claim: claim.state == "follow_up")
            asked._schedule_next()
        return result

    # -------------------------------------------------------------------------
    # Asking
    # -------------------------------------------------------------------------

    def _ask_client(self):
        """Ask the client whether all is well now, as soon as the work is verified.

        The call is planned already, see ``_schedule_next``; a letter puts it off.
        """
        claims = self.sudo()
        claims.write({"client_comment": False, "asked_on": False})
        for claim in claims:
            client = claim.partner_id
            phones = [client.phone, *client.child_ids.mapped("phone")]
            if (
                claim.company_id.its_claim_ask == "mail"
                or client.its_call_consent == "refused"
                or not any(phones)
            ):
                claim._ask_by_mail()

    def _ask_by_mail(self):
        """Let the client answer by one click, and give him time to do it.

        :return: whether a letter has gone
        """
        self.ensure_one()
        claim = self.sudo()
        if not claim._send_rating_mail():
            return False
        claim.asked_on = claim.company_id._its_today()
        call = claim._open_call().with_context(**QUIET)
        if call:
            call.write({"date_deadline": claim._day_to_ask()})
        return True

    def _day_to_ask(self, today=None):
        """The working day on which the client is called: after he has had time to
        answer the letter, if there was one."""
        self.ensure_one()
        today = today or self.company_id._its_today()
        first = min(self.asked_on or today, today)
        days = WorkingDays(self.company_id.sudo().resource_calendar_id, first)
        day = days.after(today, 0)
        if self.asked_on:
            day = max(day, days.after(self.asked_on, MAIL_DAYS))
        return day

    # -------------------------------------------------------------------------
    # The call
    # -------------------------------------------------------------------------

    def _interviewers(self):
        """Who may ask the client, whoever should do it first: he who has it already,
        he who dispatched it, other quality managers, administrators. Nobody who has
        worked on the claim is among them.

        :return: a list of users
        """
        self.ensure_one()
        quality = self.env["res.users"]._its_quality_managers(self.company_id)
        persons = [
            *(self._open_call().user_id, self.quality_user_id, *quality),
            *self._administrators(),
        ]
        return [
            user
            for user in persons
            if user and self.with_user(user)._is_who("interviewer")
        ]

    def _is_asked_by_call(self):
        """Whether whoever is next may, and has to, call the client."""
        self.ensure_one()
        return (
            self.state == "follow_up"
            and bool(self.partner_id)
            and self.partner_id.its_call_consent != "refused"
            and bool(self.next_user_id)
            and self.next_user_id not in self.worker_ids
        )

    def _open_call(self):
        """The open call about this claim, if there is one."""
        self.ensure_one()
        calls = self.env["mail.activity"].sudo().with_context(active_test=True)
        return calls.search([("its_claim_id", "=", self.id)], limit=1)

    def _call_values(self):
        """What makes a call of the to-do of a claim."""
        return {
            "activity_type_id": self.env.ref("mail.mail_activity_data_call").id,
            "its_claim_id": self.id,
            "its_client_id": self.partner_id.id,
            "its_subscription_id": self.subscription_id.id,
            "its_purpose": "claim",
        }

    def _keep_calls(self):
        """Close the calls that are in vain, and let the others go on: they know how
        often nobody answered, and who has the client in hand.

        :return: the claims whose call stays
        """
        calls = self.env["mail.activity"].sudo().with_context(active_test=True, **QUIET)
        kept = self.browse()
        for call in calls.search([("its_claim_id", "in", self.ids)]):
            claim = call.its_claim_id
            if not claim._is_asked_by_call():
                call._its_close(
                    self.env._("There is nothing to ask about the claim any more.")
                )
                continue
            kept |= claim
            values = {}
            if call.user_id != claim.next_user_id:
                values["user_id"] = claim.next_user_id.id
            if call.its_client_id != claim.partner_id:
                values["its_client_id"] = claim.partner_id.id
                values["its_subscription_id"] = claim.subscription_id.id
            if values:
                clients = call.its_client_id | claim.partner_id
                call.write(values)
                clients._update_its_contacts()
        return kept

    def _ask_again(self):
        """Plan another call where the last one was closed without a result, for the
        next working day."""
        claims = self.sudo().filtered(
            lambda claim: claim._is_asked_by_call() and not claim._open_call()
        )
        claims._leave_todos()
        for claim in claims:
            company = claim.company_id
            today = company._its_today()
            days = WorkingDays(company.resource_calendar_id, today)
            call = claim._open_call().with_context(**QUIET)
            call.date_deadline = claim._day_to_ask(days.after(today, 1))

    # -------------------------------------------------------------------------
    # The word
    # -------------------------------------------------------------------------

    def _told_in_talk(self, vals):
        """Values that a user writes, with how we know what the client says."""
        if "satisfaction" not in vals:
            return vals
        return {**vals, "satisfaction_via": vals["satisfaction"] and "talk"}

    def _refusals_of_word(self, transition):
        """Why a claim may not be closed with what the client is said to have said."""
        if transition.name != "close":
            return []
        if self.satisfaction == UNHAPPY:
            return [
                self.env._(
                    "The client is not satisfied, so the claim is not closed: press "
                    "«Not satisfied: reopen»."
                )
            ]
        unexplained = not (self.client_comment or "").strip()
        if self.satisfaction == UNCONFIRMED and unexplained and not self.env.su:
            return [
                self.env._(
                    "Say in the comment why the client has not confirmed: whom you "
                    "tried to reach, and when."
                )
            ]
        return []

    def _say_in_talk(self, satisfaction, comment=None):
        """Take what the client says while the user talks to him.

        :param satisfaction: a key of ``SATISFACTION``
        :param comment: the client's words, needed where he is not satisfied
        :raises UserError: where the user may not ask, or the claim has moved on
        """
        self.ensure_one()
        self.check_access("read")
        way = BY_NAME["reopen" if satisfaction == UNHAPPY else "close"]
        comment = (comment or "").strip()
        self._take_hold()
        if self.state not in way.sources:
            raise UserError("\n".join([f"{self.name}:", self._wrong_state(way)]))
        if not self._is_who("interviewer"):
            raise UserError(self._wrong_interviewer())
        if satisfaction == UNHAPPY and not comment:
            raise UserError(
                self.env._(
                    "Write down what the client is not satisfied with: whoever works on "
                    "%(claim)s again has to know it.",
                    claim=self.name,
                )
            )
        self.write({"satisfaction": satisfaction, "client_comment": comment or False})
        self._go(way.name, comment)

    def _wrong_interviewer(self):
        """Why the user is not the one to ask the client."""
        if self._has_worked_on():
            return self.env._(
                "You have worked on %(claim)s yourself: somebody else has to ask the "
                "client.",
                claim=self._its_visible_name(),
            )
        return self.env._(
            "Quality managers ask clients whether a claim is settled; this call is for "
            "one of them."
        )

    def _client_says(self, satisfaction, comment=None):
        """Take what the client himself says on his page, once.

        The caller has made sure that it is the client.

        :param satisfaction: a key of ``SATISFACTION`` but ``none``
        :param comment: his words
        :raises UserError: where nobody asks him, or he has answered already
        """
        self.ensure_one()
        # Whatever defaults the caller's context has stay behind.
        claim = self.sudo().with_user(SUPERUSER_ID)
        unhappy = satisfaction == UNHAPPY
        claim._take_hold()
        if claim.state == "closed" and claim.satisfaction == UNCONFIRMED:
            raise UserError(self.env._("This claim is closed by now."))
        if claim.state != "follow_up":
            raise UserError(
                self.env._("You have answered already, or the work is not done yet.")
            )
        comment = (comment or "").strip()
        claim.write(
            {
                "satisfaction": satisfaction,
                "satisfaction_via": "page",
                "client_comment": comment or False,
            }
        )
        if unhappy:
            claim._go("reopen", comment or self.env._("The client is not satisfied."))
        else:
            claim._go("close")
