import hashlib
import json
from dataclasses import dataclass, field
from functools import cached_property

from odoo.tools import SQL

from ...onec import name_key, normalise_code
from .contract_kinds import ContractKinds, note_kinds
from .its_import_line import BATCH, CONTRACT, NAME_ONLY, to_json
from .statistics import count_anew

# A row speaks of a client and, if it has such columns, of one of their subscriptions.
SUBSCRIPTION_KEYS = frozenset(
    {
        "contract_type",
        "service",
        "contract_number",
        "registration_number",
        "date_start",
        "date_end",
    }
)
# What makes a contract another one than it was.
CONTRACT_KEYS = frozenset(
    {"contract_ref", "contract_number", "contract_date", "date_end", "service_id"}
)

to_sorted_json = json.JSONEncoder(
    ensure_ascii=False, sort_keys=True, separators=(",", ":")
).encode


def digest_of(values):
    """Hash a dict of plain values, whatever the order of its keys.

    :return: 32 hexadecimal digits, or ``None`` for an empty dict
    """
    if not values:
        return None
    text = to_sorted_json(values)
    return hashlib.blake2b(text.encode(), digest_size=16).hexdigest()


@dataclass
class Answer:
    """The rows that a source has returned.

    :param rows: how many there are, once all have come
    :param values: what the import is to remember of it
    :param wait: ``(seconds, what the user is told)`` where nothing comes for now
    """

    rows: int | None = None
    values: dict = field(default_factory=dict)
    wait: tuple | None = None


class Source:
    """Where the rows of an import come from. What an import asks of its source:

    :param job: the ``its.import``
    """

    def __init__(self, job):
        job.ensure_one()
        self.job = job
        self.env = job.env

    # -------------------------------------------------------------------------
    # Rows
    # -------------------------------------------------------------------------

    def check_is_there(self):
        """Refuse to read what is not there.

        :raises UserError: with a sentence
        """

    def prepare_check(self):
        """See that rows can be read.

        :return: what is to be read, where it is not all of it: a value of ``reading``
        :raises UserError: where they cannot
        """

    def fetch_rows(self):
        """Write the next rows down.

        :return: :class:`Answer`
        :raises UserError: where there are none, or they cannot be read
        """
        raise NotImplementedError

    # -------------------------------------------------------------------------
    # What it is
    # -------------------------------------------------------------------------

    def name(self):
        """What the import is called."""
        raise NotImplementedError

    def is_exchange(self):
        """Whether there are objects of 1C, with contracts among them, and no sheet."""
        raise NotImplementedError

    def is_small(self):
        """Whether the work may be done while the user waits."""
        raise NotImplementedError

    def share_read(self):
        """How much of it is read, from 0 to 1; ``None`` where that is not known."""

    def reading_progress_text(self):
        """Say how far reading has come; ``False`` where it is not being read."""
        return False

    def left_out_text(self):
        """Say what could not be read beside the rest; ``False`` where all was."""
        return False

    def check_stopped_sentences(self):
        """Say that the check was stopped, and how to begin again.

        :return: a list of sentences
        """
        raise NotImplementedError

    # -------------------------------------------------------------------------
    # What becomes of it
    # -------------------------------------------------------------------------

    def cards_of_others(self, partner_ids):
        """Which of these clients it knows by a contractor that this import has not
        brought.

        :return: a set of ids
        """
        return set()

    def forget(self):
        """The rows that were read are gone."""

    def ended(self, state):
        """The import has come to an end.

        :param state: its state
        """

    def failed(self, reason):
        """The import has given up.

        :param reason: a sentence
        """


