"""Exchange files of 1C as tables: what a program would load, not a person read."""
