from odoo import models, tools

from . import days


class ResourceCalendar(models.Model):
    _inherit = "resource.calendar"

    def _its_is_working(self, day):
        """Whether anybody works on a day: no weekend, no public holiday."""
        self.ensure_one()
        start = days.begin(day, self.tz)
        end = days.begin(day + days.ONE_DAY, self.tz)
        return bool(self._work_intervals_batch(start, end)[False])

    @tools.ormcache("self.id")
    def _its_zone(self):
        """The name of the time zone: what day it is in a firm is asked all the time."""
        return self.sudo().tz

    def write(self, vals):
        result = super().write(vals)
        if "tz" in vals:
            self.env.registry.clear_cache()
        return result
