import contextlib

from odoo import api, models

from ....onec import (
    UserRecord,
    find_user_header,
    open_users,
    read_user_entities,
    read_users,
)
from ..refused import ImportRefused
from .matching import Matching


class ItsUserImport(models.Model):
    """Reading: from a file, or from what 1C tells itself, to rows for review."""

    _inherit = "its.user.import"

    def _check_file(self):
        """Refuse a file that is not a list of users, before it is stored.

        :raises UserError: saying what is wrong with it
        """
        for job in self.filtered("file"):
            with job._open_table() as table:
                find_user_header(table)

    def action_check(self):
        """Read the file and propose what to do about each person."""
        self.ensure_one()
        self.check_access("write")
        if not self.file:
            raise ImportRefused(self.env._("Drop a list of users from 1C here first."))
        self._check_may_be_read_again()
        self._do_check()

    def _do_check(self):
        self.ensure_one()
        with self._open_table() as table:
            header = find_user_header(table)
            records = list(read_users(table, header))
            sheet, row = table.sheet, header.row
        if not records:
            raise ImportRefused(self.env._("This file has no rows below the header."))
        place = self.env._("header in row %(row)s", row=row)
        if sheet:
            place = self.env._("sheet %(sheet)s, %(place)s", sheet=sheet, place=place)
        self._propose(records, place)

    def _read_entities(self, entities, names=None):
        """Propose what to do about the users read from 1C over OData.

        :param entities: of ``Catalog_Пользователи``, as dicts
        :param names: names by ``Ref_Key`` in small letters, of departments for example
        :raises UserError: where they cannot be read
        """
        self.ensure_one()
        self.check_access("write")
        self._check_may_be_read_again()
        with self._raising_user_errors():
            records = list(read_user_entities(entities, names))
        if not records:
            raise ImportRefused(
                self.env._(
                    "1C returned no users. Check that the catalog «Пользователи» is "
                    "published and that the login used by Odoo can read it."
                )
            )
        self._propose(records, self.env._("read directly from 1C"))

    @api.model
    def _review_entities(self, source, entities, names=None):
        """Create a review of users read from 1C; see :meth:`_read_entities`.

        :param source: the information base they are from
        :return: an action that opens the review
        """
        job = self.create({"source_id": source.id})
        job._read_entities(entities, names)
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "its_quality.its_user_import_action"
        )
        return {**action, "views": [(False, "form")], "res_id": job.id}

    @contextlib.contextmanager
    def _open_table(self):
        """Open the dropped file as an ``onec`` table of users.

        :raises UserError: the sentence of the reader, in the user's language
        """
        with (
            self._file_path() as path,
            self._raising_user_errors(),
            contextlib.closing(open_users(path)) as table,
        ):
            yield table

    def _propose(self, records, found):
        """Replace the rows by proposals for these people.

        :param records: of ``onec``
        :param found: where they were found, for the user
        """
        known = self._known_links()
        lines = Matching(self).propose(records)
        # The rows are made by nobody but this method, which has asked for the right
        # to change the import; see the access rights of the rows.
        self.sudo().line_ids.unlink()
        self.env["its.user.import.line"].sudo().create(
            [{**line, "import_id": self.id} for line in lines]
        )
        # A file of 1C says more of people than is needed here, so it is not kept.
        self.sudo().write(
            {
                "state": "checked",
                "file": False,
                "found": found,
                "known_count": len(known.user_id.filtered("active")),
                "whole_list": False,
            }
        )

    def _propose_again(self):
        """Propose anew for another source; roles that were chosen stay."""
        self.ensure_one()
        roles = {line.row: line.role for line in self.line_ids if line.role}
        self._propose(self._stored_records(), self.found)
        for line in self.line_ids:
            if line.row in roles and line.proposal in ("create", "link"):
                line.role = roles[line.row]

    def _stored_records(self):
        """The people of the list once more, as they were read."""
        return [
            UserRecord(
                line.row,
                line.data["values"],
                [tuple(issue) for issue in line.data["issues"]],
                line.data["skip_reason"],
            )
            for line in self.line_ids
            if line.data
        ]
