"""A letter that came to an address of claims, or answers one: what it is, whose, and which
claim it goes to."""

from ast import literal_eval
from typing import NamedTuple
from urllib.parse import urlsplit

from markupsafe import Markup

from odoo import SUPERUSER_ID
from odoo.tools import email_normalize
from odoo.tools.mail import email_split, email_split_tuples

from ...tools import forwarded, letter_proof
from ...tools.letter_addresses import addresses_of, is_nobodys
from ...tools.letter_text import clean
from ...tools.security_log import log_refusal
from ...tools.server_options import server_option
from ...tools.texts import UNKEEPABLE
from . import (
    answers,
    bounces,
    client_link,
    clock,
    copies,
    first_answer,
    merging,
    notifying,
    numbers,
    robots,
    sender,
    splitting,
    todo,
)
from .letter_quotes import fold_quotes
from .letter_words import claims_linked, hide, hide_in_file, words_of
from .robots import LINE_SIZE
from .rules import ENDED

# A letter that links to more pages than this quotes none of ours.
LINKED = 20
# What the defaults of an address may say, and what the gateway adds to them.
DEFAULTS = ("company_id", "team_id", "service_id")
ADDED = ("origin_id", "unproven")
SUBJECT_SIZE = 200


class Incoming:
    """A letter on its way through the gateway, and what has become of it. It travels in
    the context, where each step finds it and no request can put one.

    :ivar bytes raw: as it came
    :ivar model: to which letters without an address go
    :ivar values: what ``message_parse`` has found, once it has
    :ivar routed: whether the gateway has looked where it goes
    :ivar unproven: which check of the sender failed, if any did
    :ivar message_id: another one, where it is not the letter that is known by its own
    :ivar companies: ids of those that it goes to, where not to all it is addressed to
    :ivar quiet: whether the server sends no bounce for the letter
    :ivar original: the letter that a colleague has forwarded by this one, if one has
    :ivar colleague: the ``res.users`` who has
    :ivar typed: whether the sender is who a visitor of a site says that they are
    :ivar teams: the other teams of each company that the letter is written to
    """

    def __init__(self, raw, model=None, message_id=None, companies=None):
        self.raw = raw
        self.model = model
        self.values = {}
        self.routed = False
        self.unproven = ""
        self.message_id = message_id
        self.companies = companies
        self.quiet = False
        self.original = None
        self.colleague = None
        self.typed = False
        self.teams = {}
        self._found = {}

    def once(self, key, find):
        """What was found about this letter, found once.

        :param key: what is asked, in a tuple
        :param find: what finds it
        """
        if key not in self._found:
            self._found[key] = find()
        return self._found[key]

    def carried_by(self, records):
        """These records, for the steps that take this letter in."""
        return records.with_context(its_incoming=self)

    @staticmethod
    def of(env):
        """The letter that is on its way, if one is."""
        found = env.context.get("its_incoming")
        return found if isinstance(found, Incoming) else None


class Again(NamedTuple):
    """How a letter is read once more that Odoo took for a repeat. In the context, where
    no request can put one.

    :ivar message_id: another id for it
    :ivar companies: ids of those it has not come to yet
    """

    message_id: str
    companies: list


# -----------------------------------------------------------------------------
# What a letter is
# -----------------------------------------------------------------------------


def automatic(claims, message):
    """Whether nobody has written this letter.

    :param message: ``email.message.Message``
    :return: why it becomes no claim, a key of ``its.letter``; nothing where it does
    """
    domains = our_domains(claims.env) if "List-Id" in message else ()
    return robots.automatic(message, domains)


def our_domains(env):
    """The domains of our addresses."""
    return env["mail.alias.domain"].sudo().search([]).mapped("name")


