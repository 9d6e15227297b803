from odoo import fields, models


class ItsWish(models.Model):
    """Something clients ask for, as a tag: what is asked for most is what to sell next."""

    _name = "its.wish"
    _description = "Client Wish"
    _order = "name"

    name = fields.Char(required=True, translate=True)
    active = fields.Boolean(default=True)
    color = fields.Integer()
    service_id = fields.Many2one(
        "its.service",
        index="btree_not_null",
        ondelete="set null",
        help="The service that would meet this wish.",
    )

    _name_uniq = models.UniqueIndex("(name)", "This wish already exists.")
