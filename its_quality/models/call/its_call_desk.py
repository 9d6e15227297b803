from collections import Counter
from datetime import datetime

from odoo import api, fields, models
from odoo.tools import format_datetime

from ..base.groups import GROUP_CLIENT_MANAGER
from .due import days_late, due_domain, is_overdue

QUEUE = 80
MOST_COUNTED = 500


class ItsCallDesk(models.AbstractModel):
    """The page a manager opens in the morning: whom to call, and what is known of him.

    The page keeps nothing: what it shows comes from here in one request, and what came
    of a talk goes back in one request that records the interaction, the response and
    the next call together or not at all.
    """

    _name = "its.call.desk"
    _description = "Call Desk"

    # -------------------------------------------------------------------------
    # The queue
    # -------------------------------------------------------------------------

    @api.model
    def get_queue(self, purpose=None, service=None, search=None, limit=QUEUE):
        """Whom to call today, the most urgent first.

        :param purpose: a key of ``its.interaction.purpose``
        :param service: the id of a service that the client is subscribed to
        :param search: a part of a client's name
        :return: a dict for the page
        """
        self._check_role()
        today = self.env.company._its_today()
        filters = []
        if purpose:
            filters.append(("its_purpose", "=", purpose))
        if service:
            filters.append(("its_client_id", "any", self._subscribed(service)))
        if search:
            filters.append(("its_client_id.complete_name", "ilike", search))
        everything = self._urgent_calls(today)
        shown = self._urgent_calls(today, filters) if filters else everything
        labels = dict(shown._fields["its_purpose"]._description_selection(self.env))
        purposes = Counter(everything.mapped(lambda call: call.its_purpose))
        overdue = sum(is_overdue(call, today) for call in everything)
        done = self.env["its.interaction"].search_count(
            [
                ("user_id", "=", self.env.uid),
                ("activity_id", "!=", False),
                ("date_start", ">=", self.env.company._its_midnight(today)),
            ]
        )
        return {
            "counts": {
                "today": self._count(len(everything) - overdue),
                "overdue": self._count(overdue),
                "done": done,
            },
            "purposes": [
                {"id": key, "name": labels.get(key, key), "count": self._count(count)}
                for key, count in purposes.most_common()
            ],
            "services": self._services(everything),
            "calls": [
                self._queue_row(call, today, labels)
                for call in self._prefetched(
                    shown[: max(1, min(limit or QUEUE, MOST_COUNTED))]
                )
            ],
        }

    def _urgent_calls(self, today, filters=()):
        """The first calls of the reader, the most urgent first.

        Each share of them is asked for by itself, in the order of an index: so it
        takes as long for a manager of fifty clients as for one of fifty thousand.

        :param filters: further conditions
        """
        calls = self.env["mail.activity"].sudo().with_context(active_test=True)
        names = ["its_client_id", "date_deadline", "its_purpose", "its_call_at"]
        names += calls._its_subject_fields()
        here = calls._its_of_companies(self.env.companies)
        found = calls.browse()
        for share in self._shares(today):
            found |= calls.search_fetch(
                fields.Domain([*self._due(today), *share, *filters]) & here,
                names,
                limit=MOST_COUNTED,
                order="date_deadline, its_call_at NULLS FIRST, id",
            )
        return found.sorted(self._urgency)[:MOST_COUNTED]

    def _urgency(self, call):
        """What calls are sorted by, the most urgent first; to be extended."""
        return call.date_deadline, call.its_call_at or datetime.min, call.id

    def _subscribed(self, service):
        """Clients who have a service; a domain of ``res.partner``."""
        in_force = [
            ("service_id", "=", service),
            ("company_id", "in", self.env.companies.ids),
            ("state", "in", ("active", "expiring")),
        ]
        return [("its_subscription_ids", "any", in_force)]

    def _services(self, calls):
        """The services of the clients to be called, for the page to filter by."""
        groups = (
            self.env["its.subscription"]
            .sudo()
            ._read_group(
                [
                    ("partner_id", "in", calls.mapped("its_client_id").ids),
                    ("company_id", "in", self.env.companies.ids),
                    ("state", "in", ("active", "expiring")),
                ],
                ["service_id"],
            )
        )
        return [{"id": service.id, "name": service.name} for [service] in groups]

    def _prefetched(self, calls):
        """Only these are read further: the rest was counted."""
        return calls.with_prefetch(calls.ids)

    def _count(self, number):
        """Nobody makes more calls than that in a day; so many are told as «500+»."""
        return f"{MOST_COUNTED}+" if number >= MOST_COUNTED else number

    def _due(self, today):
        return [("its_client_id", "!=", False), *due_domain(today)]

    def _shares(self, today):
        """Whose calls the reader makes: his own, those of whom he stands in for today,
        those that were escalated to him, and those of clients without a manager.

        :return: a list of domains
        """
        user = self.env.user
        absent = (
            self.env["res.users"]
            .sudo()
            .search([("its_deputy_id", "=", user.id)])
            .filtered(
                lambda other: (
                    other._its_is_absent(today) and other._its_substitute() == user
                )
            )
        )
        shares = [[("user_id", "=", user_id)] for user_id in (user.id, *absent.ids)]
        shares.append([("its_escalated_id", "=", user.id)])
        if user.has_group(GROUP_CLIENT_MANAGER):
            shares.append(
                [("user_id", "=", False), ("its_client_id.user_id", "=", False)]
            )
        return shares

    def _queue_row(self, call, today, labels):
        late = days_late(call, today)
        if late:
            when = self.env._("%(days)s d. late", days=late)
        elif call.its_call_at:
            when = format_datetime(self.env, call.its_call_at, dt_format="HH:mm")
        else:
            when = self.env._("today")
        return {
            "id": call.id,
            "client": call.its_client_id.name,
            "purpose": labels.get(call.its_purpose, ""),
            "when": when,
            "late": late,
            "waits": bool(
                call.its_call_at and call.its_call_at > fields.Datetime.now()
            ),
        }
