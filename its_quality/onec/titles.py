"""What a title of a column says: as a whole where 1C or people use just this one, else
by its words, which people put together as they like («Код_клиента», «Тел. организации»).
"""

from __future__ import annotations

import re
from functools import lru_cache

from .fields import FIELD_BY_TITLE, title_key
from .texts import folded

# «ГруппаКонтрагента» is two words, «ИННКонтрагента» too.
CAMEL = re.compile(r"(?<=[а-яёa-z])(?=[А-ЯЁA-Z])|(?<=[А-ЯЁ]{3})(?=[А-ЯЁ][а-яё])")
WORD = re.compile(r"[^\W_]+")
LONGEST_TITLE = 80

# Words, by how they begin, for what they stand; «=» before a word is all of it. The first
# that fits counts.
STEMS = (
    ("OWNER", "контрагент партнер клиент покупател заказчик абонент плательщик"),
    ("OWNER", "организаци компани фирм предприяти учреждени юрлиц владел ссылк client"),
    ("NAME", "наим назван =name description"),
    ("FULL", "полн официальн =full"),
    ("SHORT", "кратк сокращ рабоч"),
    ("INN", "=инн =inn"),
    ("KPP", "=кпп =kpp"),
    ("OGRN", "огрн =ogrn"),
    ("OKPO", "окпо"),
    ("CODE", "=код =code"),
    ("KIND", "=вид =тип =kind"),
    ("GROUP", "групп папк родител категори сегмент"),
    ("PHONE", "телеф =тел =phone моб сотов тлф =tel"),
    ("FAX", "факс =fax"),
    ("MAIL", "email =mail почта почты =эл электрон емейл имейл мейл"),
    ("SITE", "сайт веб www website"),
    ("ADDRESS", "адрес =address местонахожд"),
    ("PERSON", "=лицо =лица лпр представител"),
    ("FIO", "фио"),
    ("CONTACT", "контакт"),
    ("MANAGER", "менедж ответствен куратор manager сопровожда"),
    ("NOTE", "коммент примеч заметк"),
    ("GUID", "guid гуид уид uid uuid"),
    ("MARK", "=пометка помеч удален"),
    ("HEAD", "головн"),
    ("CONTRACT", "договор подписк контракт"),
    ("ITS", "=итс"),
    ("SERVICE", "сервис услуг программ продукт конфигурац"),
    ("NUMBER", "номер =№ =n =ном"),
    ("REGISTRATION", "рег регистрац"),
    ("DATE", "дат"),
    ("BEGIN", "начал =с =from"),
    ("END", "оконч конец конц истеч =до =по заверш"),
    ("TERM", "срок действ период обслуживан"),
    ("LEGAL", "юр юридическ"),
    ("PHYSICAL", "физ физическ"),
    # Words that change nothing.
    (
        "",
        "=1с =1c =в =и =или =на =для =за =к =от =у =ип =the =of основн контактн фактич почтов",
    ),
    ("", "баз егрюл справочник текущ действующ"),
)
# Field: the words that make it up, and those that may stand beside them. A title with
# any other word says something else: «Наименование товара» names no client.
RULES = (
    ("inn_kpp", "INN KPP", ""),
    ("inn", "INN", "LEGAL PHYSICAL PERSON NUMBER"),
    ("kpp", "KPP", "LEGAL PERSON NUMBER"),
    ("ogrn", "OGRN", "NUMBER LEGAL"),
    ("okpo", "OKPO", "CODE END"),
    ("ref", "GUID", "NUMBER"),
    ("contract_ref", "CONTRACT GUID", ""),
    ("contract_number", "CONTRACT NUMBER", "ITS"),
    ("contract_type", "CONTRACT KIND", "ITS"),
    ("contract_name", "CONTRACT NAME", ""),
    ("date_start", "BEGIN", "DATE CONTRACT TERM ITS"),
    ("date_end", "END DATE", "CONTRACT TERM ITS"),
    ("date_end", "END TERM", "CONTRACT ITS"),
    ("date_end", "TERM CONTRACT", "ITS"),
    ("date_end", "END ITS", ""),
    ("contract_date", "DATE CONTRACT", "ITS"),
    ("registration_number", "REGISTRATION NUMBER SERVICE", ""),
    ("service", "SERVICE", "NAME ITS KIND"),
    ("deletion_mark", "MARK", "END"),
    ("head_office", "HEAD", "NAME"),
    ("code", "CODE", "NUMBER"),
    ("email", "MAIL", "ADDRESS CONTACT"),
    ("phone", "PHONE", "NUMBER CONTACT SHORT FAX"),
    ("website", "SITE", "ADDRESS"),
    ("address", "ADDRESS", "LEGAL"),
    ("manager", "MANAGER", "FIO NAME PERSON"),
    ("contact_person", "PERSON CONTACT", "FIO NAME"),
    ("contact_person", "PERSON", "FIO"),
    ("contact_person", "FIO CONTACT", ""),
    ("kind", "LEGAL PHYSICAL", "PERSON KIND"),
    ("kind", "KIND", ""),
    ("group", "GROUP", "NAME"),
    ("full_name", "FULL NAME", "LEGAL"),
    ("full_name", "LEGAL NAME", "PERSON"),
    ("name", "NAME", "SHORT"),
    ("comment", "NOTE", ""),
)
RULES = tuple(
    (field, frozenset(words.split()), frozenset(beside.split()))
    for field, words, beside in RULES
)
# A column of a list of firms that is called just so is their name.
OWNERS_NAME = re.compile(
    r"контрагент|партн[её]р|клиент|покупатель|заказчик|абонент|организация|компания"
)


