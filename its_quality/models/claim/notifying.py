"""Mails about a claim, by the table in :mod:`.mail_rules`."""

from datetime import timedelta

from markupsafe import Markup

from odoo import fields
from odoo.tools import email_normalize

from ...tools.letter_addresses import addresses_of, is_nobodys
from ...tools.security_log import log_refusal
from . import bounces, copies, first_answer, ir_qweb, people, todo, undoing
from .letter_words import without_links
from .mail_rules import BY_EVENT, FROM_OUTSIDE
from .verdicts import UNCONFIRMED

# No robot should answer these, and ours does not answer theirs.
SUPPRESS = ("X-Auto-Response-Suppress", "OOF, AutoReply")
HEADERS = dict([("Auto-Submitted", "auto-generated"), SUPPRESS])
LAYOUT = "its_quality.claim_mail_layout"
# So many letters an address may bring about before ours stop: the other side may be a
# robot that does not say so, and answers each of them.
FLOOD, FLOOD_HOURS = 10, 2
# So many a day an unknown address gets: its owner may not be the one who wrote.
STRANGER_DAILY = 12
# Events of which colleagues read why.
WITH_REASON = ("hand_over", "rework", "reopen", "reopen_closed", "merge")
# In the context of claims whose senders are not to be answered: they are robots, or may
# be. No request can send it.
UNANSWERED = object()


def notify(claims, event, words=""):
    """Write to those whom an event concerns.

    :param event: a name in the table
    :param words: what the client says, for colleagues
    """
    if event == "close" and claims.satisfaction == UNCONFIRMED:
        event = "unconfirmed"
    elif event == "reject" and claims.duplicate_of_id:
        event = "merge"
    mail = BY_EVENT[event]
    claims = claims.sudo()
    if mail.client:
        written = without_floods(claims) if event == "registered" else claims
        if event == "registered":
            # The sender may have typed the address of somebody else.
            strangers = written.filtered(is_of_stranger)
            write_to_client(strangers, "stranger")
            written -= strangers
        write_to_client(written, mail.client, mail.undoable)
    if mail.channels:
        claims = claims.filtered(lambda claim: claim.channel in mail.channels)
    if mail.staff:
        for claim in claims:
            write_to_staff(claim, mail, words)


def send_soon(env, leaves_at=None):
    """Send the queue of letters as soon as this is committed, not at the next hour;
    once per transaction.

    :param leaves_at: the moment before which these letters do not leave
    """
    if leaves_at:
        env.ref("mail.ir_cron_mail_scheduler_action").sudo()._trigger(at=leaves_at)
        return
    asked = env.cr.precommit.data
    if not asked.get("its_quality.letters"):
        asked["its_quality.letters"] = True
        known = env["ir.model.data"]._xmlid_to_res_id
        queue = env["ir.cron"].sudo()
        queue = queue.browse(known("mail.ir_cron_mail_scheduler_action"))
        # No more of it is asked for.
        queue.fetch(["active"])
        queue._trigger()


# -----------------------------------------------------------------------------
# The client
# -----------------------------------------------------------------------------


def client_address(claim):
    """Where the client is written to: the person, else the address the claim came
    from, else the firm.

    Unverified letters are not answered before a person has chosen the client. Those who
    work on the claim are not its client, nor is the address that they typed when they
    registered it.

    :return: an address, or an empty string
    """
    if claim.unproven and not claim.partner_id:
        return ""
    claim = claim.sudo()
    if claim.state == "registered":
        # Nobody has worked on it yet.
        return next(iter(client_addresses(claim)), "")
    workers = claim.worker_ids | claim.user_id
    own = {user.email_normalized for user in workers}
    own |= {email_normalize(user.login or "") for user in workers}
    addresses = client_addresses(claim, sender=claim.author_id not in workers)
    return next((address for address in addresses if address not in own), "")


def contact_now(claim):
    """The contact person of a claim, if they are still with the client."""
    contact = claim.contact_id
    firm = claim.partner_id
    moved = firm and contact.commercial_partner_id != firm
    return contact.browse() if moved or not contact.active else contact


def client_addresses(claim, sender=True):
    """The addresses of the client, that to be preferred first: of cards with several,
    the first one. Nobody reads ``noreply@…``, and who has left the firm is not written
    to any more.

    :param sender: whether to take that of the sender, too
    """
    contact, firm = contact_now(claim), addresses_of(claim.partner_id.email)
    gone = set()
    if claim.contact_id and not contact:
        gone = {*addresses_of(claim.contact_id.email)} - {*firm}
    sender = sender and claim.email_from
    found = [*addresses_of(contact.email), *addresses_of(sender or ""), *firm]
    return [
        address
        for address in dict.fromkeys(found)
        if address not in gone and not is_nobodys(address)
    ]


