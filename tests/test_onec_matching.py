"""Which client a contractor is: each rule by an example, and what holds for any base."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st
from onec.matching import BY_KEYS, Card, Known, RowKeys, Totals, know_again, match

INN, OTHER_INN, KPP, OTHER_KPP = "7736050003", "7707083893", "773601777", "773601888"


def totals_of(rows, knowns):
    """Count the keys of rows as the importer does."""
    return Totals(
        {
            name: Counter(key for row in rows if (key := getattr(row, name)))
            for name in ("code", "inn", "name")
        },
        knowns,
    )


def told(number, name, **values):
    return RowKeys(number, name=name, exact=name, **values)


def decide(rows, knowns=(), cards=()):
    """Match rows with what is known.

    :return: ``{row id: Verdict}``
    """

    def elsewhere(_rows, taken):
        return [card for card in cards if card.id not in taken]

    return match(list(rows), list(knowns), totals_of(rows, knowns), elsewhere)


def known(number, name, **values):
    return Known(number, 100 + number, name=name, exact=name, **values)


# What the source told before, what it tells now: the verdict.
OF_ONE_SOURCE = {
    "another reference": ({"ref": "a", "inn": INN}, {"ref": "b", "inn": INN}, "new"),
    "another name": ({"ref": "a"}, {"ref": "a", "name": "B"}, "known"),
    "another code of the same reference": (
        {"ref": "a", "code": "1"},
        {"ref": "a", "code": "2"},
        "known",
    ),
    "another code": ({"code": "1", "inn": INN}, {"code": "2", "inn": INN}, "new"),
    "the code alone": ({"code": "1"}, {"code": "1", "name": "B"}, "known"),
    "the code, another inn and name": (
        {"code": "1", "inn": INN},
        {"code": "1", "inn": OTHER_INN, "name": "B"},
        "doubtful",
    ),
    "a code for one who had none": ({}, {"code": "1"}, "known"),
    "a reference for one who had a code": (
        {"code": "1"},
        {"code": "1", "ref": "a"},
        "known",
    ),
    "a sheet without references": (
        {"code": "1", "ref": "a"},
        {"code": "1"},
        "known",
    ),
    "neither key, another kpp": (
        {"inn": INN, "kpp": KPP},
        {"inn": INN, "kpp": OTHER_KPP},
        "new",
    ),
    "neither key, another name": (
        {"inn": INN, "kpp": KPP},
        {"inn": INN, "kpp": KPP, "name": "B"},
        "known",
    ),
    "neither key, inn alone": ({"inn": INN}, {"inn": INN, "name": "B"}, "doubtful"),
    "neither key, a person": (
        {"inn": "500100732259"},
        {"inn": "500100732259", "name": "B"},
        "known",
    ),
}


@pytest.mark.parametrize("case", OF_ONE_SOURCE, ids=str)
def test_within_a_source(case):
    before, now, plan = OF_ONE_SOURCE[case]
    before = known(1, **{"name": "A", **before})
    row = told(1, **{"name": "A", **now})
    cards = [Card(101, "A", before.inn, before.kpp, is_typed=False, is_known=True)]
    verdict = decide([row], [before], cards)[1]
    assert verdict.plan == plan
    assert verdict.card == (None if plan == "new" else 101)


def firm(number=1, name="A", inn=INN, kpp=KPP, **values):
    return Card(number, name, inn, kpp, **values)


# What others know, what this source tells: the verdict.
FROM_ELSEWHERE = {
    "all agree": (firm(), {"inn": INN, "kpp": KPP}, "known"),
    "another name": (firm(), {"inn": INN, "kpp": KPP, "name": "B"}, "doubtful"),
    "another kpp": (firm(), {"inn": INN, "kpp": OTHER_KPP}, "new"),
    "no kpp": (firm(), {"inn": INN}, "known"),
    "the name alone": (firm(inn=None, kpp=None), {}, "doubtful"),
    "the name, another inn": (firm(), {"inn": OTHER_INN}, "new"),
    "the reference": (firm(refs=frozenset("a")), {"ref": "a", "name": "B"}, "known"),
    "another reference, typed by hand": (
        firm(refs=frozenset("a")),
        {"ref": "b", "inn": INN, "kpp": KPP},
        "doubtful",
    ),
    "another reference, of another source": (
        firm(refs=frozenset("a"), is_typed=False),
        {"ref": "b", "inn": INN, "kpp": KPP},
        "known",
    ),
    "a code typed by hand": (
        firm(inn=None, kpp=None, code="1"),
        {"code": "1"},
        "known",
    ),
    "a code typed by hand, another name": (
        firm(inn=None, kpp=None, code="1"),
        {"code": "1", "name": "B"},
        "doubtful",
    ),
    "the code of another source": (
        firm(inn=None, kpp=None, code="1", is_typed=False),
        {"code": "1", "name": "B"},
        "new",
    ),
    "of this source under another key": (
        firm(is_typed=False, is_known=True),
        {"code": "9", "inn": INN, "kpp": KPP},
        "new",
    ),
}


@pytest.mark.parametrize("case", FROM_ELSEWHERE, ids=str)
def test_from_elsewhere(case):
    card, now, plan = FROM_ELSEWHERE[case]
    verdict = decide([told(1, **{"name": "A", **now})], (), [card])[1]
    assert verdict.plan == plan


def test_who_has_inn_and_kpp_of_another_is_told():
    rows = [told(n, f"N{n}", code=str(n), inn=INN, kpp=KPP) for n in (1, 2, 3)]
    verdicts = decide(rows)
    assert [verdicts[n].reason for n in (1, 2, 3)] == [None, "duplicate", "duplicate"]
    assert verdicts[3].twin_row == 1
    verdicts = decide(rows[1:], [known(7, "N1", code="1", inn=INN, kpp=KPP)])
    assert {verdict.twin_card for verdict in verdicts.values()} == {107}


def test_two_rows_that_want_one_card_are_doubts():
    rows = [told(n, "A", code=str(n), inn=INN, kpp=KPP) for n in (1, 2)]
    verdicts = decide(rows, (), [firm()])
    assert {verdict.plan for verdict in verdicts.values()} == {"doubtful"}


def test_a_shared_code_proves_nobody():
    knowns = [known(1, "A", code="1"), known(2, "B", code="1")]
    rows = [told(1, "A", code="1"), told(2, "C", code="1")]
    verdicts = decide(rows, knowns)
    assert (verdicts[1].plan, verdicts[1].card) == ("known", 101)
    assert (verdicts[2].plan, verdicts[2].card) == ("doubtful", 102)
    # One that was never told beside those who are is another.
    verdicts = decide([told(1, "A", code="1"), told(2, "B", code="1")], knowns[:1])
    assert verdicts[2].plan == "new"


def test_inn_proves_no_deletion():
    rows, knowns = [told(1, "A", inn=INN, kpp=KPP)], [known(1, "A", inn=INN, kpp=KPP)]
    found, left, free = know_again(rows, knowns, totals_of(rows, knowns), BY_KEYS)
    assert (found, left, free) == ({}, rows, knowns)


keys = st.sampled_from((None, None, "1", "2", "3"))
contractors = st.lists(
    st.tuples(
        keys,
        keys,
        st.sampled_from(("A", "B", "C")),
        st.sampled_from((None, None, None, INN, OTHER_INN)),
        st.sampled_from((None, KPP, OTHER_KPP)),
    ),
    max_size=12,
    unique=True,
)


def base(things, make):
    """Contractors of a base; a reference stands on one of them only."""
    made, refs = [], set()
    for number, (ref, code, name, inn, kpp) in enumerate(things, 1):
        if ref in refs:
            continue
        refs |= {ref} - {None}
        digest = repr((ref, code, name, inn, kpp))
        made.append(
            make(number, name, ref=ref, code=code, inn=inn, kpp=kpp, digest=digest)
        )
    return made


@given(contractors, contractors, st.randoms())
def test_rows_never_meet_and_order_is_nothing(before, now, random):
    knowns, rows = base(before, known), base(now, told)
    cards = [Card(k.card, k.name, k.inn, k.kpp, is_known=True) for k in knowns]
    cards += [
        firm(n, "ABC"[n % 3], inn) for n, inn in enumerate((INN, OTHER_INN, None))
    ]
    verdicts = decide(rows, knowns, cards)
    certain = [v.card for v in verdicts.values() if v.plan == "known"]
    assert len(certain) == len(set(certain))
    by_ref = {known.ref: known.card for known in knowns if known.ref}
    for row in rows:
        if row.ref in by_ref and not any(k.digest == row.digest for k in knowns):
            assert verdicts[row.id].card == by_ref[row.ref]
    shuffled = random.sample(rows, len(rows))
    again = decide(shuffled, knowns, cards)
    plans = {
        n: (v.plan, v.card if v.plan == "known" else None) for n, v in again.items()
    }
    assert plans == {
        n: (v.plan, v.card if v.plan == "known" else None) for n, v in verdicts.items()
    }


@given(contractors)
def test_the_same_again_is_the_same(things):
    rows, knowns = base(things, told), base(things, known)
    verdicts = decide(rows, knowns)
    assert {n: v.card for n, v in verdicts.items()} == {r.id: 100 + r.id for r in rows}


def test_many_of_one_name_are_quick():
    """Linear in what is compared: a base in which all have one name is no trap."""
    count = 20_000
    rows = [told(n, "A", code=f"new{n}") for n in range(count)]
    knowns = [known(n, "A", code=str(n)) for n in range(count)]
    looked = Counter()

    class Counted(str):
        __hash__ = str.__hash__

        def __eq__(self, other):
            looked["code"] += 1
            return str.__eq__(self, other)

    rows = [row._replace(code=Counted(row.code)) for row in rows]
    verdicts = decide(rows, knowns)
    assert {verdict.plan for verdict in verdicts.values()} == {"new"}
    assert looked["code"] < 50 * count
