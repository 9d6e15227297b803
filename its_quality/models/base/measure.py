"""Numbers that may be unknown: the one owner of what an unknown number is.

Odoo reads a number that is not there as 0. In a report that is a wrong figure: a claim
that nobody has handed over yet would be 0 % on time. These fields read it as ``False``,
so that a list, an export and a footer leave it out, as the database does in a mean.
"""

from odoo import fields

from ...tools.certainty import MEAN


class Unknowable:
    """What a field does so that an unknown number stays one.

    ``kind`` says what its mean is: a share, an NPS, or a mean of any numbers; see
    :mod:`~odoo.addons.its_quality.tools.certainty`.
    """

    kind = MEAN

    def convert_to_column(self, value, record, values=None, validate=True):
        if not is_known(value):
            return None
        return super().convert_to_column(value, record, values, validate)

    def convert_to_cache(self, value, record, validate=True):
        if not is_known(value):
            return None
        return super().convert_to_cache(value, record, validate)

    def convert_to_record(self, value, record):
        return value if is_known(value) else False

    def convert_to_export(self, value, record):
        return value if is_known(value) else ""


class Measure(Unknowable, fields.Float):
    """A number, or ``False`` where there is none."""


class WholeMeasure(Unknowable, fields.Integer):
    """A whole number, or ``False`` where there is none."""


def is_known(value):
    """Whether a value is a number; 0 is one, though Python takes it for ``False``."""
    return value is not None and value is not False
