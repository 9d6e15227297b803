"""Which clients an unknown sender may be: by ИНН in the text, by the address, by phone, by
name. A proposal links nothing: a person does."""

import re

from odoo.tools import SQL

from ...onec.numbers import check_inn

# So much of a text is looked at, and so many numbers in it.
SIZE, NUMBERS = 20_000, 20
MOST = 5
# A run of digits that stands alone.
INN = re.compile(r"(?<![\d.,-])(?:\d{12}|\d{10})(?![\d-])")
PHONE = re.compile(
    r"(?<![\d.,/])(?:\+7|8|7)?[ (-]{0,2}\d{3,5}[ )-]{0,2}[\d -]{5,9}\d(?!\d)"
)
WHY = [
    ("inn", "The same INN"),
    ("address", "The same e-mail"),
    ("domain", "The same e-mail domain"),
    ("phone", "The same phone"),
    ("name", "The same name"),
]


def inns_in(text):
    """Valid ИНН in a text."""
    found = INN.findall((text or "")[:SIZE])[:NUMBERS]
    return list(dict.fromkeys(one for one in found if check_inn(one)))


def phones_in(text):
    """Phone numbers in a text, as Odoo keeps those of Russia."""
    found = []
    for one in PHONE.findall((text or "")[:SIZE])[:NUMBERS]:
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
    inns = inns_in(f"{vals.get('sender_inn') or ''}\n{text}")
    if inns:
        found.append(("inn", _clients(env, company, SQL("p.vat IN %s", tuple(inns)))))
    if matched:
        exact = matched | matched.child_ids
        address = vals.get("email_from")
        same = address in exact.mapped("email_normalized")
        found.append(("address" if same else "domain", matched))
    phones = phones_in(f"{vals.get('sender_phone') or ''}\n{text}")
    if phones:
        same = SQL("p.phone_sanitized IN %s", tuple(phones))
        found.append(("phone", _clients(env, company, same)))
    names = [
        vals.get("sender_name"),
        *re.split(r"[,;/(]", vals.get("sender_name") or ""),
    ]
    names = [name.strip(" )") for name in names if name and len(name.strip()) > 4]
    if names and not any(clients for _why, clients in found):
        same = SQL("p.name IN %s", tuple(names))
        found.append(("name", _clients(env, company, same)))
    clients, why = env["res.partner"].sudo(), False
    for reason, some in found:
        if some and not why:
            why = reason
        clients |= some
    return clients[:MOST], why


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
