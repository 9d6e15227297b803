from collections import defaultdict

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tools import SQL

from ...onec import name_key
from .its_import_line import BATCH, settle, staged_rows, to_json
from .matching import clients_of_refs
from .snapshot import nothing_changed, snapshots_of
from .writing import BULK_CONTEXT

# Rows of clients that are firms. OFFSET 0: the clients of the few rows are looked up by id;
# nobody else is, however few firms the database reckons with.
OF_A_FIRM = SQL(
    """
    CROSS JOIN LATERAL (
        SELECT FROM res_partner known
         WHERE known.id = line.partner_id AND known.is_company OFFSET 0
    ) partner
    """
)


class Finishing:
    """The last step, what can be done only when every client is in: separate divisions
    are put under their head offices, and clients that 1C has marked for deletion are
    archived.

    :param job: the ``its.import``
    :param source: where its rows came from
    """

    def __init__(self, job, source):
        self.job = job
        self.source = source
        self.env = job.env

    def step(self):
        """Do the next batch of it.

        :return: whether there is more to do
        """
        divisions = self._divisions()
        if divisions:
            self._put_under_heads(divisions)
            self.job.write({"after_row": divisions[-1][1]})
            return True
        marked = staged_rows(
            self.job, SQL("line.outcome IS NULL AND line.plan = 'deleted'"), BATCH // 4
        )
        if marked:
            self._archive_marked(marked)
            return True
        return False

    # -------------------------------------------------------------------------
    # Head offices and separate divisions
    # -------------------------------------------------------------------------

    def _divisions(self):
        """Fetch the next clients that have a head office.

        :return: ``[(line id, row, partner id, reference of the head, its name)]``
        """
        self.env["its.import.line"].flush_model()
        return self.env.execute_query(
            SQL(
                """
                SELECT line.id, line.row, line.partner_id, line.data ->> 'head_ref',
                       line.data ->> 'head_office'
                  FROM its_import_line line
                  %s
                 WHERE line.import_id = %s AND line.row > %s
                   AND line.is_gathered IS NOT TRUE
                   AND line.outcome IN ('created', 'updated', 'unchanged')
                   AND line.data ?| ARRAY['head_ref', 'head_office']
                 ORDER BY line.row LIMIT %s
                """,
                OF_A_FIRM,
                self.job.id,
                self.job.after_row or 0,
                BATCH,
            )
        )

    def plan_heads(self):
        """Plan the rows that say nothing else new, but of whom the head office does not
        know yet: so that what was counted is what will have changed."""
        divisions = self.env.execute_query(
            SQL(
                """
                SELECT line.id, line.row, line.partner_id, line.data ->> 'head_ref',
                       line.data ->> 'head_office'
                  FROM its_import_line line
                  %s
                 WHERE line.import_id = %s AND line.plan = 'unchanged'
                   AND line.first_line_id IS NULL
                   AND line.data ?| ARRAY['head_ref', 'head_office']
                """,
                OF_A_FIRM,
                self.job.id,
            )
        )
        if divisions:
            coming = self.env.execute_query_dict(
                SQL(
                    """
                    SELECT -id AS id, ref, name_key, inn AS vat FROM its_import_line
                     WHERE import_id = %s AND plan = 'new'
                       AND entity IS DISTINCT FROM 'contract'
                    """,
                    self.job.id,
                )
            )
            moved, _snapshots = self._moved_divisions(divisions, coming)
            lines = self.env["its.import.line"].browse(
                [line_id for pairs in moved.values() for line_id, _partner in pairs]
            )
            lines.plan = "changed"

    def _put_under_heads(self, divisions):
        """Write the head offices that 1C tells, unless somebody knows better."""
        moved, snapshots = self._moved_divisions(divisions)
        for head_id, pairs in moved.items():
            self._put_under_head(head_id, pairs, snapshots)

    def _moved_divisions(self, divisions, coming=()):
        """Find the divisions that are to be put under another head office.

        :param coming: what identifies the clients that are yet to be created
        :return: ``({id of a head: [(line id, division)]}, {division id: snapshot})``
        """
        refs = {ref for *_rest, ref, _name in divisions if ref}
        keys = {name_key(name) for *_rest, ref, name in divisions if name and not ref}
        by_ref = clients_of_refs(self.job, refs)
        by_name = self._clients_of_names(keys)
        for client in coming:
            by_ref.setdefault(client["ref"], client["id"])
            by_name[client["name_key"]].append(client)
        partners = self.env["res.partner"].with_context(**BULK_CONTEXT)
        partners = partners.browse([partner_id for _, _, partner_id, *_ in divisions])
        snapshots = {
            s.partner_id.id: s for s in snapshots_of(self.job.source_id, partners)
        }
        moved = defaultdict(list)
        for (line_id, _row, _id, ref, name), partner in zip(
            divisions, partners, strict=True
        ):
            if ref:
                heads = [by_ref[ref]] if ref in by_ref else []
            else:
                named = by_name.get(name_key(name), [])
                same = [h for h in named if h["vat"] == partner.vat] or named
                heads = [head["id"] for head in same]
            heads = [head_id for head_id in heads if head_id != partner.id]
            if len(heads) != 1 or heads[0] == partner.parent_id.id:
                continue
            snapshot = snapshots.get(partner.id)
            said = (snapshot.data or {}).get("parent_id", False) if snapshot else False
            if partner.parent_id.id == said or self.job.overwrite:
                moved[heads[0]].append((line_id, partner))
        return moved, snapshots

    def _clients_of_names(self, keys):
        """``{name for comparison: [what identifies a client]}``"""
        found = defaultdict(list)
        if keys:
            named = SQL("partner.its_name_key IN %s", tuple(keys))
            for client in self._clients_where(named):
                found[client["its_name_key"]].append(client)
        return found

    def _clients_where(self, condition):
        """Firms and persons, not their contact persons, of this company.

        :return: dicts of what identifies them, the likeliest first
        """
        return self.env.execute_query_dict(
            SQL(
                """
                SELECT partner.id, partner.name, partner.vat, partner.its_name_key,
                       partner.onec_ref
                  FROM res_partner partner
                 WHERE partner.commercial_partner_id = partner.id
                   AND (partner.company_id IS NULL OR partner.company_id = %(company)s)
                   AND NOT EXISTS (
                        SELECT FROM res_users u WHERE u.partner_id = partner.id
                   )
                   AND %(condition)s
                 ORDER BY partner.active DESC, partner.its_client DESC NULLS LAST,
                          partner.id
                """,
                company=self.job.company_id.id,
                condition=condition,
            )
        )

    def _put_under_head(self, head_id, pairs, snapshots):
        lines = self.env["its.import.line"].browse([line_id for line_id, _ in pairs])
        partners = self.env["res.partner"].with_context(**BULK_CONTEXT)
        partners = partners.browse([partner.id for _, partner in pairs])
        head = partners.browse(head_id)
        before = {partner.id: partner.parent_id for partner in partners}
        try:
            with self.env.cr.savepoint():
                # An address of its own: one of the type «contact» would follow that
                # of the head office.
                partners.write({"parent_id": head_id, "type": "other"})
        except ValidationError:
            issue = ["head_refused", "head_office", head.name, "warning"]
            for line in lines:
                line.write(
                    {"issues": [*(line.issues or []), issue], "has_issues": True}
                )
            return
        for line in lines:
            partner_id = line.partner_id.id
            former = before[partner_id]
            undo = line.changes or nothing_changed(snapshots.get(partner_id))
            shown = {"parent_id": [former.name or "", head.name]}
            undo = undo | {"shown": undo["shown"] | shown}
            if not undo["created"]:
                undo["before"] = undo["before"] | {"parent_id": former.id}
                undo["values"] = undo["values"] | {"parent_id": head_id}
            outcome = "created" if undo["created"] else "updated"
            line.write({"changes": undo, "outcome": outcome})
        self.env.cr.execute_values(
            """
            UPDATE its_import_snapshot snapshot
               SET data = COALESCE(snapshot.data, '{}'::jsonb) || v.data::jsonb
              FROM (VALUES %s) AS v (id, data) WHERE snapshot.id = v.id
            """,
            [
                (snapshots[partner.id].id, to_json({"parent_id": head_id}))
                for partner in partners
                if partner.id in snapshots
            ],
            page_size=BATCH,
        )
        self.env.invalidate_all()

    # -------------------------------------------------------------------------
    # Marked for deletion
    # -------------------------------------------------------------------------

    def _archive_marked(self, lines):
        """Archive the clients of rows marked for deletion, one by one: what keeps one
        from being archived is said of its row.

        A client of whom another row of the file tells stays: the one marked is a
        spare copy in 1C.
        """
        partner_ids = [line.partner_id for line in lines if line.partner_id]
        partners = self.env["res.partner"].with_context(**BULK_CONTEXT)
        partners = partners.browse(partner_ids)
        snapshots = {
            s.partner_id.id: s for s in snapshots_of(self.job.source_id, partners)
        }
        kept = self._brought_by_others(partner_ids)
        kept |= self.source.cards_of_others(partner_ids)
        results = {}
        for line in lines:
            partner = partners.browse(line.partner_id or ())
            if line.partner_id in kept or not partner.exists().active:
                results[line] = ("skipped", line.partner_id, None, None)
                continue
            try:
                with self.env.cr.savepoint():
                    partner.action_archive()
            except (UserError, AccessError) as error:
                issue = ["refused", "", str(error), "error"]
                results[line] = ("rejected", line.partner_id, None, issue)
                continue
            undo = nothing_changed(snapshots.get(line.partner_id))
            undo |= {"before": {"active": True}, "values": {"active": False}}
            results[line] = ("updated", line.partner_id, undo, None)
        settle(self.env, results)

    def hand_over_marked(self):
        """Let a card be written by another contractor that leads to it, if the one that
        has written it is marked for deletion: from the next import on."""
        rows = self.env.execute_query(
            SQL(
                """
                SELECT known_id FROM its_import_line
                 WHERE import_id = %s AND plan = 'deleted' AND known_id IS NOT NULL
                """,
                self.job.id,
            )
        )
        marked = [known_id for (known_id,) in rows]
        if not marked:
            return
        self.env.cr.execute(
            SQL(
                "UPDATE its_import_snapshot SET is_marked = true WHERE id = ANY(%s)",
                marked,
            )
        )
        self.env.cr.execute(
            SQL(
                """
                WITH heirs AS (
                    SELECT DISTINCT ON (marked.id)
                           marked.id AS former_id, other.id, marked.data,
                           marked.subscriptions
                      FROM its_import_snapshot marked
                      JOIN its_import_snapshot other
                        ON other.source_id = marked.source_id
                       AND other.partner_id = marked.partner_id
                       AND other.is_marked IS NOT TRUE
                     WHERE marked.id = ANY(%s) AND marked.is_leading
                     ORDER BY marked.id, other.id
                ), former AS (
                    UPDATE its_import_snapshot snapshot
                       SET is_leading = false, data = NULL, subscriptions = NULL
                      FROM heirs WHERE snapshot.id = heirs.former_id
                )
                SELECT id, data, subscriptions FROM heirs
                """,
                marked,
            )
        )
        heirs = self.env.cr.fetchall()
        if heirs:
            self.env.cr.execute(
                SQL(
                    """
                    UPDATE its_import_snapshot snapshot
                       SET is_leading = true, data = NULLIF(v -> 1, 'null'),
                           subscriptions = NULLIF(v -> 2, 'null')
                      FROM jsonb_array_elements(%s) AS v
                     WHERE snapshot.id = (v ->> 0)::int
                    """,
                    to_json(heirs),
                )
            )
        self.env["its.import.snapshot"].invalidate_model(flush=False)

    def _brought_by_others(self, partner_ids):
        """Which of these clients another row of this import is about, or another
        contractor of the source that is not marked."""
        rows = self.env.execute_query(
            SQL(
                """
                SELECT DISTINCT partner_id FROM its_import_line
                 WHERE import_id = %s AND partner_id = ANY(%s)
                   AND entity IS DISTINCT FROM 'contract'
                   AND outcome IN ('created', 'updated', 'unchanged')
                   AND plan != 'deleted'
                UNION
                SELECT partner_id FROM its_import_snapshot known
                 WHERE source_id = %s AND partner_id = ANY(%s)
                   AND is_marked IS NOT TRUE
                   AND NOT EXISTS (
                        SELECT FROM its_import_line line
                         WHERE line.import_id = %s AND line.known_id = known.id
                           AND line.plan = 'deleted'
                   )
                """,
                self.job.id,
                partner_ids,
                self.job.source_id.id,
                partner_ids,
                self.job.id,
            )
        )
        return {partner_id for (partner_id,) in rows}
