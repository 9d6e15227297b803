"""Control charts: which of many periods is unlike the others by more than chance.

A u-chart is of claims per 100 contracts, a p-chart of the share of late ones. Limits
are those of the textbooks (D. Montgomery, «Introduction to Statistical Quality
Control», 7.2 and 7.3), the rules of runs those of Western Electric. The middle comes
from the older three quarters of the points, so that the newest are watched against
them. Plain arithmetic: the database counts, this judges.
"""

from dataclasses import dataclass
from math import sqrt

# A point says something if so many are expected of it; else periods are put together.
EXPECTED = 16
# As many of both kinds for a share.
EXPECTED_OF_SHARE = 5
# With fewer points nobody can tell what is usual.
FEWEST = 8
# Into how many parts of the time the periods may be put together, the finest first.
POOLS = (1, 2, 3, 4, 6)
WATCHED = 4


@dataclass(frozen=True)
class Point:
    """A period, or several put together.

    :param first: the place of its first period, and
    :param last: that of its last one
    :param value: per 100
    :param low: the lower limit of three sigma
    :param high: the upper one
    :param signal: the number of the rule that is broken, 0 if none is
    """

    first: int
    last: int
    value: float
    low: float
    high: float
    signal: int


@dataclass(frozen=True)
class Chart:
    """The points of a chart, oldest first; none where there is too little to tell."""

    middle: float | None
    points: tuple = ()

    @property
    def is_few(self):
        return not self.points


def u_chart(counts, exposures):
    """How often something happens per 100 of what it may happen to.

    :param counts: how often it has happened in each period
    :param exposures: to how many it could have happened
    """
    return _chart(
        counts,
        exposures,
        begun=counts,
        sigma=lambda rate, size: sqrt(rate / size),
        is_enough=lambda rate, size: rate * size >= EXPECTED,
        most=float("inf"),
    )


def p_chart(hits, wholes):
    """The share of hits.

    :param hits: how many of each period
    :param wholes: of how many
    """
    return _chart(
        hits,
        wholes,
        begun=wholes,
        sigma=lambda share, size: sqrt(share * (1 - share) / size),
        is_enough=lambda share, size: min(share, 1 - share) * size >= EXPECTED_OF_SHARE,
        most=1,
    )


def _chart(counts, sizes, begun, sigma, is_enough, most):
    """Put as few periods together as lets every point say something.

    :param begun: by period, false until the first one of which there is a record
    """
    # What was before anybody kept a record of it was not quiet.
    begin = next((at for at, size in enumerate(sizes) if size and begun[at]), None)
    if begin is None:
        return Chart(None)
    for pool in POOLS:
        # The newest point is a whole one; what is left over is the oldest.
        start = begin + (len(counts) - begin) % pool
        spans = [(at, at + pool) for at in range(start, len(counts), pool)]
        pooled = [(sum(counts[a:b]), sum(sizes[a:b])) for a, b in spans]
        if len(pooled) < FEWEST:
            break
        usual = pooled[: len(pooled) - len(pooled) // WATCHED]
        size = sum(size for _count, size in usual)
        middle = sum(count for count, _size in usual) / size if size else 0
        if middle and all(size and is_enough(middle, size) for _count, size in pooled):
            return _judged(pooled, spans, middle, sigma, most)
    return Chart(None)


def _judged(pooled, spans, middle, sigma, most):
    deviations = [
        (count / size - middle) / sigma(middle, size) for count, size in pooled
    ]
    points = [
        Point(
            first,
            after - 1,
            100 * count / size,
            100 * max(0, middle - 3 * sigma(middle, size)),
            100 * min(most, middle + 3 * sigma(middle, size)),
            signal,
        )
        for (first, after), (count, size), signal in zip(
            spans, pooled, signals(deviations), strict=True
        )
    ]
    return Chart(100 * middle, tuple(points))


def signals(deviations):
    """Which rule each point breaks, in sigmas from the middle; 0 for none.

    1: beyond 3; 2: two of three beyond 2 on one side; 3: four of five beyond 1 on one
    side; 4: eight on one side. After a signal the runs begin anew.
    """
    found, start = [], 0
    for at in range(len(deviations)):
        run = deviations[start : at + 1]
        rule = _rule(run) or _rule([-value for value in run])
        found.append(rule)
        if rule:
            start = at + 1
    return found


def _rule(run):
    """The rule that the last of these points breaks upwards."""
    last = run[-1]
    if last > 3:
        return 1
    if last > 2 and sum(value > 2 for value in run[-3:]) >= 2:
        return 2
    if last > 1 and sum(value > 1 for value in run[-5:]) >= 4:
        return 3
    return 4 if len(run) >= 8 and min(run[-8:]) > 0 else 0
