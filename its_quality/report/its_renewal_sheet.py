from odoo import models
from odoo.fields import Domain

from ..models.client.retention import Retention

COUNTED = {
    "continued": "continued",
    "refused": "refused",
    "lapsed": "lapsed",
    "to_renew": "open",
    "undecided": "open",
}


class ItsRenewalSheet(models.AbstractModel):
    """«Продления» on paper: retention and prolongation of the period, the contracts of
    each manager by what has become of them, the clients lost, and all contracts."""

    _name = "report.its_quality.renewal_sheet"
    _inherit = "its.report.sheet"
    _description = "Printed Renewals"

    _its_prints = "its.renewal.report"
    _its_date = "date_last"
    _its_order = "date_last, id"

    def _sheet(self, dialog):
        domain = self._rows_of(dialog)
        managers = self._managers(domain)
        rows = self._list(
            domain,
            [
                "partner_id",
                "service_id",
                "contract_number",
                "date_last",
                "outcome",
                "standing",
                "cancellation_reason_id",
                "last_user_id",
            ],
        )
        return {
            "total": sum(manager["ended"] for manager in managers),
            "managers": managers,
            "rows": rows,
            "labels": self._labels(self._its_prints, "outcome"),
            **self._figures(dialog),
        }

    def _figures(self, dialog):
        """Retention and prolongation of the period, and the clients lost; nothing where
        single rows were chosen."""
        if dialog.row_count or not (dialog.date_from and dialog.date_to):
            return {"figures": [], "lost": []}
        retained = Retention(
            self.env, dialog.date_from, dialog.date_to, self._filter_domain(dialog)
        )
        partners = self.env["res.partner"]._its_by_role()
        clients = retained.count_clients(partners)
        contracts = retained.count_contracts()
        lost = partners.search(retained.lost(), limit=100)
        return {
            "figures": [
                (
                    self._share_of(clients["kept"], clients["lost"]),
                    self.env._("Retention of clients"),
                    clients["kept"],
                    clients["lost"],
                    clients["undecided"],
                ),
                (
                    self._share_of(contracts["continued"], contracts["not_continued"]),
                    self.env._("Prolongation of contracts"),
                    contracts["continued"],
                    contracts["not_continued"],
                    contracts["undecided"],
                ),
            ],
            "lost": [(one.display_name, one.its_lost_reason or "") for one in lost],
        }

    def _share_of(self, part, rest):
        return 100 * part / (part + rest) if part + rest else None

    def _managers(self, domain):
        """The contracts of each manager by what has become of them.

        :return: a list of dictionaries, those with most contracts first
        """
        managers = {}
        for user, outcome, count in self._groups(
            domain, ["last_user_id", "outcome"], ["__count"]
        ):
            manager = managers.setdefault(
                user,
                {"user": user, "ended": 0, **dict.fromkeys(COUNTED.values(), 0)},
            )
            manager["ended"] += count
            manager[COUNTED[outcome]] += count
        return sorted(managers.values(), key=lambda manager: -manager["ended"])

    def _filter_domain(self, dialog):
        """The team is the one of the last day; see ``last_team_id``."""
        names = {
            "partner_id": "partner_id",
            "team_id": "last_team_id",
            "service_id": "service_id",
        }
        return Domain.AND(
            Domain(name, "=", dialog[chosen].id)
            for chosen, name in names.items()
            if dialog[chosen]
        )

    def _begin_of(self, date):
        # A contract ends on a day, not at a moment.
        return date
