"""Figures say how certain they are: intervals hold what is true, chance is no change."""

from __future__ import annotations

import random
from statistics import mean, variance

import pytest
from tier import count as rounds
from tools import certainty
from tools.certainty import MEAN, NPS, SHARE

# How clients answer, where nothing changes: shares of promoters and detractors.
CLIENTS = {
    "usual": (0.5, 0.2),
    "happy": (0.93, 0.02),
    "angry": (0.05, 0.85),
    "split": (0.5, 0.5),
}
SHARES = (0.03, 0.2, 0.5, 0.94)
# Marks of 0…100 and how often each is given.
MARKS = {
    "usual": {100: 0.5, 75: 0.25, 50: 0.15, 0: 0.1},
    "happy": {100: 0.8, 75: 0.12, 50: 0.05, 25: 0.03},
    "angry": {0: 0.4, 25: 0.3, 50: 0.2, 100: 0.1},
}
COUNTS = (30, 45, 120, 500)
SEEDS = range(rounds(1, 5))


def marks_of(weights: dict, number: int, chance: random.Random) -> list[float]:
    """Return so many answers of clients who give each mark so often."""
    return chance.choices(list(weights), list(weights.values()), k=number)


def answers(kind: str, clients, number: int, chance: random.Random) -> list[float]:
    """Return what so many clients are counted as in a figure of a kind."""
    if kind == SHARE:
        return marks_of({100: clients, 0: 1 - clients}, number, chance)
    if kind == NPS:
        good, bad = clients
        return marks_of({100: good, 0: 1 - good - bad, -100: bad}, number, chance)
    return marks_of(clients, number, chance)


def figure(kind: str, numbers: list[float]) -> certainty.Figure:
    """Return the figure as the database tells it: a count, a mean, a variance."""
    spread = variance(numbers) if len(numbers) > 1 else None
    return certainty.figure(kind, len(numbers), mean(numbers), spread)


def truth(kind: str, clients) -> float:
    if kind == SHARE:
        return 100 * clients
    if kind == NPS:
        return 100 * (clients[0] - clients[1])
    return sum(mark * weight for mark, weight in clients.items())


KINDS = [
    *((SHARE, share) for share in SHARES),
    *((NPS, clients) for clients in CLIENTS.values()),
    *((MEAN, clients) for clients in MARKS.values()),
]


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize(("kind", "clients"), KINDS)
def test_intervals_hold_what_is_true(kind, clients, seed):
    """Over the usual numbers of answers, of 100 intervals 92 to 98 do."""
    chance, real = random.Random(seed), truth(kind, clients)
    found, all_ = 0, 0
    for number in COUNTS:
        for _ in range(rounds(150, 2000)):
            one = figure(kind, answers(kind, clients, number, chance))
            found += one.low <= real <= one.high
            all_ += 1
    assert 0.92 <= found / all_ <= 0.98, found / all_


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("number", [30, 60, 250])
@pytest.mark.parametrize("kind", [SHARE, NPS, MEAN])
def test_chance_is_no_change(kind, number, seed):
    """Of 2000 periods without a true change, at most 6 % are shown as one."""
    chance = random.Random(seed)
    clients = [of for name, of in KINDS if name == kind]
    colored = 0
    for period in range(2000):
        of = clients[period % len(clients)]
        now, before = (
            figure(kind, answers(kind, of, number, chance)) for _ in range(2)
        )
        colored += certainty.is_change(now, before)
    assert colored / 2000 <= 0.06, colored


@pytest.mark.parametrize(
    ("kind", "was", "became"),
    [
        (SHARE, 0.6, 0.8),
        (NPS, (0.5, 0.2), (0.3, 0.4)),
        (MEAN, {100: 0.6, 50: 0.4}, {100: 0.3, 50: 0.7}),
    ],
)
def test_a_true_change_is_found(kind, was, became):
    chance = random.Random(5)
    found = sum(
        certainty.is_change(
            figure(kind, answers(kind, became, 200, chance)),
            figure(kind, answers(kind, was, 200, chance)),
        )
        for _ in range(200)
    )
    assert found > 180


def test_few_answers_say_nothing():
    few, many = certainty.share(29, 29), certainty.share(0, 500)
    assert few.is_few
    assert not many.is_few
    assert not certainty.is_change(few, many)
    assert not certainty.is_change(many, few)


@pytest.mark.parametrize("kind", [SHARE, NPS, MEAN])
def test_nothing_and_one(kind):
    nothing = certainty.figure(kind, 0, False, False)
    assert (nothing.value, nothing.count, nothing.is_few) == (None, 0, False)
    one = certainty.figure(kind, 1, 100, False)
    assert (one.value, one.is_few) == (100, True)


def test_known_intervals():
    """Against those of the books."""
    # Wilson: 81 of 263 (Newcombe, 1998, table II): 0.2553 to 0.3662.
    assert certainty.wilson(81, 263) == pytest.approx((0.2553, 0.3662), abs=1e-4)
    # Student's quantiles.
    for freedom, quantile in ((29, 2.0452), (10, 2.2281), (5, 2.5706)):
        assert certainty.student(freedom) == pytest.approx(quantile, abs=5e-3)
    # 20 promoters, 10 passive, 10 detractors and 3/4, 3/2, 3/4 more.
    one = certainty.nps(20, 10, 40)
    good, bad = 20.75 / 43, 10.75 / 43
    half = 196 * ((good + bad - (good - bad) ** 2) / 43) ** 0.5
    assert one.value == 25
    assert one.low == pytest.approx(100 * (good - bad) - half, abs=0.01)
    assert one.high == pytest.approx(100 * (good - bad) + half, abs=0.01)


@pytest.mark.parametrize("numbers", [[100] * 7, [100, 0, -100, 100], [-100] * 3])
def test_an_nps_of_a_mean_and_a_variance(numbers):
    found = figure(NPS, numbers)
    counted = certainty.nps(numbers.count(100), numbers.count(-100), len(numbers))
    assert found.value == pytest.approx(counted.value)
    assert (found.low, found.high) == pytest.approx((counted.low, counted.high))


def test_the_mix_of_ways_is_no_change():
    """Phones are kinder than links; who sends more links has not become worse."""
    phone, link = (0.6, 0.1), (0.3, 0.4)

    def expected(shares):
        """The figures that are to be expected of 1000 answers."""
        return {
            way: certainty.nps(
                1000 * share * clients[0], 1000 * share * clients[1], 1000 * share
            )
            for way, clients, share in zip(
                ("phone", "link"), (phone, link), shares, strict=True
            )
        }

    def whole(shares):
        return sum(
            100 * share * (clients[0] - clients[1])
            for clients, share in zip((phone, link), shares, strict=True)
        )

    before, now = (0.9, 0.1), (0.3, 0.7)
    assert whole(before) - whole(now) > 20
    ours, theirs = certainty.at_constant_shares(expected(now), expected(before))
    assert abs(ours.value - theirs.value) <= 1
    assert not certainty.is_change(ours, theirs)
    # A way that one of the two has not cannot be compared.
    alone = {"portal": certainty.nps(50, 0, 50)}
    assert certainty.at_constant_shares(alone, expected(now))[0].count == 0
