from odoo import fields, models
from odoo.tools import SQL

from ..base import days

# The state of the first activity, as the sign of the days that are left.
NUMBERS = {"overdue": -1, "today": 0, "planned": 1}


class ResPartner(models.Model):
    """The activities of a card, by whichever of Odoo's fields somebody asks: they look
    past the rights on activities, and some of them past the ORM."""

    _inherit = "res.partner"

    activity_ids = fields.One2many(
        domain=lambda self: self.env["mail.activity"]._its_visible_domain()
    )

    def _search_activity_state(self, operator, value):
        if operator not in ("in", "not in"):
            return NotImplemented
        states = {state or False for state in value}
        if operator == "not in":
            states = {*NUMBERS, False} - states
        found = fields.Domain.FALSE
        wanted = [NUMBERS[state] for state in states if state in NUMBERS]
        if wanted:
            rows = SQL(
                "(SELECT res_id FROM %s told WHERE state = ANY(%s))",
                self._its_activity_states(),
                wanted,
            )
            found |= fields.Domain("id", "in", rows)
        if False in states:
            found |= fields.Domain("activity_ids", "=", False)
        return found

    def _its_activity_states(self):
        """An SQL table: of each partner the state of the first activity that may be
        shown, as a number of ``NUMBERS``."""
        activities = self.env["mail.activity"]
        shown = activities._search(
            fields.Domain([("res_model", "=", self._name), ("active", "=", True)])
            & activities._its_visible_domain(),
            bypass_access=True,
        )
        return SQL(
            "(SELECT mail_activity.res_id, SIGN(MIN(%s))::int AS state"
            " FROM (%s) shown JOIN mail_activity ON mail_activity.id = shown.id"
            " GROUP BY mail_activity.res_id)",
            self._its_days_left(),
            shown.select(SQL.identifier(shown.table, "id")),
        )

    def _read_group_groupby(self, alias, groupby_spec, query):
        if groupby_spec != "activity_state":
            return super()._read_group_groupby(alias, groupby_spec, query)
        self._check_field_access(self._fields["activity_state"], "read")
        joined = query.make_alias(self._table, "last_activity_state")
        if joined not in query._joins:
            rows = SQL(
                "(SELECT res_id, CASE state WHEN -1 THEN 'overdue' WHEN 0 THEN 'today'"
                " ELSE 'planned' END AS activity_state FROM %s told)",
                self._its_activity_states(),
            )
            joined = query.left_join(
                self._table, "id", rows, "res_id", "last_activity_state"
            )
        return SQL.identifier(joined, "activity_state")

    def _its_days_left(self):
        """An SQL expression: days until the deadline, where the activity's person is."""
        self.env["mail.activity"].flush_model(
            ["active", "date_deadline", "res_id", "res_model", "user_tz"]
        )
        zone = days.timezone(self.env.context.get("tz")).zone
        zone = SQL("COALESCE(mail_activity.user_tz, %s)", zone)
        return SQL("(mail_activity.date_deadline - %s)", days.today_sql(zone))
