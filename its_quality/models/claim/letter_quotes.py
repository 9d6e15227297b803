"""What a letter quotes, and Odoo does not see: Outlook, Zimbra, Yandex and others write a few
headers above it, or a line that says whose words follow, and mark nothing."""

import re

import lxml.etree
import lxml.html
from markupsafe import escape

from ...tools.forwarded import HEADER, LINE_SIZE, OF_YANDEX
from ...tools.letter_repair import ADDRESS

QUOTE = "data-o-mail-quote"
# What programs write above a letter that they quote.
DIVIDER = re.compile(
    r"[ \t>]{0,20}(?:-{2,20}\s?(?:исходное сообщение|original message|пересылаемое "
    r"сообщение|forwarded message)\s?-{2,20}|_{20,80}$)",
    re.IGNORECASE,
)
# How a line ends that says whose words follow: with a verb, or with an address.
WRITES = re.compile(
    r"\b(?:(?:пишет|писал|написал)(?:а|\(а\)|и)?|wrote)(?!\w).{0,60}:$", re.IGNORECASE
)
BY_WHOM = re.compile(r"<[^<>\s@]{1,99}@[^<>\s@]{1,99}>\s?(:?)$")
DATED = re.compile(r"\d{1,2}\.\d{1,2}\.\d{2,4},?\s\d{1,2}:\d{2}")
# So many lines of a letter are looked at, and so many below the first header.
LINES, BELOW = 600, 5
# So deep inside each other.
DEPTH = 200
UNSEEN = ("style", "script")
# Elements that stand on lines of their own.
BLOCKS = frozenset(
    [
        *("address", "blockquote", "br", "center", "dd", "div", "dl", "dt", "fieldset"),
        *("form", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "li", "ol", "p", "pre"),
        *("section", "table", "tbody", "td", "th", "tr", "ul"),
    ]
)
# Inside these nothing but text and the like may be put.
NARROW = frozenset(["p", "pre", "span", "font", "b", "i", "a", "strong", "em"])


class _Line:
    """A line as a reader sees it.

    :ivar text: without spaces around it
    :ivar parts: where it stands: an element, «text» or «tail», and from where to where
    :ivar quoted: whether Odoo has marked it, or it begins as quoted ones do
    """

    def __init__(self, text="", quoted=False):
        self.text, self.parts, self.quoted = text, [], quoted


def fold_quotes(body):
    """Mark what is quoted, as Odoo marks the quotations of others: both chatter and the
    client's page fold what is marked.

    :param body: as HTML, sanitized
    :return: HTML, the same where there is nothing to mark
    """
    if ":" not in body and "__" not in body:
        return body
    try:
        root = lxml.html.fromstring(f"<div>{body}</div>")
    except (lxml.etree.ParserError, ValueError):
        return body
    lines = _lines(root)
    for place in range(1, len(lines)):
        if lines[place].quoted or not lines[place].text:
            continue
        if _begins_quotation(lines, place):
            _fold_from(root, *lines[place].parts[0][:3])
            break
        said = _says_whose(lines, place)
        if said:
            after = next((one for one in lines[place + said :] if one.text), None)
            if after and not after.quoted:
                # Nothing is marked below it, so all of it is.
                if not OF_YANDEX.match(lines[place].text):
                    continue
                _fold_from(root, *lines[place].parts[0][:3])
            else:
                _fold_lines(lines[place : place + said])
            break
    else:
        return body
    return "".join(
        [
            str(escape(root.text or "")),
            *(lxml.html.tostring(child, encoding="unicode") for child in root),
        ]
    )


# -----------------------------------------------------------------------------
# Lines
# -----------------------------------------------------------------------------


def _lines(root):
    """The lines of a letter that have a text; of what is marked already one line."""
    lines = [_Line()]
    _read(root, lines, False, DEPTH)
    for line in lines:
        line.text = line.text[:LINE_SIZE].replace("\u00a0", " ")
        line.quoted = line.quoted or line.text.startswith(">")
    return [line for line in lines if line.text][:LINES]


def _read(node, lines, within_pre, depth):
    """Add the lines of an element to others."""
    within_pre = within_pre or node.tag == "pre"
    _add(node, "text", lines, within_pre)
    for child in node:
        if len(lines) > LINES or not depth:
            return
        if child.get(QUOTE):
            lines += [_Line(">", True), _Line()]
        elif isinstance(child.tag, str) and child.tag not in UNSEEN:
            apart = child.tag in BLOCKS
            if apart:
                lines.append(_Line())
            _read(child, lines, within_pre, depth - 1)
            if apart:
                lines.append(_Line())
        _add(child, "tail", lines, within_pre)


