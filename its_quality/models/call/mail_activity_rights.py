"""What somebody may do with activities: see planned calls, and move any to a record."""

from odoo import SUPERUSER_ID, api, fields, models
from odoo.exceptions import AccessError, UserError

from ...tools.security_log import log_refusal
from ..base.groups import GROUP_HEAD, GROUP_QUALITY_MANAGER, GROUP_USER


class MailActivity(models.Model):
    """Whose planned calls somebody may see: the one owner of that. And an activity is
    moved to nothing that its user cannot see."""

    _inherit = "mail.activity"

    # -------------------------------------------------------------------------
    # Seeing
    # -------------------------------------------------------------------------

    @api.model
    def _its_visible_domain(self, operation="search"):
        """The activities that may be shown: of all others than planned calls as many as
        Odoo shows; of calls those of the companies switched on, and of them the user's
        own and those to clients whom their role opens to them, to edit or, to a head, to
        read. Who has no role of ours sees only their own.

        It does not depend on superuser mode, only on whose the environment is: the calls
        on a card are read in both, and kept for the rest of the request.

        :param operation: what else somebody may do with a call they know: ``read``,
            ``write`` or ``unlink``
        :return: a :class:`Domain`
        """
        if self.env.uid == SUPERUSER_ID:
            return fields.Domain.TRUE
        calls = self._its_of_companies(self.env.companies)
        user = self.env.user
        mine = fields.Domain("user_id", "=", user.id)
        mine |= fields.Domain("create_uid", "=", user.id)
        if not user.has_group(GROUP_USER):
            calls &= mine
        else:
            reading = operation == "read" or (
                operation == "search" and user.has_group(GROUP_HEAD)
            )
            clients = self.env["res.partner"]._its_role_domain(
                "read" if reading else "write"
            )
            if not clients.is_true():
                calls &= mine | fields.Domain("its_client_id", "any!", clients)
        return fields.Domain("its_client_id", "=", False) | calls

    @api.model
    def _its_of_companies(self, companies):
        """The calls of some companies: those of what they are about, and where they are
        about nothing, of the client, who may be everybody's.

        :return: a :class:`Domain`
        """
        # Without the rights on what a call is about: the user may have none.
        within = fields.Domain("company_id", "in", companies.ids)
        everybodys = fields.Domain("company_id", "=", False)
        domain = fields.Domain("its_client_id", "any!", within | everybodys)
        for name in self._its_subject_fields():
            domain &= fields.Domain(name, "=", False) | fields.Domain(
                name, "any!", within
            )
        return domain

    @api.model
    def _its_subject_fields(self):
        """The fields that say what a call is about, each with a company; to be
        extended."""
        return ["its_subscription_id", "its_cadence_id"]

    def _its_invisible(self, operation):
        """Those of these activities that are closed to the user.

        :return: the records
        """
        calls = self.sudo().filtered("its_client_id")
        if self.env.uid == SUPERUSER_ID or not calls:
            return self.browse()
        shown = calls.filtered_domain(self._its_visible_domain(operation))
        return self.browse((calls - shown).ids)

    def _check_access(self, operation):
        """Odoo asks who may write the card. Besides, planned calls are closed to who may
        not see them at all, and the head reads those of their clients."""
        result = super()._check_access(operation)
        if self.env.su or not self or operation == "create":
            return result
        forbidden = result[0] if result else self.browse()
        if operation == "read" and forbidden and self.env.user.has_group(GROUP_HEAD):
            clients = forbidden.sudo().its_client_id
            readable = clients.with_env(self.env)._its_by_role()
            readable = readable._filtered_access("read")
            forbidden = forbidden.filtered(
                lambda call: (
                    call.sudo().its_client_id.with_env(self.env) not in readable
                )
            )
        forbidden |= self._its_invisible(operation)
        if not forbidden:
            return None
        if result and forbidden == result[0]:
            return result
        return forbidden, lambda: forbidden._make_access_error(operation)

    @api.model
    def _search(
        self,
        domain,
        offset=0,
        limit=None,
        order=None,
        *,
        bypass_access=False,
        **kwargs,
    ):
        user = self.env.user
        if not self.env.su and not bypass_access:
            domain = fields.Domain(domain) & self._its_visible_domain()
            if user.has_group(GROUP_HEAD) and not user.has_group(GROUP_QUALITY_MANAGER):
                # Odoo asks who may write the card; a head reads it.
                allowed = fields.Domain("id", "in", super()._search(domain, **kwargs))
                clients = self.env["res.partner"]._its_by_role()
                clients = clients._search([("its_client", "=", True)])
                allowed |= fields.Domain("its_client_id", "in", clients)
                domain &= allowed
                bypass_access = True
        return super()._search(
            domain, offset, limit, order, bypass_access=bypass_access, **kwargs
        )

    # -------------------------------------------------------------------------
    # Moving
    # -------------------------------------------------------------------------

    def write(self, vals):
        if self.env.su or not {"res_id", "res_model", "res_model_id"} & vals.keys():
            return super().write(vals)
        if "res_model" in vals:
            # It follows from the other field; by itself it would evade every check.
            self._its_refuse_target(
                UserError(self.env._("Select in «Document Model» what this is about."))
            )
        result = super().write(vals)
        for activity in self.sudo():
            if not activity.res_model:
                continue
            target = self.env[activity.res_model].browse(activity.res_id)
            if not target.exists() or not target.has_access("read"):
                self._its_refuse_target(
                    AccessError(
                        self.env._(
                            "You cannot see the record that this would be moved to, "
                            "so it stays where it is. Choose another."
                        )
                    )
                )
        return result

    def _its_refuse_target(self, error):
        log_refusal(
            "activity_moved", self.env.uid, model=self._name, record=self[:1].id
        )
        raise error
