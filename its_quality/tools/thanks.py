"""Whether a short letter only thanks, or says that all is well now: by a plain table of
words. Whatever is not in the table may be a complaint, so one strange word is enough for
the letter to be read by a person."""

import re

# Those that thank, and those by which clients say that it is settled.
THANKS = frozenset(
    [
        "спасибо",
        "спс",
        "пасиб",
        "спасибки",
        "благодарю",
        "благодарим",
        "благодарен",
        "благодарна",
        "благодарны",
        "признателен",
        "признательна",
        "признательны",
        "дякую",
        "thanks",
        "thank",
        "thx",
        "ty",
        "tysm",
        "cheers",
        "appreciated",
        "appreciate",
        "👍",
        "🙏",
        "👌",
        "❤",
        "🤝",
        "😊",
        "🙂",
        "🌹",
        "💐",
        "👏",
        "🤗",
        "🙌",
    ]
)
SETTLED = frozenset(
    [
        "работает",
        "заработало",
        "заработала",
        "заработал",
        "заработали",
        "решено",
        "решена",
        "решен",
        "решили",
        "помогло",
        "помогли",
        "получилось",
        "разобрались",
        "разобрался",
        "разобралась",
        "исправлено",
        "исправили",
        "исправлена",
        "починили",
        "починилось",
        "настроили",
        "открывается",
        "открылось",
        "отправилось",
        "отправляется",
        "отправляются",
        "пришло",
        "отлично",
        "супер",
        "прекрасно",
        "замечательно",
        "хорошо",
        "нормально",
        "порядке",
        "норме",
        "ок",
        "окей",
        "устраивает",
        "довольны",
        "доволен",
        "довольна",
        "подтверждаю",
        "подтверждаем",
        "закрывайте",
        "закрывать",
        "класс",
        "классно",
        "здорово",
        "идеально",
        "works",
        "perfectly",
        "working",
        "worked",
        "solved",
        "resolved",
        "fixed",
        "settled",
        "great",
        "perfect",
        "excellent",
        "fine",
        "good",
        "ok",
        "okay",
        "confirmed",
    ]
)
# What goes with either, and says nothing without it.
FILLING = frozenset(
    [
        "да",
        "все",
        "это",
        "теперь",
        "уже",
        "в",
        "и",
        "вам",
        "вас",
        "огромное",
        "большое",
        "большущее",
        "очень",
        "ура",
        "человеческое",
        "премного",
        "искренне",
        "принято",
        "принял",
        "приняла",
        "приняли",
        "понял",
        "поняла",
        "поняли",
        "понятно",
        "получил",
        "получила",
        "получили",
        "проверил",
        "проверила",
        "проверили",
        "сами",
        "выручили",
        "всем",
        "тебе",
        "здравствуйте",
        "уважаемые",
        "коллеги",
        "the",
        "it",
        "its",
        "is",
        "are",
        "all",
        "everything",
        "now",
        "yes",
        "you",
        "very",
        "got",
        "received",
        "much",
        "so",
        "a",
        "lot",
        "many",
        "and",
        "we",
        "can",
        "be",
        "closed",
        "close",
        "well",
        "hello",
        "hi",
        "dear",
        "colleagues",
    ]
)
# What clients thank for.
FOR_WHAT = (
    r"(?:(?:вашу|ваш|вашей|быстр\w+|оперативн\w+|хорош\w+|отличн\w+|качественн\w+"
    r"|все|ваше|скор\w+|подробн\w+|такую|такой|такое) )*(?:помощь(?: (?:в|с) решени(?:и|ем)"
    r" (?:моего |нашего |моей |нашей )?(?:вопроса|проблемы|задачи))?|работу|оперативность"
    r"|поддержку|ответ|решение(?: (?:моего |нашего |моей |нашей |этого |этой )*"
    r"(?:вопроса|проблемы|задачи))?|внимание|реакцию|терпение|содействие|участие|труд"
    r"|понимание|консультацию|разъяснени[ея]|пояснени[ея]|информацию|заботу|скорость"
    r"|профессионализм|сотрудничество|отзывчивость)"
)
# Said as a whole; a word of them alone may say the contrary.
PHRASES = (
    r"(?:вопрос|проблема|рекламаци[яю]|обращение|заявк[ау]|тема) (?:уже |можно |полностью )*"
    r"(?:решен[ао]?|закрыт[ао]?|снят[ао]?|исправлен[ао]?|закрыть|закрывать|закрывайте)",
    r"(?:можно|можете|прошу) (?:уже |смело |заявку |рекламацию |обращение |вопрос )*"
    r"(?:закрыть|закрывать)",
    r"закройте (?:заявку|рекламацию|обращение|вопрос|тему)",
    r"(?:ошибк[аи]|проблем[аы]|сбо[йи]) (?:больше |уже |теперь )*"
    r"(?:исправлен[аы]?|устранен[аы]?|уш(?:ел|л[аи])|пропал[аи]?|исчез(?:л[аи])?"
    r"|не (?:появляется|появляются|возникает|возникают|повторяется|выходит))",
    r"(?:касса|программа|база|печать|обмен|сервер|принтер|сканер|1с) "
    r"(?:снова |уже |теперь )*(?:работает|заработала?|открывается|печатает)",
    r"вы (?:нас |меня |очень |сильно |просто )*(?:выручили|спасли)",
    r"снова работает",
    r"мы (?:очень |всем |полностью )*довольны",
    r"(?:it|that) worked",
    r"все (?:уже |теперь )?(?:ушло|прошло(?: (?:успешно|хорошо))?)",
    r"(?:great|good|excellent) (?:job|work)",
    r"for (?:fixing|solving|resolving) (?:it|this|that)",
    r"(?:работает|заработал[оаи]?) как (?:надо|нужно|часы|следует|положено)",
    r"все (?:верно|правильно|корректно|исправно|ясно)",
    r"уже (?:не (?:надо|нужно|актуально|требуется)|неактуально)",
    r"(?:за то )?что (?:вы |нам |так |очень |все |все-таки |быстро |оперативно )*"
    r"(?:помогли|ответили|решили|исправили|откликнулись|отреагировали|разобрались)",
    r"что так (?:быстро|оперативно)",
    r"вы (?:самые )?(?:лучшие|молодцы|супер)",
    r"(?:issue|problem|claim|ticket) (?:is |has been |was |can be |now )*"
    r"(?:solved|resolved|fixed|closed|settled)",
    rf"за {FOR_WHAT}(?: и {FOR_WHAT})*",
    r"(?:больше )?(?:вопросов|проблем|претензий|замечаний|нареканий)(?: больше)? нет",
    r"нет (?:больше )?(?:вопросов|проблем|претензий|замечаний)",
    r"(?:вопросов|претензий|замечаний) (?:больше )?не (?:имеем|имею|осталось)",
    r"больше не беспокоит",
    r"for (?:(?:your|the|all|quick|fast|prompt|great|kind) )*"
    r"(?:help|support|work|assistance|answer|reply|response|patience)",
    r"no (?:more |further )?(?:questions|problems|issues|complaints)",
)
PHRASE = re.compile("|".join(rf"\b(?:{phrase})\b" for phrase in PHRASES))
# Said with either, as a whole: greetings, wishes, what has come of it. Alone it says
# nothing, and a word of it alone may ask for more.
BESIDE = re.compile(
    r"\b(?:(?:и )?(?:вам |всем )*"
    r"(?:хорошего|доброго|отличного|приятного|удачного|продуктивного) "
    r"(?:вам |всем )*(?:дня|вечера|утра|настроения|выходных|недели|времени суток)"
    r"|(?:вам )?(?:удачи|успехов)"
    r"|с (?:наступающим|праздником|новым годом)"
    r"|добр(?:ый|ое) (?:день|вечер|утро)"
    r"|еще раз (?=(?:вам |всем |большое |огромное )*(?:спасибо|благодар))"
    r"|(?<=спасибо )(?:вам |всем |большое |огромное )*еще раз"
    r"|(?:(?<=thanks )|(?<=thank you ))again|once again (?=thank)"
    r"|у нас"
    r"|(?:отчет|отчеты|отчетность|письмо|письма|документ|документы|декларация|файл|счет|акт) "
    r"(?:уже |успешно |теперь |наконец )*(?:уш(?:ел|ла|ло|ли)|принят[аоы]?|сдан[аоы]?|сдали"
    r"|отправлен[аоы]?|отправил(?:и|ся|ась|ось|ись)|получил[аи]?|прове(?:лся|лись|ден|дены)"
    r"|приш(?:ел|ла|ло|ли)))\b"
)
# Under a letter: a name, a post, a firm, how to be reached.
SIGNATURE = re.compile(
    r"(?:^|[.!,;)] )\s{0,20}(?:--+|—+|с уважением|best regards|kind regards|regards"
    r"|sincerely|с наилучшими пожеланиями|отправлено (?:из|с)|sent from"
    r"|получить outlook|get outlook)\b.*"
    r"|^\s*--+\s*$",
    re.IGNORECASE | re.MULTILINE,
)
SIGNED = frozenset(
    [
        "с",
        "из",
        "уважением",
        "наилучшими",
        "пожеланиями",
        "отправлено",
        "мобильной",
        "почты",
        "моего",
        "телефона",
        "смартфона",
        "best",
        "kind",
        "regards",
        "sincerely",
        "sent",
        "from",
        "my",
        "mobile",
        "phone",
        "тел",
        "телефон",
        "моб",
        "сот",
        "факс",
        "доб",
        "email",
        "e-mail",
        "mail",
        "почта",
        "ru",
        "iphone",
        "ipad",
        "android",
        "яндекс",
        "gmail",
        "outlook",
        "для",
        "мобильных",
        "мобильного",
        "устройства",
        "приложения",
        "получить",
        "get",
        "for",
        "ios",
        "сайт",
        "г",
        "ул",
        "д",
        "пр",
        "стр",
        "корп",
        "кв",
        "оф",
        "офис",
        "обл",
        "область",
        "ооо",
        "ао",
        "зао",
        "оао",
        "пао",
        "ип",
        "нко",
        "тсж",
        "директор",
        "главный",
        "гл",
        "бухгалтер",
        "заместитель",
        "зам",
        "менеджер",
        "руководитель",
        "отдела",
        "отдел",
        "специалист",
        "администратор",
        "экономист",
        "кассир",
        "инженер",
        "it",
        "ит",
        "по",
        "и",
        "director",
        "chief",
        "accountant",
        "manager",
        "head",
        "of",
        "department",
    ]
)
# A line of a signature that has one of these needs nothing above it.
POSTS = frozenset(
    [
        "директор",
        "бухгалтер",
        "менеджер",
        "руководитель",
        "специалист",
        "администратор",
        "экономист",
        "кассир",
        "инженер",
        "ооо",
        "ао",
        "ип",
        "director",
        "accountant",
        "manager",
    ]
)
# What is quoted, and the line above it.
QUOTED = re.compile(
    r"^[^\S\n]*>|^.{0,200}(?:пишет|писал|писала|написал|написала|wrote):\s*$"
    r"|^.{0,200}<[^<>\s]+@[^<>\s]+>\s*:\s*$"
    r"|^[^\S\n]*-{2,}\s{0,9}(?:original|исходное|пересылаемое|forwarded)"
    r"|^[^\S\n]*_{5,}[^\S\n]*$|^[^\S\n]*(?:от|от кого|from)\s?:.{0,200}@",
    re.IGNORECASE | re.MULTILINE,
)
# What programs put between letters, and nobody sees.
UNSEEN = re.compile("[\u00ad\u200b\u200c\u200e\u200f\u2060\ufeff]")
# What firms put under each letter; no word of the client.
DISCLAIMER = re.compile(
    r"^\W{0,9}(?:это|данное|настоящее|this)\s(?:электронное\s|e-?mail\s)?"
    r"(?:сообщение|письмо|e-?mail|message)\s(?:"
    r".{0,200}(?:конфиденциальн|предназначен[оы]\s(?:только|исключительно|для)"
    r"|confidential|intended\s(?:only|solely|for))"
    r"|(?:было\s)?проверено\s.{0,40}вирус"
    r"|(?:has\sbeen|was)\s(?:checked|scanned)\s)",
    re.IGNORECASE | re.MULTILINE,
)
# A sad face, or a question.
DOUBTS = re.compile(r"[?⁇؟]|[:;=]-?\(|(?<!\w)\({2,}|\(\s*$", re.MULTILINE)
ADDRESS = re.compile(r"\S+@\S+|<?(?:https?://|www\.)\S+|\+?\d[\d\s()-]{4,}\d")
# Words with a hyphen inside, and every sign that may mean something by itself.
WORD = re.compile(
    r"[^\W_]+(?:[-'’][^\W_]+)*|[^\s\w.,!;:()\"'«»„“”…–—\-*/|\u200d\ufe0f]"
)
# So much and no more is «short».
MOST = 300
MOST_WORDS = 25
# How verbs end that ask for something, or say what happens.
VERB = re.compile(r"(?:[иейь]те|[аияеу]ть|[аеиуюя]т|ли|ла|ло|лся|тся)$")


