"""Tests of what all else stands on."""
