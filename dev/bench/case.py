"""What a case is: its parts, and the figures required of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from ..templates import WITH_ADDON

# The columns of a result. `queries` are those of one operation: of a row where rows
# are counted, else of the whole; `mib` is the memory added at the peak; `grown` is how
# many times longer it took than with a hundredth of the rows.
COLUMNS = (
    "case",
    "unit",
    "ours",
    "peer",
    "peer_name",
    "ratio",
    "queries",
    "mib",
    "rows",
    "grown",
)

# What a part runs on: a copy of one of the templates, or no Odoo at all.
NO_DATABASE = ""


@dataclass(frozen=True)
class Part:
    """A function that measures something in a process of its own.

    It is called with `arguments`, after `env` if there is a database, and returns
    figures: `ours`, `peer`, `queries`, `mib`, `rows`, `grown`, those that it knows. Figures
    of other names are kept for the parts after it, which get all that is known so
    far as `known` if they have a parameter of this name.
    """

    function: Callable[..., dict]
    database: str = WITH_ADDON
    arguments: dict = field(default_factory=dict)


@dataclass(frozen=True)
class Limit:
    """A figure that is required: `ratio ≥ 3`, `mib ≤ 64`."""

    figure: str
    at_least: float | None = None
    at_most: float | None = None

    def is_met(self, value: float | None) -> bool:
        """Tell whether the value will do; one that was not measured will not."""
        if value is None:
            return False
        return (self.at_least is None or value >= self.at_least) and (
            self.at_most is None or value <= self.at_most
        )

    def __str__(self) -> str:
        bounds = (("≥", self.at_least), ("≤", self.at_most))
        return f"{self.figure} " + " ".join(
            f"{sign} {bound:g}" for sign, bound in bounds if bound is not None
        )


@dataclass(frozen=True)
class Case:
    """Something worth measuring.

    :ivar name: as it is given to ./its bench
    :ivar what: what is measured, in a line
    :ivar unit: of `ours` and `peer`; of rates (`rows/s`) more is better, else less
    :ivar parts: what to run, one after the other, as close together as can be
    :ivar peer_name: what the peer is, if there is one
    """

    name: str
    what: str
    unit: str
    parts: tuple[Part, ...]
    peer_name: str | None = None
    required: tuple[Limit, ...] = ()

    def result(self, figures: dict) -> dict:
        """Make the row of a result from all figures of the parts."""
        row = dict.fromkeys(COLUMNS)
        row.update({key: value for key, value in figures.items() if key in row})
        row.update(case=self.name, unit=self.unit, peer_name=self.peer_name)
        row["ratio"] = self._ratio(row["ours"], row["peer"])
        return row

    def _ratio(self, ours: float | None, peer: float | None) -> float | None:
        """Return how many times better ours is."""
        if ours is None or peer is None:
            return None
        better, worse = (ours, peer) if self.unit.endswith("/s") else (peer, ours)
        return better / worse if worse else None

    def misses(self, row: dict) -> list[str]:
        """Return the required figures that a result does not reach."""
        return [str(x) for x in self.required if not x.is_met(row.get(x.figure))]
