"""What is remembered of a batch: for the next import what the source said, for undoing
what there was before."""

from dataclasses import dataclass

from odoo.tools import SQL

from .its_import_line import to_json

# What a row is planned for that writes nothing.
LEFT_OUT = ("folder", "skip", "wrong")


@dataclass(slots=True)
class SnapshotValues:
    """What is to be remembered of a contractor of the source, in the order in which it
    is written; ``None`` leaves what is remembered already.

    :param id: of the snapshot, if there is one
    """

    id: int | None
    partner_id: int
    is_leading: bool
    ref: str | None = None
    code_key: str | None = None
    name_key: str | None = None
    inn: str | None = None
    kpp: str | None = None
    digest: str | None = None
    unresolved: bool | None = None
    data: dict | None = None
    subscriptions: dict | None = None

    def take_row(self, line, unresolved):
        """Take over the values of a row.

        :param line: a :class:`StagedRow`
        :param unresolved: whether something of it was not understood
        """
        self.ref, self.code_key, self.name_key = line.ref, line.code_key, line.name_key
        self.inn, self.kpp = line.inn, line.data.get("kpp")
        self.digest, self.unresolved = line.digest, unresolved

    def values(self):
        """All of it, in order."""
        return [getattr(self, name) for name in self.__slots__]


def snapshots_of(source, partners, domain=(("is_leading", "=", True),)):
    """What a source last said of clients.

    :param domain: of the contractors; left out: of those that write the cards
    """
    return (
        source.env["its.import.snapshot"]
        .sudo()
        .search(
            [
                ("source_id", "=", source.id),
                ("partner_id", "in", partners.ids),
                *domain,
            ]
        )
    )


def undo_data(line, match, change, subscriptions, changes):
    """What undoing the row needs, and what the list of changes shows."""
    done = subscriptions[line.id]
    snapshot = changes.snapshots.get(match.partner_id)
    created = match.plan in ("new", "doubtful") and not line.first_id
    return {
        "created": created,
        "shown": {} if created else change.shown,
        "values": {} if created else change.write,
        "before": {} if created else change.before,
        "written": None if created else change.written,
        "subscriptions": [sub.id for sub, _values, new in done if new],
        "extended": [
            [sub.id, change.subscription_before[sub.id], values]
            for sub, values, new in done
            if values and not new
        ],
        "snapshot": None if created or not snapshot else snapshot._last_values(),
    }


def nothing_changed(snapshot):
    """What undoing needs of a row that has changed nothing so far."""
    return {
        "created": False,
        "shown": {},
        "values": {},
        "before": {},
        "subscriptions": [],
        "extended": [],
        "contacts": [],
        "snapshot": snapshot._last_values() if snapshot else None,
    }


def remember(job, lines, matches, partner_ids, changes, subscriptions):
    """Keep the values of each contractor from the source, for the next import.

    Its keys and the hash of its row are those of the contractor; what was written,
    and the subscriptions, are those of the card, kept with the contractor updating it.
    """
    kept, leaders = [], {}
    for line in lines:
        partner_id = partner_ids.get(line.id)
        if not partner_id or matches[line.id].plan in LEFT_OUT:
            continue
        change = changes[line]
        leader = leaders.get(partner_id)
        snapshot = changes.snapshots.get(partner_id)
        if leader is None and snapshot:
            leader = leaders[partner_id] = SnapshotValues(
                snapshot.id,
                partner_id,
                True,
                data=dict(snapshot.data or {}),
                subscriptions=dict(snapshot.subscriptions or {}),
            )
            kept.append(leader)
        said = leader
        is_leader = leader and leader.id and leader.id == line.known_id
        if line.is_contractor and not is_leader:
            said = SnapshotValues(line.known_id, partner_id, leader is None)
            kept.append(said)
        elif leader is None:
            # The contract of somebody whom others have brought.
            said = SnapshotValues(None, partner_id, True, ref=line.ref)
            kept.append(said)
        if leader is None:
            leader = leaders[partner_id] = said
            said.data, said.subscriptions = {}, {}
        if line.is_contractor:
            said.take_row(line, change.unresolved)
        leader.data.update(change.values)
        done = subscriptions[line.id]
        if line.subscription_digest and done and not change.unresolved:
            _remember_subscriptions(
                leader.subscriptions, line.subscription_digest, done
            )
    _write_snapshots(job, kept)


def _write_snapshots(job, kept):
    """Write what is remembered of contractors.

    :param kept: a list of :class:`SnapshotValues`
    """
    known = [said.values() for said in kept if said.id]
    if known:
        job.env.cr.execute(
            SQL(
                """
                UPDATE its_import_snapshot snapshot
                   SET is_leading = snapshot.is_leading OR (v ->> 2)::boolean,
                       ref = COALESCE(v ->> 3, snapshot.ref),
                       code_key = COALESCE(v ->> 4, snapshot.code_key),
                       name_key = COALESCE(v ->> 5, snapshot.name_key),
                       inn = COALESCE(v ->> 6, snapshot.inn),
                       kpp = COALESCE(v ->> 7, snapshot.kpp),
                       digest = COALESCE(v ->> 8, snapshot.digest),
                       unresolved = COALESCE(
                           (v ->> 9)::boolean, snapshot.unresolved),
                       is_marked = CASE WHEN v ->> 8 IS NULL
                                        THEN snapshot.is_marked END,
                       data = COALESCE(NULLIF(v -> 10, 'null'), snapshot.data),
                       subscriptions = COALESCE(
                           NULLIF(v -> 11, 'null'), snapshot.subscriptions)
                  FROM jsonb_array_elements(%s) AS v
                 WHERE snapshot.id = (v ->> 0)::int
                """,
                to_json(known),
            )
        )
    told = [said.values() for said in kept if not said.id]
    if told:
        job.env.cr.execute(
            SQL(
                """
                INSERT INTO its_import_snapshot (
                    source_id, import_id, partner_id, is_leading, ref, code_key,
                    name_key, inn, kpp, digest, unresolved, data, subscriptions
                )
                SELECT %s, %s, (v ->> 1)::int, (v ->> 2)::boolean, v ->> 3,
                       v ->> 4, v ->> 5, v ->> 6, v ->> 7, v ->> 8,
                       (v ->> 9)::boolean, NULLIF(v -> 10, 'null'),
                       NULLIF(v -> 11, 'null')
                  FROM jsonb_array_elements(%s) WITH ORDINALITY AS told (v, number)
                 ORDER BY number
                ON CONFLICT (ref, source_id) WHERE ref IS NOT NULL DO UPDATE
                   SET partner_id = EXCLUDED.partner_id,
                       is_leading = EXCLUDED.is_leading,
                       import_id = EXCLUDED.import_id,
                       code_key = EXCLUDED.code_key, name_key = EXCLUDED.name_key,
                       inn = EXCLUDED.inn, kpp = EXCLUDED.kpp,
                       digest = EXCLUDED.digest,
                       unresolved = EXCLUDED.unresolved, data = EXCLUDED.data,
                       subscriptions = EXCLUDED.subscriptions
                """,
                job.source_id.id,
                job.id,
                to_json(told),
            )
        )
    job.env["its.import.snapshot"].invalidate_model(flush=False)


def _remember_subscriptions(said, digest, done):
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
