"""What tests of claims share: a claim at any state, and whoever brings it there; clients
who are asked, letters that come in, and visitors of the portal."""

from unittest.mock import patch

from odoo import http
from odoo.tests import HttpCase
from odoo.tools import mute_logger

from ...models.claim import notifying
from ...models.claim.rules import BY_NAME
from ..call.common import CallCase

# A Monday.
NOW = "2027-03-01 09:00:00"
# Where a claim has to go to get to each state.
WAY = {
    "registered": (),
    "rejected": ("reject",),
    "dispatched": ("dispatch",),
    "in_progress": ("dispatch", "assign"),
    "verification": ("dispatch", "assign", "hand_over"),
    "follow_up": ("dispatch", "assign", "hand_over", "verify"),
    "closed": ("dispatch", "assign", "hand_over", "verify", "close"),
}
# Who goes each way in these tests.
WHO = {
    "dispatch": "quality_manager",
    "reject": "quality_manager",
    "assign": "head",
    "hand_over": "worker",
    "verify": "head",
    "rework": "head",
    "close": "quality_manager",
    "reopen": "quality_manager",
    "reopen_closed": "quality_manager",
    "restore_closed": "quality_manager",
    "restore_asked": "quality_manager",
    "merge": "quality_manager",
}


GATEWAY = "odoo.addons.mail.models.mail_thread"
LETTER = """\
Return-Path: {return_path}
From: {sender}
To: {to}
Subject: {subject}
Message-Id: <{number}@client.example.com>
{headers}MIME-Version: 1.0
Content-Type: multipart/mixed; boundary="b"

--b
Content-Type: text/html; charset="utf-8"
Content-Transfer-Encoding: 8bit

{body}
--b
Content-Type: text/plain; name="log.txt"
Content-Disposition: attachment; filename="log.txt"

trace
--b--
"""
TO = b"To: quality@its.example.org\n"
FROM = b"From: chief@klever.example.com\n"
HEAD = FROM + TO + b"Subject: x\nMessage-Id: <%d@t>\n"


def _fill(case, claim, name):
    """Fill in what a transition asks for.

    :param case: a case, or its class
    """
    values = {
        "assign": {
            "user_id": case.worker.id,
            "date_deadline": case.working_day(5),
        },
        "hand_over": {
            "problem_id": case.problem.id,
            "problem_service_id": case.contract.id,
            "justified": "yes",
            "action_taken": "Отправили повторно",
        },
        "close": {"satisfaction": "5"},
        "merge": {"duplicate_of_id": case.main_claim.id},
    }.get(name)
    if values:
        claim.write(values)


def _go(claim, name, reason="Потому что"):
    transition = BY_NAME[name]
    claim._apply_transition(
        name, reason if transition.reason or transition.redone else None
    )


class ClaimCase(CallCase):
    """A claim of the client of ``team``, and somebody to work on it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # Those of the demonstration are of this company, too.
        others = cls.env["res.users"]._its_quality_managers(cls.company)
        (others - cls.quality_manager).its_absent_until = "2099-12-31"
        cls.worker = cls.create_user("its_worker", "its_quality.group_user")
        cls.problem = cls.env["its.claim.problem"].create({"name": "Проверка"})
        cls.main_claim = cls.create_claim(subject="О том же")

    @classmethod
    def create_claim(cls, user=None, **values):
        values = {
            "subject": "Не пришёл отчёт",
            "partner_id": cls.client_team.id,
            "service_id": cls.contract.id,
            "team_id": cls.team.id,
            **values,
        }
        claims = cls.env["its.claim"].with_user(user or cls.quality_manager)
        return claims.create(values).sudo(False)

    def fill(self, claim, name):
        """Fill in, as who may, what a transition asks for."""
        _fill(self, self.by(claim, WHO[name]), name)

    def by(self, claim, role):
        self.env.invalidate_all()
        return claim.with_user(getattr(self, role))

    def go(self, claim, name, role=None, reason="Потому что"):
        _go(self.by(claim, role or WHO[name]), name, reason)

    def claim_at(self, state, **values):
        """A claim that has got to a state."""
        claim = self.create_claim_at(state, **values)
        self.assertEqual(claim.sudo().state, state)
        return claim

    @classmethod
    def create_claim_at(cls, state, **values):
        """As `claim_at`, for all tests of a class."""
        claim = cls.create_claim(**values)
        # Nothing is read anew on the way: who may go it is what others test.
        for name in WAY[state]:
            user = getattr(cls, WHO[name])
            _fill(cls, claim.with_user(user), name)
            _go(claim.with_user(user), name)
        return claim

    def claim_before(self, name, **values):
        """A claim that a transition can be made with, fields apart."""
        way = {
            "restore_closed": ("closed", "reopen_closed"),
            "restore_asked": ("follow_up", "reopen"),
        }
        state, *back = way.get(name, (BY_NAME[name].sources[0],))
        claim = self.claim_at(state, **values)
        for step in back:
            self.go(claim, step)
        return claim

    def todos(self, claim):
        return self.env["mail.activity"].search(
            [("res_model", "=", "its.claim"), ("res_id", "=", claim.id)]
        )


class AskingCase(ClaimCase):
    """Claims whose client is asked; letters are counted, not written."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.client_team.write({"phone": "+7 833 200-00-00", "email": "t@example.com"})
        cls.second = cls.create_user("its_second", "its_quality.group_quality_manager")

    def setUp(self):
        super().setUp()
        self.letters = []

        def send(claim):
            if not claim.partner_id.email:
                return False
            self.letters.append(claim.id)
            return True

        self.startPatcher(patch.object(notifying, "send_question", send))

    def __getitem__(self, name):
        return getattr(self, name)

    def call(self, claim):
        """The open call about a claim, which is its one to-do."""
        todo = self.todos(claim)
        self.assertEqual(len(todo), 1)
        self.assertEqual(todo.its_claim_id.id, claim.id)
        return todo

    def desk(self, user=None):
        self.env.invalidate_all()
        return self.env["its.call.desk"].with_user(user or self.quality_manager)

    def queue(self, user=None):
        rows = self.desk(user).get_queue(search=self.client_team.name)["calls"]
        return [row["claim"] for row in rows]

    def finish(self, claim, outcome, user=None, **values):
        return self.desk(user).finish_call(self.call(claim).id, outcome, values)

    def talks(self):
        return self.env["its.interaction"].search(
            [("partner_id", "=", self.client_team.id)]
        )


