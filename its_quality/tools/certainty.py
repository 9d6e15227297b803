"""How certain a figure is: the one owner of intervals, of «too few», and of whether a
change is more than chance.

A figure of clients who happened to answer is an estimate. Each has the number behind it
and its 95 % interval: a share by Wilson, an NPS with two, three pseudo-answers more, a
mean by Student. A change is significant if chance alone would make one as great in at
most 5 of 100 periods. Plain arithmetic: the database counts, this judges.
"""

from dataclasses import dataclass
from math import sqrt
from statistics import NormalDist

# Below so many answers a figure says «too few».
ENOUGH = 30
Z = NormalDist().inv_cdf(0.975)
SHARE, NPS, MEAN, COUNT = "share", "nps", "mean", "count"
# Added to the answers of an NPS: promoters, passive ones, detractors. Without them the
# interval of one near ±100 would be too short, and that of an equal one a point.
PSEUDO = (0.75, 1.5, 0.75)
PSEUDO_COUNT = sum(PSEUDO)


@dataclass(frozen=True)
class Figure:
    """A figure with what is known about it.

    :param kind: ``SHARE`` of 0…100, ``NPS`` of −100…100, ``MEAN``, or ``COUNT``
    :param value: ``None`` where nothing was counted
    :param count: the number of answers behind it
    :param low: where its 95 % interval begins, ``None`` if that is not known
    :param high: where it ends
    :param error: its variance as an estimate, of what a change is compared with
    """

    kind: str
    value: float | None
    count: int
    low: float | None
    high: float | None
    error: float | None

    @property
    def is_few(self):
        """Whether there are too few answers to say anything."""
        return self.kind != COUNT and 0 < self.count < ENOUGH

    def as_shown(self):
        """What a page shows of it: rounded, whether there are too few, and from where
        to where it may be."""
        return {
            "value": _rounded(self.value),
            "count": self.count,
            "few": self.is_few,
            "low": _rounded(self.low),
            "high": _rounded(self.high),
        }


def _rounded(value):
    return None if value is None else round(value, 1)


def figure(kind, count, mean, variance):
    """The figure that a mean is.

    :param kind: ``SHARE``, ``NPS`` or ``MEAN``; the first is a mean of 0 and 100, the
        second of 100, 0 and −100
    :param count: of how many numbers
    :param mean: their mean, whatever is false if there are none
    :param variance: of the sample; whatever is false if there are fewer than two
    """
    if not count:
        return Figure(kind, None, 0, None, None, None)
    mean, variance = float(mean or 0), float(variance or 0)
    if kind == SHARE:
        return share(mean / 100 * count, count)
    if kind == NPS:
        # The mean square tells how many are not passive.
        square = variance * (count - 1) / count + mean**2
        sure = square / 10000 * count
        surplus = mean / 100 * count
        return nps((sure + surplus) / 2, (sure - surplus) / 2, count)
    return of_mean(count, mean, variance)


def pooled(parts):
    """The number, the mean and the variance of several groups of numbers together.

    :param parts: the same three of each; of an empty one the others are false
    """
    parts = [part for part in parts if part[0]]
    every = sum(count for count, _mean, _variance in parts)
    if not every:
        return 0, None, None
    middle = sum(count * mean for count, mean, _variance in parts) / every
    squares = sum(
        (count - 1) * (variance or 0) + count * (mean - middle) ** 2
        for count, mean, variance in parts
    )
    return every, middle, squares / (every - 1) if every > 1 else None


def share(hits, count):
    """The share of hits, with the interval of Wilson.

    :return: a :class:`Figure` in percent
    """
    if not count:
        return Figure(SHARE, None, 0, None, None, None)
    low, high = wilson(hits, count)
    part = hits / count
    error = 10000 * part * (1 - part) / count
    return Figure(SHARE, 100 * part, count, 100 * low, 100 * high, error)


def wilson(hits, count):
    """The interval of Wilson, of 0…1."""
    part, square = hits / count, Z * Z
    middle = (part + square / (2 * count)) / (1 + square / count)
    half = sqrt(part * (1 - part) / count + square / (4 * count * count))
    half *= Z / (1 + square / count)
    return max(0.0, middle - half), min(1.0, middle + half)


