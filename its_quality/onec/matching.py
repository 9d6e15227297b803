"""Which client a contractor of 1C is: rules that need no database.

What a source keeps apart stays apart. Within a source a contractor is known again by
its reference; where there is none, by its code; where there is neither, by ИНН and КПП
or by its name. A client known only from elsewhere is taken for the same if ИНН, КПП
and name agree; anything that is only similar is a doubt, for a person to decide.

All rows of a file are matched together: whom a row means depends on the others, and
never on the order or the size of the pieces in which they are written.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

# So many clients who share one key are looked at for a row that resembles them.
MOST_ALIKE = 100
PERSON_INN = 12


class RowKeys(NamedTuple):
    """The keys of a contractor in a row; empty values are ``None``.

    :ivar code: as codes are compared
    :ivar name: as names are compared
    :ivar exact: the name as it stands there
    """

    id: int
    ref: str | None = None
    code: str | None = None
    name: str | None = None
    exact: str | None = None
    inn: str | None = None
    kpp: str | None = None
    digest: str | None = None


class Known(NamedTuple):
    """A contractor already known from this source.

    :ivar card: whose client's card it leads to
    :ivar leads: whether this contractor writes that card, or another one of the source
    """

    id: int
    card: int
    ref: str | None = None
    code: str | None = None
    name: str | None = None
    exact: str | None = None
    inn: str | None = None
    kpp: str | None = None
    digest: str | None = None
    leads: bool = True


class Card(NamedTuple):
    """A client as known from elsewhere than this source.

    :ivar refs: by which other sources, or the card itself, know the client
    :ivar code: on the card; it counts only if it came from no source
    :ivar is_typed: the client came from no source at all
    :ivar is_known: this source already knows the client, under its own keys
    """

    id: int
    name: str | None = None
    inn: str | None = None
    kpp: str | None = None
    refs: frozenset[str] = frozenset()
    code: str | None = None
    is_typed: bool = True
    is_known: bool = False


@dataclass(slots=True)
class Verdict:
    """Whom a row means.

    :ivar plan: ``known``: the client ``card``; ``doubtful``: perhaps the same; ``new``:
        no existing client
    :ivar known: the contractor of this source it was recognized as
    :ivar reason: of a doubt, what is the same: ``same_inn``, ``same_code`` or
        ``same_name``; of somebody new ``duplicate`` if ИНН and КПП are those of
        ``twin_card``, or of the earlier row ``twin_row``
    """

    plan: str = "new"
    card: int | None = None
    known: int | None = None
    reason: str | None = None
    twin_card: int | None = None
    twin_row: int | None = None


def agree(one: str | None, other: str | None) -> bool:
    """Whether two values do not contradict each other: one of them may be missing."""
    return not one or not other or one == other


def may_be_one(row: RowKeys, known: Known) -> bool:
    """Whether the source does not itself say that these are two."""
    if row.ref and known.ref:
        return row.ref == known.ref
    if row.code and known.code:
        return row.code == known.code
    return True


class Totals:
    """How often a key occurs in the whole file and among the known contractors.

    :param rows: ``{name of a key: Counter of the rows of the file}``
    :param knowns: all known contractors of the source that share a key with a row
    """

    def __init__(self, rows: Mapping[str, Counter], knowns: Iterable[Known]) -> None:
        self._rows = rows
        self._knowns: dict[str, Counter] = defaultdict(Counter)
        for known in knowns:
            for name in ("code", "inn", "name"):
                self._knowns[name][getattr(known, name)] += 1

    def in_file(self, name: str, key: str | None) -> int:
        """Count the rows with this key."""
        return self._rows.get(name, {}).get(key, 0)

    def is_sole(self, name: str, key: str | None) -> bool:
        """Whether at most one row and one known contractor have this key."""
        return self.in_file(name, key) <= 1 and self._knowns[name][key] <= 1


class Tier(NamedTuple):
    """One way to know a contractor again: an equal key, alone on both sides."""

    key: Callable
    may: Callable = lambda row, known, totals: True


def _has_keys(one: RowKeys | Known) -> bool:
    return bool(one.ref or one.code)


# Only these prove who is marked for deletion.
BY_KEYS = (
    Tier(lambda x: x.digest),
    Tier(lambda x: x.ref),
    Tier(lambda x: x.code and (x.code, x.name, x.inn, x.kpp)),
    Tier(lambda x: x.code and (x.code, x.name)),
    Tier(lambda x: x.code and x.inn and (x.code, x.inn)),
    Tier(
        lambda x: x.code,
        lambda row, known, totals: (
            agree(row.inn, known.inn) and totals.is_sole("code", row.code)
        ),
    ),
)
BY_ALL = (
    *BY_KEYS,
    Tier(lambda x: x.inn and (x.inn, x.kpp, x.name)),
    Tier(
        lambda x: x.inn and (x.kpp or len(x.inn) == PERSON_INN) and (x.inn, x.kpp),
        lambda row, known, totals: not _has_keys(row) and not _has_keys(known),
    ),
    Tier(
        lambda x: x.inn and (x.inn, x.name),
        lambda row, known, totals: (
            agree(row.kpp, known.kpp) and totals.is_sole("inn", row.inn)
        ),
    ),
    Tier(
        lambda x: x.exact,
        lambda row, known, totals: (
            agree(row.inn, known.inn)
            and agree(row.kpp, known.kpp)
            and totals.is_sole("name", row.name)
        ),
    ),
)


def know_again(
    rows: Iterable[RowKeys],
    knowns: Iterable[Known],
    totals: Totals,
    tiers: tuple[Tier, ...] = BY_ALL,
) -> tuple[dict[int, Known], list[RowKeys], list[Known]]:
    """Find the contractors already known from this source, beyond doubt.

    :param knowns: those whom no other row has been found to mean
    :return: ``({id of a row: Known}, the rows left, the knowns left)``
    """
    left, free, found = list(rows), list(knowns), {}
    for tier in tiers:
        if not left or not free:
            break
        by_key: dict = defaultdict(lambda: ([], []))
        for side, things in enumerate((left, free)):
            for thing in things:
                if key := tier.key(thing):
                    by_key[key][side].append(thing)
        taken = set()
        for some_rows, some_knowns in by_key.values():
            pair = _sole_pair(some_rows, some_knowns)
            if pair and tier.may(*pair, totals):
                row, known = pair
                found[row.id] = known
                taken.add(known.id)
        left = [row for row in left if row.id not in found]
        free = [known for known in free if known.id not in taken]
    return found, left, free


def _sole_pair(
    rows: list[RowKeys], knowns: list[Known]
) -> tuple[RowKeys, Known] | None:
    """The one row and the one contractor that may be one another, if it is so."""
    if len(rows) == 1:
        pairs = [(rows[0], known) for known in knowns if may_be_one(rows[0], known)]
    elif len(knowns) == 1:
        pairs = [(row, knowns[0]) for row in rows if may_be_one(row, knowns[0])]
    else:
        return None
    return pairs[0] if len(pairs) == 1 else None


class _Resembling:
    """Known contractors that a row may mean, by the keys they share."""

    def __init__(self, knowns: Iterable[Known]) -> None:
        self._by: dict[tuple, list[Known]] = defaultdict(list)
        self._proposed: set[int] = set()
        for known in knowns:
            if known.code:
                self._by["code", known.code].append(known)
            # Of which rows this source has not said itself that they are another one.
            for has_ref in (False, True):
                for has_code in (False, True):
                    if has_ref and known.ref or has_code and known.code:
                        continue
                    for name in ("inn", "name"):
                        if key := getattr(known, name):
                            self._by[name, key, has_ref, has_code].append(known)

    def find(self, row: RowKeys) -> Verdict | None:
        """Say whom the row resembles, the most telling key first."""
        kind = bool(row.ref), bool(row.code)
        places = (
            ("same_code", ("code", row.code)),
            ("same_inn", ("inn", row.inn, *kind)),
            ("same_name", ("name", row.name, *kind)),
        )
        for reason, place in places:
            alike = [
                known
                for known in (self._by.get(place, ())[:MOST_ALIKE] if place[1] else ())
                if may_be_one(row, known)
                and (
                    reason == "same_code"
                    or agree(row.inn, known.inn)
                    and agree(row.kpp, known.kpp)
                )
            ]
            if alike:
                # Rather somebody who is not proposed for another row.
                known = min(alike, key=lambda known: known.id in self._proposed)
                self._proposed.add(known.id)
                return Verdict("doubtful", known.card, known.id, reason)
        return None


def match_elsewhere(
    rows: Iterable[RowKeys], cards: Iterable[Card], totals: Totals
) -> dict[int, Verdict]:
    """Find clients known from elsewhere.

    :param cards: those whom this source does not know and no other row has been found
        to mean
    :return: ``{id of a row: Verdict}``, those of no client left out
    """
    left, free, verdicts = list(rows), list(cards), {}
    alike = _Index(free)
    for certain in (_same_ref, _same_firm, _same_inn, _same_typed):
        pairs = [(row, certain(row, alike, totals)) for row in left]
        wanted = Counter(card.id for _row, card in pairs if card)
        for row, card in pairs:
            # A card that two rows would have for certain is a doubt to both.
            if card and wanted[card.id] == 1 and card.id not in alike.taken:
                alike.taken.add(card.id)
                verdicts[row.id] = Verdict("known", card.id)
        left = [row for row in left if row.id not in verdicts]
    for row in left:
        if verdict := _doubt(row, alike):
            verdicts[row.id] = verdict
    return verdicts


class _Index:
    """Cards by what a row may share with them, without those already taken."""

    def __init__(self, cards: Iterable[Card]) -> None:
        self.taken: set[int] = set()
        self._by: dict[tuple, list[Card]] = defaultdict(list)
        for card in cards:
            for ref in card.refs:
                self._by["ref", ref].append(card)
            for name in ("inn", "name"):
                if key := getattr(card, name):
                    self._by[name, key].append(card)
            if card.is_typed and card.code:
                self._by["code", card.code].append(card)

    def get(self, name: str, key: str | None) -> list[Card]:
        """The cards with this key that are still free."""
        found = self._by.get((name, key), ())[:MOST_ALIKE] if key else ()
        return [card for card in found if card.id not in self.taken]


def _contradicts(row: RowKeys, card: Card) -> bool:
    """Whether somebody has typed other keys into the card."""
    if not card.is_typed:
        return False
    if row.ref and card.refs:
        return row.ref not in card.refs
    return bool(row.code and card.code and row.code != card.code)


def _sole(cards: list[Card]) -> Card | None:
    return cards[0] if len(cards) == 1 else None


def _same_ref(row: RowKeys, alike: _Index, _totals: Totals) -> Card | None:
    return _sole(alike.get("ref", row.ref))


def _same_firm(row: RowKeys, alike: _Index, _totals: Totals) -> Card | None:
    """ИНН, КПП and name agree."""
    return _sole(
        [
            card
            for card in alike.get("inn", row.inn)
            if (card.kpp or None, card.name) == (row.kpp, row.name)
            and not _contradicts(row, card)
        ]
    )


def _same_inn(row: RowKeys, alike: _Index, totals: Totals) -> Card | None:
    """ИНН and name agree, there is no other ИНН like it, and a КПП is missing."""
    cards = [c for c in alike.get("inn", row.inn) if agree(row.kpp, c.kpp)]
    card = _sole(cards)
    is_sole = card and totals.in_file("inn", row.inn) <= 1
    is_same = is_sole and card.name == row.name and not _contradicts(row, card)
    return card if is_same else None


def _same_typed(row: RowKeys, alike: _Index, totals: Totals) -> Card | None:
    """The code that somebody has typed into the card, and the name."""
    if totals.in_file("code", row.code) > 1:
        return None
    cards = alike.get("code", row.code)
    return _sole(
        [
            card
            for card in cards
            if card.name == row.name
            and agree(row.inn, card.inn)
            and agree(row.kpp, card.kpp)
            and not _contradicts(row, card)
        ]
    )


def _doubt(row: RowKeys, alike: _Index) -> Verdict | None:
    def nearest(card: Card) -> tuple:
        return card.kpp == row.kpp, card.name == row.name, -card.id

    for reason, name, key in (
        ("same_inn", "inn", row.inn),
        ("same_code", "code", row.code),
        ("same_name", "name", row.name),
    ):
        cards = alike.get(name, key)
        if name != "code":
            cards = [
                card
                for card in cards
                if agree(row.inn, card.inn) and agree(row.kpp, card.kpp)
            ]
        if cards:
            return Verdict("doubtful", max(cards, key=nearest).id, None, reason)
    return None


def match(
    rows: list[RowKeys],
    knowns: list[Known],
    totals: Totals,
    elsewhere: Callable[[list[RowKeys], set[int]], list[Card]],
) -> dict[int, Verdict]:
    """Find whom each row of a file means.

    :param rows: in the order of the file
    :param knowns: those whom no other row has been found to mean
    :param elsewhere: fetches the cards that some rows may mean; is given the rows, and
        the ids of cards that others have been found to mean
    :return: ``{id of a row: Verdict}``
    """
    found, left, free = know_again(rows, knowns, totals)
    verdicts = {
        row_id: Verdict("known", known.card, known.id)
        for row_id, known in found.items()
    }
    if left:
        cards = elsewhere(left, {known.card for known in found.values()})
        strangers = [card for card in cards if not card.is_known]
        # A doubt about a known contractor goes before a guess at another client,
        # but not before a proof.
        verdicts |= match_elsewhere(left, strangers, totals)
        resembling = _Resembling(free)
        for row in left:
            verdict = verdicts.get(row.id)
            if verdict is None or verdict.plan == "doubtful":
                verdict = resembling.find(row) or verdict
            verdicts[row.id] = verdict or Verdict()
        _find_twins(rows, verdicts, cards, knowns)
    return verdicts


def _find_twins(rows, verdicts, cards, knowns) -> None:
    """Say of whom is new whether ИНН and КПП are those of somebody else."""
    twins: dict[tuple, int] = {}
    for known in knowns:
        twins.setdefault((known.inn, known.kpp), known.card)
    for card in cards:
        if card.is_known:
            twins.setdefault((card.inn, card.kpp or None), card.id)
    for row in rows:
        if verdicts[row.id].plan == "known" and row.inn:
            twins[row.inn, row.kpp] = verdicts[row.id].card
    first: dict[tuple, int] = {}
    for row in rows:
        verdict, key = verdicts[row.id], (row.inn, row.kpp)
        if not row.inn or verdict.plan != "new":
            continue
        if key in twins:
            verdict.reason, verdict.twin_card = "duplicate", twins[key]
        elif key in first:
            verdict.reason, verdict.twin_row = "duplicate", first[key]
        else:
            first[key] = row.id
