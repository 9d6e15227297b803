from odoo.tests import freeze_time, tagged

from ...tools import certainty
from ..claim.common import NOW
from .dashboard_case import DashboardCase


@tagged("post_install", "-at_install")
@freeze_time(NOW)
class TestDashboardCertainty(DashboardCase):
    """A figure comes with what is known about it."""

    def test_a_figure_says_how_certain_it_is(self):
        for mark in (10, 9, 0):
            self.answer_at("2027-02-10 09:00:00", nps=mark, csat=4)
        tile = self.figures()["tiles"]["nps"]
        counted = certainty.nps(2, 1, 3)
        self.assertEqual(
            (tile["value"], tile["count"], tile["few"], tile["significant"]),
            (33.3, 3, True, False),
        )
        self.assertAlmostEqual(tile["low"], counted.low, 1)
        self.assertAlmostEqual(tile["high"], counted.high, 1)
        for hours in (10, 20):
            self.closed_at("2027-02-10 09:00:00", "2027-02-01 09:00:00", hours)
        hours = self.figures()["tiles"]["hours"]
        expected = certainty.of_mean(2, 15, 50)
        self.assertAlmostEqual(hours["high"], expected.high, 1)
        self.assertEqual(hours["count"], 2)

    def test_only_a_significant_change_is_one(self):
        dashboard = self.env["its.dashboard"]
        for now, before, expected in (
            (certainty.share(90, 100), certainty.share(60, 100), True),
            (certainty.share(9, 10), certainty.share(1, 10), False),
            (certainty.share(62, 100), certainty.share(60, 100), False),
            (50, 20, True),
            (25, 20, False),
            (5, None, False),
        ):
            with self.subTest(now=now, before=before):
                found = dashboard._compared("it", {"it": now}, {"it": before})
                self.assertEqual(found["significant"], expected)

    def test_a_change_of_the_mix_is_none(self):
        """Fewer talks and more links: the NPS falls though neither has."""
        dashboard = self.env["its.dashboard"]
        ways = {}
        for name, (talks, links) in (("now", (100, 300)), ("before", (300, 100))):
            of = {
                "talk": certainty.nps(0.6 * talks, 0.1 * talks, talks),
                "link": certainty.nps(0.2 * links, 0.5 * links, links),
            }
            every = certainty.nps(
                0.6 * talks + 0.2 * links, 0.1 * talks + 0.5 * links, 400
            )
            ways[name] = {"nps": every, "nps_ways": of}
        found = dashboard._compared("nps", ways["now"], ways["before"])
        self.assertLess(found["value"] + 30, found["previous"])
        self.assertAlmostEqual(found["adjusted"], found["adjusted_previous"], delta=1)
        self.assertFalse(found["significant"])
