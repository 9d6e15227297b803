"""Cards open to everybody, by another app or by another addon's rule: nothing that is kept
about a client opens with them."""

from odoo.exceptions import AccessError
from odoo.tests import tagged

from .entrances_case import ROWS_OF, UNSEEN, EntrancesCase
from .entrances_table import ASKING, ROWS
from .roles_table import OPERATIONS, cells
from .test_roles import RolesCase
from .tier import thinned

# They open, and that is all.
CARDS = ("res.partner", "contact")
STAFF = ("client_manager", "quality_manager", "head")
# Whose rows a record opens; the rows of answers have rules of their own.
REPORTS = {**ROWS_OF, "its.claim.movement.report": "its.claim"}
del REPORTS["its.survey.report"]
# What is written on a card is a part of it.
OF_CARDS = {"res.partner", "mail.thread", "mail.message"}


class OpenCards:
    """Everybody with a role works in another app, and besides, somebody else's rule
    opens all cards to every employee."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        app = cls.create_app()
        for role in STAFF:
            getattr(cls, role).group_ids += app
        cls.create_rule("Всем всё", cls.env.ref("base.group_user"))
        cls.env.flush_all()

    def assert_open(self, role, scope):
        """The cards are open indeed, or the test is void."""
        user = self[role]
        self.as_user(self.client(scope, user), user).write({"name": "ООО «Открыто»"})


@tagged("post_install", "-at_install")
class TestRecordsBesideOpenCards(OpenCards, RolesCase):
    def test_cards_are_open(self):
        for role in STAFF:
            for scope in ("own", "unassigned", "colleague", "team"):
                with self.subTest(role=role, scope=scope), self.undone():
                    self.assert_open(role, scope)

    def test_table(self):
        """Whatever the table of roles denies is denied still."""
        for number, (role, model, scope, letters) in enumerate(cells()):
            user = self[role]
            if model in CARDS or role not in (*STAFF, "employee"):
                continue
            for letter, words in thinned(OPERATIONS.items(), 2, number):
                if letter == "k" or letter in letters:
                    continue
                title = {"role": role, "model": model, "scope": scope, "do": words}
                with (
                    self.subTest(**title),
                    self.undone(),
                    self.assertRaises(AccessError),
                ):
                    self.operate(letter, model, scope, user)

    def test_searches_find_nothing(self):
        """By the record, and by its client."""
        for role, model, scope, letters in cells():
            if model in CARDS or "r" in letters or role not in STAFF:
                continue
            user = self[role]
            with self.subTest(role=role, model=model, scope=scope), self.undone():
                record = self.as_user(self.record(model, scope, user), user)
                try:
                    found = record.search([("id", "=", record.id)])
                    count = record.search_count([("id", "=", record.id)])
                except AccessError:
                    continue
                self.assertFalse(found)
                self.assertFalse(count)

    def test_the_card_does_not_tell(self):
        """What the card lists, counts and computes of records that are closed."""
        user = self.client_manager
        client = self.client_colleague
        client.its_planned_call_ids.note = "СЕКРЕТ"
        card = self.as_user(client, user)
        for name in (
            "its_subscription_ids",
            "its_interaction_ids",
            "its_planned_call_ids",
            "activity_ids",
        ):
            with self.subTest(field=name):
                self.env.invalidate_all()
                self.assertTrue(client[name], "the case is void")
                self.assertFalse(self.as_user(client, user)[name])
        for name in (
            "its_subscription_count",
            "its_interaction_count",
            "its_response_count",
            "its_claim_count",
            "its_contract_end",
            "its_service_ids",
            "its_last_talk",
            "activity_state",
        ):
            with self.subTest(field=name):
                self.assertFalse(card[name])
        for domain in (
            [("its_subscription_ids.service_id", "!=", False)],
            [("its_interaction_ids.outcome", "=", "reached")],
            [("its_planned_call_ids.note", "ilike", "СЕКРЕТ")],
            [("activity_ids", "!=", False)],
            [("activity_state", "!=", False)],
        ):
            with self.subTest(domain=domain):
                self.assertIn(client, client.search(domain), "the case is void")
                self.assertNotIn(card, card.search(domain))

    def test_own_calls_stay_own(self):
        """A call planned for somebody is theirs, whosever client it is."""
        call = self.call_of(self.client_colleague)
        for role in STAFF[::2]:
            with self.subTest(role=role), self.undone():
                call.user_id = self[role]
                self.as_user(call, self[role]).read(["summary"])
                self.assertTrue(self.as_user(call, self[role]).search_count([]))

    def test_other_activities_are_the_apps(self):
        """A to-do on a colleague's client is no planned call."""
        for role in ("client_manager", "head"):
            with self.subTest(role=role), self.undone():
                card = self.as_user(self.client_colleague, self[role])
                todo = card.activity_schedule("mail.mail_activity_data_todo")
                self.assertFalse(todo.sudo().its_client_id)
                with self.assertRaises(AccessError):
                    self.as_user(todo, self[role]).activity_type_id = self.env.ref(
                        "mail.mail_activity_data_call"
                    )

    def test_who_has_no_role_sees_nothing_of_ours(self):
        self.employee.group_ids += self.create_app()
        card = self.as_user(self.client_colleague, self.employee)
        card.write({"phone": "+7 8332 120005"})
        ours = card._its_own_fields()
        self.assertGreater(len(ours), 30)
        self.assertFalse(ours & card.fields_get().keys())
        for name in sorted(ours):
            with self.subTest(field=name), self.assertRaises(AccessError):
                card.read([name])


@tagged("post_install", "-at_install")
class TestEntrancesBesideOpenCards(OpenCards, EntrancesCase):
    """The methods that can be called from outside, on what a role does not see."""

    def test_table(self):
        for turn, (model, method, *cells_) in enumerate(ROWS):
            if model in OF_CARDS or (model, method) in ASKING:
                continue
            told = {"client_manager": cells_[0], "head": cells_[2]}
            for role, cell in thinned(told.items(), 2, turn):
                if cell == "a" or UNSEEN[role] == "abroad":
                    continue
                with self.subTest(model, method=method, role=role):
                    outcome = self.outcome(model, method, role, False)
                    self.assertNotEqual(outcome, "done")

    def test_reports(self):
        for role in ("client_manager", "head"):
            for model, of in REPORTS.items():
                with self.subTest(role=role, model=model), self.undone():
                    record = self.record(of, UNSEEN[role], self[role])
                    if model == "its.renewal.report":
                        # It knows contracts only.
                        record.sudo().service_id.kind = "contract"
                        self.env.flush_all()
                    rows = self._row_of(model, record)
                    self.assertTrue(rows, "the case is void")
                    rows = self.as_user(rows, self[role])
                    self.assertFalse(rows.search([("id", "in", rows.ids)]))
                    with self.assertRaises(AccessError):
                        rows.read([rows._its_opens])
