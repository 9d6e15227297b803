import hashlib
import logging
from ast import literal_eval
from datetime import timedelta

from odoo import SUPERUSER_ID, api, fields, models
from odoo.exceptions import UserError
from odoo.tools import email_normalize

from ...tools.letter_repair import END_OF_HEAD, Peek
from ...tools.letter_text import clean, read
from . import incoming, sender
from .incoming import SUBJECT_SIZE, Again, Incoming
from .letter_words import hide, words_of
from .notifying import UNANSWERED

_logger = logging.getLogger(__name__)

MIB = 1024 * 1024
# More than a mail server takes; what is longer is cut.
MAX_SIZE = 40 * MIB
WORDS_SIZE = 4_000
# Not written by a person, and possibly written by one.
AUTOMATIC = ("robot", "bounce", "loop")
KEEP_DAYS = {True: 14, False: 90}
# Once it can be read, it may answer a claim of its sender like any other letter.
UNDECIDED = ("failed", "flood")


class ItsLetter(models.Model):
    """A letter to us that did not become a claim, and why: nothing that a client sends
    is lost. One click makes it a claim."""

    _name = "its.letter"
    _description = "E-mail Set Aside"
    _order = "date desc, id desc"
    _rec_name = "subject"

    sender = fields.Char(readonly=True)
    subject = fields.Char(readonly=True)
    recipients = fields.Char(readonly=True)
    words = fields.Text(readonly=True, help="The beginning of the e-mail.")
    date = fields.Datetime(
        string="Received on",
        readonly=True,
        required=True,
        index=True,
        default=fields.Datetime.now,
    )
    reason = fields.Selection(
        [
            ("bulk", "Bulk e-mail"),
            ("flood", "Too many e-mails"),
            ("failed", "Could not be processed"),
            ("refused", "Not accepted at this address"),
            ("unroutable", "No such address"),
            ("robot", "Automatic reply or notification"),
            ("bounce", "Bounced e-mail"),
            ("loop", "Reply to a server notification"),
        ],
        string="Why it is not a claim",
        readonly=True,
        required=True,
    )
    detail = fields.Char(readonly=True, help="Technical details for the administrator.")
    automatic = fields.Boolean(
        compute="_compute_automatic", store=True, help="Not written by a person."
    )
    company_id = fields.Many2one(
        "res.company", readonly=True, required=True, index=True, ondelete="cascade"
    )
    team_id = fields.Many2one("its.team", readonly=True, ondelete="set null")
    # It may quote links that speak for the client.
    letter = fields.Binary(
        string="Original e-mail",
        attachment=True,
        readonly=True,
        groups="base.group_system",
    )
    digest = fields.Char(readonly=True, groups="base.group_system")
    is_cut = fields.Boolean(
        string="Truncated",
        readonly=True,
        help="The e-mail was too large to be kept in full.",
    )
    claim_id = fields.Many2one(
        "its.claim",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
        help="The claim created from this e-mail.",
    )
    active = fields.Boolean(default=True, readonly=True)

    _digest_uniq = models.UniqueIndex("(company_id, digest)")

    @api.depends("reason")
    def _compute_automatic(self):
        for letter in self:
            letter.automatic = letter.reason in AUTOMATIC

    @api.depends("subject", "sender")
    def _compute_display_name(self):
        for letter in self:
            letter.display_name = (
                letter.subject or letter.sender or self.env._("No subject")
            )

    # -------------------------------------------------------------------------
    # Setting aside
    # -------------------------------------------------------------------------

    @api.model
    def _set_aside(self, letter, reason, error=None):
        """Keep a letter, if it is for us: once for each company it is for.

        :param letter: ``Incoming``
        :param reason: a key of the field
        :param error: what happened, if anything did
        :return: the letters
        """
        peek = Peek(letter.raw)
        astray = reason in ("unroutable", "refused")
        places = self._places(peek, letter.model, astray=astray)
        if not places:
            return self.browse()
        digest = hashlib.sha256(letter.raw).hexdigest()
        known = self.with_context(active_test=False).search(
            [("digest", "=", digest), ("company_id", "in", list(places))]
        )
        subject = letter.values.get("subject") or peek.subject
        values = {
            "sender": peek.sender[:254],
            "subject": clean(subject)[:SUBJECT_SIZE],
            "recipients": ", ".join(sorted(peek.recipients))[:254],
            "words": self._words(letter),
            "reason": reason,
            "detail": error and clean(f"{type(error).__name__}: {error}")[:254],
            "digest": digest,
            "is_cut": len(letter.raw) > MAX_SIZE,
        }
        letters = self.with_context(its_no_index=True).create(
            [
                {**values, "company_id": company_id, "team_id": team_id}
                for company_id, team_id in places.items()
                if company_id not in known.company_id.ids
            ]
        )
        self._attachments().create(
            [
                {
                    "name": "letter.eml",
                    "raw": letter.raw[:MAX_SIZE],
                    "mimetype": "application/octet-stream",
                    "res_model": self._name,
                    "res_field": "letter",
                    "res_id": record.id,
                }
                for record in letters
            ]
        )
        _logger.info("E-mails set aside: %s, %s", reason, letters.ids)
        return letters

    @api.model
    def _attachments(self):
        return self.env["ir.attachment"].sudo().with_context(its_no_index=True)

    @api.model
    def _words(self, letter):
        """How a letter begins, without what speaks for the client."""
        if letter.values:
            words = str(letter.values.get("body") or "")
        else:
            pieces = END_OF_HEAD.split(letter.raw[: 10 * WORDS_SIZE], maxsplit=1)
            words = read(pieces[-1])
        words = hide(
            words, incoming.secrets_linked(self.env["its.claim"].sudo(), words)
        )
        return clean(words_of(words) if letter.values else words)[:WORDS_SIZE]

    @api.model
    def _places(self, peek, model=None, astray=False):
        """Which companies a letter is for.

        :param peek: ``Peek``
        :param model: to which letters without an address go
        :param astray: whether Odoo knows none of its recipients
        :return: ids of companies, with those of teams
        """
        places, claims = {}, self.env["its.claim"]
        for alias in self._aliases(peek.recipients):
            defaults = incoming.plain_defaults(
                claims, literal_eval(alias.alias_defaults)
            )
            company_id = incoming.company_of(claims, defaults).id
            places[company_id] = places.get(company_id) or defaults.get("team_id")
        if places:
            return places
        answered = self.env["mail.message"].sudo()
        if peek.references:
            answered = answered.search(
                [
                    ("message_id", "in", peek.references),
                    ("model", "=", "its.claim"),
                ]
            )
            found = claims.sudo().browse(answered.mapped("res_id")).exists()
            places = {claim.company_id.id: claim.team_id.id for claim in found}
        if not places and model == "its.claim":
            places = {self.env.company.id: False}
        if not places and astray:
            places = self._places_of_domains(peek)
        return places

    @api.model
    def _aliases(self, addresses, operator="="):
        """The addresses of ours among those of a letter; with «!=» those of others."""
        addresses = sorted(addresses)
        return (
            self.env["mail.alias"]
            .sudo()
            .search(
                [
                    ("alias_model_id.model", operator, "its.claim"),
                    "|",
                    ("alias_full_name", "in", addresses),
                    "&",
                    ("alias_incoming_local", "=", True),
                    ("alias_name", "in", [one.partition("@")[0] for one in addresses]),
                ],
                order="id",
            )
        )

    @api.model
    def _places_of_domains(self, peek):
        """Where the address is unknown, but its domain is ours; or where a letter names
        no recipient, and we have an address at all."""
        aliases = self.env["mail.alias"].sudo()
        domain = [("alias_model_id.model", "=", "its.claim")]
        if peek.recipients:
            if self._aliases(peek.recipients, "!="):
                return {}
            domains = {one.rpartition("@")[2] for one in peek.recipients}
            domain.append(("alias_domain_id.name", "in", sorted(domains)))
        alias = aliases.search(domain, order="id", limit=1)
        if not alias:
            return {}
        claims = self.env["its.claim"]
        defaults = incoming.plain_defaults(claims, literal_eval(alias.alias_defaults))
        return {incoming.company_of(claims, defaults).id: False}

    @api.model
    def _read_again(self, letter):
        """What Odoo took for a repeat: another letter with the id of one that it knows,
        or one that came to another company already.

        :return: ``Again``, nothing where it is a repeat
        """
        values = letter.values
        message_id = values["message_id"]
        known = (
            self.env["mail.message"].sudo().search([("message_id", "=", message_id)])
        )
        places = self._places(Peek(letter.raw), letter.model)
        same = known.filtered(lambda message: _is_same(message, values))
        claims = self.env["its.claim"].sudo()
        claims = claims.browse(
            same.filtered(lambda message: message.model == "its.claim").mapped("res_id")
        ).exists()
        missing = sorted(places.keys() - set(claims.company_id.ids))
        if not missing:
            return None
        mark = hashlib.sha256(
            repr(
                (
                    message_id,
                    missing,
                    values.get("email_from"),
                    values.get("subject"),
                    values.get("date"),
                    values.get("body"),
                )
            ).encode("utf-8", "replace")
        )
        return Again(f"<its-{mark.hexdigest()[:32]}@{self.env.cr.dbname}>", missing)

    # -------------------------------------------------------------------------
    # What becomes of it
    # -------------------------------------------------------------------------

    def action_make_claim(self):
        """Create a claim from the letter, or open the one created before.

        :return: an action
        :raises UserError: where somebody else is working on it
        """
        self.ensure_one()
        self.check_access("read")
        letter = self.sudo()
        if not letter.try_lock_for_update():
            raise UserError(
                self.env._(
                    "Someone else is working on this e-mail right now. Try again in a "
                    "moment."
                )
            )
        if not letter.claim_id:
            letter.claim_id = letter._make_claim()
        return letter.claim_id.sudo(False).get_formview_action()

    def action_dismiss(self):
        """Dismiss the letters: nothing has to be done about them."""
        self.check_access("read")
        self.sudo().active = False
        return True

    def action_take_back(self):
        """Return the letters to the list."""
        self.check_access("read")
        self.sudo().active = True
        return True

    def _make_claim(self):
        """Take the letter in as the gateway would have; where it cannot, what is known
        of it is enough for a claim.

        :return: the claim
        """
        chosen = self.reason not in UNDECIDED
        raw = self._raw()
        gateway = self.env["mail.thread"].sudo().with_user(SUPERUSER_ID)
        gateway = gateway.with_company(self.company_id).with_context(
            # Robots are not answered, nor are senders who may be one.
            its_unanswered=self.reason != "failed" and UNANSWERED,
        )
        defaults = {"company_id": self.company_id.id, "team_id": self.team_id.id}
        try:
            with self.env.cr.savepoint():
                return gateway._its_process_kept(Incoming(raw), defaults, chosen)
        except Exception:
            _logger.info("Letter %s cannot be read", self.id, exc_info=True)
        return self._make_plain_claim(gateway, raw)

    def _raw(self):
        return (
            self._attachments()
            .search(
                [
                    ("res_model", "=", self._name),
                    ("res_field", "=", "letter"),
                    ("res_id", "=", self.id),
                ],
                limit=1,
            )
            .raw
            or b""
        )

    def _make_plain_claim(self, gateway, raw):
        address = email_normalize(self.sender or "") or self.sender
        claim = sender.register(
            gateway.env["its.claim"],
            "email",
            self.company_id,
            {
                "subject": self.subject or self.env._("No subject"),
                "description": self.words,
                "email_from": address,
                "team_id": self.team_id.id,
            },
        )
        # Not the letter itself: its parts have not been searched for secrets.
        claim.message_post(
            body=self.env._(
                "The e-mail could not be read. The administrator can find the original "
                "under «E-mails set aside»."
            ),
            message_type="comment",
            subtype_xmlid="mail.mt_note",
        )
        return claim

    @api.autovacuum
    def _gc_letters(self):
        """Delete old letters that nobody needed."""
        now = fields.Datetime.now()
        letters = self.with_context(active_test=False)
        for automatic, days in KEEP_DAYS.items():
            letters.search(
                [
                    ("automatic", "=", automatic),
                    ("date", "<", now - timedelta(days=days)),
                    "|",
                    ("claim_id", "=", False),
                    ("reason", "!=", "failed"),
                ],
                limit=1000,
            ).unlink()


def _is_same(known, values):
    """Whether a message is this letter, and not one of a program that gives all of its
    letters the same id."""
    if email_normalize(known.email_from or "") != email_normalize(
        values.get("email_from") or ""
    ):
        return False
    subject = (values.get("subject") or "")[:SUBJECT_SIZE]
    if clean(known.subject or "")[:SUBJECT_SIZE] != clean(subject):
        return False
    if values.get("date"):
        return fields.Datetime.to_string(known.date) == values["date"]
    return words_of(known.body) == words_of(values.get("body"))
