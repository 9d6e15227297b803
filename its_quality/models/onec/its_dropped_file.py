import contextlib
import tempfile
from pathlib import Path

from odoo import fields, models

from ...onec import OnecError
from .refused import ImportRefused
from .texts import error_sentence


class ItsDroppedFile(models.AbstractModel):
    """A file from 1C that somebody has dropped, read bit by bit."""

    _name = "its.dropped.file"
    _description = "File from 1C"

    file = fields.Binary(attachment=True, copy=False)
    file_name = fields.Char(copy=False)

    def _file_attachment(self):
        # Users who may read the record may read the attachment of its field.
        return (
            self.env["ir.attachment"]
            .sudo()
            .search(
                [
                    ("res_model", "=", self._name),
                    ("res_field", "=", "file"),
                    ("res_id", "=", self.id),
                ],
                limit=1,
            )
        )

    @contextlib.contextmanager
    def _file_path(self):
        """Have the file on disk: it is streamed from the file store, and from a copy
        where files are kept in the database.

        :return: a path, for as long as the block lasts
        """
        self.ensure_one()
        attachment = self._file_attachment()
        path = attachment._full_path(attachment.store_fname or "")
        if attachment.store_fname and Path(path).is_file():
            yield path
            return
        with contextlib.ExitStack() as stack:
            with attachment._reporting_file_errors():
                # Unbuffered, or closing it would try once more.
                copy = stack.enter_context(tempfile.NamedTemporaryFile(buffering=0))
                copy.write(attachment.raw or b"")
            yield copy.name

    @contextlib.contextmanager
    def _raising_user_errors(self):
        """Tell the user why a file cannot be read.

        :raises UserError: the sentence of the reader, in the user's language
        """
        try:
            yield
        except OnecError as error:
            raise ImportRefused(error_sentence(self.env, error)) from error
