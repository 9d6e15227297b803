"""What is kept about a person, wherever it stands: finding it, and taking it out.

A room says in which of its records a person is named by a link (:class:`Place`); those
lose their words. :class:`Spellings` is how the person may be written in the words of
other records, and :class:`Sweep` takes that out of every table.

Both write by SQL, past the guards of steps that nobody else may take: movements,
letters and events are changed by nobody, and nobody is to be told.
"""

import email
import email.policy
import io
import re
import zipfile
from collections import Counter
from itertools import permutations
from typing import NamedTuple

from odoo.modules.module import Manifest
from odoo.tools import SQL, email_normalize_all

from .other_apps import modules_below

# Signs that may stand between the digits of a phone number, and how many of them.
BETWEEN_DIGITS = r"[^0-9A-Za-zА-Яа-яЁё\n]{0,3}"
BETWEEN_WORDS = r"(?:[\s\u00a0,]|&nbsp;)+"
NO_LETTER = r"[A-Za-zА-Яа-яЁё0-9]"
# What makes a longer address of one: before it, and after it.
LONGER_BEFORE = r"(?<![A-Za-zА-Яа-яЁё0-9._%+-])"
LONGER_AFTER = r"(?![A-Za-zА-Яа-яЁё0-9_-]|[.][A-Za-zА-Яа-яЁё0-9])"
# More words than that are no name of a person, and would have too many orders.
MOST_WORDS = 3
# Bytes of a file, or of what is packed in it, that are looked through.
MOST_BYTES = 64 * 1024 * 1024
TEXTS = ("character varying", "text", "jsonb", "json")
# Programs and master data of Odoo: nobody writes of people in there.
TECHNICAL = re.compile(
    r"ir\.(?!attachment|filters|logging)|res\.(?:lang|country|groups)"
)
# Whatever is told there is gone a minute later.
FLEETING = frozenset({"bus.bus"})
# Names of stored files and digests: never words.
NO_WORDS = {"ir_attachment": ("checksum", "mimetype", "store_fname")}


class Place(NamedTuple):
    """Where a room keeps records of a person.

    :ivar model: its name
    :ivar domain: the records that are about the person
    :ivar told: fields handed out with the person's data
    :ivar words: fields whose text is replaced
    :ivar emptied: fields that are emptied
    :ivar files: whether the files of these records go
    :ivar whole: whether the records themselves go
    """

    model: str
    domain: list
    told: tuple = ()
    words: tuple = ()
    emptied: tuple = ()
    files: bool = False
    whole: bool = False


class Spellings:
    """How a person may be written.

    :ivar names: patterns of the name, its words in any order
    :ivar mails: patterns of e-mail addresses
    :ivar phones: patterns of phone numbers, in any spelling
    """

    def __init__(self, name, mails, keys, also=()):
        """
        :param name: of the card
        :param mails: a text with e-mail addresses
        :param keys: the last ten digits of each phone number
        :param also: other texts by which the person is known
        """
        self.names = []
        for text in (name or "", *also):
            words = text.split()
            if len(words) > 1 or (words and text is not name):
                orders = [words]
                if len(words) <= MOST_WORDS:
                    orders = permutations(words)
                # One pattern: who shares one order of the words shares all of them.
                self.names.append("|".join(map(_of_words, orders)))
        self.mails = [
            LONGER_BEFORE + _any_case(mail) + LONGER_AFTER
            for mail in email_normalize_all(mails or "")
        ]
        self.phones = [
            rf"(?<![0-9])(?:\+?[78]{BETWEEN_DIGITS})?"
            + BETWEEN_DIGITS.join(key)
            + r"(?![0-9])"
            for key in keys
        ]

    def patterns(self):
        """All of them, for PostgreSQL and for Python.

        :return: a regular expression; empty if there is nothing to look for
        """
        # Each is bound to whole words by itself.
        found = list(dict.fromkeys([*self.mails, *self.phones, *self.names]))
        return "|".join(f"(?:{pattern})" for pattern in found)


def _any_case(text):
    """A pattern of the text in any case, whatever locale the database has."""
    found = []
    for sign in text:
        signs = {sign.lower(), sign.upper()}
        if signs & set("еёЕЁ"):
            signs = set("еёЕЁ")
        signs = sorted(one for one in signs if len(one) == 1)
        found.append(
            f"[{''.join(signs)}]"
            if len(signs) > 1
            else re.escape(signs[0] if signs else sign)
        )
    return "".join(found)


def _of_words(words):
    pattern = BETWEEN_WORDS.join(map(_any_case, words))
    return f"(?<!{NO_LETTER}){pattern}(?!{NO_LETTER})"


