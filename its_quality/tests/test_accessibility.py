"""Everybody can use our pages: WCAG 2.2 AA, in Russian, wide and on a telephone."""

import os
import re
import unittest
from pathlib import Path
from string import Template
from typing import NamedTuple

from odoo.tests import tagged

from ..models.claim import client_link
from .browser_case import BrowserCase
from .claim.common import PortalCase
from .common import speak_russian
from .phone.common import PhoneCase
from .survey.common import SurveyCase
from .tier import thinned

# ./its test installs axe-core and says where it is.
AXE = os.environ.get("ITS_AXE")
WIDTHS = (1366, 390)
LEVELS = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa")
IMPACTS = ("serious", "critical")
# Odoo's own nodes within ours, each with its reason: we cannot mend them on our pages
# only.
FRAME = {
    ".o_kanban_header": "the head of a column: counts and a bar in Odoo's colors",
    ".o_priority": "stars of 18 px, where a finger wants 24",
    ".o-mail-ActivityButton": "an icon that is an image without a name, in a named link",
    ".o_field_many2one_avatar_user": "the picture of a user, without words for it",
    ".o-autocomplete--input": "where one types and chooses: attributes not of its role",
    "#discussion": "the thread of the portal, a program of its own",
}
SERVICES = "odoo.__WOWL_DEBUG__.root.env.services"
# Odoo has noticed how wide the window is.
SETTLED = (
    "window.innerWidth && (!odoo.__WOWL_DEBUG__?.root?.env?.services?.ui || "
    "odoo.__WOWL_DEBUG__.root.env.isSmall === (window.innerWidth < 768))"
)
# The page has all it asks for, and its buttons work.
STARTED = (
    "document.readyState === 'complete' && (odoo.isReady === true || "
    "document.body.getAttribute('is-ready') === 'true')"
)
THREAD = "document.querySelector('.o_portal_chatter') && odoo.portalChatterReady"
# What is wrong with a part of a page, by axe-core.
LOOK = """
axe.run(
    {include: [[%(root)r]], exclude: %(frame)s},
    {runOnly: {type: "tag", values: %(levels)s}, resultTypes: ["violations"]},
).then(({violations}) => violations.flatMap(({id, impact, nodes}) =>
    nodes.map(({target, any, html}) => [
        impact, id, target.join(" "), (any[0]?.message || "") + " " + html.slice(0, 200),
    ])
))
"""
# All that the keyboard has to reach, and what it does reach.
WALK = """
(() => {
    const root = document.querySelector(%(root)r);
    const all = "a[href], button, input, select, textarea, summary, [tabindex], " +
        "[role=button]";
    const chosen = (el) => el.type !== "radio" ||
        el === (root.querySelector(`[name="${el.name}"]:checked`) ||
                root.querySelector(`[name="${el.name}"]`));
    const parts = [...root.querySelectorAll(all)].filter((el) =>
        el.checkVisibility() && !el.disabled && el.type !== "hidden" && chosen(el) &&
        el.getAttribute("tabindex") !== "-1" && !el.closest(%(frame)r));
    const reached = new Set();
    const unseen = [];
    root.addEventListener("focusin", ({target}) => {
        reached.add(target);
        const shown = target.matches(".btn-check") ? target.nextElementSibling : target;
        if (parts.includes(target) && getComputedStyle(shown).outlineStyle === "none") {
            unseen.push(target);
        }
    });
    const names = (list) => list.map((el) => el.outerHTML.slice(0, 150));
    window.itsWalked = () => ({
        unreached: names(parts.filter((el) => !reached.has(el))),
        unseen: names(unseen),
    });
    root.tabIndex = -1;
    root.focus();
    return parts.length;
})()
"""


class Page(NamedTuple):
    """A page of ours as somebody meets it.

    :ivar path: where it is, with ``$names`` of the test
    :ivar root: a selector of our own nodes
    :ivar ready: a selector of what is there when all is
    :ivar act: a script that is run on the page before
    :ivar named: whether we say, and not Odoo, in which language it is and what it is
    :ivar focus: a selector of what has the focus then
    :ivar tab: whether we say what Tab reaches there, and not Odoo
    """

    name: str
    path: str
    root: str
    ready: str
    act: str = ""
    named: bool = False
    focus: str = ""
    tab: bool = True


