from odoo import api, models
from odoo.exceptions import AccessError

from ...tools.given import takes
from ..base.groups import GROUP_ADMINISTRATOR, GROUP_USER
from .day import Day
from .first_hour import FirstHour


class ItsHome(models.AbstractModel):
    """The page on which a role begins its day: what waits for whoever reads it, and of an
    administrator what the firm still lacks."""

    _name = "its.home"
    _description = "Home"

    @api.model
    @api.readonly
    def get_home(self):
        """Everything that the page shows.

        :return: a dict of ``parts`` and, of administrators, of ``steps``
        :raises AccessError: if the user has no role of ours
        """
        if not self.env.user.has_group(GROUP_USER):
            raise AccessError(
                self.env._(
                    "This page is for people with a role in ITS quality. Ask an "
                    "administrator for one."
                )
            )
        hour = FirstHour(self.env)
        home = {"company": self.env.company.name, "parts": Day(self.env, hour).parts()}
        if self.env.user.has_group(GROUP_ADMINISTRATOR):
            home["steps"] = hour.steps()
        return home

    @api.model
    @takes(on_today=bool)
    def plan_calls(self, on_today=False):
        """Plan the calls of all cadences of the company without waiting for the night.

        :param on_today: whether people begin with them today, be it a day off
        :return: a sentence that says how many there are
        :raises AccessError: if the user is no administrator
        """
        if not self.env.user.has_group(GROUP_ADMINISTRATOR):
            # Whoever may change some cadences plans those, on their forms.
            raise AccessError(
                self.env._(
                    "Only an administrator can plan the calls of all cadences at once."
                )
            )
        cadences, company = self.env["its.cadence"], self.env.company
        count = cadences._plan_all(company, on_today=bool(on_today))
        if count:
            return self.env._("Calls planned: %(count)s", count=count)
        return self.env._("There is nobody else to call right now.")
