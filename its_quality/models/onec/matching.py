from collections import Counter

from odoo.tools import SQL

from ...onec import matching as rules
from ...onec import name_key, normalise_code
from .its_import_line import TO_IMPORT, TO_PLAN, to_json
from .statistics import count_anew


class Matching:
    """The second step, whom the rows of a file mean: what is to be compared is fetched,
    and what :mod:`~..onec.matching` says of it is kept with the rows.

    Decided for all rows together, when the file is checked and once more before the
    first is written: then the batches do as it was decided, and whom one of them
    writes is nobody to the next. Rows that share nothing with anybody, and those that
    say what they said before, are settled in the database and never fetched.

    :param job: the ``its.import``
    """

    def __init__(self, job):
        self.job = job
        self.env = job.env

    def match(self, todo):
        """Find whom rows mean, and keep it with them.

        :param todo: ``TO_PLAN`` or ``TO_IMPORT``
        """
        self.env.flush_all()
        some = SQL(
            "SELECT FROM its_import_line line WHERE line.import_id = %s AND %s LIMIT 1",
            self.job.id,
            todo,
        )
        if not self.env.execute_query(some):
            # As most nights, all of them say what they said.
            return
        count_anew(self.job, compared=True)
        self._fill_name_keys()
        if todo is TO_PLAN:
            self._mark_new_rows()
        told = self._rows_to_match(todo)
        if told:
            verdicts = self._verdicts(todo, told)
            self._keep_verdicts(told, verdicts, late=todo is TO_IMPORT)
        self._match_contracts(todo)
        self.env.invalidate_all()
        self.job.write({"matched_to": latest_client(self.env)})

    def clients_came_since(self):
        """Whether there are clients who were not there when the file was compared, and
        whom this import has not brought."""
        return latest_client(self.env) > (self.job.matched_to or 0)

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

    # -------------------------------------------------------------------------
    # Rows
    # -------------------------------------------------------------------------

    def _is_stranger(self):
        """A condition about ``line``: no client, nor anybody else, has its reference,
        ИНН, code or name; nor has another row its ИНН."""
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
                SELECT FROM its_import_snapshot known WHERE known.ref = line.ref
            )
            AND NOT EXISTS (
                SELECT FROM its_import_snapshot known
                 WHERE known.source_id = %(source)s AND known.code_key = line.code_key
            )
            AND NOT EXISTS (
                SELECT FROM its_import_snapshot known
                 WHERE known.source_id = %(source)s AND known.inn = line.inn
            )
            AND NOT EXISTS (
                SELECT FROM its_import_snapshot known
                 WHERE known.source_id = %(source)s AND known.name_key = line.name_key
            )
            AND NOT EXISTS (
                SELECT FROM its_import_line other
                 WHERE other.import_id = line.import_id AND other.inn = line.inn
                   AND other.id != line.id AND other.first_line_id IS NULL
                   AND other.is_gathered IS NOT TRUE
            )
            """,
            source=self.job.source_id.id,
        )

    def _mark_new_rows(self):
        """Settle those who share nothing with anybody; plan them at once where the row
        names nobody and nothing else, such as a manager, that may be unknown."""
        self.env.cr.execute(
            SQL(
                """
                UPDATE its_import_line line
                   SET verdict = 'new',
                       plan = CASE WHEN line.subscription_digest IS NULL
                                    AND NOT line.data ? 'manager' THEN 'new' END
                 WHERE line.import_id = %s AND line.plan IS NULL
                   AND line.first_line_id IS NULL
                   AND line.entity IS DISTINCT FROM 'contract'
                   AND NOT line.data ? 'deletion_mark'
                   AND %s
                """,
                self.job.id,
                self._is_stranger(),
            )
        )

    def _rows_to_match(self, todo):
        """Fetch the rows to be compared.

        :return: ``{row id: (RowKeys, whether it is marked for deletion, what the user
            decided before: partner, known, reason or None)}``
        """
        rows = self.env.execute_query(
            SQL(
                """
                SELECT line.id, line.ref, line.code_key, line.name_key, line.name,
                       line.inn, line.data ->> 'kpp', line.digest,
                       line.data ? 'deletion_mark', line.decision, line.plan,
                       line.reason, line.partner_id, line.known_id, line.twin_card
                  FROM its_import_line line
                 WHERE line.import_id = %(job)s AND line.first_line_id IS NULL
                   AND line.entity IS DISTINCT FROM 'contract' AND %(todo)s
                   AND (line.verdict IS NULL
                        OR %(again)s AND (line.verdict != 'new' OR NOT (%(stranger)s)))
                 ORDER BY line.row
                """,
                job=self.job.id,
                todo=todo,
                again=todo is TO_IMPORT,
                stranger=self._is_stranger(),
            )
        )
        found = {}
        for row in rows:
            told = rules.RowKeys(*(value or None for value in row[:8]))
            is_marked, decision, plan, reason, card, known, twin = row[8:]
            decided = None
            if decision == "same" and plan == "doubtful" and card:
                decided = (card, known, reason)
            elif decision == "same" and reason == "duplicate" and twin:
                decided = (twin, None, reason)
            found[told.id] = (told, is_marked, decided)
        return found

    # -------------------------------------------------------------------------
    # What they are compared with
    # -------------------------------------------------------------------------

    def _knowns(self, todo):
        """Fetch the contractors of this source that share a key with a row.

        :return: ``({id: Known}, ids of clients who log in themselves, ids of clients
            who are archived)``
        """
        rows = self.env.execute_query(
            SQL(
                """
                WITH told AS MATERIALIZED (
                    SELECT line.ref, line.code_key, line.inn, line.name_key, line.digest
                      FROM its_import_line line
                     WHERE line.import_id = %(job)s AND %(todo)s
                       AND line.first_line_id IS NULL
                       AND line.entity IS DISTINCT FROM 'contract'
                       AND (line.verdict IS NULL OR %(again)s)
                ), mine AS (
                    SELECT id FROM its_import_snapshot
                     WHERE source_id = %(source)s
                       AND ref IN (SELECT ref FROM told)
                    UNION
                    SELECT id FROM its_import_snapshot
                     WHERE source_id = %(source)s
                       AND code_key IN (SELECT code_key FROM told)
                    UNION
                    SELECT id FROM its_import_snapshot
                     WHERE source_id = %(source)s
                       AND inn IN (SELECT inn FROM told)
                    UNION
                    SELECT id FROM its_import_snapshot
                     WHERE source_id = %(source)s
                       AND name_key IN (SELECT name_key FROM told)
                    UNION
                    SELECT id FROM its_import_snapshot
                     WHERE source_id = %(source)s
                       AND digest IN (SELECT digest FROM told)
                )
                SELECT snapshot.id, snapshot.partner_id, snapshot.ref,
                       snapshot.code_key, snapshot.name_key,
                       snapshot.data ->> 'name', snapshot.inn, snapshot.kpp,
                       snapshot.digest, snapshot.is_leading, partner.active,
                       EXISTS (SELECT FROM res_users u WHERE u.partner_id = partner.id)
                  FROM mine
                  JOIN its_import_snapshot snapshot ON snapshot.id = mine.id
                  JOIN res_partner partner ON partner.id = snapshot.partner_id
                 WHERE partner.company_id IS NULL OR partner.company_id = %(company)s
                 ORDER BY snapshot.id
                """,
                job=self.job.id,
                todo=todo,
                again=todo is TO_IMPORT,
                source=self.job.source_id.id,
                company=self.job.company_id.id,
            )
        )
        knowns, logins, archived = {}, set(), set()
        for *identity, leads, active, has_login in rows:
            known = rules.Known(*(value or None for value in identity), leads)
            knowns[known.id] = known
            if has_login:
                logins.add(known.card)
            if not active:
                archived.add(known.card)
        return knowns, logins, archived

    def _totals(self, knowns):
        """Count what stands on more than one row of the file."""
        counts = {}
        for name, column in (
            ("code", "code_key"),
            ("inn", "inn"),
            ("name", "name_key"),
        ):
            counts[name] = Counter(
                dict(
                    self.env.execute_query(
                        SQL(
                            """
                            SELECT %(column)s, count(*) FROM its_import_line
                             WHERE import_id = %(job)s AND first_line_id IS NULL
                               AND entity IS DISTINCT FROM 'contract'
                               AND (plan IS NULL OR plan NOT IN ('folder', 'wrong'))
                               AND %(column)s IS NOT NULL
                             GROUP BY 1 HAVING count(*) > 1
                            """,
                            column=SQL.identifier(column),
                            job=self.job.id,
                        )
                    )
                )
            )
        return rules.Totals(counts, knowns)

    def _taken(self, todo):
        """The contractors that rows settled before were recognised as."""
        rows = self.env.execute_query(
            SQL(
                """
                SELECT line.known_id FROM its_import_line line
                 WHERE line.import_id = %s AND line.known_id IS NOT NULL
                   AND (%s) IS NOT TRUE
                """,
                self.job.id,
                todo,
            )
        )
        return {known_id for (known_id,) in rows}

    def _cards(self, rows, taken):
        """Fetch the clients that rows may mean.

        :param rows: of ``rules.RowKeys``
        :param taken: ids of clients that other rows were found to mean
        :return: a list of ``rules.Card``
        """
        codes = {row.code for row in rows if row.code}
        if codes:
            typed = self.env.execute_query(
                SQL(
                    """
                    SELECT DISTINCT data ->> 'code' FROM its_import_line
                     WHERE id = ANY(%s) AND code_key IS NOT NULL
                    """,
                    [row.id for row in rows],
                )
            )
            codes |= {code for (code,) in typed if code}
        found = self.env.execute_query(
            SQL(
                """
                WITH alike AS (
                    SELECT id FROM res_partner WHERE vat = ANY(%(inns)s)
                    UNION
                    SELECT id FROM res_partner WHERE its_name_key = ANY(%(names)s)
                    UNION
                    SELECT id FROM res_partner WHERE onec_ref = ANY(%(refs)s)
                    UNION
                    SELECT id FROM res_partner WHERE onec_code = ANY(%(codes)s)
                    UNION
                    SELECT partner_id FROM its_import_snapshot
                     WHERE ref = ANY(%(refs)s)
                )
                SELECT partner.id, partner.its_name_key, partner.vat, partner.its_kpp,
                       partner.onec_ref, partner.onec_code, told.refs, told.is_known
                  FROM alike
                  JOIN res_partner partner ON partner.id = alike.id
                  LEFT JOIN LATERAL (
                        SELECT array_agg(snapshot.ref) AS refs,
                               bool_or(snapshot.source_id = %(source)s) AS is_known
                          FROM its_import_snapshot snapshot
                         WHERE snapshot.partner_id = partner.id
                  ) told ON true
                 WHERE partner.commercial_partner_id = partner.id
                   AND (partner.company_id IS NULL OR partner.company_id = %(company)s)
                   AND NOT EXISTS (
                        SELECT FROM res_users u WHERE u.partner_id = partner.id
                   )
                 ORDER BY partner.active DESC, partner.its_client DESC NULLS LAST,
                          partner.id
                """,
                inns=list({row.inn for row in rows if row.inn}),
                names=list({row.name for row in rows if row.name}),
                refs=list({row.ref for row in rows if row.ref}),
                codes=list(codes),
                source=self.job.source_id.id,
                company=self.job.company_id.id,
            )
        )
        return [
            rules.Card(
                partner_id,
                name or None,
                inn or None,
                kpp or None,
                frozenset(filter(None, [ref, *(refs or ())])),
                normalise_code(code) if code else None,
                is_typed=is_known is None,
                is_known=bool(is_known),
            )
            for partner_id, name, inn, kpp, ref, code, refs, is_known in found
            if partner_id not in taken
        ]

    # -------------------------------------------------------------------------
    # Verdicts
    # -------------------------------------------------------------------------

    def _verdicts(self, todo, rows):
        """Find whom rows mean.

        :param rows: of :meth:`_rows_to_match`
        :return: ``{row id: (rules.Verdict, whether another writes the card)}``
        """
        knowns, logins, archived = self._knowns(todo)
        totals, taken = self._totals(knowns.values()), self._taken(todo)
        free = [known for known in knowns.values() if known.id not in taken]
        living = [told for told, is_marked, _decided in rows.values() if not is_marked]
        verdicts = rules.match(living, free, totals, self._cards)
        used = {verdict.known for verdict in verdicts.values()}
        free = [known for known in free if known.id not in used]
        marked = [told for told, is_marked, _decided in rows.values() if is_marked]
        verdicts |= self._verdicts_of_marked(marked, free, totals, logins | archived)
        for row_id, (_told, _is_marked, decided) in rows.items():
            verdict = verdicts[row_id]
            if decided and not (verdict.plan == "known" and verdict.known):
                card, known, reason = decided
                plan = "new" if reason == "duplicate" else "doubtful"
                verdicts[row_id] = rules.Verdict(plan, card, known, reason)
                if plan == "new":
                    verdicts[row_id].twin_card = card
        return self._with_leaders(rows, verdicts, knowns, logins)

    def _verdicts_of_marked(self, rows, knowns, totals, kept):
        """Of rows that 1C has marked for deletion: nobody becomes a client by them, and
        one who is may be archived.

        An equal ИНН says nothing here: of two rows about one firm, the spare one is
        marked. What proves it is the reference, or the code that this source gave.

        :param kept: ids of clients who are not to be archived
        """
        found, left, _free = rules.know_again(rows, knowns, totals, rules.BY_KEYS)
        verdicts = {row.id: rules.Verdict("skip") for row in rows}
        elsewhere = self._cards(left, set()) if any(row.ref for row in left) else ()
        by_ref = {
            ref: card.id for card in elsewhere if not card.is_known for ref in card.refs
        }
        active = self.env["res.partner"].browse(by_ref.values()).filtered("active")
        for row in rows:
            known = found.get(row.id)
            card = known.card if known else by_ref.get(row.ref)
            if card and card not in kept and (known or card in active.ids):
                known_id = known.id if known else None
                verdicts[row.id] = rules.Verdict("deleted", card, known_id)
        return verdicts

    def _with_leaders(self, rows, verdicts, knowns, logins):
        """Determine for each row whether its contractor updates the card: only one may,
        and none the card of a client with a login."""
        led, used, result = set(), set(), {}
        for row_id, (_told, _is_marked, decided) in rows.items():
            verdict, follows = verdicts[row_id], False
            if verdict.plan == "known" or decided:
                if verdict.known in used:
                    verdict.known = None
                known = knowns.get(verdict.known)
                follows = verdict.card in led if known is None else not known.leads
                if verdict.plan == "new":
                    follows = True
                used.add(verdict.known)
                used.discard(None)
                led.add(verdict.card)
                if verdict.card in logins:
                    follows = True
                    verdict.reason = verdict.reason or "has_login"
            result[row_id] = (verdict, follows)
        return result

    def _keep_verdicts(self, rows, verdicts, late):
        """Write verdicts to the rows.

        :param late: the rows were checked before: who has come to be in doubt since is
            nobody whom the user was shown, and waits
        """
        told = [
            [
                row_id,
                verdict.plan,
                verdict.card if verdict.plan != "new" or follows else None,
                verdict.known,
                verdict.reason,
                verdict.twin_card,
                verdict.twin_row,
                follows,
            ]
            for row_id, (verdict, follows) in verdicts.items()
        ]
        self.env.cr.execute(
            SQL(
                """
                UPDATE its_import_line line
                   SET verdict = v ->> 1, partner_id = (v ->> 2)::int,
                       known_id = (v ->> 3)::int, reason = v ->> 4,
                       twin_card = (v ->> 5)::int, twin_row = (v ->> 6)::int,
                       follows = (v ->> 7)::boolean
                  FROM jsonb_array_elements(%s) AS v
                 WHERE line.id = (v ->> 0)::int
                """,
                to_json(told),
            )
        )
        if late:
            self.env.cr.execute(
                SQL(
                    """
                    UPDATE its_import_line line
                       SET plan = 'doubtful', outcome = 'skipped', decision = NULL,
                           has_issues = true,
                           issues = COALESCE(line.issues, '[]') || jsonb_build_array(
                               jsonb_build_array(
                                   line.reason, 'name', partner.name, 'doubt'
                               )
                           )
                      FROM res_partner partner
                     WHERE line.import_id = %s AND line.outcome IS NULL
                       AND line.verdict = 'doubtful' AND line.plan != 'doubtful'
                       AND partner.id = line.partner_id
                    """,
                    self.job.id,
                )
            )

    def _match_contracts(self, todo):
        """Contracts of clients whom this file does not bring."""
        rows = self.env.execute_query(
            SQL(
                """
                SELECT line.id, line.ref FROM its_import_line line
                 WHERE line.import_id = %s AND line.first_line_id IS NULL
                   AND line.entity = 'contract' AND %s
                """,
                self.job.id,
                todo,
            )
        )
        if not rows:
            return
        clients = clients_of_refs(self.job, {ref for _id, ref in rows if ref})
        told = [[line_id, clients.get(ref)] for line_id, ref in rows]
        self.env.cr.execute(
            SQL(
                """
                UPDATE its_import_line line
                   SET verdict = CASE WHEN v -> 1 = 'null' THEN 'skip' ELSE 'known' END,
                       partner_id = (v ->> 1)::int, follows = true
                  FROM jsonb_array_elements(%s) AS v
                 WHERE line.id = (v ->> 0)::int
                """,
                to_json(told),
            )
        )


def latest_client(env):
    """The id of the partner who came last."""
    [(latest,)] = env.execute_query(SQL("SELECT max(id) FROM res_partner"))
    return latest or 0


def clients_of_refs(job, refs):
    """Find whose cards references lead to: those this source has told of before
    those that others know, or that somebody has typed.

    :return: ``{reference: id of a partner}``
    """
    if not refs:
        return {}
    rows = job.env.execute_query(
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
            source=job.source_id.id,
            company=job.company_id.id,
        )
    )
    return {ref: partner_id for ref, partner_id in rows if partner_id}
