from dataclasses import dataclass, field

from odoo import fields, models
from odoo.tools import SQL

from ...onec import name_key
from .changes import ChangeSet
from .reading import BATCH, to_json


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


class ItsImport(models.Model):
    """From what the rows of a file were found to mean to what becomes of a batch.

    Whom a row means has been decided for the whole file (see
    :mod:`.matching`); here each row of a batch is told what that is.
    """

    _inherit = "its.import"

    # Clients that came later than this one have not been compared with the file.
    matched_to = fields.Integer(readonly=True, copy=False)

    def _plan_batch(self):
        """Plan the next rows that have no plan yet.

        :return: the number of rows planned; 0 when all are
        """
        lines = self._rows(SQL("line.plan IS NULL"), BATCH)
        if not lines:
            return 0
        matches = self._matches(lines)
        changes = ChangeSet(self, lines, matches)
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
        self.env.cr.execute(
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
        self.env.invalidate_all()
        self._hold(wait=False)
        super().write({"done_count": self.done_count + len(lines)})
        return len(lines)

    def _matches(self, lines):
        """Say of each row of a batch what it means.

        :param lines: rows of this import, in the order of the file
        :return: ``{line id: Match}``
        """
        matches = {}
        for line in lines:
            matches[line.id] = self._match_of(line, matches)
        return matches

    def _match_of(self, line, matches):
        if line.plan in ("folder", "skip", "wrong"):
            return Match(plan=line.plan)
        if line.first_id:
            return self._match_repeated(line, matches)
        if line.is_contract:
            return self._match_contract(line)
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

    def _match_contract(self, line):
        """A contract of a client whom this file does not bring."""
        if line.verdict == "known":
            return Match(line.partner_id, "changed")
        owner = line.data.get("name", "")
        return Match(plan="skip", issues=[["contract_alone", "name", owner, "warning"]])

    def _match_repeated(self, line, matches):
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
                company=self.company_id.id,
                condition=condition,
            )
        )

    def _clients_of_refs(self, refs):
        """Find whose cards references lead to: those this source has told of before
        those that others know, or that somebody has typed.

        :return: ``{reference: id of a partner}``
        """
        if not refs:
            return {}
        rows = self.env.execute_query(
            SQL(
                """
                SELECT told.ref, COALESCE(known.partner_id, other.partner_id, typed.id)
                  FROM unnest(%(refs)s::text[]) AS told (ref)
                  LEFT JOIN its_import_snapshot known
                         ON known.source_id = %(source)s AND known.ref = told.ref
                  LEFT JOIN LATERAL (
                        SELECT partner_id FROM its_import_snapshot snapshot
                          JOIN res_partner partner ON partner.id = partner_id
                         WHERE snapshot.ref = told.ref
                           AND (partner.company_id IS NULL
                                OR partner.company_id = %(company)s)
                         ORDER BY snapshot.id LIMIT 1
                  ) other ON true
                  LEFT JOIN LATERAL (
                        SELECT partner.id FROM res_partner partner
                         WHERE partner.onec_ref = told.ref
                           AND partner.commercial_partner_id = partner.id
                           AND (partner.company_id IS NULL
                                OR partner.company_id = %(company)s)
                           -- A card that this source knows by another reference is
                           -- somebody else's.
                           AND NOT EXISTS (
                                SELECT FROM its_import_snapshot mine
                                 WHERE mine.partner_id = partner.id
                                   AND mine.source_id = %(source)s
                                   AND mine.ref != told.ref
                           )
                         ORDER BY partner.active DESC, partner.id LIMIT 1
                  ) typed ON true
                """,
                refs=list(refs),
                source=self.source_id.id,
                company=self.company_id.id,
            )
        )
        return {ref: partner_id for ref, partner_id in rows if partner_id}

    def _fill_name_keys(self):
        """Give partners older than the addon their name for comparison, once."""
        self.env.flush_all()
        while True:
            bare = self.env.execute_query(
                SQL(
                    """
                    SELECT id, name FROM res_partner
                     WHERE its_name_key IS NULL AND name IS NOT NULL LIMIT 10000
                    """
                )
            )
            if not bare:
                return
            self.env.cr.execute_values(
                """
                UPDATE res_partner SET its_name_key = v.key
                  FROM (VALUES %s) AS v (id, key) WHERE res_partner.id = v.id
                """,
                [(partner_id, name_key(name)) for partner_id, name in bare],
                page_size=1000,
            )
            self.env["res.partner"].invalidate_model(["its_name_key"], flush=False)
