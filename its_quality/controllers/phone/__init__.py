"""The address that telephone exchanges report calls to, and listening to talks."""

from . import phone_events, recordings
