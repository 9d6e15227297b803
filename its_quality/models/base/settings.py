"""Fields of our page of settings: each is one of the company, and is written for whoever
may have that page.

The forms of companies and Odoo's own settings are closed to an administrator of ITS.
"""

from odoo import fields


class _OfCompany:
    """Written as the superuser: that the page is open to the user is all they need."""

    def _inverse_related(self, records):
        super()._inverse_related(records.sudo())


class Integer(_OfCompany, fields.Integer):
    pass


class Char(_OfCompany, fields.Char):
    pass


class Text(_OfCompany, fields.Text):
    pass


class Selection(_OfCompany, fields.Selection):
    pass


class Many2one(_OfCompany, fields.Many2one):
    pass
