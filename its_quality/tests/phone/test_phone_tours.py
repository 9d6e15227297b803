import json
from unittest.mock import patch

from odoo.tests import HttpCase, tagged

from ...models.phone import calling
from .common import PhoneCase


@tagged("post_install", "-at_install", "browser")
class TestPhoneTours(HttpCase, PhoneCase):
    """Incoming, new, outgoing and missed calls in a real browser."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.lang"]._activate_lang("ru_RU")
        cls.client_manager.lang = "ru_RU"

    def ring(self, **values):
        self.take(self.event("ringing", extension="101", **values))
        event = self.env["its.phone.event"].search([], limit=1)
        self.env["ir.attachment"].create(
            {
                "name": "phone.json",
                "url": "/its_quality/tour/phone.json",
                "mimetype": "application/json",
                "public": True,
                "raw": json.dumps(
                    {
                        "call": f"{self.connection.id}:{event.call_ref}",
                        "event": event.id,
                    }
                ).encode(),
            }
        )

    def tour(self, name):
        self.start_tour("/odoo/call-desk", name, login=self.client_manager.login)
        self.env.invalidate_all()

    def planned_call(self, client):
        return client.activity_schedule(
            "mail.mail_activity_data_call",
            user_id=self.client_manager.id,
            date_deadline=self.today(),
        )

    def test_incoming(self):
        self.planned_call(self.client_own)
        self.env["its.interaction"].create(
            {"partner_id": self.client_own.id, "summary": "Просят обучение"}
        )
        self.ring()
        self.tour("its_phone_incoming")

    def test_new_number(self):
        self.ring(number="+79990000001")
        self.tour("its_phone_new_number")
        self.assertIn("+79990000001", self.client_own.child_ids.mapped("phone"))

    def test_outgoing(self):
        self.planned_call(self.client_own)
        asked = []

        def call(connection, extension, number):
            asked.append((connection.id, extension, number))
            return True

        with patch.object(calling, "call", call):
            self.tour("its_phone_outgoing")
        self.assertEqual(asked, [(self.connection.id, "101", "88332111111")])

    def test_missed(self):
        self.planned_call(self.client_unassigned).date_deadline = self.today(-5)
        [call] = self.write_journal(*self.missed())
        call.callback_id.date_deadline = self.today()
        self.tour("its_phone_missed")
        self.assertTrue(call.date_called_back)
        [talk] = self.client_own.its_interaction_ids
        self.assertEqual(talk.summary, "Перезвонили")
        self.assertEqual(talk.activity_id, call.callback_id)
