from odoo import models
from odoo.tools import SQL

from .its_import_read import to_json
from .its_import_write import LEFT_OUT


class ItsImport(models.Model):
    """What is remembered of a batch: for the next import what the source said, for
    undoing what there was before."""

    _inherit = "its.import"

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
