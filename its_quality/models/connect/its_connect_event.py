from datetime import timedelta

from markupsafe import Markup
from psycopg2.errors import UniqueViolation

from odoo import api, fields, models
from odoo.exceptions import ConcurrencyError
from odoo.tools import SQL, formataddr

from ..base import locks
from ..base.groups import GROUP_ADMINISTRATOR
from ..claim import incoming, merging, sender
from ..claim.rules import ENDED

TEXT, FILE, OPENED, CLOSED = 1, 70, 80, 82
KEPT_DAYS = 90
SUBJECT_SIZE = 200


class ItsConnectContact(models.Model):
    """Somebody who writes through 1С-Коннект, and whose client they are, once one of
    their claims was linked to one."""

    _name = "its.connect.contact"
    _description = "1C-Connect contact"
    _order = "id desc"
    _rec_name = "user_ref"

    connect_id = fields.Many2one(
        "its.connect", required=True, readonly=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="connect_id.company_id", store=True)
    user_ref = fields.Char(string="User", required=True, readonly=True)
    counterpart_ref = fields.Char(
        string="Counterpart", readonly=True, index="btree_not_null"
    )
    name = fields.Char(readonly=True)
    partner_id = fields.Many2one(
        "res.partner",
        string="Client",
        index="btree_not_null",
        ondelete="set null",
        domain="[('commercial_partner_id.its_client', '=', True)]",
    )
    conversation_ids = fields.One2many("its.connect.conversation", "contact_id")

    _user_uniq = models.UniqueIndex("(connect_id, user_ref)")

    def _client(self):
        """The client, or the contact person, who certainly writes: linked to this
        contact, or the one firm of all linked colleagues."""
        self.ensure_one()
        if self.partner_id:
            return self.partner_id.filtered(self._may_be_client)
        if not self.counterpart_ref:
            return self.partner_id
        colleagues = self.search(
            [
                ("connect_id", "=", self.connect_id.id),
                ("counterpart_ref", "=", self.counterpart_ref),
                ("partner_id", "!=", False),
            ]
        )
        firms = colleagues.partner_id.commercial_partner_id
        return firms.filtered(self._may_be_client) if len(firms) == 1 else firms[:0]

    def _may_be_client(self, partner):
        """Whether somebody linked once still is a client of this company."""
        firm = partner.commercial_partner_id
        return (
            partner.active
            and firm.active
            and firm.its_client
            and firm.company_id in (self.company_id, firm.company_id.browse())
        )


class ItsConnectConversation(models.Model):
    """What somebody is writing about on a line, until the conversation is closed
    there."""

    _name = "its.connect.conversation"
    _description = "Conversation in 1C-Connect"

    contact_id = fields.Many2one(
        "its.connect.contact", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="contact_id.company_id", store=True)
    line_ref = fields.Char(string="Line", required=True)
    claim_id = fields.Many2one(
        "its.claim", required=True, index=True, ondelete="cascade"
    )

    _line_uniq = models.UniqueIndex("(contact_id, line_ref)")


