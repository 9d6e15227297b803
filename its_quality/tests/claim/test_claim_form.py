import io
import re
import zipfile
from datetime import timedelta

from odoo import fields, http
from odoo.tests import HttpCase, tagged
from odoo.tools import mute_logger

from ...controllers.claim.form import version_of
from ...models.claim.its_claim_attempt import LIMITS
from ...models.claim.sanitising import network_of, one_address
from ...models.claim.uploads import file_name
from ...tools.texts import plain

PNG = (
    b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x06\x00\x00"
    b"\x00\x1f\x15\xc4\x89\x00\x00\x00\rIDATx\x9cc\xf8\xff\xff?\x00\x05\xfe\x02\xfe\xa7"
    b"\x9a\xa0\xa0\x00\x00\x00\x00IEND\xaeB`\x82"
)


def bomb():
    """A document whose kind is told by more than anybody would read."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", b"x" * 2**22)
    return content.getvalue()


GOOD = {
    "name": "Ольга, ООО «Новая»",
    "email": "olga@novaya.example.com",
    "phone": "+7 8332 12-00-00",
    "subject": "Не открывается",
    "description": "С утра <b>ничего</b>\n=HYPERLINK(1)",
}


@tagged("post_install", "-at_install")
class TestClaimForm(HttpCase):
    """The public form: it takes claims in, and tells nobody anything."""

    def setUp(self):
        super().setUp()
        self.env["its.claim.attempt"].search([]).unlink()
        self.client = self.env["res.partner"].create(
            {
                "name": "ООО «Известная»",
                "email": "known@known.example.com",
                "is_company": True,
                "its_client": True,
            }
        )

    def send(self, files=(), token=True, keep_session=False, **values):
        if not keep_session:
            self.authenticate(None, None)
        consent = version_of(self.env.company._its_consent_text())
        data = {**GOOD, "consent": consent, **values}
        if token:
            data["csrf_token"] = http.Request.csrf_token(self)
        before = self.env["its.claim"].search([])
        files = [("files", (name, io.BytesIO(body))) for name, body in files]
        response = self.url_open("/its/claim", data=data, files=files or None)
        self.env.invalidate_all()
        return response, self.env["its.claim"].search([]) - before

    def test_a_claim_is_sent(self):
        response, claim = self.send(files=[("экран.png", PNG)])
        self.assertEqual(len(claim), 1)
        self.assertTrue(response.url.endswith("/its/claim/sent"))
        self.assertIn(claim.name, response.text)
        self.assertEqual(claim.channel, "form")
        self.assertEqual(claim.sender_name, GOOD["name"])
        self.assertEqual(claim.email_from, GOOD["email"])
        self.assertEqual(claim.description, GOOD["description"])
        self.assertFalse(claim.partner_id)
        self.assertTrue(claim.consent_date)
        form = self.url_open("/its/claim").text
        self.assertIn(claim.consent_text, form)
        files = self.env["ir.attachment"].search(
            [("res_model", "=", "its.claim"), ("res_id", "=", claim.id)]
        )
        self.assertEqual(files.mapped("name"), ["экран.png"])
        self.assertFalse(files.public)

    def test_the_inn_tells_nobody_anything(self):
        """The page is the same whether it is a client's, somebody's, or none."""
        self.client.vat = "7707083893"
        pages = set()
        for inn, suggested in (
            ("7707083893", self.client),
            ("7707 083893", self.client),
            ("500100732259", self.client.browse()),
            ("нет", self.client.browse()),
            ("", self.client.browse()),
        ):
            with self.subTest(inn):
                response, claim = self.send(inn=inn)
                self.assertFalse(claim.partner_id)
                self.assertEqual(claim.suggested_partner_id, suggested)
                text = response.text.replace(claim.name, "")
                pages.add(re.sub(r'csrf_token[^,;>]*|"[\w-]{20,}"', "", text))
        self.assertEqual(len(pages), 1)

    def test_everything_wrong_is_named_at_once(self):
        """And what was typed is still there."""
        response, claim = self.send(
            name="", email="нет адреса", description="", subject="Тема", consent=""
        )
        self.assertFalse(claim)
        self.assertEqual(len(re.findall("invalid-feedback", response.text)), 4)
        self.assertIn('value="Тема"', response.text)
        self.assertIn('value="нет адреса"', response.text)

    def test_each_field(self):
        """Rows: field, value."""
        table = [
            ("name", " "),
            ("name", "x" * 201),
            ("email", "olga"),
            ("email", "olga@intranet"),
            ("email", "Ольга <olga@novaya.example.com>"),
            ("email", ""),
            ("phone", "1" * 51),
            ("inn", "1" * 21),
            ("subject", ""),
            ("subject", "x" * 201),
            ("description", "\n"),
            ("description", "x" * 20001),
            ("consent", ""),
            ("consent", version_of("Другие слова")),
        ]
        for field, value in table:
            with self.subTest(field, value=value[:10]):
                response, claim = self.send(**{field: value})
                self.assertFalse(claim)
                self.assertEqual(len(re.findall("invalid-feedback", response.text)), 1)

    def test_files(self):
        """Rows: name, content, whether it is taken."""
        table = [
            ("a.png", PNG, True),
            ("a.pdf", b"%PDF-1.4\n%\xe2\xe3\n1 0 obj\n<<>>\nendobj\n", True),
            ("a.txt", "Лог".encode(), True),
            ("a.txt", "Лог".encode("cp1251"), True),
            ("a.exe", b"MZ" + b"\0" * 100, False),
            ("a.docx", b"MZ" + b"\0" * 100, False),
            ("a.docx", b"PK\x03\x04" + b"\0" * 64, False),
            ("a.odt", bomb(), False),
            ("a.png", b"MZ" + b"\0" * 100, False),
            ("a.jpg", PNG, False),
            ("a.pdf", b"<html><script>alert(1)</script></html>", False),
            ("a.html", b"<html></html>", False),
            ("a.svg", b"<svg xmlns='http://www.w3.org/2000/svg'/>", False),
            ("a.txt", b"<html></html>", False),
            ("a.txt", b"MZ\0\0", False),
            ("noextension", PNG, False),
            ("empty.txt", b"", False),
            ("big.txt", b"x" * (10 * 2**20 + 1), False),
        ]
        for name, content, taken in table:
            with self.subTest(name, content=content[:4]):
                self.env["its.claim.attempt"].search([]).unlink()
                _response, claim = self.send(files=[(name, content)])
                self.assertEqual(bool(claim), taken)
        _response, claim = self.send(files=[("a.png", PNG)] * 4)
        self.assertFalse(claim)

    def test_robots(self):
        response, claim = self.send(homepage="http://spam.example.com")
        self.assertFalse(claim)
        self.assertTrue(response.url.endswith("/its/claim/sent"))

    def test_too_many_of_one_address(self):
        for number in range(LIMITS["email"] + 1):
            response, claim = self.send()
            self.assertEqual(bool(claim), number < LIMITS["email"])
        self.assertEqual(response.status_code, 429)
        self.assertIn(GOOD["subject"], response.text)
        _response, claim = self.send(email="other@novaya.example.com")
        self.assertTrue(claim)

    def test_too_many_of_one_network(self):
        now = fields.Datetime.now()
        attempts = self.env["its.claim.attempt"]
        for minutes, taken in ((61, True), (59, False)):
            attempts.search([]).unlink()
            attempts.create(
                [
                    {
                        "kind": "network",
                        "digest": attempts._digest("127.0.0.1"),
                        "date": now - timedelta(minutes=minutes),
                    }
                    for _attempt in range(LIMITS["network"])
                ]
            )
            with self.subTest(minutes=minutes):
                self.assertEqual(bool(self.send()[1]), taken)

    def test_attempts_say_nothing_of_the_sender_and_go(self):
        self.send()
        attempts = self.env["its.claim.attempt"].search([])
        self.assertEqual(len(attempts), 2)
        for attempt in attempts:
            self.assertNotIn("novaya", attempt.digest)
        attempts.date = fields.Datetime.now() - timedelta(days=2)
        attempts._gc_attempts()
        self.assertFalse(attempts.exists())

    def test_fields_that_nobody_asked_for(self):
        _response, claim = self.send(
            partner_id=str(self.client.id),
            stage_id=str(self.env["its.claim.stage"]._first_of("closed").id),
            user_id=str(self.env.ref("base.user_admin").id),
            company_id="99",
            priority="3",
            channel="phone",
            satisfaction="5",
            consent_text="Нет",
        )
        self.assertEqual(claim.state, "registered")
        self.assertEqual(claim.priority, "1")
        self.assertEqual(claim.channel, "form")
        self.assertEqual(claim.company_id, self.env.company)
        self.assertFalse(claim.partner_id or claim.user_id or claim.satisfaction)
        self.assertNotEqual(claim.consent_text, "Нет")

    def test_nobody_learns_who_is_a_client(self):
        answers = []
        for email in ("known@known.example.com", "nobody@nowhere.example.com"):
            response, claim = self.send(email=email)
            known = email.startswith("known")
            self.assertEqual(bool(claim.suggested_partner_id), known)
            answers.append(re.sub(r"RC-\d+|csrf_token.*", "", response.text))
        self.assertEqual(*answers)

    def test_who_a_sender_is(self):
        cases = (
            (network_of, "127.0.0.1", "127.0.0.1"),
            (network_of, "::ffff:127.0.0.1", "127.0.0.1"),
            (network_of, "2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
            (network_of, "fe80::1%eth0", "fe80::/64"),
            (network_of, None, "unknown"),
            (network_of, "tampered", "unknown"),
            (one_address, "Anna@Klen.Example", "anna@klen.example"),
            (one_address, "anna", None),
            (plain, "a\0b\x07 \n c", "ab c"),
            (file_name, "C:\\Мои документы\\акт.pdf", "акт.pdf"),
            (file_name, "../../etc/passwd.txt", "passwd.txt"),
            (file_name, "акт\u202efdp.exe", "актfdp.exe"),
        )
        for function, value, expected in cases:
            with self.subTest(function.__name__, value=value):
                self.assertEqual(function(value), expected)

    def test_a_double_click(self):
        _response, claim = self.send()
        self.assertTrue(claim)
        self.assertFalse(self.send(keep_session=True)[1])
        self.assertTrue(self.send(keep_session=True, subject="Другое")[1])

    def test_opening_creates_nothing(self):
        count = self.env["its.claim"].search_count([])
        self.url_open(
            "/its/claim?subject=x&description=y&name=z&email=a@b.ru&consent=1"
        )
        self.assertEqual(self.env["its.claim"].search_count([]), count)

    def test_the_number_is_told_to_the_sender_alone(self):
        self.send()
        self.opener.cookies.clear()
        response = self.url_open("/its/claim/sent")
        self.assertTrue(response.url.endswith("/its/claim"))

    def test_without_a_token_nothing_is_taken(self):
        with mute_logger("odoo.http"):
            response, claim = self.send(token=False)
        self.assertEqual(response.status_code, 400)
        self.assertFalse(claim)

    def test_the_firms_own_consent(self):
        self.env.company.its_claim_consent = "Согласен на всё & сразу"
        _response, claim = self.send()
        self.assertEqual(claim.consent_text, "Согласен на всё & сразу")
