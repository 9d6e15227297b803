from odoo import api, fields, models, tools


class ResCompany(models.Model):
    """What day it is in a company."""

    _inherit = "res.company"

    def _its_today(self):
        """The current date where the company works.

        Its working calendar carries the time zone; a firm in Vladivostok must not
        see a contract as valid for seven hours after it has ended.

        :return: a ``date``
        """
        return fields.Date.context_today(self.with_context(tz=self._its_zone()))

    def _its_zone(self):
        """The name of the time zone in which the company works."""
        calendar_id = self._its_calendar_id()
        calendar = self.env["resource.calendar"].browse(calendar_id)
        return calendar._its_zone() if calendar else self.partner_id.tz or "UTC"

    @tools.ormcache("self.id")
    def _its_calendar_id(self):
        return self.sudo().resource_calendar_id.id

    @api.private
    def cache_invalidation_fields(self):
        return super().cache_invalidation_fields() | {"resource_calendar_id"}
