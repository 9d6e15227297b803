"""The third step, planning: what the rows of a batch mean, and what they would change.

Whom a row means has been decided for the whole file (see :mod:`.matching`); here each row
of a batch is told what that is, and compared with the client it speaks of.
"""

import re
from collections import defaultdict
from dataclasses import dataclass, field
from functools import cached_property, lru_cache

try:
    import phonenumbers
except ImportError:  # Odoo does without, and so do we
    phonenumbers = None

from odoo import fields
from odoo.exceptions import UserError
from odoo.tools import SQL, html2plaintext

from odoo.addons.phone_validation.tools.phone_validation import phone_format

from ...onec import name_key, split_emails, split_phones
from ...onec.texts import bare_fax, is_fax
from .its_import_line import BATCH, staged_rows, to_json
from .subscription_changes import SubscriptionChanges

# Field of onec -> field of res.partner, where the value goes over as it is.
PLAIN_FIELDS = {
    "full_name": "its_full_name",
    "inn": "vat",
    "kpp": "its_kpp",
    "ogrn": "company_registry",
    "okpo": "its_okpo",
    "kind": "its_kind",
    "address": "street",
    "ref": "onec_ref",
    "code": "onec_code",
    "comment": "comment",
    "website": "website",
}


# What stands on the card for people to see; a client is found by its snapshots.
KEY_FIELDS = ("onec_ref", "onec_code")

# An international number without an extension.
PLAIN_PHONE = re.compile(r"\+[\d -]+")
# The prefix of the country, or that of long distance, and ten digits.
# All of Russia is written in the same groups; those of its neighbours begin with 7.
RUSSIAN_GROUPS = re.compile(r"(?:[349][0-9]|8[02-7])[0-9]{8}\Z")
WHOLE_RUSSIAN_PHONE = re.compile(r"(?:\+7|8)(?:[ ()-]*[0-9]){10}", re.ASCII)


def plan_batch(job):
    """Plan the next rows that have no plan yet.

    :return: the number of rows planned; 0 when all are
    """
    lines = staged_rows(job, SQL("line.plan IS NULL"), BATCH)
    if not lines:
        return 0
    matches = matches_of(lines)
    changes = ChangeSet(job, lines, matches)
    rows = []
    for line in lines:
        match = matches[line.id]
        change = changes[line]
        if match.plan == "changed" and not change:
            match.plan = "unchanged"
        issues = (line.issues or []) + match.issues + change.issues
        rows.append(
            (
                line.id,
                match.plan,
                match.partner_id,
                issues or None,
            )
        )
    job.env.cr.execute(
        SQL(
            """
            UPDATE its_import_line line
               SET plan = v ->> 1, partner_id = (v ->> 2)::int,
                   issues = NULLIF(v -> 3, 'null'), has_issues = v -> 3 != 'null'
              FROM jsonb_array_elements(%s) AS v
             WHERE line.id = (v ->> 0)::int
            """,
            to_json(rows),
        )
    )
    job.env.invalidate_all()
    return len(lines)


# -----------------------------------------------------------------------------
# What rows mean
# -----------------------------------------------------------------------------


@dataclass
class Match:
    """What a row turned out to mean.

    ``partner_id`` is the client it speaks of, if one is known; ``plan`` a value of
    ``its.import.line.plan``; ``issues`` remarks in the form of ``line.issues``;
    ``follows`` tells that the card of the client is written by another contractor.
    """

    partner_id: int | None = None
    plan: str = "new"
    issues: list = field(default_factory=list)
    follows: bool = False


def matches_of(lines):
    """Say of each row of a batch what it means.

    :param lines: rows of this import, in the order of the file
    :return: ``{line id: Match}``
    """
    matches = {}
    for line in lines:
        matches[line.id] = _match_of(line, matches)
    return matches


def _match_of(line, matches):
    if line.plan in ("folder", "skip", "wrong"):
        return Match(plan=line.plan)
    if line.first_id:
        return _match_repeated(line, matches)
    if line.is_contract:
        return _match_contract(line)
    if line.verdict == "known":
        issues = []
        if line.reason:
            issues.append([line.reason, "name", line.like or "", "info"])
        return Match(line.partner_id, "changed", issues, bool(line.follows))
    if line.verdict == "doubtful":
        issue = [line.reason, "name", line.like or "", "doubt"]
        plan = "changed" if line.decision == "same" else "doubtful"
        return Match(line.partner_id, plan, [issue], bool(line.follows))
    if line.verdict == "deleted":
        return Match(line.partner_id, "deleted")
    if line.verdict == "skip":
        return Match(plan="skip")
    if line.is_joined:
        return Match(line.partner_id, "changed", follows=True)
    match = Match()
    if line.reason:
        match.issues.append([line.reason, "name", line.like or "", "warning"])
    return match


