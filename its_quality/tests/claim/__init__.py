"""Tests of claims and the mail about them."""
