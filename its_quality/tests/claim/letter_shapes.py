"""Letters as the programs of Russian firms write them: what they forward, and how they
encode it."""

import base64
from email.mime.image import MIMEImage
from email.mime.message import MIMEMessage
from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText

PIXEL = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)
ENCODINGS = ("windows-1251", "koi8-r", "utf-8")
TRANSFERS = ("base64", "quoted-printable", "8bit")
OUTLOOK = """<p>Разберитесь, пожалуйста.</p>
<div><div style="border:none;border-top:solid #E1E1E1 1.0pt;padding:3.0pt 0cm 0cm 0cm">
<p class="MsoNormal"><b>{From}</b> Пётр Сидоров &lt;{address}&gt;<br>
<b>{Sent}</b> Monday, March 1, 2027 9:00<br><b>{To}</b> Анна<br>
<b>{Subject}</b> Не печатает касса</p></div></div>
<p>Добрый день! Касса не печатает.</p>"""
# Forwarded letters, by the program that has forwarded them.
FORWARDED = {
    "outlook ru": OUTLOOK.replace("{From}", "От:")
    .replace("{Sent}", "Отправлено:")
    .replace("{To}", "Кому:")
    .replace("{Subject}", "Тема:"),
    "outlook en": OUTLOOK.replace("{From}", "From:")
    .replace("{Sent}", "Sent:")
    .replace("{To}", "To:")
    .replace("{Subject}", "Subject:"),
    "gmail": """<div dir="ltr">Разберитесь<br><br><div class="gmail_quote">
<div dir="ltr" class="gmail_attr">---------- Forwarded message ---------<br>
От: <b>Пётр Сидоров</b> <span>&lt;<a href="mailto:{address}">{address}</a>&gt;</span><br>
Date: пн, 1 мар. 2027 г. в 09:00<br>Subject: Не печатает касса<br>To: &lt;a@x.example.com&gt;
<br></div><br><br>Добрый день! Касса не печатает.</div></div>""",
    "yandex": """<div>Разберитесь</div><div>-------- Пересылаемое сообщение --------</div>
<div>01.03.2027, 09:00, "Пётр Сидоров" &lt;<a href="mailto:{address}">{address}</a>&gt;:
</div><blockquote><p>Добрый день! Касса не печатает.</p></blockquote>
<div>-------- Конец пересылаемого сообщения --------</div>""",
    "mail.ru": """<p>Разберитесь</p><br>-------- Пересылаемое сообщение --------<br>
От кого: Пётр Сидоров &lt;{address}&gt;<br>Кому: a@x.example.com<br>
Дата: Понедельник, 1 марта 2027, 9:00 +03:00<br>Тема: Не печатает касса<br><br>
<div>Добрый день! Касса не печатает.</div>""",
    "thunderbird": """<p>Разберитесь</p><div class="moz-forward-container"><br><br>
-------- Перенаправленное сообщение --------
<table class="moz-email-headers-table"><tbody>
<tr><th>Тема: </th><td>Не печатает касса</td></tr>
<tr><th>Дата: </th><td>Mon, 1 Mar 2027 09:00:00 +0300</td></tr>
<tr><th>От: </th><td>Пётр Сидоров <a href="mailto:{address}">&lt;{address}&gt;</a></td></tr>
<tr><th>Кому: </th><td>a@x.example.com</td></tr></tbody></table><br>
<p>Добрый день! Касса не печатает.</p></div>""",
    "apple": """<div>Разберитесь<br><blockquote type="cite"><div>Начало переадресованного
сообщения:</div><br><div><b>От: </b>Пётр Сидоров &lt;<a href="mailto:{address}">{address}
</a>&gt;</div><div><b>Тема: </b><b>Не печатает касса</b></div>
<div><b>Дата: </b>1 марта 2027 г., 09:00:00 GMT+3</div>
<div><b>Кому: </b>a@x.example.com</div><br>
<div>Добрый день! Касса не печатает.</div></blockquote></div>""",
    "zimbra": """<div>Разберитесь</div><hr><div><b>От: </b>"Пётр Сидоров" &lt;{address}&gt;<br>
<b>Кому: </b>"a" &lt;a@x.example.com&gt;<br><b>Отправленные: </b>Понедельник, 1 Март 2027<br>
<b>Тема: </b>Не печатает касса<br></div><div>Добрый день! Касса не печатает.</div>""",
}
PLAIN = """Разберитесь

-----Исходное сообщение-----
От: Пётр Сидоров [mailto:{address}]
Отправлено: 1 марта 2027 г. 9:00
Кому: Анна
Тема: Не печатает касса

Добрый день! Касса не печатает.
"""
# Headers above a forwarded text, as programs write them where there is no HTML. A «|» is
# a line break.
BLOCKS = {
    "outlook ios": "Получить Outlook для iOS<https://aka.ms/x>|" + "_" * 32 + "|"
    "От: Пётр Сидоров <{address}>|Отправлено: понедельник, марта 1, 2027 9:00 AM|"
    "Кому: Анна <a@x.example.com>|Тема: Не печатает касса|",
    "outlook, many": "От: Пётр Сидоров <{address}>|Отправлено: 1 марта 2027 г. 9:00|"
    "Кому: Анна <a@x.example.com>; Борис <b@x.example.com>;|"
    "Вера <v@x.example.com>; Глеб <g@x.example.com>|Тема: Не печатает касса|",
    "outlook, broken": "-----Исходное сообщение-----|От: Пётр Сидоров|<{address}>|"
    "Отправлено: 1 марта 2027 г. 9:00|Кому: Анна|Тема: Не печатает касса|",
    "thunderbird": "-------- Пересылаемое сообщение --------|"
    "Тема: \tНе печатает касса|Дата: \tMon, 1 Mar 2027 09:00:00 +0300|"
    "От: \tПётр Сидоров <{address}>|Отвечать: \t{address}|Кому: \ta@x.example.com|",
    "mail.ru": "-------- Переслано из приложения Почта Mail --------|"
    "От: Пётр Сидоров <{address}>|Кому: a@x.example.com|"
    "Дата: понедельник, 01 марта 2027г., 09:00|Тема: Не печатает касса|",
    "mail.ru, no brackets": "-------- Пересылаемое сообщение --------|"
    "От кого: Пётр Сидоров {address}|Кому: a@x.example.com|"
    "Дата: Понедельник, 1 марта 2027, 9:00 +03:00|Тема: Не печатает касса|",
    "rambler": "---------- Пересылаемое письмо ----------|"
    "От кого: Пётр Сидоров <{address}>|Кому: <a@x.example.com>|"
    "Когда: 01.03.2027, 09:00|Тема: Не печатает касса|",
    "bitrix": "---------- Пересылаемое сообщение ----------|"
    "От: Пётр Сидоров <{address}>|Дата: 01.03.2027 09:00|Тема: Не печатает касса|"
    "Кому: a@x.example.com|Скрытая копия: b@x.example.com|",
    "em client": '------ Исходное сообщение ------|От "Пётр Сидоров" <{address}>|'
    "Кому a@x.example.com|Дата 01.03.2027 9:00:00|Тема Не печатает касса|",
    "em client en": '------ Original Message ------|From "Пётр Сидоров" <{address}>|'
    "To a@x.example.com|Date 3/1/2027 9:00:00 AM|Subject Не печатает касса|",
    "the bat": "===8<=====Исходный текст сообщения=====|От: Пётр Сидоров <{address}>|"
    "Кому: a@x.example.com|Дата: 1 марта 2027 г., 9:00:00|Тема: Не печатает касса|",
}
ENDS = (
    "-------- Конец пересылаемого сообщения --------",
    "===8<===========Конец исходного текста сообщения===========",
)


