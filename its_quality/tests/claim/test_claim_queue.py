from ast import literal_eval

from odoo.exceptions import AccessError, UserError
from odoo.tests import freeze_time, tagged

from .common import NOW, EmailCase

INN = "7707083893"


@tagged("post_install", "-at_install")
@freeze_time(NOW)
class TestClaimQueue(EmailCase):
    """Unknown senders: whom they may be, who says so, and that it can be undone."""

    def setUp(self):
        super().setUp()
        # The names of other tests are those of the demonstration, too.
        self.client_own.write(
            {"name": "ООО «Чабрец»", "vat": INN, "phone": "+7 833 212-34-56"}
        )
        self.client_own.flush_recordset()

    def arrive(self, **values):
        vals = {"subject": "Не печатает касса", "email_from": "x@mail.ru", **values}
        return self.env["its.claim"]._register_from_outside("form", self.company, vals)

    def dialog(self, claim, mode, role="quality_manager", **values):
        dialogs = self.env["its.claim.sender"].with_user(getattr(self, role))
        context = {"default_claim_id": claim.id, "default_mode": mode}
        return dialogs.with_context(**context).create(values)

    def test_proposals(self):
        """Rows: what is known of the sender, why it may be the client."""
        table = [
            ({"description": f"Наш ИНН {INN}, срочно"}, "inn"),
            ({"sender_inn": INN}, "inn"),
            ({"sender_inn": " 77 07\t083893 "}, "inn"),
            ({"sender_phone": "8 (833) 212-34-56"}, "phone"),
            ({"description": "тел. +7 833 2123456"}, "phone"),
            ({"sender_phone": "83 32 12 34 56"}, "phone"),
            ({"sender_phone": "+7.833.212.34.56"}, "phone"),
            ({"sender_phone": "8 912 000-00-00; 833 2123456 доб. 5"}, "phone"),
            ({"description": "тел. +7‑833‑212–34–56"}, "phone"),
            ({"sender_name": "Бухгалтерия ООО Чабрец"}, "name"),
            ({"sender_name": self.client_own.name}, "name"),
            ({"sender_name": f"Пётр, {self.client_own.name}"}, "name"),
            ({"description": "ИНН: 7707 083 893, касса"}, "inn"),
            ({"sender_name": "Чабрец ООО"}, "name"),
            ({"sender_name": 'Отдел кадров | ООО "ЧАБРЕЦ"'}, "name"),
            ({"description": "Стоит касса.\n--\nИван\nООО Чабрец"}, "name"),
            ({"description": 'Это ООО "Чабрец", у нас стоит касса'}, "name"),
            ({"description": "В ООО «Тимьян» работает"}, False),
            ({"description": "ИНН 7707083894"}, False),
            ({"sender_name": "Пётр"}, False),
        ]
        for values, why in table:
            with self.subTest(values):
                claim = self.arrive(**values)
                self.assertFalse(claim.partner_id)
                expected = self.client_own if why else claim.partner_id
                self.assertEqual(claim.suggested_partner_id, expected)
                self.assertEqual(claim.suggested_why, why)
        claim = self.arrive(email_from="chief@klever.example.com")
        self.assertEqual(claim.suggested_why, "address")
        claim = self.arrive(email_from="new@klever.example.com", sender_inn=INN)
        self.assertEqual(claim.suggested_why, "inn")
        self.assertEqual(claim.proposed_ids, self.client_own | self.client_team)

    def test_it_is_them_and_undone(self):
        claims = self.arrive(sender_inn=INN) | self.arrive(sender_inn=INN)
        queue = literal_eval(self.env.ref("its_quality.its_claim_action_queue").domain)
        first = self.by(claims[0], "quality_manager")
        first.action_link_suggested()
        self.assertEqual(claims.partner_id, self.client_own)
        self.assertLessEqual(claims, self.env["its.claim"].search(queue))
        self.assertTrue(first.can_undo_link)
        first.action_undo_link()
        self.assertFalse(claims.partner_id)
        self.assertEqual(claims.suggested_partner_id, self.client_own)
        self.assertFalse(first.can_undo_link)
        first.action_link_suggested()
        with freeze_time("2027-03-01 10:00:00"):
            self.assertFalse(self.by(first, "quality_manager").can_undo_link)
            with self.assertRaisesRegex(UserError, "too late"):
                first.action_undo_link()

    def test_no_undoing_once_it_is_dispatched(self):
        claim = self.arrive(sender_inn=INN, team_id=self.team.id)
        self.by(claim, "quality_manager").action_link_suggested()
        self.go(claim, "dispatch")
        with self.assertRaisesRegex(UserError, "too late"):
            self.by(claim, "quality_manager").action_undo_link()

    def test_choosing_a_client(self):
        claim = self.arrive()
        action = self.by(claim, "quality_manager").action_choose_client()
        self.assertEqual(action["res_model"], "its.claim.sender")
        dialog = self.dialog(claim, "choose")
        with self.assertRaisesRegex(UserError, "Choose the client"):
            dialog.action_choose()
        dialog.partner_id = self.client_team
        dialog.action_choose()
        self.assertEqual(claim.partner_id, self.client_team)
        self.by(claim, "quality_manager").action_undo_link()
        self.assertFalse(claim.partner_id)

    def test_the_preview_of_a_new_client(self):
        """Rows: what the sender wrote; firm, person, phone, INN of the preview."""
        table = [
            (
                {"sender_name": "Пётр Сидоров, ООО «Бересклет»", "sender_phone": "123"},
                ("ООО «Бересклет»", "Пётр Сидоров", "123", False),
            ),
            (
                {
                    "sender_name": "Пётр Сидоров",
                    "description": "Касса!\n\nС уважением,\nИП Сидоров П. П.\n"
                    "тел. 8 912 345-67-89, ИНН 500100732259",
                },
                ("ИП Сидоров П. П.", "Пётр Сидоров", "+79123456789", "500100732259"),
            ),
            (
                {"sender_name": "Пётр", "description": 'Это ООО "Бересклет", срочно'},
                ('ООО "Бересклет"', "Пётр", False, False),
            ),
            ({"sender_name": "Бересклет"}, ("Бересклет", False, False, False)),
            ({}, ("x@mail.ru", False, False, False)),
        ]
        for values, expected in table:
            with self.subTest(values):
                dialog = self.dialog(self.arrive(**values), "new")
                found = (dialog.name, dialog.person, dialog.phone, dialog.vat)
                self.assertEqual(tuple(one or False for one in found), expected)
                self.assertEqual(dialog.email, "x@mail.ru")

    def test_a_new_client_and_undone(self):
        claims = self.arrive(sender_name="Пётр, ООО «Бересклет»") | self.arrive()
        dialog = self.dialog(claims[0], "new")
        dialog.name = "ООО «Бересклет-2»"
        dialog.action_create()
        client = claims.partner_id
        self.assertEqual(len(client), 1)
        self.assertEqual(client.name, "ООО «Бересклет-2»")
        self.assertTrue(client.its_client)
        self.assertEqual(client.child_ids.name, "Пётр")
        self.assertEqual(claims[0].contact_id, client.child_ids)
        self.by(claims[0], "quality_manager").action_undo_link()
        self.assertFalse(claims.partner_id)
        self.assertFalse(client.active)
        self.assertFalse(claims.suggested_partner_id)

    def test_no_second_card_with_an_inn(self):
        """Unless the INN is cleared."""
        dialog = self.dialog(self.arrive(sender_name="Пётр"), "new")
        dialog.vat = INN
        with self.assertRaisesRegex(UserError, f"{self.client_own.name} already has"):
            dialog.action_create()
        dialog.vat = False
        dialog.action_create()
        self.assertNotEqual(dialog.claim_id.partner_id, self.client_own)

    def test_who_may_say_who_it_is(self):
        claim = self.arrive(sender_inn=INN)
        self.by(claim, "quality_manager").action_link_suggested()
        other = self.arrive(sender_inn=INN)
        for role in ("client_manager", "head", "worker", "employee", "portal"):
            with self.subTest(role), self.assertRaises(UserError):
                self.by(claim, role).action_undo_link()
            with self.subTest(role), self.assertRaises(AccessError):
                self.dialog(other, "choose", role, partner_id=self.client_team.id)
        dialog = self.dialog(other, "choose", partner_id=self.client_team.id)
        with self.assertRaises(AccessError):
            dialog.with_user(self.administrator).action_choose()
