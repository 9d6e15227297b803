from odoo import models

COUNTS = ("talks", "answers", "caused", "solved")
# Titles of the columns are in the template, in this order.
FIGURES = (
    "reached_share",
    "kept_share",
    "score",
    "nps",
    "on_time_share",
    "rework_share",
    "first_answer_share",
)


class ItsManagerSheet(models.AbstractModel):
    """«Оценка менеджеров» on paper: a line a person, with how certain it is."""

    _name = "report.its_quality.manager_sheet"
    _inherit = "its.report.sheet"
    _description = "Printed Assessment of Managers"

    _its_prints = "its.manager.report"
    _its_date = "date"
    _its_order = "user_id, date, id"

    def _sheet(self, dialog):
        domain = self._rows_of(dialog)
        report = self.env[self._its_prints]
        sums = [f"{name}:sum" for name in COUNTS]
        counts = {
            user: dict(zip(COUNTS, numbers, strict=True))
            for user, *numbers in self._groups(domain, ["user_id"], sums)
        }
        people = report._its_figures_by(domain, ["user_id"], FIGURES, "user_id")
        return {
            "total": sum(count for _user, count, _figures in people),
            "people": [
                {"user": user, **counts[user], "figures": figures}
                for user, _count, figures in people
            ],
            "names": FIGURES,
        }