OPEN_CALL = (
    SERVICES + ".action.doAction({type: 'ir.actions.client', "
    "tag: 'its_quality.call_desk', params: {call_id: $call}})"
)
RING = SERVICES + ".its_phone.open({call: 'here', event: $event})"
SUBMIT = "document.querySelector('.o_its_page form').submit()"
FILL = (
    "Object.entries({name: 'Ольга', email: 'o@example.com', subject: 'Нет связи', "
    "description: 'С утра'}).forEach(([name, text]) => {"
    "document.querySelector(`[name=${name}]`).value = text;});"
    "document.querySelector('[name=consent]').checked = true;"
)
PAGES = {
    "its_client_manager": (
        # The tours of the desk press its keys.
        Page(
            "desk",
            "/odoo/call-desk",
            ".o_its_desk",
            ".o_its_question",
            OPEN_CALL,
            tab=False,
        ),
        Page("phone card", "", ".o_its_phone_cards", ".o_its_phone_client", RING),
    ),
    "its_quality_manager": (
        Page(
            "dashboard",
            "/odoo/quality-dashboard",
            ".o_its_dashboard",
            ".o_its_dashboard canvas",
        ),
        Page(
            "results",
            "/odoo/its-questionnaires/$survey/survey-results",
            ".o_its_results",
            ".o_its_bar",
        ),
        Page("charts", "/odoo/claim-control-charts", ".o_its_control", "[data-chart]"),
        Page(
            "board",
            "/odoo/claims?view_type=kanban",
            ".o_its_board .o_kanban_renderer",
            ".o_kanban_record",
            tab=False,
        ),
    ),
    "its_visitor": (
        Page("messages", "/my/claims", ".o_its_page", ".o_its_page", named=True),
        Page("new message", "/my/claims/new", ".o_its_page", "form", named=True),
        Page(
            "errors of a new message",
            "",
            ".o_its_page",
            ".is-invalid",
            SUBMIT,
            named=True,
            focus="#its_subject",
        ),
        Page(
            "asked",
            "/my/claims/$asked",
            ".o_its_page",
            "[name=rating]",
            named=True,
        ),
    ),
    None: (
        Page("form", "/its/claim", ".o_its_page", "form", named=True),
        Page(
            "errors of the form",
            "",
            ".o_its_page",
            ".is-invalid",
            SUBMIT,
            named=True,
            focus="#its_name",
        ),
        Page("sent", "", ".o_its_page", "ol", FILL + SUBMIT, named=True),
        Page(
            "link",
            "/my/claims/$asked?access_token=$token",
            ".o_its_page",
            "[name=rating]",
            named=True,
        ),
        Page(
            "former link",
            "/my/claims/$asked?access_token=$former",
            ".o_its_page",
            ".card",
            named=True,
        ),
        Page(
            "questionnaire",
            "/survey/$survey_token/$response_token",
            ".o_survey_form",
            ".o_survey_form .js_question-wrapper",
            named=True,
            tab=False,
        ),
        Page(
            "closed questionnaire",
            "/survey/$survey_token/nothing",
            ".o_its_page",
            "h1",
            named=True,
        ),
    ),
}