def _match_contract(line):
    """A contract of a client whom this file does not bring."""
    if line.verdict == "known":
        return Match(line.partner_id, "changed")
    owner = line.data.get("name", "")
    return Match(plan="skip", issues=[["contract_alone", "name", owner, "warning"]])


def _match_repeated(line, matches):
    """A row about a client whom an earlier row has brought."""
    first = matches.get(line.first_id)
    partner_id = first.partner_id if first else line.first_partner_id
    plan = "changed" if line.subscription_digest else "skip"
    if line.is_joined:
        plan = "changed"
    if (first.plan if first else line.first_plan) == "wrong":
        plan = "wrong"
    if line.is_contract or line.is_joined:
        return Match(partner_id, plan, follows=True)
    issue = ["repeats_row", "name", str(line.first_row), "info"]
    return Match(partner_id, plan, [issue])


# -----------------------------------------------------------------------------
# What rows change
# -----------------------------------------------------------------------------


@dataclass
class Change:
    """What one row would do to its client; false when it would do nothing.

    :param values: every value the row carries, by partner field, as it is compared
    :param write: those to be written
    :param shown: ``{field: [before, after]}`` for the eye
    :param before: ``{field: value on the card}``, as ``write`` takes it
    :param written: when, and by whom, the card was last written
    :param new_subscriptions: values to create
    :param extended: ``[(subscription known already, values to write)]``
    :param subscription_before: ``{subscription id: {field: former value}}``
    :param contacts: values of contact persons, phones and mails to add to the client
    :param phone_digits: the phone of ``values`` as Odoo compares it, if it is one
    :param issues: remarks in the form of ``its.import.line.issues``
    :param unresolved: something was not understood and may be, another time
    """

    values: dict = field(default_factory=dict)
    write: dict = field(default_factory=dict)
    shown: dict = field(default_factory=dict)
    before: dict = field(default_factory=dict)
    written: list | None = None
    new_subscriptions: list = field(default_factory=list)
    extended: list = field(default_factory=list)
    subscription_before: dict = field(default_factory=dict)
    contacts: list = field(default_factory=list)
    phone_digits: str = ""
    issues: list = field(default_factory=list)
    unresolved: bool = False

    def __bool__(self):
        return bool(
            self.write
            or self.new_subscriptions
            or any(update for _subscription, update in self.extended)
            or self.contacts
        )


