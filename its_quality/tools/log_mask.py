"""No secret of an address in the log of the server.

The address of a claim, a questionnaire or the webhook is enough to act, so it must not
be in logs that many read and keep. What is written stays readable: of an
address ``/my/claims/7?access_token=…`` the log has all but the token.
"""

import logging
import re

MASK = "***"
# What a name of a parameter ends in, how its value begins, and the value: in an address,
# in one that is encoded in another, in data, and in a statement of SQL.
PARAMETER = re.compile(
    r"(token|hash|secret|password|passwd|api_?key)"
    r"(=|%(?:25){0,4}3D|[\"']?: ?[\"']|[\"'] (?:=|IN) \(?[\"'])"
    r"([^\s&\"'<>#;]+)",
    re.IGNORECASE,
)
SLASH = "(?:/|%(?:25){0,4}2F){1,3}"
# Addresses that hold a secret among the names of their folders.
PATH = re.compile(
    rf"({SLASH}(?:survey|rate|its{SLASH}connect|its{SLASH}phone|its{SLASH}claim|my{SLASH}claims){SLASH})"
    r"([^\s?&\"'<>#;]+)",
    re.IGNORECASE,
)
# What is not secret there: words, ids of records, files of the program in what is told
# of an error. Where a key has no sign of its own, nothing is known not to be one.
PLAIN = re.compile(r"[a-z_]{1,24}|[0-9]{1,9}|i18n|[\w-]{1,60}\.[a-z]{2,4}")
KEYED = re.compile(rf"(?:rate|connect|phone){SLASH}$", re.IGNORECASE)
PARTS = re.compile(f"({SLASH})", re.IGNORECASE)
# Those that write addresses, wherever their lines go in the end.
LOGGERS = ("longpolling", "odoo.http", "werkzeug")


def masked(text):
    """Return a line of the log without the secrets of addresses.

    :param str text: any text
    """
    text = PARAMETER.sub(rf"\1\2{MASK}", text)
    return PATH.sub(_masked_path, text)


def _masked_path(found):
    begin, rest = found[1], found[2]
    parts = PARTS.split(rest)
    is_key = bool(KEYED.search(begin))
    for place in range(0, len(parts), 2):
        if parts[place] and (is_key or not PLAIN.fullmatch(parts[place])):
            parts[place] = MASK
            is_key = False
    return begin + "".join(parts)


class SecretFilter(logging.Filter):
    """Masks the lines that pass by; lets all of them through."""

    def filter(self, record):
        try:
            text = record.getMessage()
        except (TypeError, ValueError, KeyError):
            # The caller of the logger reports the mistake, as always.
            return True
        shown = masked(text)
        if shown != text:
            record.msg, record.args = shown, None
        if record.exc_info and not record.exc_text:
            # What is there already is not made again.
            record.exc_text = logging.Formatter().formatException(record.exc_info)
        if record.exc_text:
            record.exc_text = masked(record.exc_text)
        return True


def install():
    """Mask from now on whatever this process writes; again changes nothing."""
    handlers = logging.getLogger().handlers
    for place in (*map(logging.getLogger, LOGGERS), *handlers):
        if not any(isinstance(one, SecretFilter) for one in place.filters):
            place.addFilter(SecretFilter())
