from odoo.tests import tagged

from .entrances_case import EntrancesCase, entrances
from .entrances_table import ASKING, NARROWED, PRIVATE, ROWS
from .roles_table import ROLES
from .tier import count, thinned


@tagged("post_install", "-at_install")
class TestEntrances(EntrancesCase):
    """The table of entrances: nothing is missing from it, and each cell is true."""

    def test_nothing_is_missing(self):
        """Whoever writes a new public method says here who may call it, or closes it."""
        found = list(entrances(self.env))
        known = {(model, method) for model, method, *_cells in ROWS}
        public = {(model, method) for model, method, private in found if not private}
        self.assertFalse(public - known - {*NARROWED}, "not in entrances_table.ROWS")
        self.assertEqual(
            {(model, method) for model, method, private in found if private},
            set(PRIVATE),
        )
        self.assertEqual(len(known), len(ROWS), "a row stands there twice")
        for model, method in known:
            self.assertTrue(callable(getattr(self.registry[model], method, None)))

    def test_table(self):
        every = count(len(ROLES), 1)
        for number, (model, method, *cells) in enumerate(ROWS):
            asked = list(zip(ROLES, cells, strict=True))[number % every :: every]
            for role, cell in asked:
                for is_seen in thinned((True, False), 2, number // every):
                    with self.subTest(model, method=method, role=role, seen=is_seen):
                        self._check(model, method, role, cell, is_seen)

    def _check(self, model, method, role, cell, is_seen):
        self.words = ""
        outcome = self.outcome(model, method, role, is_seen)
        if outcome is None:
            return
        is_done = outcome == "done"
        if (model, method) in ASKING and is_seen:
            is_done = outcome in ("done", "asked")
        expected = cell == "a" or (cell == "s" and is_seen)
        self.assertEqual(is_done, expected, f"{outcome} {self.words}")
