"""What a letter of a client says, without the secrets of our own letters."""

import re
from email import message_from_bytes, message_from_string, policy
from email.message import EmailMessage

import lxml.etree
import lxml.html
from markupsafe import Markup

from odoo.tools import html2plaintext

# What programs put into a long word: white space, marks of quotation, tags, the soft
# line breaks of quoted-printable.
BREAK = r"(?:\s|>|&gt;|<[^<>]{0,99}>|=(?=\r?\n)){0,20}"
# «=» as it is, and as links inside links and letters inside letters write it.
EQUALS = r"(?:=3D|=|%(?:25)*3D|&\#61;|&\#x3D;)"
SECRETS = re.compile(
    rf"(?<=access_token)({EQUALS}{BREAK})([0-9a-f-](?:{BREAK}[0-9a-f-]){{35,63}})"
    rf"|(?<=\bhash)({EQUALS}{BREAK})([0-9a-f](?:{BREAK}[0-9a-f]){{63}})"
    rf"|(?<=auth_signup_token)({EQUALS}{BREAK})([\w-]{{8,}})",
    re.IGNORECASE,
)
# What a letter has for programs, and nobody reads.
UNSEEN = ".//style | .//script"
PAGE = re.compile(r"my(?:/|%(?:25)*2F)claims(?:/|%(?:25)*2F)(\d{1,9})", re.IGNORECASE)


def claims_linked(text):
    """The ids of the claims whose pages a text links to."""
    return {int(found) for found in PAGE.findall(text)}


def hide(text, tokens=()):
    """Make links that speak for the client useless.

    :param text: of a letter, in HTML or not
    :param tokens: secrets of claims, which are hidden wherever they are
    :return: the text; it keeps its length, so that files keep their shape
    """

    def blank(found):
        *before, secret = [group for group in found.groups() if group is not None]
        # Tags inside the secret may go to pieces with it, the text around may not.
        return "".join(before) + "x" * len(secret)

    text = SECRETS.sub(blank, text)
    for token in tokens:
        word = BREAK.join(map(re.escape, token))
        text = re.sub(f"({word})", blank, text, flags=re.IGNORECASE)
    return text


def without_links(html):
    """A letter of ours for somebody who does not speak for the client: without the
    links that do."""
    root = lxml.html.fromstring(f"<div>{html}</div>")
    for link in root.xpath(".//a[contains(@href, 'access_token')]"):
        link.drop_tree()
    return Markup(hide(lxml.html.tostring(root, encoding="unicode")))


def hide_in_file(name, content, tokens=()):
    """The same for a file: a letter that is attached as such, or a text.

    :param name: of the file
    :param content: text, bytes or a message, as the gateway has them
    """
    if isinstance(content, EmailMessage):
        return _hide_in_letter(content, tokens) or content
    if name.lower().endswith((".eml", ".mht", ".mhtml")):
        read = message_from_string if isinstance(content, str) else message_from_bytes
        letter = _hide_in_letter(read(content, policy=policy.SMTP), tokens)
        if letter:
            return letter.as_bytes()
    if isinstance(content, str):
        return hide(content, tokens)
    return hide(content.decode("latin-1"), tokens).encode("latin-1")


def _hide_in_letter(letter, tokens):
    """Hide the secrets in the texts and files of a letter.

    :return: the letter; nothing where there were none
    """
    changed = False
    for part in letter.walk():
        if part.is_multipart():
            continue
        try:
            content = part.get_content()
        except (LookupError, ValueError, AttributeError):
            # No program that shows it could read it either.
            continue
        name = part.get_filename() or ""
        hidden = hide_in_file(name, content, tokens)
        if hidden == content:
            continue
        changed = True
        kind, subtype = part.get_content_maintype(), part.get_content_subtype()
        if isinstance(hidden, str):
            part.set_content(hidden, subtype=subtype, filename=name or None)
        else:
            part.set_content(hidden, kind, subtype, filename=name or None)
    return letter if changed else None


def words_of(body, quoted=True):
    """The words of a letter as plain text.

    :param body: as HTML
    :param quoted: whether to keep what it quotes; a letter that says nothing else keeps
        it anyway
    """
    if not (body or "").strip():
        return ""
    try:
        root = lxml.html.fromstring(f"<div>{body}</div>")
    except (lxml.etree.ParserError, ValueError):
        return html2plaintext(body, include_references=False).strip()
    if not quoted:
        for node in root.xpath(".//*[@data-o-mail-quote]"):
            if node.getparent() is not None:
                node.drop_tree()
    for node in root.xpath(UNSEEN):
        node.drop_tree()
    _lay_out(root)
    html = lxml.html.tostring(root, encoding="unicode")
    words = html2plaintext(html, include_references=False)
    words = words.replace("\u00a0", " ").strip()
    if not quoted:
        lines = words.splitlines()
        words = "\n".join(one for one in lines if not one.startswith(">")).strip()
    return words if words or quoted else words_of(body)


def _lay_out(root):
    """Make lines of what programs lay out as lines, and show where links lead."""
    for line_break in root.iter("br"):
        # Or it is none: those inside quotations are marked.
        line_break.attrib.clear()
    for block in root.iter("div", "tr", "li", "blockquote", "table"):
        # Gmail and Yandex write each line into a division.
        if block is not root and (block.tail or block.getnext() is not None):
            block.tail = f"\n{block.tail or ''}"
    for image in root.xpath(".//img"):
        image.drop_tree()
    for link in root.xpath(".//a[starts-with(@href, 'http')]"):
        address = link.get("href")
        if address not in link.text_content():
            link.tail = f" ({address}){link.tail or ''}"
