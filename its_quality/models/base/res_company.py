from collections import defaultdict

from odoo import api, models, tools
from odoo.tools import SQL

from . import days
from .groups import GROUP_ADMINISTRATOR, GROUP_USER


class ResCompany(models.Model):
    """What day it is in a company; what a day is, :mod:`.days` says."""

    _inherit = "res.company"

    def _its_today(self):
        """The current date where the company works.

        Its working calendar carries the time zone; a firm in Vladivostok must not
        see a contract as valid for seven hours after it has ended.

        :return: a ``date``
        """
        return days.today(self._its_zone())

    def _its_day_of(self, moment):
        """The ``date`` that a moment, in UTC, belongs to where the company works."""
        return days.day_of(moment, self._its_zone())

    def _its_days_since(self, moment):
        """How many midnights have passed since a moment where the company works."""
        return (self._its_today() - self._its_day_of(moment)).days

    def _its_days_since_sql(self, moment):
        """The same for a statement.

        :param moment: an :class:`SQL` of the moment
        """
        day = days.day_sql(moment, self._its_zone())
        return SQL("(%s::date - %s)", self._its_today(), day)

    def _its_midnight(self, day):
        """The moment, in UTC, when a day begins where the company works."""
        return days.midnight(day, self._its_zone())

    def _its_by_today(self):
        """These companies by the day that it is there: at a moment it is one of two, or
        of three.

        :return: a dict of companies by ``date``
        """
        found = defaultdict(self.browse)
        for company in self:
            found[company._its_today()] += company
        return dict(found)

    @api.model
    def _its_readable_companies(self):
        """The companies whose records the reader may see."""
        if not self.env.su:
            return self.env.companies
        return self.search([])  # pylint: disable=no-search-all

    @api.model
    def _its_today_sql(self, company):
        """The current date where the company of a row works, for a statement; for who
        has no company it is that of the reader's.

        :param company: an :class:`SQL` of the row's company
        """
        own = self.env.company._its_today()
        others = self._its_readable_companies()._its_by_today()
        others.pop(own, None)
        if not others:
            return SQL("%s::date", own)
        cases = SQL(" ").join(
            SQL("WHEN %s IN %s THEN %s::date", company, tuple(companies.ids), day)
            for day, companies in others.items()
        )
        return SQL("CASE %s ELSE %s::date END", cases, own)

    def _its_zone(self):
        """The name of the time zone in which the company works."""
        calendar_id = self._its_calendar_id()
        calendar = self.env["resource.calendar"].browse(calendar_id)
        return calendar._its_zone() if calendar else self.partner_id.tz or "UTC"

    @tools.ormcache("self.id")
    def _its_calendar_id(self):
        return self.sudo().resource_calendar_id.id

    @api.private
    def cache_invalidation_fields(self):
        return super().cache_invalidation_fields() | {"resource_calendar_id"}

    # -------------------------------------------------------------------------
    # What a company still lacks
    # -------------------------------------------------------------------------

    def _its_shown_lacks(self):
        """What the company lacks, for a page.

        :return: dicts of a ``text``, and of the ``action`` by which the reader can add
            it; ``False`` for who cannot
        """
        return [
            {"text": text, "action": self.env.user.has_group(group) and action}
            for text, action, group in self._its_lacks()
        ]

    def _its_lacks(self):
        """What the company has to be given before all of it works; to be extended.

        :return: tuples of a sentence, the XML id of the action by which it is added, and
            the group that may
        """
        self.ensure_one()
        lacks = []
        people = self.env["res.users"].sudo()
        role = self.env.ref(GROUP_USER).id
        # Whoever opened the company belongs to it.
        others = [("all_group_ids", "in", role), ("id", "!=", self.env.uid)]
        here = [("company_ids", "in", self.ids)]
        if people.search_count(others, limit=1) and not people.search_count(
            others + here, limit=1
        ):
            lacks.append(
                (
                    self.env._(
                        "Nobody but you works in %(company)s: add it to the allowed "
                        "companies on the forms of the users.",
                        company=self.name,
                    ),
                    "base.action_res_users",
                    "base.group_erp_manager",
                )
            )
        teams = self.env["its.team"].sudo()
        if not teams.search_count([("company_id", "=", self.id)], limit=1):
            lacks.append(
                (
                    self.env._(
                        "%(company)s has no teams, so its claims cannot be assigned.",
                        company=self.name,
                    ),
                    "its_quality.its_team_action",
                    GROUP_ADMINISTRATOR,
                )
            )
        return lacks