class ItsConnectEvent(models.Model):
    """An event from 1С-Коннект, kept so that the same is not handled twice."""

    _name = "its.connect.event"
    _description = "1C-Connect Event"
    _order = "id desc"
    _log_access = False

    connect_id = fields.Many2one(
        "its.connect", required=True, readonly=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="connect_id.company_id", store=True)
    message_ref = fields.Char(string="Message", required=True, readonly=True)
    line_ref = fields.Char(string="Line", readonly=True)
    date = fields.Datetime(required=True, readonly=True, index=True)
    kind = fields.Integer(string="Type", readonly=True, aggregator=False)
    result = fields.Selection(
        [
            ("registered", "Registered"),
            ("added", "Added to a claim"),
            ("ended", "Conversation ended"),
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
        old = self.search([("date", "<", limit)], limit=10_000)
        old.unlink()
        return len(old), len(old) == 10_000


class ItsConnect(models.Model):
    """Receiving events from 1С-Коннект."""

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
        rows = self._insert(
            SQL(
                """
                INSERT INTO its_connect_event
                       (connect_id, company_id, message_ref, line_ref, date, kind)
                VALUES (%s, %s, %s, %s, %s, %s)
                ON CONFLICT (connect_id, message_ref) DO NOTHING
                RETURNING id
                """,
                self.id,
                self.company_id.id,
                event["message_ref"],
                event["line_ref"],
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
        # Of a message whose event was deleted, or came by another connection.
        claim = self.env["its.claim"].search(
            [
                ("company_id", "=", self.company_id.id),
                ("channel", "=", "connect"),
                ("external_id", "=", event["message_ref"]),
            ]
        )
        result, claim = ("registered", claim) if claim else self._handle(event)
        events.browse(rows[0][0]).write({"result": result, "claim_id": claim.id})
        return result, claim

    def _insert(self, query):
        """Insert a row that another request may be inserting in the same moment. Odoo
        then repeats the second request, which does not belong in the log.

        :return: the rows of ``RETURNING``
        """
        self.env.cr.execute(query, log_exceptions=False)
        return self.env.cr.fetchall()

    def _handle(self, event):
        nothing = "ignored", self.env["its.claim"]
        kind, text = event["kind"], event["text"]
        # Anybody may end a conversation; what specialists write is not ours.
        is_client = event["author_ref"] in ("", event["user_ref"])
        if kind != CLOSED and not (is_client and kind in (TEXT, FILE, OPENED)):
            return nothing
        contact = self._contact(event)
        conversation = contact.conversation_ids.filtered(
            lambda conversation: conversation.line_ref == event["line_ref"]
        )
        claim = merging.goes_on_in(conversation.claim_id)
        if kind == CLOSED:
            conversation.unlink()
            return ("ended", claim) if claim else nothing
        if claim and claim.state not in ENDED:
            if not text:
                return "ignored", claim
            self._add_words(claim, text, contact, is_words=kind == TEXT)
            return "added", claim
        line = self.line_ids.filtered(
            lambda line: line.line_ref.lower() == event["line_ref"]
        )
        if kind == FILE or not self._is_complaint(line, text):
            return nothing
        self._lock_message(event["message_ref"])
        try:
            claim = self._open_claim(event, contact, line)
        except UniqueViolation as error:
            raise ConcurrencyError(event["message_ref"]) from error
        conversation.unlink()
        conversation.create(
            {
                "contact_id": contact.id,
                "line_ref": event["line_ref"],
                "claim_id": claim.id,
            }
        )
        return "registered", claim

    def _lock_message(self, message_ref):
        """Lock a message that two connections of a company receive at the same moment,
        so that only one of them handles it.

        :raises ConcurrencyError: for the other; Odoo repeats its request, and then the
            claim exists
        """
        what = f"connect {self.company_id.id} {message_ref}"
        if not locks.try_for(self.env.cr, what):
            raise ConcurrencyError(message_ref)

    def _contact(self, event):
        """Who writes; locked until the event is done, so that two messages of one person
        are handled one after the other."""
        person = event["person"]
        rows = self._insert(
            SQL(
                """
                INSERT INTO its_connect_contact (
                       connect_id, company_id, user_ref, counterpart_ref, name,
                       create_uid, create_date, write_uid, write_date
                ) VALUES (%(connect)s, %(company)s, %(user)s, %(counterpart)s, %(name)s,
                          %(uid)s, now(), %(uid)s, now())
                ON CONFLICT (connect_id, user_ref) DO UPDATE SET
                       counterpart_ref = COALESCE(
                           EXCLUDED.counterpart_ref, its_connect_contact.counterpart_ref
                       ),
                       name = COALESCE(EXCLUDED.name, its_connect_contact.name)
                RETURNING id
                """,
                connect=self.id,
                company=self.company_id.id,
                user=event["user_ref"],
                counterpart=person.get("counterpart_id") or None,
                name=self._full_name(person) or None,
                uid=self.env.uid,
            )
        )
        contact = self.env["its.connect.contact"].browse(rows[0][0])
        contact.invalidate_recordset()
        return contact

    def _full_name(self, person):
        names = (person.get("name"), person.get("surname"))
        return " ".join(filter(None, names))

    def _open_claim(self, event, contact, line):
        person = event["person"]
        text = event["text"]
        claim = sender.register(
            self.env["its.claim"],
            "connect",
            self.company_id,
            {
                "subject": self._subject(text) or self._no_words(),
                "description": text,
                "sender_name": (contact.name or "")[:200],
                "email_from": person.get("email") or False,
                "sender_phone": (person.get("phone") or "")[:50],
                "team_id": line.team_id.filtered("active").id,
                "external_id": event["message_ref"],
                "connect_contact_id": contact.id,
            },
            contact=contact._client(),
        )
        return claim

    def _subject(self, text):
        return text.partition("\n")[0].strip()[:SUBJECT_SIZE]

    def _no_words(self):
        """The subject of a claim before its client has written a word; in the language
        of those who read it."""
        users = self.env["res.users"]._its_quality_managers(self.company_id)
        connect = self.with_context(lang=users[:1].lang)
        return connect.env._("Conversation in 1C-Connect")

    def _add_words(self, claim, text, contact, is_words=True):
        """Add further words of the client to their claim; the first ones are what it is
        about.

        :param is_words: whether the client has written them
        """
        if is_words and claim.state == "registered" and not claim.description:
            claim.write({"subject": self._subject(text), "description": text})
            return
        author = contact._client()
        root = self.env.ref("base.partner_root")
        address = self.company_id.email or root.email or ""
        claim.message_post(
            body=Markup("<p>%s</p>") % Markup("<br/>").join(text.splitlines()),
            author_id=author.id,
            email_from=author.email_formatted
            if author.email
            else formataddr((claim.sender_name or "1С-Коннект", address)),
            message_type="auto_comment",
            subtype_xmlid="mail.mt_comment",
        )
        incoming.client_has_written(claim)


class ItsClaim(models.Model):
    """A contact that was linked by hand once is known from then on."""

    _inherit = "its.claim"

    connect_contact_id = fields.Many2one(
        "its.connect.contact",
        string="1C-Connect contact",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="set null",
        groups=GROUP_ADMINISTRATOR,
    )

    def write(self, vals):
        result = super().write(vals)
        if {"partner_id", "contact_id"} & vals.keys():
            for claim in self.sudo().filtered("connect_contact_id"):
                known = claim.contact_id or claim.partner_id
                claim.connect_contact_id.partner_id = known
        return result