def is_written_to(claim, address):
    """Whether letters about a claim go to an address outside."""
    address = email_normalize(address or "")
    return address in {*client_addresses(claim), *copies.written_to(claim)}


def client_lang(claim):
    """The language of letters to the client."""
    partners = (claim.contact_id, claim.partner_id, claim.company_id.partner_id)
    return next((partner.lang for partner in partners if partner.lang), None)


def write_to_client(claims, name, undoable=False):
    """Queue one letter a claim, which an answer to it comes back from to the claim.

    The chatter says that it was written, but not what: the link in it is the
    client's alone.

    :param name: of the template, ``mail_template_claim_<name>``
    :param undoable: whether they wait until the time to undo it is over
    :return: the claims with an address, which are those written about
    """
    written = claims.filtered(client_address)
    alike = written.grouped(lambda claim: (client_lang(claim), claim.company_id))
    for (lang, company), batch in alike.items():
        write_alike(batch, name, lang, company, undoable)
    if name not in ("registered", "stranger"):
        first_answer.mark(written)
    return written


def send_question(claim):
    """Ask the client by a letter whether all is well now.

    :return: whether the client has an address
    """
    return bool(write_to_client(claim, "ask"))


def write_alike(claims, name, lang, company, undoable=False):
    """Queue letters in one language and of one company: see
    :func:`write_to_client`."""
    known = claims.env["ir.model.data"]._xmlid_to_res_id
    stranger = name == "stranger"
    template = claims.env["mail.template"].sudo().with_context(lang=lang)
    template = template.browse(known(f"its_quality.mail_template_claim_{name}"))
    subjects = template._render_field("subject", claims.ids)
    bodies = ir_qweb.bodies(template, claims)
    sender = company.email_formatted or claims.env.user.email_formatted
    replies = claims._notify_get_reply_to(default=sender)
    leaves_at = undoing.leaves_at(claims[:1]) if undoable else None
    notes = claims.env["mail.message"].create(
        [
            {
                "model": claims._name,
                "res_id": claim.id,
                "subject": subjects[claim.id],
                "body": Markup("<p>%s</p>")
                % claims.env._("E-mail: %(subject)s", subject=subjects[claim.id]),
                "message_type": "auto_comment",
                "subtype_id": known("mail.mt_comment"),
                "author_id": known("base.partner_root"),
                "email_from": sender,
                "reply_to": replies[claim.id],
            }
            for claim in claims
        ]
    )
    letters = []
    for claim, note in zip(claims, notes, strict=True):
        body = template._render_encapsulate(
            LAYOUT,
            bodies[claim.id],
            add_context={
                "company": company,
                "subtitles": [subjects[claim.id]],
                # Its subject is the sender's words.
                **({"record_name": claim.name} if stranger else {}),
            },
            context_record=claim.with_context(lang=lang),
        )
        address = client_address(claim)
        letters.append(letter_values(note, body, address, leaves_at))
        copied = [one for one in copies.written_to(claim) if one != address]
        if copied:
            # Whoever has the link speaks for the client.
            body = without_links(body)
            letters.append(letter_values(note, body, ", ".join(copied), leaves_at))
        if claim.bounced_email and claim.bounced_email != address:
            bounces.forget(claim)
    claims.env["mail.mail"].create(letters)
    send_soon(claims.env, leaves_at)


def letter_values(note, body, address, leaves_at):
    return {
        "mail_message_id": note.id,
        "is_notification": True,
        "body_html": body,
        "email_to": address,
        "headers": repr(HEADERS),
        "auto_delete": True,
        "scheduled_date": leaves_at,
    }


def without_elsewhere(claim, recipients, chosen):
    """Whom a message goes to, without followers who work for another client by now.

    :param recipients: as Odoo has them
    :param chosen: ids of partners whom somebody has chosen to write to
    """
    claim = claim.sudo()
    outside = [one["id"] for one in recipients if one["id"] and one.get("share")]
    if not claim.partner_id or not {*outside} - {*chosen}:
        return recipients
    elsewhere = (
        claim.env["res.partner"]
        .browse(outside)
        .filtered(
            lambda partner: (
                partner.id not in chosen
                and partner.commercial_partner_id.its_client
                and partner.commercial_partner_id != claim.partner_id
            )
        )
    )
    return [one for one in recipients if one["id"] not in elsewhere.ids]


def without_floods(claims):
    """The claims without those of senders who write more than a person does: what
    answers each of our letters is a robot; and without too many of unknown senders,
    who may not want our letters."""
    if claims.env.context.get("its_unanswered") is UNANSWERED:
        return claims.browse()
    hours, day = timedelta(hours=FLOOD_HOURS), timedelta(days=1)
    kept = claims.browse()
    for claim in claims:
        if (
            claim.channel == "email"
            and is_one_of(claim, FLOOD, hours, ["email"])
            or is_of_stranger(claim)
            and is_one_of(claim, STRANGER_DAILY, day, FROM_OUTSIDE)
        ):
            log_refusal("rate_limit", model=claims._name, record=claim.id)
        else:
            kept |= claim
    return kept