class Sweep:
    """Takes a person out of the words of all tables.

    :ivar env: of the superuser
    :ivar pattern: of :class:`Spellings`
    """

    def __init__(self, env, pattern):
        self.env = env
        self.pattern = pattern

    def tables(self):
        """The columns that hold words.

        :return: ``{model: {column: (type, size)}}``
        """
        models = {}
        for name, model in self.env.registry.models.items():
            if model._auto and not model._abstract and not TECHNICAL.match(name):
                models.setdefault(model._table, name)
        rows = self.env.execute_query(
            SQL(
                """
                SELECT table_name, column_name, data_type, character_maximum_length
                  FROM information_schema.columns
                 WHERE table_schema = current_schema()
                   AND table_name IN %s AND data_type IN %s
              ORDER BY table_name, column_name
                """,
                tuple(models),
                TEXTS,
            )
        )
        found = {}
        for table, column, kind, size in rows:
            if column not in NO_WORDS.get(table, ()):
                found.setdefault(models[table], {})[column] = kind, size
        return found

    def find(self):
        """Where the person is named.

        :return: two counters of records by model: of what is ours or lies below us, and
            of other apps, which nobody but these knows how to change
        """
        own, others = Counter(), Counter()
        if not self.pattern:
            return own, others
        self.env.flush_all()
        for name, columns in self.tables().items():
            [[count]] = self.env.execute_query(
                SQL(
                    "SELECT count(*) FROM %s WHERE %s",
                    SQL.identifier(self.env[name]._table),
                    self._named(columns),
                )
            )
            if count:
                (own if self._is_own(name) else others)[name] = count
        return own, others

    def run(self, words):
        """Replace the person by something else.

        :param words: the text that takes their place
        :return: as :meth:`find`, of what was there before
        """
        own, others = self.find()
        tables = self.tables()
        for name in own:
            table = SQL.identifier(self.env[name]._table)
            columns = tables[name]
            if name in FLEETING:
                query = SQL("DELETE FROM %s WHERE %s", table, self._named(columns))
            else:
                query = SQL(
                    "UPDATE %s SET %s WHERE %s",
                    table,
                    SQL(", ").join(
                        self._replaced(column, *columns[column], words)
                        for column in columns
                    ),
                    self._named(columns),
                )
            self.env.cr.execute(query)
        self.env.invalidate_all(flush=False)
        return own, others

    def _is_own(self, name):
        return self.env.registry[name]._original_module in swept_modules(
            frozenset(self.env.registry._init_modules)
        )

    def _named(self, columns):
        texts = [SQL("%s::text", SQL.identifier(column)) for column in columns]
        return SQL("concat_ws(E'\\n', %s) ~ %s", SQL(", ").join(texts), self.pattern)

    def _replaced(self, column, kind, size, words):
        name = SQL.identifier(column)
        text = SQL("regexp_replace(%s::text, %s, %s, 'g')", name, self.pattern, words)
        if size:
            text = SQL("left(%s, %s)", text, size)
        if kind in ("json", "jsonb"):
            text = SQL("(%s)::%s", text, SQL(kind))
        return SQL("%s = %s", name, text)


def swept_modules(installed):
    """The modules whose words are ours to change: we, what we stand on, and what Odoo
    installs beside that by itself (text messages, letters by post).

    :param installed: names
    :return: a set of names
    """
    found = set(modules_below()) & set(installed)
    manifests = {name: Manifest.for_addon(name) for name in installed - found}
    grown = True
    while grown:
        more = {
            name
            for name, manifest in manifests.items()
            if name not in found
            and manifest
            and manifest["auto_install"]
            and set(manifest["depends"]) <= found
        }
        found |= more
        grown = bool(more)
    return found


def names_person(content, pattern):
    """Whether a file names somebody: in plain text, an e-mail, or a packed document.

    :param content: its bytes
    :param pattern: of :class:`Spellings`
    """
    wanted = re.compile(pattern)
    return any(wanted.search(text) for text in _texts(content[:MOST_BYTES]))


def _texts(content):
    for encoding in ("utf-8", "cp1251", "utf-16-le", "utf-16-be"):
        yield content.decode(encoding, "ignore")
    if content[:2] == b"PK":
        yield from _packed(content)
    elif b":" in content[:100]:
        letter = email.message_from_bytes(content, policy=email.policy.default)
        for part in letter.walk():
            yield "\n".join(_headers(part))
            if part.get_content_maintype() == "text":
                raw = part.get_payload(decode=True) or b""
                yield raw.decode("utf-8", "ignore")
                yield raw.decode("cp1251", "ignore")


def _headers(part):
    for name in ("from", "to", "cc", "reply-to", "subject"):
        try:
            yield str(part.get(name, ""))
        except (ValueError, AttributeError, IndexError):
            # A heading that no mail program should have written.
            continue


def _packed(content):
    left = MOST_BYTES
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            for member in archive.infolist():
                with archive.open(member) as file:
                    raw = file.read(left)
                left -= len(raw)
                if left <= 0:
                    return
                text = raw.decode("utf-8", "ignore")
                yield text
                # A word may be cut into pieces by its formatting.
                yield re.sub(r"<[^<>]*>", "", text)
    except (zipfile.BadZipFile, RuntimeError, NotImplementedError, OSError):
        return
