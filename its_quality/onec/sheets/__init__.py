"""Sheets of spreadsheet programs, and texts with separators, as tables."""
