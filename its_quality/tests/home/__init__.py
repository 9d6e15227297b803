"""Tests of the home pages and of the first hour."""

from . import (
    test_client_card,
    test_first_hour,
    test_home_tours,
    test_its_client_making,
    test_its_home,
    test_its_settings,
)
