from datetime import datetime, time, timedelta

import pytz

from odoo import models, tools


class ResourceCalendar(models.Model):
    _inherit = "resource.calendar"

    def _its_is_working(self, day):
        """Whether anybody works on a day: no weekend, no public holiday."""
        self.ensure_one()
        zone = pytz.timezone(self.tz or "UTC")
        start = zone.localize(datetime.combine(day, time.min))
        end = zone.localize(datetime.combine(day + timedelta(days=1), time.min))
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
