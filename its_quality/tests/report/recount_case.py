from collections import defaultdict

from odoo.tests import TransactionCase, freeze_time

from ..common import QUIET
from ..tier import count
from .recount import ENDED, Recount, hundred, mean
from .recount_world import World

PERIODS = {"month": 30, "quarter": 91, "year": 365}
SEED = 18
CLIENTS = count(60, 500)


class RecountCase(TransactionCase):
    """Each figure counted a second time, from plain rows by simple loops: of three firms
    in three zones, two years long and made up by chance."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env = cls.env(context={**cls.env.context, **QUIET})
        cls.world = World(cls.env, SEED, CLIENTS)
        every = [*cls.world.companies, cls.world.companies]
        cls.recounts = {firms: cls.recount_of(firms) for firms in every}

    @classmethod
    def recount_of(cls, companies):
        return Recount(cls.env, companies, cls.world.now)

    def setUp(self):
        super().setUp()
        # Ages are as of one moment for both, however slow the machine is.
        self.enterContext(freeze_time(self.world.now))

    def as_reader(self, model, companies):
        """A model as the reader meets it."""
        return (
            self.env[model]
            .with_user(self.world.reader)
            .with_context(
                allowed_company_ids=companies.ids, tz=companies[0]._its_zone()
            )
        )

    def assert_figure(self, found, expected):
        """The same, as precise as it is shown; nothing is not 0."""
        unknown = found is None or found is False
        if expected is None or unknown:
            self.assertTrue(unknown and expected is None, f"{found} for {expected}")
        else:
            self.assertAlmostEqual(float(found), float(expected), delta=0.0501)

    def firms(self):
        """Each by itself, and all of them."""
        return self.recounts.items()

    def said(self, recount, response):
        """The satisfaction (CSI, else CSAT, else the mark of NPS) and the points of NPS
        of a response, by its answers."""
        marks = defaultdict(list)
        for line in recount.lines_of[response["id"]]:
            question = recount.rows["survey_question"][line["question_id"]]
            mark = recount.mark(line)
            if mark is not None:
                weight = int(question["its_weight"] or 1)
                marks[question["its_meaning"]] += [mark] * weight
        score = next(filter(None, (marks[name] for name in ("csi", "csat", "nps"))), [])
        return mean(score), mean([recount.points(mark) for mark in marks["nps"]])

    def claim_figures(self, recount, claim):
        """What a claim has come to; on time from the hand-over on, hours and shares of
        those closed."""
        closed = claim["state"] == "closed"
        on_its_way = claim["state"] not in ENDED
        again = (claim["rework_count"] or 0) + (claim["reopen_count"] or 0)
        handed = claim["state"] in ("verification", "follow_up", "closed") or again
        said = closed and claim["satisfaction"]

        def days(moment):
            return (recount.now - moment).total_seconds() / 86400

        took = closed and claim["date_closed"] - claim["date_registered"]
        return {
            "is_overdue": int(claim in recount.overdue_claims()),
            "days_at_stage": days(claim["date_stage"]) if on_its_way else None,
            "age_days": days(claim["date_registered"]) if on_its_way else None,
            "hours": took.total_seconds() / 3600 if closed else None,
            "working_hours": (claim["working_hours"] or 0) if closed else None,
            "first_answer_hours": claim["first_answer_hours"]
            if claim["first_answer_on"]
            else None,
            "first_answer_share": hundred(claim["first_answer_in_time"] == "yes")
            if claim["first_answer_in_time"]
            else None,
            "on_time_share": hundred(claim["on_time"]) if handed else None,
            "on_time_first_share": hundred(claim["on_time_first"]) if handed else None,
            "rework_share": hundred(claim["rework_count"]) if closed else None,
            "reopen_share": hundred(claim["reopen_count"]) if closed else None,
            "satisfied_share": hundred(said == "5")
            if said and said != "none"
            else None,
            "unconfirmed_share": hundred(said == "none") if closed else None,
        }

    def last_talks(self, recount):
        """When each client was last reached; ``None``: never."""
        last = defaultdict(list)
        # Also of a firm that the reader is not of: the card tells when, not what.
        for talk in recount.rows["its_interaction"].values():
            if talk["outcome"] == "reached":
                last[talk["partner_id"]].append(talk["date_start"])
        return {
            client["id"]: max(last[client["id"]], default=None)
            for client in recount.clients.values()
            if client["active"] and client["commercial_partner_id"] == client["id"]
        }

    def silence(self, recount, moment):
        if moment is None:
            return "never", None
        days = (recount.today - recount.day(moment)).days
        for name, most in (("week", 7), ("month", 31), ("quarter", 92)):
            if days <= most:
                return name, days
        return "longer", days
