from odoo import api, fields, models


class BaseModuleUninstall(models.TransientModel):
    """Before the addon is uninstalled, its administrator reads what will be deleted with
    it, and can export it."""

    _inherit = "base.module.uninstall"

    its_losses = fields.Text(
        string="To be deleted",
        compute="_compute_its_losses",
        help="What will be deleted besides the documents of the list.",
    )

    @api.depends("module_ids")
    def _compute_its_losses(self):
        for wizard in self:
            ours = "its_quality" in wizard._get_modules().mapped("name")
            wizard.its_losses = ours and "\n".join(
                f"{label}: {count}" for label, count in self._its_losses()
            )

    @api.model
    def _its_losses(self):
        """What people have entered and will be deleted.

        :return: pairs of a name and a number
        """
        ours = [("survey_type", "=", "its")]
        responses = [("survey_id.survey_type", "=", "its")]
        calls = [("its_client_id", "!=", False)]
        clients = [("its_client", "=", True)]
        counted = (
            (
                self.env._("Clients that become ordinary contacts"),
                "res.partner",
                clients,
            ),
            (self.env._("Subscriptions"), "its.subscription", []),
            (self.env._("Interactions"), "its.interaction", []),
            (self.env._("Planned calls"), "mail.activity", calls),
            (self.env._("Questionnaires"), "survey.survey", ours),
            (self.env._("Responses of clients"), "survey.user_input", responses),
            (self.env._("Claims"), "its.claim", []),
            (self.env._("Movements of claims"), "its.claim.movement", []),
        )
        return [
            (
                label,
                self.env[model]
                .sudo()
                .with_context(active_test=False)
                .search_count(domain),
            )
            for label, model, domain in counted
        ]
