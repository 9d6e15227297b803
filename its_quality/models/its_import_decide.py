from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

DECISIONS = ("new", "same", "skip")
NOT_STARTED = ("draft", "checking", "checked")


class ItsImport(models.Model):
    """What the user says of rows that resemble a client, one by one or all at once."""

    _inherit = "its.import"

    duplicate_line_ids = fields.One2many(
        "its.import.line",
        "import_id",
        string="Duplicates in 1C",
        domain=[("reason", "=", "duplicate")],
    )
    duplicate_count = fields.Integer(
        "Rows with INN and KPP of another", compute="_compute_duplicate_count"
    )

    def _compute_duplicate_count(self):
        counts = dict(
            self.env["its.import.line"]._read_group(
                [("import_id", "in", self.ids), ("reason", "=", "duplicate")],
                ["import_id"],
                ["__count"],
            )
        )
        for job in self:
            job.duplicate_count = counts.get(job, 0)

    def action_decide_doubtful(self):
        """Decide all rows in doubt at once; ``its_decision`` of the context is a value
        of ``decision``.

        A client whom several rows resemble is the same as the first of them: the
        others are two contractors in 1C, and stay to be decided one by one.
        """
        self.ensure_one()
        lines = self.doubtful_line_ids
        decision = self._decision()
        if decision == "same":
            lines = lines._first_of_each_client()
        lines.decision = decision

    def action_decide_duplicates(self):
        """Join all rows with the clients whose ИНН and КПП they have, or leave them
        clients of their own; ``its_decision`` of the context is ``same`` or ``new``."""
        self.ensure_one()
        self.duplicate_line_ids.decision = self._decision()

    @api.model
    def _decision(self):
        decision = self.env.context.get("its_decision", "new")
        if decision not in DECISIONS:
            raise UserError(
                self.env._("Choose what the rows are: the same client, another, none.")
            )
        return decision

    def _check_decidable(self):
        """Decisions count while the check is looked at.

        :raises UserError: later
        """
        if any(job.state not in NOT_STARTED for job in self):
            raise UserError(
                self.env._(
                    "This import has been started: what its rows are can be decided "
                    "before that only. Two clients that are one can be merged in the "
                    "list of contacts."
                )
            )

    def _count_plans_again(self):
        for job in self.filtered(lambda job: job.state == "checked"):
            job.sudo()._count_plans()


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
