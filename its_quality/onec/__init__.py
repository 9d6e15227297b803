"""Reads what 1C writes into plain records; pure Python that knows nothing of Odoo.

==========  ==================================================================
errors      why a file cannot be read
tables      what every reader gives: rows of texts
texts       names, codes, phones, mails and dates
numbers     ИНН, КПП, ОГРН, ОГРНИП
fields      what a record may hold, and how 1C titles its columns; user_fields
            the same of a user
titles      what a title says, as a whole or by its words
header      which row holds the titles
cells       what the text of a cell says; kinds: of a firm or a person
legal_forms what the form in a name says of somebody
records     from the rows below it to records of contractors
matching    which client a contractor is
xml_parts   hardened, streamed parsing of XML
network     asks no server that it may not; unanswered: why one has not answered
sheets      workbooks and texts with separators
exchange    exchange files of 1C, zipped or not
opening     any file by its content, with one of those two
odata       an infobase queried over OData
users       users of a base, from any of them
==========  ==================================================================
"""

from .errors import ERROR_CODES, OnecError
from .exchange.table import CONTRACTORS, CONTRACTS, EXCHANGE_KINDS
from .fields import FIELD_TITLES, FIELDS
from .header import Column, Header, find_header, goods_titles
from .numbers import check_inn, check_kpp, check_ogrn
from .opening import open_table
from .records import ISSUE_CODES, Issue, Record, read_records
from .sheets.rejected import write_rejected
from .tables import Row, Table
from .texts import (
    name_key,
    name_words,
    normalise_code,
    split_emails,
    split_phones,
)
from .users.entities import USER_PROPERTIES, read_user_entities
from .users.logins import propose_login
from .users.records import (
    USER_ISSUE_CODES,
    USER_SKIP_CODES,
    UserRecord,
    find_user_header,
    is_user_list,
    open_users,
    read_users,
    refuse_user_list,
)

__all__ = [
    "CONTRACTORS",
    "CONTRACTS",
    "ERROR_CODES",
    "EXCHANGE_KINDS",
    "FIELDS",
    "FIELD_TITLES",
    "ISSUE_CODES",
    "Column",
    "Header",
    "Issue",
    "OnecError",
    "Record",
    "Row",
    "Table",
    "USER_ISSUE_CODES",
    "USER_PROPERTIES",
    "USER_SKIP_CODES",
    "UserRecord",
    "check_inn",
    "check_kpp",
    "check_ogrn",
    "find_header",
    "find_user_header",
    "goods_titles",
    "is_user_list",
    "name_key",
    "name_words",
    "normalise_code",
    "open_table",
    "open_users",
    "propose_login",
    "read_records",
    "read_user_entities",
    "read_users",
    "refuse_user_list",
    "split_emails",
    "split_phones",
    "write_rejected",
]
