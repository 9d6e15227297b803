"""A letter made fit for the gateway: what strangers may send without end is cut before
any pattern or parser sees it, and what the parser of Python stumbles over is mended.
"""

import re
from email.errors import MessageError

from .letter_text import clean, codec_of, encoding_of, mend_header, readable
from .texts import UNKEEPABLE

# Bytes of one header, of one with addresses, of all of them.
HEADER, ADDRESSES, HEAD = 4_000, 30_000, 200_000
# So many parts, and parts that have parts, a letter may have.
PARTS, CONTAINERS = 1_000, 200
END_OF_HEAD = re.compile(rb"\r?\n\r?\n")
FIELDS = re.compile(rb"\n(?![ \t])")
WITH_ADDRESSES = (b"to:", b"cc:", b"from:", b"resent-to:", b"resent-cc:")
# Headers that the gateway of Odoo and ours read.
READ = (
    "Message-Id",
    "References",
    "In-Reply-To",
    "Date",
    "Subject",
    "Return-Path",
    "From",
    "Reply-To",
    "To",
    "Cc",
    "Delivered-To",
    "Resent-To",
    "Resent-Cc",
)
OF_ADDRESSES = (
    "From",
    "Reply-To",
    "To",
    "Cc",
    "Delivered-To",
    "Resent-To",
    "Resent-Cc",
)
OF_PARTS = ("Content-Type", "Content-Disposition", "Content-Id")
KINDS = ("text", "image", "audio", "video", "application", "message", "multipart")
TRANSFERS = {
    "base64": "base64",
    "quotedprintable": "quoted-printable",
    "8bit": "8bit",
    "7bit": "7bit",
}
# What the parser of Python is known to raise at headers that are none.
STUMBLES = (
    MessageError,
    ValueError,
    LookupError,
    AttributeError,
    TypeError,
    RecursionError,
)
# It starts where a word starts, so that a long word is not tried letter by letter.
ADDRESS = re.compile(
    r"(?<![\w.+%=-])[\w.+%=-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,9}", re.ASCII
)


class TooNested(ValueError):
    """A letter with more parts inside parts than anybody writes."""


def trim(raw):
    """Cut the headers of a letter that are longer than anybody needs.

    :param bytes raw: the letter
    :return: bytes, the same where nothing is too long
    :raises TooNested: where it cannot be read in a reasonable time
    """
    found = END_OF_HEAD.search(raw)
    head, rest = (raw[: found.start()], raw[found.start() :]) if found else (raw, b"")
    if len(head) > HEADER or b"\0" in head:
        head = _trim_head(head)
    lowered = rest.lower()
    if lowered.count(b"\ncontent-type:") > CONTAINERS:
        kinds = re.findall(rb"\ncontent-type:\s{0,9}(m(?:ultipart|essage)/)?", lowered)
        if len(kinds) > PARTS or len(list(filter(None, kinds))) > CONTAINERS:
            raise TooNested(f"more than {PARTS} parts, or too deep inside each other")
    return head + _trim_parts(rest, lowered)


def _trim_head(head):
    fields, size = [], 0
    for field in FIELDS.split(head.replace(b"\0", b"")):
        if len(field) > HEADER and field[:14].lower().startswith(WITH_ADDRESSES):
            # Names are of no use here, and cost more than they are worth.
            name, _colon, value = (
                field[: 3 * ADDRESSES].decode("latin-1").partition(":")
            )
            field = f"{name}: {', '.join(ADDRESS.findall(value))}".encode()[:ADDRESSES]
        else:
            field = _cut(field)
        fields.append(field)
        size += len(fields[-1])
        if size > HEAD:
            break
    return b"\n".join(fields)


def _cut(field):
    if len(field) <= HEADER:
        return field
    # Not in the middle of a word of RFC 2047, or of a letter of UTF-8.
    short = field[:HEADER]
    space = max(short.rfind(b" "), short.rfind(b"\n"))
    return short[:space].rstrip() if space > HEADER // 2 else short


def _trim_parts(rest, lowered):
    """The same for the headers of the parts, which the parser reads at once."""
    pieces, done, start = [], 0, lowered.find(b"\ncontent-")
    while start >= 0:
        end = start + 1
        while True:
            end = rest.find(b"\n", end)
            if end < 0:
                end = len(rest)
                break
            if rest[end + 1 : end + 2] not in (b" ", b"\t"):
                break
            end += 1
        if end - start > HEADER:
            pieces.append(rest[done : start + HEADER])
            done = end
        start = lowered.find(b"\ncontent-", end)
    if not pieces:
        return rest
    return b"".join((*pieces, rest[done:]))


