from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from .changes import folded
from .its_import import WORKING
from .reading import BATCH
from .subscription_changes import plain_value
from .writing import BULK_CONTEXT


class ItsImport(models.Model):
    """Undoing: what the last import did is taken back, what people did since stays."""

    _inherit = "its.import"

    undo_counts = fields.Json(readonly=True, copy=False)
    undo_summary = fields.Char(compute="_compute_undo_summary")
    can_undo = fields.Boolean(compute="_compute_can_undo")

    @api.depends("undo_counts")
    def _compute_undo_summary(self):
        for job in self:
            counts = job.undo_counts or {}
            job.undo_summary = bool(counts) and self.env._(
                "Clients deleted: %(removed)s; archived, because somebody has worked "
                "with them since: %(archived)s; restored: %(restored)s; left as edited "
                "since: %(kept)s.",
                removed=counts.get("removed", 0),
                archived=counts.get("archived", 0),
                restored=counts.get("restored", 0),
                kept=counts.get("kept", 0),
            )

    def _compute_can_undo(self):
        for job in self:
            job.can_undo = (
                job.state in ("done", "cancelled") and not job._later_imports()
            )

    def _later_imports(self):
        """Imports of the same source that wrote clients after this one."""
        self.ensure_one()
        later = self.search(
            [
                ("source_id", "=", self.source_id.id),
                "|",
                ("date_start", ">", self.date_start),
                "&",
                ("date_start", "=", self.date_start),
                ("id", ">", self.id),
                ("state", "in", ("running", "done", "cancelled", "undoing")),
            ]
        )
        # One that has changed nothing, as most nights, is in nobody's way.
        return later.filtered(
            lambda job: job.state in WORKING or job.created_count or job.updated_count
        )[:1]

    def action_undo(self):
        """Take back what this import did, if nothing was imported after it."""
        self.ensure_one()
        if not self.can_undo:
            raise UserError(
                self.env._(
                    "Only the last import of a source can be undone, "
                    "and only after it has finished."
                )
            )
        self._start("undoing")

    def _step_undo(self):
        """Undo the next rows, the last ones first.

        :return: whether there is more to do
        """
        self.source_id._take_turn()
        lines = self.env["its.import.line"].search(
            [
                ("import_id", "=", self.id),
                ("outcome", "in", ("created", "updated")),
                ("undone", "=", False),
            ],
            limit=BATCH // 4,
            order="row desc",
        )
        if not lines:
            self._forget_contractors()
            self._finish("undone")
            return False
        counts = self.undo_counts or {}
        for name, count in self._undo_lines(lines).items():
            counts[name] = counts.get(name, 0) + count
        lines.undone = True
        super().write(
            {"undo_counts": dict(counts), "done_count": self.done_count + len(lines)}
        )
        return True

    def _undo_lines(self, lines):
        """Undo a batch.

        :return: ``{"removed" | "archived" | "restored" | "kept": clients}``
        """
        self._undo_subscriptions(lines)
        self._undo_contacts(lines)
        created = lines.filtered(lambda line: line.changes["created"])
        counts = self._undo_created(created.partner_id)
        counts["restored"] = counts["kept"] = 0
        for line in lines - created:
            if line.partner_id:
                counts["restored" if self._restore(line) else "kept"] += 1
                self._restore_snapshot(line)
        return counts

    def _undo_subscriptions(self, lines):
        model = self.env["its.subscription"].with_context(**BULK_CONTEXT)
        added = [i for line in lines for i in line.changes["subscriptions"]]
        added = model.browse(added).exists()
        # Those that somebody has renewed since stay; what this import chained goes.
        renewed_since = added.next_ids - self._added_subscriptions(added.next_ids)
        (added - renewed_since.previous_id).unlink()
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
                self.id,
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

        A client who has been called, written to or edited is somebody's work, and no
        undoing may take that away.
        """
        touched = partners.filtered(lambda partner: self._is_touched(partner))
        untouched = partners - touched
        self._archive(touched)
        self._snapshots_of(touched, ()).unlink()
        # A separate division is a client of its own, whoever has brought him.
        untouched.child_ids.filtered(lambda child: not child.its_client).unlink()
        untouched.unlink()
        return {"removed": len(untouched), "archived": len(touched)}

    def _is_touched(self, partner):
        return (
            # The end of the import is kept to the second, and so it is compared.
            partner.write_date.replace(microsecond=0) > self.date_done
            or bool(partner.activity_ids)
            or bool(partner.its_subscription_ids)
            or bool(partner.user_ids)
            or bool(
                partner.message_ids.filtered(
                    lambda message: message.message_type in ("comment", "email")
                )
            )
        )

    def _archive(self, partners):
        partners.filtered(lambda partner: not partner.user_ids).action_archive()

    def _restore(self, line):
        """Write the former values where the card still has what the import wrote.

        :return: whether every value was restored
        """
        partner = line.partner_id.with_context(
            **BULK_CONTEXT | {"_partners_skip_fields_sync": False}
        )
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
        partner.write(values)
        return complete

    def _raw_value(self, partner, name):
        value = partner[name]
        return value.id if partner._fields[name].type == "many2one" else value

    def _snapshots_of(self, partners, domain=(("is_leading", "=", True),)):
        """What the source of this import last said of clients.

        :param domain: of the contractors; left out: of those that write the cards
        """
        return (
            self.env["its.import.snapshot"]
            .sudo()
            .search(
                [
                    ("source_id", "=", self.source_id.id),
                    ("partner_id", "in", partners.ids),
                    *domain,
                ]
            )
        )

    def _forget_contractors(self):
        """Whom this import has made out, its source does not know any more."""
        snapshots = self.env["its.import.snapshot"].sudo()
        snapshots.search([("import_id", "=", self.id)]).unlink()
        marked = self.env["its.import.line"].search(
            [("import_id", "=", self.id), ("plan", "=", "deleted")]
        )
        snapshots.browse(marked.mapped("known_id")).exists().is_marked = False

    def _restore_snapshot(self, line):
        """What the source said before this import is again what it said last."""
        before = line.changes["snapshot"]
        if before:
            self._snapshots_of(line.partner_id).write(before)
