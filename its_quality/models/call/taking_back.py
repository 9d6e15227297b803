"""An outcome recorded by mistake is taken back: what the calls and the card of the client
were like before is kept with the interaction, and put back if nobody has gone on since.
A letter that it causes waits until the notice about it is gone."""

from datetime import timedelta

from odoo import fields
from odoo.exceptions import UserError
from odoo.tools import format_date

# As long as the page offers it; letters wait a little longer, since a press takes time.
SECONDS = 30
LETTERS_WAIT = timedelta(seconds=SECONDS + 15)
CALL = (
    "active",
    "date_deadline",
    "date_done",
    "feedback",
    "its_asked_by_hand",
    "its_attempts",
    "its_call_at",
    "its_escalated_id",
    "its_is_talk",
    "its_late_since",
    "its_purpose",
    "its_response_id",
    "its_unanswered_on",
    "its_withdrawn",
    "user_id",
)
CARD = ("its_call_consent", "its_consent_date", "its_consent_source")
RESPONSE = ("state", "end_datetime", "its_followed_up")


def leaves_at():
    """The moment before which a letter about a call does not leave."""
    return fields.Datetime.now() + LETTERS_WAIT


class Before:
    """What a client and their calls are like before an outcome is recorded.

    :param call: the call in hand, as superuser
    """

    def __init__(self, call):
        self._call = call
        self._client = call.its_client_id.sudo()
        self._card = _read(self._client, CARD)
        self._calls = {one.id: _read(one, CALL) for one in self._planned()}
        self._responses = {one.id: _read(one, RESPONSE) for one in self._open()}

    def _planned(self):
        calls = self._call.with_context(active_test=True)
        return calls.search([("its_client_id", "=", self._client.id)]) | self._call

    def _open(self):
        responses = self._call.env["survey.user_input"].sudo()
        return (
            responses.search(
                [("its_client_id", "=", self._client.id), ("state", "!=", "done")]
            )
            | self._call.its_response_id
        )

    def changes(self, **more):
        """What has become of it since: plain values, each with those before it."""
        calls = self._call.browse(self._calls)
        changed = {}
        for call in calls.exists():
            after = _read(call, CALL)
            if after != self._calls[call.id]:
                changed[str(call.id)] = [self._calls[call.id], after]
        card = _read(self._client, CARD)
        responses = self._call.env["survey.user_input"].sudo().browse(self._responses)
        return {
            "call": self._call.id,
            "calls": changed,
            "planned": (self._planned() - calls).ids,
            "card": [self._card, card] if card != self._card else None,
            "responses": {
                str(one.id): self._responses[one.id]
                for one in responses.exists()
                if _read(one, RESPONSE) != self._responses[one.id]
            },
            "sent": (self._open() - responses).ids,
            **more,
        }


def _read(record, names):
    values = {}
    for name in names:
        value = record[name]
        if record._fields[name].type == "many2one":
            value = value.id
        elif hasattr(value, "isoformat"):
            value = str(value)
        elif record._fields[name].type == "html":
            value = str(value or "")
        values[name] = value
    return values


def reason_not_to(interaction, today):
    """Why an interaction cannot be taken back by the user.

    :param interaction: as superuser
    :return: a sentence; empty where it can
    """
    env = interaction.env
    if not interaction.taken_from or interaction.user_id != env.user:
        return env._("This cannot be undone. Correct the interaction itself.")
    if interaction._its_day() != today:
        return env._(
            "This was recorded on %(day)s. Correct the interaction itself.",
            day=format_date(env, interaction._its_day()),
        )
    return ""


class TakingBack:
    """Puts back what was there before an outcome was recorded.

    :param interaction: which recorded it, as superuser
    """

    def __init__(self, interaction):
        self.env = interaction.env
        self._interaction = interaction
        self._kept = interaction.taken_from
        calls = self.env["mail.activity"].sudo().with_context(active_test=False)
        self.call = calls.browse(self._kept["call"]).exists()
        self._calls = calls

    def run(self):
        """:raises UserError: if somebody has gone on since"""
        if not self.call:
            self._refuse()
        self._check_untouched()
        self._take_back_letters()
        self._take_back_contract()
        self._put_back_responses()
        made = self._calls.browse(self._kept["planned"]).exists()
        # A call of a cadence that is only deleted stays as a cancelled one.
        made.filtered("active")._its_withdraw(False)
        made.unlink()
        self._interaction.unlink()
        for call_id, (before, _after) in self._kept["calls"].items():
            self._calls.browse(int(call_id)).exists().with_context(
                mail_activity_quick_update=True
            ).write(before)
        if self._kept["card"]:
            before, _after = self._kept["card"]
            self.call.its_client_id.sudo().write(before)

    def _check_untouched(self):
        """What has been changed since is somebody's work."""
        for call_id, (_before, after) in self._kept["calls"].items():
            call = self._calls.browse(int(call_id)).exists()
            if not call or _read(call, CALL) != after:
                self._refuse()
        made = self._calls.browse(self._kept["planned"]).exists()
        later = self.env["its.interaction"].sudo()
        later = later.search_count(
            [
                ("partner_id", "=", self._interaction.partner_id.id),
                ("activity_id", "in", (self.call | made).ids),
                ("id", ">", self._interaction.id),
            ],
            limit=1,
        )
        if later or any(not call.active for call in made):
            self._refuse()

    def _refuse(self):
        raise UserError(
            self.env._(
                "Somebody has worked on the calls to this client since, so this cannot "
                "be undone. Correct the interaction itself."
            )
        )

    def _take_back_letters(self):
        """Whoever was to get the questionnaire by mail does not get it.

        :raises UserError: if it has left already
        """
        sent = self.env["survey.user_input"].sudo().browse(self._kept["sent"]).exists()
        sent = sent.filtered("its_sent_on")
        if not sent:
            return
        letters = self.env["mail.mail"].sudo()
        letters = letters.search(
            [
                ("model", "=", sent._name),
                ("res_id", "in", sent.ids),
                ("state", "=", "outgoing"),
            ]
        )
        # What is being sent right now is locked.
        if len(letters.try_lock_for_update()) < len(sent):
            raise UserError(
                self.env._(
                    "The questionnaire has been sent to the client already, so this "
                    "cannot be undone."
                )
            )
        letters.mail_message_id.unlink()
        letters.exists().unlink()
        sent.unlink()

    def _take_back_contract(self):
        """What was renewed is not, and what was not renewed may be; by who has said so,
        with their rights."""
        contracts = self.env["its.subscription"]
        contracts = contracts.with_user(self.env.user).sudo(False)
        renewed = contracts.browse(self._kept.get("renewed") or ()).exists()
        if renewed:
            renewed.check_access("write")
            if renewed.is_renewed or renewed.date_cancelled:
                self._refuse()
            renewed.sudo().unlink()
        declined = contracts.browse(self._kept.get("declined") or ()).exists()
        if declined:
            declined.action_restore()

    def _put_back_responses(self):
        responses = self.env["survey.user_input"].sudo()
        for response_id, before in self._kept["responses"].items():
            responses.browse(int(response_id)).exists()._its_reopen(before)