def is_of_our_site(env, address):
    """Whether an address is in a domain of ours: of our addresses, of a company's own, or
    of its site."""
    domains = {*our_domains(env)}
    for company in env["res.company"].sudo().search([]):
        domains.add((company.email or "").rpartition("@")[2].strip().lower())
        site = urlsplit(company.website or "").hostname or ""
        domains.add(site.removeprefix("www."))
    domain = (address or "").rpartition("@")[2].removeprefix("www.")
    return domain in domains - sender.PUBLIC_DOMAINS - {""}


def take_typed_sender(claims, message, message_dict):
    """Take for the sender whom a site names in ``Reply-To``: it writes from an address
    of its own what its visitors have typed.

    :param message_dict: what ``message_parse`` has found; is changed
    :return: whether it was so; then nothing vouches for the sender
    """
    replies = str(message.get("Reply-To", ""))[:LINE_SIZE]
    found = addresses_of(replies)
    address = email_normalize(message_dict.get("email_from") or "") or ""
    if len(found) != 1 or found[0] == address or is_nobodys(found[0]):
        return False
    if not is_nobodys(address):
        of_site = is_of_our_site(claims.env, address)
        if is_of_our_site(claims.env, found[0]):
            return False
        if not of_site and not speaks_for_a_client(claims.env, address, found[0]):
            return False
    names = [name for name, _address in email_split_tuples(replies)]
    name = clean((names or [""])[0]).replace('"', "")
    typed = f'"{name}" <{found[0]}>' if name else found[0]
    message_dict["email_from"] = message_dict["from"] = typed
    message_dict["author_id"] = False
    return True


def speaks_for_a_client(env, address, replies):
    """Whether a service that we know nothing of writes, and the answer goes to a client."""
    known, meant = (sender.find(env, one, env.company) for one in (address, replies))
    return not known and any(replies in addresses_of(one.email) for one in meant)


def take_forwarded(claims, message_dict, user_id):
    """Find the letter that a colleague has forwarded.

    :param user_id: whom the gateway takes the letter to be of
    :return: the colleague and the ``Original``; nothing where they have written
        themselves
    """
    address = email_normalize(message_dict.get("email_from") or "") or ""
    user = claims.env["res.users"].sudo().browse(user_id)
    if user.share or user.email_normalized != address:
        return None, None
    letters = claims.env["its.letter"]

    def is_ours(one):
        users = user.sudo().search_count(
            [("email_normalized", "=", one), ("share", "=", False)], limit=1
        )
        ours = users or letters._aliases({one}) or is_of_our_site(claims.env, one)
        return bool(one and ours)

    found = forwarded.original(
        message_dict.get("subject"),
        words_of(message_dict.get("body")),
        message_dict.get("attachments") or (),
        is_ours,
        words_of,
    )
    return (user, found) if found else (None, None)


def failed_proof(message, message_dict):
    """Which check of the sender a letter fails.

    :param message: ``email.message.Message``
    :return: what failed, as ``spf=fail``; an empty text where nothing did
    """
    servers = server_option("authserv_id").replace(",", " ").split()
    address = email_normalize(message_dict.get("email_from") or "") or ""
    failed = letter_proof.failure(message, address, servers)
    if failed:
        log_refusal("unproven_letter", model="its.claim", found=failed)
    return failed


def clean_letter(claims, message_dict, claim_ids):
    """Remove from a letter what cannot be kept, and what must not be: a reply quotes
    the links in our letter that speak for the client, and those who do the work read
    the reply.

    :param message_dict: what ``message_parse`` has found; is changed
    :param claim_ids: of the claims it answers, if it does
    """
    for name in ("subject", "body", "email_from", "from"):
        if message_dict.get(name):
            message_dict[name] = UNKEEPABLE.sub("", message_dict[name])
    for name in ("subject", "email_from", "from"):
        if message_dict.get(name):
            message_dict[name] = clean(message_dict[name])[:LINE_SIZE]
    body = message_dict.get("body") or ""
    tokens = secrets_linked(claims, body, claim_ids)
    # Or Odoo takes it for a text, and shows its tags.
    message_dict["body"] = Markup(fold_quotes(hide(body, tokens)))
    message_dict["attachments"] = [
        (name, hide_in_file(name or "", content, tokens), *info)
        for name, content, *info in message_dict.get("attachments") or ()
    ]


