from odoo import api, fields, models
from odoo.exceptions import UserError

from ..base.absence import Absence
from ..base.groups import GROUP_QUALITY_MANAGER

# A successor sees the clients at a glance, and gets no mail for each of them.
QUIET = {
    "tracking_disable": True,
    "mail_auto_subscribe_no_notify": True,
    "mail_activity_quick_update": True,
}


class ResUsers(models.Model):
    """How many calls a person is given, and who gets them, and his clients, when he
    leaves the firm."""

    _inherit = "res.users"

    its_daily_calls = fields.Integer(
        string="Calls per day", help="0: as set for the company."
    )

    _its_daily_calls_positive = models.Constraint(
        "CHECK (its_daily_calls >= 0)", "The number of calls a day cannot be negative."
    )

    def _its_daily_calls(self, company):
        """How many calls this person is given a day."""
        self.ensure_one()
        return self.its_daily_calls or company.its_daily_calls

    def _its_covered_users(self, day, company, among=None):
        """Whose calls this user makes on a day besides their own: where the deputy may
        not, somebody who may call every client, in the end an administrator.

        :param among: only these users are looked at; everybody by default
        :return: users who are away
        """
        self.ensure_one()
        absence = Absence(self.env, company, day)
        if among is None:
            away = absence.absent(day)
        else:
            away = among.sudo().filtered(
                lambda one: (
                    absence.is_absent(one, day)
                    and one.active
                    and not one.share
                    and company in one.company_ids
                )
            )
        return away.filtered(
            lambda absent: (
                absent != self
                and (
                    _colleague_who_calls(absence, absent, day)
                    or absence.last(absent, day)
                )
                == self
            )
        )

    def _its_without_stand_in(self, day, company):
        """Those of these users, who are away, whose calls nobody but an administrator
        may make."""
        absence = Absence(self.env, company, day)
        return self.filtered(
            lambda absent: not _colleague_who_calls(absence, absent, day)
        )

    def action_archive(self):
        # Odoo deletes the open activities of an archived user, and does so first.
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
        # The next night notifies the then head.
        escalated = self.env["mail.activity"].sudo()
        escalated = escalated.search([("its_escalated_id", "in", self.ids)])
        escalated.its_escalated_id = False
        for user in self:
            calls, clients = user._its_calls_and_clients()
            calls -= calls._its_release_calls()
            if not calls and not clients:
                continue
            successor = user._its_successor()
            if not successor:
                raise UserError(
                    self.env._(
                        "%(user)s has %(clients)s clients and %(calls)s planned "
                        "calls, but no deputy to take them over. Select a deputy on "
                        "the form of %(user)s first.",
                        user=user.name,
                        clients=len(clients),
                        calls=len(calls),
                    )
                )
            calls.with_context(**QUIET).write({"user_id": successor.id})
            clients.with_context(**QUIET).write({"user_id": successor.id})

    def _its_calls_and_clients(self):
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


def _colleague_who_calls(absence, absent, day):
    """Who makes the calls of somebody who is away: their deputy, though they may see
    those clients alone, else who may call every client."""
    return absence.deputy(absent, day) or absence.colleague(
        absent, day, role=GROUP_QUALITY_MANAGER
    )
