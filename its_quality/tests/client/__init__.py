"""Tests of cards and subscriptions."""
