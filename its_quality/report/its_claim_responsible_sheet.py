from odoo import models
from odoo.tools import groupby

from ..models.claim.rules import ENDED


class ItsClaimResponsibleSheet(models.AbstractModel):
    """«Ответственные за рекламацию» on paper: whose claims are on their way as of now,
    and which."""

    _name = "report.its_quality.claim_responsible_sheet"
    _inherit = "its.report.sheet"
    _description = "Printed Responsible for Claims"

    _its_prints = "its.claim.report"
    _its_always = [("state", "not in", ENDED)]
    _its_order = "user_id, is_overdue desc, date_deadline, id"

    def _sheet(self, dialog):
        domain = self._rows_of(dialog)
        figures = ["__count", "is_overdue:sum", "days_at_stage:avg", "age_days:avg"]
        [(total, overdue, days, age)] = self._groups(domain, [], figures)
        rows = self._list(
            domain,
            [
                "claim_id",
                "partner_id",
                "service_id",
                "user_id",
                "next_user_id",
                "stage_id",
                "date_deadline",
                "is_overdue",
                "days_at_stage",
            ],
        )
        return {
            "total": total,
            "overdue": overdue,
            "days": days,
            "age": age,
            "people": self._groups(domain, ["user_id"], figures, "user_id"),
            "claims": {
                user and user[0]: claims
                for user, claims in groupby(rows, lambda row: row["user_id"])
            },
            "rows": rows,
        }
