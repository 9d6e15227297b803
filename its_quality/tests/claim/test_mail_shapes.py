from email.header import Header
from email.mime.multipart import MIMEMultipart

from odoo.tests import freeze_time, tagged
from odoo.tools.mail import append_content_to_html, html_sanitize

from ...models.claim import notifying
from ...models.claim.letter_quotes import fold_quotes
from ...models.claim.letter_words import words_of
from ...tools import forwarded
from ...tools.letter_addresses import addresses_of, is_nobodys
from ...tools.thanks import is_thanks
from .answer_shapes import ANSWERS, ANSWERS_IN_PLAIN
from .common import NOW
from .letter_shapes import (
    BLOCKS,
    ENCODINGS,
    ENDS,
    FORWARDED,
    PLAIN,
    text,
    with_letter,
    with_picture,
)
from .shape_case import CLIENT, ShapeCase


@tagged("post_install", "-at_install")
@freeze_time(NOW)
class TestMailShapes(ShapeCase):
    """Letters as the programs of Russian firms write them."""

    def written(self, claim):
        """The letters of a claim, the last one first."""
        messages = claim.sudo().message_ids
        return messages.filtered(lambda message: message.message_type == "email")

    # -------------------------------------------------------------------------
    # What is shown
    # -------------------------------------------------------------------------

    def test_html_is_html(self):
        """In each encoding, of a new claim and of an answer; without scripts."""
        body = "<p>Касса <b>не печатает</b></p><script>alert(1)</script>"
        claim = self.bring(text(body))
        for encoding in ENCODINGS:
            for transfer in ("base64", "quoted-printable"):
                with self.subTest(encoding, transfer=transfer):
                    subject = str(Header(f"Re: {claim.name} касса", encoding))
                    letter = text(body, encoding=encoding, transfer=transfer)
                    self.assertFalse(self.bring(letter, {"Subject": subject}))
                    shown = self.written(claim)[0].body
                    self.assertIn("<b>не печатает</b>", shown)
                    self.assertNotIn("&lt;b&gt;", shown)
                    self.assertNotIn("alert", shown)
        self.assertIn("<b>не печатает</b>", self.written(claim)[-1].body)

    def test_the_words_of_a_letter(self):
        """Rows: the letter, what the claim says in the client's words."""
        style = "<style>p.x{color:red}</style>"
        for body, words in (
            (
                f"<html><head>{style}</head><body><p>Касса&nbsp;стоит</p></body></html>",
                "Касса стоит",
            ),
            (f"<div>Касса</div>{style}<div>стоит</div>", "Касса\nстоит"),
            ("Касса<script>alert(1)</script> стоит", "Касса стоит"),
            ("<p>&lt;Поле&gt; &amp; «x»</p>", "<Поле> & «x»"),
        ):
            with self.subTest(body):
                self.assertEqual(words_of(body), words)
                letter = MIMEMultipart("alternative")
                letter.attach(text("Касса", "plain"))
                letter.attach(text(body))
                self.assertEqual(self.bring(letter).description, words)

    def test_pictures_inside_appear(self):
        """With a name, and without one, as Apple sends them."""
        for name, named in (
            ("screen.png", 'src="cid:one@x"'),
            (None, 'src="cid:one@x"'),
            ("screen.png", 'src="cid:one%40x"'),
            ("screen.png", 'SRC="CID:ONE@x"'),
        ):
            with self.subTest(name, named=named):
                letter = with_picture(f"<p>Вот: <img {named}></p>", name)
                claim = self.bring(letter)
                message = claim.message_ids.filtered("attachment_ids")
                [file] = message.attachment_ids
                self.assertIn(f"/web/image/{file.id}", message.body)
                self.assertNotIn("cid:", message.body)

    def test_quotations_are_folded(self):
        quoted = {
            "outlook": "<p>Да</p>" + FORWARDED["outlook ru"].partition("</p>")[2],
            "blockquote": "<p>Да</p><blockquote>Добрый день! Касса</blockquote>",
            "plain": PLAIN.replace("Разберитесь", "Да"),
        }
        claim = self.bring(text("<p>Раз</p>"))
        for title, body in quoted.items():
            with self.subTest(title):
                subtype = "plain" if title == "plain" else "html"
                letter = text(body.replace("{address}", CLIENT), subtype)
                self.bring(letter, {"Subject": f"Re: {claim.name}"})
                shown = self.written(claim)[0].body
                before, mark, after = shown.partition("data-o-mail-quote")
                self.assertTrue(mark)
                self.assertIn("Да", before)
                self.assertIn("Добрый день! Касса", after)

    def test_quotations_of_all_programs(self):
        """What the client says is seen and heard, and what is quoted of ours is neither."""
        said, quoted = "Да, всё работает, спасибо", "Здравствуйте! Отчёт не ушёл"
        shown = {
            title: html_sanitize(body, sanitize_tags=False, strip_classes=True)
            for title, body in ANSWERS.items()
        }
        for title, body in ANSWERS_IN_PLAIN.items():
            shown[f"{title}, plain"] = append_content_to_html("", body, preserve=True)
        for title, body in shown.items():
            with self.subTest(title):
                body = body.replace("{w}", said).replace("{q}", quoted)
                # As the chatter keeps it.
                body = str(html_sanitize(fold_quotes(body), sanitize_style=True))
                before, mark, after = body.partition('data-o-mail-quote="1"')
                self.assertTrue(mark)
                self.assertIn(said, before)
                self.assertNotIn(quoted, before)
                self.assertIn(quoted, after)
                words = words_of(body, quoted=False)
                self.assertNotIn(quoted, words)
                self.assertTrue(is_thanks(words, "Пётр"), words)
                self.assertIn(quoted, words_of(body))

    def test_what_is_no_quotation(self):
        """Words below what is quoted are the client's, and so is what looks like headers."""
        for body, words in (
            (
                "<p>01.03.2027 9:00, ИТС пишет:</p><blockquote>Готово?</blockquote><p>Нет</p>",
                "Нет",
            ),
            ("<p>Раз</p><p>От: Киров</p><p>Кому: Вятка</p><p>Два</p>", "Два"),
            ("<p>Ошибка</p><p>Бухгалтер пишет:</p><p>не проводится</p>", "проводится"),
            ("<p>Раз</p><p>Пишите на &lt;a@b.ru&gt;:</p><p>Два</p>", "Два"),
            (
                "<p>Раз</p><p>01.03 пришёл ответ &lt;a@b.ru&gt;:</p><p>отказ</p>",
                "отказ",
            ),
        ):
            with self.subTest(body):
                body = html_sanitize(body, sanitize_tags=False, strip_classes=True)
                self.assertIn(words, words_of(fold_quotes(body), quoted=False))

    def test_nested_without_end(self):
        body = "<div>" * 3_000 + "От: x" + "</div>" * 3_000
        self.assertIn("От: x", fold_quotes(f"<p>Раз</p>{body}"))

    # -------------------------------------------------------------------------
    # Addresses
    # -------------------------------------------------------------------------

    def test_cards_with_several_addresses(self):
        self.client_own.email = "info@romashka.ru; Бухгалтерия <buh@mail.ru>"
        for address in ("info@romashka.ru", "buh@mail.ru", "other@romashka.ru"):
            with self.subTest(address):
                claim = self.receive(sender=address)
                self.assertEqual(claim.partner_id, self.client_own)
                self.assertFalse(
                    self.receive(sender=address, subject=f"Re: {claim.name}")
                )
        claim = self.create_claim(partner_id=self.client_own.id)
        self.assertEqual(notifying.client_address(claim), "info@romashka.ru")
        self.client_own.email = "нет почты; buh@mail.ru"
        self.assertEqual(notifying.client_address(claim), "buh@mail.ru")
        self.assertFalse(self.receive(sender="fo@romashka.ru").partner_id)

    def test_who_has_moved_is_not_written_to(self):
        claim = self.create_claim(contact_id=self.person.id, email_from=CLIENT)
        claim.sudo().message_subscribe(self.person.ids)
        self.assertEqual(notifying.client_address(claim), CLIENT)
        self.person.parent_id = self.client_own
        self.assertEqual(notifying.client_address(claim), "info@klever.example.com")
        message = claim.sudo().message_post(
            body="Готово", message_type="comment", subtype_xmlid="mail.mt_comment"
        )
        self.assertNotIn(self.person, message.notification_ids.res_partner_id)
        self.person.parent_id = self.client_team
        self.person.active = False
        self.assertEqual(notifying.client_address(claim), "info@klever.example.com")

    def test_texts_with_addresses(self):
        for written, found in (
            ("a@b.ru", ["a@b.ru"]),
            ("A@B.ru; b@c.ru,a@b.ru", ["a@b.ru", "b@c.ru"]),
            ("Иван <i@b.ru>\nd@e.ru", ["i@b.ru", "d@e.ru"]),
            ("a@b.ru c@d.ru", ["a@b.ru", "c@d.ru"]),
            ("a@b.ru/c@d.ru", ["a@b.ru", "c@d.ru"]),
            ("a@b.ru (директор), c@d.ru.", ["a@b.ru", "c@d.ru"]),
            ("нет", []),
            ("", []),
            (False, []),
        ):
            with self.subTest(written):
                self.assertEqual(addresses_of(written), found)
        for address, nobody in (
            ("noreply@x.ru", True),
            ("No-Reply+5@x.ru", True),
            ("do_not_reply@x.ru", True),
            ("wordpress@x.ru", True),
            ("info-noreply@x.ru", True),
            ("bounce-123@x.ru", True),
            ("robot@x.ru", True),
            ("notifications@x.ru", True),
            ("robotova@x.ru", False),
            ("info@x.ru", False),
            ("norest@x.ru", False),
        ):
            with self.subTest(address):
                self.assertEqual(is_nobodys(address), nobody)

    # -------------------------------------------------------------------------
    # Robots
    # -------------------------------------------------------------------------

    def test_automatic_replies_by_their_subjects(self):
        """Rows: subject, headers, whether it is a claim."""
        claim = self.claim_at("in_progress")
        self.by(claim, "worker").action_wait()
        for subject, headers, is_claim in (
            ("Автоответ", {}, False),
            (f"Автоматический ответ: {claim.name}", {}, False),
            ("Автоответ: Re: Спасибо", {}, False),
            (f"Out of office: {claim.name}", {}, False),
            ("Automatic reply: x", {}, False),
            ("Отсутствие на рабочем месте: x", {}, False),
            ("В отпуске", {}, False),
            ("Автоответчик не работает", {}, True),
            ("Автоответ в 1С не отправляется", {}, True),
            ("Отсутствие отчёта", {}, True),
            ("[Автоответ] x", {}, False),
            ("Out-of-office: x", {}, False),
            ("Отв: Автоматический ответ: x", {}, False),
            ("Я в отпуске до 15.12", {}, False),
            ("В отпуске с 1 декабря", {}, False),
            (f"Отпуск: Re: {claim.name}", {}, False),
            (f"Автоответчик: RE: {claim.name}", {}, False),
            ("Нахожусь на больничном", {}, False),
            ("Vacation reply", {}, False),
            ("Автоответ!", {}, False),
            ("Автоматический ответ на ваше письмо", {}, False),
            ("Автоматическое подтверждение получения", {}, False),
            ("Я в отпуске.", {}, False),
            ("Нахожусь в отпуске с 01.12.2026 по 14.12.2026", {}, False),
            ("Отсутствую до 10 декабря", {}, False),
            ("Меня нет на рабочем месте", {}, False),
            ("Out of office until 15 Dec", {}, False),
            ("Мы получили ваше письмо [автоответ]", {}, False),
            ("Отпуск с 1 по 14 декабря", {}, True),
            ("Отсутствую до 10 в табеле не ставится", {}, True),
            ("Нет на месте кнопки «Провести»", {}, True),
            ("Недоставленное сообщение", {}, True),
            ("Отпуск: неверный расчёт", {}, True),
            ("В отпуске до 15.12 неверно считает", {}, True),
            ("На больничном: неверный расчёт", {}, True),
            ("Vacation: wrong sum", {}, True),
            ("Вне офиса не работает VPN", {}, True),
            ("Вне офиса до 14 декабря", {}, False),
            ("Я временно отсутствую", {}, False),
            ("Уведомление об отсутствии", {}, False),
            ("Уведомление об отсутствии отчёта", {}, True),
            (f"Прочитано: {claim.name}", {}, False),
            ("x", {"X-Auto-Response-Suppress": "All"}, False),
            ("x", {"X-Auto-Response-Suppress": "DR, OOF, AutoReply"}, False),
            ("x", {"X-Auto-Response-Suppress": "DR, RN, NRN"}, True),
            ("x", {"X-Auto-Response-Suppress": "OOF"}, True),
            (
                "x",
                {
                    "X-Auto-Response-Suppress": "All",
                    "X-Mailer": "Microsoft Outlook 16.0",
                },
                True,
            ),
            ("x", {"Auto-Submitted": "No (by hand)"}, True),
            ("x", {"X-Autoreply": "no"}, True),
            ("x", {"X-Auto-Reply-From": "a@x.example.com"}, False),
            ("x", {"X-MS-Exchange-Generated-Message-Source": "Rules Agent"}, False),
            ("x", {"Precedence": "auto-reply"}, False),
            ("x", {"List-Unsubscribe": "<mailto:u@news.example.com>"}, False),
            ("x", {"List-Id": "Новости <n.news.example.com>"}, False),
            ("x", {"List-Id": "<q.its.example.org>"}, True),
        ):
            with self.subTest(subject, headers=headers):
                letters = self.env["its.letter"].search_count([])
                subject = str(Header(subject, "windows-1251"))
                found = self.bring(
                    text("<p>Меня нет</p>"), {"Subject": subject, **headers}
                )
                self.assertEqual(bool(found), is_claim)
                listed = self.env["its.letter"].search_count([]) - letters
                self.assertEqual(listed, 0 if is_claim else 1)
        self.assertTrue(claim.sudo().waiting_since)

    # -------------------------------------------------------------------------
    # Forwarded, and forms of sites
    # -------------------------------------------------------------------------

    def by_colleague(self):
        self.quality_manager.email = "anna@its.example.org"
        return {"From": "Анна <anna@its.example.org>"}

    def test_forwarded_by_a_colleague(self):
        headers = {**self.by_colleague(), "Subject": "FW: Не печатает касса"}
        for title, body in FORWARDED.items():
            for encoding, address, client in (
                ("windows-1251", CLIENT, self.client_team),
                ("koi8-r", "petr@unknown.example.com", self.client_team.browse()),
            ):
                with self.subTest(title, address=address):
                    letter = text(body.replace("{address}", address), "html", encoding)
                    claim = self.bring(letter, headers)
                    self.assertEqual(claim.email_from, address)
                    self.assertEqual(claim.partner_id, client)
                    self.assertEqual(claim.sender_name, "Пётр Сидоров")
                    self.assertEqual(claim.forwarded_by_id, self.quality_manager)
                    self.assertEqual(claim.subject, "Не печатает касса")
                    self.assertIn("Касса не печатает", claim.description)
                    self.assertNotIn("Разберитесь", claim.description)
                    if client:
                        self.assertEqual(claim.contact_id, self.person)

    def test_subjects_of_what_is_forwarded(self):
        """Rows: the subject, what it was before; nothing where it was not forwarded."""
        for subject, original in (
            ("Fwd: касса", "касса"),
            ("FW[2]: касса", "касса"),
            ("Fw: Fwd: касса", "касса"),
            ("[Fwd: касса]", "касса"),
            ("Пер: касса", "касса"),
            ("Переслано: касса", "касса"),
            ("Переадресация: касса", "касса"),
            ("Первичка: касса", None),
            ("Перевод: касса", None),
            ("Пересчёт: касса", None),
            ("Trade: касса", None),
        ):
            with self.subTest(subject):
                found = forwarded.is_forwarded(subject)
                self.assertEqual(found, original is not None)
                self.assertEqual(forwarded.plain_subject(subject), original or subject)

    def test_forwarded_as_plain_text(self):
        letter = text(PLAIN.replace("{address}", CLIENT), "plain", "koi8-r")
        claim = self.bring(letter, {**self.by_colleague(), "Subject": "Fwd: x"})
        self.assertEqual(claim.contact_id, self.person)

    def test_blocks_of_headers(self):
        """Alone and quoted, with what some programs write below: the sender, the subject
        and the text without any of them."""
        for title, block in BLOCKS.items():
            for mark, end in (("", ""), ("> ", ENDS[0]), ("", ENDS[1])):
                words = f"Разберитесь||{block}|Добрый день! Касса не печатает.||{end}"
                words = words.replace("{address}", CLIENT).replace("|", f"\n{mark}")
                with self.subTest(title, mark=mark, end=end):
                    found = forwarded.original("FW: x", words)
                    self.assertEqual(found.address, CLIENT)
                    self.assertEqual(found.name, "Пётр Сидоров")
                    self.assertEqual(found.subject, "Не печатает касса")
                    self.assertEqual(found.words, "Добрый день! Касса не печатает.")
                    self.assertTrue(found.certain)

    def test_forwarded_as_a_file(self):
        inner = text("<p>Касса не печатает</p>", encoding="windows-1251")
        inner["From"] = str(Header("Пётр", "koi8-r")) + f" <{CLIENT}>"
        inner["Subject"] = str(Header("Не печатает касса", "windows-1251"))
        letter = with_letter(text("Разберитесь", "plain"), inner)
        claim = self.bring(letter, {**self.by_colleague(), "Subject": "см. вложение"})
        self.assertEqual(claim.contact_id, self.person)
        self.assertEqual(claim.subject, "Не печатает касса")
        self.assertEqual(claim.description, "Касса не печатает")
        self.assertEqual(claim.forwarded_by_id, self.quality_manager)

    def test_forwarded_twice(self):
        """By a colleague who has no login here, in the text and as a file."""
        body = FORWARDED["outlook ru"].replace("{address}", CLIENT)
        by_boris = FORWARDED["outlook ru"].replace("{address}", "boris@its.example.org")
        nested = with_letter(text("Глянь", "plain"), self.attached())
        nested["From"] = "Boris <boris@its.example.org>"
        for title, letter in (
            ("text", text(by_boris + body)),
            ("file", with_letter(text("Разберитесь", "plain"), nested)),
        ):
            with self.subTest(title):
                claim = self.bring(letter, {**self.by_colleague(), "Subject": "FW: x"})
                self.assertEqual(claim.contact_id, self.person)
                self.assertEqual(claim.forwarded_by_id, self.quality_manager)

    def attached(self):
        """A letter of the client that somebody attaches."""
        inner = text("<p>Касса не печатает</p>")
        inner["From"] = f"Peter <{CLIENT}>"
        inner["Subject"] = "x"
        return inner

    def test_forwarded_without_an_address(self):
        """Outlook tells the name alone of whom it knows, and keeps letters in files that
        nobody else reads: a person finds out who it was."""
        body = FORWARDED["outlook ru"].replace(" &lt;{address}&gt;", "")
        file = MIMEMultipart()
        file.attach(text("Разберитесь", "plain"))
        attached = text("x", "plain")
        attached["Content-Disposition"] = 'attachment; filename="x.msg"'
        file.attach(attached)
        for letter, name in ((text(body), "Пётр Сидоров"), (file, False)):
            with self.subTest(name):
                claim = self.bring(letter, {**self.by_colleague(), "Subject": "FW: x"})
                self.assertEqual(claim.sender_name or False, name)
                self.assertFalse(claim.email_from or claim.partner_id)
                self.assertEqual(claim.forwarded_by_id, self.quality_manager)
                letters = self.env["mail.mail"].search([("res_id", "in", claim.ids)])
                self.assertFalse(letters.filtered("email_to"))

    def test_whom_a_block_names(self):
        """Never whom the letter was written to."""
        words = "От: {}\nОтправлено: вчера\nКому: a@other.example.com\nТема: x\n\nСтоит"
        for written, name, address in (
            ("Пётр", "Пётр", ""),
            (f"r@x.ru <r@x.ru> от имени Пётр <{CLIENT}>", "Пётр", CLIENT),
            (f"r@x.ru on behalf of Пётр [mailto:{CLIENT}]", "Пётр", CLIENT),
        ):
            with self.subTest(written):
                found = forwarded.original("FW: x", words.format(written))
                self.assertEqual((found.name, found.address), (name, address))
                self.assertEqual(found.words, "Стоит")
        self.assertFalse(forwarded.original("x", words.format("Пётр")))

    def test_in_doubt_it_waits_with_a_proposal(self):
        """A quotation of Outlook looks the same, but was answered, not forwarded."""
        body = FORWARDED["outlook ru"].replace("{address}", CLIENT)
        claim = self.bring(text(body), {**self.by_colleague(), "Subject": "касса"})
        self.assertFalse(claim.partner_id)
        self.assertEqual(claim.suggested_partner_id, self.client_team)
        self.assertEqual(claim.forwarded_by_id, self.quality_manager)
        letters = self.env["mail.mail"].search([("res_id", "in", claim.ids)])
        self.assertNotIn(CLIENT, letters.mapped("email_to"))

    def test_a_client_forwards_nobody(self):
        """Who is no colleague writes in their own name."""
        body = FORWARDED["mail.ru"].replace("{address}", "boss@romashka.example.com")
        claim = self.bring(text(body), {"Subject": "Fwd: x"})
        self.assertEqual(claim.email_from, CLIENT)
        self.assertFalse(claim.forwarded_by_id)

    def test_forwarded_about_a_claim_there_is(self):
        claim = self.claim_at("in_progress")
        self.by(claim, "worker").action_wait()
        body = FORWARDED["gmail"].replace("{address}", CLIENT)
        headers = {**self.by_colleague(), "Subject": f"Fwd: {claim.name}"}
        self.assertFalse(self.bring(text(body), headers))
        self.assertFalse(claim.sudo().waiting_since)

    def test_forms_of_sites(self):
        """The visitor is the sender, as sure as one who fills in our form."""
        self.env.company.email = "info@firm.example.net"
        self.env.company.website = "https://www.shop.example.net/its"
        for sender in (
            "noreply@site.example.com",
            "info@its.example.org",
            "forms@firm.example.net",
            "site@shop.example.net",
            "mail@some-service.example.net",
        ):
            with self.subTest(sender):
                claim = self.receive(
                    sender=sender, headers=f"Reply-To: Пётр <{CLIENT}>\n"
                )
                self.assertEqual(claim.email_from, CLIENT)
                self.assertFalse(claim.partner_id)
                self.assertEqual(claim.suggested_partner_id, self.client_team)
        claim = self.receive(headers="Reply-To: boss@romashka.example.com\n")
        self.assertEqual(claim.email_from, CLIENT)

    def test_nobody_is_not_acknowledged(self):
        claim = self.receive(sender="no-reply@unknown.example.com")
        self.assertEqual(len(claim), 1)
        letters = self.env["mail.mail"].search([("res_id", "in", claim.ids)])
        self.assertFalse(letters.filtered("email_to"))

    def test_the_text_is_cut_before_it_is_searched(self):
        """Endless lines, and endlessly many."""
        for words in (
            "От: " * 200_000,
            "\n".join(["От: x"] * 200_000),
            "> " * 500_000 + "От: a@b.ru",
        ):
            self.assertFalse(forwarded.original("FW: x", words))
