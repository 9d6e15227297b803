from functools import cached_property

from odoo import fields

from ...onec import name_key
from ..client.continuation import refusal

# Field of onec -> field of a subscription, of a contract.
CONTRACT_FIELDS = {
    "service_id": "service_id",
    "contract_number": "contract_number",
    "contract_date": "date_start",
    "date_end": "date_end",
    "contract_ref": "onec_ref",
}


def service_key(text):
    """The name of a service as it is compared.

    «1С:Отчетность», «1C-Отчётность» (with a Latin C) and «Отчетность» are one.
    """
    key = name_key(text).replace("c", "с")
    return key.removeprefix("1с") or key


def plain_value(subscription, name):
    """A value of a subscription in the form a row has it: a text, or of a service the
    id."""
    if name == "service_id":
        return subscription.service_id.id
    return str(subscription[name] or "")


class SubscriptionChanges:
    """The part of a :class:`~.changes.ChangeSet` that is about
    subscriptions: one that is new, a renewal, other dates of one that is known.

    :param job: the ``its.import``
    :param partner_ids: of the clients of the batch
    :param snapshots: ``{client id: the last values from the source}``
    """

    def __init__(self, job, partner_ids, snapshots):
        self.job = job
        self.env = job.env
        self.partner_ids = partner_ids
        self.snapshots = snapshots

    # -------------------------------------------------------------------------
    # What is there already
    # -------------------------------------------------------------------------

    @cached_property
    def subscriptions(self):
        found = self.env["its.subscription"].search(
            [
                ("partner_id", "in", self.partner_ids),
                ("company_id", "=", self.job.company_id.id),
            ],
            order="date_end desc, id desc",
        )
        return found.grouped(lambda subscription: subscription.partner_id.id)

    @cached_property
    def services(self):
        """``{(kind or "", name for comparison): service}``."""
        services = {}
        records = self.env["its.service"].with_context(active_test=False).search([])
        for service in records:
            names = [service.name, service.code or ""]
            names += (service.onec_names or "").splitlines()
            for name in names:
                if key := service_key(name):
                    services.setdefault((service.kind, key), service)
                    services.setdefault(("", key), service)
        return services

    # -------------------------------------------------------------------------
    # One row
    # -------------------------------------------------------------------------

    def compare(self, line, partner, change):
        """Note what a row would do to the subscriptions of its client.

        :param change: the :class:`~.changes.Change` of the row
        """
        data = line.data
        if line.is_contract:
            self._contract_changes(line, partner, change)
            return
        numbers = {
            name: data[name]
            for name in (
                "contract_number",
                "registration_number",
                "date_start",
                "date_end",
            )
            if data.get(name)
        }
        wanted = [
            (key, data[key]) for key in ("contract_type", "service") if data.get(key)
        ]
        if not wanted:
            change.issues.append(["no_service", "service", "", "warning"])
            return
        found = []
        for key, text in wanted:
            kind = "contract" if key == "contract_type" else ""
            service = self.services.get((kind, service_key(text))) or self.services.get(
                ("", service_key(text))
            )
            if not service:
                change.issues.append(["service_unknown", key, text, "warning"])
                change.unresolved = True
            else:
                found.append(dict(numbers, service_id=service.id))
        self._compare_subscriptions(line, partner, found, change)

    def _contract_changes(self, line, partner, change):
        """A contract becomes a subscription to the service that its kind means."""
        values = {
            ours: line.data[theirs]
            for theirs, ours in CONTRACT_FIELDS.items()
            if line.data.get(theirs)
        }
        self._compare_subscriptions(line, partner, [values], change)

    def _compare_subscriptions(self, line, partner, found, change):
        """Compare what a row says of subscriptions with what the client has.

        :param found: values of each subscription
        """
        existing = self.subscriptions.get(partner.id, ()) if partner else ()
        said_before = self._last_subscriptions(partner)
        if line.subscription_digest in said_before and not self.job.overwrite:
            return
        last = dict(entry for entries in said_before.values() for entry in entries)
        for values in found:
            if values.get("date_end", "9") < values.get("date_start", "0"):
                change.issues.append(
                    ["dates_reversed", "date_end", values["date_end"], "warning"]
                )
                del values["date_end"]
            self._compare_subscription(existing, values, last, change)

    def _last_subscriptions(self, partner):
        """``{hash of a row: [[subscription id, values], ...]}`` of former imports."""
        snapshot = self.snapshots.get(partner.id) if partner else None
        return (snapshot.subscriptions if snapshot else None) or {}

    def _compare_subscription(self, existing, values, last, change):
        """Find the subscription a row speaks of: the same service and numbers.

        A later period of one that is known is a renewal, chained to it; another end
        of the same period is written; the same dates change nothing. A contract is
        known by its reference, whatever else has changed.
        """
        ref = values.get("onec_ref")
        by_ref = [known for known in existing if ref and known.onec_ref == ref]
        same = [
            subscription
            for subscription in existing
            if subscription.service_id.id == values["service_id"]
            and not (ref and subscription.onec_ref)
            and all(
                not values.get(name)
                or not subscription[name]
                or subscription[name] == values[name]
                for name in ("contract_number", "registration_number")
            )
        ]
        start = values.get("date_start")
        for subscription in by_ref or same:
            known_start = str(subscription.date_start or "")
            if not by_ref and start and known_start and start != known_start:
                continue
            update = self._subscription_update(
                subscription, values, last.get(subscription.id, {}), change
            )
            change.extended.append((subscription, update))
            return
        self._chain(same, values, change)
        change.new_subscriptions.append(values)

    def _chain(self, same, values, change):
        """Note which of the known ones a later period renews, if it is near enough: in
        1C it has the same numbers."""
        start = fields.Date.to_date(values.get("date_start"))
        ended = [
            subscription
            for subscription in same
            if subscription.date_end
            and start
            and subscription.date_end < start
            and not subscription.is_renewed
        ]
        if not ended:
            return
        former = ended[0]._its_period()
        later = former._replace(
            id=0,
            start=start,
            end=fields.Date.to_date(values.get("date_end")),
            cancelled=None,
        )
        if refusal(former, later, self.job.company_id.its_renewal_gap):
            issue = ["not_a_renewal", "date_start", str(former.last), "info"]
            change.issues.append(issue)
        else:
            values["previous_id"] = former.id

    def _subscription_update(self, subscription, values, last, change):
        """What to write into a subscription that is known; edits in Odoo stay."""
        update, kept = {}, []
        for name, value in values.items():
            current = plain_value(subscription, name)
            if current == value:
                continue
            if current and current != last.get(name) and not self.job.overwrite:
                kept.append(name)
            else:
                update[name] = value
        change.subscription_before[subscription.id] = {
            name: plain_value(subscription, name) or False for name in update
        }
        if kept:
            labels = subscription.fields_get(kept, ["string"])
            names = ", ".join(labels[name]["string"] for name in kept)
            change.issues.append(["kept_in_odoo", "service", names, "info"])
        return update
