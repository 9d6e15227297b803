"""In which encoding an exchange file is: its bytes know better than its declaration,
which programs write as they please («windows-1251» above UTF-8, «UTF-16» above a text
that was never in it)."""

from __future__ import annotations

import codecs
import re
from pathlib import Path

from ..xml_parts import CHUNK, chunks_of

UTF_8, CP1251 = "utf-8", "windows-1251"
MARKS = {
    codecs.BOM_UTF8: UTF_8,
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}
# A text in UTF-16 without a mark: its first sign is a bracket.
BARE_UTF_16 = re.compile(rb"(?:(?P<le>[<{\[]\0)|(?P<be>\0[<{\[]))")
DECLARED = re.compile(rb"""<\?xml[^>]*?encoding\s*=\s*["']([^"'>]{1,40})["']""")
BEYOND_ASCII = bytes(range(128))
# Letters, quotes, dashes and the number sign of windows-1251.
OF_CP1251 = bytes(range(0xC0, 0x100)) + "ЁёЄєІіЇїҐґ«»“”„‘’–—№§…•°\xa0".encode("cp1251")
# Small letters, which most are; in KOI8 these are the capitals.
SMALL = bytes(range(0xE0, 0x100))
# So many in a hundred may be damaged, and so many are small.
DAMAGED, MOSTLY = 10, 50
# No further is looked for them: a text without is in any encoding.
FARTHEST = 4 * 1024 * 1024


def encoding_of(path: Path) -> str | None:
    """Tell the encoding of a text by its bytes.

    :return: the name of a codec that Python and expat know, or ``None`` where its
        bytes do not contradict what it declares
    """
    with path.open("rb") as stream:
        head = stream.read(CHUNK)
        for mark, name in MARKS.items():
            if head.startswith(mark):
                return name
        if bare := BARE_UTF_16.match(head.lstrip(b" \t\r\n")):
            return "utf-16le" if bare["le"] else "utf-16be"
        declared = _declared(head)
        if told := _by_letters(head):
            return told
        looked = len(head)
        for chunk in chunks_of(stream):
            if told := _by_letters(chunk):
                return told
            looked += len(chunk)
            if looked > FARTHEST:
                break
    # Nothing but ASCII: all but UTF-16, which it is not, would do.
    return UTF_8 if "16" in declared or not _is_codec(declared) else None


def _declared(head: bytes) -> str:
    found = DECLARED.search(head[:1000])
    return found[1].decode("ascii", "replace").lower() if found else UTF_8


def _is_codec(name: str) -> bool:
    try:
        return bool(codecs.lookup(name)._is_text_encoding)
    except (LookupError, ValueError):
        return False


def _by_letters(data: bytes) -> str | None:
    """Judge a piece by its signs beyond ASCII; ``None`` where there are too few of
    them, or they could be anything."""
    letters = data.translate(None, BEYOND_ASCII)
    if not letters:
        return None
    # The ends of the piece may cut a sign in two.
    text = data[_start(data) :].decode(UTF_8, "replace")
    wrong = text.count("\ufffd")
    if wrong * 100 <= len(letters) * DAMAGED:
        return UTF_8
    small = len(letters) - len(letters.translate(None, SMALL))
    strange = len(letters.translate(None, OF_CP1251))
    if (
        wrong * 2 > len(letters)
        and strange * 100 <= len(letters) * DAMAGED
        and small * 100 >= len(letters) * MOSTLY
    ):
        return CP1251
    return None


def _start(data: bytes) -> int:
    """Where the first whole sign of a piece in UTF-8 begins."""
    for place, byte in enumerate(data[:4]):
        if byte & 0xC0 != 0x80:
            return place
    return 0