class Reading:
    """The first step: records of 1C become rows in the database.

    :param job: the ``its.import`` whose rows they are
    """

    def __init__(self, job):
        self.job = job
        self.env = job.env
        self.refuses_wrong_inn = job.refuse_wrong_inn

    @cached_property
    def kinds(self):
        """The kinds of contracts met."""
        return ContractKinds(self.job)

    def stage(self, records):
        """Write records as rows.

        :param records: of ``onec``, with the numbers that their rows are to have
        :return: how many there were
        """
        count, batch = 0, []
        for record in records:
            batch.append(self._values(record))
            if len(batch) >= BATCH:
                count += self._insert(batch)
                batch = []
        return count + self._insert(batch)

    def settle(self):
        """See, now that all rows are there, which repeat others and which change
        nothing."""
        if self._has_unplanned():
            count_anew(self.job, compared=True)
        note_kinds(self.job)
        self._mark_repeated_rows()
        settle_unchanged(self.job, "plan")
        self._settle_name_only()

    def _has_unplanned(self):
        """Whether any row is to be compared; as most nights, none is."""
        rows = SQL(
            "SELECT FROM its_import_line WHERE import_id = %s AND plan IS NULL LIMIT 1",
            self.job.id,
        )
        self.env.flush_all()
        return bool(self.env.execute_query(rows))

    def _settle_name_only(self):
        """Take rows with a name only for folders where the list has folders, unless the
        user says that they are clients; nobody who is a client already is one."""
        if self.job.name_only == "client":
            return
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                """
                UPDATE its_import_line line SET plan = 'folder'
                 WHERE line.import_id = %(job)s AND line.plan IS NULL AND %(name_only)s
                   AND EXISTS (
                        SELECT FROM its_import_line folder
                         WHERE folder.import_id = line.import_id
                           AND folder.plan = 'folder'
                   )
                """,
                job=self.job.id,
                name_only=NAME_ONLY,
            )
        )
        self.env.invalidate_all()

    # -------------------------------------------------------------------------
    # One row
    # -------------------------------------------------------------------------

    def _values(self, record):
        """One row of ``its_import_line`` from one record of ``onec``."""
        if record.entity == CONTRACT:
            return self._values_of_contract(record)
        values = {key: value for key, value in record.values.items() if value}
        issues = self._issues(record)
        path = list(record.path)
        if record.skip_reason:
            plan = "skip"
            issues.append([record.skip_reason, "name", "", "info"])
        elif record.is_folder and not self._may_be_client(record):
            plan = "folder"
        elif any(issue[3] == "error" for issue in issues):
            plan = "wrong"
        else:
            plan = None
            if values.get("deletion_mark"):
                issues.append(["deletion_mark", "deletion_mark", "", "info"])
        subscription = {k: values[k] for k in SUBSCRIPTION_KEYS & values.keys()}
        client = {k: values[k] for k in values.keys() - SUBSCRIPTION_KEYS}
        if self.job.folder_mode == "category" and path:
            client["folder_path"] = path
        name = values.get("name") or values.get("full_name") or ""
        return (
            record.row,
            name,
            plan,
            values,
            path or None,
            issues or None,
            values.get("ref"),
            values.get("inn"),
            normalise_code(values["code"]) if values.get("code") else None,
            name_key(name) or None,
            digest_of(client),
            digest_of(subscription),
            record.entity,
        )

    def _may_be_client(self, record):
        """Whether a row is a folder only unless somebody says that it is a client."""
        return any(issue.code == "name_only" for issue in record.issues)

    def _issues(self, record):
        """What is to be said of a row; a wrong ИНН is a reason to reject it only if
        somebody wishes so: what 1C holds is the truth of the firm."""
        return [
            [
                issue.code,
                issue.field,
                issue.value,
                "error"
                if issue.code == "inn_wrong" and self.refuses_wrong_inn
                else issue.severity,
            ]
            for issue in record.issues
        ]

    def _values_of_contract(self, record):
        """One row of ``its_import_line`` from a contract, which is found by the
        reference to its client alone."""
        values = {key: value for key, value in record.values.items() if value}
        issues = [[i.code, i.field, i.value, i.severity] for i in record.issues]
        kind = self.kinds.of(values)
        service_id = kind.service_id.id
        title = values.get("contract_name") or values.get("contract_number") or ""
        plan = None
        if any(issue[3] == "error" for issue in issues):
            plan = "wrong"
        elif values.get("deletion_mark"):
            plan = "skip"
            issues.append(["contract_deleted", "deletion_mark", "", "info"])
        elif not service_id:
            plan = "skip"
            issues.append(["contract_of_nothing", "name", title, "info"])
        values["contract_key"] = kind.key
        if service_id:
            values["service_id"] = service_id
        said = {key: values[key] for key in CONTRACT_KEYS & values.keys()}
        return (
            record.row,
            title,
            plan,
            values,
            None,
            issues or None,
            values.get("ref"),
            None,
            None,
            None,
            None,
            digest_of(said),
            record.entity,
        )

    # -------------------------------------------------------------------------
    # Rows in the database
    # -------------------------------------------------------------------------

    def _insert(self, batch):
        """Write rows.

        :param batch: of :meth:`_values`, at most ``BATCH``
        :return: how many
        """
        if batch:
            # One parameter a batch in place of sixteen a row.
            self.env.cr.execute(
                SQL(
                    """
                    INSERT INTO its_import_line (
                        import_id, row, name, plan, data, folder_path, issues,
                        has_issues, ref, inn, code_key, name_key, digest,
                        subscription_digest, decision, entity
                    )
                    SELECT %s, (v ->> 0)::int, v ->> 1, v ->> 2, v -> 3,
                           NULLIF(v -> 4, 'null'), NULLIF(v -> 5, 'null'),
                           v -> 5 != 'null', v ->> 6, v ->> 7, v ->> 8, v ->> 9,
                           v ->> 10, v ->> 11, 'new', v ->> 12
                      FROM jsonb_array_elements(%s) WITH ORDINALITY AS told (v, number)
                     ORDER BY number
                    """,
                    self.job.id,
                    to_json(batch),
                ),
                # A worker too many may be at it: see its_import_job.
                log_exceptions=False,
            )
        return len(batch)

    def _mark_repeated_rows(self):
        """Point rows that speak of the same client at the first of them.

        A sheet of subscriptions names a client once a subscription. The same GUID is
        the same client; so is, where there is none, the same code with the same name
        unless ИНН or КПП differ, or a row that says the same of the client word for
        word. The same code with another name is not.
        """
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                """
                WITH told AS (
                    SELECT id, ref, code_key, name_key, digest, inn,
                           data ->> 'kpp' AS kpp,
                           min(inn) OVER one IS NOT DISTINCT FROM max(inn) OVER one
                           AND min(data ->> 'kpp') OVER one
                               IS NOT DISTINCT FROM max(data ->> 'kpp') OVER one
                           AS is_one_firm
                      FROM its_import_line
                     WHERE import_id = %(job)s AND plan IS NULL
                       AND NOT data ? 'deletion_mark'
                    WINDOW one AS (PARTITION BY ref, code_key, name_key)
                ), keyed AS (
                    SELECT id, LEAST(
                        CASE WHEN ref IS NOT NULL
                             THEN min(id) OVER (PARTITION BY ref) END,
                        CASE WHEN ref IS NULL AND code_key IS NOT NULL
                             THEN CASE WHEN is_one_firm
                                       THEN min(id) OVER (
                                            PARTITION BY ref, code_key, name_key)
                                       ELSE min(id) OVER (
                                            PARTITION BY ref, code_key, name_key,
                                                         inn, kpp)
                                  END
                        END,
                        CASE WHEN digest IS NOT NULL
                             THEN min(id) OVER (PARTITION BY digest) END
                    ) AS first_id
                    FROM told
                )
                UPDATE its_import_line line SET first_line_id = keyed.first_id
                FROM keyed
                WHERE line.id = keyed.id AND keyed.first_id < keyed.id
                """,
                job=self.job.id,
            )
        )
        self.env.invalidate_all()


