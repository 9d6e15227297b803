"""An exchange file in an archive: people zip what is too big to send."""

from __future__ import annotations

import io
import zipfile
import zlib
from pathlib import Path, PurePosixPath
from typing import IO

from ..errors import OnecError
from ..tables import damage_from

EXTENSIONS = (".xml", ".json")
SHEETS = (".xlsx", ".xlsm", ".xls", ".csv", ".ods")
# What other systems put into an archive beside the file itself.
ASIDE = ("__MACOSX",)
# What archives have that are documents of office programs.
OF_OFFICE = ("[Content_Types].xml", "mimetype")


class ZippedFile:
    """A file of an archive, opened as a path is."""

    def __init__(self, path: Path, name: str) -> None:
        self._path = path
        self._name = name

    def open(self, _mode: str = "rb") -> IO[bytes]:
        """Open the file for reading.

        :raises OnecError: ``password``, ``damaged``
        """
        return io.BufferedReader(_Member(self._path, self._name))


class _Member(io.RawIOBase):
    """The bytes of a member, with its errors raised as those of a file from 1C."""

    def __init__(self, path: Path, name: str) -> None:
        super().__init__()
        with damage_from(zipfile.BadZipFile, OSError, NotImplementedError, KeyError):
            self._archive = zipfile.ZipFile(path)
            try:
                self._stream = self._archive.open(name)
            except RuntimeError as error:
                self._archive.close()
                raise OnecError("password") from error
            except BaseException:
                self._archive.close()
                raise

    def readable(self) -> bool:
        return True

    def readinto(self, buffer) -> int:
        with damage_from(zipfile.BadZipFile, zlib.error, EOFError, OSError):
            piece = self._stream.read(len(buffer))
        buffer[: len(piece)] = piece
        return len(piece)

    def close(self) -> None:
        if not self.closed:
            self._stream.close()
            self._archive.close()
        super().close()


def exchange_in(path: Path) -> ZippedFile | None:
    """Find the exchange file in an archive.

    :return: ``None`` where there is none, as in a workbook
    :raises OnecError: ``archive`` where there are several files that people import,
        ``zipped_sheet`` where the only one is a sheet
    """
    try:
        with zipfile.ZipFile(path) as archive:
            names = [item.filename for item in archive.infolist() if not item.is_dir()]
    except (zipfile.BadZipFile, OSError, NotImplementedError, ValueError):
        return None
    if any(name in OF_OFFICE or name.startswith("xl/") for name in names):
        return None
    names = [name for name in names if PurePosixPath(name).parts[:1] != ASIDE]
    files = [name for name in names if name.lower().endswith(EXTENSIONS)]
    sheets = [name for name in names if name.lower().endswith(SHEETS)]
    if len(files) + len(sheets) > 1:
        raise OnecError("archive", count=len(files) + len(sheets))
    if len(sheets) == 1:
        raise OnecError("zipped_sheet")
    if len(names) == 1:
        files = names
    return ZippedFile(path, files[0]) if files else None
