"""What the form in a name says of somebody: «ООО» is a firm, «ИП» a sole trader."""

import re

COMPANY_NAME = re.compile(
    r"\b(?:(?i:[оo]{3}|оао|зао|пао|тоо)|НАО|АО|АНО|ГУП|МУП|ТСЖ|ТСН)\b"
    r"|(?i:\bобщество с ограниченной|\bакционерное общество\b|\bтоварищество с огр)"
)
# What each of them has in it: most names have nothing of this, and to look for these is
# quicker than the search. «ООО» is typed with Latin letters, too.
COMPANY_LETTERS = ("оо", "ао", "oo", "оo", "oо", "ано", "гуп", "муп", "тсж", "тсн") + (
    "общество",
    "товарищество",
)
SOLE_TRADER_NAME = re.compile(
    r"\bИП\b|\bиндивидуальный предприниматель\b", re.IGNORECASE
)


def is_company_name(names: str) -> bool:
    """Tell a firm by the form in its name.

    «ООО "Все для ИП"» is one, «ИП Котов (бывшее ООО "Кот")» is none.
    """
    lower = names.lower()
    for letters in COMPANY_LETTERS:
        if letters in lower:
            break
    else:
        return False
    company, trader = COMPANY_NAME.search(names), SOLE_TRADER_NAME.search(names)
    return bool(company and not (trader and trader.start() < company.start()))
