from odoo import models

from ..models.claim.rules import ENDED

FIGURES = {
    "count": "__count",
    "on_time": "on_time_share:avg",
    "rework": "rework_share:avg",
    "reopen": "reopen_share:avg",
    "satisfied": "satisfied_share:avg",
    "unconfirmed": "unconfirmed_share:avg",
    "first_answer": "first_answer_hours:avg",
    "hours": "working_hours:avg",
}
SHARES = ("on_time_share", "rework_share", "reopen_share", "satisfied_share")


class ItsClaimResultSheet(models.AbstractModel):
    """«Результаты обработки рекламаций» on paper: what was found in claims that have
    ended, where, by whom, how fast, and what the clients say."""

    _name = "report.its_quality.claim_result_sheet"
    _inherit = "its.report.sheet"
    _description = "Printed Results of Claims"

    _its_prints = "its.claim.report"
    _its_always = [("state", "in", ENDED)]
    _its_date = "date_closed"
    _its_order = "date_closed desc, id desc"

    def _sheet(self, dialog):
        domain = self._rows_of(dialog)
        by_state = dict(self._groups(domain, ["state"], ["__count"]))
        [totals] = self._figures(domain)
        certain = self.env[self._its_prints]._its_figures(domain, SHARES)
        rows = self._list(
            domain,
            [
                "claim_id",
                "partner_id",
                "problem_id",
                "problem_service_id",
                "user_id",
                "date_closed",
                "working_hours",
                "on_time_share",
                "state",
                "satisfaction",
            ],
        )
        return {
            "total": totals["count"],
            "totals": totals,
            "certain": certain,
            "closed": by_state.get("closed", 0),
            "rejected": by_state.get("rejected", 0),
            "tables": [
                (self.env._("Problem"), self._figures(domain, "problem_id")),
                (
                    self.env._("Problem service"),
                    self._figures(domain, "problem_service_id"),
                ),
                (self.env._("Responsible"), self._figures(domain, "user_id")),
            ],
            "rows": rows,
            "labels": self._labels("its.claim", "state", "satisfaction"),
        }

    def _figures(self, domain, by=None):
        """The figures of all, or of each group with its record."""
        names = ["record", *FIGURES] if by else [*FIGURES]
        order = by and "__count desc"
        groups = self._groups(domain, [by] if by else [], [*FIGURES.values()], order)
        return [dict(zip(names, group, strict=True)) for group in groups]
