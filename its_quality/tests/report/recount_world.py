"""Two years of three firms in three zones, made up by chance: what a recount is of.

Rows are as plain as can be: what only time or the workflow would set is written by SQL.
The same seed makes the same firms, on whatever day.
"""

import random
from datetime import datetime, time, timedelta

import pytz

from odoo import fields
from odoo.tools import SQL

from ..common import DAY
from .recount import TABLES

ZONES = ("Europe/Moscow", "Asia/Vladivostok", "America/New_York")
YEARS = 730
HOUR = timedelta(hours=1)
LENGTHS = (30, 91, 182, 365)
# Days between a contract and the next: none, some, as many as may be and one more; or
# it begins before the other ends.
GAPS = (1, 1, 1, 1, 10, 30, 31, 45, -5, -30, -31)
OUTCOMES = ("reached", "reached", "reached", "no_answer", "call_back", "refused")
PURPOSES = ("constant", "quality", "renewal", "rollout", "other")
CHANNELS = ("call", "email", "visit", "questionnaire")


class World:
    """The firms: ``companies``, each with two ``teams``, people, clients, subscriptions,
    talks, calls, answers and claims.

    :param clients: how many there are in all
    """

    def __init__(self, env, seed, clients):
        self.env = env
        self.random = random.Random(seed)
        # To the second, as the database keeps it.
        self.now = fields.Datetime.now()
        self._make_firms()
        self._make_clients(clients)
        self._make_subscriptions()
        self._make_survey()
        self._make_responses()
        self._make_talks()
        self._make_calls()
        self._make_claims()
        env.flush_all()
        # Or the database takes all of this for empty, and reads it again for each row.
        names = SQL(", ").join(map(SQL.identifier, TABLES))
        env.cr.execute(SQL("ANALYZE %s", names))
        self.partners._update_its_contacts()
        env.invalidate_all()

    # -------------------------------------------------------------------------
    # By chance
    # -------------------------------------------------------------------------

    def is_so(self, share):
        return self.random.random() < share

    def one(self, among):
        return self.random.choice(among)

    def some_of(self, among, share=0.8):
        """One of them, or none."""
        return self.one(among) if among and self.is_so(share) else None

    def moment(self, company, latest=None):
        """A moment of the last two years, of each third within an hour of a midnight."""
        latest = latest or self.now
        moment = self.now - timedelta(seconds=self.random.randrange(YEARS * 86400))
        if self.is_so(0.3):
            zone = pytz.timezone(company.resource_calendar_id.tz)
            day = self.now.date() - timedelta(days=self.random.randrange(YEARS))
            night = zone.localize(datetime.combine(day, time.min))
            moment = night.astimezone(pytz.utc).replace(tzinfo=None)
            moment += timedelta(minutes=self.random.randrange(-60, 60))
        return min(moment, latest)

    def insert(self, table, rows):
        """Write rows as they are.

        :return: their ids
        """
        if not rows:
            return []
        self.env.flush_all()
        names = list(rows[0])
        found = self.env.execute_query(
            SQL(
                "INSERT INTO %s (%s) VALUES %s RETURNING id",
                SQL.identifier(table),
                SQL(", ").join(map(SQL.identifier, names)),
                SQL(", ").join(
                    SQL("%s", tuple(row[name] for name in names)) for row in rows
                ),
            )
        )
        return [number for (number,) in found]

    # -------------------------------------------------------------------------
    # Whoever is there
    # -------------------------------------------------------------------------

    def _make_firms(self):
        env = self.env
        self.companies = env["res.company"].create(
            [{"name": f"Пересчёт {zone}"} for zone in ZONES]
        )
        for company, zone in zip(self.companies, ZONES, strict=True):
            company.resource_calendar_id.tz = zone
        kinds = ("contract", "contract", "service", "program")
        self.services = env["its.service"].create(
            [
                {"name": f"Пересчёт {number}", "kind": kind}
                for number, kind in enumerate(kinds)
            ]
        )
        self.contracts = self.services[:2]
        self.people, self.teams = {}, {}
        for company in self.companies:
            users = env["res.users"].create(
                [
                    self._user(f"recount_{company.id}_{number}", company, group)
                    for number, group in enumerate(
                        ("client_manager", "client_manager", "head", "head")
                    )
                ]
            )
            self.people[company] = users[:2]
            self.teams[company] = env["its.team"].create(
                [
                    {
                        "name": f"Пересчёт {company.id} {number}",
                        "company_id": company.id,
                        "head_id": users[2 + number].id,
                        "member_ids": [(6, 0, users[number].ids)],
                        "service_ids": [(6, 0, services.ids)],
                    }
                    for number, services in enumerate(
                        (self.contracts, self.services[2:])
                    )
                ]
            )
        self.reader = env["res.users"].create(
            self._user("recount_reader", self.companies, "quality_manager")
        )
        self.problems = env["its.claim.problem"].create(
            [{"name": f"Пересчёт {number}"} for number in range(3)]
        )
        self.wishes = env["its.wish"].create(
            [{"name": f"Пересчёт {number}"} for number in range(3)]
        )
        self.reason = env["its.cancellation.reason"].create({"name": "Пересчёт"})

    def _user(self, login, companies, group):
        return {
            "login": login,
            "name": login,
            "email": f"{login}@example.com",
            "company_id": companies[:1].id,
            "company_ids": [(6, 0, companies.ids)],
            "group_ids": [(6, 0, self.env.ref(f"its_quality.group_{group}").ids)],
            "tz": ZONES[0],
        }

    def _make_clients(self, count):
        values, self.firm_of = [], {}
        for number in range(count):
            company = self.companies[number % len(self.companies)]
            manager = self.some_of(self.people[company])
            values.append(
                {
                    "name": f"Пересчёт {number}",
                    "is_company": True,
                    "its_client": True,
                    "its_kind": "company",
                    # Some belong to all firms.
                    "company_id": self.is_so(0.9) and company.id,
                    "user_id": manager and manager.id,
                    "its_call_consent": "refused" if self.is_so(0.05) else "granted",
                    "active": self.is_so(0.95),
                }
            )
        self.partners = self.env["res.partner"].create(values)
        for number, partner in enumerate(self.partners):
            self.firm_of[partner] = self.companies[number % len(self.companies)]

    def _make_subscriptions(self):
        values = []
        for partner, company in self.firm_of.items():
            today = company._its_today()
            for kind in ("contract", "contract", "program", "service"):
                if self.is_so(0.75 if kind == "contract" else 0.4):
                    values += self._periods(partner, company, today, kind)
        model = self.env["its.subscription"]
        self.subscriptions = model.create(values)
        self.of_client = {
            partner: list(found)
            for partner, found in self.subscriptions.grouped("partner_id").items()
        }

    def _periods(self, partner, company, today, kind):
        """A chain of subscriptions, more or less unbroken."""
        services = self.services.filtered(lambda service: service.kind == kind)
        service = self.one(services)
        start = today - timedelta(days=self.random.randrange(60, YEARS + 200))
        length = self.one(LENGTHS)
        until = today + timedelta(days=self.random.randrange(-200, 400))
        found = []
        while start < until:
            end = start + timedelta(days=length - 1)
            values = {
                "partner_id": partner.id,
                "company_id": company.id,
                "service_id": service.id,
                "contract_number": f"{len(found)}-{self.random.randrange(10**9)}",
                "date_start": start,
                "date_end": end,
            }
            if self.is_so(0.1):
                day = start + timedelta(days=self.random.randrange(length))
                values["date_cancelled"] = day
                values["cancellation_reason_id"] = self.reason.id
                end = max(day - DAY, start)
            elif self.is_so(0.03):
                values["date_end"] = False
                found.append(values)
                break
            found.append(values)
            start = max(end + timedelta(days=self.one(GAPS)), start + DAY)
            if self.is_so(0.2):
                service = self.one(services)
        return found

    # -------------------------------------------------------------------------
    # What is said
    # -------------------------------------------------------------------------

    def _make_survey(self):
        env = self.env
        self.survey = env["survey.survey"].create(
            {"title": "Пересчёт", "survey_type": "its", "company_id": False}
        )
        options = [
            (0, 0, {"value": f"{points}", "answer_score": points, "sequence": points})
            for points in (1, 2, 5)
        ]
        questions = (
            {"question_type": "scale", "its_meaning": "nps"},
            {
                "question_type": "scale",
                "scale_min": 1,
                "scale_max": 5,
                "its_meaning": "csat",
            },
            {
                "question_type": "simple_choice",
                "its_meaning": "csat",
                "suggested_answer_ids": options,
            },
            {"question_type": "multiple_choice", "suggested_answer_ids": options},
            {"question_type": "text_box", "its_meaning": "wish"},
        )
        self.questions = env["survey.question"].create(
            [
                {
                    "survey_id": self.survey.id,
                    "title": f"Пересчёт {number}",
                    "sequence": number,
                    **values,
                }
                for number, values in enumerate(questions)
            ]
        )

    def _make_responses(self):
        values = []
        for partner, company in self.firm_of.items():
            for _number in range(self.random.randrange(8)):
                subscription = self.some_of(self.of_client.get(partner))
                interviewer = self.some_of(self.people[company], 0.6)
                moment = self.moment(company)
                values.append(
                    {
                        "survey_id": self.survey.id,
                        "state": "done" if self.is_so(0.9) else "in_progress",
                        "test_entry": self.is_so(0.05),
                        "its_client_id": partner.id,
                        "its_service_id": subscription and subscription.service_id.id,
                        "its_subscription_id": subscription and subscription.id,
                        "company_id": company.id,
                        "its_interviewer_id": interviewer and interviewer.id,
                        "start_datetime": moment - HOUR,
                        "end_datetime": moment,
                        "user_input_line_ids": [
                            (0, 0, line) for line in self._answers()
                        ],
                    }
                )
        self.responses = self.env["survey.user_input"].create(values)
        for response in self.responses:
            if response.state == "done":
                response._its_store_scores()

    def _answers(self):
        found = []
        for question in self.questions:
            line = {"question_id": question.id, "skipped": False}
            kind = question.question_type
            if self.is_so(0.2):
                found.append({**line, "skipped": True, "answer_type": False})
            elif kind == "scale":
                mark = self.random.randint(question.scale_min, question.scale_max)
                found.append({**line, "answer_type": "scale", "value_scale": mark})
            elif kind == "text_box":
                found.append({**line, "answer_type": kind, "value_text_box": "Ещё"})
            else:
                options = question.suggested_answer_ids
                most = 2 if kind == "multiple_choice" else 1
                found += [
                    {
                        **line,
                        "answer_type": "suggestion",
                        "suggested_answer_id": option.id,
                    }
                    for option in self.random.sample(list(options), most)
                ]
        return found

    def _make_talks(self):
        values = []
        for partner, company in self.firm_of.items():
            if self.is_so(0.1):
                continue
            done = self.responses.filtered(
                lambda one, client=partner: (
                    one.its_client_id == client and one.state == "done"
                )
            )
            for response in [None] * self.random.randrange(25) + list(done):
                moment = response and response.end_datetime
                subscription = self.some_of(self.of_client.get(partner))
                values.append(
                    {
                        "partner_id": partner.id,
                        "company_id": company.id,
                        "user_id": self.one(self.people[company]).id,
                        "subscription_id": subscription and subscription.id,
                        "date_start": moment or self.moment(company),
                        "duration": self.random.randrange(8) / 4,
                        "channel": self.one(CHANNELS),
                        "purpose": self.one(PURPOSES),
                        "outcome": self.one(OUTCOMES),
                        "response_id": response and response.id,
                        "wish_ids": [(6, 0, self.one(self.wishes).ids)]
                        if self.is_so(0.1)
                        else [],
                    }
                )
        self.talks = self.env["its.interaction"].create(values)

    def _make_calls(self):
        """Calls of cadences and by hand: to come, late, made, postponed, withdrawn."""
        rows = []
        kind = self.env.ref("mail.mail_activity_data_call").id
        model = self.env["ir.model"]._get_id("res.partner")
        cadences = self.env["its.cadence"].search(
            [("company_id", "in", self.companies.ids)]
        )
        self.cadences = cadences.grouped("company_id")
        for partner, company in self.firm_of.items():
            today = company._its_today()
            planned = set()
            for _number in range(self.random.randrange(10)):
                cadence = self.some_of(self.cadences.get(company), 0.7)
                # Whoever is archived is not called any more.
                is_open = self.is_so(0.3) and cadence not in planned and partner.active
                if is_open and cadence:
                    planned.add(cadence)
                back = self.random.randrange(-20 if is_open else 0, 120)
                day = today - timedelta(days=back)
                made = min(day + timedelta(days=self.random.randrange(-3, 9)), today)
                late = self.is_so(0.1)
                subscription = self.some_of(self.of_client.get(partner))
                rows.append(
                    {
                        "res_model_id": model,
                        "res_model": "res.partner",
                        "res_id": partner.id,
                        "res_name": partner.name,
                        "activity_type_id": kind,
                        "user_id": self.one(self.people[company]).id,
                        "date_deadline": day,
                        "automated": True,
                        "active": is_open,
                        "date_done": None if is_open else made,
                        "its_client_id": partner.id,
                        "its_cadence_id": cadence and cadence.id,
                        "its_subscription_id": subscription and subscription.id,
                        "its_team_id": subscription and subscription.team_id.id,
                        "its_purpose": self.one(PURPOSES),
                        "its_late_since": day - 5 * DAY if late else None,
                        "its_withdrawn": not is_open and self.is_so(0.2),
                        "create_date": self.now - (back + 15) * DAY,
                        "create_uid": 1,
                    }
                )
        self.insert("mail_activity", rows)

    # -------------------------------------------------------------------------
    # Claims
    # -------------------------------------------------------------------------

    def _make_claims(self):
        stages = self.env["its.claim.stage"].search([])
        self.stages = {stage.state: stage.id for stage in reversed(stages)}
        claims, ways, wishes = [], [], []
        for partner, company in self.firm_of.items():
            for _number in range(self.random.randrange(6)):
                way = self._way(company)
                claims.append(self._claim(partner, company, way, len(claims)))
                ways.append(way)
                wishes.append(self.some_of(self.wishes, 0.2))
        ids = self.insert("its_claim", claims)
        movements = []
        for number, claim, way, wish in zip(ids, claims, ways, wishes, strict=True):
            before, began = None, way[0][1]
            for state, moment, working in way:
                movements.append(
                    {
                        "claim_id": number,
                        "from_state": before and before[0],
                        "from_stage_id": before and self.stages[before[0]],
                        "to_state": state,
                        "to_stage_id": self.stages[state],
                        "date": moment,
                        "user_id": claim["author_id"],
                        "responsible_id": claim["user_id"],
                        "deadline_at": self.some_of(
                            [claim["deadline_at"], began + 3 * DAY]
                        ),
                        "hours": (moment - before[1]) / HOUR if before else 0,
                        "working_hours": working if before else 0,
                    }
                )
                before = (state, moment)
            if wish:
                self.env.cr.execute(
                    SQL(
                        "INSERT INTO its_claim_its_wish_rel VALUES (%s, %s)",
                        number,
                        wish.id,
                    )
                )
        self.insert("its_claim_movement", movements)

    def _way(self, company):
        """The states of a claim, each with the moment it came there and the working
        hours it stood before; up to now."""
        way = ["registered"]
        if self.is_so(0.1):
            way.append("rejected")
        else:
            way += ["dispatched", "in_progress", "verification"]
            if self.is_so(0.2):
                way += ["in_progress", "verification"]
            way.append("follow_up")
            if self.is_so(0.2):
                way += ["in_progress", "verification", "follow_up"]
            way.append("closed")
            if self.is_so(0.2):
                way += ["in_progress", "verification", "follow_up", "closed"]
        moment = self.moment(company)
        found = []
        for state in way[: self.one((2, 3, 20, 20, 20))]:
            if moment > self.now:
                break
            found.append((state, moment, self.random.randrange(40) / 2))
            moment += timedelta(seconds=self.random.randrange(60, 6 * 86400))
        return found

    def _claim(self, partner, company, way, number):
        states = [state for state, _moment, _working in way]
        state, ended = states[-1], states[-1] in ("closed", "rejected")
        began = way[0][1]
        back = sum(
            former in ("follow_up", "closed") and then == "in_progress"
            for former, then in zip(states, states[1:], strict=False)
        )
        again = sum(
            former == "verification" and then == "in_progress"
            for former, then in zip(states, states[1:], strict=False)
        )
        found = "verification" in states
        managers = self.people[company]
        return {
            "name": f"ПЕРЕСЧЁТ-{number}",
            "subject": "Пересчёт",
            "priority": self.one("0123"),
            "channel": self.one(("phone", "email", "form")),
            "company_id": company.id,
            "partner_id": partner.id,
            # Whose the client was then.
            "manager_id": self.one([*managers, partner.user_id]).id or None,
            "service_id": self.one(self.services).id,
            "team_id": self.one(self.teams[company]).id
            if len(states) > 1 and states[1] != "rejected"
            else None,
            "author_id": self.one(managers).id,
            "user_id": self.one(managers).id if "in_progress" in states else None,
            "stage_id": self.stages[state],
            "state": state,
            "problem_id": self.one(self.problems).id if found else None,
            "problem_service_id": self.one(self.services).id if found else None,
            "justified": self.one(("yes", "no")) if found else None,
            "date_registered": began,
            "date_stage": way[-1][1],
            "date_closed": way[-1][1] if ended else None,
            "date_deadline": (began + 5 * DAY).date(),
            "deadline_at": began + self.random.randrange(200) * HOUR
            if self.is_so(0.9)
            else None,
            "waiting_since": way[-1][1]
            if state == "in_progress" and self.is_so(0.3)
            else None,
            "working_hours": sum(working for _state, _moment, working in way[1:]),
            "on_time": found and self.is_so(0.7),
            "on_time_first": found and self.is_so(0.5),
            "rework_count": again or None,
            "reopen_count": back or None,
            "satisfaction": self.one(("5", "5", "3", "1", "none"))
            if state == "closed"
            else None,
            "first_answer_on": began + HOUR if found else None,
            "first_answer_hours": self.random.randrange(20) if found else 0,
            "first_answer_in_time": self.one(("yes", "no")) if found else None,
        }
