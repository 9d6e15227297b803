"""The cases: one module an area, each with its `CASES`."""
