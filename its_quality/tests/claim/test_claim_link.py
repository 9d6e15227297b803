import hashlib
import io
import logging
import uuid
from contextlib import suppress
from urllib.parse import urlsplit

from odoo.exceptions import AccessError, UserError
from odoo.tests import JsonRpcException, tagged
from odoo.tools import mute_logger

from ...models.claim import asking, client_link, notifying
from .common import PortalCase
from .test_claim_form import PNG

LOG = "odoo.addons.its_quality.tools.security_log"
WORDS = "Слова клиента"
ANSWER = "Скоро ответим"
# What a link may be good for: the state, the whole page with its thread, writing there,
# files, the client's word, and that it did not help.
OPEN = {"state", "page", "thread", "post", "upload"}
# By the state of the claim: of the link of the last asking. Everything else opens the
# state, where it once was a link of this claim, and nothing else.
LIVING = {
    "registered": OPEN,
    "dispatched": OPEN,
    "in_progress": OPEN,
    "verification": OPEN,
    "follow_up": OPEN | {"say"},
    "closed": {"state", "again"},
    "closed long ago": {"state"},
    "rejected": {"state"},
}
FORMER = ("former", "stored")
STRANGE = ("another claim", "cut", "signature", "umlaut")


class LinkCase(PortalCase):
    """Links of every kind to a claim at any state."""

    def claim_of(self, state):
        claim = self.claim_at(
            state.partition(" ")[0], contact_id=self.person.id, description=WORDS
        )
        if state == "closed long ago":
            claim.sudo().date_closed = self.today(-30)
        self.by(claim, "quality_manager").message_post(
            body=ANSWER, message_type="comment", subtype_xmlid="mail.mt_comment"
        )
        return claim.sudo()

    def link(self, claim, kind):
        """What such a link has in its query.

        :return: ``access_token``, and whatever else
        """
        living = claim.access_token
        if kind == "living":
            return {"access_token": living}
        if kind == "former":
            claim.asking += 1
            claim.flush_recordset()
            return {"access_token": living}
        if kind == "stored":
            token = str(uuid.uuid4())
            claim.former_token = hashlib.sha256(token.encode()).hexdigest()
            claim.flush_recordset()
            return {"access_token": token}
        if kind == "another claim":
            return {"access_token": self.token(self.claim)}
        if kind == "cut":
            return {"access_token": living[:-1]}
        if kind == "signature":
            signature = claim._sign_token(self.person.id)
            return {"pid": str(self.person.id), "hash": signature}
        return {"access_token": "й"}

    def rights(self, claim, query):
        """What a link is good for: everything is tried, what changes most at last."""
        found = set()
        url = f"/my/claims/{claim.id}"
        self.authenticate(None, None)
        text = self.opener.get(f"{self.base_url()}{url}", params=query).text
        if claim.name in text:
            found.add("state")
        if WORDS in text:
            found.add("page")
        if ANSWER in self.fetch(claim, query):
            found.add("thread")
        if self.write_into(claim, query):
            found.add("post")
        if self.upload(claim, query):
            found.add("upload")
        for way in ("say", "again"):
            before = claim.state
            self.post(f"{url}/{way}", rating="3", comment="Долго", **query)
            if claim.state != before:
                found.add(way)
                break
        return found

    def keys(self, query):
        """As the script of the page sends them."""
        return {
            "token": query.get("access_token"),
            "pid": int(query.get("pid", 0)) or None,
            "hash": query.get("hash"),
        }

    def fetch(self, claim, query):
        params = {"thread_model": "its.claim", "thread_id": claim.id}
        try:
            with mute_logger("odoo.http"):
                found = self.make_jsonrpc_request(
                    "/mail/chatter_fetch",
                    {**params, **self.keys(query), "fetch_params": {}},
                )
        except JsonRpcException:
            return ""
        return str(found)

    def write_into(self, claim, query):
        before = len(claim.message_ids)
        params = {
            "thread_model": "its.claim",
            "thread_id": claim.id,
            "post_data": {
                "body": "Вот что вы просили",
                "message_type": "comment",
                "subtype_xmlid": "mail.mt_comment",
            },
            **self.keys(query),
        }
        # Whether it was taken is seen by what is there afterwards.
        with mute_logger("odoo.http"), suppress(JsonRpcException):
            self.make_jsonrpc_request("/mail/message/post", params)
        self.env.invalidate_all()
        return len(claim.message_ids) > before

    def upload(self, claim, query):
        keys = {name: key for name, key in self.keys(query).items() if key}
        with mute_logger("odoo.http"):
            response = self.post(
                "/mail/attachment/upload",
                thread_id=claim.id,
                thread_model="its.claim",
                is_pending="true",
                files=[("ufile", ("a.png", io.BytesIO(PNG)))],
                **keys,
            )
        return response.ok and "data" in response.json()


