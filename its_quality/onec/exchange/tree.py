"""The objects of an exchange file, one at a time, as small trees.

The parsers of XML and of JSON call the same builder, so the code that makes records
of the objects need not know which it was.
"""

from __future__ import annotations

from collections.abc import Iterator, MutableSequence

from ..errors import OnecError
from ..tables import MAX_CELL
from ..xml_parts import MAX_DEPTH, local

# A contractor has some hundred elements; many rows of contacts make it some thousand.
MAX_NODES = 20_000
MAX_LENGTH = 4 * 1024 * 1024
# What the items of a list are called where the format gives them no name.
ITEM = "Row"


class Node:
    """An element: a text or further elements.

    :ivar name: without the prefix of its namespace
    :ivar raw: its text, if it has no elements
    """

    __slots__ = ("_texts", "children", "name", "raw")

    def __init__(self, name: str) -> None:
        self.name = name
        self.raw = ""
        # Most have none, and a list each would be half a million of them.
        self.children: MutableSequence[Node] | tuple[()] = ()
        self._texts: dict[str, str] | None = None

    def add(self, node: Node) -> None:
        """Put an element behind the others."""
        if self.children:
            self.children.append(node)
        else:
            self.children = [node]

    def child(self, *names: str) -> Node:
        """Return the first element of the first name that there is, or an empty one."""
        for name in names:
            for node in self.children:
                if node.name == name:
                    return node
        return NOTHING

    def text(self, *names: str) -> str:
        """Return the first text that is not empty among the elements so called.

        :raises OnecError: ``damaged`` for a text longer than any value of 1C
        """
        if self._texts is None:
            # Asked for many a name, and only when all elements are there.
            self._texts = {}
            for node in self.children:
                if node.raw and not node.raw.isspace():
                    self._texts.setdefault(node.name, node.raw)
        for name in names:
            if text := self._texts.get(name, ""):
                if len(text) > MAX_CELL:
                    raise OnecError("damaged")
                return text.strip()
        return ""

    def find(self, name: str) -> Iterator[Node]:
        """Yield the elements so called at whatever depth; not those within them."""
        for node in self.children:
            if node.name == name:
                yield node
            else:
                yield from node.find(name)


NOTHING = Node("")


class TreeBuilder:
    """Takes the events of a parser and keeps the objects that are asked for.

    :param wanted: the names of the objects, each with the names one of which has to be
        right above; ``None`` for any
    """

    def __init__(self, wanted: dict[str, frozenset[str] | None]) -> None:
        self._wanted = wanted
        self._outer_names: list[str] = []
        self._open: list[Node] = []
        self._done: list[Node] = []
        self._pieces: list[str] = []
        self._nodes = 0
        self._length = 0
        self._text_length = 0

    def take(self) -> list[Node]:
        """Return the objects that are complete and forget them."""
        done, self._done = self._done, []
        return done

    def start(self, name: str, _attributes: dict[str, str] | None = None) -> None:
        """An element begins.

        :param name: with or without the prefix of its namespace
        :raises OnecError: ``damaged`` for more than an object of 1C can have
        """
        if ":" in name:
            name = local(name)
        if self._open:
            self._nodes += 1
            if self._nodes > MAX_NODES or len(self._open) > MAX_DEPTH:
                raise OnecError("damaged")
            node = Node(name)
            self._open[-1].add(node)
            self._open.append(node)
            self._pieces = []
            self._text_length = 0
            return
        if name in self._wanted:
            parents = self._wanted[name]
            if parents is None or (
                self._outer_names and self._outer_names[-1] in parents
            ):
                self._open.append(Node(name))
                self._pieces = []
                self._nodes = self._length = self._text_length = 0
                return
        self._outer_names.append(name)
        if len(self._outer_names) > MAX_DEPTH:
            raise OnecError("damaged")

    def leaf(self, name: str, text: str) -> None:
        """An element begins, has a text and ends."""
        if not self._open or ":" in name or len(text) > MAX_CELL:
            self.start(name)
            self.text(text)
            self.end(name)
            return
        self._nodes += 1
        self._length += len(text)
        if self._nodes > MAX_NODES or self._length > MAX_LENGTH:
            raise OnecError("damaged")
        node = Node(name)
        node.raw = text
        self._open[-1].add(node)
        self._pieces = []

    def end(self, _name: str) -> None:
        """The element that began last ends."""
        if not self._open:
            self._outer_names.pop()
            return
        node = self._open.pop()
        if not node.children:
            node.raw = "".join(self._pieces)
        self._pieces = []
        if not self._open:
            self._done.append(node)

    def text(self, text: str) -> None:
        """A piece of the text of the element that began last."""
        if not self._open or self._text_length > MAX_CELL:
            return
        # One sign too many is kept, so that a text cut short is not taken for whole.
        text = text[: MAX_CELL + 1 - self._text_length]
        self._text_length += len(text)
        self._length += len(text)
        if self._length > MAX_LENGTH:
            raise OnecError("damaged")
        self._pieces.append(text)
