"""Tests of 1C-Connect."""