@tagged("post_install", "-at_install")
class TestClaimLink(LinkCase):
    """By a link one speaks for the client, so it is worth what the asking is worth for
    which it was sent."""

    def test_what_a_link_is_good_for(self):
        """Every kind of link at every state; the living one, which may change the
        claim, at last."""
        for state, rights in LIVING.items():
            claim = self.claim_of(state)
            for kind in (*FORMER, *STRANGE, "living"):
                with self.subTest(state, link=kind):
                    query = self.link(claim, kind)
                    expected = rights if kind == "living" else set()
                    if kind in FORMER:
                        expected = {"state"}
                    self.assertEqual(self.rights(claim, query), expected)

    def test_once(self):
        """Neither the link of an answer, nor one from before the work, answers again."""
        claim = self.claim_of("follow_up")
        url = f"/my/claims/{claim.id}"
        first = claim.access_token
        self.post(f"{url}/say", access_token=first, rating="1", comment="Нет")
        self.assertEqual(claim.state, "in_progress")
        second = claim.access_token
        self.assertNotEqual(second, first)
        self.fill(claim, "hand_over")
        for name in ("hand_over", "verify"):
            self.go(claim, name)
        claim = claim.sudo()
        third = claim.access_token
        for former in (first, second):
            self.post(f"{url}/say", access_token=former, rating="5")
            self.assertEqual(claim.state, "follow_up")
        self.post(f"{url}/say", access_token=third, rating="3", comment="Долго")
        self.assertEqual((claim.state, claim.satisfaction), ("closed", "3"))
        self.post(f"{url}/say", access_token=third, rating="5")
        self.assertEqual(claim.satisfaction, "3")
        for former in (first, second):
            self.post(f"{url}/again", access_token=former, comment="Опять")
            self.assertEqual(claim.state, "closed")
        self.post(f"{url}/again", access_token=third, comment="Опять")
        self.assertEqual(claim.state, "in_progress")
        self.assertNotIn(claim.access_token, (first, second, third))

    def test_a_reminder_carries_the_same(self):
        claim = self.claim_of("follow_up")
        letters = []
        for _time in range(2):
            asking.ask_by_mail(claim)
            letters.append(self.letters(claim)[0].body_html)
        for letter in letters:
            self.assertIn(f"access_token={claim.access_token}", letter)

    def letters(self, claim):
        domain = [("model", "=", claim._name), ("res_id", "=", claim.id)]
        return self.env["mail.mail"].search(domain, order="id desc")

    def test_the_page_says_how_to_answer(self):
        self.company.phone = "+7 8332 22-22-22"
        self.company.email = "help@its.example.com"
        claim = self.claim_of("follow_up")
        former = self.link(claim, "former")["access_token"]
        with self.assertLogs(LOG, logging.INFO) as log:
            text = self.open(self.page(claim, former)).text
        self.assertIn("event=bad_token", log.output[0])
        self.assertNotIn(former, "".join(log.output))
        ways = client_link.ways_to_answer(claim)
        self.assertEqual(ways["phone"], self.company.phone)
        for way in (*ways.values(), f"/web/login?redirect=/my/claims/{claim.id}"):
            self.assertTrue(way)
            self.assertIn(way, text)
        self.assertNotIn('action="/my/claims/', text)
        self.assertNotIn("o_portal_chatter", text)
        # Who is logged in as somebody of the firm needs no link.
        text = self.open(self.page(claim, former), "its_visitor").text
        self.assertIn(f'action="/my/claims/{claim.id}/say"', text)
        self.assertNotIn(former, text.replace(self.page(claim, former), ""))

    def test_odoos_own_page_leads_to_ours(self):
        """Buttons of letters from before go over it."""
        claim = self.claim_of("in_progress")
        for kind in ("living", *FORMER, "cut"):
            with self.subTest(kind):
                token = self.link(claim, kind)["access_token"]
                self.authenticate(None, None)
                response = self.opener.get(
                    f"{self.base_url()}/mail/view",
                    params={
                        "model": "its.claim",
                        "res_id": claim.id,
                        "access_token": token,
                        "pid": self.person.id,
                        "hash": claim._sign_token(self.person.id),
                    },
                )
                self.assertEqual(claim.name in response.text, kind != "cut")
                self.assertEqual(WORDS in response.text, kind == "living")

    # -------------------------------------------------------------------------
    # Who gets it
    # -------------------------------------------------------------------------

    def test_who_gets_the_link(self):
        """Whoever administers the server, who knows the secret of the database."""
        system = self.create_user(
            "its_system", "its_quality.group_administrator,base.group_system"
        )
        claim = self.claim_of("follow_up")
        token = claim.access_token
        roles = ("worker", "head", "quality_manager", "administrator")
        for user in (system, *(getattr(self, role) for role in roles)):
            record = claim.sudo(False).with_user(user)
            with self.subTest(user.login):
                self.env.invalidate_all()
                self.assertEqual(token in record.get_portal_url(), user == system)
                for redirect in (False, True):
                    link = record._get_share_url(
                        redirect=redirect, pid=self.person.id, signup_partner=True
                    )
                    for word in (token, "hash=", "token="):
                        self.assertNotIn(word, link)
                if user == system:
                    continue
                for name in ("access_token", "asking", "former_token"):
                    for look in (
                        lambda r, n: r.read([n]),
                        lambda r, n: r.export_data([n]),
                        lambda r, n: r.search([(n, "=", token)]),
                        lambda r, n: r.web_search_read([], {n: {}}),
                        lambda r, n: r.formatted_read_group([], [n]),
                    ):
                        with self.assertRaises(UserError):
                            look(record, name)

    def test_the_link_of_a_claim_one_may_not_read(self):
        abroad = self.create_user(
            "its_abroad_quality",
            "its_quality.group_quality_manager",
            company_id=self.other_company.id,
            company_ids=[(6, 0, self.other_company.ids)],
        )
        for user in (abroad, self.other_head, self.client_manager, self.visitor):
            with self.subTest(user.login), self.assertRaises(AccessError):
                self.claim.with_user(user).get_portal_url()

    def test_a_claim_is_not_shared(self):
        claim = self.claim_of("in_progress")
        self.administrator.group_ids |= self.env.ref("base.group_system")
        shares = self.env["portal.share"].with_user(self.administrator)
        share = shares.create(
            {
                "res_model": "its.claim",
                "res_id": claim.id,
                "partner_ids": [(6, 0, self.person.ids)],
            }
        )
        self.assertNotIn(claim.access_token, share.share_link)
        before = claim.message_ids
        with self.assertRaisesRegex(UserError, "cannot be shared"):
            share.action_send_mail()
        self.assertEqual(claim.message_ids, before)

    def test_nothing_that_is_kept_has_it(self):
        """Not what we write to the client, what colleagues write to him, nor templates
        that they send themselves."""
        self.client_team.email = "firm@klever.example.com"
        claim = self.claim_of("follow_up")
        asking.ask_by_mail(claim)
        self.by(claim, "worker").message_post(
            body="Проверьте, пожалуйста",
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
            partner_ids=self.client_team.ids,
        )
        claim = claim.sudo()
        template = self.env.ref("its_quality.mail_template_claim_ask")
        sent = template.with_user(self.worker).send_mail(
            claim.id, email_values={"email_to": "its_worker@example.com"}
        )
        sent = self.env["mail.mail"].sudo().browse(sent)
        tokens = client_link.tokens(claim)
        self.assertGreater(len(tokens), 1)
        letters = self.letters(claim) - sent
        self.assertTrue(any(tokens[-1] in letter.body_html for letter in letters))
        to_firm = letters.filtered(
            lambda letter: self.client_team in letter.recipient_ids
        )
        self.assertIn(tokens[-1], to_firm.body_html)
        for word in ("hash=", "auth_signup_token"):
            self.assertNotIn(word, to_firm.body_html)
        kept = [message.body for message in claim.message_ids] + [sent.body_html]
        for token in tokens:
            self.assertFalse([body for body in kept if token in (body or "")])

    def test_links_from_before(self):
        """Of the column there was only digests stay."""
        tokens = {}
        claims = self.claim | self.create_claim()
        self.env.flush_all()
        self.env.cr.execute("SET CONSTRAINTS ALL IMMEDIATE")
        self.env.cr.execute("ALTER TABLE its_claim ADD COLUMN access_token varchar")
        for claim in claims:
            tokens[claim] = str(uuid.uuid4())
            self.env.cr.execute(
                "UPDATE its_claim SET access_token = %s WHERE id = %s",
                (tokens[claim], claim.id),
            )
        client_link.forget_tokens(self.env["its.claim"])
        self.env.invalidate_all()
        self.env.cr.execute("SELECT * FROM its_claim WHERE id = %s", (self.claim.id,))
        [row] = self.env.cr.dictfetchall()
        self.assertNotIn("access_token", row)
        self.assertNotIn(tokens[self.claim], map(str, row.values()))
        for claim in claims:
            for other in claims:
                self.assertEqual(
                    client_link.is_former(claim, tokens[other]),
                    claim == other,
                    claim.name,
                )

    def test_where_the_letters_go(self):
        """Not to who works on the claim, whatever the cards say, nor to what he typed
        when he registered it."""
        own = self.worker.email
        table = [
            ("client@klever.example.com", "firm@klever.example.com", "client"),
            (own, "firm@klever.example.com", "firm"),
            (own.upper(), own, ""),
            (False, "firm@klever.example.com", "firm"),
        ]
        claim = self.claim_of("follow_up")
        for person, firm, expected in table:
            with self.subTest(person=person, firm=firm):
                self.person.email, self.client_team.email = person, firm
                address = notifying.client_address(claim)
                self.assertEqual(address.partition("@")[0], expected)
        typed = self.claim_at("in_progress", email_from="typed@example.com")
        self.client_team.email = "firm@klever.example.com"
        self.assertEqual(notifying.client_address(typed.sudo()), "typed@example.com")
        typed.sudo().worker_ids |= self.quality_manager
        self.assertEqual(
            notifying.client_address(typed.sudo()), "firm@klever.example.com"
        )

    def test_the_address_of_the_page(self):
        url = urlsplit(self.claim.sudo().get_portal_url(query_string="&rating=5"))
        self.assertEqual(url.path, f"/my/claims/{self.claim.id}")
        token = self.claim.sudo().access_token
        self.assertEqual(url.query, f"access_token={token}&rating=5")
