from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from .groups import GROUP_ADMINISTRATOR, GROUP_QUALITY_MANAGER

# What people may say of themselves.
OWN_FIELDS = ["its_absent_from", "its_absent_until", "its_deputy_id"]
# Whoever takes clients over learns of them by one look, not by a mail a client.
QUIET = {
    "tracking_disable": True,
    "mail_auto_subscribe_no_notify": True,
    "mail_activity_quick_update": True,
}


class ResUsers(models.Model):
    """Absence and succession: calls and clients always have somebody."""

    _inherit = "res.users"

    its_deputy_id = fields.Many2one(
        "res.users",
        string="Deputy",
        index="btree_not_null",
        ondelete="set null",
        domain="[('share', '=', False), ('id', '!=', id)]",
        help="Sees the clients of this person, calls them while he is absent, and takes "
        "them over when he leaves the firm.",
    )
    its_absent_from = fields.Date(string="Absent from")
    its_absent_until = fields.Date(string="Absent until", help="The last day away.")
    its_daily_calls = fields.Integer(
        string="Calls a day", help="0: as many as the company says."
    )

    _its_absence_in_order = models.Constraint(
        "CHECK (its_absent_until >= its_absent_from)",
        "An absence cannot end before it begins. Correct one of the dates.",
    )
    _its_daily_calls_positive = models.Constraint(
        "CHECK (its_daily_calls >= 0)", "The number of calls a day cannot be negative."
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
                    self.env._("Only somebody of the firm can stand in for another.")
                )
            if user.its_deputy_id == user:
                raise ValidationError(
                    self.env._(
                        "%(user)s cannot stand in for himself. Choose somebody else.",
                        user=user.name,
                    )
                )

    def _its_daily_calls(self, company):
        """How many calls this person is given a day."""
        self.ensure_one()
        return self.its_daily_calls or company.its_daily_calls

    def _its_is_absent(self, day):
        """Whether the form of this person says that he is away on a day."""
        self.ensure_one()
        start, end = self.its_absent_from, self.its_absent_until
        if not start and not end:
            return False
        return (not start or start <= day) and (not end or day <= end)

    def _its_substitute(self):
        """The deputy, where his role lets him see the clients this person calls.

        :return: a user, or nobody
        """
        self.ensure_one()
        deputy = self.its_deputy_id
        group = GROUP_QUALITY_MANAGER
        if deputy.active and (deputy.has_group(group) or not self.has_group(group)):
            return deputy
        return self.browse()

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

    # -------------------------------------------------------------------------
    # Leaving the firm
    # -------------------------------------------------------------------------

    def action_archive(self):
        # Odoo deletes the open activities of whoever is archived, and does so first.
        self.check_access("write")
        self.filtered("active")._its_hand_over()
        return super().action_archive()

    def write(self, vals):
        leaving = self.filtered("active") if vals.get("active") is False else ()
        if leaving:
            self.check_access("write")
            leaving._its_hand_over()
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_hand_over(self):
        self._its_hand_over()

    def _its_hand_over(self):
        """Give the calls and clients of people who leave to their successors.

        :raises UserError: where somebody has calls or clients and nobody to take them
        """
        # The next night tells whoever is the head then.
        escalated = self.env["mail.activity"].sudo()
        escalated = escalated.search([("its_escalated_id", "in", self.ids)])
        escalated.its_escalated_id = False
        for user in self:
            calls, clients = user._its_held()
            calls -= calls._its_leave_to_claims()
            if not calls and not clients:
                continue
            successor = user._its_successor()
            if not successor:
                raise UserError(
                    self.env._(
                        "%(user)s has %(clients)s clients and %(calls)s planned calls, "
                        "and nobody to take them over. Name a deputy on the form of "
                        "%(user)s first.",
                        user=user.name,
                        clients=len(clients),
                        calls=len(calls),
                    )
                )
            calls.with_context(**QUIET).write({"user_id": successor.id})
            clients.with_context(**QUIET).write({"user_id": successor.id})

    def _its_held(self):
        """What this person has to do with clients, in all companies.

        :return: planned calls, and cards of clients
        """
        self.ensure_one()
        calls = (
            self.env["mail.activity"]
            .sudo()
            .search(
                [
                    ("user_id", "=", self.id),
                    ("its_client_id", "!=", False),
                    ("active", "=", True),
                ]
            )
        )
        clients = (
            self.env["res.partner"]
            .sudo()
            .with_context(active_test=False)
            .search([("user_id", "=", self.id), ("its_client", "=", True)])
        )
        return calls, clients.filtered(lambda c: c.commercial_partner_id == c)

    def _its_successor(self):
        """Who takes over: the deputy, else the head of the team or his deputy."""
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
