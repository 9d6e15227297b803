from odoo.tests import freeze_time, tagged

from ..claim.common import NOW
from .dashboard_case import DashboardCase


@tagged("post_install", "-at_install")
@freeze_time(NOW)
class TestDashboardOfATeam(DashboardCase):
    """Of one team: what was about a service that was the team's then."""

    def test_the_team_of_then(self):
        """What was about a service of the team stays its own, whoever has the service
        now; what was about none is of who used one of its services then."""
        subscription = self.subscription_of(self.client_team)
        self.plan_call(self.client_team, self.colleague, -3)
        self.talk_at("2027-02-10 09:00:00", subscription_id=subscription.id)
        response = self.answer_at("2027-02-10 09:00:00", nps=9)
        response.its_subscription_id = subscription
        talk_about_none = self.talk_at("2027-02-11 09:00:00")
        self.assertFalse(talk_about_none.team_id)
        names = ["overdue", "interactions", "nps"]
        before = self.values(self.figures(), *names)
        self.assertEqual(before, [(1, 0), (2, 0), (100, None)])
        # A client is in touch with whoever has the service now.
        subscription.team_id = self.other_team
        of_now, then = self.figures(team=self.other_team), self.figures()
        self.assertEqual(self.values(then, *names), [(1, 0), (1, 0), (100, None)])
        self.assertEqual(self.values(of_now, *names), [(0, 0), (1, 0), (None, None)])
        for name in names:
            with self.subTest(name):
                self.assertEqual(self.opened(then, name), 1)
