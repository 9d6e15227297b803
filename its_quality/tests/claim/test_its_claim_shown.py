from odoo.exceptions import AccessError
from odoo.tests import freeze_time, tagged

from ..survey.common import SurveyCase
from .common import NOW, AskingCase, ClaimCase


@tagged("post_install", "-at_install")
@freeze_time(NOW)
class TestItsClaimShown(ClaimCase):
    """What the form and the cards say of a claim."""

    def test_time_left(self):
        """Rows: the deadline, what is said on Monday, 1 March 2027."""
        claim = self.claim_at("in_progress")
        table = [
            ("2027-03-01", "today"),
            ("2027-03-02", "1 working day left"),
            ("2027-03-05", "4 working days left"),
            ("2027-03-09", "6 working days left"),
            ("2027-02-26", "1 working day late"),
            ("2027-02-19", "6 working days late"),
        ]
        for day, text in table:
            with self.subTest(day):
                claim.sudo().date_deadline = day
                self.assertEqual(self.by(claim, "worker").time_left, text)

    def test_no_time_is_left_where_none_runs(self):
        claim = self.claim_at("in_progress")
        self.by(claim, "worker").action_wait()
        self.assertFalse(self.by(claim, "worker").time_left)
        for state in ("registered", "verification", "closed"):
            with self.subTest(state):
                claim = self.claim_at(state)
                self.assertFalse(self.by(claim, "quality_manager").time_left)

    def test_time_left_of_many_costs_no_more(self):
        claims = self.env["its.claim"]
        for _turn in range(6):
            claims += self.claim_at("in_progress")

        def queries(records):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            records.with_user(self.quality_manager).mapped("time_left")
            return self.env.cr.sql_log_count - before

        queries(claims)
        self.assertEqual(queries(claims[:2]), queries(claims))

    def test_phone(self):
        """Of the person, else of the firm, else of who has written."""
        person = self.contact_of(self.client_team)
        claim = self.claim_at(
            "in_progress", contact_id=person.id, sender_phone="+7 833 200-00-03"
        )
        self.client_team.phone = "+7 833 200-00-02"
        person.phone = "+7 833 200-00-01"
        for expected, source in (
            ("+7 833 200-00-01", person),
            ("+7 833 200-00-02", self.client_team),
            ("+7 833 200-00-03", claim.sudo()),
        ):
            with self.subTest(expected):
                self.assertEqual(self.by(claim, "worker").phone, expected)
                source["sender_phone" if source._name == "its.claim" else "phone"] = ""
        self.assertFalse(self.by(claim, "worker").phone)

    def test_no_triangle_on_every_card(self):
        kind = self.env.ref("its_quality.mail_activity_type_claim")
        self.assertNotIn("triangle", kind.icon)
        self.assertFalse(kind.decoration_type)


@tagged("post_install", "-at_install")
@freeze_time(NOW)
class TestClaimTodoOffers(AskingCase):
    """The to-do of a claim offers nothing that is refused."""

    def test_what_is_offered_is_allowed(self):
        """Of each state, to each role: done, edit and cancel are shown only to those who
        may."""
        for state in ("registered", "dispatched", "in_progress", "verification"):
            claim = self.claim_at(state)
            for role in ("quality_manager", "head", "worker", "administrator"):
                todo = self.by(self.todos(claim), role)
                with self.subTest(state, role=role):
                    self.assertFalse(todo.can_write)
        claim = self.claim_at("follow_up")
        for role, may in (
            ("quality_manager", True),
            ("second", True),
            ("head", False),
            ("worker", False),
        ):
            with self.subTest("follow_up", role=role):
                self.assertEqual(self.by(self.call(claim), role).can_write, may)

    def test_other_todos_of_a_claim_are_as_ever(self):
        claim = self.claim_at("in_progress")
        own = self.by(claim, "worker").activity_schedule(
            "mail.mail_activity_data_todo", user_id=self.worker.id
        )
        self.assertTrue(own.can_write)


@tagged("post_install", "-at_install")
class TestLowScores(SurveyCase):
    """The queue of low scores that nobody has followed up."""

    def queue(self, role="quality_manager"):
        self.env.flush_all()
        self.env.invalidate_all()
        action = self.env.ref("its_quality.survey_user_input_action_low")
        domain = [("its_is_waiting", "=", True), ("its_is_low", "=", True)]
        self.assertEqual(str(action.domain), str(domain))
        responses = self.env["survey.user_input"].with_user(self[role])
        return responses.search(domain) & responses.browse(self.low.ids)

    def __getitem__(self, name):
        return getattr(self, name)

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        others = cls.env["res.users"]._its_quality_managers(cls.company)
        (others - cls.quality_manager).its_absent_until = "2099-12-31"

    def setUp(self):
        super().setUp()
        self.low = self.respond(overall="poor", why=["rude"], client=self.client_own)
        self.task = self.env["mail.activity"].search(
            [("its_response_id", "=", self.low.id)]
        )
        self.assertTrue(self.low.its_is_low)
        self.assertEqual(len(self.task), 1)

    def test_it_is_there_until_somebody_has_followed_it_up(self):
        [row] = self.queue()
        self.assertTrue(row.its_is_waiting)
        self.assertEqual(row.its_task_user_id, self.task.user_id)
        self.assertEqual(row.its_task_deadline, self.task.date_deadline)
        action = row.action_its_open_task()
        self.assertEqual(action["res_id"], self.task.id)
        self.task.with_user(self.task.user_id).action_feedback(feedback="Поговорили")
        self.assertFalse(self.queue())
        self.assertFalse(self.low.its_is_waiting)

    def test_a_claim_ends_it(self):
        [row] = self.queue()
        action = row.action_its_register_claim()
        claims = self.env["its.claim"].with_user(self.quality_manager)
        claims = claims.with_context(**action["context"])
        names = ["subject", "partner_id", "response_id", "channel", "company_id"]
        claims.create(claims.default_get(names))
        self.assertFalse(self.queue())

    def test_what_is_not_waiting(self):
        good = self.respond(overall="good", client=self.client_own)
        found = self.env["survey.user_input"].search([("its_is_waiting", "=", False)])
        self.assertIn(good, found)
        self.assertNotIn(self.low, found)

    def test_who_may_not_read_the_response(self):
        """Neither its task nor a phone."""
        stranger = self.low.with_user(self.colleague)
        for attempt in (
            lambda: stranger.action_its_open_task(),
            lambda: stranger.read(["its_task_user_id"]),
            lambda: stranger.read(["its_client_phone"]),
        ):
            self.env.invalidate_all()
            with self.assertRaises(AccessError):
                attempt()

    def test_the_phone_of_who_has_answered(self):
        self.client_own.phone = "+7 833 200-00-02"
        self.assertEqual(self.queue().its_client_phone, "+7 833 200-00-02")
