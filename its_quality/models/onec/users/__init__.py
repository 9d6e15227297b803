"""Users of 1C who become users here."""

from . import its_user_import

# isort: split
from . import (
    doing,
    inviting,
    its_user_import_confirm,
    its_user_import_invite,
    its_user_import_line,
    its_user_import_line_decide,
    its_user_import_read,
    its_user_import_texts,
    its_user_link,
    matching,
    texts,
)