def _add(node, where, lines, within_pre):
    """Add the lines of a text to others; the first goes on with the last of them."""
    begin = 0
    text = getattr(node, where) or ""
    for number, piece in enumerate(text.split("\n") if within_pre else [text]):
        if number:
            lines.append(_Line())
        if piece.strip():
            start = begin + len(piece) - len(piece.lstrip())
            lines[-1].parts.append((node, where, start, begin + len(piece)))
            lines[-1].text = f"{lines[-1].text} {piece[:LINE_SIZE].strip()}".strip()
        begin += len(piece) + 1


def _begins_quotation(lines, place):
    """Whether headers of another letter begin in this line, or what stands above them."""
    text = lines[place].text.strip("* ")
    if DIVIDER.match(text):
        return True
    first = HEADER.match(text)
    if not first or not first["sender"]:
        return False
    below = [HEADER.match(one.text.strip("* ")) for one in lines[place + 1 :][:BELOW]]
    below = [one for one in below if one]
    addressed = ADDRESS.search(text.replace("mailto:", " "))
    sent = any(
        one[0].lower().startswith(("отправ", "sent", "дата", "date")) for one in below
    )
    return bool(below and (addressed or sent))


def _says_whose(lines, place):
    """In how many lines from this one it is said whose words follow; 0 where not."""
    if _is_said(lines[place].text):
        return 1
    # One that was broken.
    two = " ".join(line.text for line in lines[place : place + 2])
    if two == lines[place].text or HEADER.match(lines[place].text):
        return 0
    return 2 if len(two) < LINE_SIZE and _is_said(two) else 0


def _is_said(text):
    """Whether a line says who wrote what follows, and when."""
    if any(sign.isdigit() for sign in text) and WRITES.search(text):
        return True
    found = BY_WHOM.search(text)
    if not found:
        return False
    before = text[: found.start()]
    if not found[1]:
        return bool(DATED.match(before))
    return any(sign.isdigit() for sign in before)


# -----------------------------------------------------------------------------
# Marks
# -----------------------------------------------------------------------------


def _fold_lines(lines):
    """Mark these lines and nothing else."""
    for line in reversed(lines):
        for node, where, start, end in reversed(line.parts):
            text = getattr(node, where)
            mark = _mark("span", text[start:end])
            mark.tail = text[end:]
            setattr(node, where, text[:start])
            _insert_after(mark, node, where)


def _fold_from(root, node, where, start):
    """Mark all from a place on."""
    if where == "text" and not (node.text or "")[:start].strip():
        # With the frame that is drawn around it.
        while _is_first(node) and node.getparent() is not root:
            node = node.getparent()
        node.set(QUOTE, "1")
        where, start = "tail", 0
    while True:
        _fold_rest(node, where, start)
        node = node if where == "text" else node.getparent()
        if node is root:
            break
        where, start = "tail", 0


def _fold_rest(node, where, start):
    """Mark the rest of the element that a place is in."""
    text = getattr(node, where) or ""
    inner = list(node) if where == "text" else list(node.itersiblings())
    if not text[start:].strip() and not inner:
        return
    parent = node if where == "text" else node.getparent()
    mark = _mark("span" if parent.tag in NARROW else "div", text[start:])
    setattr(node, where, text[:start])
    for child in inner:
        mark.append(child)
    _insert_after(mark, node, where)


def _mark(tag, text):
    mark = lxml.html.Element(tag)
    mark.set(QUOTE, "1")
    mark.text = text
    return mark


def _insert_after(mark, node, where):
    """Put an element where a text of another one ends."""
    if where == "text":
        node.insert(0, mark)
        return
    parent, tail = node.getparent(), mark.tail
    parent.insert(parent.index(node) + 1, mark)
    mark.tail = tail


def _is_first(node):
    """Whether nothing stands before an element in the one it is in."""
    parent = node.getparent()
    if parent is None or (parent.text or "").strip():
        return False
    return not any(
        "".join(one.itertext()).strip() or (one.tail or "").strip()
        for one in node.itersiblings(preceding=True)
        if isinstance(one.tag, str)
    )
