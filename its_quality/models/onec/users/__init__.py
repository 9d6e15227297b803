"""Users of 1C who become users here.

A list is read and matched (:mod:`.matching`, :mod:`.leaving`), decided upon in the
review, and done when somebody confirms (:mod:`.doing`, :mod:`.inviting`)."""

from . import (
    its_user_import,
    its_user_import_confirm,
    its_user_import_line,
    its_user_import_line_decide,
    its_user_import_read,
    its_user_link,
)
