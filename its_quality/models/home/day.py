"""What waits for somebody today, by their roles: tiles, and the oldest behind each."""

from datetime import timedelta
from typing import NamedTuple

from odoo.fields import Domain

from ..base.counting import count_all
from ..base.groups import GROUP_ADMINISTRATOR, GROUP_HEAD, GROUP_QUALITY_MANAGER
from ..call.due import overdue_domain
from ..claim.deadline import AT_WORK
from ..claim.rules import ENDED

# The oldest of what waits; the rest is behind the tile.
SHOWN = 6
CLAIMS = "its_quality.its_claim_action"
CALLS = "its_quality.mail_activity_action_call"
# How many people a chart of the load shows.
MOST_PEOPLE = 12


# By what a row names a client.
CLIENT_FIELDS = ("partner_id", "its_client_id")


class Tile(NamedTuple):
    """How many of something there are, what opens them, and the oldest.

    ``name`` is the field that names one, ``since`` that by which the oldest is found,
    ``detail`` one that tells more.
    """

    key: str
    label: str
    model: str
    domain: Domain
    action: str
    name: str
    since: str | None = None
    detail: str | None = None


class Day:
    """The parts of the page of a reader, who may have several roles.

    :param env: of the reader, by whose rights everything is counted
    :param hour: the checklist of an administrator, see :mod:`.first_hour`
    """

    def __init__(self, env, hour):
        self.env = env
        self._company = env.company
        self._today = env.company._its_today()
        self._teams = None
        self._hour = hour

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
        tiles = [tile for part in parts for tile in part["tiles"]]
        filled = iter(self._filled(tiles))
        for part in parts:
            part["tiles"] = [next(filled) for _tile in part["tiles"]]
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
                Tile(
                    "clients",
                    _("Clients without a manager"),
                    "res.partner",
                    clients & Domain("user_id", "=", False),
                    "its_quality.its_client_action",
                    "complete_name",
                ),
                Tile(
                    "services",
                    _("Services without a team"),
                    "its.service",
                    Domain("id", "in", self._hour.loose_services().ids),
                    "its_quality.its_service_action",
                    "name",
                ),
                Tile(
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
        return Tile(
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
        return Tile(
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
        return Tile(
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
        return Tile(
            "late",
            self.env._("Overdue calls of others"),
            "mail.activity",
            domain,
            CALLS,
            "its_client_id",
            "date_deadline",
        )

    def _filled(self, tiles):
        """What the page shows of some tiles; what they have in common is read at once.

        :return: a list of dicts
        """
        found = self._found(tiles)
        cards = self.env["res.partner"].union(
            *(
                records[name]
                for _count, records in found
                for name in CLIENT_FIELDS
                if name in records._fields
            )
        )
        cards.mapped("display_name")
        return [
            {
                "key": tile.key,
                "label": tile.label,
                "count": count,
                "action": tile.action,
                "domain": list(tile.domain),
                "rows": [self._row(tile, record) for record in records],
            }
            for tile, (count, records) in zip(tiles, found, strict=True)
        ]

    def _found(self, tiles):
        """How many there are of each tile, and the oldest of them."""
        # Whoever searches activities gets all of them: Odoo looks at their rights.
        told = [tile for tile in tiles if tile.model != "mail.activity"]
        asked = [(self.env[tile.model], tile.domain) for tile in told]
        counts = iter(count_all(self.env, *asked))
        found = []
        for tile in tiles:
            records = self.env[tile.model]
            order = f"{tile.since}, id" if tile.since else records._order
            if tile in told:
                count = next(counts)
                if count:
                    records = records.search_fetch(
                        tile.domain, limit=SHOWN, order=order
                    )
            else:
                records = records.search(tile.domain, order=order)
                count = len(records)
            found.append((count, records[:SHOWN]))
        # Only what is shown is read, that of several tiles at once.
        calls = {
            call_id
            for _count, records in found
            if records._name == "mail.activity"
            for call_id in records.ids
        }
        return [
            (count, records.with_prefetch(calls))
            if records._name == "mail.activity"
            else (count, records)
            for count, records in found
        ]

    def _row(self, tile, record):
        name, since = tile.name, tile.since
        value = record[name]
        opened, call_id = record, False
        if record._name == "mail.activity":
            # One's own is made at the desk; of another's the client is shown.
            opened = record.its_client_id
            call_id = (
                tile.key == "calls" and record.user_id == self.env.user and record.id
            )
        told = [record[tile.detail]] if tile.detail else []
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
        if self._teams is None:
            uid = self.env.uid
            mine = Domain("head_id", "=", uid) | Domain("deputy_id", "=", uid)
            self._teams = self.env["its.team"].search_fetch(mine, ["member_ids"])
        return self._teams

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
        names = people._its_names()
        rows = [
            {
                "id": user.id,
                "name": names[user.id],
                "count": counts.get(user, 0),
                "late": late.get(user, 0),
            }
            for user in people
        ]
        rows.sort(key=lambda row: (-row["count"], row["name"]))
        return rows[:MOST_PEOPLE]