def is_of_stranger(claim):
    """Whether it is unknown if the address is really the sender's."""
    return claim.channel in FROM_OUTSIDE and not claim.partner_id


def is_one_of(claim, most, since, channels):
    """Whether more claims than so many have come from this address."""
    domain = [
        ("email_from", "=", claim.email_from),
        ("channel", "in", channels),
        ("date_registered", ">=", fields.Datetime.now() - since),
    ]
    return claim.search_count(domain, limit=most + 1) > most


# -----------------------------------------------------------------------------
# The staff
# -----------------------------------------------------------------------------


def staff_of(claim, mail):
    """The users whom a row of the table means, without the one who acts."""
    users = claim.env["res.users"]
    for who in mail.staff:
        if who == "next":
            users |= claim.next_user_id
        elif who == "responsible":
            users |= claim.user_id
        elif who == "head":
            users |= people.present_of(people.heads(claim), claim.company_id)
        elif who == "quality":
            managers = users._its_quality_managers(claim.company_id)
            managers = [claim.quality_user_id, *managers]
            users |= people.present_of(managers, claim.company_id)
        else:
            users |= people.superior(claim)
    if mail.event == "answered":
        # They get the client's words themselves.
        users -= followers_of_words(claim)
    return users.filtered("active") - claim.env.user


def followers_of_words(claim):
    """The users to whom whatever the client writes goes anyway."""
    comment = claim.env.ref("mail.mt_comment")
    followers = claim.message_follower_ids.filtered(
        lambda follower: comment in follower.subtype_ids
    )
    return followers.partner_id.user_ids


def write_to_staff(claim, mail, words=""):
    """Notify colleagues, each in their language and as their preferences say."""
    write_to_users(claim, mail, staff_of(claim, mail), words)


def write_to_users(claim, mail, users, words=""):
    for user in users:
        claim = claim.with_context(lang=user.lang)
        title = staff_title(claim, mail.event)
        claim.message_notify(
            partner_ids=user.partner_id.ids,
            subject=f"{claim.name}: {title}",
            body=claim.env["ir.qweb"]
            .with_context(lang=user.lang)
            ._render(
                "its_quality.claim_staff_letter",
                {
                    "claim": claim,
                    "title": title,
                    "step": todo.next_step(claim) if user == claim.next_user_id else "",
                    "reason": claim.reason if mail.event in WITH_REASON else words,
                },
                minimal_qcontext=True,
            ),
            email_layout_xmlid=LAYOUT,
            author_id=claim.env.user.partner_id.id,
            force_send=False,
            **({"scheduled_date": undoing.leaves_at(claim)} if mail.undoable else {}),
        )
        send_soon(claim.env)


def tell_teams(claim, teams):
    """Tell the heads of teams to which a letter was written as well that it has become
    a claim of another one, and note it on the claim."""
    names = ", ".join(teams.mapped("name"))
    claim.message_post(
        body=claim.env._("Also written to: %(teams)s.", teams=names),
        subtype_xmlid="mail.mt_note",
    )
    mail = BY_EVENT["also_written"]
    for team in teams:
        heads = people.present_of([team.head_id, team.deputy_id], claim.company_id)
        write_to_users(claim, mail, heads.filtered("active") - claim.next_user_id)


def staff_title(claim, event):
    """What has happened, as a phrase after the number."""
    titles = {
        "registered": claim.env._("a new claim"),
        "dispatch": claim.env._("a claim for your team"),
        "assign": claim.env._("you are responsible"),
        "hand_over": claim.env._("to be verified"),
        "rework": claim.env._("returned for rework"),
        "verify": claim.env._("follow up with the client"),
        "close": claim.env._("closed, the client is satisfied"),
        "unconfirmed": claim.env._("closed, the client has not answered"),
        "reopen": claim.env._("the client is not satisfied"),
        "reopen_closed": claim.env._("the client has come back to it"),
        "restore_closed": claim.env._("closed again, it was reopened by mistake"),
        "restore_asked": claim.env._("the client is asked, it was reopened by mistake"),
        "merge": claim.env._("work continues in another claim"),
        "answered": claim.env._("the client has written"),
        "escalated": claim.env._("late"),
        "unattended": claim.env._("nobody else can act"),
        "waits": claim.env._("the client has not answered"),
        "waits_long": claim.env._("waiting for the client for too long"),
        "also_written": claim.env._("also written to your team"),
    }
    return titles[event]
