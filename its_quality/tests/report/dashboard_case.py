"""What tests of the dashboard and of its weekly mail share."""

from odoo import fields
from odoo.tools import SQL

from ..claim.common import ClaimCase
from ..survey.common import SurveyCase


class DashboardCase(ClaimCase, SurveyCase):
    """Things of the past for the client of ``team``.

    Today is NOW, the 1st of March 2027; the time of the dashboard is 31 January to
    1 March, the one before 1 to 30 January, in Moscow three hours ahead of UTC.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.csat = cls.ask(
            "csat", "scale", scale_min=1, scale_max=5, its_meaning="csat"
        )

    def figures(self, user=None, team=None, period="month", companies=None):
        """What the page gets; by default the quality manager's, of ``team`` alone."""
        self.env.flush_all()
        dashboard = self.as_user(
            self.env["its.dashboard"], user or self.quality_manager
        )
        companies = companies or self.company
        team = self.team if team is None else team
        return dashboard.with_context(allowed_company_ids=companies.ids).get_figures(
            period, team.id
        )

    def every(self, **arguments):
        """The same of all teams."""
        return self.figures(team=self.env["its.team"], **arguments)

    def values(self, figures, *names):
        tiles = figures["tiles"]
        return [(tiles[name]["value"], tiles[name]["previous"]) for name in names]

    def chart(self, figures, name):
        """``{label: {series: number}}``"""
        chart = figures["charts"][name]
        return {
            label: {series["name"]: series["data"][at] for series in chart["series"]}
            for at, label in enumerate(chart["labels"])
        }

    def set_past(self, record, **values):
        """What only time, or the workflow, sets."""
        self.env.flush_all()
        for name, value in values.items():
            self.env.cr.execute(
                SQL(
                    "UPDATE %s SET %s = %s WHERE id = %s",
                    SQL.identifier(record._table),
                    SQL.identifier(name),
                    value,
                    record.id,
                )
            )
        self.env.invalidate_all()

    def talk_at(self, moment, client=None, **values):
        return self.env["its.interaction"].create(
            {
                "partner_id": (client or self.client_team).id,
                "user_id": self.colleague.id,
                "date_start": moment,
                **values,
            }
        )

    def answer_at(self, moment, client=None, **marks):
        response = self.respond(
            self.quality_manager,
            client or self.client_team,
            overall="excellent",
            **marks,
        )
        response.end_datetime = fields.Datetime.to_datetime(moment)
        self.env.flush_all()
        return response

    def closed_at(self, moment, registered, hours=0, on_time=True, **values):
        claim = self.claim_at("closed", **values)
        self.set_past(
            claim,
            date_closed=moment,
            date_registered=registered,
            working_hours=hours,
            on_time=on_time,
        )
        # Closing is what its movement says.
        for movement in claim.sudo().movement_ids:
            closing = movement.to_state == "closed"
            self.set_past(movement, date=moment if closing else registered)
        return claim

    def opened(self, figures, tile):
        """How many rows the report behind a tile shows."""
        return self._rows(figures["tiles"][tile]["opens"])

    def _rows(self, opens, further=()):
        action = self.env["ir.actions.act_window"]._for_xml_id(opens["action"])
        model = self.as_user(self.env[action["res_model"]], self.quality_manager)
        domain = fields.Domain(opens["domain"]) & fields.Domain(list(further))
        return model.with_context(allowed_company_ids=self.company.ids).search_count(
            domain
        )
