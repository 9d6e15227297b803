"""The workflow of claims: the one table of what may follow what, by whom, with what."""

from typing import NamedTuple

from odoo import models
from odoo.exceptions import UserError

QUALITY = "its_quality.group_quality_manager"
ADMINISTRATOR = "its_quality.group_administrator"


class Transition(NamedTuple):
    """A way from one state to another.

    ``who`` is a key of ``ItsClaim._is_who``; ``required`` are fields that have to be
    filled in; ``reason`` says that words are needed; ``segregated`` that nobody who
    worked on the claim may go this way.
    """

    name: str
    source: str
    target: str
    who: str
    required: tuple = ()
    reason: bool = False
    segregated: bool = False


TRANSITIONS = (
    Transition(
        "dispatch", "registered", "dispatched", "quality", ("partner_id", "team_id")
    ),
    Transition("reject", "registered", "rejected", "quality", reason=True),
    Transition(
        *("assign", "dispatched", "in_progress", "head"), ("user_id", "date_deadline")
    ),
    Transition(
        *("hand_over", "in_progress", "verification", "responsible"),
        ("problem_id", "problem_service_id", "justified", "action_taken"),
    ),
    Transition("verify", "verification", "follow_up", "head", segregated=True),
    Transition(
        *("rework", "verification", "in_progress", "head"), reason=True, segregated=True
    ),
    Transition("close", "follow_up", "closed", "quality", ("satisfaction",)),
    Transition("reopen", "follow_up", "in_progress", "quality", reason=True),
    Transition("reopen_closed", "closed", "in_progress", "quality", reason=True),
)
BY_STATES = {(t.source, t.target): t for t in TRANSITIONS}
BY_NAME = {t.name: t for t in TRANSITIONS}


class ItsClaim(models.Model):
    """Guards: one checker for buttons, kanban, RPC and import alike."""

    _inherit = "its.claim"

    def _is_who(self, who):
        """Whether the user is the one a transition asks for.

        :param who: ``quality``, ``head`` or ``responsible``
        """
        self.ensure_one()
        user = self.env.user
        if self.env.su and user._is_superuser():
            return True
        if who == "quality":
            return user.has_group(QUALITY)
        if who == "head":
            team = self.team_id
            is_head = user in team.head_id | team.deputy_id
            return is_head or user.has_group(ADMINISTRATOR)
        return user == self.user_id

    def _refusals(self, transition, reason=None):
        """Why the user may not go this way, all at once.

        :param transition: a :class:`Transition`
        :param reason: the words given for it
        :return: sentences; an empty list where he may
        """
        self.ensure_one()
        claim = self.sudo()
        if claim.state != transition.source:
            return [self._wrong_state(transition)]
        refusals = []
        if not self._is_who(transition.who):
            refusals.append(self._wrong_person(transition))
        if transition.segregated and self.env.user in claim.worker_ids:
            refusals.append(
                self.env._(
                    "You have worked on this claim yourself: somebody else has to "
                    "verify it."
                )
            )
        if transition.name == "reopen_closed" and not claim._may_be_reopened():
            refusals.append(
                self.env._(
                    "It was closed more than %(days)s days ago. Register a new claim; "
                    "it will be linked to this one.",
                    days=claim.company_id.its_reopen_days,
                )
            )
        missing = [name for name in transition.required if not claim[name]]
        labels = self.fields_get(missing, ["string"])
        missing = [labels[name]["string"] for name in missing]
        if transition.reason and not (reason or "").strip():
            missing.append(self.env._("the reason"))
        if missing:
            refusals.append(
                self.env._("Fill in first: %(fields)s.", fields=", ".join(missing))
            )
        return refusals

    def _wrong_state(self, transition):
        last = self.sudo().movement_ids[-1:]
        states = dict(self._fields["state"]._description_selection(self.env))
        return self.env._(
            "The claim is at «%(now)s» by now: %(user)s has moved it. It can be done "
            "from «%(needed)s» only.",
            now=states[self.sudo().state],
            user=last.user_id.name or self.env._("somebody else"),
            needed=states[transition.source],
        )

    def _wrong_person(self, transition):
        team = self.sudo().team_id
        if transition.who == "quality":
            return self.env._("This is for a quality manager to do.")
        if transition.who == "head":
            heads = ", ".join((team.head_id | team.deputy_id).mapped("name"))
            return self.env._(
                "This is for the head of the team to do: %(heads)s.",
                heads=heads or team.name or "–",
            )
        return self.env._(
            "This is for the responsible person to do: %(user)s.",
            user=self.sudo().user_id.name or "–",
        )

    def _check_transition(self, stage, reason=None):
        """Refuse a move to a stage that the table does not allow.

        :raises UserError: with every reason at once
        """
        self.ensure_one()
        source, target = self.sudo().state, stage.state
        if source == target:
            return
        transition = BY_STATES.get((source, target))
        if not transition:
            states = dict(self._fields["state"]._description_selection(self.env))
            raise UserError(
                self.env._(
                    "%(claim)s cannot go from «%(now)s» to «%(target)s».",
                    claim=self.name,
                    now=states[source],
                    target=states[target],
                )
            )
        refusals = self._refusals(transition, reason)
        if refusals:
            raise UserError("\n".join([f"{self.name}:", *refusals]))

    def _go(self, name, reason=None):
        """Go a way of the table, as the user.

        :param name: of the transition
        :raises UserError: where it is refused
        """
        transition = BY_NAME[name]
        for claim in self:
            claim.check_access("read")
            refusals = claim._refusals(transition, reason)
            if refusals:
                raise UserError("\n".join([f"{claim.name}:", *refusals]))
            stage = self.env["its.claim.stage"]._first_of(transition.target)
            claim.write({"stage_id": stage.id, "reason": reason or False})
