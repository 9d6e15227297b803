"""./its bench: how fast the addon is, beside what Odoo itself offers.

=========  ===================================================================
case       what a case is: its parts, and the figures required of it
registry   every case there is, from `cases/`
runner     runs cases and shows what came out
figures    measuring inside the process of a part: time, queries, memory
part       the way from the runner into that process and back
sheets     workbooks of contractors, the same on every machine
cases      one module an area: its cases and the functions they run
=========  ===================================================================

To add a case, write a function in a module of `cases/` that measures and returns
figures, and name it in the `CASES` of that module. The functions run in processes of
their own; the modules are imported by any Python, so they import Odoo inside the
functions only.
"""
