"""Streamed parsing of XDTO JSON, with the events of XML.

``{"#type": "jcfg:CatalogObject.X", "#value": {…}}`` becomes the element that the same
object is in XML; the items of lists become elements, too. A parser that reads as it
goes is needed, since the one of Python wants the whole file in memory.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Callable, Iterator
from itertools import chain
from json.decoder import scanstring
from pathlib import Path

from ..errors import OnecError
from ..tables import MAX_CELL
from ..xml_parts import CHUNK, MAX_DEPTH, MAX_PART, MAX_TOKEN, chunks_of, local
from .tree import ITEM

BLANK = re.compile(r"[ \t\r\n]*")
LITERAL = re.compile(
    r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?(?![-+.0-9a-zA-Z])"
    r"|(?:true|false|null)(?![-+.0-9a-zA-Z])"
)
# What most members of an object are: a name, and a text or a mark, without escapes.
PLAIN_TEXT = r'[^"\\\x00-\x1f\ud800-\udfff]'
PLAIN_MEMBER = re.compile(
    rf'"({PLAIN_TEXT}*)"[ \t\r\n]*:[ \t\r\n]*(?:"({PLAIN_TEXT}*)"|(true|false))'
    r'[ \t\r\n]*(?:(,)(?=[ \t\r\n]*")|(?=\}))'
)
LONGEST_LITERAL = 400
QUOTE_OR_ESCAPE = re.compile(r'["\\]')
SURROGATE = re.compile("[\ud800-\udfff]")

TYPE, VALUE = "#type", "#value"
# The types whose name an element gets; those of references stay attributes.
OF_ELEMENTS = ("CatalogObject.", "InformationRegisterRecordSet.")
# Lists whose items XML writes without an element around them.
BARE_LISTS = frozenset(("Record",))
ITEM_NAMES = {"Record": "Record"}
BYTE_ORDER_MARKS = {
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}


class _Frame:
    """An object or a list that is open.

    :ivar key: what its own element is called; empty if it has none
    :ivar item: what the elements of its items are called, if it is a list
    :ivar extra: the element that its type makes of it
    """

    __slots__ = ("extra", "is_list", "item", "key")

    def __init__(self, is_list: bool, key: str, item: str) -> None:
        self.is_list = is_list
        self.key = key
        self.item = item
        self.extra = ""


class JsonParser:
    """Calls back for what is in a file; see the module.

    :param start: gets the name of each element
    :param end: gets the name
    :param text: gets the text of a value, in one piece
    :param leaf: gets name and text in place of these three, where there is no more
    """

    def __init__(
        self,
        start: Callable[[str], None],
        end: Callable[[str], None],
        text: Callable[[str], None],
        leaf: Callable[[str, str], None] | None = None,
    ) -> None:
        self._start, self._end, self._text = start, end, text
        self._leaf = leaf
        self._frames: list[_Frame] = []
        self._key = ""
        self._expects = "value"
        self._buffer = ""
        self._skipping = False
        self._last = False

    def feed(self, text: str, *, last: bool = False) -> None:
        """Parse a piece of the file.

        :raises OnecError: ``damaged`` for no well-formed JSON
        """
        self._buffer += text
        self._last = last
        place = 0
        while True:
            place = BLANK.match(self._buffer, place).end()
            if place >= len(self._buffer):
                break
            following = self._member(place) or self._step(place)
            if following is None:
                # Whoever skips has dropped what he has seen.
                place = 0 if self._skipping else place
                break
            place = following
        self._buffer = self._buffer[place:]
        if last and (self._buffer or self._expects != "nothing"):
            raise OnecError("damaged")

    def _member(self, place: int) -> int | None:
        """Read a plain member of an object, and the comma after it, in one go; return
        where the next token begins, or ``None`` for whatever is not so plain."""
        if self._skipping or self._expects not in ("key", "first key"):
            return None
        found = PLAIN_MEMBER.match(self._buffer, place)
        if not found:
            return None
        self._key, text, mark, comma = found.groups()
        text = mark if text is None else text
        if self._leaf and self._key not in (TYPE, VALUE, ""):
            self._leaf(self._key, text)
        else:
            self._scalar(text)
        self._expects = "key" if comma else "comma"
        return found.end()

    def _step(self, place: int) -> int | None:
        """Read one token; return where the next begins, or ``None`` where the buffer
        has only a part of it."""
        if self._skipping:
            return self._skip(place)
        sign = self._buffer[place]
        expects = self._expects
        if sign == '"' and expects in ("value", "first", "key", "first key"):
            return self._string(place)
        if sign in "{[" and expects in ("value", "first"):
            self._open(sign == "[")
        elif (
            sign == "}"
            and expects in ("first key", "comma")
            and self._is_in(False)
            or sign == "]"
            and expects in ("first", "comma")
            and self._is_in(True)
        ):
            self._close()
        elif sign == "," and expects == "comma":
            self._expects = "value" if self._frames[-1].is_list else "key"
        elif sign == ":" and expects == "colon":
            self._expects = "value"
        elif expects in ("value", "first"):
            return self._literal(place)
        else:
            raise OnecError("damaged")
        return place + 1

    def _is_in(self, is_list: bool) -> bool:
        return bool(self._frames) and self._frames[-1].is_list == is_list

    def _literal(self, place: int) -> int | None:
        found = LITERAL.match(self._buffer, place)
        if found and (found.end() < len(self._buffer) or self._last):
            text = found[0]
            self._scalar("" if text == "null" else text)
            return found.end()
        if self._last or len(self._buffer) - place > LONGEST_LITERAL:
            raise OnecError("damaged")
        return None

    def _string(self, place: int) -> int | None:
        try:
            text, end = scanstring(self._buffer, place + 1, False)
        except ValueError as error:
            if self._last:
                raise OnecError("damaged") from error
            if len(self._buffer) - place <= MAX_TOKEN:
                return None
            if self._expects not in ("value", "first"):
                raise OnecError("damaged") from error
            # A picture or the like: what would want it is told that it is too long.
            self._skipping = True
            return place + 1
        if self._expects in ("key", "first key"):
            self._key = text
            self._expects = "colon"
        else:
            if SURROGATE.search(text):
                text = text.encode("utf-16", "surrogatepass").decode(
                    "utf-16", "replace"
                )
            self._scalar(text)
        return end

    def _skip(self, place: int) -> int | None:
        """Go on within a string that nobody keeps."""
        while found := QUOTE_OR_ESCAPE.search(self._buffer, place):
            if found[0] == '"':
                self._skipping = False
                self._scalar("x" * (MAX_CELL + 1))
                return found.end()
            place = found.end() + 1
        if self._last:
            raise OnecError("damaged")
        # A buffer that ends with a backslash: its next sign is none of ours.
        self._buffer = self._buffer[-1:] if place > len(self._buffer) else ""
        return None

    def _name(self) -> tuple[str, str]:
        """Return what the value that begins is called, and what its items would be."""
        if not self._frames:
            return "", ITEM
        frame = self._frames[-1]
        if frame.is_list:
            return frame.item, ITEM
        if self._key == VALUE:
            return "", ITEM
        return self._key, ITEM_NAMES.get(self._key, ITEM)

    def _open(self, is_list: bool) -> None:
        if len(self._frames) >= MAX_DEPTH:
            raise OnecError("damaged")
        key, item = self._name()
        if is_list and key in BARE_LISTS and not self._is_in(True):
            key = ""
        self._frames.append(_Frame(is_list, key, item))
        if key:
            self._start(key)
        self._expects = "first" if is_list else "first key"

    def _close(self) -> None:
        frame = self._frames.pop()
        for name in (frame.extra, frame.key):
            if name:
                self._end(name)
        self._expects = "comma" if self._frames else "nothing"

    def _scalar(self, text: str) -> None:
        self._expects = "comma" if self._frames else "nothing"
        frame = self._frames[-1] if self._frames else None
        if frame and not frame.is_list and self._key == TYPE:
            name = local(text)
            if name.startswith(OF_ELEMENTS) and not frame.extra:
                frame.extra = name
                self._start(name)
            return
        name, _item = self._name()
        if name:
            self._start(name)
        self._text(text)
        if name:
            self._end(name)


def parse_json(
    path: Path,
    start: Callable[[str], None],
    end: Callable[[str], None],
    text: Callable[[str], None],
    *,
    encoding: str | None,
    leaf: Callable[[str, str], None] | None = None,
) -> Iterator[None]:
    """Parse a file; yield after each piece of it.

    :raises OnecError: ``damaged``, ``too_big``, and ``encoding`` or ``encoding_told``
        where it is in another encoding
    """
    with path.open("rb") as stream:
        first = stream.read(CHUNK)
        codec = encoding or BYTE_ORDER_MARKS.get(first[:2], "utf-8")
        codec = "utf-8-sig" if codec.lower() in ("utf-8", "utf8") else codec
        decoder = codecs.getincrementaldecoder(codec)()
        parser = JsonParser(start, end, text, leaf)
        fed = 0
        try:
            for chunk in chain((first,), chunks_of(stream)):
                fed += len(chunk)
                if fed > MAX_PART:
                    raise OnecError("too_big")
                parser.feed(decoder.decode(chunk))
                yield
            parser.feed(decoder.decode(b"", final=True), last=True)
        except UnicodeError as error:
            if encoding:
                raise OnecError("encoding", encoding=encoding) from error
            if "unexpected end" in str(error) or "truncated" in str(error):
                raise OnecError("damaged") from error
            raise OnecError("encoding_told", encoding="UTF-8") from error
        yield