@tagged("post_install", "-at_install", "browser")
class TestAccessibility(BrowserCase, PortalCase, PhoneCase, SurveyCase):
    """Nobody is kept from a page of ours by how they see, hear or point."""

    # What is not reached is said whole.
    maxDiff = None

    @classmethod
    def setUpClass(cls):
        if not AXE:
            raise unittest.SkipTest("axe-core is not installed: no Node.js for it")
        super().setUpClass()
        cls.axe = Path(AXE).read_text(encoding="utf-8")
        speak_russian(cls.client_manager + cls.quality_manager + cls.visitor)
        cls.client_team.user_id = cls.client_manager
        cadence = cls.create_cadence(survey_id=cls.survey.id, purpose="quality")
        cls.call = cls.plan_call(
            cls.client_unassigned, days=-2, its_cadence_id=cadence.id
        )
        cls.plan_call(cls.client_own)

    def setUp(self):
        super().setUp()
        # Who has answered today is asked again.
        self.company.its_ask_days = 0
        for outcome in ("reached", "no_answer"):
            self.talk(
                self.client_unassigned, outcome=outcome, summary="Просят обучение"
            )
        self.claim_at("in_progress", partner_id=self.client_unassigned.id)
        self.claim_at("closed")
        waiting = self.by(self.claim_at("in_progress"), "worker")
        waiting.message_post(body="Какая версия?", subtype_xmlid="mail.mt_comment")
        waiting.action_wait()
        asked = self.claim_at("follow_up", contact_id=self.person.id)
        for marks in ({"nps": 10, "speed": 5}, {"nps": 2, "speed": 1, "why": ["rude"]}):
            grade = "good" if marks["nps"] == 10 else "poor"
            # Of another client: whoever was asked lately is not asked again.
            self.respond(overall=grade, **marks)
        response = self.env["survey.user_input"].create(
            {"survey_id": self.survey.id, "partner_id": self.client_own.id}
        )
        # Its first page is Odoo's.
        response._mark_in_progress()
        self.take(self.event("ringing", extension="101"))
        self.firm = self.company.name
        self.names = {
            "call": self.call.id,
            "event": self.env["its.phone.event"].search([], limit=1).id,
            "survey": self.survey.id,
            "asked": asked.id,
            "token": self.token(asked),
            "former": client_link.token_of(asked, 0),
            "survey_token": self.survey.access_token,
            "response_token": response.access_token,
        }

    def test_pages(self):
        for login, pages in PAGES.items():
            # One each: the service worker that the backend leaves behind hangs the pages
            # of whoever comes next.
            with self.open_browser([login]):
                self.log_in(login)
                for number, page in enumerate(pages):
                    self.open_page(page)
                    if page.named:
                        with self.subTest(page.name):
                            self.check_name(page)
                    for width in thinned(WIDTHS, 2, number):
                        self.widen(width)
                        self.wait(SETTLED)
                        with self.subTest(page.name, width=width):
                            self.check_by_axe(page)
                    self.widen(WIDTHS[0])
                    if page.tab:
                        with self.subTest(page.name, by="keyboard"):
                            self.check_by_keyboard(page)

    def filled(self, text):
        return Template(text).safe_substitute(self.names)

    def open_page(self, page):
        if page.path:
            self.visit(self.filled(page.path))
            self.wait(STARTED)
        if page.act:
            self.run_script(f"void {self.filled(page.act)}")
        self.wait(f"document.querySelector({page.ready!r})")
        self.wait(STARTED)
        self.run_script(f"Promise.resolve({THREAD}).then(() => true)")

    def check_name(self, page):
        """Say in which language a page is and what it is, and go to what is wrong."""
        self.wait(f"document.activeElement.matches({page.focus or '*'!r})")
        lang, title = self.run_script("[document.documentElement.lang, document.title]")
        self.assertEqual(lang, "ru-RU")
        self.assertRegex(title, rf"^\w.* \| {re.escape(self.firm)}$")

    def check_by_axe(self, page):
        if not self.run_script("Boolean(window.axe)"):
            self.run_script(f"void (() => {{ {self.axe} }})()")
        found = self.run_script(
            LOOK
            % {
                "root": page.root,
                "frame": [[selector] for selector in FRAME],
                "levels": list(LEVELS),
            }
        )
        bad = [tuple(rest) for impact, *rest in found if impact in IMPACTS]
        self.assertFalse(bad, "\n" + "\n".join(map(" ".join, bad)))

    def check_by_keyboard(self, page):
        count = self.run_script(
            WALK % {"root": page.root, "frame": ", ".join(FRAME) or "nothing"}
        )
        # A field for a date has parts of its own.
        for _part in range(2 * count + 2):
            self.press("Tab", 9)
        walked = self.run_script("itsWalked()")
        self.assertEqual(walked, {"unreached": [], "unseen": []})
