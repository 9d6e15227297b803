from odoo import models
from odoo.tools import SQL

from ....onec.odata.errors import OdataError
from ....onec.odata.objects import (
    CONTRACTORS,
    PERSONS,
    Named,
    entries_of,
    links_of,
    named_of,
    records_of,
)
from ....onec.odata.walk import key_of, version_of
from ..its_import_contract import ContractKinds
from ..reading import BATCH
from .pages import MAY_BE_MISSING


class ItsImport(models.Model):
    """Keeping what has been read from 1C: the rows of the import, the versions of the
    objects, and the names that others refer to."""

    _inherit = "its.import"

    def _keep_objects(self, catalogue, rows, reading):
        """Make rows of the import of objects, and note which row is whose."""
        entries = entries_of(catalogue, rows)
        known = self._known_names(links_of(entries))
        if catalogue == CONTRACTORS:
            known |= self._persons(entries, known)
        lines, places, kinds = [], {}, ContractKinds(self)
        for ref, record in records_of(catalogue, entries, known, reading["rows"] + 1):
            lines.append(self._line_values(record, kinds))
            places[ref] = record.row
        for start in range(0, len(lines), BATCH):
            self._insert_lines(lines[start : start + BATCH])
        # Numbers are given to whatever says something, damaged or not.
        reading["rows"] += len(lines)
        self._keep_names(catalogue, rows)
        self._keep(
            [
                (
                    self.connection_id.id,
                    catalogue,
                    key_of(row),
                    version_of(row),
                    self.id,
                    places.get(key_of(row), 0),
                )
                for row in rows
            ]
        )

    def _keep(self, values):
        """Note versions that were read, and the rows they are in."""
        if values:
            self.env.cr.execute_values(
                """
                INSERT INTO its_onec_object (
                    connection_id, catalogue, ref, read_version, import_id, row
                ) VALUES %s
                ON CONFLICT (connection_id, ref, catalogue) DO UPDATE
                   SET read_version = EXCLUDED.read_version,
                       import_id = EXCLUDED.import_id, row = EXCLUDED.row
                """,
                values,
                page_size=BATCH,
            )

    def _keep_names(self, catalogue, rows):
        """Note names, for those that refer to them."""
        if rows:
            self.env.cr.execute_values(
                """
                INSERT INTO its_onec_object (
                    connection_id, catalogue, ref, name, parent
                ) VALUES %s
                ON CONFLICT (connection_id, ref, catalogue) DO UPDATE
                   SET name = EXCLUDED.name,
                       parent = COALESCE(EXCLUDED.parent, its_onec_object.parent)
                """,
                [
                    (self.connection_id.id, catalogue, ref, named.name, named.parent)
                    for ref, named in {key_of(r): named_of(r) for r in rows}.items()
                ],
                page_size=BATCH,
            )

    def _known_names(self, refs):
        """Look up what references lead to, and the folders above that.

        :return: ``{reference: Named}``
        """
        known, wanted = {}, set(refs)
        while wanted:
            found = self.env.execute_query(
                SQL(
                    """
                    SELECT ref, name, parent FROM its_onec_object
                     WHERE connection_id = %s AND ref IN %s AND name IS NOT NULL
                    """,
                    self.connection_id.id,
                    tuple(wanted),
                )
            )
            known.update(
                (ref, Named(name, parent or "")) for ref, name, parent in found
            )
            parents = {parent for _ref, _name, parent in found if parent}
            wanted = parents - known.keys()
        return known

    def _persons(self, entries, known):
        """Ask for the names of contact persons that nobody has told yet."""
        links = {entry.links.get("contact_person") for entry in entries if entry}
        missing = sorted(links - known.keys() - {None})
        found = {}
        for catalogue in PERSONS if missing else ():
            found |= self._persons_of(catalogue, [x for x in missing if x not in found])
        return found

    def _persons_of(self, catalogue, refs):
        found = {}
        while refs:
            try:
                rows, asked = self._by_key(catalogue, refs, "Ref_Key,Description")
            except OdataError as error:
                if error.code in MAY_BE_MISSING:
                    break
                raise
            found.update((key_of(row), named_of(row)) for row in rows)
            refs = refs[len(asked) :]
        return found
