import logging
from contextlib import contextmanager
from pathlib import Path

from odoo import api, models
from odoo.exceptions import UserError

from ...tools.texts import typed

_logger = logging.getLogger(__name__)


class FileNotSaved(UserError):
    """The file store does not take a file: the disk is full, or is not there."""

    http_status = 507


class IrAttachment(models.Model):
    """Files of imports are not searched by their words; what cannot be kept is said."""

    _inherit = "ir.attachment"

    @api.model
    def _index(self, bin_data, file_type, checksum=None):
        # Odoo keeps every word of a text in the database; of an exchange file that is
        # as much again as the file.
        if self.env.context.get("its_no_index"):
            return None
        return super()._index(bin_data, file_type, checksum=checksum)

    @api.model
    def _get_path(self, bin_data, sha):
        with self._reporting_file_errors():
            return super()._get_path(bin_data, sha)

    @api.model
    def _file_write(self, bin_value, checksum):
        with self._reporting_file_errors():
            try:
                return super()._file_write(bin_value, checksum)
            except OSError:
                self._delete_partial_file(bin_value, checksum)
                raise

    @contextmanager
    def _reporting_file_errors(self):
        """Tell the user that a file cannot be kept, and the administrator why.

        :raises FileNotSaved: for whatever the file store refuses
        """
        try:
            yield
        except OSError as error:
            _logger.error("The file store does not take a file: %s", error.strerror)
            raise FileNotSaved(
                self.env._(
                    "The file was not saved: the server is out of disk space, or its "
                    "file store does not work. Please try again later; if it happens "
                    "again, contact the administrator."
                )
            ) from error

    def _delete_partial_file(self, bin_value, checksum):
        """Delete what was written of a file: Odoo takes a file that is there for whole,
        and would serve the part to the next upload of the same file."""
        path = Path(self._full_path(f"{checksum[:2]}/{checksum}"))
        try:
            if path.stat().st_size != len(bin_value):
                path.unlink()
        except OSError as error:
            _logger.info("There is no part of the file to delete: %s", error.strerror)

    @api.model_create_multi
    def create(self, vals_list):
        return super().create([self._with_plain_name(vals) for vals in vals_list])

    def write(self, vals):
        return super().write(self._with_plain_name(vals))

    def _with_plain_name(self, vals):
        """Values with a name that the database takes; programs give files any."""
        name = vals.get("name")
        return {**vals, "name": typed(name)} if isinstance(name, str) else vals