def nps(promoters, detractors, count):
    """An NPS; its variance is p + d − (p − d)² after the pseudo-answers.

    The interval lies about the NPS of all answers, those added among them, and holds
    that of the real ones.
    """
    if not count:
        return Figure(NPS, None, 0, None, None, None)
    value = 100 * (promoters - detractors) / count
    every = count + PSEUDO_COUNT
    good = (promoters + PSEUDO[0]) / every
    bad = (detractors + PSEUDO[2]) / every
    middle = 100 * (good - bad)
    error = 10000 * (good + bad - (good - bad) ** 2) / every
    half = Z * sqrt(error)
    low, high = max(-100.0, middle - half), min(100.0, middle + half)
    return Figure(NPS, value, count, min(low, value), max(high, value), error)


def of_mean(count, mean, variance):
    """A mean, with the interval of Student; of one number there is none."""
    if not count:
        return Figure(MEAN, None, 0, None, None, None)
    if count < 2:
        return Figure(MEAN, mean, count, None, None, None)
    error = variance / count
    half = student(count - 1) * sqrt(error)
    return Figure(MEAN, mean, count, mean - half, mean + half, error)


def student(freedom):
    """The 97.5 % quantile of Student's distribution, by its expansion about the normal
    one (Abramowitz and Stegun, 26.7.5)."""
    terms = (
        (Z**3 + Z) / 4,
        (5 * Z**5 + 16 * Z**3 + 3 * Z) / 96,
        (3 * Z**7 + 19 * Z**5 + 17 * Z**3 - 15 * Z) / 384,
    )
    return Z + sum(term / freedom**n for n, term in enumerate(terms, 1))


def of_count(number):
    """How many there were of something that happens by itself: nothing to doubt in the
    number, yet the next period would have another one."""
    return Figure(COUNT, number, number, None, None, None)


def is_change(now, before):
    """Whether a figure differs from another one by more than chance.

    Of two shares the intervals are put together (Newcombe); of two NPS and of two means
    the difference is compared with its own error (of means with Student's, after
    Welch); of two counts that of their roots (Anscombe). What has too few answers never
    differs.
    """
    if COUNT == now.kind == before.kind:
        roots = (sqrt(one.count + 3 / 8) for one in (now, before))
        return abs(next(roots) - next(roots)) * sqrt(2) > Z
    if now.count < ENOUGH or before.count < ENOUGH:
        return False
    if now.error is None or before.error is None:
        return False
    change = now.value - before.value
    if now.kind == SHARE:
        if change < 0:
            now, before, change = before, now, -change
        # How far down the greater one, and up the lesser one, may be.
        reach = sqrt((now.value - now.low) ** 2 + (before.high - before.value) ** 2)
        return change > reach
    error = now.error + before.error
    if not error:
        return change != 0
    if now.kind == NPS:
        middle = _middle(now) - _middle(before)
        return abs(middle) > Z * sqrt(error)
    freedom = error**2 / sum(
        one.error**2 / (one.count - 1) for one in (now, before) if one.error
    )
    return abs(change) > student(freedom) * sqrt(error)


def _middle(one):
    """The NPS with the pseudo-answers, which pull it towards 0."""
    return one.value * one.count / (one.count + PSEUDO_COUNT)


def at_constant_shares(now, before):
    """Two figures as they were if each way of answering had the same share in both.

    Who answers by phone is kinder than who answers alone: where more links are sent,
    a figure falls though nobody has changed their mind.

    :param now: figures by the way the answers came, all of one kind
    :param before: the same of the time before
    :return: the two figures; only of the ways that both have
    """
    both = [way for way in now if now[way].count and before.get(way, NOTHING).count]
    if not both:
        return NOTHING, NOTHING
    counts = {way: now[way].count + before[way].count for way in both}
    every = sum(counts.values())
    weights = {way: count / every for way, count in counts.items()}
    return _weighted(now, weights), _weighted(before, weights)


NOTHING = Figure(MEAN, None, 0, None, None, None)


def _weighted(figures, weights):
    """The figure of several, each with its weight."""
    [kind] = {figures[way].kind for way in weights}
    value = sum(weight * figures[way].value for way, weight in weights.items())
    count = sum(figures[way].count for way in weights)
    errors = [figures[way].error for way in weights]
    if None in errors:
        return Figure(kind, value, count, None, None, None)
    error = sum(weight**2 * figures[way].error for way, weight in weights.items())
    half = Z * sqrt(error)
    least, most = {SHARE: (0, 100), NPS: (-100, 100)}.get(kind, (None, None))
    low, high = value - half, value + half
    if least is not None:
        low, high = max(least, low), min(most, high)
    return Figure(kind, value, count, low, high, error)
