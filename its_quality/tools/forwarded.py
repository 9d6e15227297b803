"""Whose letter it is that somebody has forwarded: by what Outlook, Gmail, Yandex, Mail.ru
and Thunderbird write above a forwarded text, or by the letter that is attached.

Lines are cut before any pattern sees them, and only so many are looked at.
"""

import re
from copy import deepcopy
from email import message_from_bytes, policy
from email.message import Message
from typing import NamedTuple

from .letter_addresses import addresses_of
from .letter_repair import ADDRESS, TooNested, mend, trim

LINES, LINE_SIZE = 400, 300
# Lines above and below that belong to the same block of headers.
ABOVE, BELOW = 4, 12
# Letters inside letters that are looked at.
BLOCKS = 10
# Files, and attached letters, that are looked at.
ATTACHMENTS, ATTACHED = 50, 5
QUOTED = "> \t*|"
FORWARDED = re.compile(
    r"(?P<bracket>\[)?(?:(?:fwd?|пер|tr|wg)(?:\s?[\[(]\d{1,2}[\])])?\s?"
    r"|(?:пересл|пересыл|переадр|перенапр)[^:]{0,20}):",
    re.IGNORECASE,
)
MARK = re.compile(
    r"[-–—_=\s]{0,20}(?:begin\s|это\s)?(?:"
    r"forwarded\smessage"
    r"|пересылаемое\s(?:сообщение|письмо)|пересланное\s(?:сообщение|письмо)"
    r"|переслано\s(?:из|с)\s"
    r"|перенаправленное\s(?:сообщение|письмо)"
    r"|переадресованное\s(?:сообщение|письмо)"
    r"|начало\s(?:переадресованного|пересылаемого|пересланного)\s(?:сообщения|письма)"
    r")",
    re.IGNORECASE,
)
# What programs write below a forwarded text.
END = re.compile(
    r"[-–—=<8\s]{0,40}(?:конец\s(?:перес|перенапр|переадр|исходного)"
    r"|исходный\sтекст\s{0,3}=|end\sof\s(?:forwarded|original))",
    re.IGNORECASE,
)
HEADER = re.compile(
    r"(?:(?P<sender>от(?:\sкого)?|отправитель|from)"
    r"|(?P<subject>тема|subject)"
    r"|(?P<other>кому|(?:скрытая\s)?копи[яи]|дата|когда|отправлен[оа]|отправленные"
    r"|важность|вложения|организация|ответ|отвечать|адрес\sдля\sответа|to|cc|bcc|date"
    r"|sent|reply-to|importance|attachments|organization))"
    r"\s?[*]?:[*]?\s{0,9}(?P<value>.{0,300})",
    re.IGNORECASE,
)
# eM Client has no colons: «От "Пётр" <p@klever.ru>».
WITHOUT_COLONS = re.compile(
    r"(?P<name>От|Кому|Копия|Дата|Тема|From|To|Cc|Date|Subject)\s(?P<value>\S.{0,300})"
)
# «robot@site.ru от имени Пётр <p@klever.ru>».
BEHALF = re.compile(r"\s(?:от\sимени|on\sbehalf\sof)\s", re.IGNORECASE)
ORIGINAL = re.compile(
    r"-{4,20}\s(?:исходное\sсообщение|original\smessage)\s-{4,20}", re.IGNORECASE
)
# Yandex: «30.11.2026, 10:15, "Иван Петров" <ivan@klever.ru>:».
OF_YANDEX = re.compile(
    r"\d{1,2}\.\d{1,2}\.\d{2,4},?\s\d{1,2}:\d{2}.{0,20}?,\s(.{1,250}):$"
)


class Original(NamedTuple):
    """A letter that was forwarded.

    :ivar name, address: of who wrote it; Outlook tells the name alone of whom it knows
    :ivar subject: of it, maybe empty
    :ivar words: it, as plain text
    :ivar certain: whether it was clearly forwarded, and not answered
    """

    name: str
    address: str
    subject: str
    words: str
    certain: bool


def is_forwarded(subject):
    """Whether a subject says that the letter was forwarded."""
    return bool(FORWARDED.match((subject or "").strip()[:LINE_SIZE]))


def plain_subject(subject):
    """A subject without what programs put before it to say so."""
    subject = (subject or "").strip()
    for _turn in range(5):
        found = FORWARDED.match(subject[:LINE_SIZE])
        if not found:
            break
        subject = subject[found.end() :].strip()
        if found["bracket"]:
            subject = subject.removesuffix("]")
    return subject


def original(
    subject,
    words,
    attachments=(),
    is_ours=lambda address: False,
    words_of=lambda html: html,
):
    """Find out whose letter was forwarded.

    :param subject: of the letter that came
    :param words: its text
    :param attachments: its files: pairs of name and content
    :param is_ours: whether an address is of a colleague, whose letters are nobody's
    :param words_of: the words of a letter in HTML
    :return: ``Original``; nothing where there is none
    """
    attached = _attached(attachments, is_ours, words_of)
    if attached:
        same = {one.address for one in attached} == {attached[0].address}
        return attached[0]._replace(certain=same)
    lines = [line[:LINE_SIZE].strip(QUOTED) for line in (words or "").splitlines()]
    lines = _with_colons(lines[:LINES])
    seen, nameless = 0, None
    for place in range(len(lines)):
        found = _of_block(lines, place) or _of_yandex(lines, place)
        seen += bool(found)
        if seen > BLOCKS:
            break
        if not found or is_ours(found.address):
            continue
        certain = found.certain or is_forwarded(subject)
        if found.address:
            return found._replace(certain=certain)
        if certain and not nameless:
            nameless = found._replace(certain=False)
    return nameless or _unread(subject, words, attachments)


