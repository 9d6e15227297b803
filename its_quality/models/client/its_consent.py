from odoo import api, fields, models
from odoo.exceptions import AccessError

# The field of the card that holds each of them.
KINDS = {"calls": "its_call_consent", "mailings": "its_mail_consent"}
PROOF = ("its_consent_date", "its_consent_source", "its_consent_words")


class ItsConsent(models.Model):
    """What a client has allowed us or refused, when, and by which words: the proof that
    the law asks for.

    The card says what holds today; here is each change of it. Nobody writes it but the
    card, and nobody changes it.
    """

    _name = "its.consent"
    _description = "Consent of a Client"
    _order = "id desc"
    _rec_name = "partner_id"

    partner_id = fields.Many2one(
        "res.partner", required=True, readonly=True, index=True, ondelete="cascade"
    )
    kind = fields.Selection(
        [("calls", "Calls"), ("mailings", "Mailings")],
        string="To what",
        required=True,
        readonly=True,
    )
    answer = fields.Selection(
        [
            ("granted", "Agreed"),
            ("refused", "Refused"),
            ("unknown", "No longer known"),
        ],
        required=True,
        readonly=True,
    )
    date = fields.Date(string="Given on", readonly=True)
    source = fields.Char(readonly=True)
    words = fields.Text(readonly=True, help="The text that the client agreed to.")
    user_id = fields.Many2one(
        "res.users",
        string="Written by",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
    )
    date_written = fields.Datetime(
        string="Written on", required=True, readonly=True, default=fields.Datetime.now
    )

    def write(self, vals):  # pylint: disable=method-required-super
        raise AccessError(
            self.env._("Consents are kept as they were given and cannot be changed.")
        )

    @api.model
    def _note(self, partners, before):
        """Keep what has changed on cards.

        :param before: ``{card: values}``, see :meth:`_stands`
        """
        now = self._stands(partners)
        rows = []
        for partner in partners:
            was, is_now = before.get(partner, {}), now[partner]
            proven = any(was.get(name) != is_now[name] for name in PROOF)
            for kind, name in KINDS.items():
                former, answer = was.get(name, False), is_now[name]
                if answer == former and not (answer and proven):
                    continue
                rows.append(
                    {
                        "partner_id": partner.id,
                        "kind": kind,
                        "answer": answer or "unknown",
                        "date": is_now["its_consent_date"],
                        "source": is_now["its_consent_source"],
                        "words": is_now["its_consent_words"],
                        "user_id": self.env.uid,
                    }
                )
        if rows:
            self.sudo().create(rows)

    @api.model
    def _stands(self, partners):
        """What the cards say of consents.

        :return: ``{card: {field: value}}``
        """
        names = [*KINDS.values(), *PROOF]
        return {
            partner: {name: card[name] for name in names}
            for partner, card in zip(partners, partners.sudo(), strict=True)
        }
