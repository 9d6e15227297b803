from email.header import Header

from odoo.tests import freeze_time, tagged

from ...models.claim import numbers
from .common import NOW
from .letter_shapes import text
from .shape_case import ShapeCase


@tagged("post_install", "-at_install")
@freeze_time(NOW)
class TestClaimNumbers(ShapeCase):
    """The number of a claim is found in a subject, however it is spelt."""

    def test_a_number_in_any_spelling(self):
        sequence = self.env.ref("its_quality.ir_sequence_claim")
        for prefix, spellings in (
            (
                "RC-",
                (
                    "rc {}",
                    "RС-{}",
                    "rс_{}",
                    "RC{}",
                    "Re: [rc–{}]",
                    "По RC № {}.",
                    "rc {short}",
                    "RC-{short}: когда?",
                    "Отв: rс0{short}",
                    "рс-{}",
                    "по РЦ {short}",
                    "RC\u202f{}",
                    "RC\u00ad-{}",
                    "RC−{}",
                    "[#RC-{}]",
                    "RC - {short}",
                    "RC No {}",
                    "rc n{short}, опять",
                    "РС номер {}",
                    "ＲＣ-{}",
                    # Glued to what is before and after it.
                    "рекламацияRC-{}",
                    "РЕКЛАМАЦИЯРС-{}",
                    "по рекламациирс{}",
                    "claimRC{}",
                    "заявкаRC-{short}",
                    "№12RC-{short}",
                    "RC-{}опять",
                    "RC{short}от 01.03",
                ),
            ),
            (
                "РК/%(year)s-",
                (
                    "рк 2027 {}",
                    "PK/2027-{}",
                    "Re: РК2027{} опять",
                    "рк/2027-{short}",
                    "заявкаРК/2027-{}",
                    "заявкаРК/2027-{short}опять",
                ),
            ),
            (False, ("обращение {}", "обращение{}", "{}опять")),
        ):
            sequence.prefix = prefix
            claim = self.create_claim()
            digits = claim.name[-5:]
            for spelling in spellings:
                with self.subTest(spelling):
                    spelt = spelling.format(digits, short=int(digits))
                    subject = str(Header(spelt, "utf-8"))
                    letter = text("<p>Когда?</p>")
                    self.assertFalse(self.bring(letter, {"Subject": subject}))

    def test_what_is_no_number(self):
        """Words that end like one, with another number after them."""
        claim = self.create_claim(contact_id=self.person.id)
        short = int(claim.name[-5:])
        for subject in (f"ресурс {short}", f"Курс-{short}", f"C{short}", f"{short}"):
            with self.subTest(subject), self.undone():
                letter = text("<p>Когда?</p>")
                header = str(Header(subject, "utf-8"))
                self.assertTrue(self.bring(letter, {"Subject": header}))

    def test_numbers_as_the_database_makes_them(self):
        for name in ("RC-00042", "рк/2027-00001", "Ёж_№ 7.001", "x\\y#1", "ЭДО–12"):
            self.env.cr.execute(
                f"SELECT {numbers.INDEXED} FROM (SELECT %s AS name) t", [name]
            )
            self.assertEqual(self.env.cr.fetchone()[0], numbers.canonical(name))
