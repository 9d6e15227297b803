from odoo import api, fields, models
from odoo.tools import SQL


class ItsContactReport(models.Model):
    _inherit = "its.contact.report"

    cadence_state = fields.Selection(
        [("kept", "Reached in time"), ("late", "Not reached in time")],
        string="By the cadence",
        compute="_compute_cadence_state",
        search="_search_cadence_state",
        help="Empty if no cadence requires calls to this client.",
    )

    def _compute_cadence_state(self):
        rows = self.env.execute_query(
            SQL(
                "SELECT client_id, kept FROM (%s) AS client WHERE client_id IN %s",
                self._its_kept_clients(),
                tuple(self.ids) or (0,),
            )
        )
        states = {client: "kept" if kept else "late" for client, kept in rows}
        for client in self:
            client.cadence_state = states.get(client.id, False)

    def _search_cadence_state(self, operator, value):
        if operator != "in":
            return NotImplemented
        wanted = [{"kept": True, "late": False}.get(state) for state in value]
        rows = self._its_kept_clients()
        found = SQL(
            "(SELECT client_id FROM (%s) AS client WHERE kept = ANY(%s))",
            rows,
            [kept for kept in wanted if kept is not None],
        )
        domain = fields.Domain("id", "in", found)
        if None in wanted:
            every = SQL("(SELECT client_id FROM (%s) AS client)", rows)
            domain |= fields.Domain("id", "not in", every)
        return domain

    @api.model
    def _its_kept_clients(self):
        self.env.flush_all()
        return self.env["its.cadence"]._kept_clients()
