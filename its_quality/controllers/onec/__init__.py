"""What an import gives back."""

from . import rejected
