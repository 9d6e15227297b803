from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL

from .its_claim_stage import ENDED

TEXT, FILE, OPENED, CLOSED = 1, 70, 80, 82
KEPT_DAYS = 90
SUBJECT_SIZE = 200


class ItsConnectContact(models.Model):
    """Somebody who writes through 1С-Коннект: whose client he is, once a claim of his
    was linked to one, and which claim his conversation is about."""

    _name = "its.connect.contact"
    _description = "Contact of 1C-Connect"
    _rec_name = "user_ref"

    connect_id = fields.Many2one(
        "its.connect", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="connect_id.company_id", store=True)
    user_ref = fields.Char(string="User", required=True)
    counterpart_ref = fields.Char(string="Counterpart", index="btree_not_null")
    line_ref = fields.Char(string="Line")
    partner_id = fields.Many2one(
        "res.partner", string="Client", index="btree_not_null", ondelete="set null"
    )
    claim_id = fields.Many2one(
        "its.claim", index="btree_not_null", ondelete="set null", readonly=True
    )

    _user_uniq = models.UniqueIndex("(connect_id, user_ref)")


class ItsConnectEvent(models.Model):
    """What 1С-Коннект has told us, so that the same is not taken twice."""

    _name = "its.connect.event"
    _description = "Event of 1C-Connect"
    _order = "id desc"
    _log_access = False

    connect_id = fields.Many2one(
        "its.connect", required=True, readonly=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="connect_id.company_id", store=True)
    message_ref = fields.Char(string="Message", required=True, readonly=True)
    date = fields.Datetime(required=True, readonly=True, index=True)
    kind = fields.Integer(string="Type", readonly=True)
    result = fields.Selection(
        [
            ("registered", "Registered"),
            ("added", "Added to a claim"),
            ("ignored", "Ignored"),
        ],
        readonly=True,
    )
    claim_id = fields.Many2one(
        "its.claim", readonly=True, index="btree_not_null", ondelete="set null"
    )

    _message_uniq = models.UniqueIndex("(connect_id, message_ref)")

    @api.autovacuum
    def _gc_events(self):
        limit = fields.Datetime.now() - timedelta(days=KEPT_DAYS)
        self.search([("date", "<", limit)], limit=10_000).unlink()


class ItsConnect(models.Model):
    """Taking in what 1С-Коннект tells."""

    _inherit = "its.connect"

    def _receive(self, event):
        """Take one event, whose form has been checked. The same event again changes
        nothing and is answered as before; one that comes twice in the same moment waits
        for the other, and Odoo repeats the request.

        :param event: ``message_ref``, ``user_ref``, ``line_ref``, ``author_ref``,
            ``kind``, ``text``, ``person``
        :return: what became of it, and the claim, if it is about one
        """
        self.ensure_one()
        events = self.env["its.connect.event"]
        rows = self.env.execute_query(
            SQL(
                """
                INSERT INTO its_connect_event
                       (connect_id, company_id, message_ref, date, kind)
                VALUES (%s, %s, %s, %s, %s)
                ON CONFLICT (connect_id, message_ref) DO NOTHING
                RETURNING id
                """,
                self.id,
                self.company_id.id,
                event["message_ref"],
                fields.Datetime.now(),
                event["kind"],
            )
        )
        if not rows:
            known = events.search(
                [
                    ("connect_id", "=", self.id),
                    ("message_ref", "=", event["message_ref"]),
                ]
            )
            return known.result, known.claim_id
        result, claim = self._handle(event)
        events.browse(rows[0][0]).write({"result": result, "claim_id": claim.id})
        return result, claim

    def _handle(self, event):
        claims = self.env["its.claim"]
        if event["author_ref"] not in ("", event["user_ref"]):
            # A specialist of ours has written.
            return "ignored", claims
        if event["kind"] not in (TEXT, FILE, OPENED, CLOSED):
            return "ignored", claims
        contact = self._contact(event)
        running = contact.claim_id
        if event["kind"] == CLOSED:
            contact.claim_id = False
            return "ignored", running
        if running.state not in (False, *ENDED) and (
            contact.line_ref == event["line_ref"]
        ):
            if event["text"]:
                self._add_words(running, event["text"], contact)
            return "added", running
        line = self.line_ids.filtered(
            lambda line: line.line_ref.lower() == event["line_ref"]
        )
        if event["kind"] == FILE or not self._is_complaint(line, event["text"]):
            return "ignored", claims
        claim = self._open_claim(event, contact, line)
        contact.write({"claim_id": claim.id, "line_ref": event["line_ref"]})
        return "registered", claim

    def _contact(self, event):
        """Who writes; held until the event is done, so that two messages of one person
        come one after the other."""
        person = event["person"]
        rows = self.env.execute_query(
            SQL(
                """
                INSERT INTO its_connect_contact (
                       connect_id, company_id, user_ref, counterpart_ref,
                       create_uid, create_date, write_uid, write_date
                ) VALUES (%(connect)s, %(company)s, %(user)s, %(counterpart)s,
                          %(uid)s, now(), %(uid)s, now())
                ON CONFLICT (connect_id, user_ref) DO UPDATE SET
                       counterpart_ref = COALESCE(
                           EXCLUDED.counterpart_ref, its_connect_contact.counterpart_ref
                       )
                RETURNING id
                """,
                connect=self.id,
                company=self.company_id.id,
                user=event["user_ref"],
                counterpart=person.get("counterpart_id") or None,
                uid=self.env.uid,
            )
        )
        contact = self.env["its.connect.contact"].browse(rows[0][0])
        contact.invalidate_recordset()
        if not contact.partner_id and contact.counterpart_ref:
            # A colleague of his is known: then his firm is.
            colleague = contact.search(
                [
                    ("connect_id", "=", self.id),
                    ("counterpart_ref", "=", contact.counterpart_ref),
                    ("partner_id", "!=", False),
                ],
                limit=1,
            )
            contact.partner_id = colleague.partner_id.commercial_partner_id
        return contact

    def _open_claim(self, event, contact, line):
        person = event["person"]
        names = (person.get("name"), person.get("surname"))
        text = event["text"]
        title = text.partition("\n")[0].strip()
        claim = self.env["its.claim"]._register_from_outside(
            "connect",
            self.company_id,
            {
                "subject": title[:SUBJECT_SIZE]
                or self.env._("Conversation in 1C-Connect"),
                "description": text,
                "sender_name": " ".join(filter(None, names))[:200],
                "email_from": person.get("email") or False,
                "sender_phone": (person.get("phone") or "")[:50],
                "team_id": line.team_id.id,
                "external_id": event["message_ref"],
            },
            contact=contact.partner_id,
        )
        claim.connect_contact_id = contact
        return claim

    def _add_words(self, claim, text, contact):
        """Put further words of the client to his claim."""
        claim.message_post(
            body=text,
            author_id=(contact.partner_id or self.env.ref("base.partner_root")).id,
            message_type="auto_comment",
            subtype_xmlid="mail.mt_comment",
        )
        claim._client_has_written()


class ItsClaim(models.Model):
    """Whoever is linked by hand once is known from then on."""

    _inherit = "its.claim"

    connect_contact_id = fields.Many2one(
        "its.connect.contact",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="set null",
        groups="its_quality.group_administrator",
    )

    def write(self, vals):
        result = super().write(vals)
        if vals.get("partner_id"):
            for claim in self.sudo().filtered("connect_contact_id"):
                known = claim.contact_id or claim.partner_id
                claim.connect_contact_id.partner_id = known
        return result
