from odoo import models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ....onec import ISSUE_CODES, Issue, Record
from ..its_import_contract import ContractKinds
from ..reading import BATCH
from .pages import AGAIN


class ItsImport(models.Model):
    """Checking once more what has been read from 1C: somebody has said what kinds of
    contracts mean, or has chosen other options. 1C is not asked for that."""

    _inherit = "its.import"

    def action_check(self):
        if not self.connection_id:
            return super().action_check()
        self.ensure_one()
        if self.state not in ("draft", "checked"):
            raise UserError(
                self.env._(
                    "This import has been started. Make a new one to check again."
                )
            )
        self.connection_id._check_is_free()
        if self.state == "draft" or not self._is_still_read():
            return self._start("checking")
        self.check_access("write")
        reading = {
            **self.reading,
            "stages": [[AGAIN, ""]],
            "place": None,
            "names": self.connection_id._names_digest(),
        }
        self.write(
            {
                **self._nothing_read(),
                "state": "checking",
                "reading": reading,
                "error": False,
                "failures": 0,
                "check_stopped": False,
            }
        )
        self.env.ref("its_quality.ir_cron_import")._trigger()
        return None

    def _is_still_read(self):
        """Whether the rows are what was last read, and all there is to it."""
        if self.overwrite and not self.reading.get("overwrites"):
            # Then everything is to be read, and not only what has changed.
            return False
        [(count,)] = self.env.execute_query(
            SQL(
                "SELECT count(*) FROM its_onec_object WHERE import_id = %s AND row > 0",
                self.id,
            )
        )
        return count == self.row_count

    def _read_again(self, _catalogue, place, reading):
        """Make rows anew of those that are there."""
        found = self.env.execute_query(
            SQL(
                """
                SELECT row, data, issues, folder_path, entity FROM its_import_line
                 WHERE import_id = %s AND row > %s ORDER BY row LIMIT %s
                """,
                self.id,
                place.seen,
                BATCH,
            )
        )
        place.total = reading["rows"]
        place.is_end = len(found) < BATCH
        if not found:
            return True
        kinds = ContractKinds(self)
        lines = [self._line_values(_record(*values), kinds) for values in found]
        rows = [row for row, *_rest in found]
        self.env.cr.execute(
            SQL(
                "DELETE FROM its_import_line"
                " WHERE import_id = %s AND row BETWEEN %s AND %s",
                self.id,
                rows[0],
                rows[-1],
            )
        )
        self._insert_lines(lines)
        self.env.invalidate_all()
        place.seen = rows[-1]
        return place.is_end


def _record(row, data, issues, path, entity):
    """The record of ``onec`` that a row was made of."""
    data = {k: v for k, v in data.items() if k not in ("contract_key", "service_id")}
    told = [
        Issue(code, field, value)
        for code, field, value, _severity in issues or ()
        if code in ISSUE_CODES
    ]
    is_folder = bool(data.get("is_folder"))
    return Record(row, data, told, tuple(path or ()), is_folder, None, entity)
