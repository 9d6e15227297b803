"""Tests of what comes over from 1C."""
