import random
from datetime import timedelta

from odoo import fields
from odoo.exceptions import UserError
from odoo.tests import tagged

from .. import tier
from ..survey.common import SurveyCase
from .common import CallCase

# What points to a client or his person: all of ours, found in the registry.
HOLDERS = {
    "its.claim": (
        "partner_id",
        "contact_id",
        "suggested_partner_id",
        "proposed_ids",
        "linked_new_id",
    ),
    "its.client.making": ("partner_ids",),
    "its.client.risk": ("partner_id",),
    "its.connect.contact": ("partner_id",),
    "its.consent": ("partner_id",),
    "its.import.line": ("partner_id",),
    "its.import.snapshot": ("partner_id",),
    "its.interaction": ("partner_id", "contact_id"),
    "its.onec.object": ("partner_id",),
    "its.personal.request": ("client_id",),
    "its.phone.call": ("partner_id", "contact_id"),
    "its.phone.number": ("partner_id",),
    "its.subscription": ("partner_id",),
    "mail.activity": ("its_client_id",),
    "survey.user_input": ("its_client_id", "its_contact_id"),
}
# Follow from what the card that stays has once.
OF_A_FIELD = [
    ("its.client.risk", "partner_id"),
    ("its.consent", "partner_id"),
    ("its.phone.number", "partner_id"),
]


