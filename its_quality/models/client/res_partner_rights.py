from odoo import SUPERUSER_ID, api, models
from odoo.exceptions import AccessError, UserError

from ...tools.security_log import log_refusal
from ..base.groups import GROUP_ADMINISTRATOR, GROUP_QUALITY_MANAGER, GROUP_USER

# What a quality manager may change on the card of somebody else's client: how to
# reach them, and what they allowed us to do. The rest belongs to their manager.
CONTACT_FIELDS = frozenset(
    {
        "city",
        "child_ids",
        "comment",
        "country_id",
        "email",
        "function",
        "its_call_consent",
        "its_consent_date",
        "its_consent_source",
        "its_mail_consent",
        "lang",
        "phone",
        "state_id",
        "street",
        "street2",
        "tz",
        "website",
        "zip",
    }
)

# Odoo would read them to copy a card, also for users who may not see them.
COPIED_FIELDS = (
    "its_client",
    "its_kind",
    "its_full_name",
    "its_okpo",
    "its_other_contacts",
    "its_kpp",
    "its_call_consent",
    "its_mail_consent",
    "its_consent_date",
    "its_consent_source",
)


# By these a client is given to somebody, or taken out of everybody's sight.
TAKING_FIELDS = frozenset(
    {"active", "commercial_partner_id", "company_id", "parent_id", "user_id"}
)
# Of these two a contact person follows the firm.
FOLLOWED = frozenset({"commercial_partner_id", "user_id"})


class ResPartner(models.Model):
    """Rights that record rules cannot express."""

    _inherit = "res.partner"

    @api.depends_context("uid")
    def _compute_same_vat_partner_id(self):
        """Odoo looks among all cards; the user who enters a number sees only those that
        they have access to."""
        super()._compute_same_vat_partner_id()
        for partner in self:
            for name in ("same_vat_partner_id", "same_company_registry_partner_id"):
                other = partner[name].sudo(self.env.uid == SUPERUSER_ID)
                if other and not other.has_access("read"):
                    partner[name] = False

    @api.model_create_multi
    def create(self, vals_list):
        partners = super().create(vals_list)
        if not self.env.su and not all(map(self._its_is_prepared, vals_list)):
            # A contact person got the manager of the firm after the rules were asked.
            partners.check_access("create")
        return partners

    @api.model
    def _its_is_prepared(self, values):  # pylint: disable=unused-argument
        """Whether a new card comes with all that would be found for it, its rights
        looked at already; to be overridden."""
        return False

    def copy_data(self, default=None):
        vals_list = super().copy_data(default)
        # Who has no role of ours cannot read these fields, and copies without them.
        if self.env.su or self.env.user.has_group(GROUP_USER):
            for partner, vals in zip(self, vals_list, strict=True):
                for name in COPIED_FIELDS:
                    vals.setdefault(name, partner[name])
        return vals_list

    def write(self, vals):
        self._check_its_fields(vals)
        result = super().write(vals)
        if not self.env.su and {"user_id", "its_client", "parent_id"} & vals.keys():
            # Record rules were asked about the old values only.
            self.check_access("write")
        return result

    def _check_its_fields(self, vals):
        """A quality manager edits the contacts of any client, not company details, and
        takes no contact person away. Only an administrator unmarks a client.

        :raises AccessError: naming what they may not change
        """
        user = self.env.user
        if self.env.su or user.has_group(GROUP_ADMINISTRATOR):
            return
        if not vals.get("its_client", True) and any(self.sudo().mapped("its_client")):
            raise AccessError(
                self.env._(
                    "Only an administrator can unmark a client: the card would "
                    "disappear from every list. Archive it instead."
                )
            )
        if not user.has_group(GROUP_USER):
            self._check_client_kept(vals)
        if not user.has_group(GROUP_QUALITY_MANAGER):
            return
        forbidden = sorted(vals.keys() - CONTACT_FIELDS)
        if not forbidden:
            return
        others = self.sudo().filtered(
            lambda partner: (
                partner.its_client
                and (partner == partner.commercial_partner_id or "parent_id" in vals)
                and partner.user_id
                and partner.user_id != user
            )
        )
        if others:
            # Of clients they may not see, not even the manager is named.
            others.with_env(self.env).check_access("read")
            names = self.fields_get(forbidden, ["string"])
            raise AccessError(
                self.env._(
                    "%(client)s belongs to %(manager)s: you may change how to reach "
                    "this client, but not %(fields)s. Ask the client manager.",
                    client=others[0].name,
                    manager=others[0].user_id.name,
                    fields=", ".join(
                        names[name]["string"] for name in forbidden if name in names
                    ),
                )
            )

    def _check_client_kept(self, vals):
        """Who keeps contacts without a role of ours edits the cards of clients, too, but
        does not say whose client it is, nor that it is none any more.

        :raises AccessError: naming the client and what stays as it is
        """
        names = sorted(TAKING_FIELDS & vals.keys())
        if not names:
            return
        clients = self.sudo().filtered("its_client")
        firms = clients.filtered(lambda p: p == p.commercial_partner_id)
        for client in clients:
            changed = [
                name
                for name in names
                if (name in FOLLOWED or client in firms)
                and client._fields[name].convert_to_write(client[name], client)
                != (vals[name] or False)
            ]
            if not changed:
                continue
            log_refusal(
                "client_taken", self.env.uid, model=self._name, record=client.id
            )
            raise AccessError(
                self.env._(
                    "%(client)s is an ITS client: only its client manager or the "
                    "administrator of ITS quality can change %(fields)s. Ask them.",
                    client=client._its_visible_name(),
                    fields=", ".join(
                        self._fields[name]._description_string(self.env)
                        for name in changed
                    ),
                )
            )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_client(self):
        clients = self.sudo().filtered("its_client")
        if clients and not self.env.user.has_group(GROUP_ADMINISTRATOR):
            raise UserError(
                self.env._(
                    "%(client)s is a client: archive the card instead of deleting it, "
                    "to keep its history.",
                    client=clients[0]._its_visible_name(),
                )
            )

    @api.model
    def _its_is_ours(self, res_id=None):
        record = self.sudo().browse(res_id or ()).exists()
        return record.commercial_partner_id.its_client
