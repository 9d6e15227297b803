"""Whatever a letter says, it says in every encoding: each shape in windows-1251, koi8-r and
UTF-8, each of these in base64, quoted-printable and 8 bits a byte."""

import email
import email.policy
from typing import NamedTuple

from odoo.tests import freeze_time, tagged

from ...models.claim import incoming, numbers, robots
from ...models.claim.incoming import Incoming
from ...models.claim.letter_words import words_of
from ...tools import forwarded
from ...tools.thanks import is_thanks
from .common import NOW, EmailCase
from .letter_shapes import (
    ENCODINGS,
    FORWARDED,
    PLAIN,
    TRANSFERS,
    as_bytes,
    header,
    text,
    with_letter,
    with_picture,
)

CLIENT = "chief@klever.example.com"
NAME = "Ольга Щёлокова, бухгалтерия"


class Shape(NamedTuple):
    """A letter, and what is read of it.

    :ivar title: of the kind
    :ivar subject: of the letter
    :ivar body: its text; ``{address}`` is the client's
    :ivar subtype: of the text
    :ivar words: what the client says, without what is quoted
    :ivar what: ``claim``, ``robot``, ``thanks``, ``forwarded`` or ``number``
    :ivar make: what makes a letter of the text
    """

    title: str
    subject: str
    body: str
    words: str
    subtype: str = "html"
    what: str = "claim"
    make: object = None


def attached(body, **options):
    """A letter forwarded as a file."""
    inner = text(body, **options)
    inner["From"] = f"{header('Пётр Сидоров')} <{CLIENT}>"
    inner["Subject"] = header("Не печатает касса")
    return with_letter(text("Разберитесь", "plain"), inner)


QUOTED = (
    "<p>Ещё раз: касса 5 не печатает</p>"
    "<blockquote><p>Добрый день! Что случилось?</p></blockquote>"
)
SHAPES = (
    Shape("plain", "Не печатает касса", "Касса стоит\nс утра", "Касса стоит\nс утра",
          "plain"),
    Shape("html", "Не печатает Ёжик", "<p>Касса <b>стоит</b></p>", "Касса *стоит*"),
    Shape("quoted html", "Re: Касса", QUOTED, "Ещё раз: касса 5 не печатает"),
    Shape("quoted plain", "Re: Касса", "Опять\n> Добрый день!", "Опять", "plain"),
    Shape("picture", "Касса", '<p>Вот: <img src="cid:one@x"/></p>', "Вот:",
          make=with_picture),
    Shape("thanks", "Re: Касса", "<p>Спасибо, всё работает!</p>",
          "Спасибо, всё работает!", what="thanks"),
    Shape("number", "Отв: rс_{number}: опять", "<p>Опять</p>", "Опять",
          what="number"),
    Shape("glued number", "рекламацияRC-{number}опять", "<p>Опять</p>", "Опять",
          what="number"),
    Shape("robot", "Автоматический ответ: Касса", "<p>Меня нет</p>", "Меня нет",
          what="robot"),
    Shape("absence", "Отсутствие на рабочем месте: Касса", "<p>Меня нет</p>",
          "Меня нет", what="robot"),
    *(
        Shape(f"forwarded by {title}", "FW: Не печатает касса", body, "",
              what="forwarded")
        for title, body in FORWARDED.items()
    ),
    Shape("forwarded plain", "FW: Не печатает касса", PLAIN, "", "plain", "forwarded"),
    Shape("forwarded as a file", "Касса", "<p>Добрый день! Касса не печатает.</p>", "",
          what="forwarded", make=attached),
)  # fmt: skip


@tagged("post_install", "-at_install")
@freeze_time(NOW)
class TestLetterEncodings(EmailCase):
    """What the gateway reads of each letter, before anything comes of it."""

    def parse(self, raw):
        """What is known of a letter when it is decided where it goes.

        :return: the message, and what ``message_parse`` and we have found
        """
        gateway = Incoming(raw).carried_by(self.env["mail.thread"])
        message = email.message_from_bytes(raw, policy=email.policy.SMTP)
        values = gateway.message_parse(message)
        incoming.clean_letter(self.env["its.claim"].sudo(), values, [])
        return message, values

    def test_every_shape_in_every_encoding(self):
        claim = self.create_claim()
        done = 0
        for shape in SHAPES:
            subject = shape.subject.replace("{number}", claim.name[-5:])
            body = shape.body.replace("{address}", CLIENT)
            for encoding in ENCODINGS:
                for transfer in TRANSFERS:
                    options = {"encoding": encoding, "transfer": transfer}
                    if shape.make is None:
                        letter = text(body, shape.subtype, **options)
                    else:
                        letter = shape.make(body, **options)
                    name = header(NAME, **options)
                    if transfer == "8bit":
                        name = f'"{name}"'
                    raw = as_bytes(
                        letter,
                        {
                            "From": f"{name} <{CLIENT}>",
                            "To": "quality@its.example.org",
                            "Subject": header(subject, **options),
                            "Message-Id": f"<{done}@encodings.example.com>",
                        },
                        encoding,
                    )
                    with self.subTest(shape.title, **options):
                        self.check(shape, subject, raw, claim)
                    done += 1
        self.assertEqual(done, len(SHAPES) * len(ENCODINGS) * len(TRANSFERS))

    def check(self, shape, subject, raw, claim):
        message, values = self.parse(raw)
        self.assertEqual(values["subject"], subject)
        self.assertIn(NAME, values["email_from"])
        self.assertIn(f"<{CLIENT}>", values["email_from"])
        body = values["body"]
        said = words_of(body, quoted=False)
        if shape.words:
            self.assertEqual(said, shape.words)
        found = robots.automatic(message)
        self.assertEqual(found, "robot" if shape.what == "robot" else None)
        self.assertEqual(is_thanks(said), shape.what == "thanks")
        claims = numbers.find(self.env["its.claim"].sudo(), values["subject"])
        self.assertEqual(bool(claims), shape.what == "number")
        if claims:
            self.assertEqual(claims, claim)
        original = forwarded.original(
            values["subject"], words_of(body), values["attachments"]
        )
        self.assertEqual(bool(original), shape.what == "forwarded")
        if original:
            self.assertEqual(original.address, CLIENT)
            self.assertEqual(original.name, "Пётр Сидоров")
            self.assertIn("Добрый день! Касса не печатает.", original.words)
            self.assertNotIn("Разберитесь", original.words)
            self.assertTrue(original.certain)
