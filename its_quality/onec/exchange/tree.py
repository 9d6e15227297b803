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

    There are half a million events in a file of usual size, so what each needs is at
    hand in the function that takes it, and no attribute is looked up.

    :param wanted: the names of the objects, each with the names one of which has to be
        right above; ``None`` for any
    :ivar start: takes that an element begins: its name, with or without the prefix of
        its namespace, and its attributes. It raises ``damaged`` for more than an object
        of 1C can have, as the others do
    :ivar text: takes a piece of the text of the element that began last
    :ivar end: takes that the element that began last ends
    :ivar leaf: takes an element that begins, has a text and ends
    :ivar take: returns the objects that are complete and forgets them
    """

    def __init__(  # noqa: C901 - five functions that share what they know
        self, wanted: dict[str, frozenset[str] | None]
    ) -> None:
        outer_names: list[str] = []
        open_nodes: list[Node] = []
        pieces: list[str] = []
        done: list[Node] = []
        # The element that began last, until something else does or it ends.
        last: Node | None = None
        nodes = length = text_length = 0

        def start(name: str, _attributes: dict[str, str] | None = None) -> None:
            nonlocal last, nodes, length, text_length
            if ":" in name:
                name = local(name)
            if open_nodes:
                nodes += 1
                if nodes > MAX_NODES or len(open_nodes) > MAX_DEPTH:
                    raise OnecError("damaged")
                above, last = open_nodes[-1], Node(name)
                if above.children:
                    above.children.append(last)
                else:
                    above.children = [last]
                open_nodes.append(last)
                if pieces:
                    pieces.clear()
                text_length = 0
                return
            if name in wanted:
                parents = wanted[name]
                if parents is None or (outer_names and outer_names[-1] in parents):
                    last = Node(name)
                    open_nodes.append(last)
                    pieces.clear()
                    nodes = length = text_length = 0
                    return
            outer_names.append(name)
            if len(outer_names) > MAX_DEPTH:
                raise OnecError("damaged")

        def text(piece: str) -> None:
            nonlocal length, text_length
            if last is None or text_length > MAX_CELL:
                return
            # One sign too many is kept, so that a text cut short is not taken for whole.
            if text_length + len(piece) > MAX_CELL:
                piece = piece[: MAX_CELL + 1 - text_length]
            text_length += len(piece)
            length += len(piece)
            if length > MAX_LENGTH:
                raise OnecError("damaged")
            pieces.append(piece)

        def end(_name: str) -> None:
            nonlocal last
            if not open_nodes:
                outer_names.pop()
                return
            node = open_nodes.pop()
            if node is last and pieces:
                node.raw = pieces[0] if len(pieces) == 1 else "".join(pieces)
                pieces.clear()
            last = None
            if not open_nodes:
                done.append(node)

        def leaf(name: str, content: str) -> None:
            nonlocal last, nodes, length
            if not open_nodes or ":" in name or len(content) > MAX_CELL:
                start(name)
                text(content)
                end(name)
                return
            nodes += 1
            length += len(content)
            if nodes > MAX_NODES or length > MAX_LENGTH:
                raise OnecError("damaged")
            node = Node(name)
            node.raw = content
            open_nodes[-1].add(node)
            last = None

        def take() -> list[Node]:
            taken = done[:]
            done.clear()
            return taken

        self.start, self.text, self.end, self.leaf, self.take = (
            start,
            text,
            end,
            leaf,
            take,
        )
