from odoo import api, models, tools

from . import days
from .working_days import days_of_piece, work_intervals


class ItsWorkingTimeMixin(models.AbstractModel):
    """What working days follow from: they are remembered until it changes."""

    _name = "its.working.time.mixin"
    _description = "Working Time"

    @api.model_create_multi
    def create(self, vals_list):
        records = super().create(vals_list)
        records._its_forget_working_days(records._its_is_for_all())
        return records

    def write(self, vals):
        was_for_all = self._its_is_for_all()
        result = super().write(vals)
        self._its_forget_working_days(was_for_all or self._its_is_for_all())
        return result

    def unlink(self):
        was_for_all = self._its_is_for_all()
        result = super().unlink()
        self._its_forget_working_days(was_for_all)
        return result

    def _its_is_for_all(self):
        """Whether any of these changes the working days of a calendar; to be
        overridden."""
        return True

    def _its_forget_working_days(self, are_changed):
        """Teams and companies remember their calendar, too."""
        if are_changed:
            self.env.registry.clear_cache()


class ResourceCalendar(models.Model):
    _name = "resource.calendar"
    _inherit = ["its.working.time.mixin", "resource.calendar"]

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


class ResourceCalendarAttendance(models.Model):
    _name = "resource.calendar.attendance"
    _inherit = ["its.working.time.mixin", "resource.calendar.attendance"]


class ResourceCalendarLeaves(models.Model):
    """What is off for one person leaves the working days of a calendar as they are."""

    _name = "resource.calendar.leaves"
    _inherit = ["its.working.time.mixin", "resource.calendar.leaves"]

    def _its_is_for_all(self):
        return bool(self.sudo().filtered(lambda leave: not leave.resource_id))
