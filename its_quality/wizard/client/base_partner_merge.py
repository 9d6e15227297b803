from datetime import date

from odoo import api, models
from odoo.exceptions import AccessError, UserError

from ...models.base.groups import GROUP_ADMINISTRATOR
from ...tools.security_log import log_refusal
from .its_subscription_merge import SubscriptionMerge

# Data from 1C and from the client; the values of the card that stays win.
SAID = (
    "its_kind",
    "its_full_name",
    "vat",
    "its_kpp",
    "company_registry",
    "its_okpo",
    "onec_ref",
    "onec_code",
    "its_other_contacts",
)
CONSENTS = ("its_call_consent", "its_mail_consent")
# Whose contact person has to be one of the client's: model, client, person.
PERSONS = (
    ("its.claim", "partner_id", "contact_id"),
    ("its.interaction", "partner_id", "contact_id"),
    ("survey.user_input", "its_client_id", "its_contact_id"),
)


class MergePartnerAutomatic(models.TransientModel):
    """Merging contacts goes past the ORM, by SQL.

    What a client may have once only has to be made one before, and what follows from the
    client has to be updated, above all the manager, by whom the record rules
    decide. What cannot be joined is noted on the card that stays.
    """

    _inherit = "base.partner.merge.automatic.wizard"

    def _merge(self, partner_ids, dst_partner=None, extra_checks=True):
        """A client that is merged away is gone, with their manager and history."""
        self._its_check_clients(partner_ids, dst_partner)
        return super()._merge(partner_ids, dst_partner, extra_checks)

    def _its_check_clients(self, partner_ids, dst_partner):
        """Refuse to merge clients, but for the administrator.

        :raises AccessError: naming one of them
        """
        user = self.env.user
        if self.env.su or user.has_group(GROUP_ADMINISTRATOR):
            return
        partners = self.env["res.partner"].browse(partner_ids).exists()
        if dst_partner and dst_partner in partners:
            partners -= dst_partner
        clients = partners.sudo().filtered("its_client")
        if clients:
            log_refusal(
                "client_taken", user.id, model=clients._name, record=clients[0].id
            )
            raise AccessError(
                self.env._(
                    "%(client)s is an ITS client: only the administrator of ITS "
                    "quality can merge this card with another.",
                    client=clients[0].with_env(self.env)._its_visible_name(),
                )
            )

    @api.model
    def _update_foreign_keys(self, src_partners, dst_partner):
        self._its_mark_client(src_partners, dst_partner)
        self._its_join_calls(src_partners, dst_partner)
        self._its_join_snapshots(src_partners, dst_partner)
        self._its_join_signs(src_partners, dst_partner)
        for left in SubscriptionMerge(self).fold(src_partners, dst_partner):
            self._its_note(dst_partner, left)
        result = super()._update_foreign_keys(src_partners, dst_partner)
        self.env.invalidate_all()
        self._its_move_closed_calls(src_partners, dst_partner)
        self._its_remove_foreign_contacts(dst_partner)
        return result

    def _its_note(self, dst_partner, sentence):
        """Say on the card that stays what was not joined."""
        dst_partner.sudo()._message_log(body=sentence)

    def _its_mark_client(self, src_partners, dst_partner):
        """Make the card that takes over a client's records a client, which has to be a
        firm and not a person in another one.

        :raises UserError: for such a person
        """
        firm = dst_partner.sudo()
        clients = src_partners.sudo().filtered("its_client")
        clients = clients.filtered(lambda one: one.commercial_partner_id == one)
        if not clients:
            return
        if firm.commercial_partner_id != firm:
            raise UserError(
                self.env._(
                    "%(person)s is a contact person of %(firm)s, so the client "
                    "%(client)s cannot be merged with them. Merge it with the firm, "
                    "or remove the person from the firm first.",
                    person=firm.name,
                    firm=firm.commercial_partner_id.name,
                    client=clients[0].name,
                )
            )
        if not firm.its_client:
            firm.its_client = True

    def _its_join_signs(self, src_partners, dst_partner):
        """Of a sign of risk that several cards have now, the one first seen stays."""
        signs = self.env["its.client.risk"].sudo()
        signs = signs.search(
            [
                ("partner_id", "in", (src_partners | dst_partner).ids),
                ("date_to", "=", False),
            ],
            order="date_from, id",
        )
        for _key, same in signs.grouped(lambda one: (one.company_id, one.sign)).items():
            same[1:].unlink()

    def _its_join_calls(self, src_partners, dst_partner):
        """Of the open calls of one cadence the first stays. It comes along before the
        subscriptions are joined: nothing that goes with the other card takes it away."""
        calls = self.env["mail.activity"].sudo()
        of_cadences = calls.search(
            [
                ("its_client_id", "in", (src_partners | dst_partner).ids),
                ("its_cadence_id", "!=", False),
            ],
            order="date_deadline, id",
        )
        for of_cadence in of_cadences.grouped("its_cadence_id").values():
            of_cadence[1:]._its_withdraw(
                self.env._("The client was merged with another.")
            )
            if of_cadence[0].its_client_id != dst_partner:
                of_cadence[0].with_context(mail_activity_quick_update=True).write(
                    {"res_id": dst_partner.id}
                )

    def _its_move_closed_calls(self, src_partners, dst_partner):
        """Closed calls come along, too: Odoo would leave them, and delete them with the
        partner. What they are about has come already."""
        closed = self.env["mail.activity"].sudo()
        closed = closed.search(
            [
                ("res_model", "=", dst_partner._name),
                ("res_id", "in", src_partners.ids),
                ("active", "=", False),
            ]
        )
        closed.write({"res_id": dst_partner.id})

    def _its_remove_foreign_contacts(self, dst_partner):
        """A person merged with somebody of another firm is no longer a contact person
        of the former one."""
        firm = dst_partner.sudo().commercial_partner_id
        for name, client, person in PERSONS:
            records = self.env[name].sudo()
            strange = records.search(
                [(person, "=", dst_partner.id), (client, "!=", firm.id)]
            )
            if not strange:
                continue
            strange.write({person: False})
            self._its_note(
                dst_partner,
                self.env._(
                    "As a contact person of another firm, they were removed from: "
                    "%(records)s.",
                    records=", ".join(strange.mapped("display_name")),
                ),
            )

    def _its_join_snapshots(self, src_partners, dst_partner):
        """All contractors that led to one of the cards lead to the one that stays. Of
        those of one source one writes it: the one that has written it before."""
        partners = dst_partner | src_partners
        snapshots = (
            self.env["its.import.snapshot"]
            .sudo()
            .search([("partner_id", "in", partners.ids)])
        )
        snapshots = snapshots.filtered("is_leading")
        for of_source in snapshots.grouped("source_id").values():
            own = of_source.filtered(lambda s: s.partner_id == dst_partner)
            leading = own or of_source[:1]
            others = of_source - leading
            for other in others:
                leading.subscriptions = {
                    **(other.subscriptions or {}),
                    **(leading.subscriptions or {}),
                }
            others.write({"is_leading": False, "data": False, "subscriptions": False})
        snapshots.flush_recordset()

    # -------------------------------------------------------------------------
    # The card
    # -------------------------------------------------------------------------

    @api.model
    def _update_values(self, src_partners, dst_partner):
        firm = dst_partner.sudo()
        cards = (dst_partner | src_partners).sudo()
        consents = self._its_consents(cards)
        said = {
            card: {name: card[name] for name in SAID if card[name]} for card in cards
        }
        result = super()._update_values(src_partners, dst_partner)
        # Odoo fills in what the user may see; our fields are merged for any user.
        missing = {}
        for card in cards:
            missing = {**said[card], **missing}
        missing = {name: missing[name] for name in missing if not firm[name]}
        changed = {
            name: value for name, value in consents.items() if firm[name] != value
        }
        if missing or changed:
            firm.write({**missing, **changed})
        for card in cards - firm:
            self._its_note_lost_values(firm, card, said[card])
        subscriptions = firm.env["its.subscription"].search(
            [("partner_id", "=", firm.id)]
        )
        for name in ("user_id", "continues_id"):
            self.env.add_to_compute(subscriptions._fields[name], subscriptions)
        if firm.its_client:
            firm._follow_manager_of_contacts()
            firm._update_its_contacts()
        return result

    def _its_consents(self, cards):
        """What the client has said about calls and mailings: the last word counts, and
        of words of one day, or of no known one, the refusal."""
        said = [card for card in cards if any(card[name] for name in CONSENTS)]
        said.sort(
            key=lambda card: (
                card.its_consent_date or date.min,
                any(card[name] == "refused" for name in CONSENTS),
            ),
            reverse=True,
        )
        values = {
            name: next((card[name] for card in said if card[name]), False)
            for name in CONSENTS
        }
        if said:
            values["its_consent_date"] = said[0].its_consent_date
            values["its_consent_source"] = said[0].its_consent_source
        return values

    def _its_note_lost_values(self, firm, card, said):
        """Note what was said of a card that goes, and is not on the one that stays."""
        left = {name: value for name, value in said.items() if firm[name] != value}
        if not left:
            return
        described = firm.fields_get(list(left), ["string", "selection"])
        values = [
            (
                described[name]["string"],
                dict(described[name].get("selection") or ()).get(value, value),
            )
            for name, value in left.items()
        ]
        self._its_note(
            firm,
            self.env._(
                "The other card of %(client)s had different values, which were not "
                "kept: %(values)s.",
                client=card.name,
                values="; ".join(f"{label}: {value}" for label, value in values),
            ),
        )