def secrets_linked(claims, text, claim_ids=()):
    """The secrets of the claims that a text links to.

    :param claim_ids: of claims whose secrets it may hold without a link
    """
    ids = {*filter(None, claim_ids), *sorted(claims_linked(text))[:LINKED]}
    return client_link.tokens(claims.browse(ids).exists())


# -----------------------------------------------------------------------------
# Where it goes
# -----------------------------------------------------------------------------


def routes_to_claims(claims, message, message_dict, routes):
    """The routes of a letter into claims: to one in each company it is written to.

    :param claims: the model, as the superuser
    :param message: ``email.message.Message``
    :param message_dict: what ``message_parse`` has found; is changed
    :param routes: into claims, of the gateway
    :return: routes; none where the letter is automatic and set aside
    """
    letter = Incoming.of(claims.env)
    robot = automatic(claims, message)
    if robot:
        if letter:
            claims.env["its.letter"]._set_aside(letter, robot)
        return []
    unproven = failed_proof(message, message_dict)
    routes = one_of_company(claims, message_dict, routes)
    if letter:
        letter.unproven = unproven
        if letter.companies:
            routes = [
                route
                for route in routes
                if company_of(claims, route[2]).id in letter.companies
            ]
    clean_letter(claims, message_dict, [route[1] for route in routes])
    if letter and routes:
        find_writer(claims, message, message_dict, letter, routes[0][3])
    return [find_route(claims, message_dict, route, unproven) for route in routes]


def find_writer(claims, message, message_dict, letter, user_id):
    """Find out who has written a letter, where it is not the one who sent it.

    :param letter: ``Incoming``; is changed
    :param user_id: whom the gateway takes the letter to be of
    """
    letter.typed = take_typed_sender(claims, message, message_dict)
    if not letter.typed and not letter.unproven:
        letter.colleague, letter.original = take_forwarded(
            claims, message_dict, user_id
        )


def one_of_company(claims, message_dict, routes):
    """The routes into claims, one for each company.

    :param routes: of the gateway
    :return: routes with the defaults of the address, which answers have none of
    """
    routes = [with_defaults(claims, route) for route in routes]
    if routes[0][1]:
        # For an answer Odoo looks at no other address.
        model, _id, _defaults, user_id, _alias = routes[0]
        letters = claims.env["its.letter"]
        addresses = email_split(message_dict.get("recipients") or "")
        routes += [
            with_defaults(claims, (model, 0, None, user_id, alias))
            for alias in letters._aliases({one.lower() for one in addresses})
        ]
    # Written to the team and to the common address: to the team, once.
    routes.sort(key=lambda route: (not route[1], "team_id" not in route[2]))
    found, letter = {}, Incoming.of(claims.env)
    for route in routes:
        company, team = company_of(claims, route[2]), route[2].get("team_id")
        known = found.setdefault(company, route)
        if letter and team and team != known[2].get("team_id"):
            letter.teams.setdefault(company.id, []).append(team)
    return list(found.values())


def with_defaults(claims, route):
    model, thread_id, defaults, user_id, alias = route
    claim = claims.browse(thread_id or ()).exists()
    if not defaults and alias:
        defaults = literal_eval(alias.sudo().alias_defaults)
    defaults = plain_defaults(claims, defaults)
    if claim:
        # A reply goes to the company that wrote the letter.
        same = company_of(claims, defaults) == claim.company_id
        defaults = defaults if same else {"company_id": claim.company_id.id}
    return (model, claim.id or 0, defaults, user_id, alias)


