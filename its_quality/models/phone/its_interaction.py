from odoo import api, fields, models

from ...tools.by_code import by_code
from .journal import AFTER, BEFORE, called_back

# Of these the exchange knows better.
MEASURED = frozenset(
    {
        "channel",
        "company_id",
        "date_start",
        "direction",
        "duration",
        "partner_id",
        "user_id",
    }
)


class ItsInteraction(models.Model):
    """A talk by telephone is in the journal once: what somebody writes about it is added
    to what the exchange has reported, whichever came first."""

    _inherit = "its.interaction"

    phone_call_id = fields.Many2one(
        "its.phone.call",
        string="Telephone call",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="set null",
    )
    phone_number = fields.Char(related="phone_call_id.number", string="Phone number")
    phone_told = fields.Selection(
        related="phone_call_id.told", string="Client told of the recording"
    )

    phone_has_recording = fields.Boolean(
        string="Listen", compute="_compute_phone_has_recording", compute_sudo=True
    )

    _phone_call_uniq = models.UniqueIndex(
        "(phone_call_id) WHERE phone_call_id IS NOT NULL"
    )

    @api.depends("phone_call_id.recording")
    def _compute_phone_has_recording(self):
        for talk in self:
            talk.phone_has_recording = bool(talk.phone_call_id.recording)

    @api.model_create_multi
    def create(self, vals_list):
        joined = {}
        for place, vals in enumerate(vals_list):
            call = self._its_call_of(vals)
            # The journal itself, and a second note in the same breath.
            if call and call.id not in {one.id for one in joined.values()}:
                joined[place] = call
        added = [
            self._its_add_note(joined[place], vals)
            for place, vals in enumerate(vals_list)
            if place in joined
        ]
        created = super().create(
            [vals for place, vals in enumerate(vals_list) if place not in joined]
        )
        created._its_have_called_back()
        rest, notes = iter(created), iter(added)
        return self.browse(
            [
                next(notes if place in joined else rest).id
                for place in range(len(vals_list))
            ]
        )

    def _its_call_of(self, vals):
        """The call that is being written about, if it is in the journal and nobody has
        written about it yet."""
        given = {**self._its_defaults_given(), **vals}
        if given.get("phone_call_id") or given.get("channel", "call") != "call":
            return None
        user_id = given.get("user_id") or self.env.uid
        moment = fields.Datetime.to_datetime(given.get("date_start"))
        moment = moment or fields.Datetime.now()
        partner_id = given.get("partner_id")
        if type(partner_id) is not int or type(user_id) is not int:
            return None
        calls = self.env["its.phone.call"].sudo()
        last = calls.search(
            [
                ("partner_id", "=", partner_id),
                ("date_start", "<=", moment + BEFORE),
                ("date_start", ">=", moment - AFTER * 8),
            ],
            order="date_start desc, id desc",
        ).filtered(
            lambda call: (
                (call.date_ended or moment) >= moment - AFTER
                and user_id in call._who_spoke().ids
            )
        )[:1]
        # After a talk somebody has tried again and reached nobody: that is written.
        if last.state not in ("talk", "lost") or last.is_noted:
            return None
        return last if last.interaction_ids else None

    def _its_add_note(self, call, vals):
        """Add to the interaction that the exchange has made what was written."""
        self.check_access("create")
        talk = self.browse(call.interaction_ids.id)
        given = {**self._its_defaults_given(), **vals}
        told = {
            name: value
            for name, value in given.items()
            if name in self._fields
            and name not in MEASURED
            # The exchange knows whom it has rung up, though nobody has said it.
            and (value or not talk[name])
        }
        by_code(talk).write(told)
        call.is_noted = True
        talk._its_have_called_back()
        return talk

    def _its_have_called_back(self):
        """A call back that was made in another way than by our telephone is made."""
        for talk in self.sudo().filtered("activity_id"):
            if talk.outcome != "reached" or not talk.activity_id.its_phone_key:
                continue
            missed = self.env["its.phone.call"].sudo()
            missed = missed.search(
                [
                    ("callback_id", "=", talk.activity_id.id),
                    ("date_called_back", "=", False),
                ]
            )
            called_back(missed, talk.date_start)
