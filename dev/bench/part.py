"""The way from the runner into the process of a part and back.

`odoo shell` runs this file from its standard input, so that `env` is there; a part
without a database runs it as a program.
"""

from __future__ import annotations

import importlib
import inspect
import json
import os

# Said in front of the one line that the runner listens to.
MARK = "its-bench-figures:"
VARIABLE = "ITS_BENCH_PART"


def message(function, arguments: dict, known: dict) -> dict[str, str]:
    """Return the environment variables that tell the process what to do."""
    told = {
        "module": function.__module__,
        "function": function.__name__,
        "arguments": arguments,
        "known": known,
    }
    return {VARIABLE: json.dumps(told)}


def answer(output: str) -> dict:
    """Return the figures from what the process has printed."""
    lines = [line for line in output.splitlines() if line.startswith(MARK)]
    return json.loads(lines[-1].removeprefix(MARK))


def perform(*env) -> None:
    """Run the function that the environment names and print its figures."""
    told = json.loads(os.environ[VARIABLE])
    function = getattr(importlib.import_module(told["module"]), told["function"])
    arguments = told["arguments"]
    if "known" in inspect.signature(function).parameters:
        arguments["known"] = told["known"]
    figures = function(*env, **arguments)
    print(f"\n{MARK}{json.dumps(figures)}", flush=True)


if __name__ in ("__main__", "__console__"):
    perform(*([globals()["env"]] if "env" in globals() else []))
