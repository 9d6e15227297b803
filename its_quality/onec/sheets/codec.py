"""In which encoding a text is: it shows by its bytes."""

from __future__ import annotations

import codecs
import io
from pathlib import Path

from ..errors import OnecError

CHUNK = 1024 * 1024
BYTE_ORDER_MARKS = {
    codecs.BOM_UTF8: "utf-8-sig",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}
# What no text holds: it is some other file.
BINARY = frozenset(
    map(chr, {*range(0x20), 0x7F} - {0x09, 0x0A, 0x0B, 0x0C, 0x0D, 0x1A})
)
EXPECTED = {"utf-8": "utf-8-sig"}


def find_codec(path: Path, wanted: str | None) -> str:
    """Choose the encoding; the whole file has to be text in it.

    :param wanted: as Python calls it, where somebody has said it
    :raises OnecError: ``encoding``, ``damaged``, ``not_a_table``
    """
    with path.open("rb") as handle:
        head = handle.read(4096)
    marked = [
        codec for mark, codec in BYTE_ORDER_MARKS.items() if head.startswith(mark)
    ]
    if wanted:
        codec = EXPECTED.get(wanted, wanted)
        if codec == "utf-16" and not marked:
            codec = "utf-16-le"
        if not _is_text_in(path, codec):
            raise OnecError("encoding", encoding=wanted)
        return codec
    # Without a mark UTF-16 shows by the zero bytes of blanks and digits.
    candidates = marked or [
        *(["utf-16-le"] if b"\0" in head[1::2] else []),
        *(["utf-16-be"] if b"\0" in head[::2] else []),
        "utf-8",
        "cp1251",
    ]
    for codec in candidates:
        if _is_text_in(path, codec):
            return codec
    raise OnecError("damaged" if marked else "not_a_table", kind="")


def _is_text_in(path: Path, codec: str) -> bool:
    try:
        # Python has codecs that make no texts of bytes, too; this refuses them.
        io.TextIOWrapper(io.BytesIO(), encoding=codec)
        decoder = codecs.getincrementaldecoder(codec)()
    except (LookupError, ValueError):
        return False
    with path.open("rb") as handle:
        try:
            while chunk := handle.read(CHUNK):
                if BINARY.intersection(decoder.decode(chunk)):
                    return False
            decoder.decode(b"", final=True)
        except UnicodeError:
            return False
    return True
