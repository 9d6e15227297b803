"""Where 1С-Коннект notifies us of messages."""

from . import events
