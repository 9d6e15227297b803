"""Reads what 1C writes into plain records; pure Python that knows nothing of Odoo.

===================  =========================================================
errors               why a file cannot be read
tables               opens any file as a table of texts, by its content and not its
                     name
xlsx                 workbooks, also as 1C writes them
xls                  workbooks of Excel 95 and 97
delimited            text with tabs, semicolons or commas
xml_parts            hardened, streamed parsing of XML
zipped               an exchange file in an archive
exchange             exchange files of 1C as tables
exchange_xml         those in XML: which kind it is, and parsing
exchange_json        those in JSON
exchange_tree        their objects, one at a time
exchange_objects     from the objects of each format to the cells of a row
exchange_contacts    phones, mails and addresses of a contractor
exchange_references  what references between objects lead to
odata                objects of the OData interface as records
odata_address        where that interface is, and how to ask
odata_client         asks it
odata_errors         why it cannot be asked
odata_walk           goes through all objects of a set
fields               what a record may hold, and how 1C titles its columns
header               which row holds the titles
records              from the rows below it to records of contractors
numbers              ИНН, КПП, ОГРН, ОГРНИП
texts                names, codes, phones, mails and dates
matching             which client a contractor is
rejected             gives rows back as a workbook
users                from any file to records of users of the information base
user_fields          what such a record may hold, and how 1C titles its columns
user_entities        users as the OData interface gives them
user_logins          logins for those whom 1C gives none
exchange_users       the users in exchange files
===================  =========================================================
"""

from .errors import ERROR_CODES, OnecError
from .exchange import CONTRACTORS, CONTRACTS, EXCHANGE_KINDS
from .fields import FIELD_TITLES, FIELDS
from .header import Column, Header, find_header
from .numbers import check_inn, check_kpp, check_ogrn
from .records import ISSUE_CODES, Issue, Record, read_records
from .rejected import write_rejected
from .tables import Row, Table, open_table
from .texts import name_key, normalise_code, split_emails, split_phones
from .user_entities import USER_PROPERTIES, read_user_entities
from .user_logins import propose_login
from .users import (
    USER_ISSUE_CODES,
    USER_SKIP_CODES,
    UserRecord,
    find_user_header,
    open_users,
    read_users,
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
    "name_key",
    "normalise_code",
    "open_table",
    "open_users",
    "propose_login",
    "read_records",
    "read_user_entities",
    "read_users",
    "split_emails",
    "split_phones",
    "write_rejected",
]
