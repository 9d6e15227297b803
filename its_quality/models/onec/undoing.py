import contextlib

import psycopg2

from odoo import fields
from odoo.exceptions import UserError
from odoo.tools import SQL, mute_logger

from .changes import folded
from .its_import_line import BATCH
from .snapshot import snapshots_of
from .subscription_changes import plain_value
from .writing import BULK_CONTEXT


class Undoing:
    """What the last import did is taken back, what people did since stays.

    :param job: the ``its.import``
    """

    def __init__(self, job):
        self.job = job
        self.env = job.env

    def next_rows(self):
        """Find the next rows to be undone, the last ones first."""
        return self.env["its.import.line"].search(
            [
                ("import_id", "=", self.job.id),
                ("outcome", "in", ("created", "updated")),
                ("undone", "=", False),
            ],
            limit=BATCH // 4,
            order="row desc",
        )

    def undo(self, lines):
        """Undo a batch.

        :return: ``{"removed" | "archived" | "restored" | "kept": clients}``
        """
        own = self._own_clients(lines)
        self._undo_subscriptions(lines)
        self._undo_contacts(lines)
        created = lines.filtered(lambda line: line.changes["created"])
        counts = self._undo_created(created.partner_id)
        counts["restored"] = counts["kept"] = 0
        for line in lines - created:
            # Whom this import has brought goes, whatever else it has changed of them.
            if line.partner_id.exists() - own:
                counts["restored" if self._restore(line) else "kept"] += 1
                self._restore_snapshot(line)
        return counts

    def _own_clients(self, lines):
        """The clients of rows whom another row of this import has brought."""
        rows = self.env.execute_query(
            SQL(
                """
                SELECT DISTINCT partner_id FROM its_import_line
                 WHERE import_id = %s AND partner_id = ANY(%s)
                   AND (changes ->> 'created')::boolean
                """,
                self.job.id,
                lines.partner_id.ids,
            )
        )
        return self.env["res.partner"].browse([partner_id for (partner_id,) in rows])

    def _undo_subscriptions(self, lines):
        model = self.env["its.subscription"].with_context(**BULK_CONTEXT)
        added = [i for line in lines for i in line.changes["subscriptions"]]
        added = model.browse(added).exists()
        # Those that somebody has renewed since stay; what this import chained goes.
        renewals = added.next_ids | added.continued_ids
        renewed_since = renewals - self._added_subscriptions(renewals)
        (added - renewed_since.previous_id - renewed_since.continues_id).unlink()
        for line in lines:
            for subscription_id, before, after in line.changes["extended"]:
                subscription = model.browse(subscription_id).exists()
                if subscription:
                    subscription.write(
                        {
                            name: value
                            for name, value in before.items()
                            if plain_value(subscription, name) == after[name]
                        }
                    )

    def _added_subscriptions(self, subscriptions):
        """Those of the subscriptions that this import has added."""
        rows = self.env.execute_query(
            SQL(
                """
                SELECT added::int
                  FROM its_import_line line,
                       jsonb_array_elements_text(line.changes -> 'subscriptions') added
                 WHERE line.import_id = %s AND added::int = ANY(%s)
                """,
                self.job.id,
                subscriptions.ids,
            )
        )
        return subscriptions.browse([subscription_id for (subscription_id,) in rows])

    def _undo_contacts(self, lines):
        """Delete the contacts that were added to clients, but for those at work."""
        ids = [i for line in lines for i in line.changes.get("contacts", ())]
        contacts = self.env["res.partner"].with_context(active_test=False)
        contacts = contacts.search([("id", "in", ids)])
        contacts.filtered(lambda contact: not self._is_touched(contact)).unlink()

    def _undo_created(self, partners):
        """Delete the clients the import created; archive those touched since.

        A client who has been called, written to or edited, or one of whose contact
        persons has, is somebody's work, and no undoing may take that away.
        """
        people = self.env["res.partner"].with_context(active_test=False)
        # A separate division is a client of its own, wherever it came from.
        people = people.search(
            [
                ("parent_id", "in", partners.ids),
                ("commercial_partner_id", "in", partners.ids),
                ("id", "not in", partners.ids),
            ]
        )
        worked_with = (partners | people).filtered(self._is_touched)
        touched = partners & (worked_with | worked_with.parent_id)
        untouched = partners - touched
        self._archive(touched)
        snapshots_of(self.job.source_id, touched, ()).unlink()
        people.filtered(lambda person: person.parent_id in untouched).unlink()
        untouched.unlink()
        return {"removed": len(untouched), "archived": len(touched)}

    def _is_touched(self, partner):
        return (
            self._is_written_since(partner)
            or bool(partner.activity_ids)
            or bool(partner.its_subscription_ids)
            or bool(partner.user_ids)
            or bool(
                partner.message_ids.filtered(
                    lambda message: message.message_type in ("comment", "email")
                )
            )
        )

    def _is_written_since(self, record):
        """Whether somebody has written a record after the import; what is computed anew
        because this undoes it, nobody has."""
        # The end of the import is kept to the second, and so it is compared.
        written = record.write_date.replace(microsecond=0)
        is_ours = (
            self.job.undo_start
            and written >= self.job.undo_start
            and record.write_uid == self.env.user
        )
        return written > self.job.date_done and not is_ours

    def _archive(self, partners):
        partners.filtered(lambda partner: not partner.user_ids).action_archive()

    def _restore(self, line):
        """Write the former values where the card still has what the import wrote.

        :return: whether every value was restored
        """
        partner = line.partner_id.with_context(**BULK_CONTEXT)
        values, complete = {}, True
        for name, before in line.changes["before"].items():
            after = line.changes["values"][name]
            if name == "category_id":
                added = set(partner.category_id.ids) - set(before)
                values[name] = [fields.Command.unlink(i) for i in added]
            elif name == "comment" or folded(self._raw_value(partner, name)) == folded(
                after
            ):
                values[name] = before
            else:
                complete = False
        if values:
            written = (partner.write_date, partner.write_uid.id)
            if not self._is_written_since(partner):
                # As before this import, also to an earlier one that is undone next.
                date, user_id = line.changes.get("written") or (None, None)
                written = (fields.Datetime.to_datetime(date) or written[0], user_id)
            partner.write(values)
            self._set_written(partner, *written)
        return complete

    def _set_written(self, partner, date, user_id):
        partner.flush_recordset()
        self.env.cr.execute(
            SQL(
                "UPDATE res_partner SET write_date = %s,"
                " write_uid = COALESCE(%s, write_uid) WHERE id = %s",
                date,
                user_id,
                partner.id,
            )
        )
        partner.invalidate_recordset(["write_date", "write_uid"], flush=False)

    def _raw_value(self, partner, name):
        value = partner[name]
        return value.id if partner._fields[name].type == "many2one" else value

    def remove_tags(self):
        """Delete the tags of folders that this import has made, unless somebody uses
        or has changed them; the innermost first."""
        tags = self.env["res.partner.category"].with_context(active_test=False)
        tags = tags.browse(self.job.made_tag_ids or ()).exists()
        partners = self.env["res.partner"].with_context(active_test=False).sudo()
        for tag in tags.sorted("id", reverse=True):
            is_used = partners.search_count([("category_id", "=", tag.id)], limit=1)
            if is_used or tag.child_ids or self._is_written_since(tag):
                continue
            # Other apps may refer to it.
            with (
                contextlib.suppress(psycopg2.IntegrityError, UserError),
                mute_logger("odoo.sql_db"),
                self.env.cr.savepoint(),
            ):
                tag.unlink()

    def forget_contractors(self):
        """Whom this import has made out, its source does not know any more."""
        snapshots = self.env["its.import.snapshot"].sudo()
        snapshots.search([("import_id", "=", self.job.id)]).unlink()
        marked = self.env["its.import.line"].search(
            [("import_id", "=", self.job.id), ("plan", "=", "deleted")]
        )
        snapshots.browse(marked.mapped("known_id")).exists().is_marked = False

    def _restore_snapshot(self, line):
        """What the source said before this import is again what it said last."""
        before = line.changes["snapshot"]
        if before:
            snapshots_of(self.job.source_id, line.partner_id).write(before)
