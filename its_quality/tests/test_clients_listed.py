"""Lists of clients ask the record rules in a way of their own, so that an index answers:
they let through whom the rules do."""

import re

from odoo.tests import tagged
from odoo.tools import SQL

from .common import QUIET
from .test_roles import RolesCase

CLIENTS = [("its_client", "=", True)]
# The same, but no list of clients to the code that looks for one.
BY_RULES = ["|", ("its_client", "=", True), ("id", "in", [])]
# A name, an INN, a code of 1C, a phone, an e-mail address, the number of a claim.
TYPED = ("ромашка", "7736050003", "ЦБ-000123", "8 (912) 345-67-89", "buh@ya", "26-0007")
OF_THE_MENU = [*CLIENTS, "|", ("parent_id", "=", False), ("is_company", "=", True)]


@tagged("post_install", "-at_install")
class TestClientsListed(RolesCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.responsible = cls.create_user("its_responsible", "its_quality.group_user")
        claim = cls.env["its.claim"].search([("partner_id", "=", cls.client_team.id)])
        claim.sudo().with_context(**QUIET)._write({"user_id": cls.responsible.id})
        cls.absent = cls.create_user("its_absent", "its_quality.group_client_manager")
        cls.client_absent = cls.create_client("ООО «Отпуск»", user=cls.absent)
        cls.absent.its_deputy_id = cls.client_manager
        cls.client_gone = cls.create_client("ООО «Архив»", user=cls.client_manager)
        cls.client_gone.active = False
        cls.env.flush_all()
        cls.env.invalidate_all()

    def test_whom_the_rules_let_through(self):
        found = {}
        for role in (
            "client_manager",
            "colleague",
            "quality_manager",
            "head",
            "other_head",
            "administrator",
            "responsible",
        ):
            clients = self.env["res.partner"].with_user(self[role])
            for active_test in (True, False):
                listed = clients.with_context(active_test=active_test)
                with self.subTest(role, active_test=active_test):
                    expected = listed.search(BY_RULES)
                    self.assertEqual(listed.search(CLIENTS), expected)
                    self.assertEqual(listed.search_count(CLIENTS), len(expected))
                    firms = expected.filtered(lambda p: not p.parent_id or p.is_company)
                    self.assertEqual(listed.search(OF_THE_MENU), firms)
                    found[role] = found.get(role, firms.browse()) | firms
        own = {"client_own", "client_unassigned", "client_absent", "client_gone"}
        for name in own:
            self.assertIn(self[name], found["client_manager"])
        self.assertNotIn(self.client_colleague, found["client_manager"])
        self.assertEqual(found["responsible"] & self.clients, self.client_team)
        self.assertIn(self.client_team, found["head"])
        self.assertNotIn(self.client_team, found["other_head"])

    def test_users_of_other_apps(self):
        """Another app opens all cards, in lists of clients, too."""
        user = self.client_manager
        user.group_ids += self.create_app()
        clients = self.env["res.partner"].with_user(user)
        self.assertEqual(clients.search(CLIENTS), clients.search(BY_RULES))
        self.assertIn(self.client_colleague, clients.search(CLIENTS))

    def test_no_card_is_read_to_count_them(self):
        """Whom the rules lead to is not joined to each client, and all that they and the
        menu ask stands in one index."""
        clients = self.env["res.partner"].with_user(self.client_manager)
        statement = clients._search(OF_THE_MENU).select().code
        self.assertNotIn("JOIN", statement)
        index = self.columns_of("res_partner_its_clients_by_manager")
        asked = set(re.findall(r'"res_partner"\."(\w+)"', statement))
        self.assertIn("user_id", asked)
        # That they are clients is why they are in the index.
        self.assertLessEqual(asked - {"its_client"}, index)

    def test_what_is_searched_has_an_index(self):
        """However a client is found, not all cards are looked through."""
        if not self.env.registry.has_trigram:
            self.skipTest("The database cannot look for parts of words by an index.")
        partners = self.env["res.partner"]
        for typed in TYPED:
            for way in partners._its_ways_to_find(typed):
                with self.subTest(typed, way=way):
                    self.env.cr.execute("SET LOCAL enable_seqscan = off")
                    self.env.cr.execute(SQL("EXPLAIN %s", way))
                    plan = " ".join(line for (line,) in self.env.cr.fetchall())
                    self.assertNotIn("Seq Scan on res_partner", plan)

    def columns_of(self, index):
        self.env.cr.execute(
            "SELECT attname FROM pg_attribute WHERE attrelid = %s::regclass", [index]
        )
        return {name for (name,) in self.env.cr.fetchall()}
