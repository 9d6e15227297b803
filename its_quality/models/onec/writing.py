import logging
from collections import defaultdict

import psycopg2

from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tools import SQL, plaintext2html

from .changes import ChangeSet, matches_of
from .its_import_line import BATCH, TO_IMPORT, settle, staged_rows
from .matching import Matching
from .preparing import Prepared, say_kinds
from .reading import settle_unchanged
from .snapshot import LEFT_OUT, remember, undo_data

_logger = logging.getLogger(__name__)

# Bulk writing without a chatter entry, a follower or a mail a client. base_vat of a firm
# that has it checks no tax number here: the file is warned about, and undoing and what
# goes along with a number bring nothing new.
BULK_CONTEXT = {
    "tracking_disable": True,
    "mail_create_nosubscribe": True,
    "mail_auto_subscribe_no_notify": True,
    "mail_activity_automation_skip": True,
    "no_vat_validation": True,
}


class Writing:
    """The fourth step: rows become clients, in batches that any worker may take up.

    :param job: the ``its.import``
    """

    def __init__(self, job):
        self.job = job
        self.env = job.env

    def begin(self):
        """Settle what is settled already: rows that name no client, those that the
        source has told before; and see once more whom the others mean."""
        self._settle_planned_rows()
        settle_unchanged(self.job, "outcome")
        Matching(self.job).match(TO_IMPORT)

    def go_on(self):
        """See whom rows mean, if somebody else has come since."""
        matching = Matching(self.job)
        if matching.clients_came_since():
            matching.match(TO_IMPORT)

    def next_rows(self):
        """Fetch the rows of the next batch. Rows settled in a committed batch are never
        looked at again, so a job that was killed goes on where it was."""
        todo = SQL("line.outcome IS NULL AND line.plan IS DISTINCT FROM 'deleted'")
        return staged_rows(self.job, todo, BATCH)

    def _settle_planned_rows(self):
        """Rows that name no client end at once."""
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                """
                UPDATE its_import_line
                   SET outcome = CASE plan WHEN 'wrong' THEN 'rejected'
                                           ELSE 'skipped' END
                 WHERE import_id = %s AND outcome IS NULL
                   AND (plan IN ('wrong', 'folder', 'skip')
                        OR plan = 'deleted' AND (decision = 'skip' OR NOT %s)
                        OR plan = 'doubtful' AND decision = 'skip')
                   AND first_line_id IS NULL
                """,
                self.job.id,
                self.job.archive_deleted,
            )
        )
        self.env.invalidate_all()

    def write_rows(self, lines):
        """Import rows together; if that fails, one by one, to find the culprit."""
        try:
            with self.env.cr.savepoint():
                self._write_together(lines)
        except (UserError, ValidationError, AccessError, ValueError) as error:
            self._divide_or_reject(lines, str(error))
        except psycopg2.IntegrityError as error:
            sentence = self.env["its.subscription"]._sql_error_to_message(error)
            self._divide_or_reject(lines, sentence)

    def _divide_or_reject(self, lines, reason):
        """Write the halves of a batch that failed; refuse the row that is left."""
        self.env.invalidate_all()
        if len(lines) > 1:
            ids = [line.id for line in lines]
            half = len(ids) // 2
            for part in (ids[:half], ids[half:]):
                # Fetched anew: a row may follow one that has just been written.
                self.write_rows(
                    staged_rows(self.job, SQL("line.id IN %s", tuple(part)))
                )
            return
        (line,) = lines
        _logger.info("Import %s: row %s rejected: %s", self.job.id, line.row, reason)
        settle(
            self.env, {line: ("rejected", None, None, ["refused", "", reason, "error"])}
        )

    def _write_together(self, lines):
        """Write a batch.

        :param lines: rows without an outcome, in the order of the file
        """
        matches = matches_of(lines)
        changes = ChangeSet(self.job, lines, matches)
        partner_ids = self._write_clients(lines, matches, changes)
        contacts = self._write_contacts(lines, partner_ids, changes)
        subscriptions = self._write_subscriptions(lines, partner_ids, changes)
        results = {}
        for line in lines:
            match, change = matches[line.id], changes[line]
            if match.plan in LEFT_OUT:
                outcome = "rejected" if match.plan == "wrong" else "skipped"
            elif line.first_id and not partner_ids.get(line.id):
                # The row that was to bring the client was left out or rejected.
                outcome = "skipped"
            elif match.plan in ("new", "doubtful"):
                outcome = "created"
            else:
                outcome = "updated" if change else "unchanged"
            undo = None
            if outcome in ("created", "updated"):
                undo = undo_data(line, match, change, subscriptions, changes)
                undo["contacts"] = contacts.get(line.id, [])
            partner_id = partner_ids.get(line.id)
            results[line] = (outcome, partner_id, undo, None)
        remember(self.job, lines, matches, partner_ids, changes, subscriptions)
        settle(self.env, results)

    # -------------------------------------------------------------------------
    # Clients
    # -------------------------------------------------------------------------

    def _write_clients(self, lines, matches, changes):
        """Create and update the clients of a batch.

        :return: ``{line id: partner id}``
        """
        partners = self.env["res.partner"].with_context(**BULK_CONTEXT)
        if self.job.refuse_wrong_inn:
            partners = partners.with_context(no_vat_validation=False)
        partner_ids, new_lines, changed_lines = {}, [], []
        for line in lines:
            match = matches[line.id]
            if match.plan in ("new", "doubtful") and not line.first_id:
                new_lines.append(line)
            elif match.partner_id:
                partner_ids[line.id] = match.partner_id
                if changes[line].write:
                    changed_lines.append(line)
        to_write = [changes[line].values for line in new_lines]
        to_write += [changes[line].write for line in changed_lines]
        paths = {tuple(values.get("category_id") or ()) for values in to_write}
        tags = self._folder_tags(paths)
        # Together, so that what is read of one is read of all.
        changed = partners.browse([partner_ids[line.id] for line in changed_lines])
        for line, partner in zip(changed_lines, changed, strict=True):
            partner.write(self._partner_values(changes[line].write, partner, tags))
        company_id = self._shared_company_id()
        values = [
            {**self._new_client_values(changes[line], tags), "company_id": company_id}
            for line in new_lines
        ]
        phones = {
            changes[line].values.get("phone"): changes[line].phone_digits
            for line in new_lines
        }
        name_keys = {changes[line].values["name"]: line.name_key for line in new_lines}
        created = self._create_clients(partners, values, phones, name_keys)
        partner_ids.update(
            zip([line.id for line in new_lines], created.ids, strict=True)
        )
        for line in lines:
            if line.first_id:
                partner_id = partner_ids.get(line.first_id) or line.first_partner_id
                if partner_id:
                    partner_ids[line.id] = partner_id
        return partner_ids

    def _write_contacts(self, lines, partner_ids, changes):
        """Create the contact persons and further phones and mails of clients.

        :return: ``{line id: [id of a contact]}``
        """
        owners, values_list = [], []
        for line in lines:
            change = changes[line]
            for values in change.contacts if partner_ids.get(line.id) else ():
                owners.append(line.id)
                values_list.append(
                    {
                        **values,
                        "parent_id": partner_ids[line.id],
                        "type": "contact",
                        "user_id": change.values.get("user_id", False),
                    }
                )
        partners = self.env["res.partner"].with_context(**BULK_CONTEXT)
        contacts = defaultdict(list)
        created = partners.create(values_list)
        for line_id, contact in zip(owners, created, strict=True):
            contacts[line_id].append(contact.id)
        return contacts

    def _new_client_values(self, change, tags):
        values = self._partner_values(change.values, self.env["res.partner"], tags)
        values["its_client"] = True
        values["is_company"] = values.get("its_kind") != "person"
        return values

    def _shared_company_id(self):
        """Clients are shared while there is one company, as Odoo's own are."""
        several = self.env["res.company"].sudo().search_count([], limit=2) > 1
        return self.job.company_id.id if several else False

    def _partner_values(self, compared, partner, tags):
        """Turn compared values into what ``write`` takes.

        :param tags: ``{path of a folder: id of its tag}``
        """
        values = dict(compared)
        if "comment" in values:
            values["comment"] = plaintext2html(values["comment"])
        if "category_id" in values:
            tag_id = tags[tuple(values["category_id"])]
            values["category_id"] = [fields.Command.link(tag_id)]
        if "its_kind" in values and partner:
            values["is_company"] = values["its_kind"] != "person"
        return values

    def _folder_tags(self, paths):
        """Find the tags of folders; create them, and those above, where missing.

        :param paths: of names, the outermost folder first
        :return: ``{path: id of the tag}``
        """
        model = self.env["res.partner.category"].with_context(active_test=False)
        known = {(): False}
        for depth in range(1, max(map(len, paths), default=0) + 1):
            level = {path[:depth] for path in paths if len(path) >= depth}
            found = model.search(
                [
                    ("name", "in", [path[-1] for path in level]),
                    ("parent_id", "in", [known[path[:-1]] for path in level]),
                ]
            )
            places = {}
            for tag in found:
                places.setdefault((tag.parent_id.id, tag.name), tag.id)
            missing = []
            for path in sorted(level):
                tag_id = places.get((known[path[:-1]], path[-1]))
                if tag_id:
                    known[path] = tag_id
                else:
                    missing.append(path)
            created = model.create(
                [{"name": path[-1], "parent_id": known[path[:-1]]} for path in missing]
            )
            known.update(zip(missing, created.ids, strict=True))
            if created:
                self.job.made_tag_ids = (self.job.made_tag_ids or []) + created.ids
        return known

    def _create_clients(self, partners, values_list, phones, name_keys):
        """Create clients that have no parent; it all goes through ``create`` of
        ``res.partner``, so what other addons do there is done.

        :param partners: an empty recordset with the context to create in
        :param values_list: their values, in the order of which they come back
        :param phones: ``{phone: as Odoo compares it}``
        :param name_keys: ``{name: for comparison}``
        """
        if not values_list:
            return partners
        say_kinds(partners, values_list)
        prepared = Prepared(partners, values_list, phones, name_keys)
        context = {"its_clients_prepared": prepared}
        if prepared.nothing_to_synchronize():
            context["_partners_skip_fields_sync"] = True
        created = partners.with_context(**context).create(values_list)
        return created.with_env(partners.env)

    # -------------------------------------------------------------------------
    # Subscriptions
    # -------------------------------------------------------------------------

    def _write_subscriptions(self, lines, partner_ids, changes):
        """Create and update subscriptions.

        :return: ``{line id: [(subscription, values of the row, True if created)]}``
        """
        model = self.env["its.subscription"].with_context(**BULK_CONTEXT)
        values_list, owners, result = [], [], {}
        for line in lines:
            change = changes[line]
            done = result.setdefault(line.id, [])
            for subscription, update in change.extended:
                if update:
                    model.browse(subscription.id).write(update)
                done.append((subscription, update, False))
            for values in change.new_subscriptions:
                if partner_ids.get(line.id):
                    owners.append((line.id, values))
                    values_list.append(
                        {
                            "date_start": False,
                            **values,
                            "partner_id": partner_ids[line.id],
                            "company_id": self.job.company_id.id,
                        }
                    )
        for (line_id, values), subscription in zip(
            owners, model.create(values_list), strict=True
        ):
            result[line_id].append((subscription, values, True))
        return result
