import contextlib
from dataclasses import replace

from odoo.exceptions import UserError

from ...onec import (
    CONTRACTS,
    EXCHANGE_KINDS,
    Header,
    OnecError,
    find_header,
    goods_titles,
    is_user_list,
    name_key,
    read_records,
    refuse_user_list,
)
from ...onec import open_table as open_file
from ...onec.tables import MAX_ROWS
from .reading import Answer, Reading, Source
from .reading_cache import ReadingCache
from .refused import ImportRefused
from .texts import error_sentence, exchange_names

# Up to this size a file is checked and imported while the user waits; a bigger one
# becomes a job, because a request has two minutes to live and a batch none to lose.
SMALL_FILE = 400 * 1024
# Contracts have titles of their own, which nobody maps.
NOTHING_TO_MAP = Header(1, ())
# The kinds of a file whose encoding nobody but the user can tell, and of one that is
# to be dropped elsewhere: they stay, with a sentence and what can be done.
UNDECIDED, OF_USERS = "text", "users"
# What a client is called by.
NAMES = {"name", "full_name"}
# A file that says so may be a list of users.
NOT_OF_CONTRACTORS = ("no_contractors", "no_header")


class FileSource(Source):
    """A file that somebody has dropped: a sheet, or an exchange file of 1C."""

    # -------------------------------------------------------------------------
    # Rows
    # -------------------------------------------------------------------------

    def check_is_there(self):
        if not self.job.file:
            raise ImportRefused(self.env._("Drop a file from 1C here first."))

    def prepare_check(self):
        if self.job.file_kind in (UNDECIDED, OF_USERS):
            raise ImportRefused(self.job.error)
        self._check_mapping()
        self._remember_mapping()

    def fetch_rows(self):
        """Read the whole file, or take the rows over from an import that has."""
        cache = ReadingCache(self.job)
        with self.open_table() as table:
            content = table.digest()
        self.env["its.import.line"].sudo()._drop(self.job.ids)
        rows = cache.take_over(cache.key_of(content)) or self._read_rows()
        # What kinds of contracts mean may have been proposed meanwhile.
        return Answer(rows, {"reading_key": cache.key_of(content)})

    def _read_rows(self):
        """Copy every row of the file into the table of rows.

        :return: how many there are
        :raises UserError: if there is none
        """
        with self.open_table() as table:
            count = Reading(self.job).stage(self._records(table))
        if not count:
            raise ImportRefused(self.env._("This file has no rows below the header."))
        return count

    def _records(self, table):
        """Read the records of a table: of a sheet those of its rows, of an exchange
        file its contractors and after them its contracts."""
        mapping = {
            column.index: column.target
            for column in self.job.column_ids
            if column.target
        }
        header = self.header_of(table)
        if table.kind not in EXCHANGE_KINDS:
            yield from read_records(table, header, mapping)
            return
        row = 1
        if table.sheet != CONTRACTS:
            for record in read_records(table, header, mapping):
                row = record.row
                yield record
        if CONTRACTS in table.sheet_names:
            yield from self._contracts(table, row)

    def _contracts(self, table, last_row):
        """Read the contracts of an exchange file, numbered after its contractors."""
        table.select(CONTRACTS)
        if not table.head(2):
            return
        header = find_header(table, CONTRACTS)
        mapping = {column.index: column.field for column in header.columns}
        for record in read_records(table, header, mapping):
            yield replace(record, row=last_row + record.row - 1)

    # -------------------------------------------------------------------------
    # The file
    # -------------------------------------------------------------------------

    @contextlib.contextmanager
    def open_table(self):
        """Open the dropped file as an ``onec`` table.

        :raises UserError: the sentence of the reader, in the user's language
        """
        with self.job._file_path() as path, self.job._raising_user_errors():
            table = open_file(
                path, sheet=self.job.sheet or None, encoding=self.job.encoding or None
            )
            with contextlib.closing(table):
                yield table

    def header_of(self, table):
        """Find the header of a table: where the user says it is, else by the titles.
        A sheet in which none is known has columns without titles, to be mapped by hand.

        :raises UserError: where the user has said no number
        """
        told = (self.job.header_row or "").strip()
        if table.kind in EXCHANGE_KINDS:
            return find_header(table)
        if told:
            if not told.isdecimal() or int(told) > MAX_ROWS:
                raise UserError(
                    self.env._(
                        "«%(text)s» is not the number of a row. Enter the number of the "
                        "row with the titles, 0 if there is none, or leave it empty.",
                        text=told,
                    )
                )
            return find_header(table, row=int(told))
        try:
            header = find_header(table)
        except OnecError as error:
            if error.code != "no_header" or self._is_of_users():
                raise
            return find_header(table, row=0)
        if not NAMES & {c.field for c in header.columns} and self._is_of_users():
            # Phones and mails are in lists of users as well.
            raise OnecError("no_header")
        return header

    def _is_of_users(self):
        with self.job._file_path() as path:
            return is_user_list(path)

    def read_header(self):
        """Find header, columns and encoding, and propose where each column goes."""
        job = self.job
        try:
            with self.open_table() as table:
                header = self.header_of(table)
                remarks = self._remarks(table, header)
                names, sheet = list(table.sheet_names), table.sheet
                kind, encoding = table.kind, table.encoding
        except UserError as error:
            if not self._keep_unread(error):
                raise
            return
        remembered = job.source_id.mapping or {}
        if kind in EXCHANGE_KINDS and sheet == CONTRACTS:
            header = NOTHING_TO_MAP
        used, columns = set(), []
        known = self.env["its.import.column"]._target_labels()
        for column in header.columns:
            proposed = column.field if column.field in known else False
            target = remembered.get(self._key_of(column), proposed) or False
            if target in used:
                target = False
            used.add(target)
            columns.append(
                {
                    "import_id": job.id,
                    "index": column.index,
                    "letter": column.letter,
                    "title": column.title,
                    "sample": column.sample,
                    "target": target,
                }
            )
        job.column_ids.unlink()
        self.env["its.import.column"].create(columns)
        place = self.env._("columns without titles")
        if header.row:
            place = self.env._("header in row %(row)s", row=header.row)
        if kind in EXCHANGE_KINDS:
            found, names = exchange_names(self.env)[kind], []
        elif kind == "csv":
            found = self.env._(
                "text in %(encoding)s, %(place)s", encoding=encoding, place=place
            )
        else:
            found = self.env._("sheet %(sheet)s, %(place)s", sheet=sheet, place=place)
        job.write(
            {
                "found": found,
                "file_kind": kind,
                "sheet_names": ", ".join(names),
                "error": False,
                "file_remark": " ".join(remarks) or False,
                "goods": self._goods_among(header),
                "lists_clients": False,
            }
        )

    def _remarks(self, table, header):
        """What the user has to know of a file before they trust it.

        :return: a list of sentences
        """
        sentences = []
        if table.is_damaged:
            sentences.append(
                self.env._(
                    "The file was damaged and has been read as far as possible: check "
                    "that nothing is missing, or save the list in 1C again."
                )
            )
        if not header.row and table.kind not in EXCHANGE_KINDS:
            sentences.append(
                self.env._(
                    "No row with known titles was found. Enter the number of the header "
                    "row, or choose below what each column holds."
                )
            )
        return sentences

    def _goods_among(self, header):
        """The titles by which a file is a price list rather than a list of clients.

        :return: titles in quotation marks, or ``False``
        """
        titles = [f"«{title}»" for title in goods_titles(header)]
        return ", ".join(titles) or False

    def _key_of(self, column):
        """By what the choice for a column is remembered."""
        return name_key(column.title or "") or column.letter

    def _keep_unread(self, error):
        """Keep a file that cannot be read here, where the user can do something about
        it on its page.

        :return: whether they can
        """
        kind, code = None, getattr(error.__cause__, "code", "")
        if code == "encoding_told":
            kind = UNDECIDED
        elif code in NOT_OF_CONTRACTORS:
            try:
                with self.job._file_path() as path:
                    refuse_user_list(path)
            except OnecError as refused:
                kind, error = OF_USERS, error_sentence(self.env, refused)
        if kind:
            self.job.column_ids.unlink()
            self.job.write({"file_kind": kind, "found": False, "error": str(error)})
        return bool(kind)

    def _check_mapping(self):
        """Refuse a mapping that cannot name a client.

        :raises UserError: saying which column is missing
        """
        if self.job.file_kind in EXCHANGE_KINDS and not self.job.column_ids:
            return
        targets = set(self.job.column_ids.mapped("target"))
        if not targets & NAMES:
            raise ImportRefused(
                self.env._(
                    "No column is mapped to «Name». Choose the column with the client "
                    "names in the list of columns."
                )
            )

    def _remember_mapping(self):
        """Keep the choice for the next file of this source."""
        mapping = dict(self.job.source_id.mapping or {})
        for column in self.job.column_ids:
            mapping[self._key_of(column)] = column.target or False
        self.job.source_id.sudo().mapping = mapping

    # -------------------------------------------------------------------------
    # What it is
    # -------------------------------------------------------------------------

    def name(self):
        return self.job.file_name or self.env._("New import")

    def is_exchange(self):
        return self.job.file_kind in EXCHANGE_KINDS

    def is_small(self):
        return self.job._file_attachment().file_size <= SMALL_FILE

    def check_stopped_sentences(self):
        return [
            self.env._("The check was stopped; nothing has been imported."),
            self.env._("Press «Check the file» to start over."),
        ]