def is_thanks(text, people=""):
    """Whether a letter says nothing but thanks, or that all is well now.

    :param text: as plain text
    :param people: the names of those whom it may call by name
    """
    text = own_words(UNSEEN.sub("", text or ""))
    if not text or len(text) > MOST or DOUBTS.search(text):
        return False
    found = SIGNATURE.search(text)
    end = found.start() if found else _end_of_words(text)
    return says_so(text[:end], people) and is_signature(text[end:])


def _end_of_words(text):
    """Where a signature begins that nothing announces: lines below the first one, with a
    post or a firm."""
    for line in re.finditer(r"\n", text):
        rest = text[line.end() :]
        if not POSTS.isdisjoint(WORD.findall(plain(rest))) and is_signature(rest):
            return line.start()
    return len(text)


def own_words(text):
    """The text above what it quotes."""
    text = text or ""
    for pattern in (QUOTED, DISCLAIMER):
        found = pattern.search(text)
        text = text[: found.start()] if found else text
    return text.strip()


def plain(text):
    """In small letters, as people who do not type «ё» write."""
    return text.lower().replace("ё", "е")


def says_so(body, people=""):
    """Whether each word of a text is in the table, or the name of somebody."""
    body = plain(ADDRESS.sub(" ", body))
    rest = WORD.findall(BESIDE.sub(" ", PHRASE.sub(" ", body)))
    names = set(WORD.findall(plain(people)))
    said = PHRASE.search(body) or not (THANKS | SETTLED).isdisjoint(rest)
    return (
        bool(said)
        and len(WORD.findall(body)) <= MOST_WORDS
        and names.union(THANKS, SETTLED, FILLING).issuperset(rest)
    )


def is_signature(text):
    """Whether a text only says who has written."""
    words = WORD.findall(ADDRESS.sub(" ", text))
    return len(words) <= MOST_WORDS and all(map(is_of_signature, words))


def is_of_signature(word):
    """Whether a word is a name, or in the table; what looks like a verb is neither."""
    if plain(word) in SIGNED or word.isdigit():
        return True
    return word.istitle() and not VERB.search(word)
