"""Hardened, streamed parsing of XML.

The parser takes no document type, hence no entity, nested or external; what it holds
at a time is bounded, whatever the part unpacks to.

It is expat, not lxml, since expat calls us before it has gathered anything: a document
type is refused at its first sign, and a tag by its size. lxml (5.4, pull parser or
target) was no faster on 50 000 contractors, and took 210 MiB for a document type before
it could be refused, 200 000 attributes without a word, and no value of 10 MB at all.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import IO
from xml.parsers import expat

from .errors import OnecError

CHUNK = 64 * 1024
# The most that one tag, or one part of all, may take.
MAX_TOKEN = 256 * 1024
MAX_PART = 2 * 1024**3
MAX_DEPTH = 100


class PartParser:
    """Calls back for the elements of one part, by local name.

    :param start: gets the local name and the attributes of each element
    :param end: gets the local name
    :param text: gets pieces of character data
    :param encoding: counts for more than what the part says of itself
    """

    def __init__(
        self,
        start: Callable[[str, dict[str, str]], None],
        end: Callable[[str], None] | None = None,
        text: Callable[[str], None] | None = None,
        *,
        encoding: str | None = None,
    ) -> None:
        self._start = start
        self._end = end
        self._prefix: str | None = None
        self._depth = 0
        self._fed = 0
        self.parser = expat.ParserCreate(encoding)
        self.parser.buffer_text = True
        self.parser.StartDoctypeDeclHandler = self._refuse
        self.parser.StartElementHandler = self._on_start
        self.parser.EndElementHandler = self._on_end
        if text:
            self.parser.CharacterDataHandler = text

    def feed(self, data: bytes, *, last: bool = False) -> None:
        """Parse a piece of the part.

        :raises OnecError: ``damaged`` for no well-formed XML, ``too_big``
        """
        self._fed += len(data)
        try:
            self.parser.Parse(data, last)
        except (expat.ExpatError, LookupError, ValueError) as error:
            raise OnecError("damaged") from error
        if self._fed > MAX_PART:
            raise OnecError("too_big")
        if self._fed - max(self.parser.CurrentByteIndex, 0) > MAX_TOKEN and not last:
            raise OnecError("damaged")

    def _refuse(self, *_arguments) -> None:
        raise OnecError("damaged")

    def _on_start(self, name: str, attributes: dict[str, str]) -> None:
        if self._prefix is None:
            prefix, colon, _local = name.rpartition(":")
            self._prefix = prefix + colon
            if not colon:
                # The usual case by the shortest way: no prefixes, no calls of ours.
                self.parser.StartElementHandler = self._on_plain_start
                self.parser.EndElementHandler = self._on_plain_end
                self._on_plain_start(name, attributes)
                return
        self._on_plain_start(name.removeprefix(self._prefix), attributes)

    def _on_plain_start(self, name: str, attributes: dict[str, str]) -> None:
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise OnecError("damaged")
        self._start(name, attributes)

    def _on_end(self, name: str) -> None:
        self._on_plain_end(name.removeprefix(self._prefix or ""))

    def _on_plain_end(self, name: str) -> None:
        self._depth -= 1
        if self._end:
            self._end(name)


def chunks_of(stream: IO[bytes]) -> Iterator[bytes]:
    """Read a part piece by piece."""
    return iter(lambda: stream.read(CHUNK), b"")


def parse(
    stream: IO[bytes] | bytes,
    start: Callable[[str, dict[str, str]], None],
    end: Callable[[str], None] | None = None,
    text: Callable[[str], None] | None = None,
) -> None:
    """Parse a whole part; see :class:`PartParser`."""
    source = io.BytesIO(stream) if isinstance(stream, bytes) else stream
    parser = PartParser(start, end, text)
    for chunk in chunks_of(source):
        parser.feed(chunk)
    parser.feed(b"", last=True)


@lru_cache(1024)
def local(name: str) -> str:
    """Return an attribute's name without its prefix."""
    return name.rpartition(":")[2]
