from odoo import api, fields, models

from ...models.base.groups import GROUP_USER
from ...models.claim import asking, clock, intake, merging, people
from ...models.claim.rules import ENDED
from ...models.claim.verdicts import SATISFACTION

# Of a claim, in the dialog by the same names.
FIELDS = (
    "partner_id",
    "team_id",
    "user_id",
    "date_deadline",
    "problem_id",
    "problem_service_id",
    "justified",
    "action_taken",
    "satisfaction",
    "client_comment",
    "duplicate_of_id",
)


class ItsClaimMove(models.TransientModel):
    """The dialog of a transition: it asks for what the transition still needs, which the
    table in :mod:`...models.claim.rules` says, proposes what can be known, and makes
    the move with it."""

    _name = "its.claim.move"
    _description = "Move of a Claim"
    # What it is about is in the title of the dialog.
    _rec_name = "claim_id"

    claim_id = fields.Many2one("its.claim", required=True, ondelete="cascade")
    transition = fields.Selection(
        [
            ("dispatch", "Accept and dispatch"),
            ("reject", "Reject"),
            ("assign", "Assign"),
            ("hand_over", "Hand over for verification"),
            ("rework", "Return for rework"),
            ("close", "Close"),
            ("reopen", "Not satisfied: reopen"),
            ("reopen_closed", "Reopen"),
            ("merge", "Merge into the other one"),
        ],
        required=True,
    )
    asked = fields.Char(help="Names of the fields that the dialog asks for.")
    reason = fields.Text()
    partner_id = fields.Many2one(
        "res.partner",
        string="Client",
        domain="[('its_client', '=', True),"
        " '|', ('parent_id', '=', False), ('is_company', '=', True)]",
    )
    company_id = fields.Many2one(related="claim_id.company_id", related_sudo=False)
    team_id = fields.Many2one("its.team", domain="[('company_id', '=', company_id)]")
    person_id = fields.Many2one(
        "its.claim.move.person",
        string="People of the team",
        domain="[('move_id', '=', id)]",
    )
    person_ids = fields.One2many("its.claim.move.person", "move_id")
    user_id = fields.Many2one(
        "res.users",
        string="Responsible",
        compute="_compute_user_id",
        store=True,
        readonly=False,
        domain="[('share', '=', False), ('company_ids', 'in', company_id)]",
    )
    date_deadline = fields.Date(string="Deadline")
    problem_id = fields.Many2one("its.claim.problem")
    problem_service_id = fields.Many2one("its.service", string="Problem service")
    justified = fields.Selection([("yes", "Justified"), ("no", "Not justified")])
    action_taken = fields.Text()
    satisfaction = fields.Selection(SATISFACTION, string="The client says")
    client_comment = fields.Text(string="Client's comment")
    duplicate_of_id = fields.Many2one(
        "its.claim",
        string="Duplicate of",
        domain="[('partner_id', '=', client_id), ('id', '!=', claim_id),"
        " ('state', '!=', 'rejected')]",
    )
    client_id = fields.Many2one(
        string="Client of the claim", related="claim_id.partner_id", related_sudo=False
    )
    is_reopening = fields.Boolean(
        string="The other one is reopened", compute="_compute_is_reopening"
    )

    @api.depends("person_id")
    def _compute_user_id(self):
        for move in self:
            move.user_id = move.person_id.user_id or move.user_id

    @api.depends("duplicate_of_id")
    def _compute_is_reopening(self):
        for move in self:
            main = move.duplicate_of_id
            readable = main.has_access("read") if main else False
            move.is_reopening = readable and merging.is_reopenable(main)

    # -------------------------------------------------------------------------
    # Opening
    # -------------------------------------------------------------------------

    def _open(self, claim, transition, asked):
        """Open the dialog of a transition.

        :param transition: a row of the table
        :param asked: names of the fields to ask for
        :return: an action
        """
        values = {
            "claim_id": claim.id,
            "transition": transition.name,
            "asked": ",".join(asked),
        }
        for name in FIELDS:
            if name in asked:
                value = claim[name] or self._proposal(claim, name)
                values[name] = value.id if isinstance(value, models.Model) else value
        move = self.create(values)
        if "user_id" in asked:
            move._list_people()
        titles = dict(self._fields["transition"]._description_selection(self.env))
        return {
            "type": "ir.actions.act_window",
            "name": f"{claim.name}: {titles[transition.name]}",
            "res_model": self._name,
            "res_id": move.id,
            "view_mode": "form",
            "views": [(False, "form")],
            "target": "new",
        }

    @api.model
    def _proposal(self, claim, name):
        """What a field of a claim will probably be."""
        if name == "partner_id":
            return claim.suggested_partner_id
        if name == "team_id":
            return intake.likely_team(claim)
        if name == "date_deadline":
            return clock.default_deadline(claim)
        if name == "satisfaction":
            return claim.answer_verdict
        if name == "client_comment":
            return claim.answer_words
        if name == "problem_service_id":
            return claim.service_id
        return False

    def _list_people(self):
        """Leave the people of the team to choose from, those first who have the fewest
        open claims."""
        self.ensure_one()
        claim = self.claim_id.sudo()
        team, company = claim.team_id, claim.company_id
        persons = (team.member_ids | team.deputy_id | team.head_id).filtered(
            lambda user: people.works(user, company, GROUP_USER)
        )
        today = company._its_today()
        at_work = self.env["its.claim"].sudo()
        at_work = at_work.search(
            [("user_id", "in", persons.ids), ("state", "not in", ENDED)]
        )
        rows = []
        for user in persons:
            own = at_work.filtered(lambda one, user=user: one.user_id == user)
            rows.append(
                {
                    "move_id": self.id,
                    "user_id": user.id,
                    "open_count": len(own),
                    "overdue_count": len(own.filtered("is_overdue")),
                    "is_absent": user._its_is_absent(today),
                }
            )
        rows.sort(key=lambda row: (row["is_absent"], row["open_count"]))
        lines = self.env["its.claim.move.person"].create(rows)
        self.person_id = lines.filtered(lambda line: line.user_id == self.user_id)[:1]

    # -------------------------------------------------------------------------
    # Confirming
    # -------------------------------------------------------------------------

    def action_confirm(self):
        """Make the move with what was entered, if the workflow allows it."""
        self.ensure_one()
        claim, name = self.claim_id, self.transition
        asked = (self.asked or "").split(",")
        values = {
            field: self[field].id if self._fields[field].relational else self[field]
            for field in FIELDS
            if field in asked
        }
        if name == "merge":
            if claim.duplicate_of_id != self.duplicate_of_id:
                claim.duplicate_of_id = self.duplicate_of_id
            merging.merge_one(claim, reopening=True)
        elif name == "close" and "satisfaction" in values:
            asking.record_verdict_in_call(claim, self.satisfaction, self.client_comment)
        else:
            claim._apply_transition(name, self.reason, **values)
        return True


class ItsClaimMovePerson(models.TransientModel):
    """Somebody whom the dialog offers for a claim, and what they have to do already."""

    _name = "its.claim.move.person"
    _description = "Person to Assign a Claim to"
    _order = "id"

    move_id = fields.Many2one("its.claim.move", ondelete="cascade", index=True)
    user_id = fields.Many2one("res.users", required=True, ondelete="cascade")
    open_count = fields.Integer(string="Open claims")
    overdue_count = fields.Integer(string="Overdue claims")
    is_absent = fields.Boolean(string="Absent")

    @api.depends("user_id", "open_count", "overdue_count", "is_absent")
    def _compute_display_name(self):
        for person in self:
            load = self.env._("open: %(count)s", count=person.open_count)
            if person.overdue_count:
                late = self.env._("overdue: %(count)s", count=person.overdue_count)
                load = f"{load}, {late}"
            if person.is_absent:
                load = self.env._("%(load)s, absent today", load=load)
            person.display_name = f"{person.user_id.name} – {load}"
