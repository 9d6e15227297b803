"""The words of a letter, whatever its author's program says they are written in.

Programs write labels that nobody knows (``cp-1251``, ``utf8mb4``), and labels that are
wrong. What is written here is Russian for the most part, so it is guessed as such.
"""

import binascii
import re
from base64 import b64decode, b64encode
from collections import Counter
from contextlib import suppress
from quopri import decodestring
from urllib.parse import unquote_to_bytes

# What nobody types, and what forges the direction of a line.
CONTROLS = re.compile("[\x00-\x08\x0b-\x1f\x7f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
# Codecs of Python that are not text encodings.
NO_TEXT = frozenset(
    ("idna", "punycode", "unicode_escape", "raw_unicode_escape", "undefined")
)
# By letters and digits alone.
LABELS = {
    **dict.fromkeys(("utf8mb4", "utf8mb3", "unicode11utf8", "utf8bom"), "utf-8"),
    **dict.fromkeys(("koi8", "koi8r", "koi", "cskoi8r"), "koi8_r"),
    **dict.fromkeys(("maccyrillic", "xmaccyrillic"), "mac_cyrillic"),
    **dict.fromkeys(("win", "windows", "ansi", "cyrillic"), "cp1251"),
}
NUMBERED = re.compile(
    r"(?:x|ms|microsoft|cs)?(?:cp|windows|win|ibm|dos|ansi)?(\d{3,4})"
)
CYRILLIC = ("cp1251", "koi8_r", "cp866", "iso8859_5", "mac_cyrillic")
LATIN = frozenset(("iso8859-1", "latin-1", "latin_1", "cp1252", "iso8859-15"))
COMMON = frozenset("оеаинтсрвлкмдпу")
SAMPLE = 20_000
# Words of RFC 2047, one after another. Bounded, and no part can be read as another.
WORD = r"=\?([^?\s]{1,40})\?([bBqQ])\?([^?]{0,2000})\?="
WORDS = re.compile(rf"{WORD}(?:[ \t\r\n]{{0,9}}{WORD})*")
ONE_WORD = re.compile(WORD)
# The encoding that a parameter of RFC 2231 says it is in.
PARAMETER = re.compile(r"(\*(?:0\*)?=[ \t]?\"?)([\w.:-]{1,40})('[\w-]{0,20}'([^;\"]*))")


def clean(text):
    """Take out of a line what the database does not take and nobody types."""
    return CONTROLS.sub("", text or "")


def codec_of(label):
    """The name under which Python knows an encoding.

    :param label: as in a letter
    :return: the name, ``None`` where it is unknown
    """
    label = (label or "").strip(" \t\r\n\"'=").lower()
    bare = re.sub(r"[^a-z0-9]", "", label)[:40]
    numbered = NUMBERED.fullmatch(bare)
    names = [label, bare, LABELS.get(bare), numbered and f"cp{numbered[1]}"]
    for name in names:
        if not name or not name.isascii() or "\0" in name:
            continue
        try:
            # It may be known, and these bytes be not written in it.
            with suppress(ValueError):
                b"ab".decode(name)
        except LookupError:
            continue
        name = name.replace("_", "-") if name.startswith("iso") else name
        return None if name.replace("-", "_") in NO_TEXT else name
    return None


def encoding_of(content, label=None):
    """How to read bytes of a letter.

    :param content: bytes
    :param label: what the letter says
    :return: the name of an encoding that Python knows
    """
    codec = codec_of(label)
    if content.isascii():
        return codec or "utf-8"
    if content.startswith((b"\xff\xfe", b"\xfe\xff")) and b"\0" in content[:100]:
        return "utf-16"
    kind = (codec or "").replace("_", "").replace("-", "").lower()
    unsure = kind in ("", "ascii", "usascii", "utf8", "646")
    latin = kind in {name.replace("_", "").replace("-", "") for name in LATIN}
    cyrillic = kind in {name.replace("_", "") for name in CYRILLIC} or kind in (
        "windows1251",
        "koi8r",
        "ibm866",
        "iso88595",
    )
    if not (unsure or latin or cyrillic):
        return codec
    if _is_utf8(content):
        return "utf-8"
    if cyrillic or (latin and not _is_cyrillic(content)):
        return codec
    return guess(content)


def read(content, label=None):
    """The text that bytes of a letter are."""
    return content.decode(encoding_of(content, label), "replace")


def _is_utf8(content):
    """Whether bytes are UTF-8, but for what was cut in the middle of a letter."""
    text = content[:SAMPLE].decode("utf-8", "replace")
    wrong = text.count("\ufffd")
    if not wrong:
        return True
    right = sum(char > "\x7f" for char in text) - wrong
    return wrong <= 1 + len(text) // 200 and right > 5 * wrong


def _is_cyrillic(content):
    """Whether most letters are not of the Latin alphabet."""
    sample = content[:SAMPLE]
    high = sum(byte >= 0xC0 for byte in sample)
    low = sum(chr(byte).isalpha() for byte in sample if byte < 0x80)
    return high > low


def guess(content):
    """Which of the ways to write Russian bytes are most likely written in."""
    counts = Counter(content[:SAMPLE])
    best, best_score = CYRILLIC[0], None
    for name in CYRILLIC:
        score = 0
        for byte, count in counts.items():
            if byte < 0x80:
                continue
            char = bytes((byte,)).decode(name, "replace")
            if char in COMMON:
                score += 3 * count
            elif "а" <= char <= "я" or char == "ё":
                score += count
            elif not "А" <= char <= "Я":
                score -= 2 * count
        if best_score is None or score > best_score:
            best, best_score = name, score
    return best


def mend_header(value, in_names=False):
    """Make the raw value of a header readable: bytes that are not ASCII, and words of
    RFC 2047 and RFC 2231 in an encoding that is unknown, or not the one they say.

    :param value: as the parser of Python keeps it, bytes as surrogates
    :param in_names: whether it holds addresses: where a name is of several words of
        RFC 2047, Python would put blanks between their texts
    :return: the value, the same object where there is nothing to mend
    """
    if not value.isascii():
        value = read(value.encode("utf-8", "surrogateescape"))
    if "=?" in value:
        value = WORDS.sub(lambda found: _mend_words(found, in_names), value)
    if "*" in value and "'" in value:
        value = PARAMETER.sub(_mend_parameter, value)
    return value


def _mend_words(found, in_names):
    words = ONE_WORD.findall(found[0])
    split = in_names and len(words) > 1
    if not split and all(_is_sound(*word) for word in words):
        return found[0]
    # A letter of two bytes may be cut between two words.
    text, label, content = "", None, b""
    for charset, kind, word in words:
        if label is not None and charset != label:
            text += read(content, label)
            content = b""
        label = charset.partition("*")[0]
        content += _bytes_of(kind, word)
    text = clean(text + read(content, label))
    return f"=?utf-8?b?{b64encode(text.encode()).decode()}?="


def _is_sound(charset, kind, word):
    codec = codec_of(charset)
    if codec is None or codec != charset.lower():
        return False
    try:
        _bytes_of(kind, word).decode(codec)
    except ValueError:
        return False
    return True


def _bytes_of(kind, word):
    content = word.encode("utf-8", "replace")
    if kind in "qQ":
        return decodestring(content, header=True)
    try:
        return b64decode(content + b"=" * (-len(content) % 4))
    except binascii.Error:
        return content


def _mend_parameter(found):
    before, label, rest, value = found.groups()
    if codec_of(label) == label.lower():
        return found[0]
    return f"{before}{encoding_of(unquote_to_bytes(value), label)}{rest}"


def readable(value):
    """The value of a header as people read it, for letters that no parser takes."""
    return clean(
        ONE_WORD.sub(
            lambda word: read(_bytes_of(*word.groups()[1:]), word[1]),
            mend_header(value),
        )
    )
