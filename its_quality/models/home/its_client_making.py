from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command, Domain

from ...tools.by_code import by_code
from ..base.groups import GROUP_CLIENT_MANAGER

# Of many contacts at once nobody wants notes, followers and e-mails.
BULK = {
    "tracking_disable": True,
    "mail_create_nosubscribe": True,
    "mail_auto_subscribe_no_notify": True,
    "no_vat_validation": True,
}
# What a client has that somebody has worked on since.
WORKED = (
    ("its.subscription", "partner_id"),
    ("its.interaction", "partner_id"),
    ("its.claim", "partner_id"),
    ("survey.user_input", "its_client_id"),
)
SOLE_TRADER_INN = 12
COMPANY_INN = 10


class ItsClientMaking(models.Model):
    """Contacts that Odoo has already, made clients of ITS together; kept, so that it can
    be undone."""

    _name = "its.client.making"
    _description = "Making Clients of Contacts"
    _order = "id desc"
    _rec_name = "create_date"
    _check_company_auto = True

    company_id = fields.Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company
    )
    partner_ids = fields.Many2many(
        "res.partner",
        "its_client_making_partner_rel",
        "making_id",
        "partner_id",
        string="Contacts",
        readonly=True,
    )
    count = fields.Integer(
        string="Become clients", compute="_compute_count", readonly=True
    )
    left_out = fields.Integer(string="Left out", readonly=True)
    user_id = fields.Many2one(
        "res.users",
        string="Client manager",
        index="btree_not_null",
        domain=lambda self: [
            ("share", "=", False),
            ("all_group_ids", "in", self.env.ref(GROUP_CLIENT_MANAGER).id),
        ],
        help="Of those who have no salesperson in Odoo.",
    )
    state = fields.Selection(
        [("draft", "Draft"), ("done", "Done"), ("undone", "Undone")],
        required=True,
        readonly=True,
        default="draft",
    )
    before = fields.Json(readonly=True, help="What the cards held, by their ids.")
    kept = fields.Integer(
        string="Remain clients",
        readonly=True,
        help="Somebody has worked with them since.",
    )

    @api.depends("partner_ids")
    def _compute_count(self):
        for making in self:
            making.count = len(making.partner_ids)

    @api.model
    def _its_of_contacts(self, contacts):
        """Prepare to make clients of contacts.

        Those of a firm stand for their firm. Our own companies and colleagues, and who
        is a client already, are left out.

        :param contacts: ``res.partner``
        """
        firms = contacts.commercial_partner_id
        own = self.env["res.company"].sudo().search([]).partner_id  # pylint: disable=no-search-all
        people = self.env["res.users"].sudo().with_context(active_test=False)
        own |= people.search(
            [("partner_id", "in", (contacts | firms).ids), ("share", "=", False)]
        ).partner_id
        company = self.env.company
        suitable = firms.filtered(
            lambda firm: (
                not firm.its_client
                and firm not in own
                and firm.company_id in (firm.company_id.browse(), company)
            )
        )
        return by_code(self).create(
            {
                "partner_ids": [Command.set(suitable.ids)],
                "left_out": len(firms - suitable),
            }
        )

    def action_make(self):
        """Make the contacts clients.

        :return: an action that goes back to the list
        """
        self.ensure_one()
        self.check_access("write")
        if self.state != "draft":
            raise UserError(self.env._("This is done already. Reload the page."))
        partners = self.partner_ids.exists().with_context(**BULK)
        if not partners:
            raise UserError(
                self.env._(
                    "There is nobody to make a client of. Choose contacts that are no "
                    "clients yet."
                )
            )
        before = {
            str(partner.id): [partner.its_kind, partner.user_id.id]
            for partner in partners
        }
        for (kind, user), some in partners.grouped(self._its_values_of).items():
            some.write({"its_client": True, "its_kind": kind, "user_id": user.id})
        by_code(self).write({"before": before, "state": "done"})
        return self._its_told(
            self.env._("Clients made: %(count)s", count=len(partners))
        )

    def _its_values_of(self, partner):
        """Of what kind a client is, and who is the manager."""
        digits = len(partner.vat or "")
        kind = "company" if partner.is_company else "person"
        if digits == SOLE_TRADER_INN and partner.is_company:
            kind = "sole_trader"
        elif digits == COMPANY_INN:
            kind = "company"
        return partner.its_kind or kind, partner.user_id or self.user_id

    def action_undo(self):
        """Make contacts of the clients again, but for those whom somebody has worked
        with since.

        :return: an action that says how many
        """
        self.ensure_one()
        self.check_access("write")
        if self.state != "done":
            raise UserError(self.env._("There is nothing to undo. Reload the page."))
        made = self.partner_ids.exists().filtered("its_client").with_context(**BULK)
        worked = made & self._its_worked_with(made)
        for partner in made - worked:
            kind, user_id = self.before.get(str(partner.id), [False, False])
            values = {"its_client": False, "its_kind": kind}
            if not user_id and partner.user_id == self.user_id:
                values["user_id"] = False
            partner.write(values)
        self.env["its.cadence"].sudo()._cancel_pointless(made - worked)
        by_code(self).write({"state": "undone", "kept": len(worked)})
        told = self.env._("No clients any more: %(count)s.", count=len(made - worked))
        if worked:
            told += " " + self.env._(
                "Somebody has worked with %(count)s since; they remain clients.",
                count=len(worked),
            )
        return self._its_told(told)

    def _its_worked_with(self, partners):
        """Those of the clients about whom there is something of ours."""
        found = partners.browse()
        for model, field in WORKED:
            records = self.env[model].sudo().with_context(active_test=False)
            groups = records._read_group(Domain(field, "in", partners.ids), [field], [])
            found |= partners.browse([partner.id for (partner,) in groups])
        return found

    def _its_told(self, message):
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": message,
                "next": {"type": "ir.actions.act_window_close"},
            },
        }
