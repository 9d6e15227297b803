"""ИНН, КПП, ОГРН and ОГРНИП: by their formulas, digit by digit."""

from __future__ import annotations

import pytest
import strategies
from hypothesis import given
from hypothesis import strategies as st
from onec import check_inn, check_kpp, check_ogrn

# Worked out by hand from the formulas.
INNS = (
    ("4345990010", True, "a firm"),
    ("4345990606", True, "a firm"),
    ("0100990640", True, "a region that begins with a zero"),
    ("434599000394", True, "a person"),
    ("010099007200", True, "a person, and the check digits are zeros"),
    ("4345990011", False, "the last digit"),
    ("434599000395", False, "the last digit of a person"),
    ("434599000384", False, "the last digit but one of a person"),
    ("100990640", False, "a zero is lost: telling is not repairing"),
    ("0000000000", False, "zeros add up but are no number"),
    ("000000000000", False, "zeros add up but are no number"),
    ("", False, "nothing"),
    ("43459900101", False, "11 digits"),
    ("4345990010 ", False, "a blank"),
    ("434599OO10", False, "letters"),
    ("٤٣٤٥٩٩٠٠١٠", False, "digits, but Arabic ones"),
    ("٤٣٤٥٩٩٠٠١0", False, "Arabic digits, and a check digit that adds up"),
    ("4345990010\n", False, "a line end"),
    ("-434599001", False, "a sign"),
)
KPPS = (
    ("434501001", True),
    ("010001001", True),
    ("7701AB001", True),
    ("43450100", False),
    ("4345010011", False),
    ("434501O01x", False),
    ("7701ab001", False),
    ("7701АВ001", False),  # Cyrillic
    ("77O101001", False),
    ("4345-1001", False),
    ("", False),
    ("434501001\n", False),
    ("٤٣٤٥٠١٠٠١", False),
)
OGRNS = (
    ("1124399000010", True, "a firm"),
    ("1150100000643", True, "a firm"),
    ("312010000000726", True, "a sole trader"),
    ("318435000000738", True, "a sole trader"),
    ("1124399000011", False, "the last digit"),
    ("312010000000727", False, "the last digit"),
    ("0000000000000", False, "zeros"),
    ("000000000000000", False, "zeros"),
    ("11243990000100", False, "14 digits"),
    ("112439900001", False, "12 digits"),
    ("", False, "nothing"),
    ("1124399000010\n", False, "a line end"),
)


@pytest.mark.parametrize(("text", "right", "why"), INNS)
def test_inn(text, right, why):
    assert check_inn(text) is right, why


@pytest.mark.parametrize(("text", "right"), KPPS)
def test_kpp(text, right):
    assert check_kpp(text) is right


@pytest.mark.parametrize(("text", "right", "why"), OGRNS)
def test_ogrn(text, right, why):
    assert check_ogrn(text) is right, why


@pytest.mark.parametrize("remainder", [10, 11, 12])
def test_ogrnip_whose_remainder_has_two_digits(remainder):
    """The last digit of the remainder counts; checks that forget it refuse these."""
    start = next(
        n for n in range(31843500000000, 31843500000013) if n % 13 == remainder
    )
    assert check_ogrn(f"{start}{remainder % 10}")
    assert not check_ogrn(f"{start}{(remainder + 1) % 10}")


@given(strategies.inns)
def test_every_inn_that_adds_up_is_right(number):
    assert check_inn(number)


@given(strategies.ogrns)
def test_every_ogrn_that_adds_up_is_right(number):
    assert check_ogrn(number)


@given(strategies.kpps)
def test_every_kpp_of_the_right_form_is_right(number):
    assert check_kpp(number)


def changed(number: str, place: int, by: int) -> str:
    """Return a number with one digit replaced by another."""
    digit = (int(number[place]) + by) % 10
    return f"{number[:place]}{digit}{number[place + 1 :]}"


@given(strategies.firms | strategies.persons, st.data())
def test_a_changed_check_digit_of_an_inn_is_found(number, data):
    place = data.draw(
        st.sampled_from(range(len(number) - len(number) // 6, len(number)))
    )
    by = data.draw(st.integers(1, 9))
    assert not check_inn(changed(number, place, by))


@given(strategies.inns, st.data())
def test_a_changed_digit_is_found_where_the_formula_can(number, data):
    """A remainder of 10 counts as 0, so a few mistypings add up by chance: then the
    check says what the formula says."""
    place = data.draw(st.integers(0, len(number) - 1))
    mistyped = changed(number, place, data.draw(st.integers(1, 9)))
    if len(number) == 10:
        adds_up = mistyped == strategies.with_digit(mistyped[:9], strategies.FIRM)
    else:
        adds_up = mistyped == strategies.inn_of_person(mistyped[:10])
    assert check_inn(mistyped) is (adds_up and mistyped.strip("0") != "")


@given(strategies.ogrns, st.data())
def test_a_changed_digit_of_an_ogrn_is_found_where_the_formula_can(number, data):
    place = data.draw(st.integers(0, len(number) - 1))
    mistyped = changed(number, place, data.draw(st.integers(1, 9)))
    adds_up = mistyped == strategies.ogrn(mistyped[:-1])
    assert check_ogrn(mistyped) is (adds_up and mistyped.strip("0") != "")


def test_most_mistypings_of_an_inn_are_found():
    """Every single wrong digit of a number, not only those that hypothesis draws."""
    number = "4345990606"
    mistyped = [
        changed(number, place, by) for place in range(10) for by in range(1, 10)
    ]
    assert sum(map(check_inn, mistyped)) <= len(mistyped) // 10


@given(st.text(max_size=20))
def test_no_text_makes_the_checks_fail(text):
    for check in (check_inn, check_kpp, check_ogrn):
        assert check(text) in (True, False)
