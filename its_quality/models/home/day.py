"""What waits for somebody today, by their roles: tiles, and the oldest behind each."""

from datetime import timedelta

from odoo.fields import Domain

from ..base.groups import GROUP_ADMINISTRATOR, GROUP_HEAD, GROUP_QUALITY_MANAGER
from ..call.due import overdue_domain
from ..claim.deadline import AT_WORK
from ..claim.rules import ENDED
from .first_hour import FirstHour

# The oldest of what waits; the rest is behind the tile.
SHOWN = 6
CLAIMS = "its_quality.its_claim_action"
CALLS = "its_quality.mail_activity_action_call"
# How many people a chart of the load shows.
MOST_PEOPLE = 12


class Day:
    """The parts of the page of a reader, who may have several roles.

    :param env: of the reader, by whose rights everything is counted
    """

    def __init__(self, env):
        self.env = env
        self._company = env.company
        self._today = env.company._its_today()

    def parts(self):
        """The parts of the page.

        :return: a list of dicts of ``key``, ``title``, ``tiles`` and, of heads,
            ``load``
        """
        user = self.env.user
        parts = []
        if user.has_group(GROUP_QUALITY_MANAGER):
            parts.append(self._quality())
        if user.has_group(GROUP_HEAD) and (
            self._my_teams() or not user.has_group(GROUP_ADMINISTRATOR)
        ):
            parts.append(self._head())
        if user.has_group(GROUP_ADMINISTRATOR):
            parts.append(self._administrator())
        return parts

    # -------------------------------------------------------------------------
    # Roles
    # -------------------------------------------------------------------------

    def _quality(self):
        _ = self.env._
        open_ = Domain("state", "not in", ENDED)
        known = Domain("state", "=", "registered") & Domain("partner_id", "!=", False)
        unknown = Domain("state", "=", "registered") & Domain("partner_id", "=", False)
        ask = Domain("state", "=", "follow_up") & Domain(
            "next_user_id", "=", self.env.uid
        )
        return {
            "key": "quality",
            "title": _("Quality"),
            "tiles": [
                self._claims("accept", _("To be accepted"), known),
                self._claims(
                    "unknown",
                    _("Unknown senders"),
                    unknown,
                    "its_quality.its_claim_action_queue",
                ),
                self._low(),
                self._claims("ask", _("Clients to ask"), ask & open_),
                self._my_calls(),
                self._late_calls(),
            ],
        }

    def _head(self):
        _ = self.env._
        mine = Domain("next_user_id", "=", self.env.uid) & Domain(
            "state", "not in", ENDED
        )
        waiting = Domain("waiting_since", "!=", False) & Domain(
            "state", "=", "in_progress"
        )
        week = Domain("state", "in", AT_WORK) & Domain(
            "date_deadline", "<=", self._today + timedelta(days=7)
        )
        return {
            "key": "head",
            "title": _("My team"),
            "tiles": [
                self._claims(
                    "mine",
                    _("Waiting for me"),
                    mine,
                    "its_quality.its_claim_action_mine",
                ),
                self._claims("overdue", _("Overdue"), Domain("is_overdue", "=", True)),
                self._claims(
                    "waiting",
                    _("Waiting for clients"),
                    waiting,
                    "its_quality.its_claim_action_waiting",
                ),
                self._claims("week", _("Deadlines within a week"), week),
            ],
            "load": self._load(),
        }

    def _administrator(self):
        _ = self.env._
        clients = Domain("its_client", "=", True) & Domain("parent_id", "=", False)
        nobody = Domain("its_client_id", "!=", False) & Domain("user_id", "=", False)
        imports = self.env["its.import"]
        last = imports.search([], limit=1)
        states = dict(imports._fields["state"]._description_selection(self.env))
        return {
            "key": "administrator",
            "title": _("Without an owner"),
            "tiles": [
                self._tile(
                    "clients",
                    _("Clients without a manager"),
                    "res.partner",
                    clients & Domain("user_id", "=", False),
                    "its_quality.its_client_action",
                    "complete_name",
                ),
                self._tile(
                    "services",
                    _("Services without a team"),
                    "its.service",
                    Domain("id", "in", FirstHour(self.env).loose_services().ids),
                    "its_quality.its_service_action",
                    "name",
                ),
                self._tile(
                    "calls",
                    _("Calls without a caller"),
                    "mail.activity",
                    nobody,
                    CALLS,
                    "its_client_id",
                ),
            ],
            "state": [
                {
                    "label": _("Last import"),
                    "text": f"{last.display_name}: {states[last.state]}"
                    if last
                    else _("none yet"),
                    "action": "its_quality.its_import_action",
                },
                {
                    "label": _("Connections to 1C"),
                    "text": str(self.env["its.onec.connection"].search_count([])),
                    "action": "its_quality.its_onec_connection_action",
                },
            ],
        }

    # -------------------------------------------------------------------------
    # Tiles
    # -------------------------------------------------------------------------

    def _claims(self, key, label, domain, action=CLAIMS):
        return self._tile(
            key,
            label,
            "its.claim",
            domain,
            action,
            "name",
            "date_registered",
            "subject",
        )

    def _low(self):
        domain = Domain("its_is_waiting", "=", True) & Domain("its_is_low", "=", True)
        return self._tile(
            "low",
            self.env._("Low scores"),
            "survey.user_input",
            domain,
            "its_quality.survey_user_input_action_low",
            "its_client_id",
            "end_datetime",
        )

    def _my_calls(self):
        """As many as the desk shows."""
        desk = self.env["its.call.desk"]
        shares = Domain.OR(desk._shares(self._today))
        here = self.env["mail.activity"]._its_of_companies(self.env.companies)
        domain = shares & Domain(desk._due(self._today)) & here
        return self._tile(
            "calls",
            self.env._("My calls"),
            "mail.activity",
            domain,
            "its_quality.its_call_desk_action",
            "its_client_id",
            "date_deadline",
        )

    def _late_calls(self):
        domain = (
            Domain("its_client_id", "!=", False)
            & Domain("user_id", "not in", [False, self.env.uid])
            & Domain(overdue_domain(self._today))
        )
        return self._tile(
            "late",
            self.env._("Overdue calls of others"),
            "mail.activity",
            domain,
            CALLS,
            "its_client_id",
            "date_deadline",
        )

    def _tile(self, key, label, model, domain, action, name, since=None, detail=None):
        """How many there are, what opens them, and the oldest.

        :param name: the field that names one
        :param since: the field by which the oldest is found
        :param detail: a field that tells more
        """
        records = self.env[model]
        count = records.search_count(domain)
        rows = []
        if count:
            order = f"{since}, id" if since else records._order
            rows = [
                self._row(key, record, name, since, detail)
                for record in records.search(domain, limit=SHOWN, order=order)
            ]
        return {
            "key": key,
            "label": label,
            "count": count,
            "action": action,
            "domain": list(domain),
            "rows": rows,
        }

    def _row(self, key, record, name, since, detail):
        value = record[name]
        opened, call_id = record, False
        if record._name == "mail.activity":
            # One's own is made at the desk; of another's the client is shown.
            opened = record.its_client_id
            call_id = key == "calls" and record.user_id == self.env.user and record.id
        told = [record[detail]] if detail else []
        if record._name == "its.claim" and record.partner_id:
            told.append(record.partner_id.display_name)
        elif record._name == "mail.activity" and record.summary:
            told.append(record.summary)
        day = record[since] if since else False
        if day and record._fields[since].type == "datetime":
            day = self._company._its_day_of(day)
        return {
            "id": opened.id,
            "model": opened._name,
            "call_id": call_id,
            "name": value.display_name if record._fields[name].relational else value,
            "detail": " · ".join(told),
            "days": (self._today - day).days if day else None,
        }

    # -------------------------------------------------------------------------
    # Load
    # -------------------------------------------------------------------------

    def _my_teams(self):
        uid = self.env.uid
        mine = Domain("head_id", "=", uid) | Domain("deputy_id", "=", uid)
        return self.env["its.team"].search(mine)

    def _load(self):
        """How many claims each of the reader's people works on, and how many of them
        are late."""
        teams = self._my_teams()
        claims = self.env["its.claim"]
        at_work = Domain("state", "in", AT_WORK) & Domain("team_id", "in", teams.ids)
        counts = dict(claims._read_group(at_work, ["user_id"], ["__count"]))
        late = dict(
            claims._read_group(
                at_work & Domain("is_overdue", "=", True), ["user_id"], ["__count"]
            )
        )
        people = teams.member_ids | self.env["res.users"].union(*counts)
        rows = [
            {
                "id": user.id,
                "name": user.name,
                "count": counts.get(user, 0),
                "late": late.get(user, 0),
            }
            for user in people
        ]
        rows.sort(key=lambda row: (-row["count"], row["name"]))
        return rows[:MOST_PEOPLE]
