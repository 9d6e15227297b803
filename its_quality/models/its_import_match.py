from collections import Counter, defaultdict
from dataclasses import dataclass, field

from odoo import models
from odoo.tools import SQL

from ..onec import name_key, normalise_code
from .its_import_change import ChangeSet
from .its_import_read import BATCH, to_json


@dataclass
class Client:
    """What identifies a client, read in bulk: a firm with 100 000 of them is asked
    one query a key and batch, not one a row.

    ``code_key`` and ``imported`` speak of the source of this import; ``certain`` says
    that the code alone proves who it is.
    """

    id: int
    name: str
    vat: str | None
    its_kpp: str | None
    its_name_key: str | None
    active: bool
    onec_ref: str | None
    onec_code: str | None
    code_key: str | None
    imported: bool
    certain: bool = False


@dataclass
class Match:
    """What a row turned out to mean.

    ``partner_id`` is the client it speaks of, if one is known; ``plan`` a value of
    ``its.import.line.plan``; ``issues`` remarks in the form of ``line.issues``.
    """

    partner_id: int | None = None
    plan: str = "new"
    issues: list = field(default_factory=list)


class ItsImport(models.Model):
    """Matching: which client a row means."""

    _inherit = "its.import"

    def _plan_batch(self):
        """Plan the next rows that have no plan yet.

        :return: the number of rows planned; 0 when all are
        """
        lines = self._rows(SQL("line.plan IS NULL"), BATCH)
        if not lines:
            return 0
        matches = self._match(lines)
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

    def _match(self, lines):
        """Find the client of each row, in the order of certainty.

        GUID; ИНН with КПП; ИНН where it is unique on both sides; code within this
        source; and last an equal name, which is only proposed. Nothing is merged
        silently: what is not certain is planned as ``doubtful``.

        :param lines: rows of this import, at most a few thousand
        :return: ``{line id: Match}``
        """
        self.env.flush_all()
        strangers = self._strangers([line.id for line in lines])
        index = self._identity_index([x for x in lines if x.id not in strangers])
        matches = {}
        for line in lines:
            if line.plan in ("folder", "skip", "wrong"):
                matches[line.id] = Match(plan=line.plan)
            elif line.first_id:
                matches[line.id] = self._match_repeated(line, matches)
            elif line.is_contract:
                matches[line.id] = self._match_contract(line, index)
            elif line.data.get("deletion_mark"):
                matches[line.id] = self._match_deleted(line, index)
            elif line.id in strangers:
                matches[line.id] = Match()
            else:
                match = self._match_one(line, index)
                if match.plan == "doubtful" and line.decision == "same":
                    match.plan = "changed"
                matches[line.id] = match
        return matches

    def _match_contract(self, line, index):
        """A contract of a client whom this file does not bring."""
        found = index["ref"].get(line.ref) if line.ref else None
        if found:
            return Match(found[0].id, "changed")
        owner = line.data.get("name", "")
        return Match(plan="skip", issues=[["contract_alone", "name", owner, "warning"]])

    def _match_deleted(self, line, index):
        """A row that 1C has marked for deletion: nobody becomes a client by it, and
        one who is may be archived.

        An equal ИНН says nothing here: of two rows about one firm, the spare one is
        marked. What proves it is the reference, or the code that this source gave.
        """
        known = index["ref"].get(line.ref, []) if line.ref else []
        by_code = index["code"].get(line.code_key) if line.code_key else None
        if not known and by_code and by_code.certain:
            known = [by_code]
        known = [partner for partner in known if partner.active]
        return Match(known[0].id, "deleted") if known else Match(plan="skip")

    def _match_repeated(self, line, matches):
        """A row about a client whom an earlier row has brought."""
        first = matches.get(line.first_id)
        partner_id = first.partner_id if first else line.first_partner_id
        plan = "changed" if line.subscription_digest else "skip"
        if (first.plan if first else line.first_plan) == "wrong":
            plan = "wrong"
        if line.is_contract:
            return Match(partner_id, plan)
        issue = ["repeats_row", "name", str(line.first_row), "info"]
        return Match(partner_id, plan, [issue])

    def _match_one(self, line, index):
        values = line.data
        found = index["ref"].get(line.ref) if line.ref else None
        if found:
            return Match(found[0].id, "changed")
        inn, kpp = line.inn, values.get("kpp")
        same_inn = index["inn"].get(inn, []) if inn else []
        with_kpp = [p for p in same_inn if kpp and p.its_kpp == kpp]
        if len(with_kpp) == 1:
            return Match(with_kpp[0].id, "changed")
        by_code = index["code"].get(line.code_key) if line.code_key else None
        if by_code and (not inn or not by_code.vat or by_code.vat == inn):
            if by_code.certain or by_code.its_name_key == line.name_key:
                return Match(by_code.id, "changed")
            return Match(by_code.id, "doubtful", [self._doubt("same_code", by_code)])
        candidates = [p for p in same_inn if not (kpp and p.its_kpp)]
        if len(candidates) == 1 and index["inn_rows"][inn] == 1:
            (partner,) = candidates
            if partner.its_name_key == line.name_key:
                return Match(partner.id, "changed")
            return Match(partner.id, "doubtful", [self._doubt("same_inn", partner)])
        named = [p for p in (with_kpp or candidates) if p.its_name_key == line.name_key]
        if with_kpp or candidates:
            partner = (named or with_kpp or candidates)[0]
            return Match(partner.id, "doubtful", [self._doubt("same_inn", partner)])
        for partner in index["name"].get(line.name_key, ()) if line.name_key else ():
            if inn and partner.vat and partner.vat != inn:
                continue
            if kpp and partner.its_kpp and partner.its_kpp != kpp:
                continue
            if partner.imported and line.code_key:
                # Both have a code in the same base: two clients of one name.
                continue
            return Match(partner.id, "doubtful", [self._doubt("same_name", partner)])
        return Match()

    def _doubt(self, code, partner):
        return [code, "name", partner.name, "doubt"]

    def _strangers(self, line_ids):
        """Find the rows that share nothing with any client: they are new for sure.

        :return: a set of ids of rows
        """
        rows = self.env.execute_query(
            SQL(
                "SELECT line.id FROM its_import_line line WHERE line.id IN %s AND %s",
                tuple(line_ids),
                self._is_stranger(),
            )
        )
        return {line_id for (line_id,) in rows}

    def _is_stranger(self):
        """A condition about ``line``: no client, nor anybody else, has its reference,
        ИНН, code or name. Says less than :meth:`_match_one`, and that at once."""
        return SQL(
            """
            NOT EXISTS (SELECT FROM res_partner known WHERE known.onec_ref = line.ref)
            AND NOT EXISTS (SELECT FROM res_partner known WHERE known.vat = line.inn)
            AND NOT EXISTS (
                SELECT FROM res_partner known WHERE known.its_name_key = line.name_key
            )
            AND NOT EXISTS (
                SELECT FROM res_partner known
                 WHERE known.onec_code IN (line.code_key, line.data ->> 'code')
            )
            AND NOT EXISTS (
                SELECT FROM its_import_snapshot known
                 WHERE known.source_id = %s AND known.code_key = line.code_key
            )
            """,
            self.source_id.id,
        )

    def _mark_new_rows(self):
        """Plan at once what needs no comparing: strangers whose row names nobody and
        nothing else, such as a manager or a service, that may be unknown."""
        self._fill_name_keys()
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                """
                UPDATE its_import_line line SET plan = 'new'
                 WHERE line.import_id = %s AND line.plan IS NULL
                   AND line.first_line_id IS NULL
                   AND line.subscription_digest IS NULL
                   AND NOT line.data ?| ARRAY['manager', 'deletion_mark']
                   AND %s
                """,
                self.id,
                self._is_stranger(),
            )
        )
        self.env.invalidate_all()

    def _identity_index(self, lines):
        """Fetch the clients that these rows may mean, one query a key.

        :return: ``{"ref" | "inn" | "name": {key: [client]}, "code": {key: client},
            "inn_rows": {inn: rows of the file that carry it}}``
        """
        refs = {line.ref for line in lines if line.ref}
        inns = {line.inn for line in lines if line.inn}
        codes = {line.code_key for line in lines if line.code_key}
        names = {line.name_key for line in lines if line.name_key}
        index = {
            "ref": self._clients_by("onec_ref", refs),
            "inn": self._clients_by("vat", inns),
            "name": self._clients_by("its_name_key", names),
            "code": self._clients_by_code(codes, lines),
            "inn_rows": Counter(),
        }
        if inns:
            rows = self.env.execute_query(
                SQL(
                    """
                    SELECT inn, count(*) FROM its_import_line
                     WHERE import_id = %s AND inn IN %s AND first_line_id IS NULL
                     GROUP BY inn
                    """,
                    self.id,
                    tuple(inns),
                )
            )
            index["inn_rows"].update(dict(rows))
        return index

    def _clients_where(self, condition):
        """Firms and persons, not their contact persons, of this company."""
        rows = self.env.execute_query_dict(
            SQL(
                """
                SELECT partner.id, partner.name, partner.vat, partner.its_kpp,
                       partner.its_name_key, partner.active, partner.onec_ref,
                       partner.onec_code,
                       snapshot.code_key,
                       snapshot.partner_id IS NOT NULL AS imported
                  FROM res_partner partner
                  LEFT JOIN its_import_snapshot snapshot
                         ON snapshot.partner_id = partner.id
                        AND snapshot.source_id = %(source)s
                 WHERE partner.commercial_partner_id = partner.id
                   AND (partner.company_id IS NULL OR partner.company_id = %(company)s)
                   AND NOT EXISTS (
                        SELECT FROM res_users u WHERE u.partner_id = partner.id
                   )
                   AND %(condition)s
                 ORDER BY partner.active DESC, partner.its_client DESC NULLS LAST,
                          partner.id
                """,
                source=self.source_id.id,
                company=self.company_id.id,
                condition=condition,
            )
        )
        return [Client(**row) for row in rows]

    def _clients_by(self, name, keys):
        found = defaultdict(list)
        if keys:
            column = SQL.identifier("partner", name)
            for client in self._clients_where(SQL("%s IN %s", column, tuple(keys))):
                found[getattr(client, name)].append(client)
        return found

    def _clients_by_code(self, codes, lines):
        """Clients by the code of this source.

        The code that another information base gave says nothing here. One that was
        typed into the card by hand does, but is no proof by itself.
        """
        if not codes:
            return {}
        found = {}
        for client in self._clients_where(SQL("snapshot.code_key IN %s", tuple(codes))):
            client.certain = True
            found.setdefault(client.code_key, client)
        typed = {line.data.get("code") for line in lines if line.code_key not in found}
        if typed - {None}:
            for client in self._clients_where(
                SQL(
                    """partner.onec_code IN %s AND NOT EXISTS (
                        SELECT FROM its_import_snapshot other
                         WHERE other.partner_id = partner.id)""",
                    tuple(typed | codes),
                )
            ):
                found.setdefault(normalise_code(client.onec_code), client)
        return found

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
