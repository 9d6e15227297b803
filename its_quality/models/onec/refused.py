from odoo.exceptions import UserError


class ImportRefused(UserError):
    """Something about an import that cannot be done, with what to do about it.

    The web client titles the dialog of each kind of error; that of a plain
    ``UserError`` says «Invalid Operation», and nobody has done anything invalid.
    """
