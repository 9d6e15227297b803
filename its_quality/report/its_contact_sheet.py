from odoo import models
from odoo.fields import Domain

LONG = ("quarter", "longer", "never")
IN_FORCE = ("upcoming", "active", "expiring")


class ItsContactSheet(models.AbstractModel):
    """«Последние связи с клиентами» on paper: how many clients of each manager have
    been silent for long, and all of them, the most silent first."""

    _name = "report.its_quality.contact_sheet"
    _inherit = "its.report.sheet"
    _description = "Printed Last Contacts with Clients"

    _its_prints = "its.contact.report"
    _its_order = "last_contact NULLS FIRST, id"

    def _sheet(self, dialog):
        domain = self._rows_of(dialog)
        rows = self._list(
            domain,
            [
                "partner_id",
                "user_id",
                "phone",
                "last_contact",
                "talker_id",
                "channel",
                "next_contact",
                "silent_days",
            ],
        )
        managers = self._managers(domain)
        totals = {
            key: sum(manager[key] for manager in managers)
            for key in ("clients", "silent", "never")
        }
        return {
            "total": totals["clients"],
            "totals": totals,
            "managers": managers,
            "rows": rows,
            "labels": self._labels("its.interaction", "channel"),
        }

    def _managers(self, domain):
        """Clients of each manager, how many of them have been silent for long,
        and how many were never reached.

        :return: a list of dictionaries, those with most clients first
        """
        managers = {}
        for user, silence, count in self._groups(
            domain, ["user_id", "silence"], ["__count"]
        ):
            manager = managers.setdefault(
                user, {"user": user, "clients": 0, "silent": 0, "never": 0}
            )
            manager["clients"] += count
            manager["silent"] += count if silence in LONG else 0
            manager["never"] += count if silence == "never" else 0
        return sorted(managers.values(), key=lambda manager: -manager["clients"])

    def _filter_domain(self, dialog):
        """A client belongs to a team or a service by their subscriptions."""
        domain = Domain.TRUE
        if dialog.partner_id:
            domain &= Domain("partner_id", "=", dialog.partner_id.id)
        subscribed = Domain.AND(
            Domain(field, "=", dialog[field].id)
            for field in ("team_id", "service_id")
            if dialog[field]
        )
        if not subscribed.is_true():
            subscribed &= Domain("state", "in", IN_FORCE)
            domain &= Domain("partner_id.its_subscription_ids", "any", subscribed)
        return domain
