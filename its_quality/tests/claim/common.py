"""What tests of claims share: a claim at any state, and whoever brings it there."""

from ...models.claim.rules import BY_NAME
from ..call.test_its_interaction import CallCase

# A Monday.
NOW = "2027-03-01 09:00:00"
# Where a claim has to go to get to each state.
WAY = {
    "registered": (),
    "rejected": ("reject",),
    "dispatched": ("dispatch",),
    "in_progress": ("dispatch", "assign"),
    "verification": ("dispatch", "assign", "hand_over"),
    "follow_up": ("dispatch", "assign", "hand_over", "verify"),
    "closed": ("dispatch", "assign", "hand_over", "verify", "close"),
}
# Who goes each way in these tests.
WHO = {
    "dispatch": "quality_manager",
    "reject": "quality_manager",
    "assign": "head",
    "hand_over": "worker",
    "verify": "head",
    "rework": "head",
    "close": "quality_manager",
    "reopen": "quality_manager",
    "reopen_closed": "quality_manager",
    "merge": "quality_manager",
}


class ClaimCase(CallCase):
    """A claim of the client of ``team``, and somebody to work on it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # Those of the demonstration are of this company, too.
        others = cls.env["res.users"]._its_quality_managers(cls.company)
        (others - cls.quality_manager).its_absent_until = "2099-12-31"
        cls.worker = cls.create_user("its_worker", "its_quality.group_user")
        cls.problem = cls.env["its.claim.problem"].create({"name": "Проверка"})
        cls.main_claim = cls.create_claim(subject="О том же")

    @classmethod
    def create_claim(cls, user=None, **values):
        values = {
            "subject": "Не пришёл отчёт",
            "partner_id": cls.client_team.id,
            "service_id": cls.contract.id,
            "team_id": cls.team.id,
            **values,
        }
        claims = cls.env["its.claim"].with_user(user or cls.quality_manager)
        return claims.create(values).sudo(False)

    def fill(self, claim, name):
        """Fill in, as who may, what a transition asks for."""
        values = {
            "assign": {
                "user_id": self.worker.id,
                "date_deadline": self.today(5),
            },
            "hand_over": {
                "problem_id": self.problem.id,
                "problem_service_id": self.contract.id,
                "justified": "yes",
                "action_taken": "Отправили повторно",
            },
            "close": {"satisfaction": "5"},
            "merge": {"duplicate_of_id": self.main_claim.id},
        }.get(name)
        if values:
            self.by(claim, WHO[name]).write(values)

    def by(self, claim, role):
        self.env.invalidate_all()
        return claim.with_user(getattr(self, role))

    def go(self, claim, name, role=None, reason="Потому что"):
        transition = BY_NAME[name]
        self.by(claim, role or WHO[name])._go(
            name, reason if transition.reason else None
        )

    def claim_at(self, state, **values):
        """A claim that has got to a state."""
        claim = self.create_claim(**values)
        for name in WAY[state]:
            self.fill(claim, name)
            self.go(claim, name)
        self.assertEqual(claim.sudo().state, state)
        return claim

    def todos(self, claim):
        return self.env["mail.activity"].search(
            [("res_model", "=", "its.claim"), ("res_id", "=", claim.id)]
        )
