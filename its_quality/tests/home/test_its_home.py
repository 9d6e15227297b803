from datetime import timedelta

from odoo.exceptions import AccessError
from odoo.tests import tagged

from ..common import QualityCase


@tagged("post_install", "-at_install")
class TestItsHome(QualityCase):
    """The page of each role: its tiles count what the lists behind them show."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.claims = cls.env["its.claim"].create(
            [
                {
                    "subject": "Не пришёл отчёт",
                    "partner_id": client.id,
                    "team_id": team.id,
                    "author_id": False,
                }
                for client, team in (
                    (cls.client_own, cls.other_team),
                    (cls.client_team, cls.team),
                )
            ]
        )
        cls.claims[1]._apply_transition("dispatch")
        for client in cls.clients:
            client.activity_schedule("mail.mail_activity_data_call", user_id=False)

    def parts(self, user):
        self.env.flush_all()
        home = self.env["its.home"].with_user(user).get_home()
        return {part["key"]: part for part in home["parts"]}

    def test_parts_of_roles(self):
        """Rows: role, keys of the parts."""
        roles = {
            "client_manager": [],
            "quality_manager": ["quality"],
            "head": ["head"],
            "administrator": ["quality", "administrator"],
        }
        for role, keys in roles.items():
            with self.subTest(role):
                self.assertEqual(list(self.parts(getattr(self, role))), keys)

    def test_tiles_count_their_lists(self):
        for role in ("quality_manager", "head", "administrator"):
            user = getattr(self, role)
            for part in self.parts(user).values():
                for tile in part["tiles"]:
                    action = self.env.ref(tile["action"])
                    if action._name != "ir.actions.act_window":
                        continue
                    with self.subTest(role, tile=tile["key"]):
                        records = self.env[action.res_model].with_user(user)
                        count = records.search_count(tile["domain"])
                        self.assertEqual(count, tile["count"])
                        self.assertEqual(len(tile["rows"]), min(count, 6))

    def test_claims_of_each(self):
        def tile(user, part, key):
            tiles = self.parts(user)[part]["tiles"]
            return next(one for one in tiles if one["key"] == key)

        accept = tile(self.quality_manager, "quality", "accept")
        waiting = self.env["its.claim"].search(accept["domain"])
        self.assertIn(self.claims[0], waiting)
        self.assertNotIn(self.claims[1], waiting)
        mine = tile(self.head, "head", "mine")
        self.assertEqual([row["id"] for row in mine["rows"]], self.claims[1].ids)
        self.assertEqual(tile(self.other_head, "head", "mine")["count"], 0)

    def test_load(self):
        deadline = self.company._its_today() + timedelta(days=14)
        # A Wednesday.
        deadline += timedelta(days=2 - deadline.weekday())
        self.claims[1].write({"user_id": self.colleague.id, "date_deadline": deadline})
        self.claims[1]._apply_transition("assign")
        [row] = self.parts(self.head)["head"]["load"]
        self.assertEqual((row["name"], row["count"]), (self.colleague.name, 1))

    def test_it_is_closed_to_others(self):
        with self.assertRaises(AccessError):
            self.parts(self.employee)