class ChangeSet:
    """The changes of a batch of rows, computed from a handful of queries.

    :param job: the ``its.import``
    :param lines: its rows
    :param matches: ``{line id: Match}``
    """

    def __init__(self, job, lines, matches):
        self.job = job
        self.env = job.env
        self.lines = lines
        self.matches = matches
        self._changes = {}

    def __getitem__(self, line):
        if line.id not in self._changes:
            self._changes[line.id] = self._compute(line)
        return self._changes[line.id]

    # -------------------------------------------------------------------------
    # What is there already
    # -------------------------------------------------------------------------

    @cached_property
    def _partner_ids(self):
        ids = {match.partner_id for match in self.matches.values()}
        return list(ids - {None})

    @cached_property
    def partners(self):
        partners = self.env["res.partner"].with_context(active_test=False)
        return {p.id: p for p in partners.search([("id", "in", self._partner_ids)])}

    @cached_property
    def _all_snapshots(self):
        """What any source has said of these clients, by source and client."""
        found = (
            self.env["its.import.snapshot"]
            .sudo()
            .search(
                [
                    ("partner_id", "in", self._partner_ids),
                    ("is_leading", "=", True),
                ]
            )
        )
        return {(s.source_id, s.partner_id.id): s for s in found}

    @cached_property
    def snapshots(self):
        """What this source has said of them."""
        return {
            partner_id: snapshot
            for (source, partner_id), snapshot in self._all_snapshots.items()
            if source == self.job.source_id
        }

    @cached_property
    def _said_by_others(self):
        """``{partner id: snapshots of other sources}``, those that lead first."""
        said = defaultdict(list)
        for (source, partner_id), snapshot in self._all_snapshots.items():
            if source != self.job.source_id:
                said[partner_id].append(snapshot)
        for snapshots in said.values():
            snapshots.sort(key=lambda s: (not s.source_id.leads, s.id))
        return said

    @cached_property
    def subscriptions(self):
        return SubscriptionChanges(self.job, self._partner_ids, self.snapshots)

    @cached_property
    def managers(self):
        """``{name, login or e-mail for comparison: user}``; ``None`` where two share
        it, because a guess would give a client to a stranger."""
        users = {}

        def add(text, user):
            key = name_key(text or "")
            if key:
                users[key] = None if users.get(key, user) != user else user

        for user in self.env["res.users"].search([("share", "=", False)]):
            add(user.name, user)
            add(user.login, user)
            if user.email != user.login:
                add(user.email, user)
            family, *given = (user.name or "").split()
            if given:
                add(family + "".join(name[0] for name in given), user)
                add(family + given[0][0], user)
        return users

    # -------------------------------------------------------------------------
    # One row
    # -------------------------------------------------------------------------

    def _compute(self, line):
        match = self.matches[line.id]
        change = Change()
        if match.plan in ("folder", "skip", "wrong", "deleted"):
            return change
        partner = self.partners.get(match.partner_id)
        if match.plan == "doubtful":
            partner = None
        if not line.first_id and not line.is_contract and not match.follows:
            self._client_values(line, change)
            if partner:
                self._compare_client(partner, change)
        if line.subscription_digest:
            self.subscriptions.compare(line, partner, change)
        return change

    def _client_values(self, line, change):
        """Translate a row into values of the partner. Empty cells carry nothing: a
        file without a phone must not take the phone from the card."""
        data = line.data
        values = {
            ours: folded(data[theirs])
            for theirs, ours in PLAIN_FIELDS.items()
            if data.get(theirs)
        }
        values["name"] = data.get("name") or data.get("full_name")
        if "website" in values:
            values["website"] = self.env["res.partner"]._clean_website(
                values["website"]
            )
        self._contact_values(data, values, change)
        self._manager_value(data, values, change)
        path = line.folder_path or ([data["group"]] if data.get("group") else [])
        if path and self.job.folder_mode == "category":
            values["category_id"] = path
        change.values = values

    def _contact_values(self, data, values, change):
        """The first phone and e-mail are those of the client; each further one becomes
        a contact of theirs, so that calls and e-mails from it are recognized."""
        phones = split_phones(data.get("phone", ""))
        # One number, however it is written.
        told = {}
        for phone, digits in (read_phone(p) for p in phones if not is_fax(p)):
            told.setdefault(digits or phone, (phone, digits))
        read = list(told.values())
        emails = split_emails(data.get("email", ""))
        people = map(folded, data.get("contact_person", "").splitlines())
        change.contacts += [{"name": person} for person in people if person]
        if read:
            values["phone"], change.phone_digits = read[0]
        if emails:
            values["email"] = emails[0]
        change.contacts += [{"name": phone, "phone": phone} for phone, _ in read[1:]]
        change.contacts += [{"name": email, "email": email} for email in emails[1:]]
        others = [data.get("other_contacts")]
        # As an exchange file calls it; it is never called.
        others += [f"Факс: {bare_fax(phone)}" for phone in phones if is_fax(phone)]
        if any(others):
            values["its_other_contacts"] = "\n".join(filter(None, others))

    def _manager_value(self, data, values, change):
        name = data.get("manager")
        if not name:
            return
        user = self.managers.get(name_key(name))
        if user:
            values["user_id"] = user.id
        else:
            change.issues.append(["manager_unknown", "manager", name, "warning"])
            change.unresolved = True

    def _compare_client(self, partner, change):
        """Keep what differs, and may be written, in ``change.write``."""
        snapshot = self.snapshots.get(partner.id)
        last = snapshot.data if snapshot else {}
        kept = defaultdict(list)
        written = fields.Datetime.to_string(partner.write_date)
        change.written = [written, partner.write_uid.id]
        for name, new in change.values.items():
            current = self._current_value(partner, name, new)
            if current == new:
                continue
            if name in KEY_FIELDS:
                # Kept for each source; the card shows those of the first.
                if current and current != last.get(name):
                    continue
            elif not self.job.overwrite:
                keeper = self._keeper_of(partner, name, current, new)
                if keeper is not None:
                    kept[keeper].append(name)
                    continue
            change.write[name] = new
            change.before[name] = self._raw_value(partner, name)
            change.shown[name] = [
                self._display_value(name, current),
                self._display_value(name, new),
            ]
        if not partner.active:
            change.issues.append(["archived", "name", partner.name, "info"])
        if not partner.its_client:
            change.write["its_client"] = True
            change.before["its_client"] = False
        self._remark_on_kept(partner, kept, change)
        if change.contacts:
            known = self._known_contacts(partner)
            change.contacts = [
                contact
                for contact in change.contacts
                if contact_key(contact) not in known
            ]

    def _keeper_of(self, partner, name, current, new):
        """Say whose value of the card stays, although the file has another one.

        :return: the source that brought it; no source (empty) where it was edited in
            Odoo; ``None`` where the value of the file is written
        """
        source, snapshot = self.job.source_id, self.snapshots.get(partner.id)
        last = snapshot.data if snapshot else {}
        if name == "category_id" and not self._is_last_written(last, name, new):
            return None
        # What another source brought nobody has edited.
        other = next(
            (
                said.source_id
                for said in self._said_by_others.get(partner.id, ())
                if current and (said.data or {}).get(name) == current
            ),
            source.browse(),
        )
        if other.leads and not source.leads:
            return other
        if (
            # The file says what it said: the difference was made elsewhere.
            self._is_last_written(last, name, new)
            # The card says something else than the last import wrote.
            or (current and current != last.get(name))
        ):
            return None if other and source.leads and not other.leads else other
        return None

    def _remark_on_kept(self, partner, kept, change):
        """Say what stays as it is on the card, and whose that is."""
        for source, names in kept.items():
            labels = partner.fields_get(names, ["string"])
            told = ", ".join(labels[name]["string"] for name in names)
            if source:
                told = f"«{source.name}»: {told}"
            code = "kept_of_source" if source else "kept_in_odoo"
            change.issues.append([code, "name", told, "info"])

    def _known_contacts(self, partner):
        """The contacts of a client as :func:`contact_key` has them, archived ones too:
        what somebody put away does not come back with each file."""
        people = partner + partner.with_context(active_test=False).child_ids
        known = {("name", name_key(person.name or "")) for person in people - partner}
        known |= {("phone", digits_of(person.phone)) for person in people}
        return known | {("email", (person.email or "").lower()) for person in people}

    def _is_last_written(self, last, name, new):
        return name in last and last[name] == new

    def _current_value(self, partner, name, new):
        """The value on the card in the form the file has it."""
        if name == "user_id":
            return partner.user_id.id or ""
        if name == "comment":
            return folded(html2plaintext(partner.comment or ""))
        if name == "phone" and digits_of(partner.phone) == digits_of(new):
            # The same number, written in another way.
            return new
        if name == "category_id":
            paths = {tuple(self._category_path(tag)) for tag in partner.category_id}
            return new if tuple(new) in paths else ""
        if name == "its_other_contacts":
            return partner[name] or ""
        return folded(partner[name])

    def _raw_value(self, partner, name):
        if name == "user_id":
            return partner.user_id.id
        if name == "category_id":
            return partner.category_id.ids
        return partner[name]

    def _category_path(self, category):
        path = []
        while category:
            path.insert(0, category.name)
            category = category.parent_id
        return path

    def _display_value(self, name, value):
        if name == "user_id" and value:
            return self.env["res.users"].browse(value).name
        if name == "category_id" and value:
            return " / ".join(value)
        return value


