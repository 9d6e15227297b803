"""The figures a second time, as simply as can be: loops over plain rows, by the
definitions in docs/en/figures.md and nothing of the code that they are counted by.

All is asked of one reader who may read everything of some companies.
"""

from collections import Counter, defaultdict
from datetime import datetime, time, timedelta

import pytz
from dateutil.relativedelta import relativedelta

from odoo.tools import SQL

TABLES = (
    "its_cadence",
    "its_claim",
    "its_claim_movement",
    "its_interaction",
    "its_service",
    "its_subscription",
    "mail_activity",
    "res_partner",
    "survey_question",
    "survey_question_answer",
    "survey_user_input",
    "survey_user_input_line",
)
ENDED = ("closed", "rejected")
DAY = timedelta(days=1)


def mean(values):
    """The mean of those that are known, ``None`` of none."""
    known = [value for value in values if value is not None]
    return sum(known) / len(known) if known else None


def share(part, whole):
    return 100 * part / whole if whole else None


def hundred(condition):
    return 100 if condition else 0


class Recount:
    """Plain rows, and what they come to for a reader of some companies.

    :param companies: the first is whose days count
    :param now: the moment of asking
    """

    def __init__(self, env, companies, now):
        env.flush_all()
        self.now = now
        self.zone = pytz.timezone(companies[0].resource_calendar_id.tz)
        self.today = self.day(now)
        self.gap = companies[0].its_renewal_gap
        self.companies = set(companies.ids)
        rows = {}
        for table in TABLES:
            env.cr.execute(SQL("SELECT * FROM %s ORDER BY id", SQL.identifier(table)))
            rows[table] = {row["id"]: row for row in env.cr.dictfetchall()}
        self.rows = rows
        self.clients = {
            number: row
            for number, row in rows["res_partner"].items()
            if row["its_client"]
            and (row["company_id"] is None or row["company_id"] in self.companies)
        }
        self.subscriptions = self._own("its_subscription")
        self.talks = self._own("its_interaction")
        self.claims = self._own("its_claim")
        self.responses = {
            row["id"]: row
            for row in rows["survey_user_input"].values()
            if row["its_client_id"]
            and row["state"] == "done"
            and not row["test_entry"]
            and (row["company_id"] is None or row["company_id"] in self.companies)
        }
        self.movements = defaultdict(list)
        for row in sorted(
            rows["its_claim_movement"].values(),
            key=lambda row: (row["date"], row["id"]),
        ):
            self.movements[row["claim_id"]].append(row)
        self.calls = [
            row
            for row in rows["mail_activity"].values()
            if row["its_client_id"] in self.clients
            and self._company_of(row) in (None, *self.companies)
        ]
        self.lines_of = defaultdict(list)
        for row in rows["survey_user_input_line"].values():
            self.lines_of[row["user_input_id"]].append(row)
        # Where each firm is, also those of cadences.
        self.zones = {
            company.id: pytz.timezone(company.resource_calendar_id.tz)
            for company in companies
        }
        self._chain()

    def _company_of(self, call):
        """Whose a call is: of its contract, its claim, its cadence, its client."""
        for table, name in (
            ("its_subscription", "its_subscription_id"),
            ("its_claim", "its_claim_id"),
            ("its_cadence", "its_cadence_id"),
            ("res_partner", "its_client_id"),
        ):
            found = self.rows[table].get(call[name])
            if found and found["company_id"]:
                return found["company_id"]
        return None

    def _own(self, table):
        return [
            row
            for row in self.rows[table].values()
            if row["company_id"] in self.companies
        ]

    # -------------------------------------------------------------------------
    # Days
    # -------------------------------------------------------------------------

    def day(self, moment):
        return pytz.utc.localize(moment).astimezone(self.zone).date()

    def midnight(self, day):
        night = self.zone.localize(datetime.combine(day, time.min), is_dst=True)
        return night.astimezone(pytz.utc).replace(tzinfo=None)

    def within(self, moment, first, last):
        return moment is not None and first <= self.day(moment) <= last

    # -------------------------------------------------------------------------
    # Contracts
    # -------------------------------------------------------------------------

    def _chain(self):
        """Who continues whom: design.md §4, one pair after another."""
        for row in self.rows["its_subscription"].values():
            kind = self.rows["its_service"][row["service_id"]]["kind"]
            last = row["date_end"]
            if row["date_cancelled"]:
                eve = row["date_cancelled"] - DAY
                last = min(last, eve) if last else eve
            start = row["date_start"]
            began = not (start and last and last < start)
            row.update(kind=kind, last=last, began=began, former=None, follower=None)
        groups = defaultdict(list)
        for row in self.subscriptions:
            what = None if row["kind"] == "contract" else row["service_id"]
            key = (row["partner_id"], row["company_id"], row["kind"], what)
            groups[key].append(row)
        for group in groups.values():
            self._chain_group(group)
        for row in self.subscriptions:
            row["covered"] = row["last"]
            if row["follower"]:
                eve = row["follower"]["date_start"] - DAY
                row["covered"] = max(row["last"], eve)

    def _chain_group(self, group):
        pairs = []
        for former in group:
            for row in group:
                if former is row or not (former["began"] and row["began"]):
                    continue
                if not former["last"] or not row["date_start"]:
                    continue
                if former["date_start"] and former["date_start"] >= row["date_start"]:
                    continue
                away = (row["date_start"] - former["last"]).days
                if abs(away) > self.gap:
                    continue
                pairs.append(
                    (
                        row["previous_id"] != former["id"],
                        row["previous_id"] != former["id"]
                        and row["service_id"] != former["service_id"],
                        abs(away - 1),
                        row["registration_number"] != former["registration_number"],
                        row["contract_number"] != former["contract_number"],
                        row["date_start"],
                        row["id"],
                        former["id"],
                    )
                )
        pairs.sort()
        by_id = {row["id"]: row for row in group}
        # What was cancelled soon and was not continued itself has continued nothing.
        nothing = set()
        while True:
            for row in group:
                row["former"] = row["follower"] = None
            for *_rank, follower, former in pairs:
                row, before = by_id[follower], by_id[former]
                if follower in nothing or row["former"] or before["follower"]:
                    continue
                row["former"], before["follower"] = before, row
            soon = {
                row["id"]
                for row in group
                if row["former"]
                and not row["follower"]
                and row["date_cancelled"]
                and (row["date_cancelled"] - row["date_start"]).days <= self.gap
            }
            if not soon:
                return
            nothing |= soon

    def since(self, row):
        starts = []
        while row:
            starts.append(row["date_start"])
            row = row["former"]
        known = [start for start in starts if start]
        return min(known) if known else None

    def in_force(self, row, day):
        return (
            (not row["date_start"] or row["date_start"] <= day)
            and (not row["date_end"] or day <= row["date_end"])
            and (not row["date_cancelled"] or day < row["date_cancelled"])
        )

    def contracts(self, team=None, service=None):
        return [
            row
            for row in self.subscriptions
            if row["kind"] == "contract"
            and (not team or row["last_team_id"] == team)
            and (not service or row["service_id"] == service)
        ]

    def covers(self, row, day):
        return (
            row["began"]
            and (not row["date_start"] or row["date_start"] <= day)
            and (not row["covered"] or day <= row["covered"])
        )

    def retention(self, first, last, team=None, service=None):
        """Kept, lost and undecided clients."""
        last = min(last, self.today)
        found = Counter()
        clients = {
            row["partner_id"]
            for row in self.contracts(team, service)
            if self.covers(row, first) and row["partner_id"] in self.clients
        }
        of_client = defaultdict(list)
        for row in self.contracts():
            of_client[row["partner_id"]].append(row)
        for client in clients:
            if any(self.covers(row, last) for row in of_client[client]):
                found["kept"] += 1
            elif any(
                row["began"]
                and row["last"]
                and not row["date_cancelled"]
                and not row["follower"]
                and last - self.gap * DAY < row["last"] <= last
                for row in of_client[client]
            ):
                found["undecided"] += 1
            else:
                found["lost"] += 1
        return found

    def outcome(self, row, last):
        if row["follower"]:
            return "continued"
        if row["date_cancelled"] or row["last"] <= last - self.gap * DAY:
            return "not_continued"
        return "undecided"

    def prolongation(self, first, last, team=None, service=None):
        """Continued, not continued and undecided contracts."""
        last = min(last, self.today)
        return Counter(
            self.outcome(row, last)
            for row in self.contracts(team, service)
            if row["began"]
            and row["last"]
            and first <= row["last"] <= min(last, self.today - DAY)
        )

    def to_renew(self, team=None, service=None):
        """Contracts that end within thirty days: those to renew, those renewed."""
        ending = [
            row
            for row in self.contracts(team, service)
            if row["began"]
            and row["last"]
            and self.in_force(row, self.today)
            and row["last"] <= self.today + 30 * DAY
        ]
        renewed = [row for row in ending if row["follower"]]
        open_ones = [
            row for row in ending if not row["follower"] and not row["date_cancelled"]
        ]
        return len(open_ones), len(renewed)

    # -------------------------------------------------------------------------
    # Whose; calls and talks
    # -------------------------------------------------------------------------

    def is_of_team(self, client, team, first, last):
        """Whether a client has used a service of a team in some days."""
        return not team or any(
            row["partner_id"] == client
            and row["last_team_id"] == team
            and (row["date_start"] or last) <= last
            and (row["date_end"] or first) >= first
            and not (row["date_cancelled"] and row["date_cancelled"] <= first)
            for row in self.subscriptions
        )

    def is_about(self, then, client, team, first, last):
        """Whether something was about a team, of which it keeps whose service it was."""
        if not team or then:
            return not team or then == team
        return self.is_of_team(client, team, first, last)

    def of_team(self, rows, team):
        return [row for row in rows if not team or row["team_id"] == team]

    def calls_of(self, *about):
        for call in self.calls:
            if self.is_about(call["its_team_id"], call["its_client_id"], *about):
                yield call

    def overdue(self, first, last, team=None):
        """Calls that are late on a day, as it stood when that day was over."""
        found = 0
        for call in self.calls_of(team, first, last):
            since = call["its_late_since"]
            if not (call["date_deadline"] < last or (since and since < last)):
                continue
            if last >= self.today:
                found += call["active"]
            elif self.day(call["create_date"]) <= last:
                found += call["active"] or call["date_done"] > last
        return found

    def calls_today(self, first, team=None):
        """Those to make, those made."""
        calls = list(self.calls_of(team, first, self.today))
        open_ones = [
            call
            for call in calls
            if call["active"]
            and call["date_deadline"] == self.today
            and not (call["its_late_since"] and call["its_late_since"] < self.today)
        ]
        made = [
            call
            for call in calls
            if not call["active"]
            and call["date_done"] == self.today
            and not call["its_withdrawn"]
        ]
        return len(open_ones), len(made)

    def next_day(self, cadence, day):
        number = cadence["interval_number"]
        if cadence["interval_unit"] == "week":
            return day + relativedelta(weeks=number)
        return day + relativedelta(months=number)

    def coverage(self, last, team=None):
        """Clients whose periodic cadences are all kept, and all who have one."""
        kept = defaultdict(list)
        talked = defaultdict(list)
        for talk in self.talks:
            if talk["outcome"] == "reached":
                talked[talk["partner_id"]].append(talk)
        for cadence in self._own("its_cadence"):
            if cadence["trigger"] == "periodic" and cadence["active"]:
                of_cadence = self._kept(cadence, last, talked)
                for client, is_kept in of_cadence.items():
                    if self.is_of_team(client, team, last, last):
                        kept[client].append(is_kept)
        return sum(map(all, kept.values())), len(kept)

    def _kept(self, cadence, last, talked):
        zone = self.zones[cadence["company_id"]]
        since = defaultdict(list)
        for row in self.subscriptions:
            client = self.clients.get(row["partner_id"])
            if (
                client
                and client["active"]
                and client["its_call_consent"] != "refused"
                and row["company_id"] == cadence["company_id"]
                and (
                    not cadence["service_kind"]
                    or cadence["service_kind"] == row["kind"]
                )
                and self.in_force(row, last)
            ):
                since[client["id"]].append(self.since(row))
        found = {}
        for client, starts in since.items():
            is_kept = False
            for talk in talked[client]:
                day = pytz.utc.localize(talk["date_start"]).astimezone(zone).date()
                if (
                    talk["company_id"] == cadence["company_id"]
                    and cadence["purpose"] in ("constant", talk["purpose"])
                    and day <= last <= self.next_day(cadence, day)
                ):
                    is_kept = True
            is_old = None in starts or self.next_day(cadence, min(starts)) < last
            if is_kept or is_old:
                found[client] = is_kept
        return found

    def talked(self, first, last, team=None):
        return [
            talk
            for talk in self.talks
            if self.within(talk["date_start"], first, last)
            and self.is_about(talk["team_id"], talk["partner_id"], team, first, last)
        ]

    # -------------------------------------------------------------------------
    # Answers
    # -------------------------------------------------------------------------

    def mark(self, line):
        """From 0 to 100, ``None`` of what is no mark."""
        question = self.rows["survey_question"][line["question_id"]]
        if line["skipped"]:
            return None
        if question["question_type"] == "scale":
            low, high = question["scale_min"], question["scale_max"]
            return 100 * (line["value_scale"] - low) / (high - low)
        if question["question_type"] == "simple_choice":
            points = [
                option["answer_score"]
                for option in self.rows["survey_question_answer"].values()
                if option["question_id"] == question["id"]
            ]
            chosen = self.rows["survey_question_answer"].get(
                line["suggested_answer_id"]
            )
            if chosen and min(points) < max(points):
                part = chosen["answer_score"] - min(points)
                return 100 * part / (max(points) - min(points))
        return None

    def answered(self, first=None, last=None, team=None):
        """What was answered: for each answer the response, the question, the mark."""
        found = []
        for line in self.rows["survey_user_input_line"].values():
            response = self.responses.get(line["user_input_id"])
            if not response or line["skipped"]:
                continue
            if first and not self.within(response["end_datetime"], first, last):
                continue
            about = response["its_team_id"], response["its_client_id"], team
            if self.is_about(*about, first, last):
                question = self.rows["survey_question"][line["question_id"]]
                found.append((response, question, self.mark(line)))
        return found

    @staticmethod
    def points(mark):
        """Of NPS: promoters 9 and 10, passive 7 and 8."""
        return 100 if mark >= 90 else 0 if mark >= 70 else -100

    def nps(self, answers):
        return [
            self.points(mark)
            for _response, question, mark in answers
            if question["its_meaning"] == "nps" and mark is not None
        ]

    def csat(self, answers):
        return [
            mark
            for _response, question, mark in answers
            if question["its_meaning"] == "csat" and mark is not None
        ]

    # -------------------------------------------------------------------------
    # Claims
    # -------------------------------------------------------------------------

    def state_at(self, claim, moment):
        """Where a claim was just before a moment, ``None`` before there was one."""
        state = None
        for movement in self.movements[claim["id"]]:
            if movement["date"] < moment:
                state = movement["to_state"]
        return state

    def open_on(self, last, team=None):
        """Claims on their way when a day was over."""
        claims = self.of_team(self.claims, team)
        if last >= self.today:
            return [claim for claim in claims if claim["state"] not in ENDED]
        after = self.midnight(last + DAY)
        states = [(claim, self.state_at(claim, after)) for claim in claims]
        return [claim for claim, state in states if state and state not in ENDED]

    def overdue_claims(self, team=None):
        """Claims that are late now."""
        return [
            claim
            for claim in self.of_team(self.claims, team)
            if claim["state"] in ("dispatched", "in_progress")
            and not claim["waiting_since"]
            and claim["deadline_at"]
            and claim["deadline_at"] <= self.now
        ]

    def late_on(self, last, team=None):
        """Claims that were late when a day was over."""
        if last >= self.today:
            return self.overdue_claims(team)
        after = self.midnight(last + DAY)
        found = []
        for claim in self.open_on(last, team):
            if self.state_at(claim, after) not in ("dispatched", "in_progress"):
                continue
            later = [m for m in self.movements[claim["id"]] if m["date"] >= after]
            waits = claim["waiting_since"] and claim["waiting_since"] < after
            if not later and waits:
                continue
            deadline = (later or [claim])[0]["deadline_at"]
            if deadline and deadline <= after:
                found.append(claim)
        return found

    def closed(self, first, last, team=None):
        return [
            claim
            for claim in self.of_team(self.claims, team)
            if claim["state"] == "closed"
            and self.within(claim["date_closed"], first, last)
        ]

    def done(self, first, last, team=None):
        """Those that were closed, opened again since or not."""
        return [
            claim
            for claim in self.of_team(self.claims, team)
            if any(
                movement["to_state"] == "closed"
                and self.within(movement["date"], first, last)
                for movement in self.movements[claim["id"]]
            )
        ]

    def opened(self, first, last, team=None):
        return [
            claim
            for claim in self.of_team(self.claims, team)
            if self.within(claim["date_registered"], first, last)
        ]

    # -------------------------------------------------------------------------
    # The dashboard
    # -------------------------------------------------------------------------

    def tiles(self, first, last, team=None):
        """The figures of a period that has one before."""
        talks = self.talked(first, last, team)
        answers = self.answered(first, last, team)
        closed = self.closed(first, last, team)
        kept, every = self.coverage(last, team)
        clients = self.retention(first, last, team)
        contracts = self.prolongation(first, last, team)
        return {
            "overdue": self.overdue(first, last, team),
            "coverage": share(kept, every),
            "interactions": len(talks),
            "nps": mean(self.nps(answers)),
            "csat": mean(self.csat(answers)),
            "claims_open": len(self.open_on(last, team)),
            "claims_overdue": len(self.late_on(last, team)),
            "claims_opened": len(self.opened(first, last, team)),
            "claims_closed": len(self.done(first, last, team)),
            "hours": mean([claim["working_hours"] or 0 for claim in closed]),
            "on_time": mean([hundred(claim["on_time"]) for claim in closed]),
            "retention": share(clients["kept"], clients["kept"] + clients["lost"]),
            "prolongation": share(
                contracts["continued"],
                contracts["continued"] + contracts["not_continued"],
            ),
        }
