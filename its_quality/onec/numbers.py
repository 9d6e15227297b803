"""The numbers of the Russian tax office: ИНН, КПП, ОГРН, ОГРНИП.

The weights of the ИНН are those of the order of the tax service on identification
numbers; ОГРН and ОГРНИП end with the remainder of their number by 11 and by 13.
A wrong number is something to tell the user, never a reason to lose a client: real
information bases hold wrong ones.
"""

import re

INN_ORGANISATION = (2, 4, 10, 3, 5, 9, 4, 6, 8)
INN_PERSON = ((7, 2, 4, 10, 3, 5, 9, 4, 6, 8), (3, 7, 2, 4, 10, 3, 5, 9, 4, 6, 8))
KPP = re.compile(r"[0-9]{4}[0-9A-Z]{2}[0-9]{3}")
DIGITS = re.compile(r"[0-9]+")


def _is_number(text: str, *lengths: int) -> bool:
    return (
        len(text) in lengths and DIGITS.fullmatch(text) is not None and int(text) != 0
    )


def _check_digit(text: str, weights: tuple[int, ...]) -> str:
    total = sum(
        weight * int(digit) for weight, digit in zip(weights, text, strict=False)
    )
    return str(total % 11 % 10)


def check_inn(text: str) -> bool:
    """Tell whether an ИНН is of 10 digits (a firm) or 12 (a person) and adds up."""
    if not _is_number(text, 10, 12):
        return False
    if len(text) == 10:
        return text[9] == _check_digit(text, INN_ORGANISATION)
    first, second = INN_PERSON
    return text[10:] == _check_digit(text, first) + _check_digit(text, second)


def check_kpp(text: str) -> bool:
    """Tell whether a КПП has its 9 characters; it has no check digit."""
    return KPP.fullmatch(text) is not None


def check_ogrn(text: str) -> bool:
    """Tell whether an ОГРН of 13 digits or an ОГРНИП of 15 adds up."""
    if not _is_number(text, 13, 15):
        return False
    divisor = len(text) - 2
    return text[-1] == str(int(text[:-1]) % divisor % 10)


def repair_inn(text: str) -> str:
    """Give an ИНН back the zero it lost when a sheet stored it as a number.

    :return: the ИНН, or the text as it was where a zero does not make it add up
    """
    padded = f"0{text}"
    return padded if len(text) in (9, 11) and check_inn(padded) else text


def repair_kpp(text: str) -> str:
    """Give a КПП back the zero it lost when a sheet stored it as a number."""
    return f"0{text}" if len(text) == 8 and text.isdecimal() else text
