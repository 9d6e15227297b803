from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import SQL

from .absence import Absence
from .groups import GROUP_ADMINISTRATOR, GROUP_QUALITY_MANAGER

# What people may say of themselves.
OWN_FIELDS = ["its_absent_from", "its_absent_until", "its_deputy_id"]


class ResUsers(models.Model):
    """Absence and succession: who stands in for a user, and who replaces them."""

    _inherit = "res.users"

    its_deputy_id = fields.Many2one(
        "res.users",
        string="Deputy",
        index="btree_not_null",
        ondelete="set null",
        domain="[('share', '=', False), ('id', '!=', id)]",
        help="Sees the clients of this person, calls them during an absence, and "
        "takes them over when the person leaves the firm.",
    )
    its_team_ids = fields.Many2many(
        "its.team",
        "its_team_member_rel",
        "user_id",
        "team_id",
        string="Teams",
        groups=GROUP_ADMINISTRATOR,
        help="The teams that this person is a member of.",
    )
    its_absent_from = fields.Date(string="Absent from")
    its_absent_until = fields.Date(string="Absent until", help="The last day away.")

    _its_absence_in_order = models.Constraint(
        "CHECK (its_absent_until >= its_absent_from)",
        "An absence cannot end before it begins. Correct one of the dates.",
    )

    @property
    def SELF_READABLE_FIELDS(self):  # noqa: N802 - the name is Odoo's
        return super().SELF_READABLE_FIELDS + OWN_FIELDS

    @property
    def SELF_WRITEABLE_FIELDS(self):  # noqa: N802 - the name is Odoo's
        return super().SELF_WRITEABLE_FIELDS + OWN_FIELDS

    @api.constrains("its_deputy_id")
    def _check_its_deputy(self):
        for user in self.sudo():
            if user.its_deputy_id and (user.share or user.its_deputy_id.share):
                raise ValidationError(
                    self.env._("Only an internal user can be a deputy or have one.")
                )
            if user.its_deputy_id == user:
                raise ValidationError(
                    self.env._(
                        "%(user)s cannot be their own deputy. Choose somebody else.",
                        user=user.name,
                    )
                )

    def _its_is_absent(self, day):
        """Whether this person is away on a day; to check many days or people, use
        an :class:`~.absence.Absence`, which looks things up once."""
        self.ensure_one()
        company = self.sudo().company_id
        return Absence(self.env, company, day).is_absent(self, day)

    @api.model
    def _its_quality_managers(self, company):
        """Who controls quality in a company; administrators only where nobody else does.

        :return: active users
        """
        group = self.env.ref(GROUP_QUALITY_MANAGER)
        users = self.sudo().search(
            [
                ("company_ids", "in", company.ids),
                ("share", "=", False),
                ("all_group_ids", "in", group.ids),
            ],
            order="id",
        )
        plain = users.filtered(lambda user: not user.has_group(GROUP_ADMINISTRATOR))
        return plain or users

    def _its_successor(self):
        """Who takes over: the deputy, else the head of the team or the head's one."""
        self.ensure_one()
        teams = self.env["its.team"].sudo().search([("member_ids", "in", self.ids)])
        headed = self.env["its.team"].sudo().search([("head_id", "=", self.id)])
        # One after the other, whatever order recordsets would put them in.
        persons = [
            self.its_deputy_id,
            *teams.mapped("head_id"),
            *teams.mapped("deputy_id"),
            *headed.mapped("deputy_id"),
        ]
        return next((u for u in persons if u.active and u not in self), self.browse())

    def _its_names(self):
        """The names of these users, who are no secret, read at once: a name is on a
        card, so that Odoo reads each user and their card one after the other.

        :return: ``{id: name}``
        """
        users = self.sudo().with_context(active_test=False)
        query = users._search([("id", "in", self.ids)])
        name = users._field_to_sql(query.table, "name", query)
        user_id = SQL.identifier(query.table, "id")
        return dict(self.env.execute_query(query.select(user_id, name)))

    def _its_neutral_name(self):
        return self.env._("somebody else")
