from odoo import api, fields, models


class ItsPersonalData(models.TransientModel):
    """Asks what is to be done with the data of a person, and why, before it is done."""

    _name = "its.personal.data"
    _description = "Personal Data"

    partner_id = fields.Many2one(
        "res.partner",
        string="Person",
        required=True,
        ondelete="cascade",
        default=lambda self: self._default_partner_id(),
        domain="['|', ('is_company', '=', False), ('its_kind', '=', 'sole_trader')]",
    )
    kind = fields.Selection(
        [
            ("export", "Hand the data out"),
            ("anonymize", "Make anonymous"),
            ("erase", "Erase, with the card"),
        ],
        string="What to do",
        required=True,
        default="export",
    )
    reason = fields.Text(
        help="Who asked for it, when and how; it is kept with the record, without the "
        "name."
    )
    also = fields.Text(
        string="Also written as",
        help="Other spellings of the name to look for in words about other people, one "
        "per line, at least two words each.",
    )
    found = fields.Text(string="What there is", compute="_compute_found")

    def _default_partner_id(self):
        if self.env.context.get("active_model") == "res.partner":
            return self.env.context.get("active_id")
        return False

    @api.depends("partner_id", "also", "kind")
    def _compute_found(self):
        requests = self.env["its.personal.request"]
        for dialog in self:
            person = dialog.partner_id._origin
            if not person or dialog.kind == "export":
                dialog.found = False
                continue
            requests._its_check_may(person)
            lines = requests._its_why_not(person.sudo())
            lines = lines or requests._its_found(person, dialog.also)
            dialog.found = "\n".join(lines)

    def action_confirm(self):
        """Hand the data out, or take the person out of the database.

        :return: the action that opens the file, or the record of what was done
        """
        self.ensure_one()
        requests = self.env["its.personal.request"]
        person, kind, reason = self.partner_id, self.kind, self.reason or ""
        if kind == "export":
            requests._its_check_may(person)
            request = requests._its_record(kind, person, reason)
            return {
                "type": "ir.actions.act_url",
                "url": f"/its_quality/personal_data/{request.id}",
                "target": "download",
            }
        also = self.also
        # It names the person.
        self.sudo().search([("partner_id", "=", person.id)]).unlink()
        request = requests._its_erase(person, kind, reason, also)
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "its_quality.its_personal_request_action"
        )
        return {
            **action,
            "views": [(False, "form")],
            "res_id": request.id,
            "target": "current",
        }
