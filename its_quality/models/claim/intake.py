"""Where claims are registered by hand from, and where they show: the client's card, the
call desk, a response with a low score."""

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError


def claim_form(env, **defaults):
    """An action that opens the short form of a new claim in a dialog."""
    view = env.ref("its_quality.its_claim_view_form_quick")
    return {
        "type": "ir.actions.act_window",
        "name": env._("Register a claim"),
        "res_model": "its.claim",
        "view_mode": "form",
        "views": [(view.id, "form")],
        "target": "new",
        "context": {f"default_{name}": value for name, value in defaults.items()},
    }


class ItsClaim(models.Model):
    _inherit = "its.claim"

    response_id = fields.Many2one(
        "survey.user_input",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="set null",
        help="The questionnaire whose low score this claim came of.",
    )

    _response_uniq = models.UniqueIndex(
        "(response_id) WHERE response_id IS NOT NULL",
        "A claim with the answers of this response is registered already.",
    )

    @api.model
    def default_get(self, fields):  # pylint: disable=redefined-outer-name
        values = super().default_get(fields)
        response = self.env["survey.user_input"].browse(
            self.env.context.get("default_response_id")
        )
        if response.exists():
            response.check_access("read")
            for name, value in response.sudo()._its_claim_values().items():
                if name in fields and f"default_{name}" not in self.env.context:
                    values[name] = value
        return values

    @api.onchange("partner_id")
    def _onchange_partner_id(self):
        """Propose what the claim is about where the client has one thing only."""
        firm = self.partner_id
        if self.contact_id.commercial_partner_id != firm:
            self.contact_id = False
        if self.subscription_id.partner_id != firm:
            self.subscription_id = False
        if firm and not self.subscription_id and not self.service_id:
            in_force = firm.its_subscription_ids.filtered(
                lambda s: (
                    s.state in ("active", "expiring")
                    and s.company_id == self.company_id
                )
            )
            if len(in_force) == 1:
                self.subscription_id = in_force

    @api.constrains("response_id", "partner_id")
    def _check_response(self):
        for claim in self.sudo().filtered("response_id"):
            if claim.response_id.its_client_id != claim.partner_id:
                raise ValidationError(
                    self.env._(
                        "The answers are of %(client)s, so the claim has to be, too.",
                        client=claim.response_id.its_client_id._its_visible_name(),
                    )
                )

    @api.model_create_multi
    def create(self, vals_list):
        ids = [vals["response_id"] for vals in vals_list if vals.get("response_id")]
        if ids:
            self._check_new_responses(ids)
        claims = super().create(vals_list)
        claims.response_id.sudo()._its_end_proposal()
        return claims

    def _check_new_responses(self, response_ids):
        """Whoever registers a claim with answers may read them, and is the first.

        :raises UserError: naming the claim there is
        """
        self.env["survey.user_input"].browse(response_ids).check_access("read")
        former = self.sudo().search([("response_id", "in", response_ids)], limit=1)
        if former:
            raise UserError(
                self.env._(
                    "The answers are in a claim already: %(claim)s. Go on with that one.",
                    claim=former.with_env(self.env)._its_visible_name(),
                )
            )

    def action_tell_registered(self):
        """Say under which number the claim just saved is known, and close the dialog."""
        self.ensure_one()
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "title": self.env._("The claim is registered"),
                "message": "%s",
                "links": [
                    {"label": self.display_name, "url": f"/odoo/claims/{self.id}"}
                ],
                "next": {"type": "ir.actions.act_window_close"},
            },
        }
