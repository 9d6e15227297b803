"""The parser of XDTO JSON against Python's own, on texts that come in pieces."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from onec import OnecError
from onec.exchange import json as xdto

KEYS = ("Ref", "Ref", "#value", "Record", "Row", 'a "b" {[', "")
signs = st.text(st.sampled_from('a" \\/{}[]:,\n\x01ы😀'), max_size=6)
scalars = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | signs
)
# Objects as tuples of pairs, since a key may come twice.
documents = st.recursive(
    scalars,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.lists(st.tuples(st.sampled_from(KEYS), inner), max_size=4).map(tuple)
    ),
    max_leaves=20,
)


def written(value: object, *, in_ascii: bool, blank: str) -> str:
    """Write a document, with this between its parts."""
    parts = {"in_ascii": in_ascii, "blank": blank}
    if isinstance(value, tuple):
        members = (
            f"{written(key, **parts)}{blank}:{blank}{written(inner, **parts)}"
            for key, inner in value
        )
        return f"{{{blank}{f'{blank},{blank}'.join(members)}{blank}}}"
    if isinstance(value, list):
        items = (written(inner, **parts) for inner in value)
        return f"[{blank}{f'{blank},{blank}'.join(items)}{blank}]"
    return json.dumps(value, ensure_ascii=in_ascii)


def expected_of(text: str) -> list[tuple[str, str]] | None:
    """Tell the events by what Python reads; ``None`` for what is no JSON."""

    def refuse(word: str) -> None:
        raise ValueError(word)

    try:
        value = json.loads(
            text,
            strict=False,
            parse_int=str,
            parse_float=str,
            parse_constant=refuse,
            object_pairs_hook=tuple,
        )
    except ValueError:
        return None
    return list(events_of(value, "", "Row", is_item=False))


def events_of(value: object, name: str, item: str, *, is_item: bool):
    """Yield the events of a value that is called so, and whose items are."""
    if name == "Record" and isinstance(value, list) and not is_item:
        name = ""
    if name:
        yield "start", name
    if isinstance(value, tuple):
        for key, inner in value:
            called = "" if key == "#value" else key
            items = "Record" if called == "Record" else "Row"
            yield from events_of(inner, called, items, is_item=False)
    elif isinstance(value, list):
        for inner in value:
            yield from events_of(inner, item, "Row", is_item=True)
    else:
        text = {True: "true", False: "false", None: ""}.get(value, value)
        # Damage may leave one half of a sign, which is no text.
        text = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
        yield "text", text
    if name:
        yield "end", name


def told(text: str, cuts: list[int]) -> list[tuple[str, str]] | None:
    """Return the events of a text cut there; ``None`` for what is no JSON."""
    events: list[tuple[str, str]] = []

    def tell(kind: str):
        return lambda text: events.append((kind, text))

    parser = xdto.JsonParser(tell("start"), tell("end"), tell("text"))
    places = [0, *sorted(cut % (len(text) + 1) for cut in cuts), len(text)]
    try:
        for begin, end in zip(places, places[1:], strict=False):
            parser.feed(text[begin:end])
        parser.feed("", last=True)
    except OnecError as error:
        assert error.code == "damaged"
        return None
    return events


cuttings = st.lists(st.integers(0, 10_000), max_size=30)
# Few signs, so that objects are entered; or many, so that they are taken whole.
longest = st.sampled_from((0, 10, xdto.MAX_WHOLE))


@given(
    documents, st.booleans(), st.sampled_from(("", " ", "\r\n\t")), cuttings, longest
)
def test_what_python_reads(value, in_ascii, blank, cuts, size):
    text = written(value, in_ascii=in_ascii, blank=blank)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(xdto, "MAX_WHOLE", size)
        assert told(text, cuts) == expected_of(text)


@given(
    documents,
    st.lists(
        st.tuples(st.integers(0, 10_000), st.sampled_from('{}[]",:\\0.-+eEtnN a')),
        min_size=1,
        max_size=3,
    ),
    st.booleans(),
    cuttings,
    longest,
)
def test_what_python_makes_of_damage(value, hits, replaces, cuts, size):
    text = written(value, in_ascii=True, blank="")
    for place, sign in hits:
        place %= len(text)
        text = text[:place] + sign + text[place + replaces :]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(xdto, "MAX_WHOLE", size)
        assert told(text, cuts) == expected_of(text)


def test_each_cut():
    text = (
        '{"#type": "x", "a": [1.5e-3, true, null, "\\"\\\\\\u0430"], '
        '"Record": [{"b": ""}], "c": {"#value": "d"}, "a": -0}'
    )
    whole = told(text, [])
    assert whole
    for size in (0, 10, xdto.MAX_WHOLE):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(xdto, "MAX_WHOLE", size)
            for first in range(len(text)):
                assert told(text, [first, first + 1]) == whole
            assert told(text, list(range(len(text)))) == whole