# -----------------------------------------------------------------------------
# Rows that the source has sent before: most of a list that comes every night
# -----------------------------------------------------------------------------


def settle_unchanged(job, column):
    """Settle in one statement the rows the source said before, word for word.

    Skipped when the user wants the file to win over edits made in Odoo, because then an
    equal row may still have something to change.

    :param job: the ``its.import``
    :param column: ``plan`` when checking, ``outcome`` when importing
    """
    if job.overwrite:
        return
    _settle_contractors(job, column)
    if job.is_exchange:
        _settle_contracts(job, column)


def _settle_contractors(job, column):
    job.env.flush_all()
    job.env.cr.execute(
        SQL(
            """
            UPDATE its_import_line line
               SET %(column)s = 'unchanged', partner_id = snapshot.partner_id,
                   known_id = snapshot.id
              FROM its_import_snapshot snapshot
             WHERE line.import_id = %(job)s
               AND line.%(column)s IS NULL
               AND (line.plan IS NULL OR line.plan IN ('unchanged', 'changed', 'new'))
               AND %(condition_unchanged)s
            """,
            column=SQL.identifier(column),
            job=job.id,
            condition_unchanged=condition_unchanged(job, SQL("line")),
        )
    )
    job.env.invalidate_all()


def condition_unchanged(job, line):
    """A condition about a row and a ``snapshot``: the source said it before."""
    return SQL(
        """
        snapshot.source_id = %(source)s
        AND snapshot.digest = %(line)s.digest
        AND snapshot.unresolved IS NOT TRUE
        AND (%(line)s.subscription_digest IS NULL
             OR snapshot.subscriptions ? %(line)s.subscription_digest)
        """,
        line=line,
        source=job.source_id.id,
    )


def _settle_contracts(job, column):
    job.env.flush_all()
    job.env.cr.execute(
        SQL(
            """
            UPDATE its_import_line line
               SET %(column)s = 'unchanged', partner_id = snapshot.partner_id
              FROM its_import_snapshot owner
              JOIN its_import_snapshot snapshot
                ON snapshot.source_id = owner.source_id
               AND snapshot.partner_id = owner.partner_id
               AND snapshot.is_leading
             WHERE line.import_id = %(job)s
               AND line.entity = 'contract'
               AND line.%(column)s IS NULL
               AND (line.plan IS NULL OR line.plan IN ('unchanged', 'changed'))
               AND owner.source_id = %(source)s
               AND owner.ref = line.ref
               AND snapshot.subscriptions ? line.subscription_digest
            """,
            column=SQL.identifier(column),
            job=job.id,
            source=job.source_id.id,
        )
    )
    job.env.invalidate_all()
