"""What a text may consist of: the one rule for whatever is typed, sent or read."""

import re

# What the database does not take at all.
UNKEEPABLE = re.compile("[\x00\ud800-\udfff]")
# With it what nobody types, and what programs choke on that read XML: HTML, workbooks.
UNTYPED = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")


def keepable(text):
    """A text without what the database does not take."""
    # Nearly all are all right; two quick looks, instead of one at each letter.
    if text.isascii() and "\x00" not in text:
        return text
    return UNKEEPABLE.sub("", text)


def typed(text):
    """A text without control characters; its lines stay as they are."""
    return text if text.isprintable() else UNTYPED.sub("", text)


def plain(text, multiline=False):
    """What was typed, without what nobody types."""
    text = typed(re.sub(r"\r\n?", "\n", text or ""))
    return text.strip() if multiline else " ".join(text.split())


def keepable_in(value):
    """The same for all texts inside lists and dictionaries, as a request brings them.

    :param value: what JSON or a form is made of, or anything else, which is left alone
    :return: the very same where there is nothing to take out
    """
    if isinstance(value, str):
        return keepable(value)
    if isinstance(value, dict):
        found = {name: keepable_in(one) for name, one in value.items()}
        same = all(found[name] is one for name, one in value.items())
        return value if same else found
    if isinstance(value, list):
        found = [keepable_in(one) for one in value]
        same = all(new is one for new, one in zip(found, value, strict=True))
        return value if same else found
    return value