def plain_defaults(claims, defaults, added=()):
    """The defaults of a letter, limited to plain values that we know.

    :param defaults: of an address, or of the caller of the gateway
    :param added: names of what only we add
    """
    plain = {
        name: value
        for name in (*DEFAULTS, *added)
        if type(value := (defaults or {}).get(name)) in (int, str) and value
    }
    priority = (defaults or {}).get("priority")
    if priority in dict(claims._fields["priority"].selection):
        plain["priority"] = priority
    return plain


def company_of(claims, defaults):
    """The company that a letter with such defaults is for."""
    defaults = defaults or {}
    company = claims.env["res.company"].browse(defaults.get("company_id") or ())
    team = claims.env["its.team"].sudo().browse(defaults.get("team_id") or ())
    return company or team.company_id or claims.env.company


def find_route(claims, message_dict, route, unproven=""):
    """Decide which claim a letter belongs to.

    :param message_dict: what ``message_parse`` has found
    :param route: of the gateway: model, id, defaults, user, alias
    :param unproven: which check of the sender failed; then it speaks for nobody
    :return: the route to go: of a claim that is there, or of a new one
    """
    model, thread_id, defaults, user_id, alias = route
    if unproven:
        message_dict["author_id"] = False
        return (model, 0, {**defaults, "unproven": unproven}, SUPERUSER_ID, alias)
    letter = Incoming.of(claims.env)
    if letter and letter.typed:
        # Whoever fills in a form may type any address, and any number.
        return (model, 0, defaults, SUPERUSER_ID, alias)
    address = email_normalize(message_dict["email_from"] or "")
    claims = claims.browse(thread_id or ()).exists()
    if claims and is_written_by_colleague(claims, address, user_id):
        if letter:
            # Whoever answers within a claim quotes it, and forwards nothing.
            letter.original = None
        return route
    if letter and letter.original:
        address = letter.original.address if letter.original.certain else ""
    company_id = (defaults or {}).get("company_id")
    claims |= numbers.find(claims, message_dict.get("subject"), company_id)
    claim = claims.filtered(lambda claim: is_written_by(claim, address))[:1]
    if not claim:
        return (model, 0, defaults, user_id, alias)
    claim = newest_of(merging.goes_on_in(claim))
    words = words_of(message_dict.get("body"), quoted=False)
    if is_over(claim) and not answers.only_thanks(claim, words):
        defaults = {
            "company_id": claim.company_id.id,
            "team_id": claim.team_id.id,
            "service_id": claim.service_id.id,
            "origin_id": claim.id,
        }
        return (model, 0, defaults, user_id, alias)
    return (model, claim.id, defaults, user_id, alias)


def is_over(claim):
    """Whether an answer about this claim begins a new one."""
    return claim.state == "rejected" or (
        claim.state == "closed" and not clock.may_be_reopened(claim)
    )


def newest_of(claim):
    """The claim that an earlier answer to this one has begun, if it is still about the
    same client; or this one."""
    seen = claim
    while is_over(claim):
        newer = claim.search(
            [
                ("origin_id", "=", claim.id),
                ("partner_id", "=", claim.partner_id.id),
                ("id", "not in", seen.ids),
            ],
            order="id desc",
        )
        newer = newer.filtered(lambda one: not is_over(one))[:1] or newer[:1]
        if not newer:
            break
        claim = merging.goes_on_in(newer)
        if claim in seen:
            break
        seen |= claim
    return claim


def is_written_by_colleague(claim, address, user_id):
    """Whether an address is of a user who may see this claim.

    :param user_id: whom the gateway takes the letter to be of
    """
    user = claim.env["res.users"].sudo().browse(user_id)
    return (
        not user.share
        and user.email_normalized == address
        and claim.with_user(user).sudo(False).has_access("read")
    )


def is_written_by(claim, address):
    """Whether an address may speak about this claim: that of its sender, or any of
    the client's."""
    if not address:
        return False
    own = (claim.email_from, notifying.contact_now(claim).email, claim.partner_id.email)
    if any(address in addresses_of(known) for known in own):
        return True
    if claim.state not in ENDED and address in copies.written_to(claim):
        return True
    found = sender.find(claim.env, address, claim.company_id)
    return bool(claim.partner_id) and claim.partner_id in found.commercial_partner_id


