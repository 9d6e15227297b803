"""Tests of 1C-Connect."""

from . import (
    test_its_connect,
)
