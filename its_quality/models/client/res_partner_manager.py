from odoo import api, models


class ResPartner(models.Model):
    """The client manager belongs to the firm and to its contact persons alike."""

    _inherit = "res.partner"

    @api.model
    def _commercial_fields(self):
        return super()._commercial_fields() + ["its_client", "its_kpp", "its_kind"]

    def _fields_sync(self, values):
        # A tax number that goes to a contact person with the address is no new one,
        # whatever base_vat thinks of it: the card it was entered on was asked about.
        its = self.with_context(no_vat_validation=True)
        result = super(ResPartner, its)._fields_sync(values)
        firm = self.commercial_partner_id.sudo()
        if firm.its_client:
            if self != firm:
                if {"parent_id", "user_id"} & values.keys():
                    self._follow_manager(firm)
            elif {"user_id", "its_client"} & values.keys():
                firm._follow_manager_of_contacts()
        return result

    def _follow_manager_of_contacts(self):
        """Give every contact person of this firm its manager, archived ones too."""
        self.ensure_one()
        contacts = self.with_context(active_test=False).search(
            [("commercial_partner_id", "=", self.id), ("id", "!=", self.id)]
        )
        contacts._follow_manager(self)

    def _follow_manager(self, firm):
        """Give contact persons the manager and the company of their firm: the record
        rules read these fields of each row alone."""
        values = {"user_id": firm.user_id.id}
        if firm.company_id:
            values["company_id"] = firm.company_id.id
        others = self.sudo().filtered(
            lambda contact: any(contact[name].id != values[name] for name in values)
        )
        if others:
            others.with_context(mail_auto_subscribe_no_notify=True).write(values)

    def _convert_fields_to_values(self, field_names):
        # From the firm to its contact persons, also for who may not see our fields.
        return super(ResPartner, self.sudo())._convert_fields_to_values(field_names)

    def _load_records_create(self, vals_list):
        # Odoo's own import of a table leaves _fields_sync() out.
        partners = super()._load_records_create(vals_list)
        for partner in partners.sudo():
            firm = partner.commercial_partner_id
            if firm.its_client and partner != firm:
                partner._follow_manager(firm)
        if not self.env.su:
            partners._its_check_made(vals_list)
        return partners
