from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..base.groups import GROUP_ADMINISTRATOR
from .numbers import key_of


class ItsPhoneLine(models.Model):
    """A number of ours that clients call, and the team that answers there."""

    _name = "its.phone.line"
    _description = "Telephone Line"
    _order = "name, id"
    _check_company_auto = True

    connection_id = fields.Many2one(
        "its.phone.connection", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="connection_id.company_id", store=True)
    name = fields.Char(required=True)
    number = fields.Char(required=True, help="As clients call it.")
    team_id = fields.Many2one(
        "its.team",
        index="btree_not_null",
        check_company=True,
        help="Calls back those who reached nobody here and have no manager.",
    )

    _number_uniq = models.UniqueIndex(
        "(connection_id, number)", "This line already exists."
    )

    @api.model
    def _of_number(self, connection, number):
        """The line that was called; none where it is not listed."""
        key = key_of(number) or (number or "").strip()
        lines = self.search_fetch([("connection_id", "=", connection.id)])
        return lines.filtered(
            lambda line: key and (key_of(line.number) or line.number.strip()) == key
        )[:1]


class ItsPhoneExtension(models.Model):
    """An extension: at which telephone of an exchange somebody is reached."""

    _name = "its.phone.extension"
    _description = "Telephone Extension"
    _order = "is_primary desc, number, id"
    _rec_name = "number"
    _check_company_auto = True

    connection_id = fields.Many2one(
        "its.phone.connection",
        string="Telephone",
        required=True,
        index=True,
        ondelete="cascade",
        default=lambda self: self.env["its.phone.connection"].search([], limit=1),
    )
    company_id = fields.Many2one(related="connection_id.company_id", store=True)
    user_id = fields.Many2one(
        "res.users",
        required=True,
        index=True,
        ondelete="cascade",
        domain="[('share', '=', False), ('company_ids', 'in', company_id)]",
    )
    number = fields.Char(string="Extension", required=True)
    is_primary = fields.Boolean(
        string="Primary", help="Calls to clients are made from this one."
    )

    _number_uniq = models.UniqueIndex(
        "(connection_id, number)", "This extension already belongs to somebody."
    )

    @api.model_create_multi
    def create(self, vals_list):
        self.env.registry.clear_cache()
        return super().create(vals_list)

    def write(self, vals):
        self.env.registry.clear_cache()
        return super().write(vals)

    def unlink(self):
        self.env.registry.clear_cache()
        return super().unlink()

    @api.constrains("user_id", "connection_id")
    def _check_user(self):
        for extension in self.sudo():
            user = extension.user_id
            if user.share or extension.company_id not in user.company_ids:
                raise ValidationError(
                    self.env._(
                        "%(user)s does not work in %(company)s. Choose an internal "
                        "user of this company.",
                        user=user._its_visible_name(),
                        company=extension.company_id.name,
                    )
                )


class ResUsers(models.Model):
    """At which telephones a user is reached."""

    _inherit = "res.users"

    its_extension_ids = fields.One2many(
        "its.phone.extension",
        "user_id",
        string="Extensions",
        groups=GROUP_ADMINISTRATOR,
    )

    def _its_extension(self, companies):
        """From where calls to clients of these companies are made."""
        self.ensure_one()
        return self.its_extension_ids.filtered(
            lambda one: one.company_id in companies and one.connection_id.active
        )[:1]
