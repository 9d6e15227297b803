import logging
from collections import Counter, defaultdict

import psycopg2

from odoo import fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tools import SQL, plaintext2html

from .its_import_change import ChangeSet
from .its_import_read import BATCH, to_json

_logger = logging.getLogger(__name__)

# Bulk writing without a chatter entry, a follower or a mail a client; base_vat of a
# firm that has it checks nothing here, because we warn and never refuse.
BULK_CONTEXT = {
    "tracking_disable": True,
    "mail_create_nosubscribe": True,
    "mail_auto_subscribe_no_notify": True,
    "mail_activity_automation_skip": True,
    "no_vat_validation": True,
    "_partners_skip_fields_sync": True,
}
# What a row is planned for that writes nothing.
LEFT_OUT = ("folder", "skip", "wrong")


class ItsImport(models.Model):
    """Writing: rows become clients, in batches that any worker may take up."""

    _inherit = "its.import"

    def _step_import(self):
        """Import the next batch of rows.

        Rows settled in a committed batch are never looked at again, so a job that was
        killed goes on where it was.

        :return: whether there is more to do
        """
        self.source_id._take_turn()
        is_first = not self.done_count
        if is_first:
            self._fill_name_keys()
            self._settle_planned_rows()
            self._mark_unchanged_rows("outcome")
            self._mark_unchanged_contracts("outcome")
        lines = self._rows(
            SQL("line.outcome IS NULL AND line.plan IS DISTINCT FROM 'deleted'"), BATCH
        )
        if lines:
            self._import_lines(lines)
        is_last = len(lines) < BATCH and not self._step_after()
        self._count_outcomes(None if is_first or is_last else lines)
        if is_last:
            self._finish("done")
        return not is_last

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
                self.id,
                self.archive_deleted,
            )
        )
        self.env.invalidate_all()

    def _count_outcomes(self, lines):
        """Count what has come of the rows.

        :param lines: those to add to what has been counted; ``None`` to count anew
        """
        if lines is None:
            counts = self._count_lines("outcome")
        else:
            ids = [line.id for line in lines]
            counts = Counter(self.outcome_counts)
            counts.update(self._count_lines("outcome", [("id", "in", ids)]))
        self._hold(wait=False)
        super().write({"outcome_counts": counts, "done_count": sum(counts.values())})

    def _import_lines(self, lines):
        """Import rows together; if that fails, one by one, to find the culprit."""
        try:
            with self.env.cr.savepoint():
                self._write_lines(lines)
        except (UserError, ValidationError, AccessError, ValueError) as error:
            self._import_or_reject(lines, str(error))
        except psycopg2.IntegrityError as error:
            sentence = self.env["its.subscription"]._sql_error_to_message(error)
            self._import_or_reject(lines, sentence)

    def _import_or_reject(self, lines, reason):
        self.env.invalidate_all()
        if len(lines) > 1:
            ids = [line.id for line in lines]
            half = len(ids) // 2
            for part in (ids[:half], ids[half:]):
                # Fetched anew: a row may follow one that has just been written.
                self._import_lines(self._rows(SQL("line.id IN %s", tuple(part))))
            return
        (line,) = lines
        _logger.info("Import %s: row %s rejected: %s", self.id, line.row, reason)
        self._settle({line: ("rejected", None, None, ["refused", "", reason, "error"])})

    def _write_lines(self, lines):
        """Write a batch: match anew, because others may have written since the check.

        :param lines: rows without an outcome, in the order of the file
        """
        matches = self._match(lines)
        changes = ChangeSet(self, lines, matches)
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
                undo = self._undo_data(line, match, change, subscriptions, changes)
                undo["contacts"] = contacts.get(line.id, [])
            partner_id = partner_ids.get(line.id)
            results[line] = (outcome, partner_id, undo, None)
        self._remember(lines, matches, partner_ids, changes, subscriptions)
        self._settle(results)

    # -------------------------------------------------------------------------
    # Clients
    # -------------------------------------------------------------------------

    def _write_clients(self, lines, matches, changes):
        """Create and update the clients of a batch.

        :return: ``{line id: partner id}``
        """
        partners = self.env["res.partner"].with_context(**BULK_CONTEXT)
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
            partner.with_context(_partners_skip_fields_sync=False).write(
                self._partner_values(changes[line].write, partner, tags)
            )
        company_id = self._shared_company_id()
        values = [
            {**self._new_client_values(changes[line], tags), "company_id": company_id}
            for line in new_lines
        ]
        digits = [changes[line].phone_digits for line in new_lines]
        created = self._create_clients(partners, values, digits)
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
        return self.company_id.id if several else False

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
        return known

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
                            "company_id": self.company_id.id,
                        }
                    )
        for (line_id, values), subscription in zip(
            owners, model.create(values_list), strict=True
        ):
            result[line_id].append((subscription, values, True))
        return result

    # -------------------------------------------------------------------------
    # What is remembered
    # -------------------------------------------------------------------------

    def _undo_data(self, line, match, change, subscriptions, changes):
        """What undoing the row needs, and what the list of changes shows."""
        done = subscriptions[line.id]
        snapshot = changes.snapshots.get(match.partner_id)
        created = match.plan in ("new", "doubtful") and not line.first_id
        return {
            "created": created,
            "shown": {} if created else change.shown,
            "values": {} if created else change.write,
            "before": {} if created else change.before,
            "subscriptions": [sub.id for sub, _values, new in done if new],
            "extended": [
                [sub.id, change.subscription_before[sub.id], values]
                for sub, values, new in done
                if values and not new
            ],
            "snapshot": None
            if created or not snapshot
            else [
                snapshot.code_key,
                snapshot.digest,
                snapshot.data,
                snapshot.subscriptions,
            ],
        }

    def _remember(self, lines, matches, partner_ids, changes, subscriptions):
        """Keep what the source said of each client, for the next import."""
        rows = {}
        for line in lines:
            partner_id = partner_ids.get(line.id)
            if not partner_id or matches[line.id].plan in LEFT_OUT:
                continue
            change = changes[line]
            row = rows.get(partner_id)
            if row is None:
                known = changes.snapshots.get(partner_id)
                row = rows[partner_id] = [
                    known.code_key if known else None,
                    known.digest if known else None,
                    dict(known.data or {}) if known else {},
                    dict(known.subscriptions or {}) if known else {},
                ]
            if not line.first_id and not line.is_contract:
                row[0] = line.code_key or row[0]
                # A row that was not understood whole is looked at again next time.
                row[1] = None if change.unresolved else line.digest
                row[2].update(change.values)
            done = subscriptions[line.id]
            if line.subscription_digest and done and not change.unresolved:
                self._remember_subscriptions(row[3], line.subscription_digest, done)
        source_id = self.source_id.id
        self.env.cr.execute(
            SQL(
                """
                INSERT INTO its_import_snapshot
                       (source_id, partner_id, code_key, digest, data, subscriptions)
                SELECT %s, (v ->> 0)::int, v ->> 1, v ->> 2, v -> 3, v -> 4
                  FROM jsonb_array_elements(%s) AS v
                ON CONFLICT (source_id, partner_id) DO UPDATE
                   SET code_key = EXCLUDED.code_key, digest = EXCLUDED.digest,
                       data = EXCLUDED.data, subscriptions = EXCLUDED.subscriptions
                """,
                source_id,
                to_json([[partner_id, *said] for partner_id, said in rows.items()]),
            )
        )

    def _remember_subscriptions(self, said, digest, done):
        """Keep what a row said of subscriptions, in place of what was said before.

        :param said: ``{hash of a row: [[subscription id, values], ...]}``, changed here
        :param done: ``[(subscription, values of the row, True if created)]``
        """
        before = dict(entry for entries in said.values() for entry in entries)
        now = [[sub.id, before.get(sub.id, {}) | values] for sub, values, _new in done]
        for known in list(said):
            said[known] = [e for e in said[known] if e[0] not in dict(now)]
            if not said[known]:
                del said[known]
        said[digest] = now

    def _settle(self, results):
        """Write outcomes, the last thing of a batch.

        :param results: ``{line: (outcome, partner id, undo data, further issue)}``
        """
        self.env.flush_all()
        told = [[line.id, *result] for line, result in results.items()]
        self.env.cr.execute(
            SQL(
                """
                UPDATE its_import_line line
                   SET outcome = v ->> 1, partner_id = (v ->> 2)::int,
                       changes = NULLIF(v -> 3, 'null'),
                       issues = CASE WHEN v -> 4 = 'null' THEN line.issues ELSE
                           COALESCE(line.issues, '[]') || jsonb_build_array(v -> 4) END,
                       has_issues = COALESCE(line.has_issues, false) OR v -> 4 != 'null'
                  FROM jsonb_array_elements(%s) AS v
                 WHERE line.id = (v ->> 0)::int
                """,
                to_json(told),
            )
        )
        self.env.invalidate_all()
