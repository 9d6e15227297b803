"""Which clients an unknown sender may be: by ИНН in the text, by the address, by phone, by
name. A proposal links nothing: a person does."""

import re

from odoo.tools import SQL

from ...onec.numbers import check_inn
from ...onec.texts import name_key

# So much of a text is looked at, and so many numbers in it.
SIZE, NUMBERS = 20_000, 20
MOST = 5
# A run of digits that stands alone.
INN = re.compile(r"(?<![\d.,-])(?:\d{12}|\d{10})(?![\d-])")
# Named as such it may be written in groups.
NAMED_INN = re.compile(
    r"(?:инн|inn)[\s:№-]{0,4}((?:\d[ \u00a0]?){9,11}\d)(?!\d)", re.IGNORECASE
)
PHONE = re.compile(
    r"(?<![\d.,/])(?:\+7|8|7)?[ (-]{0,2}\d{3,5}[ )-]{0,2}[\d -]{5,9}\d(?!\d)"
)
# Dashes and spaces of other widths.
PLAIN = dict.fromkeys(map(ord, "‐‑‒–—−"), "-") | dict.fromkeys(
    map(ord, "\u00a0\u2007\u2009\u202f"), " "
)
# Between several numbers in a field, and before an extension.
ENTERED = re.compile(r"[,;/#\n]|доб|вн|ext", re.IGNORECASE)
WHY = [
    ("inn", "The same INN"),
    ("address", "The same e-mail"),
    ("domain", "The same e-mail domain"),
    ("phone", "The same phone"),
    ("name", "The same name"),
]


FORMS = r"(?:ООО|ОАО|ЗАО|ПАО|НАО|АО|ИП|ФГУП|МУП|ГБУ|МБУ|ТСЖ|СНТ|КФХ|НКО|LLC|Ltd)"
# A line that begins with the legal form of a firm, and a name in quotes after one.
FIRM = re.compile(rf"{FORMS}\b", re.IGNORECASE)
QUOTED = re.compile(rf"\b{FORMS}\s?[«\"“„][^«»\"“”„\n]{{2,80}}[»\"”“]", re.IGNORECASE)
# In a name: «Бухгалтерия ООО Ромашка».
OF_FORM = re.compile(rf"\b{FORMS}\s?.{{2,80}}", re.IGNORECASE)
FIRM_SIZE = 80
# Shorter names are of too many.
SHORTEST = 4


def inns_in(text, entered=""):
    """Valid ИНН in a text.

    :param entered: what is in the field for it, however it is spaced; it comes first
    """
    text = (text or "")[:SIZE]
    found = [re.sub(r"\D", "", (entered or "")[:SIZE])]
    found += [re.sub(r"\D", "", one) for one in NAMED_INN.findall(text)]
    found = [*found, *INN.findall(text)][:NUMBERS]
    return list(dict.fromkeys(one for one in found if check_inn(one)))


def firms_in(text):
    """Names of firms in a text: in quotes after their legal form, and lines that begin
    with one, as in a signature."""
    text = (text or "")[:SIZE]
    lines = (line.strip() for line in text.splitlines())
    lines = [line for line in lines if len(line) < FIRM_SIZE and FIRM.match(line)]
    return [*lines, *QUOTED.findall(text)][:NUMBERS]


def phones_in(text, entered=""):
    """Phone numbers in a text, as Odoo keeps those of Russia.

    :param entered: what is in the field for them, whatever stands between the digits;
        it comes first
    """
    found = []
    text = (text or "")[:SIZE].translate(PLAIN)
    for one in [*ENTERED.split((entered or "")[:SIZE]), *PHONE.findall(text)][:NUMBERS]:
        digits = re.sub(r"\D", "", one)
        if check_inn(digits):
            continue
        if len(digits) == 11 and digits[0] in "78":
            digits = digits[1:]
        if len(digits) == 10:
            found.append(f"+7{digits}")
    return list(dict.fromkeys(found))


def propose(env, company, vals, matched):
    """Find the clients that the sender of a claim may be.

    :param company: the ``res.company`` whose clients are asked about
    :param vals: of the claim
    :param matched: the client whom the address points to, if it does to one
    :return: clients, the likeliest first, and why it is the first one
    """
    text = f"{vals.get('subject') or ''}\n{vals.get('description') or ''}"
    found = []
    inns = inns_in(text, vals.get("sender_inn"))
    if inns:
        found.append(("inn", _clients(env, company, SQL("p.vat IN %s", tuple(inns)))))
    if matched:
        exact = matched | matched.child_ids
        address = vals.get("email_from")
        same = address in exact.mapped("email_normalized")
        found.append(("address" if same else "domain", matched))
    phones = phones_in(text, vals.get("sender_phone"))
    if phones:
        same = SQL("p.phone_sanitized IN %s", tuple(phones))
        found.append(("phone", _clients(env, company, same)))
    if not any(clients for _why, clients in found):
        name = vals.get("sender_name") or ""
        names = [name, *re.split(r"[,;/(|]|\s[-–—]\s", name), *OF_FORM.findall(name)]
        names += firms_in(text)
        names = [one for one in names if len(one.strip()) > SHORTEST]
        keys = tuple(filter(None, {name_key(one): one for one in names}))
        if keys:
            same = SQL("p.its_name_key IN %s", keys)
            found.append(("name", _clients(env, company, same)))
    clients, why = env["res.partner"].sudo(), False
    for reason, some in found:
        if some and not why:
            why = reason
        clients |= some
    return clients[:MOST], why


def with_inn(env, company, inn):
    """Clients that have an ИНН.

    :param inn: digits
    """
    return _clients(env, company, SQL("p.vat = %s", inn))


def _clients(env, company, condition):
    """Clients for whom, or for whose persons, a condition on ``p`` holds."""
    env["res.partner"].flush_model()
    rows = env.execute_query(
        SQL(
            """
            SELECT DISTINCT firm.id
              FROM res_partner p
              JOIN res_partner firm ON firm.id = p.commercial_partner_id
             WHERE %s AND p.active AND firm.active AND firm.its_client
               AND (firm.company_id IS NULL OR firm.company_id = %s)
             ORDER BY firm.id LIMIT %s
            """,
            condition,
            company.id,
            MOST,
        )
    )
    return env["res.partner"].sudo().browse([row[0] for row in rows])