def _unread(subject, words, attachments):
    """A letter that was attached as only Outlook reads it."""
    names = (name or "" for name, *_rest in list(attachments)[:ATTACHMENTS])
    if any(name.lower().endswith(".msg") for name in names):
        return Original("", "", plain_subject(subject), words, False)
    return None


def _of_block(lines, place):
    """The letter whose headers have their sender in this line."""
    header = HEADER.match(lines[place])
    if not header or not header["sender"]:
        return None
    value = header["value"]
    for line in lines[place + 1 : place + 3]:
        if ADDRESS.search(value) or HEADER.match(line):
            break
        # A cell of a table, or a line that was broken.
        value = f"{value} {line}"
    name, address = _person(BEHALF.split(value)[-1])
    if not address:
        name = header["value"].strip(" ;*")
    first = place
    while first > max(place - ABOVE, 0) and _is_header(lines, first - 1):
        first -= 1
    last = end = place
    for other in range(place + 1, min(place + BELOW, len(lines))):
        if HEADER.match(lines[other]):
            last = end = other
        elif lines[other] and not _continues(lines, other):
            break
    if first == place and last == place:
        return None
    found = (HEADER.match(line) for line in lines[first : end + 1])
    subjects = [one["value"] for one in found if one and one["subject"]]
    if not address and not subjects:
        return None
    words = _until_end(lines[end + 1 :])
    return Original(
        name, address, (subjects or [""])[0].strip(" ;*"), words, _mark(lines, first)
    )


def _is_header(lines, place):
    return not lines[place] or bool(HEADER.match(lines[place]))


def _continues(lines, place):
    """Whether a line goes on with the header above it: its value, as in a table, or more
    of those that it is written to."""
    above = HEADER.match(lines[place - 1])
    if above and not above["value"].strip():
        return True
    if above and above["sender"] and not ADDRESS.search(above["value"]):
        return bool(ADDRESS.search(lines[place]))
    return lines[place - 1].endswith((";", ",")) and bool(ADDRESS.search(lines[place]))


def _until_end(lines):
    """The forwarded text, without the line by which a program says that it ends."""
    return "\n".join(line for line in lines if not END.match(line)).strip()


def _with_colons(lines):
    """These lines, where headers below «Исходное сообщение» get their colons."""
    lines = [*lines]
    for place, line in enumerate(lines):
        if not ORIGINAL.match(line):
            continue
        for other in range(place + 1, min(place + BELOW, len(lines))):
            found = WITHOUT_COLONS.match(lines[other])
            if found and not HEADER.match(lines[other]):
                lines[other] = f"{found['name']}: {found['value']}"
            elif lines[other] and not found:
                break
    return lines


def _of_yandex(lines, place):
    found = OF_YANDEX.match(lines[place])
    if not found:
        return None
    name, address = _person(found[1])
    if not address:
        return None
    words = _until_end(lines[place + 1 :])
    return Original(name, address, "", words, _mark(lines, place))


def _mark(lines, place):
    """Whether a line shortly above says that what follows was forwarded."""
    return any(MARK.match(line) for line in lines[max(place - ABOVE, 0) : place + 1])


def _person(value):
    """Name and address in a line: «"Иван" <i@x.ru>», «Иван [mailto:i@x.ru]»."""
    found = ADDRESS.search(value.replace("mailto:", " "))
    if not found:
        return "", ""
    name = value.replace("mailto:", " ")[: found.start()]
    return name.strip(" \t\"'<([«»*,").strip(), found[0].lower()


# -----------------------------------------------------------------------------
# Attached as a letter
# -----------------------------------------------------------------------------


def _attached(attachments, is_ours, words_of):
    found = []
    for name, content, *_info in list(attachments)[:ATTACHMENTS]:
        letter = _letter(name or "", content)
        if letter is None:
            continue
        mend(letter)
        sender = str(letter.get("From") or "")[:2000]
        address = next(iter(addresses_of(sender)), "")
        if not address or is_ours(address):
            continue
        name = _person(sender)[0]
        subject = str(letter.get("Subject") or "")[:LINE_SIZE].strip()
        words = _text(letter, words_of)
        found.append(Original(name, address, subject, words, True))
        if len(found) == ATTACHED:
            break
    return found


def _letter(name, content):
    if isinstance(content, Message):
        # It is mended here, and kept as it came.
        return deepcopy(content)
    if not name.lower().endswith(".eml"):
        return None
    if isinstance(content, str):
        content = content.encode("utf-8", "surrogateescape")
    try:
        return message_from_bytes(trim(content), policy=policy.SMTP)
    except TooNested:
        return None


def _text(letter, words_of):
    """The words of a letter: of its HTML where there is no other text."""
    part = letter.get_body(("plain", "html"))
    try:
        text = part.get_content() if part is not None else ""
    except (LookupError, ValueError):
        return ""
    of_html = part is not None and part.get_content_subtype() == "html"
    return words_of(text) if of_html else text
