"""Files that are uploaded and exported, of whatever room."""

from . import binary, export