# -----------------------------------------------------------------------------
# Values as they are compared
# -----------------------------------------------------------------------------


def folded(text):
    """A value as it is compared: runs of blanks do not count."""
    return " ".join(str(text or "").split())


def digits_of(text):
    """The digits of a phone, by which two ways to write it are compared."""
    return "".join(filter(str.isdecimal, text or ""))


def contact_key(values):
    """What makes a contact of a client another one: the phone, the mail or the name."""
    if "phone" in values:
        return "phone", digits_of(values["phone"])
    if "email" in values:
        return "email", values["email"].lower()
    return "name", name_key(values["name"])


@lru_cache(4096)
def read_phone(text):
    """Read a phone as somebody has typed it.

    :return: ``(the phone as Odoo writes it, its digits after a plus)``; the text and
        an empty string where it is not a number, or one with an extension
    """
    phone = _read_russian_phone(text)
    if not phone:
        try:
            phone = phone_format(text, "RU", "7", force_format="INTERNATIONAL")
        except UserError:
            return text, ""
    if not PLAIN_PHONE.fullmatch(phone):
        return phone, ""
    return phone, "+" + "".join(filter(str.isdecimal, phone))


def _read_russian_phone(text):
    """Read what nearly all phones are; ``phone_format`` mends numbers of some other
    countries and for that reads each twice.

    :return: the phone as ``phone_format`` writes it, or ``None`` if it is another
    """
    if phonenumbers is None:
        return None
    if WHOLE_RUSSIAN_PHONE.fullmatch(text):
        # What parsing makes of it; most phones are so, and parsing takes the longest.
        national = int(digits_of(text)[1:])
        number = phonenumbers.PhoneNumber(country_code=7, national_number=national)
    else:
        try:
            number = phonenumbers.parse(text, "RU")
        except phonenumbers.NumberParseException:
            return None
    if number.country_code != 7 or not phonenumbers.is_valid_number(number):
        return None
    national = str(number.national_number)
    if not number.extension and RUSSIAN_GROUPS.match(national):
        return f"+7 {national[:3]} {national[3:6]}-{national[6:8]}-{national[8:]}"
    international = phonenumbers.PhoneNumberFormat.INTERNATIONAL
    return phonenumbers.format_number(number, international)