def mend(message, faithful=False):
    """Mend the headers, the types and the encodings of a letter in place.

    :param message: ``email.message.EmailMessage``
    :param faithful: whether headers that are sound stay unread, as they were sent
    """
    for name in READ:
        _mend_field(message, name, faithful)
    parts = [(message, 0)]
    while parts:
        part, depth = parts.pop()
        for name in OF_PARTS:
            _mend_field(part, name, faithful or depth)
        _mend_kind(part)
        _mend_picture(part)
        if part.is_multipart():
            deeper = depth or part.get_content_maintype() == "message"
            parts += [(inner, deeper) for inner in part.get_payload()]
        elif part.get_content_maintype() == "text":
            _mend_words(part)


def _mend_field(message, name, faithful):
    """Make a header one that can be read; what is read once is kept read, or Python
    parses it again each time it is asked."""
    values = [
        value for key, value in message.raw_items() if key.lower() == name.lower()
    ]
    if not values:
        return
    in_names = name in OF_ADDRESSES
    mended = [mend_header(str(value), in_names) for value in values]
    changed = mended != values
    if changed:
        _replace(message, name, mended)
    try:
        found = message.get_all(name)
        if any(UNKEEPABLE.search(str(value)) for value in found):
            found = [clean(str(value)) for value in found]
            changed = True
            _replace(message, name, found)
            found = message.get_all(name)
    except STUMBLES:
        _replace(message, name, [_plain(name, value) for value in mended])
        return
    if not faithful and len(found) == 1:
        message.replace_header(name, found[0])


def _replace(message, name, values):
    del message[name]
    for value in values:
        message.set_raw(name, value)


def _plain(name, value):
    """What can be kept of a header that cannot be parsed."""
    if name in OF_ADDRESSES:
        return ", ".join(ADDRESS.findall(value))
    if name == "Content-Type":
        return "application/octet-stream"
    if name == "Content-Disposition":
        return "attachment"
    return " ".join(re.findall(r"[\w.@+=-]+", value))


def _mend_kind(part):
    """The types of parts that Odoo or Python does not take, and what says that it has
    parts and has none: its words would be passed over."""
    main = part.get_content_maintype()
    if main not in KINDS:
        part.set_type("application/octet-stream")
    elif main == "multipart" and not part.is_multipart():
        del part["Content-Type"]
        part["Content-Type"] = "text/plain"
    transfer = part.get("Content-Transfer-Encoding")
    if transfer and transfer.strip().lower() not in TRANSFERS.values():
        known = TRANSFERS.get(re.sub(r"[^a-z0-9]", "", transfer.lower()))
        part.replace_header("Content-Transfer-Encoding", known or "8bit")


def _mend_picture(part):
    """Name a picture inside the text: Odoo shows none without a name."""
    if (
        part.get_content_maintype() == "image"
        and "Content-Id" in part
        and not part.get_filename()
    ):
        subtype = re.sub(r"\W", "", part.get_content_subtype())[:10] or "png"
        name = re.sub(r"[^\w-]", "", str(part["Content-Id"]).partition("@")[0])[:40]
        if not part.get("Content-Disposition"):
            part["Content-Disposition"] = "inline"
        part.set_param("filename", f"{name}.{subtype}", header="Content-Disposition")


def _mend_words(part):
    """Say in which encoding a text is really written."""
    label = part.get_param("charset")
    label = label[2] if isinstance(label, tuple) else label
    content = part.get_payload(decode=True) or b""
    codec = codec_of(label)
    if content.isascii() and (label is None or (label and codec == label.lower())):
        return
    encoding = encoding_of(content, label)
    if part.get_filename() or part.get_content_disposition() == "attachment":
        try:
            same = content.decode(encoding).encode(encoding) == content
        except ValueError:
            same = False
        if not same:
            # Whatever it is, it is kept as it came.
            part.set_type("application/octet-stream")
            return
    if not label or encoding != label.lower():
        part.del_param("charset")
        part.set_param("charset", encoding)


class Peek:
    """What can be learned of an e-mail without parsing: for those that nothing parses.

    :ivar sender, subject: as people read them
    :ivar recipients: addresses, in lower case
    :ivar references: ids of messages that it answers
    """

    RECIPIENTS = (
        "to",
        "cc",
        "delivered-to",
        "x-original-to",
        "envelope-to",
        "resent-to",
        "resent-cc",
        "x-envelope-to",
    )

    def __init__(self, raw):
        head = END_OF_HEAD.split(raw[: 3 * HEAD], maxsplit=1)[0]
        fields = {}
        for field in FIELDS.split(_trim_head(head)):
            name, _colon, value = field.partition(b":")
            name = name.strip().lower().decode("ascii", "ignore")
            value = re.sub(rb"\r?\n[ \t]*", b" ", value.strip())
            fields.setdefault(name, []).append(value.decode("utf-8", "surrogateescape"))

        def of(*names):
            return " ".join(value for name in names for value in fields.get(name, ()))

        self.sender = readable(of("from"))
        self.subject = readable(of("subject"))
        self.recipients = {
            address.lower() for address in ADDRESS.findall(of(*self.RECIPIENTS))
        }
        self.references = re.findall(
            r"<[^<>\s]{1,500}>", of("references", "in-reply-to")
        )
        self.references = self.references[-32:]
