from functools import wraps

from odoo import SUPERUSER_ID, api, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain
from odoo.tools import SQL, parse_contact_from_email

from ...tools.security_log import log_refusal
from ..base.groups import GROUP_ADMINISTRATOR, GROUP_QUALITY_MANAGER, GROUP_USER
from . import listed
from .ir_rule import BY_ROLE
from .other_apps import OURS, modules_below

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
        "its_consent_words",
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
    "its_consent_words",
)


# By these a client is given to somebody, or taken out of everybody's sight.
TAKING_FIELDS = frozenset(
    {"active", "commercial_partner_id", "company_id", "parent_id", "user_id"}
)
# Of these two a contact person follows the firm.
FOLLOWED = frozenset({"commercial_partner_id", "user_id"})


def unchecked(domain):
    """The same domain, asking for no rights on the records that it leads over, as record
    rules do not."""

    def of_condition(condition):
        if condition.operator not in ("any", "not any"):
            return condition
        bypassing = f"{condition.operator}!"
        return Domain(condition.field_expr, bypassing, unchecked(condition.value))

    return domain.map_conditions(of_condition)


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

    # -------------------------------------------------------------------------
    # By role
    # -------------------------------------------------------------------------

    def _its_by_role(self):
        """These cards as the role of the user opens them. Other apps may open more to
        the same user; what is kept about a client does not follow them."""
        return self.with_context(**{BY_ROLE: True})

    @api.model
    def _its_role_domain(self, operation):
        """The cards that the role of the user opens, in superuser mode as well.

        :return: a :class:`Domain` that asks for no further rights
        """
        asking = self.sudo(self.env.uid == SUPERUSER_ID)._its_by_role()
        domain = asking.env["ir.rule"]._compute_domain(self._name, operation)
        everything = self.sudo().with_context(active_test=False)
        return unchecked(domain.optimize_full(everything))

    @api.model
    def _its_of_role_sql(self, alias):
        """Ask in SQL whether the role of the user opens a card.

        :param alias: of the table of cards in a query
        :return: an :class:`SQL` condition; none if they see no other cards
        """
        rules = self.env["ir.rule"]
        own = self._its_by_role().env["ir.rule"]
        if self.env.su or rules._compute_domain(self._name) == own._compute_domain(
            self._name
        ):
            return None
        cards = self.sudo().with_context(active_test=False)
        cards = cards._search(self._its_role_domain("read"))
        return SQL("%s IN %s", SQL.identifier(alias, "id"), cards.subselect())

    @api.model
    def _its_own_fields(self):
        """The fields of the card that are ours."""
        return {
            name
            for name, field in self._fields.items()
            if field._modules[:1] == (OURS,)
        }

    @api.model
    def _search(
        self,
        domain,
        offset=0,
        limit=None,
        order=None,
        *,
        active_test=True,
        bypass_access=False,
    ):
        """A list of clients asks the rules by their indexes; see :mod:`.listed`."""
        domain = Domain(domain)
        by_index = (
            not self.env.su and not bypass_access and listed.is_of_clients(domain)
        )
        if by_index:
            self.browse().check_access("read")
        query = super()._search(
            domain,
            offset,
            limit,
            order,
            active_test=active_test,
            bypass_access=bypass_access or by_index,
        )
        if by_index and not query.is_empty():
            everything = self.sudo().with_context(active_test=False)
            rule = listed.readable_clients(
                self.env["ir.rule"]._compute_domain(self._name, "read")
            ).optimize_full(everything)
            query.add_where(rule._to_sql(everything, self._table, query))
        return query

    # -------------------------------------------------------------------------
    # CRUD
    # -------------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        partners = super().create(vals_list)
        if not self.env.su and not all(map(self._its_is_prepared, vals_list)):
            partners._its_check_made(vals_list)
        return partners

    def _its_check_made(self, vals_list):
        """Ask the rules again: a contact person got the manager of the firm after they
        were asked. What another app opens is enough to add a person to a colleague's
        client, but not to make a client, nor for our fields.

        :raises AccessError: as for any card
        """
        self.check_access("create")
        ours = self._its_own_fields()
        by_role = [
            partner.id
            for partner, vals in zip(self.sudo(), vals_list, strict=True)
            if partner.its_client
            and (
                partner == partner.commercial_partner_id
                or any(vals.get(name) for name in ours)
            )
        ]
        self.browse(by_role)._its_by_role().check_access("create")

    @api.model
    def _its_is_prepared(self, values):  # pylint: disable=unused-argument
        """Whether a new card comes with all that would be found for it, its rights
        looked at already; to be overridden."""
        return False

    def copy_data(self, default=None):
        vals_list = super().copy_data(default)
        # Who has no role of ours cannot read these fields, and copies without them.
        if self.env.su or self.env.user.has_group(GROUP_USER):
            own = self._its_by_role()._filtered_access("read")
            for partner, vals in zip(self, vals_list, strict=True):
                if partner not in own:
                    # The copy is no client: theirs would be the colleague's as well.
                    continue
                for name in COPIED_FIELDS:
                    vals.setdefault(name, partner[name])
        return vals_list

    def write(self, vals):
        self._check_its_fields(vals)
        own = self.browse()
        if not self.env.su and {"user_id", "its_client", "parent_id"} & vals.keys():
            own = self._its_by_role()._filtered_access("write")
        result = super().write(vals)
        # Record rules were asked about the old values only. A contact person follows the
        # firm, to which another app may add them; a firm is nobody's but its manager's.
        firms = own.sudo().filtered(lambda p: p == p.commercial_partner_id)
        firms = own.browse(firms.ids)
        firms.check_access("write")
        (self & own - firms).check_access("write")
        return result

    def _check_its_fields(self, vals):
        """What is kept about a client is changed by whose role allows it, whatever else
        other apps let them change. Only an administrator unmarks a client.

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
            self._check_client_kept(vals, TAKING_FIELDS & vals.keys())
            return
        kept = (TAKING_FIELDS | self._its_own_fields()) & vals.keys()
        if kept:
            others = self - self._its_by_role()._filtered_access("write")
            # Who may not write them at all is told so by Odoo.
            others._filtered_access("write")._check_client_kept(vals, kept)
        if user.has_group(GROUP_QUALITY_MANAGER):
            if not self.env["ir.rule"]._its_in_other_app():
                kept = {name for name in vals if self._its_is_named(name)}
            self._check_contacts_only(vals, kept - CONTACT_FIELDS)

    @api.model
    def _its_is_named(self, name):
        """Whether a field is one of ours or of what we depend on. What other apps add
        to the card is theirs to guard."""
        field = self._fields.get(name)
        return field is not None and not modules_below().isdisjoint(field._modules)

    def _check_contacts_only(self, vals, forbidden):
        """A quality manager edits the contacts of any client, not company details, and
        takes no contact person away.

        :param forbidden: the names of what they may not change
        :raises AccessError: naming the client, the manager and the fields
        """
        if not forbidden:
            return
        user = self.env.user
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
            raise AccessError(
                self.env._(
                    "%(client)s belongs to %(manager)s: you may change how to reach "
                    "this client, but not %(fields)s. Ask the client manager.",
                    client=others[0].name,
                    manager=others[0].user_id.name,
                    fields=self._its_labels(forbidden),
                )
            )

    def _its_labels(self, names):
        """Titles of fields, also of those that the user may not see."""
        return ", ".join(
            self._fields[name]._description_string(self.env)
            for name in sorted(names)
            if name in self._fields
        )

    def _check_client_kept(self, vals, names):
        """Who writes the cards of clients without a role that allows it, changes what
        other apps know about them, but neither whose client it is, nor that it is one.

        :param names: of the fields in these values that stay as they are
        :raises AccessError: naming the client and what stays as it is
        """
        if not names:
            return
        clients = self.sudo().filtered("its_client")
        firms = clients.filtered(lambda p: p == p.commercial_partner_id)
        for client in clients:
            changed = [
                name
                for name in sorted(names)
                if (name not in TAKING_FIELDS or name in FOLLOWED or client in firms)
                and client._its_would_change(name, vals[name])
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
                    fields=self._its_labels(changed),
                )
            )

    def _its_would_change(self, name, value):
        """Whether a value is another one than there is; a form may send it back."""
        field = self._fields[name]
        if field.type in ("one2many", "many2many"):
            return bool(value)
        own = field.convert_to_cache(self[name], self, validate=False)
        new = field.convert_to_cache(value, self, validate=False)
        return (own or None) != (new or None)

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

    # -------------------------------------------------------------------------
    # Looking for a contact
    # -------------------------------------------------------------------------

    def _register_hook(self):
        """Odoo's CRM, if a firm has it, looks for the customer of a lead and adds one
        whom the user does not see a second time, past all that finds or creates."""
        super()._register_hook()
        lead = self.env.registry.models.get("crm.lead")
        if lead is None or "_create_customer" in vars(lead):
            return
        add = lead._create_customer

        @wraps(add)
        def _create_customer(leads, *args, **kwargs):
            emails = leads.mapped("email_normalized")
            leads.env[self._name]._its_check_hidden(emails)
            return add(leads, *args, **kwargs)

        lead._create_customer = _create_customer

    def _unregister_hook(self):
        super()._unregister_hook()
        lead = self.env.registry.models.get("crm.lead")
        if lead is not None and "_create_customer" in vars(lead):
            del lead._create_customer

    @api.model
    def find_or_create(self, email, assert_valid_email=False):
        self._its_check_hidden([email])
        return super().find_or_create(email, assert_valid_email=assert_valid_email)

    @api.model
    def _find_or_create_from_emails(
        self,
        emails,
        ban_emails=None,
        filter_found=None,
        additional_values=None,
        no_create=False,
        sort_key=None,
        sort_reverse=True,
    ):
        if not no_create:
            self._its_check_hidden(emails, ban_emails, filter_found)
        return super()._find_or_create_from_emails(
            emails,
            ban_emails=ban_emails,
            filter_found=filter_found,
            additional_values=additional_values,
            no_create=no_create,
            sort_key=sort_key,
            sort_reverse=sort_reverse,
        )

    @api.model
    def _its_check_hidden(self, emails, ban_emails=None, filter_found=None):
        """Refuse to make a contact a second time because the first is a colleague's
        client, whom the user does not see.

        :param emails: texts with an address each, as ``_find_or_create_from_emails``
            takes them, with what not to look for and which of those found count
        :raises UserError: naming the client and whom to ask
        """
        if self.env.su or not self.env.user.has_group(GROUP_USER):
            return
        given = {parse_contact_from_email(email)[1] for email in emails if email}
        given -= {"", False, None, *(ban_emails or ())}
        if not given:
            return
        counts = filter_found or bool
        visible = self.search([("email_normalized", "in", list(given))])
        given -= set(visible.filtered(counts).mapped("email_normalized"))
        hidden = self.sudo().search(
            [
                ("email_normalized", "in", list(given)),
                ("its_client", "=", True),
                ("company_id", "in", [False, *self.env.companies.ids]),
            ],
            order="id",
        )
        hidden = hidden.filtered(counts)[:1]
        if not hidden:
            return
        names = {
            "email": hidden.email_normalized,
            "client": hidden.commercial_partner_id.name,
            "manager": hidden.user_id.name,
        }
        raise UserError(
            self.env._(
                "%(email)s is the address of %(client)s, a client of %(manager)s whom "
                "you do not see. Ask %(manager)s to take over, instead of adding the "
                "contact a second time.",
                **names,
            )
            if hidden.user_id
            else self.env._(
                "%(email)s is the address of %(client)s, a client whom you do not see. "
                "Ask an administrator of ITS quality for access, instead of adding the "
                "contact a second time.",
                **names,
            )
        )
