"""The workflow of claims: the one guard for buttons, kanban, RPC and import alike, and the
steps that it lets through. What a step brings about is in :mod:`.effects`."""

from odoo import api, fields, models
from odoo.exceptions import AccessError, LockError, UserError

from ...tools.by_code import is_by_code
from ...tools.security_log import log_refusal
from ..base.groups import GROUP_ADMINISTRATOR
from . import (
    asking,
    clock,
    deadline,
    effects,
    intake,
    merging,
    needs,
    notifying,
    people,
    sender,
    todo,
    undoing,
    waiting,
)
from .mail_rules import FROM_OUTSIDE
from .rules import (
    ALWAYS,
    BY_NAME,
    BY_STATES,
    EDITABLE,
    NEW,
    SEGREGATED,
    WITHIN,
    Transition,
)

UNLOGGED = {"mail_create_nolog": True, "mail_create_nosubscribe": True}
# Of the context: the row of the table whose button was pressed. It names the way that is
# checked, where two states alone would name another; it opens none.
PRESSED = "its_transition_pressed"
# What makes a number of a sequence.
OF_NUMBER = ("implementation", "padding", "prefix", "suffix", "use_date_range")
# Of the context of claims that are duplicated. No request can send it.
COPIED = object()


class ItsClaim(models.Model):
    """Registering and moving: who may make which transition, and why not.

    There is one way past the guard: the mark of our own code, see
    :mod:`...tools.by_code`, which steps put on what they write. Transitions are checked
    for them as well."""

    _inherit = "its.claim"

    deadline_at = fields.Datetime(
        string="Deadline (time)",
        compute="_compute_deadline_at",
        store=True,
        precompute=True,
        readonly=False,
        copy=False,
        index="btree_not_null",
        help="The moment of the team's working time at which the claim becomes late: the "
        "end of the day, unless the deadline was moved by waiting for the client.",
    )
    first_deadline = fields.Date(
        readonly=True,
        copy=False,
        help="The deadline with which the work began; it stays, however often the "
        "deadline is moved.",
    )
    proposed_deadline = fields.Date(
        readonly=True,
        copy=False,
        help="The usual deadline by the new priority: it was changed after somebody had "
        "begun to work on the claim.",
    )
    deadline_reason = fields.Text(
        string="Why the deadline was moved", copy=False, tracking=True
    )
    on_time_first = fields.Boolean(
        string="Handed over by the first deadline", readonly=True, copy=False
    )
    waiting_since = fields.Datetime(
        string="Waiting for the client since", readonly=True, copy=False
    )
    waiting_until = fields.Date(
        string="Waiting for the client until",
        copy=False,
        help="On this day whoever works on the claim is reminded; if nothing happens, "
        "it is escalated.",
    )
    waiting_told = fields.Selection(
        [("next", "Reminded"), ("above", "Escalated")],
        string="Reminded of waiting",
        readonly=True,
        copy=False,
        help="Who knows that the client has not answered by the day agreed.",
    )
    waited_hours = fields.Float(
        readonly=True, copy=False, help="Working hours at this stage that do not count."
    )
    escalated_on = fields.Date(
        string="Escalated on",
        readonly=True,
        copy=False,
        help="The day on which the claim was last escalated as late or stalled.",
    )
    escalated_deadline = fields.Datetime(
        readonly=True,
        copy=False,
        help="The deadline that the claim was escalated for; each is escalated once.",
    )
    tried_on = fields.Date(
        string="Client last called on",
        readonly=True,
        copy=False,
        help="The day of the last call about the result that nobody answered.",
    )
    tries = fields.Integer(
        string="Unanswered calls",
        readonly=True,
        copy=False,
        help="How often the client was called in vain since they were first asked.",
    )
    declined = fields.Boolean(
        string="Refused to talk",
        readonly=True,
        copy=False,
        help="The client was reached and did not want to say anything.",
    )

    @api.depends("date_deadline")
    def _compute_deadline_at(self):
        for claim in self:
            day = claim.date_deadline
            claim.deadline_at = clock.end_of(claim, day) if day else False

    @api.model_create_multi
    def create(self, vals_list):
        response_ids = list(
            filter(None, (vals.get("response_id") for vals in vals_list))
        )
        if response_ids:
            intake.check_new_responses(self, response_ids)
        self = self._without_strange_defaults()
        first = self.env["its.claim.stage"]._first_of("registered")
        waiting, sequences = {}, {}
        vals_list = [dict(vals) for vals in vals_list]
        for vals in vals_list:
            self._check_new(vals)
            company = vals.get("company_id") or self.env.company.id
            if company not in sequences:
                sequences[company] = self._numbers(company)
            vals["name"] = sequences[company].next_by_id()
            if self._has_history(vals):
                continue
            if company not in waiting:
                waiting[company] = people.first_reader(self.env, company).id
            vals["stage_id"] = first.id
            vals["date_stage"] = fields.Datetime.now()
            vals["next_user_id"] = waiting[company]
        people.read_cards(self.env, waiting)
        # The movements show who registered it and when; authors may follow it by hand.
        claims = super(ItsClaim, self.with_context(**UNLOGGED)).create(vals_list)
        claims = claims.with_env(self.env)
        if not self.env.su:
            claims._check_client()
        with_history = self.browse()
        if any(self._has_history(vals) for vals in vals_list):
            with_history = claims.filtered("movement_ids")
            todo.schedule(with_history)
        fresh = (claims - with_history).sudo()
        effects.leave_movements(fresh, {}, None)
        todo.leave(fresh)
        if self.env.context.get("its_copied") is not COPIED:
            notifying.notify(fresh, "registered")
        if any(user.has_group(GROUP_ADMINISTRATOR) for user in fresh.next_user_id):
            effects.tell_last_resort(
                fresh.filtered(lambda claim: claim.channel not in FROM_OUTSIDE)
            )
        if claims.response_id:
            claims.response_id.sudo()._its_end_proposal()
        return claims

    def copy(self, default=None):
        """Nobody has written a duplicate, so nobody is answered."""
        claims = self.with_context(its_copied=COPIED)
        return super(ItsClaim, claims).copy(default).with_env(self.env)

    @api.model
    def _numbers(self, company_id):
        """The sequence of a company, found once for all claims of a batch; Odoo would
        join the companies, to sort one and none."""
        found = self.env["ir.sequence"].search_fetch(
            [("code", "=", self._name), ("company_id", "in", [company_id, False])],
            ["company_id", *OF_NUMBER],
            order="id",
        )
        return found.sorted(lambda sequence: not sequence.company_id)[:1]

    def _has_history(self, vals):
        """Whether a claim comes with its movements from somewhere else."""
        return self.env.su and bool(vals.get("movement_ids"))

    def write(self, vals):
        stage = self.env["its.claim.stage"].browse(vals.get("stage_id") or ())
        guarded = not is_by_code(self.env)
        moving = self.browse()
        if stage:
            self._lock_to_move()
            moving = self._check_moves(stage, vals)
        if guarded:
            vals = self._check_given(vals)
        before = {claim: effects.Position.of(claim) for claim in moving}
        crossing = moving.filtered(lambda claim: claim.sudo().state != stage.state)
        # A step within a state may come with somebody else who is to do it.
        steady = self - crossing
        former, unknown = [], self.browse()
        if {"user_id", "team_id"} & vals.keys():
            former = [(claim.user_id, claim.next_user_id) for claim in steady.sudo()]
        priorities = [claim.priority for claim in self] if "priority" in vals else []
        if vals.get("partner_id"):
            unknown = self.filtered(lambda claim: not claim.partner_id)
        # The pressed button concerns these claims, and nothing that follows.
        claims = self.with_context(**{PRESSED: None}) if moving else self
        result = super(ItsClaim, claims).write(vals)
        if moving:
            effects.after_move(
                moving.with_env(claims.env).sudo(), before, vals.get("reason")
            )
        if former:
            effects.after_reassigned(steady.sudo(), former)
        elif steady and guarded and {"date_deadline", "waiting_until"} & vals.keys():
            todo.schedule(steady)
        deadline.propose(self, priorities)
        if "partner_id" in vals:
            self._after_client(unknown, guarded)
        return result

    def _check_given(self, vals):
        """Refuse what the user may not write, and add what follows of it.

        :return: all that is to be written
        """
        self._check_editable(vals)
        if vals.get("user_id"):
            people.check_responsible(self, vals["user_id"])
        if "date_deadline" in vals:
            deadline.check(self, vals)
            vals = {**vals, "proposed_deadline": False}
        if "waiting_until" in vals:
            waiting.check(self, vals["waiting_until"])
            vals = {**vals, "waiting_told": False}
        if "satisfaction" in vals:
            vals = {**vals, "satisfaction_via": vals["satisfaction"] and "talk"}
        return vals

    def _after_client(self, unknown, guarded):
        """Ask the client who is known now, and link what else they have written.

        :param unknown: the claims that had no client
        """
        if guarded:
            # Record rules were asked about the old values only.
            self._check_client()
            self.check_access("write")
        asked = self.sudo().filtered(lambda claim: claim.state == "follow_up")
        todo.schedule(asked)
        sender.link(unknown)

    # -------------------------------------------------------------------------
    # Transitions
    # -------------------------------------------------------------------------

    def _apply_transition(self, name, reason=None, **given):
        """Make a transition of the table, as the user.

        :param name: of the transition
        :param given: values of fields that it needs
        :raises UserError: where it is refused
        """
        transition = BY_NAME[name]
        first = self.env["its.claim.stage"]._first_of(transition.target)
        for claim in self:
            claim.check_access("read")
            stage = undoing.stage_back(claim, transition) or first
            claim.with_context(**{PRESSED: transition}).write(
                {**given, "stage_id": stage.id, "reason": reason or False}
            )

    def _lock_to_move(self):
        """Let one person move a claim at a time.

        :raises UserError: for the second one
        """
        try:
            self.lock_for_update()
        except LockError as error:
            raise UserError(
                self.env._(
                    "Someone else is moving this claim right now. Try again in a "
                    "moment."
                )
            ) from error

    def _may_apply(self, transition):
        return (
            self.state in transition.sources
            and people.is_who(self, transition.who)
            and not self._has_worked(transition)
            and (transition.name != "reopen_closed" or clock.may_be_reopened(self))
            and undoing.leads_back(self, transition)
        )

    def _refusals(self, transition, given=None):
        """All reasons why the user may not make this transition.

        :param transition: a row of ``rules``
        :param given: values that are written with it, ``reason`` among them
        :return: sentences; an empty list where it is allowed
        """
        self.ensure_one()
        claim = self.sudo()
        if claim.state not in transition.sources:
            return [self._wrong_state_message(transition)]
        refusals = needs.hindrances(self, transition)
        refusals += asking.refusals_of_word(self, transition, given)
        refusals += merging.refusals(claim, transition, given)
        missing = needs.missing(claim, transition, given)
        if missing:
            refusals.append(
                self.env._(
                    "Fill in first: %(fields)s.",
                    fields=", ".join(needs.in_words(claim, missing)),
                )
            )
        return refusals

    def _has_worked(self, transition):
        """Whether the transition is closed to the user, who worked on the claim."""
        return transition.segregated and people.has_worked_on(self)

    def _wrong_state_message(self, transition):
        last = self.sudo().movement_ids[-1:]
        states = dict(self._fields["state"]._description_selection(self.env))
        return self.env._(
            "The claim is already at «%(now)s»: %(user)s has moved it. This can only "
            "be done from «%(needed)s».",
            now=states[self.sudo().state],
            user=last.user_id.name or self.env._("somebody else"),
            needed="», «".join(states[source] for source in transition.sources),
        )

    def _wrong_person_message(self, who):
        team = self.sudo().team_id
        if who in ("quality", "interviewer"):
            return self.env._("Only a quality manager can do this.")
        if who == "head":
            heads = ", ".join((team.head_id | team.deputy_id).mapped("name"))
            return self.env._(
                "Only the head of the team can do this: %(heads)s.",
                heads=heads or team.name or "–",
            )
        return self.env._(
            "Only the responsible person can do this: %(user)s.",
            user=self.sudo().user_id.name or "–",
        )

    def _check_moves(self, stage, given=None):
        """Refuse moves to a stage that the table does not allow.

        :param given: values that are written with the move
        :return: the claims that move
        :raises UserError: with every reason at once
        """
        pressed = self.env.context.get(PRESSED)
        if isinstance(pressed, Transition) and pressed.target == stage.state:
            # The page may be outdated: then its claim has moved in the meantime.
            for claim in self:
                claim._check_transition(pressed, given)
            return self
        moving = self.filtered(lambda claim: claim.stage_id != stage)
        if moving and not stage.active:
            raise UserError(
                self.env._(
                    "The stage «%(stage)s» is archived. Reload the page and choose "
                    "another one.",
                    stage=stage.name,
                )
            )
        for claim in moving:
            source = claim.sudo().state
            if source == stage.state:
                claim._check_step_within()
                continue
            transition = BY_STATES.get((source, stage.state))
            if not transition:
                claim._refuse_move(stage)
            claim._check_transition(transition, given)
        return moving

    def _check_transition(self, transition, given=None):
        self._refuse_for(transition, self._refusals(transition, given))

    def _refuse_for(self, transition, refusals):
        if refusals:
            self._log_refused(transition.name, transition)
            raise UserError("\n".join([f"{self.name}:", *refusals]))

    def _check_step_within(self):
        """Refuse a step between stages of one state to those who do not act in it. It is
        no transition: nothing has to be filled in, and nobody else is next.

        :raises UserError: saying who may
        """
        persons = WITHIN[self.sudo().state]
        if not any(people.is_who(self, who) for who in persons):
            log_refusal(
                "transition",
                self.env.uid,
                model=self._name,
                record=self.id,
                way=f"within-{self.sudo().state}",
            )
            wrong = self._wrong_person_message(persons[0])
            raise UserError("\n".join([f"{self.name}:", wrong]))

    def _refuse_move(self, stage):
        source, target = self.sudo().state, stage.state
        self._log_refused(f"{source}-{target}")
        states = dict(self._fields["state"]._description_selection(self.env))
        raise UserError(
            self.env._(
                "%(claim)s cannot go from «%(now)s» to «%(target)s».",
                claim=self.name,
                now=states[source],
                target=states[target],
            )
        )

    def _log_refused(self, way, transition=None):
        """Log that somebody tried a transition that is not theirs: no button offers it,
        so it came by RPC. Missing fields alone are not logged.

        :param str way: as the log names it
        :param transition: the row of the table; none where there is no such way
        """
        if (
            not transition
            or not people.is_who(self, transition.who)
            or self._has_worked(transition)
        ):
            log_refusal(
                "transition", self.env.uid, model=self._name, record=self.id, way=way
            )

    # -------------------------------------------------------------------------
    # Waiting for the client
    # -------------------------------------------------------------------------

    def action_ask_until(self):
        """Open the dialog that asks until when to wait for the client."""
        self.ensure_one()
        waiting.check_may(self)
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Wait for the client"),
            "res_model": "its.claim.wait",
            "view_mode": "form",
            "target": "new",
            "context": {
                "default_claim_id": self.id,
                "default_until": clock.default_until(self.sudo()),
            },
        }

    def action_wait(self, until=None):
        """Pause the deadline: the client has to answer first.

        :param until: the ``date`` on which whoever works on it is reminded; some
            working days from now by default
        """
        waiting.begin(self, waiting.read_day(self, until))
        return True

    def action_resume(self):
        """Resume the deadline."""
        waiting.end(self)
        return True

    # -------------------------------------------------------------------------
    # What may be changed
    # -------------------------------------------------------------------------

    def _without_strange_defaults(self):
        """These records with the defaults of the context that a user may give."""
        if is_by_code(self.env):
            return self
        given = {
            name: value
            for name, value in self.env.context.items()
            if not name.startswith("default_")
            or name.removeprefix("default_") not in self._fields
            or name.removeprefix("default_") in NEW
        }
        return self.with_env(self.env(context=given))

    def _labels(self, names):
        """Titles of fields, also of those that the user may not see."""
        return ", ".join(
            self._fields[name]._description_string(self.env)
            if name in self._fields
            else name
            for name in sorted(names)
        )

    def _check_new(self, vals):
        """A new claim begins at the first stage."""
        strange = vals.keys() - {*NEW, *ALWAYS}
        strange = [name for name in strange if name in self._fields and vals[name]]
        stage = self.env["its.claim.stage"].browse(vals.get("stage_id") or ())
        if stage and stage.state != "registered":
            strange.append("stage_id")
        if strange and not is_by_code(self.env):
            self._log_kept(strange)
            labels = self._labels(strange)
            raise UserError(
                self.env._(
                    "A new claim cannot have %(fields)s yet: register it first.",
                    fields=labels,
                )
            )

    def _check_client(self):
        """Refuse a client whom the user may not see by their role.

        :raises AccessError: as for the client
        """
        firms = self.sudo().partner_id
        firms.with_env(self.env)._its_by_role().check_access("read")

    def _check_editable(self, vals):
        """Refuse what the user may not change while the claim is where it is.

        :raises AccessError: naming the fields
        """
        names = vals.keys() - ALWAYS
        names = {
            name for name in names if not name.startswith(("activity_", "message_"))
        }
        if SEGREGATED & names:
            people.check_not_worked_on(self, self._labels(SEGREGATED & names))
        target = self.env["its.claim.stage"].browse(vals.get("stage_id") or ()).state
        for claim in self:
            # Why it moves is said with the move, and not otherwise.
            said = {"reason"} if target and target != claim.state else set()
            forbidden = [name for name in names - said if not claim._may_edit(name)]
            if forbidden:
                claim._log_kept(forbidden)
                labels = self._labels(forbidden)
                states = dict(self._fields["state"]._description_selection(self.env))
                raise AccessError(
                    self.env._(
                        "%(claim)s: you may not change %(fields)s while it is at "
                        "«%(state)s».",
                        claim=claim.name,
                        fields=labels,
                        state=states[claim.state],
                    )
                )

    def _log_kept(self, names):
        for name in sorted(names):
            log_refusal(
                "kept_field",
                self.env.uid,
                model=self._name,
                record=self.id or None,
                field=name,
            )

    def _may_edit(self, name):
        self.ensure_one()
        if name not in EDITABLE or (name in SEGREGATED and people.has_worked_on(self)):
            return False
        persons, states = EDITABLE[name]
        if self.state not in states:
            return False
        for who in persons:
            if who == "author":
                if self.state == "registered" and self.author_id == self.env.user:
                    return True
            elif people.is_who(self, who):
                return True
        return False
