"""Every case there is, from the modules in `cases/`."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Sequence

from ..console import Problem
from . import cases as areas
from .case import Case


def all_cases() -> dict[str, Case]:
    """Return the cases by name, area after area."""
    names = sorted(module.name for module in pkgutil.iter_modules(areas.__path__))
    found: dict[str, Case] = {}
    for name in names:
        module = importlib.import_module(f"{areas.__name__}.{name}")
        for case in module.CASES:
            if case.name in found:
                raise AssertionError(f"two cases are called {case.name}")
            found[case.name] = case
    return found


def choose(names: Sequence[str]) -> list[Case]:
    """Return the cases of these names, or all.

    :raise Problem: when there is none of a name
    """
    known = all_cases()
    unknown = [name for name in names if name not in known]
    if unknown:
        raise Problem(
            f"There is no case {', '.join(unknown)}; there are: {', '.join(known)}."
        )
    return [known[name] for name in dict.fromkeys(names or known)]
