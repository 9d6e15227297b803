"""Where 1С-Коннект tells us of messages."""

from . import events
