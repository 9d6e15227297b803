from odoo import models, tools

from . import days
from .working_days import work_intervals


class ResourceCalendar(models.Model):
    _inherit = "resource.calendar"

    def _its_is_working(self, day):
        """Whether anybody works on a day: no weekend, no public holiday."""
        self.ensure_one()
        start, end = days.span(day, day, self.tz)
        return bool(work_intervals(self, start, end, self.tz))

    @tools.ormcache("self.id")
    def _its_zone(self):
        """The name of the time zone: what day it is in a firm is asked all the time."""
        return self.sudo().tz

    def write(self, vals):
        result = super().write(vals)
        if "tz" in vals:
            self.env.registry.clear_cache()
        return result
