import random

from odoo.tests import tagged

from ...models.phone.numbers import key_of, keys_of
from ..common import QualityCase

# How people write a number of a city, or of a mobile phone: a code of three or four
# digits, and the rest.
SPELLINGS = (
    "+7 {code} {rest}",
    "+7 ({code}) {dashed}",
    "8 ({code}) {dashed}",
    "8-{code}-{dashed}",
    "8{code}{rest}",
    "7{code}{rest}",
    "{code}{rest}",
    "({code}) {dashed}",
    "8 {code} {blanks} доб. 105",
    "+7({code}){dashed}, доб.12",
    "т. 8\xa0({code})\xa0{dashed} (Ольга Ивановна)",
    "8 ({code}) {dashed} вн. 7",
)
EXCHANGES = ("+7{code}{rest}", "8{code}{rest}", "7{code}{rest}", "sip:{code}{rest}@pbx")


def spelled(spelling, number):
    size = 4 if number.startswith("8332") else 3
    code, rest = number[:size], number[size:]
    pairs = [rest[-4:-2], rest[-2:]]
    return spelling.format(
        code=code,
        rest=rest,
        dashed="-".join([rest[:-4], *pairs]),
        blanks=" ".join([rest[:-4], *pairs]),
    )


@tagged("post_install", "-at_install")
class TestPhoneNumbers(QualityCase):
    def cards(self, number):
        return self.env["its.phone.number"]._cards(number, self.company)

    def test_keys(self):
        """Rows: what somebody has typed, the keys of it."""
        table = [
            ("8 (8332) 12-34-56 доб. 12; 8 912 000-00-00", "8332123456 9120000000"),
            ("(8332) 12-34-56/57", "8332123456"),
            ("8 (8332) 12-34-56 105", "8332123456"),
            ("89121234567 88332123456", "9121234567 8332123456"),
            ("+7 912 123 45 67, +7 912 123 45 67", "9121234567"),
            ("+8 (912) 123-45-67", "9121234567"),
            ("8-10-375-29-123-45-67", "5291234567"),
            ("+375 29 123-45-67", "5291234567"),
            ("００７ 495 123-45-67", "4951234567"),
            ("(8332) 12-34-56 105", "8332123456"),
            ("(912) 123-45-67 2", "9121234567"),
            ("(49232) 1-23-45", "4923212345"),
            ("(88332) 12-34-56", "8332123456"),
            ("(8 8332) 12-34-56", "8332123456"),
            ("8 (8332) 12-34-56 (доб. 105)", "8332123456"),
            ("8332-12-34-56 д.105", "8332123456"),
            ("моб. 8 912 123 45 67 раб. 8 8332 12 34 56", "9121234567 8332123456"),
            ("8 912 123-45-67 / 8 912 765-43-21", "9121234567 9127654321"),
            ("+79121234567+79127654321", "9121234567 9127654321"),
            ("8 8332 123456 доб.1 и 8 8332 654321 доб.2", "8332123456 8332654321"),
            ("007 912 123-45-67", "9121234567"),
            ("8-800-555-35-35", "8005553535"),
            ("+49 30 1234567", "9301234567"),
            ("8 10 49 30 1234567", "9301234567"),
            ("+998 90 123 45 67", "8901234567"),
            ("+7 912 123 45 67 до 18:00", "9121234567"),
            ("8332123456x105", "8332123456"),
            ("8332 123456 ext. 5 12", "8332123456"),
            ("fax 912 123 45 67", "9121234567"),
            # Without its code it is one of many towns.
            ("8 (8332) 12-34-56, 12-34-57", "8332123456"),
            ("12-34-56", ""),
            ("101", ""),
            ("нет телефона", ""),
            ("", ""),
            (False, ""),
            ("1" * 40, ""),
        ]
        for text, keys in table:
            with self.subTest(text):
                self.assertEqual(keys_of(text), keys.split())

    def test_what_an_exchange_reports(self):
        table = [
            ("sip:+78332123456@pbx:5060", "8332123456"),
            ("<sip:89121234567@pbx>", "9121234567"),
            ("tel:+7-8332-12-34-56;ext=12", "8332123456"),
            ("101", ""),
            ("anonymous", ""),
            (None, ""),
        ]
        for number, key in table:
            with self.subTest(number):
                self.assertEqual(key_of(number), key)

    def test_any_spelling_is_found(self):
        """200 numbers, each typed in another way by somebody else, in whatever way the
        exchange reports them; and neighbours that nobody has."""
        chance = random.Random(22)
        codes = ("495", "912", "8332", "800", "343")
        numbers = set()
        while len(numbers) < 400:
            code = chance.choice(codes)
            size = 10 - len(code)
            numbers.add(f"{code}{chance.randrange(10**size):0{size}}")
        numbers = sorted(numbers)
        chance.shuffle(numbers)
        known, strange = numbers[:200], numbers[200:]
        people = self.env["res.partner"].create(
            [
                {
                    "name": number,
                    "parent_id": self.clients[place % 4].id,
                    "phone": spelled(SPELLINGS[place % 12], number),
                }
                for place, number in enumerate(known)
            ]
        )
        self.env.flush_all()
        ours = self.env["its.phone.number"].search([("partner_id", "in", people.ids)])
        found = {(one.partner_id.id, one.key) for one in ours}
        self.assertEqual(found, set(zip(people.ids, known, strict=True)))
        right = sum(
            keys_of(spelled(spelling, number)) == [number]
            for number in known
            for spelling in SPELLINGS
        )
        self.assertEqual(right, 2400)
        for place, person in enumerate(people):
            shown = spelled(EXCHANGES[place % 4], person.name)
            self.assertEqual(self.cards(shown), person)
        for number in strange:
            self.assertFalse(self.cards(f"+7{number}"))

    def test_a_card_is_changed(self):
        client = self.client_own
        client.phone = "8 (8332) 11-11-11; 8 912 111-11-11"
        self.assertEqual(self.cards("+78332111111"), client)
        self.assertEqual(self.cards("+79121111111"), client)
        client.phone = "8 (8332) 22-22-22"
        self.assertFalse(self.cards("+78332111111"))
        self.assertEqual(self.cards("+78332222222"), client)
        # Several clients of one number are all found, the firm before its people.
        contact = self.contact_of(self.client_team)
        (contact | self.client_team).write({"phone": "88332222222"})
        self.assertEqual(self.cards("8332222222"), client | self.client_team | contact)
        client.phone = False
        self.client_team.active = False
        self.assertFalse(self.cards("+78332222222"))

    def test_many_cards_one_after_another(self):
        """Their numbers are written together, and are there when they are asked for."""
        people = self.env["res.partner"].create(
            [{"name": str(n), "phone": f"8 912 100-00-{n:02}"} for n in range(20)]
        )
        self.env.cr.flush()
        before = self.env.cr.sql_log_count
        for place, person in enumerate(people):
            person.phone = f"8 912 200-00-{place:02}"
        self.env.cr.flush()
        # Odoo asks once a card itself.
        self.assertLess(self.env.cr.sql_log_count - before, len(people) * 1.5)
        numbers = self.env["its.phone.number"]
        people[0].phone = False
        found = numbers.search([("partner_id", "in", people.ids)])
        self.assertEqual(
            sorted(found.mapped("key")), [f"91220000{n:02}" for n in range(1, 20)]
        )

    def test_only_clients_of_the_company(self):
        for partner, is_found in (
            (self.client_own, True),
            (self.client_abroad, False),
            (self.stranger, False),
        ):
            with self.subTest(partner.name), self.undone():
                partner.phone = "8 (8332) 33-33-33"
                self.assertEqual(bool(self.cards("8332333333")), is_found)
        # Somebody who becomes a client later is found.
        self.stranger.phone = "8 (8332) 33-33-33"
        self.stranger.its_client = True
        self.assertEqual(self.cards("8332333333"), self.stranger)

    def test_numbers_of_before(self):
        """The addon is installed where cards have numbers already."""
        self.client_own.phone = "8 (8332) 44-44-44"
        self.env.cr.flush()
        self.env.cr.execute("DELETE FROM its_phone_number")
        self.assertFalse(self.cards("8332444444"))
        self.env["its.phone.number"].init()
        self.assertEqual(self.cards("8332444444"), self.client_own)
