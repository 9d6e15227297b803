"""Showing the secret of 1С-Коннект once."""

from . import its_connect_secret
