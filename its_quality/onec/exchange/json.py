"""Streamed parsing of XDTO JSON, with the events of XML.

``{"#type": "jcfg:CatalogObject.X", "#value": {…}}`` becomes the element that the same
object is in XML; the items of lists become elements, too.

Python's decoder wants a whole text, and files are too big for that. So a scan goes over
each piece of the file once and tells which brackets and strings have not ended yet;
whatever has ended is decoded in one go. What is too big to wait for, as the list of all
objects, is entered: its items are taken one after the other.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Callable, Iterator
from itertools import chain
from json import JSONDecoder
from pathlib import Path

from ..errors import OnecError
from ..tables import MAX_CELL
from ..xml_parts import CHUNK, MAX_DEPTH, MAX_PART, MAX_TOKEN, chunks_of, local
from .encodings import encoding_of
from .tree import ITEM

# The longest object or list that is waited for.
MAX_WHOLE = 256 * 1024
LONGEST_WORD = 400
BLANK = re.compile(r"[ \t\r\n]*")
# A number, true, false or null; what of it is wrong, the decoder tells.
WORD = re.compile(r"[-+.0-9a-zA-Z]*")
# From within a string to its end, or to that of the text.
IN_STRING = re.compile(r'[^"\\]*(?:\\.[^"\\]*)*', re.DOTALL)
# To the next bracket, or to a string that does not end in the text.
TO_BRACKET = re.compile(
    rf'[^"\[\]{{}}]*(?:"{IN_STRING.pattern}"[^"\[\]{{}}]*)*', re.DOTALL
)
SURROGATE = re.compile("[\ud800-\udfff]")

TYPE, VALUE = "#type", "#value"
# The types whose name an element gets; those of references stay attributes.
OF_ELEMENTS = ("CatalogObject.", "InformationRegisterRecordSet.")
# Lists whose items XML writes without an element around them.
BARE_LISTS = frozenset(("Record",))
ITEM_NAMES = {"Record": "Record"}
TEXT_OF_WORD = {True: "true", False: "false", None: ""}


def _refuse(word: str) -> None:
    raise ValueError(f"{word} is not JSON")


# Objects become tuples of pairs, since a key may come twice; numbers stay as written.
DECODER = JSONDecoder(
    object_pairs_hook=tuple,
    parse_int=str,
    parse_float=str,
    parse_constant=_refuse,
    strict=False,
)


class _Frame:
    """An object or a list that has begun.

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


class _Events:
    """Turns values into the events of XML; see :class:`JsonParser`.

    :ivar frames: the objects and lists that have begun
    :ivar key: of the member whose value comes next
    :ivar has_halves: whether texts may hold one half of a sign
    """

    def __init__(
        self,
        start: Callable[[str], None],
        end: Callable[[str], None],
        text: Callable[[str], None],
        leaf: Callable[[str, str], None] | None,
    ) -> None:
        self._start, self._end, self._text = start, end, text
        self._leaf = leaf or self._start_to_end
        self.frames: list[_Frame] = []
        self.key = ""
        self.has_halves = False

    @property
    def in_list(self) -> bool:
        """Whether what began last is a list."""
        return bool(self.frames) and self.frames[-1].is_list

    def value(self, value: object) -> None:
        """A value, with all that is in it."""
        if type(value) is tuple:
            self.begin(is_list=False)
            leaf, is_plain = self._leaf, not self.has_halves
            for self.key, inner in value:
                # The shortest way for what most members are.
                if (
                    is_plain
                    and type(inner) is str
                    and self.key not in (TYPE, VALUE, "")
                ):
                    leaf(self.key, inner)
                else:
                    self.value(inner)
            self.finish()
        elif type(value) is list:
            self.begin(is_list=True)
            for inner in value:
                self.value(inner)
            self.finish()
        else:
            self._scalar(value if type(value) is str else TEXT_OF_WORD[value])

    def begin(self, *, is_list: bool) -> None:
        """An object or a list begins."""
        key, item = self._names()
        if is_list and key in BARE_LISTS and not self.in_list:
            key = ""
        self.frames.append(_Frame(is_list, key, item))
        if key:
            self._start(key)

    def finish(self) -> None:
        """The object or list that began last ends."""
        frame = self.frames.pop()
        for name in (frame.extra, frame.key):
            if name:
                self._end(name)

    def _scalar(self, text: str) -> None:
        if self.has_halves and SURROGATE.search(text):
            text = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
        frame = self.frames[-1] if self.frames else None
        if frame and not frame.is_list and self.key == TYPE:
            name = local(text)
            if name.startswith(OF_ELEMENTS) and not frame.extra:
                frame.extra = name
                self._start(name)
            return
        name, _item = self._names()
        if name:
            self._leaf(name, text)
        else:
            self._text(text)

    def _names(self) -> tuple[str, str]:
        """Return what the next value is called, and what its items would be."""
        if not self.frames:
            return "", ITEM
        frame = self.frames[-1]
        if frame.is_list:
            return frame.item, ITEM
        if self.key == VALUE:
            return "", ITEM
        return self.key, ITEM_NAMES.get(self.key, ITEM)

    def _start_to_end(self, name: str, text: str) -> None:
        self._start(name)
        self._text(text)
        self._end(name)