@lru_cache(4096)
def field_of_title(title: str) -> str | None:
    """Return the field that a title stands for, ``None`` where it says nothing to us.

    :param title: as it stands in the file, or those of two rows of it
    """
    if not title or len(title) > LONGEST_TITLE:
        return None
    return FIELD_BY_TITLE.get(title_key(title)) or _field_by_words(folded(title))


def doubt_of_title(title: str) -> int:
    """How sure it is what a title stands for: of two columns for one field the one with
    the lower number is meant. «Организация» may be the firm that keeps the books."""
    if title_key(title) in FIELD_BY_TITLE:
        return 0
    return 2 if "организац" in title.casefold() else 1


def is_of_titles(text: str) -> bool:
    """Whether a text consists of words that titles do, and no values: «юридический»,
    «Номер», but not «1»."""
    stems = {_stem_of(word) for word in _words_of(text[:LONGEST_TITLE])}
    return bool(stems - {""}) and None not in stems


def _field_by_words(title: str) -> str | None:
    # «Контрагент.ИНН» of a report is the ИНН of what stands before the dot.
    *owners, own = re.split(r"(?<=\w{3})\.(?=\w{2})", title)
    if owners and (field := FIELD_BY_TITLE.get(title_key(own))):
        known = {_stem_of(word) for owner in owners for word in _words_of(owner)}
        if known == {"OWNER"}:
            return field
    words = _words_of(title)
    if not words or len(words) > 7:
        return None
    stems = {_stem_of(word) for word in words}
    if None in stems:
        return None
    has_owner = "OWNER" in stems
    stems -= {"OWNER", ""}
    if not stems:
        is_owner = has_owner and OWNERS_NAME.fullmatch(title.casefold().strip(" :*."))
        return "name" if is_owner else None
    for field, wanted, beside in RULES:
        if wanted <= stems and stems - wanted <= beside:
            return field
    return None


def _words_of(title: str) -> list[str]:
    text = re.sub(r"(?i)\be[-_ ]?mail", "email", title).replace("№", " номер ")
    pieces = CAMEL.sub(" ", text)
    return [word.casefold().replace("ё", "е") for word in WORD.findall(pieces)]


@lru_cache(4096)
def _stem_of(word: str) -> str | None:
    """Return what a word stands for; ``None`` for a word that we do not know."""
    if word.isdecimal() and len(word) < 3:
        # «Телефон 2».
        return ""
    for stem, beginnings in STEMS:
        for beginning in beginnings.split():
            if beginning[0] == "=":
                if word == beginning[1:]:
                    return stem
            elif word.startswith(beginning):
                return stem
    return None
