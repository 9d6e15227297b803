from odoo import api, fields, models

from ...onec import FIELDS


class ItsImportColumn(models.Model):
    """A column of the imported file and the field its values go to."""

    _name = "its.import.column"
    _description = "Import Column"
    _order = "import_id, index"

    import_id = fields.Many2one(
        "its.import", required=True, ondelete="cascade", index=True
    )
    index = fields.Integer(required=True, help="Position in the file, from 0.")
    letter = fields.Char(string="Column")
    title = fields.Char(string="Title in the file")
    sample = fields.Char(string="Example")
    target = fields.Selection(
        "_selection_target",
        string="Mapped to",
        help="Empty: the column is not imported.",
    )

    _once_per_field = models.UniqueIndex(
        "(import_id, target) WHERE target IS NOT NULL",
        "Two columns are mapped to the same field. Clear one of them.",
    )

    @api.model
    def _selection_target(self):
        labels = self._target_labels()
        return [(key, labels[key]) for key in FIELDS if key in labels]

    @api.model
    def _target_labels(self):
        """Each field of a 1C record in the user's words.

        :return: ``{key of onec.FIELDS: label}``
        """
        _ = self.env._
        return {
            "name": _("Name"),
            "full_name": _("Full name"),
            "inn": _("INN"),
            "kpp": _("KPP"),
            "inn_kpp": _("INN/KPP"),
            "ogrn": _("OGRN"),
            "okpo": _("OKPO"),
            "code": _("Code"),
            "ref": _("Reference (GUID)"),
            "kind": _("Kind"),
            "group": _("Group"),
            "is_folder": _("Is a folder"),
            "phone": _("Phone"),
            "email": _("E-mail"),
            "website": _("Website"),
            "address": _("Address"),
            "contact_person": _("Contact person"),
            "manager": _("Client manager"),
            "comment": _("Comment"),
            "other_contacts": _("Other contacts"),
            "head_office": _("Head office"),
            "head_ref": _("Head office (GUID)"),
            "deletion_mark": _("Deletion mark"),
            "contract_type": _("Contract type"),
            "service": _("Service or program"),
            "contract_number": _("Contract number"),
            "registration_number": _("Registration number"),
            "date_start": _("Subscription from"),
            "date_end": _("Subscription until"),
        }

    def write(self, vals):
        result = super().write(vals)
        if "target" in vals:
            self.import_id._mapping_changed()
        return result
