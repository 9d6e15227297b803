from odoo import models
from odoo.tools import SQL


class ItsImportLine(models.Model):
    """Deciding what a row is."""

    _inherit = "its.import.line"

    def action_decide(self):
        """Keep what the user says of rows; ``its_decision`` of the context is a value
        of ``decision``."""
        self.write({"decision": self.env["its.import"]._decision()})

    def write(self, vals):
        if "decision" in vals and self:
            self.import_id.check_access("write")
            self.import_id._check_decidable()
        result = super().write(vals)
        if "decision" in vals:
            self._join_or_part()
        return result

    def _first_of_each_client(self):
        firsts = {}
        for line in self.sorted("row"):
            firsts.setdefault(line.partner_id, line)
        return self.browse([line.id for line in firsts.values()])

    def _join_or_part(self):
        """Plan rows as the client whose ИНН and КПП they have, or as one of their own."""
        lines = self.filtered(lambda line: line.reason == "duplicate")
        if not lines:
            return
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                """
                UPDATE its_import_line line
                   SET plan = CASE WHEN line.decision = 'skip' THEN 'skip'
                                   WHEN line.decision IS DISTINCT FROM 'same' THEN 'new'
                                   WHEN line.subscription_digest IS NULL
                                   THEN 'unchanged' ELSE 'changed' END,
                       partner_id = CASE WHEN line.decision = 'same'
                                         THEN partner.id END,
                       first_line_id = CASE WHEN line.decision = 'same'
                                            THEN first.id END
                  FROM its_import_line told
                  LEFT JOIN res_partner partner ON partner.id = told.twin_card
                  LEFT JOIN its_import_line first ON first.id = told.twin_row
                 WHERE told.id = line.id AND line.id = ANY(%s)
                """,
                lines.ids,
            )
        )
        self.env.invalidate_all()
        lines.import_id._count_plans_again()
