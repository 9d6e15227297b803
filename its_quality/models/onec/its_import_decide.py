from odoo import api, fields, models

from .refused import ImportRefused

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
        "Rows with the INN and KPP of another client",
        compute="_compute_duplicate_count",
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
            firsts = {}
            for line in lines.sorted("row"):
                firsts.setdefault(line.partner_id, line)
            lines = lines.browse([line.id for line in firsts.values()])
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
            raise ImportRefused(
                self.env._(
                    "Choose what to do with the rows: same client, different client "
                    "or skip."
                )
            )
        return decision

    def _check_decidable(self):
        """Decisions count while the check is looked at.

        :raises UserError: later
        """
        if any(job.state not in NOT_STARTED for job in self):
            raise ImportRefused(
                self.env._(
                    "This import has already started, so you can no longer decide "
                    "about its rows. Merge duplicate clients in the list of contacts."
                )
            )

    def _count_plans_again(self):
        for job in self.filtered(lambda job: job.state == "checked"):
            job.sudo()._count_plans()
