from odoo import api, models
from odoo.exceptions import ValidationError
from odoo.fields import Command, Domain
from odoo.tools.safe_eval import safe_eval

from ..base.groups import (
    GROUP_ADMINISTRATOR,
    GROUP_CLIENT_MANAGER,
    GROUP_HEAD,
    GROUP_QUALITY_MANAGER,
    GROUP_USER,
)
from .other_apps import OURS, USER_GROUPS

RULE = f"{OURS}.res_partner_rule_other_apps"
# In the context: of the group rules on cards only ours count; see ``_its_by_role``.
BY_ROLE = "its_by_role"
EVERYBODYS = ("base.group_user", "base.group_portal", "base.group_public")
ROLES = (GROUP_USER, GROUP_CLIENT_MANAGER, GROUP_QUALITY_MANAGER, GROUP_HEAD)


class IrRule(models.Model):
    """Who sees the cards of clients: our rules, and next to them one for the users of
    other apps, who need all contacts. Odoo adds up the rules of all of a user's groups,
    whichever app they are from; what is kept about a client asks ours alone."""

    _inherit = "ir.rule"

    # -------------------------------------------------------------------------
    # By role alone
    # -------------------------------------------------------------------------

    def _compute_domain_keys(self):
        return [*super()._compute_domain_keys(), BY_ROLE]

    def _get_rules(self, model_name, mode="read"):
        rules = super()._get_rules(model_name, mode=mode)
        if (
            model_name != "res.partner"
            or not self.env.context.get(BY_ROLE)
            # Who has no role is restricted by none of our rules, and a client of the
            # portal by Odoo's.
            or not self.env.user.has_group(GROUP_USER)
        ):
            return rules
        own = self._its_of_roles()
        kept = rules.filtered(lambda rule: rule in own or not rule.sudo().groups)
        # Any request may carry the key, so it can only narrow: without one group rule
        # Odoo would open all.
        return kept if kept & own else rules

    @api.model
    def _its_of_roles(self):
        """Our own rules, but for that of other apps."""
        known = self.env["ir.model.data"].sudo()
        known = known.search([("module", "=", OURS), ("model", "=", self._name)])
        return self.browse(known.mapped("res_id")) - self._its_of_other_apps()

    # -------------------------------------------------------------------------
    # Other apps
    # -------------------------------------------------------------------------

    @api.model
    def _its_of_other_apps(self):
        """The rule that opens all cards to the users of other apps; none while the
        addon is being installed or uninstalled, or if somebody has deleted it."""
        return self.env.ref(RULE, raise_if_not_found=False) or self.browse()

    @api.model
    def _its_add_apps(self, xmlids):
        """Open all cards to the users of apps that have just come.

        :param xmlids: new external ids of any records. Our own rule is among them when
            the addon is installed: then all apps that are there have come
        """
        rule = self._its_of_other_apps().sudo()
        names = set(USER_GROUPS)
        if RULE not in xmlids:
            names &= set(xmlids)
        groups = self.env["res.groups"]
        for name in sorted(names):
            groups |= self.env.ref(name, raise_if_not_found=False) or groups
        groups -= rule.groups | self._its_never_opened()
        if rule and groups:
            rule.write({"groups": [Command.link(group.id) for group in groups]})

    @api.model
    def _its_in_other_app(self):
        """Whether the user works in another app, too, that opens all cards to them."""
        groups = self._its_of_other_apps().sudo().groups
        return bool(groups & self.env.user.sudo().all_group_ids)

    @api.model
    def _its_never_opened(self):
        """Groups that say nothing of another app: everybody has them, or everybody with
        a role of ours, or they are for keeping contacts and nothing else."""
        groups = self.env["res.groups"].sudo()
        for name in (*EVERYBODYS, *ROLES):
            groups |= self.env.ref(name).sudo().all_implied_ids
        for name in (GROUP_ADMINISTRATOR, "base.group_partner_manager"):
            groups |= self.env.ref(name)
        return groups

    @api.constrains("groups")
    def _check_its_other_apps(self):
        rule = self._its_of_other_apps()
        if not rule or rule not in self:
            return
        wrong = rule.sudo().groups & self._its_never_opened()
        if wrong:
            raise ValidationError(
                self.env._(
                    "%(groups)s: every employee or everybody with a role in ITS "
                    "quality may have this, so the clients of colleagues would no "
                    "longer be closed to anybody. Choose groups of users of other "
                    "apps.",
                    groups=", ".join(wrong.mapped("display_name")),
                )
            )

    @api.model
    def _its_opening_cards(self):
        """The rules that open all cards to every employee, so that ours close none."""
        everybody = self.env.ref("base.group_user").sudo().all_implied_ids
        partners = self.env["res.partner"].sudo()
        rules = self.sudo().search(
            [
                ("model_id.model", "=", partners._name),
                ("perm_read", "=", True),
                ("groups", "in", everybody.ids),
            ]
        )
        context = self._eval_context()
        return rules.filtered(
            lambda rule: (
                Domain(safe_eval(rule.domain_force or "[]", context))
                .optimize(partners)
                .is_true()
            )
        )
