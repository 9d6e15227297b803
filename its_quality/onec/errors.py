"""Why a file cannot be read."""

# Each with what it means; the sentences for users, in their language, are elsewhere.
ERROR_CODES = {
    "empty": "there is nothing in the file",
    "mxl": "a spreadsheet document that only 1C itself can read",
    "not_a_table": "another kind of file; detail: kind",
    "bank": "payments for a bank, 1CClientBankExchange",
    "mht": "a web page saved as one file",
    "commerceml_1": "CommerceML of version 1",
    "users": "the users of an infobase, where contractors were expected",
    "archive": "an archive with several files; detail: count",
    "zipped_sheet": "a sheet in an archive",
    "password": "closed by a password",
    "damaged": "cut off or garbled",
    "too_big": "unpacks to far more than a list of contractors holds",
    "old_and_too_big": "an .xls that would take too much memory; detail: limit, in MiB",
    "too_many_rows": "detail: limit",
    "encoding": "not in the encoding that was asked for; detail: encoding",
    "no_sheet": "no such sheet in the workbook; detail: sheet",
    "no_header": "no row with titles that we know",
    "no_contractors": "an exchange file with neither contractors nor contracts",
    "no_row": "nothing stands in the row of titles; detail: row",
    "no_user_header": "no row with titles of a list of users",
    "no_users": "an exchange file without users",
    "contractors_not_users": "a list of contractors instead of users",
    "doctype": "an XML with a document type, which 1C never writes",
    "encoding_told": "not in the encoding that it says itself; detail: encoding",
}


class OnecError(Exception):
    """A file that cannot be read; nothing else escapes from this package for any bytes.

    :ivar code: a key of ``ERROR_CODES``
    :ivar details: what the sentence for the user mentions
    """

    def __init__(self, code: str, **details: str | int) -> None:
        super().__init__(f"{code}: {ERROR_CODES[code]} {details or ''}".rstrip())
        self.code = code
        self.details = details