@tagged("post_install", "-at_install")
class TestMergingCards(CallCase, SurveyCase):
    """Two cards of one client become one with all that either has."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.pair = cls.client_own + cls.client_unassigned
        for client in cls.pair:
            # Or the two say the same, and are one.
            cls.subscription_of(client).contract_number = f"Первый {client.id}"
        cls.cadence = cls.create_cadence(purpose="quality")
        cls.source = cls.env["its.import.source"].create({"name": "База"})
        cls.job = cls.env["its.import"].create({"source_id": cls.source.id})
        cls.connection = cls.env["its.onec.connection"].create(
            {
                "name": "База",
                "address": "https://onec.example.com/base",
                "source_id": cls.source.id,
            }
        )
        cls.connect = cls.env["its.connect"].create({"name": "Коннект"})

    # What a client may have: each makes one of it, of this client.

    def has_claim(self, client, **values):
        return self.env["its.claim"].create(
            {
                "subject": "Сбой",
                "partner_id": client.id,
                "contact_id": self.contact_of(client).id,
                "subscription_id": client.its_subscription_ids[:1].id,
                **values,
            }
        )

    def has_suggested_claim(self, client):
        values = {"partner_id": False, "contact_id": False, "subscription_id": False}
        claim = self.has_claim(client, **values)
        claim.write(
            {
                "suggested_partner_id": client.id,
                "proposed_ids": [fields.Command.link(client.id)],
                "linked_new_id": client.id,
            }
        )

    def has_connect_contact(self, client):
        self.env["its.connect.contact"].create(
            {
                "connect_id": self.connect.id,
                "user_ref": f"user {client.id}",
                "partner_id": client.id,
            }
        )

    def has_phone_call(self, client):
        self.env["its.phone.call"].create(
            {
                "company_id": self.company.id,
                "call_ref": f"call {client.id}",
                "direction": "in",
                "state": "talk",
                "date_start": fields.Datetime.now(),
                "partner_id": client.id,
                "contact_id": self.contact_of(client).id,
            }
        )

    def has_phone_number(self, client):
        client.phone = f"8 (912) {client.id:07}"

    def has_import_line(self, client):
        self.env["its.import.line"].create(
            {"import_id": self.job.id, "row": client.id, "partner_id": client.id}
        )

    def has_snapshot(self, client):
        self.env["its.import.snapshot"].create(
            {
                "source_id": self.env["its.import.source"]
                .create({"name": f"База {client.id}"})
                .id,
                "partner_id": client.id,
                "code_key": str(client.id),
            }
        )

    def has_onec_object(self, client):
        self.env["its.onec.object"].create(
            {
                "connection_id": self.connection.id,
                "ref": f"object {client.id}",
                "catalogue": "Catalog",
                "partner_id": client.id,
            }
        )

    def has_talk(self, client):
        return self.talk(
            client,
            -3,
            contact_id=self.contact_of(client).id,
            subscription_id=client.its_subscription_ids[:1].id,
        )

    def has_subscription(self, client):
        number = f"Д-{client.id}-{len(client.its_subscription_ids)}"
        return self.create_subscription(client, self.service, contract_number=number)

    def has_renewed_subscription(self, client):
        subscription = self.has_subscription(client)
        subscription._do_renew()

    def has_open_call(self, client):
        call = self.plan_call(client)
        call.its_subscription_id = client.its_subscription_ids[:1]
        return call

    def has_open_call_of_cadence(self, client):
        call = self.has_open_call(client)
        call.sudo().its_cadence_id = self.cadence

    def has_finished_call(self, client):
        self.has_open_call(client)._action_done(feedback="Дозвонились")

    def has_call_of_person(self, client):
        self.plan_call(self.contact_of(client))

    def has_response(self, client):
        response = self.start(client=client).sudo()
        response.its_contact_id = self.contact_of(client)
        response.its_subscription_id = client.its_subscription_ids[:1]

    def has_sign_of_risk(self, client):
        self.env["its.client.risk"].create(
            {
                "partner_id": client.id,
                "company_id": self.company.id,
                "sign": "contract",
                "date_from": self.today(),
            }
        )

    def has_making(self, client):
        self.env["its.client.making"].create(
            {"partner_ids": [fields.Command.link(client.id)]}
        )

    def has_personal_request(self, client):
        self.env["its.personal.request"].create(
            {
                "kind": "export",
                "card_ref": client.id,
                "client_id": client.id,
                "reason": "Просьба",
            }
        )

    def has_consent(self, client):
        client.write({"its_call_consent": "granted", "its_consent_date": self.today()})

    def kinds(self):
        return sorted(name for name in dir(self) if name.startswith("has_"))

    # -------------------------------------------------------------------------

    def holders(self):
        """Stored fields of ours, or on models of ours, that point to a partner."""
        found = {}
        for name, model in self.env.items():
            if model._abstract or model._transient or not model._auto:
                continue
            fields_ = [
                field.name
                for field in model._fields.values()
                if field.store
                and field.comodel_name == "res.partner"
                and field.type in ("many2one", "many2many")
                and (name.startswith("its.") or "its_quality" in field._modules)
                # Of Odoo's own mixins, which Odoo itself takes along.
                and "mail" not in field._modules
            ]
            if fields_:
                found[name] = tuple(fields_)
        found.pop("res.partner", None)
        return found

    def belongings(self, clients):
        """How many records of each kind point to clients or their people."""
        people = self.env["res.partner"].with_context(active_test=False)
        people = people.search([("id", "child_of", clients.ids)])
        return {
            (model, name): self.env[model]
            .sudo()
            .with_context(active_test=False)
            .search_count([(name, "in", people.ids)])
            for model, names in self.holders().items()
            for name in names
        }

    def merge(self, stays, goes):
        self.env["base.partner.merge.automatic.wizard"].create({})._merge(
            (stays + goes).ids, stays
        )
        self.env.invalidate_all()

    def test_what_points_to_a_client_is_known(self):
        """A new model has its row in ``HOLDERS`` and something that makes one here."""
        found = {name: set(names) for name, names in self.holders().items()}
        self.assertEqual(found, {name: set(names) for name, names in HOLDERS.items()})
        for client in self.pair:
            for kind in self.kinds():
                getattr(self, kind)(client)
            empty = [key for key, n in self.belongings(client).items() if not n]
            self.assertFalse(empty, "nothing here makes one")

    def check_merged(self, of_first, of_second, turn=None):
        """Merge both ways cards that have these things.

        :param turn: with one of many things, which way it is in the quick tier
        """
        for way in (1, -1) if turn is None else tier.thinned((1, -1), 2, turn):
            with self.undone():
                stays, goes = self.pair[::way]
                for client, kinds in zip(self.pair, (of_first, of_second), strict=True):
                    for kind in kinds:
                        getattr(self, kind)(client)
                before = self.belongings(self.pair)
                people = self.pair.child_ids
                self.merge(stays, goes)
                self.assertFalse(goes.exists())
                after = self.belongings(stays)
                for one in OF_A_FIELD:
                    self.assertEqual(bool(after.pop(one)), bool(before.pop(one)))
                self.assertEqual(after, before)
                self.assertEqual(stays.child_ids, people)
                self.check_rules(stays)

    def check_rules(self, client):
        """What is checked when a record is written is right after merging, too."""
        for model, names in self.holders().items():
            records = self.env[model].with_context(active_test=False)
            records = records.search([(names[0], "=", client.id)])
            records._validate_fields(set(records._fields))
        calls = self.calls_of(client, closed=True)
        self.assertLessEqual(
            set(calls.mapped("res_id")), set((client + client.child_ids).ids)
        )
        self.assertEqual(
            client.its_next_contact, self.calls_of(client)[:1].date_deadline
        )
        self.assertEqual(
            client.its_last_contact or False,
            max(client.its_interaction_ids.mapped("date_start"), default=False),
        )
        self.assertEqual(
            set(client.its_subscription_ids.mapped("user_id")), {*client.user_id}
        )
        for subscription in client.its_subscription_ids:
            self.assertEqual(subscription.is_renewed, bool(subscription.continued_ids))
            self.assertLessEqual(len(subscription.continued_ids), 1)

    def test_each_thing(self):
        for number, kind in enumerate(self.kinds()):
            ways = [([kind], []), ([], [kind]), ([kind], [kind])]
            if not tier.is_all():
                del ways[number % 2]
            for turn, (first, second) in enumerate(ways, number):
                with self.subTest(kind, first=bool(first), second=bool(second)):
                    self.check_merged(first, second, turn)

    def test_things_together(self):
        chance = random.Random(14)
        kinds = self.kinds()
        self.check_merged(kinds, kinds)
        for turn in range(tier.count(4, 12)):
            first, second = (
                chance.sample(kinds, chance.randrange(len(kinds))) for _card in "ab"
            )
            with self.subTest(turn, first=first, second=second):
                self.check_merged(first, second)

    # -------------------------------------------------------------------------
    # The same twice
    # -------------------------------------------------------------------------

    def same_contract(self, *renewals, **values):
        """One contract on both cards, from the client it is renewed for half a year or
        as is said."""
        contracts = self.env["its.subscription"]
        for client, days in zip(self.pair, renewals, strict=True):
            contract = self.create_subscription(
                client, self.contract, contract_number="Д-1", **values
            )
            contracts |= contract
            if days:
                start = contract.date_end + timedelta(days=days)
                contract.copy(
                    {"previous_id": contract.id, "date_start": start, "date_end": False}
                )
        return contracts

    def notes(self, client):
        return " ".join(client.message_ids.mapped("body"))

    def test_one_contract_renewed(self):
        """Rows: days until the renewal on each card, how many contracts there are then,
        whether somebody has to be told."""
        table = [
            (1, 1, 2, False),
            (1, 0, 2, False),
            (0, 1, 2, False),
            (1, 20, 3, True),
            (20, 1, 3, True),
        ]
        for first, second, count, told in table:
            for way in (1, -1):
                with self.subTest(first, second=second, way=way), self.undone():
                    self.same_contract(first, second)
                    stays, goes = self.pair[::way]
                    talks = [
                        self.talk(client, subscription_id=one.id)
                        for client in self.pair
                        for one in client.its_subscription_ids
                    ]
                    self.merge(stays, goes)
                    contracts = stays.its_subscription_ids.filtered(
                        lambda s: s.service_id == self.contract
                    )
                    self.assertEqual(len(contracts), count)
                    self.assertEqual(len(contracts.previous_id), 1)
                    self.assertEqual("separate subscription" in self.notes(stays), told)
                    self.assertEqual(len(stays.its_interaction_ids), len(talks))
                    for talk in talks:
                        self.assertTrue(talk.subscription_id)
                    self.check_rules(stays)

    def test_one_contract_that_continues_others(self):
        """The same contract was the renewal of another one on each card, or on one."""
        for firsts in ((True, True), (True, False), (False, True)):
            for way in (1, -1):
                with self.subTest(firsts, way=way), self.undone():
                    contracts = self.same_contract(0, 0)
                    for number, contract in enumerate(contracts):
                        if firsts[number]:
                            contract.previous_id = self.create_subscription(
                                contract.partner_id,
                                self.contract,
                                contract_number=f"Прежний {number}",
                                date_start=self.today(-400),
                                date_end=self.today(-101),
                            )
                    stays, goes = self.pair[::way]
                    self.merge(stays, goes)
                    [kept] = stays.its_subscription_ids.filtered(
                        lambda s: s.contract_number == "Д-1"
                    )
                    self.assertTrue(kept.previous_id)
                    self.assertEqual(
                        "separate subscription" in self.notes(stays), all(firsts)
                    )
                    self.check_rules(stays)

    def test_what_is_said_of_one_contract(self):
        first, second = self.same_contract(0, 0)
        first.note, second.note = "Первое", "Второе"
        second.onec_ref = "ref"
        second.date_end += timedelta(days=30)
        self.merge(*self.pair)
        self.assertEqual(first.note, "Первое\nВторое")
        self.assertEqual(first.onec_ref, "ref")
        self.assertIn("was on both cards", self.notes(self.client_own))

    def test_two_snapshots_of_one_source(self):
        for client in self.pair:
            self.env["its.import.snapshot"].create(
                {"source_id": self.source.id, "partner_id": client.id}
            )
        self.merge(*self.pair)
        found = self.env["its.import.snapshot"].search(
            [("source_id", "=", self.source.id)]
        )
        self.assertEqual(found.partner_id, self.client_own)

    # -------------------------------------------------------------------------
    # The card
    # -------------------------------------------------------------------------

    def test_consents(self):
        """Rows: of the card that stays and of the other one: calls, mailings, days; what
        counts then."""
        old, new = self.today(-9), self.today(-1)
        table = [
            (("granted", False, old), ("refused", False, new), ("refused", False, new)),
            (("granted", False, new), ("refused", False, old), ("granted", False, new)),
            (("granted", False, new), ("refused", False, new), ("refused", False, new)),
            (
                ("granted", False, False),
                ("refused", False, False),
                ("refused", False, False),
            ),
            ((False, False, False), ("refused", False, old), ("refused", False, old)),
            (
                ("refused", False, old),
                (False, "granted", new),
                ("refused", "granted", new),
            ),
            (
                ("refused", "granted", old),
                (False, False, False),
                ("refused", "granted", old),
            ),
        ]
        names = ("its_call_consent", "its_mail_consent", "its_consent_date")
        for stays, goes, expected in table:
            with self.subTest(stays, goes=goes), self.undone():
                for client, values in zip(self.pair, (stays, goes), strict=True):
                    client.write(dict(zip(names, values, strict=True)))
                self.merge(*self.pair)
                found = tuple(self.client_own[name] for name in names)
                self.assertEqual(found, expected)

    def test_what_the_other_card_said(self):
        self.client_own.write({"onec_code": "1", "vat": "7736050003"})
        self.client_unassigned.write(
            {"onec_code": "2", "vat": "7736050003", "its_kpp": "773601001"}
        )
        self.merge(*self.pair)
        self.assertEqual(self.client_own.onec_code, "1")
        self.assertEqual(self.client_own.its_kpp, "773601001")
        self.assertIn("1C code: 2", self.notes(self.client_own))
        self.assertNotIn("7736050003", self.notes(self.client_own))

    def test_into_a_card_that_was_no_client(self):
        self.has_open_call(self.client_own)
        self.has_finished_call(self.client_own)
        before = self.belongings(self.client_own)
        self.merge(self.stranger, self.client_own)
        self.assertTrue(self.stranger.its_client)
        self.assertEqual(self.belongings(self.stranger), before)

    def test_into_a_person_of_another_firm(self):
        person = self.contact_of(self.client_unassigned)
        with self.assertRaisesRegex(UserError, "contact person"):
            self.merge(person, self.client_own)

    def test_people_of_two_firms(self):
        talks = [self.has_talk(client) for client in self.pair]
        first, second = map(self.contact_of, self.pair)
        self.merge(first, second)
        self.assertEqual(talks[0].contact_id, first)
        self.assertFalse(talks[1].contact_id)
        self.assertEqual(talks[1].partner_id, self.client_unassigned)
        self.assertIn("removed from", self.notes(first))