# -----------------------------------------------------------------------------
# What becomes of it
# -----------------------------------------------------------------------------


def register(claims, message_dict, given):
    """Register what somebody has written.

    :param message_dict: what ``message_parse`` has found
    :param given: what :func:`find_route` says
    :return: the claim
    """
    values = plain_defaults(claims, given, ADDED)
    letter = Incoming.of(claims.env) or Incoming(b"")
    company = company_of(claims, values)
    values.pop("company_id", None)
    origin = claims.sudo().browse(values.get("origin_id") or ())
    subject = (message_dict.get("subject") or "").strip()
    words = words_of(message_dict.get("body"))
    address = message_dict["email_from"]
    names = [name for name, _address in email_split_tuples(address)]
    certain = not letter.typed and not values.get("unproven")
    original = letter.original
    if original:
        subject = original.subject or forwarded.plain_subject(subject)
        words = original.words or words
        address, names = original.address, [original.name]
        certain = original.certain
        values["forwarded_by_id"] = letter.colleague.id
        if not certain:
            # Whoever it is may not be who has written.
            claims = claims.with_context(its_unanswered=notifying.UNANSWERED)
    contact = claims.env["res.partner"]
    if origin.partner_id:
        contact = sender.person_at(origin, address)
    elif certain:
        contact = sender.match(claims.env, address, company)
    claim = sender.register(
        claims,
        "email",
        company,
        {
            **values,
            "subject": subject[:SUBJECT_SIZE] or claims.env._("No subject"),
            "description": words,
            "email_from": email_normalize(address) or address,
            "sender_name": names[0] if names else False,
        },
        contact=contact,
    )
    if not original:
        copies.keep(claim, message_dict)
    tell_other_teams(claim, letter.teams.get(company.id) or ())
    return claim


def tell_other_teams(claim, team_ids):
    """Tell the other teams that a letter was written to where it has become a claim."""
    teams = claim.env["its.team"].sudo().browse(dict.fromkeys(team_ids)).exists()
    teams -= claim.team_id
    if teams:
        notifying.tell_teams(claim, teams)


def answer(claims, message_dict):
    """Handle what somebody has written about claims; from a colleague it is only a
    message."""
    author = claims.env["res.partner"].sudo()
    author = author.browse(message_dict.get("author_id") or ())
    letter = Incoming.of(claims.env)
    by_colleague = any(not user.share for user in author.user_ids)
    if by_colleague and not (letter and letter.original):
        if not message_dict.get("is_internal"):
            first_answer.mark(claims)
        return
    words = words_of(message_dict.get("body"), quoted=False)
    if letter and letter.original:
        words = letter.original.words or words
    for claim in claims.sudo().with_user(SUPERUSER_ID):
        if not (letter and letter.original):
            copies.keep(claim, message_dict)
        hear(claim, words)


def hear(claim, words):
    """Handle what the client has written into the thread of a claim: a closed one is
    reopened by it, unless it only thanks.

    :param words: as plain text
    """
    reopenable = claim.state == "closed" and clock.may_be_reopened(claim)
    if reopenable and not answers.only_thanks(claim, words):
        splitting.has_written(claim)
        claim._apply_transition(
            "reopen_closed", words or claim.env._("The client has written.")
        )
    else:
        client_has_written(claim, words)


def client_has_written(claim, words=""):
    """Resume the clock if it was paused for this, keep an answer to our question, and
    notify the next person.

    :param words: what the client says, as plain text
    """
    claim = claim.sudo()
    bounces.forget(claim)
    splitting.has_written(claim)
    if claim.waiting_since:
        clock.resume(claim)
        todo.schedule(claim)
    answers.hear(claim, words)
    notifying.notify(claim, "answered", words)
