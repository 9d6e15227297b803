from collections import Counter
from datetime import datetime

from dateutil.relativedelta import relativedelta
from psycopg2 import IntegrityError

from odoo import SUPERUSER_ID, api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL, format_date

from ...tools.by_code import by_code
from ..base.groups import GROUP_ADMINISTRATOR, GROUP_QUALITY_MANAGER
from .its_consent import KINDS
from .personal import Place, Spellings, Sweep, names_person

KINDS_OF_REQUEST = [
    ("export", "Data handed out"),
    ("anonymize", "Made anonymous"),
    ("erase", "Erased"),
]
# Of the card; what says nothing of the person stays.
STAYING = frozenset(
    {"name", "complete_name", "display_name", "lang", "tz", "type", "company_name"}
)
EMPTIED_KINDS = ("char", "text", "html", "binary", "image", "date", "properties")


class ItsPersonalRequest(models.Model):
    """What was done with the data of a person, by whom and why: the record that the law
    on personal data asks for. It does not say who the person was.

    Here is also the way it is done. Each room adds where it keeps something of a person
    (:meth:`_its_places`), why nothing may be erased yet (:meth:`_its_why_not`), and what
    it forgets after some years (:meth:`_its_forget`).
    """

    _name = "its.personal.request"
    _description = "Personal Data Request"
    _order = "id desc"

    kind = fields.Selection(KINDS_OF_REQUEST, required=True, readonly=True)
    date = fields.Datetime(
        required=True, readonly=True, default=fields.Datetime.now, index=True
    )
    user_id = fields.Many2one(
        "res.users",
        string="Done by",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
        default=lambda self: self.env.user,
    )
    company_id = fields.Many2one(
        "res.company",
        required=True,
        readonly=True,
        index=True,
        default=lambda self: self.env.company,
    )
    card_ref = fields.Integer(
        string="Number of the card", readonly=True, aggregator=False
    )
    client_id = fields.Many2one(
        "res.partner",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
    )
    reason = fields.Text(required=True, readonly=True)
    outcome = fields.Text(
        string="What was done", readonly=True, help="How many records of which kind."
    )

    @api.depends("kind", "card_ref")
    def _compute_display_name(self):
        kinds = dict(self._fields["kind"]._description_selection(self.env))
        for request in self:
            request.display_name = self.env._(
                "%(what)s: card %(number)s",
                what=kinds.get(request.kind, ""),
                number=request.card_ref,
            )

    # -------------------------------------------------------------------------
    # What the rooms add
    # -------------------------------------------------------------------------

    @api.model
    def _its_places(self, person):
        """Where something of a person is kept; the card itself is not among them.

        :return: a list of :class:`~.personal.Place`
        """
        return [
            Place(
                "its.consent",
                [("partner_id", "=", person.id)],
                told=("kind", "answer", "date", "source", "words"),
                words=("source",),
            )
        ]

    @api.model
    def _its_why_not(self, person):
        """Why the data of a person cannot be erased now.

        :return: a list of sentences
        """
        if person.is_company and person.its_kind != "sole_trader":
            return [
                self.env._(
                    "%(name)s is a firm. Choose the person whose data are asked for.",
                    name=person.name,
                )
            ]
        if person.with_context(active_test=False).user_ids.filtered(
            lambda user: not user.share
        ):
            return [
                self.env._(
                    "%(name)s is a user of this database. Whoever leaves the firm is "
                    "archived among the users.",
                    name=person.name,
                )
            ]
        running = person.its_subscription_ids.filtered(
            lambda one: one.state in ("upcoming", "active", "expiring")
        )
        if running:
            ends = [day for day in running.mapped("date_end") if day]
            return [
                self.env._(
                    "%(name)s has a subscription until %(date)s, and a contract cannot "
                    "be kept without their data. Cancel it first.",
                    name=person.name,
                    date=format_date(self.env, max(ends)) if ends else "∞",
                )
            ]
        return []

    @api.model
    def _its_phone_keys(self, person):  # pylint: disable=unused-argument
        """The phone numbers of a person, as they are compared.

        :return: a list of ten digits each
        """
        return []

    @api.model
    def _its_consents(self, client):
        """The consents of a client, with the words they were given by.

        :return: a list of dictionaries, the latest first
        """
        labels = dict(
            self.env["its.consent"]._fields["kind"]._description_selection(self.env)
        )
        answers = dict(
            self.env["its.consent"]._fields["answer"]._description_selection(self.env)
        )
        found = self.env["its.consent"].search([("partner_id", "child_of", client.ids)])
        return [
            {
                "whose": consent.partner_id.name,
                "kind": labels[consent.kind],
                "answer": answers[consent.answer],
                "date": consent.date,
                "source": consent.source,
                "words": consent.words,
                "written": consent.date_written,
                "user": consent.user_id.name,
            }
            for consent in found
        ]

    @api.model
    def _its_forget(self, company):  # pylint: disable=unused-argument
        """Forget what a company keeps no longer, a batch of it.

        :return: how many records were forgotten
        """
        return 0

    # -------------------------------------------------------------------------
    # Handing out
    # -------------------------------------------------------------------------

    @api.model
    def _its_check_may(self, person):
        """Quality managers and administrators answer for personal data.

        :raises AccessError: to whomever else, and about cards they may not see
        """
        user = self.env.user
        if not self.env.su and not (
            user.has_group(GROUP_QUALITY_MANAGER) or user.has_group(GROUP_ADMINISTRATOR)
        ):
            raise AccessError(
                self.env._(
                    "Personal data are handed out and erased by quality managers and "
                    "administrators."
                )
            )
        person._its_by_role().check_access("read")

    @api.model
    def _its_data(self, person):
        """All that is kept about a person.

        :return: a list of ``(title, rows)``, each row a list of ``(label, text)``
        """
        card = person.sudo()
        names = [
            name
            for name, field in card._fields.items()
            if field.type in ("char", "text", "html", "date", "selection")
            and field.store
            and card[name]
        ]
        found = [(self._title("res.partner"), [self._row(card, sorted(names))])]
        for place in self._its_places(card):
            records = self._records(place)
            if place.told and records:
                rows = [self._row(record, place.told) for record in records]
                found.append((self._title(place.model), rows))
        return found

    @api.model
    def _its_files(self, person):
        """The files among them.

        :return: a list of ``(name, bytes)``
        """
        found = []
        for place in self._its_places(person.sudo()):
            if place.files:
                found += [
                    (f"{file.id}-{file.name}".replace("/", "_"), file.raw or b"")
                    for file in self._files_of(place, self._records(place))
                ]
        return found

    def _row(self, record, names):
        row = []
        for name in names:
            field = record._fields[name]
            value = field.convert_to_export(record[name], record)
            if isinstance(value, datetime):
                value = fields.Datetime.context_timestamp(record, value)
                value = value.strftime("%Y-%m-%d %H:%M")
            if field.type == "selection":
                value = dict(field._description_selection(self.env)).get(
                    record[name], value
                )
            if value or value == 0:
                row.append((field._description_string(self.env), str(value)))
        return row

    def _title(self, model):
        return self.env["ir.model"]._get(model).name

    @api.model
    def _records(self, place):
        model = self.env[place.model].sudo().with_context(active_test=False)
        return model.search(place.domain, order="id")

    def _attachments(self, records):
        """The files of records, and of what was written about them."""
        files = self.env["ir.attachment"].sudo()
        if not records:
            return files
        domain = [("res_model", "=", records._name), ("res_id", "in", records.ids)]
        # Files of fields are found only by those who ask for them.
        found = files.search([*domain, ("id", "!=", False), ("res_field", "=", False)])
        found |= files.search([*domain, ("res_field", "!=", False)])
        if records._name == "mail.message":
            found |= records.attachment_ids
        return found

    def _files_of(self, place, records):
        """The files that came from the person: what our people have filed on a record
        of theirs is ours, unless it names them."""
        files = self._attachments(records)
        if place.whole or place.model == "mail.message":
            return files
        return files.filtered(
            lambda file: file.create_uid.share or file.create_uid.id == SUPERUSER_ID
        )

    # -------------------------------------------------------------------------
    # Erasing
    # -------------------------------------------------------------------------

    @api.model
    def _its_spellings(self, person, also=""):
        """How a person is written in words that do not belong to them alone.

        What another card has, too, is not looked for: it would be taken from others.

        :param also: further spellings, one a line
        :return: the :class:`~.personal.Spellings`, and what others share
        """
        self.env.flush_all()
        person = person.sudo()
        users = person.with_context(active_test=False).user_ids
        mails = ", ".join(filter(None, [person.email, *users.mapped("login")]))
        lines = [line for line in (also or "").splitlines() if len(line.split()) > 1]
        whole = Spellings(
            person.name, mails, self._its_phone_keys(person), tuple(lines)
        )
        shared = []
        for kind, column in (
            ("names", "name"),
            ("mails", "email"),
            ("phones", "phone"),
        ):
            own = []
            for pattern in getattr(whole, kind):
                rows = self.env.execute_query(
                    SQL(
                        "SELECT 1 FROM res_partner WHERE id <> %s AND %s ~ %s LIMIT 1",
                        person.id,
                        SQL.identifier(column),
                        pattern,
                    )
                )
                if rows:
                    shared.append(column)
                else:
                    own.append(pattern)
            setattr(whole, kind, own)
        return whole, list(dict.fromkeys(shared))

    @api.model
    def _its_found(self, person, also=""):
        """What erasing would change.

        :return: a list of sentences
        """
        spellings, shared = self._its_spellings(person, also)
        counts = Counter()
        for place in self._its_places(person.sudo()):
            counts[place.model] += len(self._records(place))
        own, others = Sweep(self.env(su=True), spellings.patterns()).find()
        named = Counter(own)
        named.subtract(counts)
        named["res.partner"] -= 1
        return self._told(counts, +named, others, shared)

    def _told(self, counts, named, others, shared):
        def listed(counter):
            return ", ".join(
                f"{self._title(name)}: {count}"
                for name, count in sorted(counter.items())
                if count
            )

        lines = []
        if listed(counts):
            lines.append(self.env._("Theirs: %(list)s.", list=listed(counts)))
        if listed(named):
            lines.append(
                self.env._("Named in other records: %(list)s.", list=listed(named))
            )
        if listed(others):
            lines.append(
                self.env._(
                    "Named in records of other apps, which stay as they are: %(list)s.",
                    list=listed(others),
                )
            )
        labels = self.env["res.partner"]._fields
        if shared:
            lines.append(
                self.env._(
                    "Other cards have the same, so it stays where it is theirs: "
                    "%(list)s.",
                    list=", ".join(
                        labels[name]._description_string(self.env) for name in shared
                    ),
                )
            )
        return lines

    @api.model
    def _its_record(self, kind, person, reason, outcome=""):
        """Keep that something was done.

        :return: the request
        """
        firm = person.commercial_partner_id
        return self.sudo().create(
            {
                "kind": kind,
                "user_id": self.env.uid,
                "company_id": (person.company_id or self.env.company).id,
                "card_ref": person.id,
                "client_id": firm.id if firm != person else False,
                "reason": reason,
                "outcome": outcome,
            }
        )

    @api.model
    def _its_erase(self, person, kind, reason, also=""):
        """Take a person out of the database; the figures stay.

        :param person: a contact person, or a client who is no firm
        :param kind: ``anonymize``, or ``erase`` for the card as well
        :param reason: why, in words
        :param also: other spellings of the person, one a line
        :return: the request that keeps account of it
        :raises UserError: saying what has to be done first
        """
        person.ensure_one()
        self._its_check_may(person)
        reasons = self._its_why_not(person.sudo())
        if reasons:
            raise UserError("\n".join(reasons))
        quiet = self.sudo().with_context(tracking_disable=True, active_test=False)
        card = by_code(quiet.env["res.partner"].browse(person.id))
        return quiet._erase(card, kind, reason, also)

    def _erase(self, person, kind, reason, also):
        erased = self.env._("[erased]")
        spellings, shared = self._its_spellings(person, also)
        pattern = spellings.patterns()
        record = self._its_record(kind, person, reason)
        self.env.flush_all()
        counts = Counter()
        for place in self._its_places(person):
            records = self._records(place)
            counts[place.model] += len(records)
            self._empty(place, records, erased)
        files = self._named_files(person, pattern)
        counts["ir.attachment"] += len(files)
        files.unlink()
        self._empty_card(person)
        self.env.flush_all()
        own, others = Sweep(self.env, pattern).run(erased) if pattern else ({}, {})
        named = Counter(own)
        named["its.personal.request"] = 0
        lines = self._told(+counts, +named, others, shared)
        if kind == "erase" and not self._unlink_card(person):
            lines.append(
                self.env._(
                    "The card is still referred to, so it stays, archived and without "
                    "a name."
                )
            )
        self.env.cr.execute(
            SQL(
                "UPDATE its_personal_request SET outcome = %s WHERE id = %s",
                "\n".join(lines),
                record.id,
            )
        )
        self.env.invalidate_all()
        return record

    def _empty(self, place, records, erased):
        """Take the person out of records that are about them."""
        if not records:
            return
        if place.files:
            self._files_of(place, records).unlink()
        if place.whole:
            records.unlink()
            return
        table = SQL.identifier(records._table)
        for name in place.words:
            self.env.cr.execute(
                SQL(
                    "UPDATE %s SET %s = %s WHERE id IN %s AND %s <> ''",
                    table,
                    SQL.identifier(name),
                    erased,
                    tuple(records.ids),
                    SQL.identifier(name),
                )
            )
        for name in place.emptied:
            self.env.cr.execute(
                SQL(
                    "UPDATE %s SET %s = NULL WHERE id IN %s",
                    table,
                    SQL.identifier(name),
                    tuple(records.ids),
                )
            )
        records.invalidate_recordset(flush=False)

    def _named_files(self, person, pattern):
        """The files of the client's records that name the person."""
        found = self.env["ir.attachment"]
        if not pattern:
            return found
        for records in self._its_filed(person):
            found |= self._attachments(records).filtered(
                lambda file: names_person(file.raw or b"", pattern)
            )
        return found

    @api.model
    def _its_filed(self, person):
        """The records whose files may name a person.

        :return: a list of recordsets
        """
        firm = person.commercial_partner_id
        messages = self.env["mail.message"].search(
            [("model", "=", "res.partner"), ("res_id", "in", (person | firm).ids)]
        )
        return [person | firm, messages]

    def _empty_card(self, person):
        users = person.user_ids
        if users:
            # What Odoo does for who gives up the portal.
            users._deactivate_portal_user()
            self.env["res.users.deletion"].search(
                [("user_id", "in", users.ids)]
            ).unlink()
        self.env["mail.followers"].search([("partner_id", "=", person.id)]).unlink()
        self.env["mail.mail"].search(
            [("recipient_ids", "in", person.ids), ("state", "!=", "sent")]
        ).unlink()
        person.bank_ids.unlink()
        kept = set(STAYING)
        if person.parent_id:
            # They are the firm's, and go up to it again.
            kept |= {*person._commercial_fields(), *person._address_fields()}
        values = {
            name: False
            for name, field in person._fields.items()
            if field.type in EMPTIED_KINDS
            and field.store
            and not field.required
            and not (field.compute and field.readonly)
            and not field.related
            and name not in kept
        }
        values.update(dict.fromkeys(KINDS.values(), "refused"))
        values["name"] = self.env._("Erased person %(number)s", number=person.id)
        values["active"] = False
        # Odoo archives nobody with a user whom a search finds.
        person.with_context(active_test=True).write(values)

    def _unlink_card(self, person):
        try:
            with self.env.cr.savepoint():
                person.unlink()
                self.env.flush_all()
        except (UserError, IntegrityError):
            return False
        return True

    # -------------------------------------------------------------------------
    # Forgetting
    # -------------------------------------------------------------------------

    @api.model
    def _its_kept_since(self, company, years):
        """From which day on something is kept.

        :param years: how many; zero is for ever
        :return: a date, or ``None``
        """
        return company._its_today() - relativedelta(years=years) if years > 0 else None

    @api.model
    def _cron_forget(self):
        """Forget what companies keep no longer, batch by batch."""
        cron = self.env["ir.cron"]
        for company in self.env["res.company"].search([]):  # pylint: disable=no-search-all
            while count := self.sudo()._its_forget(company):
                # How many are left is not counted: that there are is enough to go on.
                if not cron._commit_progress(count, remaining=1):
                    return
        cron._commit_progress(remaining=0)
