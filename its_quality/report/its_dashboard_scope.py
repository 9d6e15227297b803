"""Of which time and of whom the figures of the dashboard are."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from odoo import fields
from odoo.tools import SQL

from ..models.base import days
from ..models.client import renewal


@dataclass(frozen=True)
class Scope:
    """A time between two moments in UTC, the end excluded, of one team or of all.

    ``zone`` is where the days of the company begin; ``service_id`` is the type of the
    contracts that retention and prolongation are about. What ``is_listed`` has
    conditions that a page can be given; others cost less.
    """

    zone: str
    start: datetime
    end: datetime
    team_id: int | None = None
    service_id: int | None = None
    is_listed: bool = False

    @classmethod
    def of_days(cls, zone, first, last, team_id=None, service_id=None):
        """Whole days, both included."""
        return cls(zone, *days.span(first, last, zone), team_id, service_id)

    @property
    def first(self):
        """The first day, where the company works."""
        return days.day_of(self.start, self.zone)

    @property
    def last(self):
        """The last day, where the company works."""
        return days.day_of(self.end - timedelta(microseconds=1), self.zone)

    def before(self):
        """The same number of days before; its end is where this begins."""
        length = self.last - self.first + days.ONE_DAY
        return replace(
            self, start=days.midnight(self.first - length, self.zone), end=self.start
        )

    def listed(self):
        """The same, with conditions that a page can be given."""
        return replace(self, is_listed=True)

    def within(self, name):
        """The condition that a ``Datetime`` is within this time."""
        return [
            (name, ">=", fields.Datetime.to_string(self.start)),
            (name, "<", fields.Datetime.to_string(self.end)),
        ]

    def of_contracts(self):
        """The condition on contracts: of the team that they had on their last day, of
        the contract type."""
        domain = [("last_team_id", "=", self.team_id)] if self.team_id else []
        if self.service_id:
            domain.append(("service_id", "=", self.service_id))
        return domain

    def of_team(self):
        """The condition on what has a team of its own."""
        return [("team_id", "=", self.team_id)] if self.team_id else []

    def of_facts(self, team="team_id", client="partner_id"):
        """The condition on what keeps whose service it was about: the team's, then; of
        what was about none, on its client.

        :param team: the name of the field of the team of the day
        :param client: that of the client
        """
        if not self.team_id:
            return []
        if self.is_listed:
            about_none = ["&", (team, "=", False), *self.of_clients(client)]
            return ["|", (team, "=", self.team_id), *about_none]
        # Each fact about none asks for its own client: all clients of a big team are
        # many more. What has a limit PostgreSQL does not turn into that.
        return [
            fields.Domain.custom(
                to_sql=lambda _model, alias, _query: SQL(
                    """
                    (%(team)s = %(team_id)s OR %(team)s IS NULL AND COALESCE((
                        SELECT TRUE FROM its_subscription AS used
                         WHERE used.partner_id = %(client)s
                           AND used.last_team_id = %(team_id)s AND %(used)s
                         LIMIT 1
                     ), FALSE))
                    """,
                    team=SQL.identifier(alias, team),
                    team_id=self.team_id,
                    client=SQL.identifier(alias, client),
                    used=renewal.used_sql("used", self.first, self.last),
                )
            )
        ]

    def of_clients(self, name="partner_id", first=None):
        """The condition on what has a client: one who has used a service of the team in
        this time.

        :param first: the day from which on; by default the first one
        """
        if not self.team_id:
            return []
        used = renewal.used_domain(first or self.first, self.last)
        used &= fields.Domain("last_team_id", "=", self.team_id)
        return [(name, "any", [("its_subscription_ids", "any", list(used))])]