def text(words, subtype="html", encoding="utf-8", transfer="base64"):
    """A text as a part of a letter, or as all of it."""
    part = MIMEText("", subtype)
    del part["Content-Transfer-Encoding"]
    part.set_param("charset", encoding)
    raw = words.encode(encoding)
    if transfer == "base64":
        part.set_payload(base64.encodebytes(raw).decode())
    elif transfer == "8bit":
        part.set_payload(raw.decode("ascii", "surrogateescape"))
    else:
        part.set_payload(
            "\n".join(
                "".join(f"={byte:02X}" for byte in raw[start : start + 24]) + "="
                for start in range(0, len(raw), 24)
            )
        )
    part["Content-Transfer-Encoding"] = transfer
    return part


def header(words, encoding="utf-8", transfer="base64"):
    """The text of a header, as encoded words of at most 75 characters, or raw."""
    if transfer == "8bit":
        return words
    found = []
    for start in range(0, len(words), 12):
        raw = words[start : start + 12].encode(encoding)
        if transfer == "base64":
            found.append(f"=?{encoding}?B?{base64.b64encode(raw).decode()}?=")
        else:
            coded = "".join(f"={byte:02X}" for byte in raw)
            found.append(f"=?{encoding}?Q?{coded}?=")
    return "\n ".join(found)


def with_picture(html, name="screen.png", **options):
    """A letter whose text shows a picture: ``cid:one@x``."""
    letter = MIMEMultipart("related")
    letter.attach(text(html, **options))
    picture = MIMEImage(PIXEL, "png")
    picture["Content-ID"] = "<one@x>"
    if name:
        picture.add_header("Content-Disposition", "inline", filename=name)
    letter.attach(picture)
    return letter


def with_letter(words, inner):
    """A letter with another one attached."""
    letter = MIMEMultipart()
    letter.attach(words)
    letter.attach(MIMEMessage(inner))
    return letter


def as_bytes(letter, headers, encoding="utf-8"):
    """A letter as it travels.

    :param headers: as :func:`header` makes them
    :param encoding: of raw ones
    """
    lines = (f"{name}: {value}\n".encode(encoding) for name, value in headers.items())
    for name in headers:
        del letter[name]
    return b"".join(lines) + letter.as_bytes()
