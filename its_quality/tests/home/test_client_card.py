from datetime import timedelta

from odoo import fields
from odoo.tests import Form, tagged

from ..common import QualityCase


@tagged("post_install", "-at_install")
class TestClientCard(QualityCase):
    """The card of a client: made in one go, and telling what has happened."""

    def test_client_and_subscription_in_one_save(self):
        partners = self.env["res.partner"].with_user(self.client_manager)
        action = self.env.ref("its_quality.its_client_action")
        context = {"default_its_client": True, "default_is_company": True}
        self.assertTrue(action)
        with Form(partners.with_context(**context)) as form:
            form.name = "ООО «Сразу»"
            form.user_id = self.client_manager
            with form.its_subscription_ids.new() as line:
                line.service_id = self.contract
        client = form.record
        [subscription] = client.its_subscription_ids
        start, end = subscription.date_start, subscription.date_end
        self.assertEqual(start, self.company._its_today())
        year = fields.Date.add(start, years=1) - timedelta(days=1)
        self.assertEqual(end, year, "for a year, unless somebody says otherwise")

    def test_a_program_is_for_good(self):
        with Form(self.env["its.subscription"]) as form:
            form.partner_id = self.client_own
            form.service_id = self.program
            self.assertFalse(form.date_end)

    def test_an_extension_in_the_language_of_the_reader(self):
        self.env["res.lang"]._activate_lang("ru_RU")
        self.client_own.country_id = self.env.ref("base.ru")
        for lang, word in (("ru_RU", "доб."), ("en_US", "ext.")):
            with self.subTest(lang):
                client = self.client_own.with_context(lang=lang)
                with Form(client, "base.view_partner_form") as form:
                    form.phone = "8 (833) 255-55-55 доб. 12"
                self.assertTrue(client.phone.endswith(f"{word} 12"), client.phone)

    def test_what_ends_soon_comes_first(self):
        days = {"active": 200, "expiring": 5, "expired": -3}
        found = self.create_subscription(self.client_team, self.service, days=200)
        for days_left in days.values():
            found |= self.create_subscription(
                self.client_team,
                self.contract,
                days=days_left,
                contract_number=str(days_left),
            )
        right = ["expiring", "active", "active", "expired"]
        self.assertEqual(found.sorted("urgency").mapped("state"), right)
        # As the card of a client asks the database for the first of them.
        found = found.search([("id", "in", found.ids)], order="urgency, date_end")
        self.assertEqual(found.mapped("state"), right)

    def test_what_has_happened(self):
        """Of all kinds, the latest first; nobody sees what they may not read."""
        client = self.client_own
        now = fields.Datetime.now()
        self.env["its.interaction"].create(
            {
                "partner_id": client.id,
                "date_start": now - timedelta(days=3),
                "summary": "Просят обучение",
            }
        )
        self.env["its.claim"].create(
            {"subject": "Не пришёл отчёт", "partner_id": client.id, "author_id": False}
        )
        former = self.create_subscription(client, self.contract, days=5)
        former._do_renew()
        told = client.with_user(self.client_manager).its_timeline
        order = [told.find(words) for words in ("Не пришёл отчёт", "Просят обучение")]
        self.assertTrue(-1 < order[0] < order[1], told)
        self.assertIn(self.contract.name, told)
        self.assertNotIn("<script", told)
        client.its_interaction_ids.summary = "<script>alert(1)</script>"
        client.invalidate_recordset(["its_timeline"])
        self.assertNotIn("<script", client.with_user(self.client_manager).its_timeline)


@tagged("post_install", "-at_install")
class TestRenewing(QualityCase):
    """A small dialog proposes the next period; what is entered there counts."""

    def test_dialog(self):
        former = self.create_subscription(
            self.client_own, self.contract, days=5, contract_number="Н-7"
        )
        action = former.with_user(self.client_manager).action_ask_renewal()
        dialogs = self.env[action["res_model"]].with_user(self.client_manager)
        self.assertTrue(dialogs.create({"subscription_id": former.id}).date_start)
        with Form(dialogs.with_context(**action["context"])) as form:
            proposed = former._its_next_dates()
            self.assertEqual(form.date_start, proposed["date_start"])
            self.assertEqual(form.date_end, proposed["date_end"])
            self.assertEqual(form.contract_number, "Н-7")
            form.contract_number = "Н-8"
            form.date_end = proposed["date_start"] + timedelta(days=10)
        form.record.action_confirm()
        renewal = former.next_ids
        self.assertEqual(renewal.contract_number, "Н-8")
        self.assertEqual((renewal.date_end - renewal.date_start).days, 10)
        names = (former | renewal).mapped("display_name")
        self.assertEqual(len(set(names)), 2)
