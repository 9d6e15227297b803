from unittest.mock import patch

from odoo.tests import tagged

from odoo.addons.web.models.models import Base

from .common import WAY, ClaimCase

SPEC = {"name": {}, "user_id": {"fields": {"display_name": {}}}, "activity_ids": {}}


@tagged("post_install", "-at_install")
class TestClaimColumns(ClaimCase):
    """Columns of the kanban are found by one query, and are those that Odoo finds."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        for number in range(6):
            for priority in "02":
                cls.create_claim(subject=f"№ {number}", priority=priority)

    def columns(self, claims, way, **options):
        found = way(
            claims.with_context(read_group_expand=True),
            options.pop("domain", []),
            options.pop("groupby", ["stage_id"]),
            ["__count"],
            unfold_read_specification=SPEC,
            **options,
        )
        return found["groups"]

    def test_columns_are_those_of_odoo(self):
        for state in WAY:
            self.claim_at(state)
        new, dispatched, *others = self.env["its.claim.stage"].search([])
        mine = self.env["its.claim"].with_user(self.quality_manager)
        # What a page shows of a column whose card has just been moved.
        opening = [
            {"value": new.id, "folded": False, "limit": 3, "offset": 3},
            {
                "value": dispatched.id,
                "folded": False,
                "limit": 80,
                "offset": 80,
                "progressbar_domain": [("priority", "=", "2")],
            },
            *({"value": stage.id, "folded": True} for stage in others),
        ]
        table = (
            {"auto_unfold": True},
            {"auto_unfold": True, "unfold_read_default_limit": 2},
            {"auto_unfold": True, "order": "date_deadline desc, stage_id"},
            {"auto_unfold": True, "order": "user_id, priority"},
            {"auto_unfold": True, "domain": [("subject", "like", "№")]},
            {"auto_unfold": True, "domain": [("id", "=", 0)]},
            {"auto_unfold": False},
            {"opening_info": opening},
            {"auto_unfold": True, "groupby": ["priority"]},
            {"auto_unfold": True, "groupby": ["stage_id", "priority"]},
        )
        for options in table:
            with self.subTest(options):
                expected = self.columns(mine, core_way, **options)
                found = self.columns(mine, type(mine).web_read_group, **options)
                self.assertEqual(found, expected)

    def test_what_is_not_open_to_the_reader_is_in_no_column(self):
        theirs = self.claim_at("in_progress")
        claims = self.env["its.claim"].with_user(self.worker)
        groups = self.columns(claims, type(claims).web_read_group, auto_unfold=True)
        found = {
            record["id"] for group in groups for record in group.get("__records", ())
        }
        self.assertEqual(found, set(claims.search([]).ids))
        self.assertIn(theirs.id, found)
        self.assertLess(len(found), len(claims.sudo().search([])))

    def test_queries_do_not_grow_with_columns(self):
        mine = self.env["its.claim"].with_user(self.quality_manager)
        counts = []
        for state in (None, "dispatched", "in_progress", "verification"):
            if state:
                self.claim_at(state)
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.columns(mine, type(mine).web_read_group, auto_unfold=True)
            counts.append(self.env.cr.sql_log_count - before)
        self.assertLessEqual(max(counts[1:]) - counts[1], 1, counts)


def core_way(claims, *args, **options):
    """What Odoo itself would return: its methods, without what claims add to them."""
    with patch.object(type(claims), "_open_groups", Base._open_groups):
        return Base.web_read_group(claims, *args, **options)
