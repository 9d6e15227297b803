"""What a column says that a contractor is: a firm, a sole trader or a person."""

from __future__ import annotations

import re
from functools import lru_cache

COMPANY, SOLE_TRADER, PERSON = "company", "sole_trader", "person"
WORD = re.compile(r"[^\W\d_]+")
# Words of their own, wherever they stand: «Физическое лицо (ИП)».
SOLE_TRADER_WORDS = frozenset(("ип", "чп", "пбоюл", "кфх"))
# Who pays the tax of professionals has an ИНН of 12 digits and is no sole trader.
SELF_EMPLOYED = re.compile(r"самозанят|^нпд$")
# Looked for in this order in the letters alone, such as «юрлицо» of «Юр. лицо».
KINDS = (
    (SELF_EMPLOYED, PERSON),
    (re.compile(r"предпринимател|нотариус|адвокат"), SOLE_TRADER),
    (re.compile(r"^(?:юл|юр)$|^юрлиц|^юридическ|^юлнерез"), COMPANY),
    (re.compile(r"^(?:фл|физ)$|^физлиц|^физическ|^частн|^граждан|^флнерез"), PERSON),
    (re.compile(r"нерезидент|^иностранн"), COMPANY),
    (re.compile(r"обособлен|^оп$|^подразделени|^филиал|^представительств"), COMPANY),
    (re.compile(r"^гос(?:$|орган|учрежд|удар)|^муниципальн|^органвласти"), COMPANY),
    (re.compile(r"^(?:организаци|компани|предприяти|учреждени|фирма)"), COMPANY),
    (re.compile(r"^(?:ооо|оао|зао|пао|нао|ао|тоо|нко|ано)$"), COMPANY),
)


# A file has a few of them, each a thousand times.
@lru_cache(64)
def kind_of(text: str) -> str | None:
    """Return the kind that a text names, in whatever words; ``None`` for no kind."""
    said = text.casefold().replace("ё", "е")
    if SOLE_TRADER_WORDS.intersection(WORD.findall(said)):
        return SOLE_TRADER
    letters = "".join(filter(str.isalpha, said))
    return next((kind for known, kind in KINDS if known.search(letters)), None)


@lru_cache(64)
def is_self_employed(text: str) -> bool:
    """Tell whether a text names somebody who works for themselves («самозанятый»)."""
    return (
        SELF_EMPLOYED.search("".join(filter(str.isalpha, text.casefold()))) is not None
    )
