"""Hardened, streamed parsing of exchange files in XML.

Programs of 1C write prefixes now for the whole file, now for the objects only, so
elements are known by their local names.
"""

from __future__ import annotations

import codecs
import contextlib
from collections.abc import Callable, Iterator
from pathlib import Path
from xml.parsers import expat

from ..errors import OnecError
from ..foreign import refuse_foreign_xml
from ..xml_parts import CHUNK, MAX_DEPTH, PartParser, chunks_of, local
from .encodings import encoding_of

INVALID_TOKEN = expat.errors.codes[expat.errors.XML_ERROR_INVALID_TOKEN]
OF_ENCODING = frozenset(
    expat.errors.codes[text]
    for text in (
        expat.errors.XML_ERROR_UNKNOWN_ENCODING,
        expat.errors.XML_ERROR_INCORRECT_ENCODING,
    )
)
UNICODE = frozenset(("utf-8", "utf8"))


class FileParser(PartParser):
    """Calls back for the elements of a file.

    :param encoding: what the user says, whatever the file does
    :param found: what its bytes say, whatever it declares
    """

    def __init__(
        self,
        start: Callable[[str, dict[str, str]], None],
        end: Callable[[str], None] | None = None,
        text: Callable[[str], None] | None = None,
        *,
        encoding: str | None = None,
        found: str | None = None,
    ) -> None:
        super().__init__(start, end, text, encoding=encoding or found)
        self._wanted = encoding
        self._declared = "UTF-8"
        self.parser.XmlDeclHandler = self._on_declaration

    def feed(self, data: bytes, *, last: bool = False) -> None:
        """Parse a piece of the file.

        :raises OnecError: ``damaged``, ``doctype``, ``too_big``, and ``encoding`` or
            ``encoding_told`` where it is in another encoding
        """
        before = self._fed
        try:
            super().feed(data, last=last)
        except OnecError as error:
            if self._is_of_encoding(error.__cause__, data, before):
                if self._wanted:
                    raise OnecError("encoding", encoding=self._wanted) from error
                raise OnecError("encoding_told", encoding=self._declared) from error
            raise

    def _is_of_encoding(
        self, cause: BaseException | None, data: bytes, before: int
    ) -> bool:
        if isinstance(cause, (LookupError, UnicodeError)):
            return True
        if not isinstance(cause, expat.ExpatError):
            return False
        if cause.code in OF_ENCODING:
            return True
        told = (self._wanted or self._declared).lower()
        if cause.code != INVALID_TOKEN or told not in UNICODE:
            return False
        place = max(self.parser.ErrorByteIndex - before, 0)
        try:
            data[place : place + 200].decode("utf-8")
        except UnicodeDecodeError as error:
            return error.reason != "unexpected end of data"
        return False

    def _on_declaration(
        self, _version: str, encoding: str | None, _standalone: int
    ) -> None:
        self._declared = (encoding or self._declared)[:40]

    def _refuse(self, *_arguments) -> None:
        raise OnecError("doctype")

    def _on_start(self, name: str, attributes: dict[str, str]) -> None:
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise OnecError("damaged")
        self._start(local(name), attributes)

    def _on_end(self, name: str) -> None:
        self._depth -= 1
        if self._end:
            self._end(local(name))


# What CommerceML 2 tells by elements within; only catalogues have an attribute.
OF_COMMERCE = frozenset(("Контрагент", "Документ", "Товар", "Предложение", "Каталог"))
KNOWN_ATTRIBUTES = frozenset(("СодержитТолькоИзменения", "Статус"))


class _Found(Exception):
    """Stops the parser where enough is known."""


def kind_of_xml(path: Path, encoding: str | None) -> str:
    """Tell which exchange file it is, by its first elements.

    :return: ``v8``, ``enterprise_data``, ``commerceml`` or ``odata_atom``
    :raises OnecError: ``not_a_table`` for another XML, and what parsing may raise
    """
    guess = _Guess()
    found = None if encoding else encoding_of(path)
    parser = FileParser(
        guess.start, guess.end, guess.text, encoding=encoding, found=found
    )
    with contextlib.suppress(_Found):
        for _piece in _feed(path, parser):
            if guess.kind == "commerceml":
                # There are no contractors near, but it is known what it is.
                break
    if not guess.kind:
        raise OnecError("not_a_table", kind="XML")
    return guess.kind


class _Guess:
    """Which exchange file it is, as far as its elements have told.

    :ivar kind: empty for none that is known
    """

    def __init__(self) -> None:
        self.kind = ""
        self._above: list[str] = []

    def start(self, name: str, attributes: dict[str, str]) -> None:
        self._above.append(name)
        if len(self._above) == 1:
            self._root(name, attributes)
        elif self.kind == "commerceml" and name in OF_COMMERCE:
            # The first version told all of something in attributes.
            if attributes.keys() - KNOWN_ATTRIBUTES:
                raise OnecError("commerceml_1")
            raise _Found
        elif name == "Body":
            if any("EnterpriseData" in value for value in attributes.values()):
                self.kind = "enterprise_data"
            raise _Found

    def _root(self, name: str, attributes: dict[str, str]) -> None:
        refuse_foreign_xml(name, attributes)
        self.kind = _kind_of_root(name)
        if attributes.get("ВерсияСхемы", "").startswith("1"):
            raise OnecError("commerceml_1")
        if name != "Message" and self.kind != "commerceml":
            raise _Found

    def end(self, _name: str) -> None:
        self._above.pop()

    def text(self, text: str) -> None:
        if self._above[-1:] == ["Format"] and "EnterpriseData" in text:
            self.kind = "enterprise_data"
            raise _Found


def _kind_of_root(name: str) -> str:
    if name == "_1CV8DtUD" or name.startswith("CatalogObject."):
        return "v8"
    if name in ("feed", "entry"):
        return "odata_atom"
    return "commerceml" if name == "КоммерческаяИнформация" else ""


def _feed(path: Path, parser: FileParser) -> Iterator[None]:
    with path.open("rb") as stream:
        # Sites write blank lines above the declaration, which XML forbids.
        mark = stream.read(len(codecs.BOM_UTF8))
        first = (b"" if mark == codecs.BOM_UTF8 else mark) + stream.read(CHUNK)
        parser.feed(first.lstrip(b" \t\r\n"))
        yield
        for chunk in chunks_of(stream):
            parser.feed(chunk)
            yield
        parser.feed(b"", last=True)
        yield


def parse_xml(
    path: Path,
    start: Callable[[str, dict[str, str]], None],
    end: Callable[[str], None],
    text: Callable[[str], None],
    *,
    encoding: str | None,
) -> Iterator[None]:
    """Parse a file; yield after each piece of it.

    :param start: gets the names of elements as they stand there, and bounds the depth
    """
    found = None if encoding else encoding_of(path)
    parser = FileParser(start, end, text, encoding=encoding, found=found)
    # Half a million elements go the shortest way.
    parser.parser.StartElementHandler = start
    parser.parser.EndElementHandler = end
    yield from _feed(path, parser)
