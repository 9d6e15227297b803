from unittest.mock import patch

from odoo import fields
from odoo.exceptions import UserError
from odoo.tests import freeze_time, tagged

from .common import NOW, WAY, ClaimCase

BEFORE_THE_END = ("in_progress", "verification", "follow_up")
REOPENABLE = (*BEFORE_THE_END, "closed")
LATER = "2031-01-15"
CALL = "mail.mail_activity_data_call"
INVOLVED = {
    "responsible": True,
    "former": True,
    "recorded": True,
    "not involved": False,
}


@tagged("post_install", "-at_install")
@freeze_time(NOW)
class TestClaimWorked(ClaimCase):
    """Who worked on a claim has no hand in what is said of his work.

    The actor has every role, so that nothing but his work may be what stops him.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # Odoo merges cards for who may see what invitations were sent.
        cls.actor = cls.create_user(
            "its_actor", "its_quality.group_administrator,base.group_erp_manager"
        )
        cls.person = cls.contact_of(cls.client_team)
        cls.other_person = cls.person.copy({"name": "Другой"})
        cls.twin = cls.person.copy({"name": "Двойник", "email": "twin@example.com"})
        cls.person.email = "chief@klever.example.com"
        cls.client_team.phone = "+7 8332 11-11-11"

    def claim_worked(self, who, state):
        """A claim at a state, on which the actor worked in one way or another."""
        claim = self.create_claim(contact_id=self.person.id)
        for name in WAY[state.partition(" ")[0]]:
            if name != "assign":
                self.fill(claim, name)
                self.go(claim, name)
                continue
            first = self.worker if who == "not involved" else self.actor
            self.by(claim, "head").write(
                {"user_id": first.id, "date_deadline": self.working_day(5)}
            )
            self.go(claim, name)
            if who == "recorded":
                self.by(claim, "actor").write({"root_cause": "Нашёл"})
            if who in ("former", "recorded"):
                self.by(claim, "head").write({"user_id": self.worker.id})
            elif who == "responsible":
                self.worker, self.own_worker = self.actor, self.worker
        if who == "responsible":
            self.worker = self.own_worker
        if state == "closed long ago":
            claim.sudo().date_closed = self.today(-30)
        return claim

    def call(self, claim):
        return claim.sudo()._open_call().sudo(False).with_user(self.actor)

    def todo(self, claim):
        return self.todos(claim).sudo(False).with_user(self.actor)

    def merge_cards(self, _claim):
        wizard = self.env["base.partner.merge.automatic.wizard"].with_user(self.actor)
        wizard._merge((self.person | self.twin).ids, self.twin, extra_checks=False)

    def write_by_firm(self, claim):
        # Commands go to cards as whoever began the transaction.
        with patch.object(self.env.transaction, "default_env", claim.env):
            values = {"email": "x@example.com"}
            claim.partner_id.write({"child_ids": [(1, self.person.id, values)]})

    def writing(self, **values):
        return lambda claim: claim.write(values)

    def of_call(self, **values):
        return lambda claim: self.call(claim).write(values)

    def attempts(self):
        """What he may try: at which states it is closed to who worked on it, and how.

        Whoever is not involved may do all of it there.
        """
        rejected = self.env["its.claim.stage"]._first_of("rejected")
        desk = self.env["its.call.desk"].with_user(self.actor)
        kinds = [CALL]

        def merge(claim):
            claim.sudo().duplicate_of_id = self.main_claim
            claim.action_merge()

        def move(claim):
            claim.sudo().duplicate_of_id = self.main_claim
            claim.write({"stage_id": rejected.id, "reason": "x"})

        def later(claim):
            desk.finish_call(
                self.call(claim).id, "call_back", {"call_at": f"{LATER} 09:00:00"}
            )

        def command(claim):
            values = {"date_deadline": LATER}
            claim.write({"activity_ids": [(1, self.call(claim).id, values)]})

        return {
            "client": (
                BEFORE_THE_END,
                self.writing(partner_id=self.client_own.id, contact_id=False),
            ),
            "contact": (
                BEFORE_THE_END,
                self.writing(contact_id=self.other_person.id),
            ),
            "email_from": (BEFORE_THE_END, self.writing(email_from="x@example.com")),
            "sender_phone": (BEFORE_THE_END, self.writing(sender_phone="123")),
            "duplicate": (
                BEFORE_THE_END,
                self.writing(duplicate_of_id=self.main_claim.id),
            ),
            "merge": (BEFORE_THE_END, merge),
            "merge by moving": (BEFORE_THE_END, move),
            "satisfaction": (("follow_up",), self.writing(satisfaction="5")),
            "e-mail of the firm": (
                REOPENABLE,
                lambda claim: claim.partner_id.write({"email": "x@example.com"}),
            ),
            "no e-mail of the firm": (
                REOPENABLE,
                lambda claim: claim.partner_id.write({"email": "@"}),
            ),
            "e-mail of the person": (
                REOPENABLE,
                lambda claim: claim.contact_id.write({"email": "x@example.com"}),
            ),
            "no e-mail of the person": (
                REOPENABLE,
                lambda claim: claim.contact_id.write({"email": False}),
            ),
            "e-mail by the firm": (REOPENABLE, self.write_by_firm),
            "cards merged": (REOPENABLE, self.merge_cards),
            "person deleted": (REOPENABLE, lambda claim: claim.contact_id.unlink()),
            **{
                f"call: {name}": (("follow_up",), self.of_call(**{name: value}))
                for name, value in {
                    "date_deadline": LATER,
                    "its_call_at": f"{LATER} 09:00:00",
                    "note": "Не звонить",
                    "summary": "Не звонить",
                    "its_purpose": "other",
                    "user_id": self.quality_manager.id,
                    "active": False,
                }.items()
            },
            "call: unlink": (("follow_up",), lambda claim: self.call(claim).unlink()),
            **{
                f"call: {name}": (
                    ("follow_up",),
                    lambda claim, name=name: getattr(self.call(claim), name)(),
                )
                for name in (
                    "action_done",
                    "action_feedback",
                    "action_cancel",
                    "action_reschedule_nextweek",
                    "action_reschedule_tomorrow",
                )
            },
            "call: desk": (("follow_up",), later),
            "call: command": (("follow_up",), command),
            "call: activity_reschedule": (
                ("follow_up",),
                lambda claim: claim.activity_reschedule(kinds, date_deadline=LATER),
            ),
            "call: activity_feedback": (
                ("follow_up",),
                lambda claim: claim.activity_feedback(kinds, feedback="Доволен"),
            ),
            "call: activity_unlink": (
                ("follow_up",),
                lambda claim: claim.activity_unlink(kinds),
            ),
            "to-do of the head": (
                ("verification",),
                lambda claim: self.todo(claim).write({"date_deadline": LATER}),
            ),
        }

    def test_who_worked_on_it_changes_nothing_of_it(self):
        """Who × what × at which state; where it is open to who worked on it, too."""
        states = (*REOPENABLE, "closed long ago")
        attempts = self.attempts()
        for state in states:
            for who, involved in INVOLVED.items():
                with self.undone():
                    self.try_all(attempts, state, who, involved)

    def try_all(self, attempts, state, who, involved):
        claim = self.by(self.claim_worked(who, state), "actor").sudo(False)
        for what, (closed_at, attempt) in attempts.items():
            if state not in closed_at and closed_at != REOPENABLE:
                continue
            with self.subTest(state, who=who, what=what), self.undone():
                self.env.invalidate_all()
                if involved and state in closed_at:
                    with self.assertRaises(UserError):
                        attempt(claim)
                else:
                    attempt(claim)

    def test_the_superuser_is_not_bound(self):
        claim = self.claim_worked("responsible", "follow_up").sudo()
        claim.with_user(self.actor).sudo().contact_id.email = "x@example.com"
        claim.with_user(self.actor).sudo().email_from = "x@example.com"
        self.assertEqual(claim.email_from, "x@example.com")

    def test_the_same_address_is_no_other(self):
        """Nor are other persons of the firm, and other cards."""
        self.claim_worked("responsible", "follow_up")
        person = self.person.with_user(self.actor)
        person.write({"email": "Chief@Klever.example.com"})
        person.write({"phone": "+7 8332 33-33-33", "email": person.email})
        self.other_person.with_user(self.actor).email = "x@example.com"
        self.client_own.with_user(self.actor).email = "x@example.com"
        self.assertEqual(person.phone, "+7 8332 33-33-33")

    def test_whoever_is_responsible_plans_for_himself(self):
        claim = self.claim_worked("responsible", "in_progress")
        todo = self.todo(claim)
        self.assertEqual(todo.user_id, self.actor)
        todo.write({"note": "Позвонить в 1С"})
        own = claim.with_user(self.actor).activity_schedule(
            "mail.mail_activity_data_todo", user_id=self.actor.id
        )
        own.write({"date_deadline": LATER})
        own.action_done()

    def test_the_call_is_for_who_may_ask(self):
        """The head who verified it does not put it off either."""
        claim = self.claim_worked("not involved", "follow_up")
        call = claim.sudo()._open_call().sudo(False)
        for role in ("head", "worker", "client_manager"):
            for name, value in (("date_deadline", LATER), ("summary", "x")):
                with (
                    self.subTest(role, field=name),
                    self.assertRaises(UserError),
                ):
                    call.with_user(getattr(self, role)).write({name: value})
        self.assertLess(call.date_deadline, fields.Date.to_date(LATER))

    def test_a_reason_goes_with_a_move(self):
        """Nobody writes it without one, nor to a new claim."""
        for state in ("registered", "in_progress", "follow_up", "closed", "rejected"):
            claim = self.claim_at(state)
            stage = claim.sudo().stage_id
            for role in ("worker", "head", "quality_manager", "administrator"):
                for values in ({"reason": "x"}, {"reason": "x", "stage_id": stage.id}):
                    with (
                        self.subTest(state, role=role, values=values),
                        self.undone(),
                        self.assertRaises(UserError),
                    ):
                        self.by(claim, role).write(values)
        with self.assertRaises(UserError):
            self.create_claim(reason="x")
        claim = self.claim_at("verification")
        stage = self.env["its.claim.stage"]._first_of("in_progress")
        self.by(claim, "head").write({"stage_id": stage.id, "reason": "Не всё"})
        self.assertEqual(claim.sudo().movement_ids[-1].reason, "Не всё")
