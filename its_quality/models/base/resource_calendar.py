from odoo import api, models, tools

from . import days
from .working_days import days_of_piece, work_intervals


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

    @tools.ormcache("self.id", "number")
    def _its_working_days(self, number):
        """The working days of a piece of time, in order: each list of claims says how
        many are left until a deadline.

        :param number: see `working_days.PIECE`
        """
        return tuple(days_of_piece(self.sudo(), number))

    def write(self, vals):
        result = super().write(vals)
        self.env.registry.clear_cache()
        return result

    def unlink(self):
        result = super().unlink()
        # Teams and companies remember their calendar.
        self.env.registry.clear_cache()
        return result


class ResourceCalendarAttendance(models.Model):
    _inherit = "resource.calendar.attendance"

    @api.model_create_multi
    def create(self, vals_list):
        attendances = super().create(vals_list)
        self.env.registry.clear_cache()
        return attendances

    def write(self, vals):
        result = super().write(vals)
        self.env.registry.clear_cache()
        return result

    def unlink(self):
        result = super().unlink()
        self.env.registry.clear_cache()
        return result


class ResourceCalendarLeaves(models.Model):
    """Only a leave of all changes the working days of a calendar."""

    _inherit = "resource.calendar.leaves"

    @api.model_create_multi
    def create(self, vals_list):
        leaves = super().create(vals_list)
        leaves._its_forget_working_days()
        return leaves

    def write(self, vals):
        self._its_forget_working_days()
        result = super().write(vals)
        self._its_forget_working_days()
        return result

    def unlink(self):
        self._its_forget_working_days()
        return super().unlink()

    def _its_forget_working_days(self):
        if self.sudo().filtered(lambda leave: not leave.resource_id):
            self.env.registry.clear_cache()
