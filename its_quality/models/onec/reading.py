import contextlib
import hashlib
import json

from odoo import models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ...onec import (
    CONTRACTS,
    EXCHANGE_KINDS,
    Header,
    find_header,
    name_key,
    normalise_code,
    open_table,
    read_records,
)
from .its_import_contract import ContractKinds
from .its_import_row import CONTRACT, TO_PLAN

BATCH = 2000
# Contracts have titles of their own, which nobody maps.
NOTHING_TO_MAP = Header(1, ())

# A row speaks of a client and, if it has such columns, of one of his subscriptions.
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


# As json.dumps() does it, which makes an encoder anew at each call.
to_json = json.JSONEncoder(ensure_ascii=False).encode
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


class ItsImport(models.Model):
    """Reading: from the dropped file to rows in the database."""

    _inherit = "its.import"

    @contextlib.contextmanager
    def _open_table(self):
        """Open the dropped file as an ``onec`` table.

        :raises UserError: the sentence of the reader, in the user's language
        """
        with self._file_path() as path, self._telling_errors():
            table = open_table(
                path, sheet=self.sheet or None, encoding=self.encoding or None
            )
            with contextlib.closing(table):
                yield table

    def _do_read_header(self):
        """Find header, columns and encoding, and propose where each column goes."""
        self.ensure_one()
        with self._open_table() as table:
            header = find_header(table)
            names, sheet = list(table.sheet_names), table.sheet
            kind, encoding = table.kind, table.encoding
        remembered = self.source_id.mapping or {}
        if kind in EXCHANGE_KINDS and sheet == CONTRACTS:
            header = NOTHING_TO_MAP
        used, columns = set(), []
        known = self.env["its.import.column"]._target_labels()
        for column in header.columns:
            proposed = column.field if column.field in known else False
            target = remembered.get(name_key(column.title), proposed) or False
            if target in used:
                target = False
            used.add(target)
            columns.append(
                {
                    "import_id": self.id,
                    "index": column.index,
                    "letter": column.letter,
                    "title": column.title,
                    "sample": column.sample,
                    "target": target,
                }
            )
        self.column_ids.unlink()
        self.env["its.import.column"].create(columns)
        place = self.env._("header in row %(row)s", row=header.row)
        if kind in EXCHANGE_KINDS:
            found, names = self._exchange_names()[kind], []
        elif kind == "csv":
            found = self.env._(
                "text in %(encoding)s, %(place)s", encoding=encoding, place=place
            )
        else:
            found = self.env._("sheet %(sheet)s, %(place)s", sheet=sheet, place=place)
        super().write(
            {
                "found": found,
                "file_kind": kind,
                "sheet_names": ", ".join(names),
                "error": False,
            }
        )

    def _check_mapping(self):
        """Refuse a mapping that cannot name a client.

        :raises UserError: saying which column is missing
        """
        if self.file_kind in EXCHANGE_KINDS and not self.column_ids:
            return
        targets = set(self.column_ids.mapped("target"))
        if not targets & {"name", "full_name"}:
            raise UserError(
                self.env._(
                    "No column goes to «Name». Choose the column with the clients' "
                    "names in the list of columns."
                )
            )

    def _remember_mapping(self):
        """Keep the choice for the next file of this source."""
        mapping = dict(self.source_id.mapping or {})
        for column in self.column_ids:
            mapping[name_key(column.title or "")] = column.target or False
        self.source_id.sudo().mapping = mapping

    def _step_check(self):
        """Read the file into rows, or plan one more batch of those read.

        :return: whether there is more to do
        """
        if not self.row_count:
            content = self._find_content_digest()
            row_count = self._copy_rows_read_before(self._reading_key_of(content))
            row_count = row_count or self._read_rows()
            self._note_kinds()
            self._mark_repeated_rows()
            self._mark_unchanged_rows("plan")
            self._mark_unchanged_contracts("plan")
            self._match_file(TO_PLAN)
            self._hold(wait=False)
            key = self._reading_key_of(content)
            super().write({"row_count": row_count, "reading_key": key})
        elif not self._plan_batch():
            self._finish_check()
            return False
        return True

    def _finish_check(self):
        self._plan_heads()
        self._hold(wait=False)
        super().write(
            {
                "state": "checked",
                "check_needed": False,
                "done_count": self.row_count,
            }
        )
        self._count_plans()

    def _count_plans(self):
        """Count what is planned for the rows."""
        contracts = [("entity", "=", CONTRACT)]
        counts = self._count_lines("plan", ["!", *contracts])
        counts["contract"] = self._count_lines("plan", contracts).get("changed", 0)
        super().write({"plan_counts": counts})

    def _read_rows(self):
        """Copy every row of the file into the table of rows.

        :return: how many there are
        :raises UserError: if there is none
        """
        self._drop_lines()
        count, batch, kinds = 0, [], ContractKinds(self)
        with self._open_table() as table:
            for record in self._records(table):
                batch.append(self._line_values(record, kinds))
                if len(batch) >= BATCH:
                    count += self._insert_lines(batch)
                    batch = []
            count += self._insert_lines(batch)
        if not count:
            raise UserError(
                self.env._("There is not one row below the header of this file.")
            )
        return count

    def _records(self, table):
        """Read the records of a table: of a sheet those of its rows, of an exchange
        file its contractors and after them its contracts."""
        mapping = {
            column.index: column.target for column in self.column_ids if column.target
        }
        header = find_header(table)
        if table.kind not in EXCHANGE_KINDS:
            yield from read_records(table, header, mapping)
            return
        row = 1
        if table.sheet != CONTRACTS:
            for record in read_records(table, header, mapping):
                row = record.row
                yield record
        if CONTRACTS in table.sheet_names:
            yield from self._contracts(table, row)

    def _line_values(self, record, kinds):
        """One row of ``its_import_line`` from one record of ``onec``.

        :param kinds: the :class:`ContractKinds` of this import
        """
        if record.entity == CONTRACT:
            return self._contract_line_values(record, kinds)
        values = {key: value for key, value in record.values.items() if value}
        issues = [[i.code, i.field, i.value, i.severity] for i in record.issues]
        path = list(record.path)
        if record.skip_reason:
            plan = "skip"
            issues.append([record.skip_reason, "name", "", "info"])
        elif record.is_folder:
            plan = "folder"
        elif any(issue[3] == "error" for issue in issues):
            plan = "wrong"
        else:
            plan = None
            if values.get("deletion_mark"):
                issues.append(["deletion_mark", "deletion_mark", "", "info"])
        subscription = {k: values[k] for k in SUBSCRIPTION_KEYS & values.keys()}
        client = {k: values[k] for k in values.keys() - SUBSCRIPTION_KEYS}
        if self.folder_mode == "category" and path:
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

    def _insert_lines(self, batch):
        """Write rows.

        :param batch: of :meth:`_line_values`, at most ``BATCH``
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
                    self.id,
                    to_json(batch),
                )
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
                job=self.id,
            )
        )
        self.env.invalidate_all()

    def _count_lines(self, column, domain=()):
        """Count the rows by plan or outcome.

        :param domain: counts those of the rows only
        :return: ``{value: count}``
        """
        groups = self.env["its.import.line"]._read_group(
            [("import_id", "=", self.id), *domain], [column], ["__count"]
        )
        return {value: count for value, count in groups if value}
