"""Guards of the workflow: who may go which way of the table, and why not."""

from odoo import models
from odoo.exceptions import AccessError, UserError

from ...tools.security_log import log_refusal
from ..base.groups import GROUP_ADMINISTRATOR, GROUP_QUALITY_MANAGER
from .rules import ALWAYS, BY_NAME, BY_STATES, EDITABLE, NEW, SEGREGATED


class ItsClaim(models.Model):
    """Guards: one checker for buttons, kanban, RPC and import alike."""

    _inherit = "its.claim"

    def _is_who(self, who):
        """Whether the user is the one a transition asks for.

        :param who: ``quality``, ``head``, ``responsible``, or ``interviewer``, who asks
            the client and has not worked on the claim
        """
        self.ensure_one()
        user = self.env.user
        if self.env.su:
            return True
        if who == "quality":
            return user.has_group(GROUP_QUALITY_MANAGER)
        if who == "interviewer":
            return user.has_group(GROUP_QUALITY_MANAGER) and not self._has_worked_on()
        if who == "head":
            team = self.team_id
            is_head = user in team.head_id | team.deputy_id
            return is_head or user.has_group(GROUP_ADMINISTRATOR)
        return user == self.user_id

    def _refusals(self, transition, reason=None):
        """Why the user may not go this way, all at once.

        :param transition: a row of ``rules``
        :param reason: the words given for it
        :return: sentences; an empty list where he may
        """
        self.ensure_one()
        claim = self.sudo()
        if claim.state not in transition.sources:
            return [self._wrong_state(transition)]
        refusals = []
        if not self._is_who(transition.who):
            refusals.append(self._wrong_person(transition))
        if self._has_worked(transition):
            refusals.append(
                self.env._(
                    "You have worked on this claim yourself: somebody else has to "
                    "verify it, to ask the client, or to merge it."
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
        refusals += self._refusals_of_word(transition)
        missing = [name for name in transition.required if not claim[name]]
        missing = [self._fields[name]._description_string(self.env) for name in missing]
        if transition.reason and not (reason or "").strip():
            missing.append(self.env._("the reason"))
        if missing:
            refusals.append(
                self.env._("Fill in first: %(fields)s.", fields=", ".join(missing))
            )
        return refusals

    def _has_worked(self, transition):
        """Whether the way is closed to the user because he worked on the claim."""
        return transition.segregated and self._has_worked_on()

    def _wrong_state(self, transition):
        last = self.sudo().movement_ids[-1:]
        states = dict(self._fields["state"]._description_selection(self.env))
        return self.env._(
            "The claim is at «%(now)s» by now: %(user)s has moved it. It can be done "
            "from «%(needed)s» only.",
            now=states[self.sudo().state],
            user=last.user_id.name or self.env._("somebody else"),
            needed="», «".join(states[source] for source in transition.sources),
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
        refusals = self._refusals(transition, reason)
        if refusals:
            self._log_refused(transition.name, transition)
            raise UserError("\n".join([f"{self.name}:", *refusals]))

    def _log_refused(self, way, transition=None):
        """Note in the log of the server that somebody went a way that is not his: no
        button offers it, so it came by RPC. What is only not filled in is none.

        :param str way: as the log names it
        :param transition: the row of the table; none where there is no such way
        """
        if (
            not transition
            or not self._is_who(transition.who)
            or self._has_worked(transition)
        ):
            log_refusal(
                *("transition", self.env.uid), model=self._name, record=self.id, way=way
            )

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
                claim._log_refused(transition.name, transition)
                raise UserError("\n".join([f"{claim.name}:", *refusals]))
            stage = self.env["its.claim.stage"]._first_of(transition.target)
            claim.write({"stage_id": stage.id, "reason": reason or False})

    # -------------------------------------------------------------------------
    # What may be changed
    # -------------------------------------------------------------------------

    def _without_strange_defaults(self):
        """These records with the defaults of the context that a user may give."""
        if self.env.su:
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
        """A claim begins at the beginning, whoever writes it."""
        strange = vals.keys() - {*NEW, *ALWAYS}
        strange = [name for name in strange if name in self._fields and vals[name]]
        stage = self.env["its.claim.stage"].browse(vals.get("stage_id") or ())
        if stage and stage.state != "registered":
            strange.append("stage_id")
        if strange and not self.env.su:
            self._log_kept(strange)
            labels = self._labels(strange)
            raise UserError(
                self.env._(
                    "A new claim has no %(fields)s yet: it is registered first.",
                    fields=labels,
                )
            )

    def _check_client(self):
        """Refuse a client whom the user may not see.

        :raises AccessError: as for the client himself
        """
        firms = self.sudo().partner_id
        firms.with_env(self.env).check_access("read")

    def _check_editable(self, vals):
        """Refuse what the user may not change while the claim is where it is.

        :raises AccessError: naming the fields
        """
        names = vals.keys() - ALWAYS
        names = {
            name for name in names if not name.startswith(("activity_", "message_"))
        }
        if SEGREGATED & names:
            self._check_not_worked_on(self._labels(SEGREGATED & names))
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
                *("kept_field", self.env.uid),
                model=self._name,
                record=self.id or None,
                field=name,
            )

    def _may_edit(self, name):
        self.ensure_one()
        if name not in EDITABLE or (name in SEGREGATED and self._has_worked_on()):
            return False
        persons, states = EDITABLE[name]
        if self.state not in states:
            return False
        for who in persons:
            if who == "author":
                if self.state == "registered" and self.author_id == self.env.user:
                    return True
            elif self._is_who(who):
                return True
        return False
