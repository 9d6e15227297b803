from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError

from ..base.absence import Absence
from ..base.groups import GROUP_HEAD, GROUP_USER
from ..base.purposes import PURPOSES
from ..client.then import keep_team, team_field
from . import due

# What planning and the call desk keep; set manually, it could take a client away from a
# colleague, or hide an overdue call from the head.
KEPT_FIELDS = frozenset(
    {
        "its_asked_by_hand",
        "its_attempts",
        "its_cadence_id",
        "its_chosen_survey_id",
        "its_client_id",
        "its_desk_until",
        "its_desk_user_id",
        "its_escalated_id",
        "its_had_nobody",
        "its_is_talk",
        "its_late_since",
        "its_response_id",
        "its_team_id",
        "its_unanswered_on",
        "its_withdrawn",
    }
)

# What last and next contact and the client of a call follow from.
FOLLOWED_FIELDS = frozenset(
    {"active", "activity_type_id", "date_deadline", "res_id", "res_model_id"}
)


# What the queue of a desk shows of a call.
SHOWN_FIELDS = frozenset(
    {"active", "date_deadline", "its_call_at", "its_desk_user_id", "user_id"}
)
CHANGED = "its_desk/changed"


class MailActivity(models.Model):
    """A planned call is an activity on a client: of the kind «call», or planned by a
    cadence. It has ``its_client_id``, and stays in the archive when it is closed, so
    that a cadence knows what it has done already.
    """

    _inherit = "mail.activity"

    its_client_id = fields.Many2one(
        "res.partner",
        string="Client",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="cascade",
    )
    its_cadence_id = fields.Many2one(
        "its.cadence",
        string="Cadence",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="set null",
    )
    its_subscription_id = fields.Many2one(
        "its.subscription",
        string="Subscription",
        index="btree_not_null",
        ondelete="set null",
        domain="[('partner_id', '=', its_client_id)]",
    )
    its_team_id = team_field(compute="_compute_its_team_id")
    its_purpose = fields.Selection(PURPOSES, string="Purpose")
    its_survey_id = fields.Many2one(
        "survey.survey",
        string="Questionnaire",
        compute="_compute_its_survey_id",
        compute_sudo=True,
    )
    its_chosen_survey_id = fields.Many2one(
        "survey.survey",
        string="Questionnaire chosen",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="set null",
        help="Whoever talks to the client has chosen to ask it.",
    )
    its_is_talk = fields.Boolean(
        string="Begun at the desk",
        readonly=True,
        copy=False,
        help="Nobody has planned this call; left without a result, it is forgotten.",
    )
    its_for_id = fields.Many2one(
        "res.partner",
        string="Call whom",
        store=False,
        domain="[('its_client', '=', True)]",
        help="The client of a new call.",
    )
    its_due = fields.Selection(
        due.STATES, string="Due", compute="_compute_its_due", search="_search_its_due"
    )
    its_attempts = fields.Integer(
        string="Attempts", readonly=True, copy=False, help="Without an answer."
    )
    its_asked_by_hand = fields.Boolean(
        string="Asked by hand",
        readonly=True,
        copy=False,
        help="The questionnaire is asked, though the client has just been asked another "
        "one, or is to be.",
    )
    its_unanswered_on = fields.Date(
        string="Not answered since",
        readonly=True,
        copy=False,
        help="The day of the last of the attempts after which the head is told.",
    )
    its_late_since = fields.Date(
        string="Late since",
        readonly=True,
        copy=False,
        help="The day on which this call was first due, if it was postponed since.",
    )
    its_call_at = fields.Datetime(
        string="Call at", help="The time the client asked for."
    )
    its_escalated_id = fields.Many2one(
        "res.users",
        string="Escalated to",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="set null",
        help="The head who was notified that this call is overdue.",
    )
    its_withdrawn = fields.Boolean(
        string="Withdrawn",
        readonly=True,
        copy=False,
        help="There was no longer a reason to call. If the reason comes back, "
        "so does the call.",
    )
    its_had_nobody = fields.Boolean(
        string="Had nobody",
        readonly=True,
        copy=False,
        help="Nobody but an administrator could make this call, who has to be told.",
    )
    its_desk_user_id = fields.Many2one(
        "res.users", readonly=True, copy=False, ondelete="set null"
    )
    its_desk_until = fields.Datetime(
        readonly=True,
        copy=False,
        help="Until then, the client is reserved for one manager.",
    )

    _its_one_open_call = models.UniqueIndex(
        "(its_client_id, its_cadence_id) "
        "WHERE active IS TRUE AND its_cadence_id IS NOT NULL",
        "A call to this client is already planned by this cadence.",
    )
    # In the order in which the call desk asks for them.
    _its_open_calls = models.Index(
        "(user_id, date_deadline, its_call_at NULLS FIRST, id) "
        "WHERE active IS TRUE AND its_client_id IS NOT NULL"
    )
    _its_of_subscription = models.Index(
        "(its_cadence_id, its_subscription_id) WHERE its_subscription_id IS NOT NULL"
    )
    _its_of_client = models.Index(
        "(its_client_id, its_cadence_id, date_done) WHERE its_client_id IS NOT NULL"
    )

    @api.depends("date_deadline", "its_late_since", "active")
    @api.depends_context("company")
    def _compute_its_due(self):
        today = self.env.company._its_today()
        for call in self:
            planned = call.active and call.date_deadline
            call.its_due = planned and due.state_of(call, today)

    @api.model
    def _search_its_due(self, operator, value):
        if operator != "in":
            return NotImplemented
        today = self.env.company._its_today()
        return fields.Domain("active", "=", True) & fields.Domain.OR(
            due.DOMAINS[state](today) for state in value if state in due.DOMAINS
        )

    @api.depends("its_subscription_id")
    def _compute_its_team_id(self):
        keep_team(self, "its_team_id", "its_subscription_id")

    @api.depends("active")
    def _compute_date_done(self):
        """A call to a client is made on a day of the company: Odoo's is that of
        Greenwich, in Vladivostok the day before until ten o'clock."""
        made = self.filtered(
            lambda call: call.its_client_id and not call.active and not call.date_done
        )
        for call in made:
            call.date_done = call._its_company()._its_today()
        return super(MailActivity, self - made)._compute_date_done()

    def _its_company(self):
        """The company whose days count for a call."""
        self.ensure_one()
        call = self.sudo()
        return (
            call.its_subscription_id.company_id
            or call.its_cadence_id.company_id
            or call.its_client_id.company_id
            or self.env.company
        )

    @api.depends("its_cadence_id.survey_id", "its_chosen_survey_id")
    def _compute_its_survey_id(self):
        for activity in self:
            planned = activity.its_cadence_id.survey_id
            activity.its_survey_id = planned or activity.its_chosen_survey_id

    @api.onchange("its_for_id")
    def _onchange_its_for_id(self):
        """A call that is planned from a list is one to somebody."""
        client = self.its_for_id
        if client:
            self.res_model_id = self.env["ir.model"]._get_id(client._name)
            self.res_id = client._origin.id
            self.activity_type_id = self.env.ref("mail.mail_activity_data_call")

    @api.constrains("its_subscription_id", "its_client_id")
    def _check_its_subscription(self):
        for call in self.sudo():
            client, subscription = call.its_client_id, call.its_subscription_id
            if client and subscription and subscription.partner_id != client:
                raise ValidationError(
                    self.env._(
                        "This call is to %(client)s, so it cannot be about another "
                        "client's subscription.",
                        client=client._its_visible_name(),
                    )
                )

    # -------------------------------------------------------------------------
    # CRUD
    # -------------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        context = self.env.context
        given = {
            name for name in self._its_kept_fields() if context.get(f"default_{name}")
        }
        for vals in vals_list:
            given.update(name for name, value in vals.items() if value)
        self._check_kept_fields(given)
        activities = super().create(vals_list)
        activities._its_find_client()
        activities._its_check_planned()
        activities._its_tell_desks()
        return activities

    def write(self, vals):
        self._check_kept_fields(vals)
        clients = self.env["res.partner"]
        if FOLLOWED_FIELDS & vals.keys():
            clients = self.its_client_id
        if vals.get("date_deadline"):
            self._its_keep_late(vals)
        result = super().write(vals)
        if {"res_id", "res_model_id", "activity_type_id"} & vals.keys():
            self._its_find_client()
            if not self.env.su:
                # Record rules were asked about the old client only.
                moved = self.sudo().its_client_id - clients.sudo()
                moved = self.env["res.partner"].browse(moved.ids)
                moved._its_by_role().check_access("read")
        if "date_deadline" in vals and "its_call_at" not in vals:
            # The hour was said of another day.
            self.sudo().filtered("its_call_at").its_call_at = False
        if "user_id" in vals and "its_had_nobody" not in vals:
            # Somebody has given it to somebody.
            self.sudo().filtered("its_had_nobody").its_had_nobody = False
        if vals.get("active"):
            self.sudo().filtered("its_withdrawn").its_withdrawn = False
        if {"date_deadline", "active"} & vals.keys():
            (clients | self.its_client_id)._update_its_contacts()
        if SHOWN_FIELDS & vals.keys():
            self._its_tell_desks()
        return result

    def _its_tell_desks(self):
        """Let the desks that are open show what has changed: once per transaction, and
        nothing of whom it is about, since each asks for what it may see."""
        asked = self.env.cr.precommit.data
        if asked.get(CHANGED) or not self.sudo().filtered("its_client_id"):
            return
        asked[CHANGED] = True
        self.env.ref(GROUP_USER).sudo()._bus_send(CHANGED, {})

    def _its_keep_late(self, vals):
        """A call that is postponed stays late since the day it was first due."""
        today = self.env.company._its_today()
        day = fields.Date.to_date(vals["date_deadline"])
        for call in self.sudo().filtered("its_client_id"):
            if day > call.date_deadline:
                call.its_late_since = due.kept_since(
                    call, today, bool(vals.get("its_call_at"))
                )

    def unlink(self):
        """Cancel a call of a cadence by closing it: if it were deleted, the next night
        would plan it again."""
        clients = self.its_client_id
        calls = self.filtered(
            lambda activity: activity.active and activity.its_cadence_id
        )
        # The calls of a deleted client are deleted as well.
        calls = calls.filtered(lambda call: call.its_client_id.exists())
        if calls:
            calls.check_access("unlink")
            calls.sudo().write(
                {"active": False, "feedback": self.env._("The call was cancelled.")}
            )
        result = super(MailActivity, self - calls).unlink()
        clients.exists()._update_its_contacts()
        return result

    def _its_check_planned(self):
        """Calls to a client are planned by those whose role lets them edit the card.
        What they do there for another app is no call of ours.

        :raises AccessError: saying what to plan instead
        """
        if self.env.su or not self.env.user.has_group(GROUP_USER):
            return
        clients = self.env["res.partner"].browse(self.sudo().its_client_id.ids)
        others = clients - clients._its_by_role()._filtered_access("write")
        if others:
            raise AccessError(
                self.env._(
                    "Calls to %(client)s are planned by their client manager. Choose "
                    "another type of activity, or ask the manager.",
                    client=others[0]._its_visible_name(),
                )
            )

    def _its_find_client(self):
        """Mark the calls among these activities, and give each its client."""
        for activity in self.sudo():
            client = self.env["res.partner"].sudo()
            if activity.res_model != "res.partner":
                # Nothing is looked up for the activities of other applications.
                if "its_client_id" not in activity._cache:
                    continue
                client = activity._its_client_called_elsewhere()
            elif activity.activity_category == "phonecall" or activity.its_cadence_id:
                firm = client.browse(activity.res_id).commercial_partner_id
                if firm.its_client:
                    client = firm
            if activity.its_client_id != client:
                clients = activity.its_client_id | client
                subject = activity.its_subscription_id
                # A call that is moved to another client is no longer about it.
                kept = subject if subject.partner_id == client else subject.browse()
                activity.write(
                    {"its_client_id": client.id, "its_subscription_id": kept.id}
                )
                if client and activity.res_model == client._name:
                    activity._its_name_subscription()
                if client and not activity.its_purpose:
                    activity.its_purpose = activity.its_cadence_id.purpose or "other"
                clients._update_its_contacts()

    def _its_name_subscription(self):
        """Say what a call is about that somebody has planned by hand, if they have not
        said it."""
        if self.its_subscription_id:
            return
        company = self.its_cadence_id.company_id or self.env.company
        subscriptions = self.env["its.subscription"]
        about = subscriptions._its_mostly_about(self.its_client_id, company)
        self.its_subscription_id = about

    def _check_kept_fields(self, names):
        """What planning and the call desk keep cannot be set manually.

        :raises UserError: naming it
        """
        kept = sorted(self._its_kept_fields() & set(names))
        if self.env.su or not kept:
            return
        described = self.fields_get(kept, ["string"])
        raise UserError(
            self.env._(
                "%(fields)s cannot be set manually: planning and the call desk set it.",
                fields=", ".join(described[name]["string"] for name in kept),
            )
        )

    def _its_release_calls(self):
        """Release calls of a leaving user that are reassigned automatically.

        :return: the calls that their successor does not get; to be extended
        """
        return self.browse()

    @api.model
    def _its_kept_fields(self):
        """The names of what only planning and the desk write; to be extended."""
        return KEPT_FIELDS

    def _its_client_called_elsewhere(self):
        """The client of a call that is planned on another record than the client; to
        be extended.

        :return: a client, or none
        """
        return self.env["res.partner"].sudo()

    def _its_heads(self, company):
        """The heads to whom overdue calls are shown, or who acts for them today.

        :return: ``{call: user}``; a call about no team's service has none
        """
        today = company._its_today()
        absence = Absence(self.env, company, today)
        clients = self.filtered(lambda call: not call.its_subscription_id.team_id)
        teams = dict(
            self.env["its.subscription"]._read_group(
                [
                    ("partner_id", "in", clients.its_client_id.ids),
                    ("company_id", "=", company.id),
                    ("team_id", "!=", False),
                ],
                ["partner_id", "team_id"],
            )
        )
        heads = {}
        for call in self:
            team = call.its_subscription_id.team_id or teams.get(call.its_client_id)
            if not team:
                continue
            head = team.head_id if team.head_id.active else team.deputy_id
            if not head.active:
                # Nobody leads the team.
                continue
            heads[call] = absence.acting(head, today, team, GROUP_HEAD)
        return heads

    def action_call_its_client(self):
        """Make this call now, at the call desk."""
        self.ensure_one()
        self.check_access("read")
        action = self.env["ir.actions.client"]._for_xml_id(
            "its_quality.its_call_desk_action"
        )
        return {**action, "params": {"call_id": self.id}}

    # -------------------------------------------------------------------------
    # Closing
    # -------------------------------------------------------------------------

    def _action_done(self, feedback=False, attachment_ids=None):
        """Marking a call as done means that the client was spoken with."""
        calls = self.filtered(lambda call: call.active and call.its_client_id)
        if calls:
            # The assignee may close a call even after losing access to the client.
            self.env["its.interaction"].sudo().create(
                [
                    {**call._its_interaction_values(), "summary": feedback or False}
                    for call in calls.sudo()
                ]
            )
        # On the card anybody of the firm would read what was said.
        on_cards = calls.filtered(lambda call: call.res_model == "res.partner")
        result = super(MailActivity, self - on_cards)._action_done(
            feedback=feedback, attachment_ids=attachment_ids
        )
        return result[0], result[1] | on_cards._its_done(feedback, attachment_ids)

    def _its_done(self, feedback, attachment_ids):
        """Close calls as Odoo does, but without a message on the client's card: the
        interaction tells of them.

        :return: the activities that follow by their types
        """
        values = [
            call.with_context(
                activity_previous_deadline=call.date_deadline
            )._prepare_next_activity_values()
            for call in self
            if call.chaining_type == "trigger"
        ]
        following = self.browse().create(values) if values else self.browse()
        if attachment_ids:
            self.attachment_ids = attachment_ids
        self.action_archive()
        if feedback:
            self.feedback = feedback
        return following

    def _its_interaction_values(self, outcome="reached"):
        """What an interaction takes over from the call it came of."""
        self.ensure_one()
        client = self.its_client_id
        contact = self.env["res.partner"]
        if self.res_model == contact._name:
            contact = contact.browse(self.res_id)
        if contact.commercial_partner_id != client:
            # The person has gone to another firm since.
            contact = client
        subscription = self.its_subscription_id
        if subscription.partner_id != client:
            subscription = subscription.browse()
        company = subscription.company_id or self.its_cadence_id.company_id
        return {
            "partner_id": client.id,
            "contact_id": contact.id if contact != client else False,
            "subscription_id": subscription.id,
            "company_id": (company or client.company_id or self.env.company).id,
            "user_id": self.env.uid,
            "channel": "call",
            "direction": "out",
            "purpose": self.its_purpose or "other",
            "outcome": outcome,
            "activity_id": self.id,
            "cadence_id": self.its_cadence_id.id,
            "response_id": self.its_response_id.id,
        }

    def _its_close(self, feedback=None):
        """Close calls that an interaction already records; nothing is posted.

        :param feedback: a sentence kept with the call
        """
        self.write({"active": False, "feedback": feedback or False})

    def _its_withdraw(self, feedback):
        """Close calls that were not made, since their reason has gone; cadences take
        them for calls that were never planned.

        :param feedback: a sentence kept with the call
        """
        self.write({"active": False, "its_withdrawn": True, "feedback": feedback})

    def _its_neutral_name(self):
        return self.env._("somebody else's to-do")
