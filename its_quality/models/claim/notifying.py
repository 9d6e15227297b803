from markupsafe import Markup

from odoo import api, models
from odoo.tools import email_normalize

from .mail_rules import BY_EVENT

# No robot should answer these, and ours does not answer theirs.
SUPPRESS = ("X-Auto-Response-Suppress", "OOF, AutoReply")
HEADERS = dict([("Auto-Submitted", "auto-generated"), SUPPRESS])
LAYOUT = "mail.mail_notification_light"


class ItsClaim(models.Model):
    """Mails about a claim, by the table in :mod:`.mail_rules`."""

    _inherit = "its.claim"

    def _tell(self, event, words=""):
        """Write to those whom an event concerns.

        :param event: a name in the table
        :param words: what the client says, for colleagues
        """
        if event == "close" and self.satisfaction == "none":
            event = "unconfirmed"
        elif event == "reject" and self.duplicate_of_id:
            event = "merge"
        mail = BY_EVENT[event]
        claims = self.sudo()
        if mail.client:
            written = claims._without_floods() if event == "registered" else claims
            if event == "registered":
                # Whoever wrote may have typed the address of somebody else.
                strangers = written.filtered(lambda claim: claim._is_of_stranger())
                strangers._write_to_client("stranger")
                written -= strangers
            written._write_to_client(mail.client)
        if mail.channels:
            claims = claims.filtered(lambda claim: claim.channel in mail.channels)
        if mail.staff:
            for claim in claims:
                claim._write_to_staff(mail, words)

    @api.model
    def _hurry_letters(self):
        """Let the queue of letters be sent as soon as this is committed, not at the next
        hour; once a transaction."""
        asked = self.env.cr.precommit.data
        if not asked.get("its_quality.letters"):
            asked["its_quality.letters"] = True
            self.env.ref("mail.ir_cron_mail_scheduler_action").sudo()._trigger()

    def _message_auto_subscribe_notify(self, partner_ids, template):
        # Odoo's own letter to whoever is assigned; ours says what to do.
        return

    def message_subscribe(self, partner_ids=None, subtype_ids=None):
        if self.env.context.get("mail_activity_quick_update"):
            # Whoever once had the to-do is not concerned by whatever comes later.
            return True
        return super().message_subscribe(
            partner_ids=partner_ids, subtype_ids=subtype_ids
        )

    def _notify_by_email_get_headers(self, headers=None):
        headers = super()._notify_by_email_get_headers(headers=headers)
        # Nor should the machines of colleagues say that they are on holiday.
        headers.setdefault(*SUPPRESS)
        return headers

    # -------------------------------------------------------------------------
    # The client
    # -------------------------------------------------------------------------

    def _client_address(self):
        """Where the client is written to: the person, else the address the claim came
        from, else the firm.

        :return: an address, or an empty string
        """
        return next(iter(self._client_addresses()), "")

    def _client_addresses(self, sender=True):
        """The addresses of the client, that to be preferred first.

        :param sender: whether to take that of the sender, too
        """
        self.ensure_one()
        sender = sender and self.email_from
        addresses = (self.contact_id.email, sender, self.partner_id.email)
        return list(filter(None, map(email_normalize, filter(None, addresses))))

    def _client_lang(self):
        """The language of letters to the client."""
        self.ensure_one()
        partners = (self.contact_id, self.partner_id, self.company_id.partner_id)
        return next((partner.lang for partner in partners if partner.lang), None)

    def _write_to_client(self, name):
        """Queue one letter a claim, which an answer to it comes back from to the claim.

        The chatter says that it was written, but not what: the link in it is the
        client's alone.

        :param name: of the template, ``mail_template_claim_<name>``
        :return: the claims with an address, which are those written about
        """
        written = self.filtered(lambda claim: claim._client_address())
        alike = written.grouped(lambda claim: (claim._client_lang(), claim.company_id))
        for (lang, company), claims in alike.items():
            claims._write_alike(name, lang, company)
        return written

    def _write_alike(self, name, lang, company):
        """Queue letters in one language and of one company: see ``_write_to_client``."""
        known = self.env["ir.model.data"]._xmlid_to_res_id
        stranger = name == "stranger"
        template = self.env["mail.template"].sudo().with_context(lang=lang)
        template = template.browse(known(f"its_quality.mail_template_claim_{name}"))
        subjects = template._render_field("subject", self.ids)
        bodies = template._render_field("body_html", self.ids)
        sender = company.email_formatted or self.env.user.email_formatted
        replies = self._notify_get_reply_to(default=sender)
        notes = self.env["mail.message"].create(
            [
                {
                    "model": self._name,
                    "res_id": claim.id,
                    "subject": subjects[claim.id],
                    "body": Markup("<p>%s</p>")
                    % self.env._("Letter: %(subject)s", subject=subjects[claim.id]),
                    "message_type": "auto_comment",
                    "subtype_id": known("mail.mt_comment"),
                    "author_id": known("base.partner_root"),
                    "email_from": sender,
                    "reply_to": replies[claim.id],
                }
                for claim in self
            ]
        )
        self.env["mail.mail"].create(
            [
                {
                    "mail_message_id": note.id,
                    "is_notification": True,
                    "body_html": template._render_encapsulate(
                        LAYOUT,
                        bodies[claim.id],
                        add_context={
                            "company": company,
                            "subtitles": [subjects[claim.id]],
                            # Its subject is the sender's words.
                            **({"record_name": claim.name} if stranger else {}),
                        },
                        context_record=claim.with_context(lang=lang),
                    ),
                    "email_to": claim._client_address(),
                    "headers": repr(HEADERS),
                    "auto_delete": True,
                }
                for claim, note in zip(self, notes, strict=True)
            ]
        )
        self._hurry_letters()

    def _send_rating_mail(self):
        return bool(self._write_to_client("ask"))

    # -------------------------------------------------------------------------
    # The staff
    # -------------------------------------------------------------------------

    def _staff_of(self, mail):
        """The users whom a row of the table means, without him who acts."""
        self.ensure_one()
        team = self.team_id
        users = self.env["res.users"]
        for who in mail.staff:
            if who == "next":
                users |= self.next_user_id
            elif who == "responsible":
                users |= self.user_id
            elif who == "head":
                heads = [team.head_id, team.deputy_id]
                users |= self._present_of(heads, self.company_id)
            else:
                users |= self._above()
        if mail.event == "answered":
            # They get the client's words themselves.
            users -= self._followers_of_words()
        return users.filtered("active") - self.env.user

    def _followers_of_words(self):
        """The users to whom whatever the client writes goes anyway."""
        comment = self.env.ref("mail.mt_comment")
        followers = self.message_follower_ids.filtered(
            lambda follower: comment in follower.subtype_ids
        )
        return followers.partner_id.user_ids

    def _write_to_staff(self, mail, words=""):
        """Notify colleagues, each in his language and as his preferences say."""
        for user in self._staff_of(mail):
            claim = self.with_context(lang=user.lang)
            title = claim._staff_title(mail.event)
            claim.message_notify(
                partner_ids=user.partner_id.ids,
                subject=f"{claim.name}: {title}",
                body=self.env["ir.qweb"]
                .with_context(lang=user.lang)
                ._render(
                    "its_quality.claim_staff_letter",
                    {
                        "claim": claim,
                        "title": title,
                        "step": claim._next_step()
                        if user == claim.next_user_id
                        else "",
                        "reason": claim.reason
                        if mail.event in ("rework", "reopen", "reopen_closed", "merge")
                        else words,
                    },
                    minimal_qcontext=True,
                ),
                email_layout_xmlid=LAYOUT,
                author_id=self.env.user.partner_id.id,
                force_send=False,
            )
            self._hurry_letters()

    def _staff_title(self, event):
        """What has happened, as a phrase after the number."""
        titles = {
            "registered": self.env._("a new claim"),
            "dispatch": self.env._("a claim for your team"),
            "assign": self.env._("you are responsible"),
            "hand_over": self.env._("to be verified"),
            "rework": self.env._("returned for rework"),
            "verify": self.env._("the client has to be asked"),
            "close": self.env._("closed, the client is satisfied"),
            "unconfirmed": self.env._("closed, the client has not answered"),
            "reopen": self.env._("the client is not satisfied"),
            "reopen_closed": self.env._("the client has come back to it"),
            "merge": self.env._("work goes on in another claim"),
            "answered": self.env._("the client has written"),
            "escalated": self.env._("late"),
        }
        return titles[event]
