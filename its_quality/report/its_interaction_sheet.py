from odoo import models


class ItsInteractionSheet(models.AbstractModel):
    """«Связи с клиентом» on paper: how many, how many reached, by service, and each."""

    _name = "report.its_quality.interaction_sheet"
    _inherit = "its.report.sheet"
    _description = "Printed Interactions with Clients"

    _its_prints = "its.interaction.report"
    _its_date = "date_start"
    _its_order = "date_start desc, id desc"

    def _sheet(self, dialog):
        domain = self._rows_of(dialog)
        figures = ["__count", "partner_id:count_distinct", "reached_share:avg"]
        [(total, clients, reached)] = self._groups(domain, [], figures)
        rows = self._list(
            domain,
            [
                "interaction_id",
                "partner_id",
                "service_id",
                "user_id",
                "channel",
                "purpose",
                "outcome",
                "date_start",
                "score",
            ],
        )
        report = self.env[self._its_prints]
        return {
            "total": total,
            "clients": clients,
            "reached": reached,
            "certain": report._its_figures(domain, ["reached_share"])["reached_share"],
            "services": self._groups(domain, ["service_id"], figures, "__count desc"),
            "purposes": self._groups(domain, ["purpose"], figures, "__count desc"),
            "rows": rows,
            "said": self._summaries(rows),
            "labels": self._labels("its.interaction", "channel", "purpose", "outcome"),
        }

    def _summaries(self, rows):
        """What was said, by interaction; it is not a column of the report."""
        talks = self.env["its.interaction"].search_fetch(
            [("id", "in", [row["id"] for row in rows])], ["summary"]
        )
        return {talk.id: talk.summary for talk in talks}
