"""Tests of calls: cadences, the desk, interactions."""
