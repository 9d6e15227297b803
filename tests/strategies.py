"""What hypothesis draws: numbers of the tax office and texts as people type them.

The check digits are computed here by the formulas, apart from the code under test.
"""

from __future__ import annotations

from hypothesis import strategies as st

FIRM = (2, 4, 10, 3, 5, 9, 4, 6, 8)
PERSON_FIRST = (7, 2, 4, 10, 3, 5, 9, 4, 6, 8)
PERSON_SECOND = (3, 7, 2, 4, 10, 3, 5, 9, 4, 6, 8)


def with_digit(digits: str, weights: tuple[int, ...]) -> str:
    """Return the digits with the check digit of an ИНН after them."""
    assert len(digits) == len(weights)
    total = sum(int(digit) * weights[place] for place, digit in enumerate(digits))
    return digits + str((total % 11) % 10)


def inn_of_person(digits: str) -> str:
    """Return 10 digits with both check digits of the ИНН of a person."""
    return with_digit(with_digit(digits, PERSON_FIRST), PERSON_SECOND)


def ogrn(digits: str) -> str:
    """Return 12 or 14 digits with the check digit of an ОГРН or ОГРНИП."""
    divisor = {12: 11, 14: 13}[len(digits)]
    return digits + str(int(digits) % divisor)[-1]


def digits(count: int) -> st.SearchStrategy[str]:
    """Draw digits, not all of them zeros."""
    return st.text("0123456789", min_size=count, max_size=count).filter(
        lambda text: text.strip("0")
    )


firms = digits(9).map(lambda text: with_digit(text, FIRM))
persons = digits(10).map(inn_of_person)
inns = firms | persons
kpps = st.from_regex(r"\A[0-9]{4}[0-9A-Z]{2}[0-9]{3}\Z")
ogrns = (digits(12) | digits(14)).map(ogrn)

LETTERS = "абвгдеёжзийклмнопрстуфхцчшщъыьэюяАБВГДЕЁЖЗИЙКЛМНОПРСТУФХЦЧШЩЪЫЬЭЮЯabzABZ"
SIGNS = " «»\"'„“()/\\.,;:|-–+=@%&<>#№_!?\t\n\xa0" + "0123456789"
# What all encodings of 1C's text files hold, begun by what may mean something else.
starts = st.sampled_from(["", '"', "=", "+", "-", "@", "'", "«", "<b>", "&amp;", "\t"])
texts = st.builds(
    "{}{}{}".format,
    starts,
    st.sampled_from(LETTERS),
    st.text(LETTERS + SIGNS, max_size=40),
)
