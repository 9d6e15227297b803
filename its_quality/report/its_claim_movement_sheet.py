from odoo import api, models
from odoo.fields import Domain
from odoo.tools import groupby


class ItsClaimMovementSheet(models.AbstractModel):
    """«Движения рекламаций» on paper: how long claims were at each stage, and the way
    that each has gone."""

    _name = "report.its_quality.claim_movement_sheet"
    _inherit = "its.report.sheet"
    _description = "Printed Movements of Claims"

    _its_prints = "its.claim.movement.report"
    _its_date = "date"
    # The current stage of a claim comes after the moves that led to it.
    _its_order = "claim_id.id desc, is_standing, date, id"

    @api.model
    def _get_report_values(self, docids, data=None):
        return {
            **super()._get_report_values(docids, data),
            "hours": self._hours_of,
        }

    def _sheet(self, dialog):
        domain = self._rows_of(dialog)
        [(total, claims)] = self._groups(
            domain, [], ["__count", "claim_id:count_distinct"]
        )
        rows = self._list(
            domain,
            [
                "claim_id",
                "partner_id",
                "responsible_id",
                "mover_id",
                "stage_id",
                "to_stage_id",
                "is_standing",
                "date",
                "reason",
                "hours",
                "working_hours",
            ],
        )
        standing = dict(self._groups(domain, ["is_standing"], ["__count"]))
        return {
            "total": total,
            "claims": claims,
            "moves": standing.get(False, 0),
            "standing": standing.get(True, 0),
            "stages": self._stages(domain),
            "ways": [way for _claim, way in groupby(rows, lambda row: row["claim_id"])],
            "rows": rows,
        }

    def _stages(self, domain):
        """How long claims were at each stage before they left it, and how long those
        that are there now have been there.

        :return: dictionaries in the order of the stages
        """
        stages = {}
        for stage, standing, count, hours, working in self._groups(
            domain & Domain("stage_id", "!=", False),
            ["stage_id", "is_standing"],
            ["__count", "hours:avg", "working_hours:avg"],
            "stage_id",
        ):
            none = (0, None, None)
            figures = stages.setdefault(
                stage, {"stage": stage, "left": none, "standing": none}
            )
            key = "standing" if standing else "left"
            figures[key] = (count, hours, working)
        return list(stages.values())

    def _hours_of(self, row, name):
        """Hours of a move; registering comes after nothing, and working hours are
        counted when a claim leaves a stage."""
        known = row["stage_id"] and (name == "hours" or not row["is_standing"])
        return self._share(row[name] if known else None)
