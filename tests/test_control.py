"""Control charts find what has changed and keep quiet about chance."""

from __future__ import annotations

import math
import random
from statistics import median

import pytest
from tier import count as rounds
from tools import control


def poisson(expected: float, chance: random.Random) -> int:
    limit, number, product = math.exp(-expected), 0, chance.random()
    while product > limit:
        number += 1
        product *= chance.random()
    return number


def claims(expected: float, months: int, chance: random.Random) -> list[int]:
    return [poisson(expected, chance) for _ in range(months)]


@pytest.mark.parametrize("seed", range(rounds(1, 5)))
@pytest.mark.parametrize("expected", [16, 24, 60])
def test_false_alarms(expected, seed):
    """At most one of 100 points where nothing changes."""
    chance, alarms, points = random.Random(seed), 0, 0
    for _ in range(rounds(500, 3000)):
        chart = control.u_chart(claims(expected, 24, chance), [400] * 24)
        alarms += sum(bool(point.signal) for point in chart.points)
        points += len(chart.points)
    assert points > 5000
    assert alarms / points <= 0.01, alarms / points


@pytest.mark.parametrize("seed", range(rounds(1, 5)))
@pytest.mark.parametrize("expected", [16, 24, 60])
def test_half_as_much_again_is_found(expected, seed):
    """Within four points, in the median; at 16 expected ones or more."""
    chance, found = random.Random(seed), []
    for _ in range(rounds(200, 1000)):
        before = claims(expected, 18, chance)
        after = claims(1.5 * expected, 6, chance)
        # Seen month by month, as on the page.
        for seen in range(1, 7):
            chart = control.u_chart(before[seen:] + after[:seen], [400] * 18)
            if any(point.signal and point.last >= 18 - seen for point in chart.points):
                found.append(seen)
                break
        else:
            found.append(99)
    assert median(found) <= 4, sorted(found)


@pytest.mark.parametrize("seed", range(rounds(1, 5)))
def test_late_ones(seed):
    chance, alarms, points, found = random.Random(seed), 0, 0, 0
    for _ in range(rounds(400, 2000)):
        late = [sum(chance.random() < 0.2 for _ in range(60)) for _ in range(24)]
        chart = control.p_chart(late, [60] * 24)
        alarms += sum(bool(point.signal) for point in chart.points)
        points += len(chart.points)
        late[-4:] = [sum(chance.random() < 0.4 for _ in range(60)) for _ in range(4)]
        newest = control.p_chart(late, [60] * 24).points[-4:]
        found += any(point.signal for point in newest)
    assert alarms / points <= 0.01, alarms / points
    assert found > rounds(380, 1900)


def test_limits_of_the_books():
    """Montgomery's formulas, where each point has its own size."""
    counts, sizes = [20] * 18 + [40, 20, 20, 20, 20, 20], [100] * 18 + [200] + [100] * 5
    chart = control.u_chart(counts, sizes)
    assert chart.middle == pytest.approx(20)
    point = chart.points[18]
    assert point.value == pytest.approx(20)
    assert point.high == pytest.approx(20 + 300 * math.sqrt(0.2 / 200))
    assert point.low == pytest.approx(20 - 300 * math.sqrt(0.2 / 200))
    chart = control.p_chart([30] * 24, [100] * 24)
    assert chart.points[0].high == pytest.approx(30 + 300 * math.sqrt(0.3 * 0.7 / 100))


@pytest.mark.parametrize(
    ("expected", "points"), [(16, 24), (8, 12), (6, 8), (5, 0), (0, 0)]
)
def test_too_few_are_put_together(expected, points):
    """Months into pairs, into quarters; then there is too little to tell."""
    chart = control.u_chart([expected] * 24, [400] * 24)
    assert len(chart.points) == points
    assert chart.is_few is not bool(points)
    if points:
        assert chart.points[-1].last == 23
        assert chart.points[0].first == 0


def test_months_before_the_first_record_are_left_out():
    """A firm that began ten months ago was not without claims before."""
    chart = control.u_chart([0] * 14 + [20] * 10, [0] * 12 + [400] * 12)
    assert [point.first for point in chart.points] == list(range(14, 24))
    assert chart.middle == pytest.approx(5)
    chart = control.p_chart([0] * 14 + [0] + [6] * 9, [0] * 14 + [20] * 10)
    assert len(chart.points) == 10
    assert chart.points[0].value == 0
    assert control.u_chart([0] * 24, [400] * 24).is_few


@pytest.mark.parametrize(
    ("deviations", "rules"),
    [
        ([0, 3.1, 0], [0, 1, 0]),
        ([0, -3.1], [0, 1]),
        ([2.1, 0, 2.1], [0, 0, 2]),
        ([2.1, -2.1], [0, 0]),
        ([1.1, 1.1, 0, 1.1, 1.1], [0, 0, 0, 0, 3]),
        ([0.1] * 8, [0] * 7 + [4]),
        ([-0.1] * 8, [0] * 7 + [4]),
        # After a signal the count begins anew.
        ([2.1, 2.1, 2.1], [0, 2, 0]),
    ],
)
def test_rules(deviations, rules):
    assert control.signals(deviations) == rules
