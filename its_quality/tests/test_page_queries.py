from lxml import etree

from odoo.tests import tagged

from .claim.common import ClaimCase
from .phone.common import PhoneCase
from .survey.common import SurveyCase

MOST = 15
# Those that still take more: no more than now.
MORE = {
    # With a questionnaire to ask and claims in hand.
    "client of the desk": 16,
    # Who stands in for whom is asked of people, teams and leaves.
    "home of quality": 21,
    # All roles at once, and the checklist.
    "home of an administrator": 29,
    "dashboard": 51,
    "phone card": 18,
}
DESK = "its.call.desk"


@tagged("post_install", "-at_install")
class TestPageQueries(ClaimCase, PhoneCase, SurveyCase):
    """What our own pages ask the server for when they are opened takes few queries, and
    never more than before."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cadence = cls.create_cadence(survey_id=cls.survey.id, purpose="quality")
        cls.call = cls.plan_call(cls.client_own, its_cadence_id=cadence.id)
        cls.plan_call(cls.client_unassigned, days=-3)

    def setUp(self):
        super().setUp()
        for client in self.clients:
            self.talk(client, outcome="reached", user_id=self.client_manager.id)
        for state in ("registered", "in_progress", "follow_up", "closed"):
            self.claim_at(state, partner_id=self.client_own.id)
        for mark in (2, 9):
            self.respond(overall="good", nps=mark, speed=3)
        self.take(self.event("ringing", extension="101"))
        self.ringing = self.env["its.phone.event"].search([], limit=1)

    def open_board(self, claims):
        arch = etree.fromstring(
            claims.get_views([(False, "kanban")])["views"]["kanban"]["arch"]
        )
        names = {node.get("name") for node in arch.iter("field")}
        spec = {
            name: {"fields": {"display_name": {}}}
            if claims._fields[name].type == "many2one"
            else {}
            for name in names
        }
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        claims.with_context(read_group_expand=True).web_read_group(
            [],
            ["stage_id"],
            ["__count"],
            auto_unfold=True,
            unfold_read_specification=spec,
            unfold_read_default_limit=40,
        )
        return self.env.cr.sql_log_count - before

    def open(self, model, method, user, *arguments):
        records = self.as_user(self.env[model], user)
        # As the web client asks.
        records = records.with_context(lang=user.lang, tz=user.tz)
        # Each request begins with nothing in hand but what a server remembers.
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        getattr(records, method)(*arguments)
        # What it has written is its as well.
        self.env.flush_all()
        return self.env.cr.sql_log_count - before

    def test_pages(self):
        manager, quality = self.client_manager, self.quality_manager
        pages = {
            "queue of the desk": (DESK, "get_queue", manager),
            "client of the desk": (DESK, "open_call", manager, self.call.id),
            "clients found": (DESK, "find_clients", manager, self.client_own.name),
            "calls made": (DESK, "get_done", manager),
            "reminders": (DESK, "get_reminders", manager),
            "home of a manager": ("its.home", "get_home", manager),
            "home of quality": ("its.home", "get_home", quality),
            "home of a head": ("its.home", "get_home", self.head),
            "home of an administrator": ("its.home", "get_home", self.administrator),
            "dashboard": ("its.dashboard", "get_figures", quality, "month"),
            "results": ("its.survey.results", "get_results", quality, self.survey.id),
            "charts": ("its.claim.control", "get_charts", quality),
            "phone card": ("its.phone.desk", "get_card", manager, self.ringing.id),
        }
        found = {}
        for name, page in pages.items():
            # What is remembered on a running server.
            self.open(*page)
            found[name] = self.open(*page)
        board = self.as_user(self.env["its.claim"], quality)
        self.open_board(board)
        found["board"] = self.open_board(board)
        too_many = {
            name: count for name, count in found.items() if count > MORE.get(name, MOST)
        }
        self.assertEqual(too_many, {})
