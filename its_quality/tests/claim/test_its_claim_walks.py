import random
from datetime import timedelta

from odoo import fields
from odoo.tests import freeze_time, tagged

from ...models.claim import undoing
from ...models.claim.rules import TRANSITIONS
from ..tier import count
from .common import NOW, ClaimCase


@tagged("post_install", "-at_install")
@freeze_time(NOW)
class TestClaimWalks(ClaimCase):
    def test_random_walks(self):
        """Wherever a claim wanders, movements, stage, to-do and dates agree."""
        chance = random.Random(19)
        for _walk in range(count(150, 1000)):
            claim = self.create_claim()
            moment = fields.Datetime.now()
            steps = 1
            for _step in range(chance.randint(1, 9)):
                state = claim.sudo().state
                ways = [
                    t.name
                    for t in TRANSITIONS
                    if state in t.sources and undoing.leads_back(claim.sudo(), t)
                ]
                if not ways:
                    break
                moment += timedelta(hours=chance.randint(1, 40))
                with freeze_time(moment):
                    if state == "in_progress" and chance.random() < 0.3:
                        self.toggle_clock(claim)
                        continue
                    name = chance.choice(ways)
                    self.fill(claim, name)
                    self.go(claim, name)
                steps += 1
            self.check_consistent(claim.sudo(), steps, moment)

    def toggle_clock(self, claim):
        claim = self.by(claim, "worker")
        if claim.waiting_since:
            claim.action_resume()
        else:
            claim.action_wait()

    def check_consistent(self, claim, steps, moment):
        movements = claim.movement_ids
        self.assertEqual(len(movements), steps)
        self.assertEqual(movements[-1].to_stage_id, claim.stage_id)
        for former, movement in zip(movements, movements[1:], strict=False):
            self.assertEqual(former.to_stage_id, movement.from_stage_id)
            hours = (movement.date - former.date).total_seconds() / 3600
            self.assertAlmostEqual(movement.hours, hours)
            self.assertLessEqual(movement.working_hours, movement.hours + 0.001)
        if claim.waiting_since:
            self.assertEqual(claim.state, "in_progress")
        ended = claim.state in ("closed", "rejected")
        self.assertEqual(len(self.todos(claim)), 0 if ended else 1)
        self.assertEqual(bool(claim.date_closed), ended)
        self.assertEqual(claim.date_stage, movements[-1].date)
        self.assertLessEqual(claim.date_stage, moment)