class _Scan:
    """Goes over a text that comes in pieces, and knows what has not ended yet.

    Places are counted from the beginning of the whole text.

    :ivar place: how far it has come
    :ivar brackets: where the open ones stand
    :ivar string: where the open string stands; ``None`` for none
    """

    def __init__(self) -> None:
        self.place = 0
        self.brackets: list[int] = []
        self.string: int | None = None

    def go_on(self, buffer: str, base: int) -> None:
        """Look at what is new.

        :param buffer: the text from ``base`` on, as far as it is there
        :raises OnecError: ``damaged`` for too many brackets within each other, or one
            that closes nothing
        """
        if self.string is not None and not self.finish_string(buffer, base):
            return
        brackets, size = self.brackets, len(buffer)
        here = self.place - base
        while (here := TO_BRACKET.match(buffer, here).end()) < size:
            sign = buffer[here]
            if sign == '"':
                self.string = base + here
                self.place = base + here + 1
                self.finish_string(buffer, base)
                return
            if sign in "{[" and len(brackets) < MAX_DEPTH:
                brackets.append(base + here)
            elif sign in "}]" and brackets:
                brackets.pop()
            else:
                raise OnecError("damaged")
            here += 1
        self.place = base + here

    def finish_string(self, buffer: str, base: int) -> bool:
        """Go on within the open string; return whether it ends."""
        here = IN_STRING.match(buffer, self.place - base).end()
        # It may stop before a backslash, too, if the sign after that is not there yet.
        ends = buffer.startswith('"', here)
        if ends:
            self.string = None
        self.place = base + here + ends
        return ends


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
        self._events = _Events(start, end, text, leaf)
        self._scan = _Scan()
        self._expects = "value"
        self._buffer = ""
        self._base = 0
        self._skips_string = False
        self._last = False

    def feed(self, text: str, *, last: bool = False) -> None:
        """Parse a piece of the file.

        :raises OnecError: ``damaged`` for no well-formed JSON
        """
        self._buffer += text
        self._last = last
        self._events.has_halves = _may_have_halves(self._buffer)
        if self._skips_string:
            self._skip_long_string()
        if not self._skips_string:
            self._scan.go_on(self._buffer, self._base)
            self._drop(self._parse_complete_tokens())
        if last and (self._buffer or self._expects != "nothing"):
            raise OnecError("damaged")

    def _parse_complete_tokens(self) -> int:
        """Parse one token after another; return where the last complete one ends."""
        here = 0
        while not self._skips_string:
            here = BLANK.match(self._buffer, here).end()
            if here == len(self._buffer):
                break
            end = self._parse_token(here)
            if end is None:
                break
            here = end
        return here

    def _drop(self, end: int) -> None:
        self._buffer = self._buffer[end:]
        self._base += end

    def _parse_token(self, here: int) -> int | None:
        """Parse one token; return where it ends, or ``None`` if it is incomplete."""
        sign, expects, events = self._buffer[here], self._expects, self._events
        if expects == "value" or (expects == "first value" and sign != "]"):
            return self._value(here, sign)
        if expects in ("key", "first key") and sign == '"':
            return self._key(here)
        if expects == "colon" and sign == ":":
            self._expects = "value"
        elif expects == "comma" and sign == ",":
            self._expects = "value" if events.in_list else "key"
        elif (
            expects in ("comma", "first value", "first key")
            and events.frames
            and sign == ("]" if events.in_list else "}")
        ):
            events.finish()
            self._expects = "comma" if events.frames else "nothing"
        else:
            raise OnecError("damaged")
        return here + 1

    def _key(self, here: int) -> int | None:
        if self._is_open(here, '"'):
            if len(self._buffer) - here > MAX_TOKEN:
                raise OnecError("damaged")
            return None
        self._events.key, end = self._decode(here)
        self._expects = "colon"
        return end

    def _value(self, here: int, sign: str) -> int | None:
        if not self._is_open(here, sign):
            value, end = self._decode(here)
            self._emit_value(value)
            return end
        size = len(self._buffer) - here
        if sign in "{[" and size > MAX_WHOLE:
            is_list = sign == "["
            self._events.begin(is_list=is_list)
            self._expects = "first value" if is_list else "first key"
            return here + 1
        if sign == '"' and size > MAX_TOKEN:
            self._skips_string = True
            # Within a string all has been looked at but a backslash at the end.
            return self._scan.place - self._base
        if sign not in '{["' and size > LONGEST_WORD:
            raise OnecError("damaged")
        return None

    def _is_open(self, here: int, sign: str) -> bool:
        """Whether the end of what starts here has not been read yet."""
        place = self._base + here
        if sign == '"':
            return self._scan.string == place
        if sign in "{[":
            depth = len(self._events.frames)
            return self._scan.brackets[depth : depth + 1] == [place]
        end = WORD.match(self._buffer, here).end()
        return end == len(self._buffer) and not self._last

    def _decode(self, here: int) -> tuple[object, int]:
        try:
            return DECODER.raw_decode(self._buffer, here)
        except ValueError as error:
            raise OnecError("damaged") from error

    def _emit_value(self, value: object) -> None:
        self._events.value(value)
        self._expects = "comma" if self._events.frames else "nothing"

    def _skip_long_string(self) -> None:
        """Skip a string that is not kept, such as a picture; a value that is too long
        is emitted in its place."""
        if self._scan.finish_string(self._buffer, self._base):
            self._skips_string = False
            self._emit_value("x" * (MAX_CELL + 1))
        self._drop(self._scan.place - self._base)


def _may_have_halves(text: str) -> bool:
    """Tell whether texts may come of it that no database takes."""
    if "\\ud" in text or "\\uD" in text:
        return True
    try:
        text.encode()
    except UnicodeEncodeError:
        return True
    return False


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
    codec = encoding or encoding_of(path) or "utf-8"
    with path.open("rb") as stream:
        first = stream.read(CHUNK)
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