class EmailCase(ClaimCase):
    """A common address and one of ``team``, a firm with a domain of its own, and letters
    that come in."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["mail.alias.domain"].search([]).name = "its.example.org"
        if not cls.env.company.alias_domain_id:
            cls.env["mail.alias.domain"].create(
                {
                    "name": "its.example.org",
                    "company_ids": [(6, 0, cls.env.company.ids)],
                }
            )
        cls.env.company.its_claim_alias = "quality"
        cls.team.alias_name = "team"
        cls.person = cls.contact_of(cls.client_team)
        cls.person.email = "chief@klever.example.com"
        cls.client_team.email = "info@klever.example.com"
        cls.number = 0

    def receive(
        self,
        sender="Директор <chief@klever.example.com>",
        to="quality@its.example.org",
        subject="Не работает",
        body="<p>Ничего не <b>открывается</b></p>",
        headers="",
        return_path="<chief@klever.example.com>",
    ):
        """Let a letter come in.

        :return: claims that were registered of it
        """
        type(self).number += 1
        before = self.claims()
        letter = LETTER.format(
            return_path=return_path,
            sender=sender,
            to=to,
            subject=subject,
            number=self.number,
            headers=headers,
            body=body,
        )
        self.env.flush_all()
        self.env.invalidate_all()
        with mute_logger(GATEWAY):
            self.env["mail.thread"].message_process(None, letter)
        self.env.invalidate_all()
        return self.claims() - before

    def claims(self):
        return self.env["its.claim"].search([])

    def reply_headers(self, claim):
        """What an answer to the last letter about a claim carries."""
        last = claim.sudo().message_ids.filtered("message_id")[:1]
        return f"In-Reply-To: {last.message_id}\nReferences: {last.message_id}\n"


class GatewayCase(EmailCase):
    """Letters as bytes, and what there is after them."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.registry_enter_test_mode_cls()
        # Odoo takes whoever writes twenty letters for a robot.
        cls.env["mail.gateway.allowed"].create({"email": "chief@klever.example.com"})

    def deliver(self, raw, model=None, failing=None):
        """Bring a letter as a mail server does.

        :param failing: the error, where Odoo cannot take it in
        :return: the claims, and the letters set aside
        """
        claims, letters = self.claims(), self.letters()
        self.env.flush_all()
        self.env.invalidate_all()
        with mute_logger(GATEWAY):
            if failing:
                # Odoo's assertRaises would undo what outlives the failure.
                failed = False
                try:
                    self.env["mail.thread"].message_process(model, raw)
                except failing:
                    failed = True
                self.assertTrue(failed, "It has been taken in.")
            else:
                self.env["mail.thread"].message_process(model, raw)
        self.env.flush_all()
        self.env.invalidate_all()
        return self.claims() - claims, self.letters() - letters

    def letters(self):
        return self.env["its.letter"].with_context(active_test=False).search([])

    def acknowledgments(self, address):
        self.env.flush_all()
        return self.env["mail.mail"].search([("email_to", "=", address)])

    def other_address(self):
        """An address of another company, in the same domain."""
        self.other_company.alias_domain_id = self.env.company.alias_domain_id
        self.other_company.its_claim_alias = "vyatka"
        return "vyatka@its.example.org"


class PortalCase(HttpCase, ClaimCase):
    """A claim of a client whose contact person has a login of the portal."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.person = cls.contact_of(cls.client_team)
        cls.person.email = "chief@klever.example.com"
        cls.visitor = cls.create_user(
            "its_visitor", "base.group_portal", partner_id=cls.person.id
        )
        cls.stranger_user = cls.create_user("its_stranger", "base.group_portal")
        cls.stranger_user.partner_id.parent_id = cls.client_own
        # Whoever is asked by phone would be called instead.
        cls.claim = cls.create_claim(contact_id=cls.person.id)

    def post(self, url, login=None, **values):
        self.authenticate(login, login and f"{login}".ljust(8, "x"))
        values["csrf_token"] = http.Request.csrf_token(self)
        files = values.pop("files", None)
        response = self.url_open(url, data=values, files=files)
        self.env.invalidate_all()
        return response

    def open(self, url, login=None):
        self.authenticate(login, login and f"{login}".ljust(8, "x"))
        return self.url_open(url)

    def page(self, claim, token=None):
        return f"/my/claims/{claim.id}" + (f"?access_token={token}" if token else "")

    def token(self, claim):
        return claim.sudo()._portal_ensure_token()
