import json
from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.service.model import call_kw
from odoo.tests import HttpCase, tagged
from odoo.tools import mute_logger

from ...models.claim.its_claim_workflow import PRESSED
from ...models.claim.rules import BY_NAME
from ...tools.by_code import KEY
from .common import ClaimCase


@tagged("post_install", "-at_install")
class TestSecurityClaims(ClaimCase):
    """Ways around the workflow that somebody might try who knows Odoo."""

    def smuggled(self):
        """What no new claim may come with."""
        closed = self.env["its.claim.stage"]._first_of("closed")
        return {
            "stage_id": closed.id,
            "state": "closed",
            "user_id": self.worker.id,
            "quality_user_id": self.worker.id,
            "next_user_id": self.worker.id,
            "worker_ids": [(6, 0, self.worker.ids)],
            "satisfaction": "5",
            "satisfaction_via": "page",
            "date_closed": "2027-01-01 00:00:00",
            "date_registered": "2020-01-01 00:00:00",
            "on_time": True,
            "rework_count": 5,
            "access_token": "known",
            "author_id": self.worker.id,
            "asked_on": "2027-01-01",
            "escalated_on": "2027-01-01",
            "external_id": "1",
            "movement_ids": [(0, 0, {"to_stage_id": closed.id, "to_state": "closed"})],
        }

    def test_a_new_claim_brings_nothing_along(self):
        """Neither as a value nor as a default of the context."""
        self.client_own.user_id = self.client_manager
        values = {"subject": "Сбой", "partner_id": self.client_own.id}
        for role in ("client_manager", "quality_manager", "administrator"):
            claims = self.by(self.env["its.claim"], role)
            plain = claims.create(values).sudo()
            for name, value in self.smuggled().items():
                with self.subTest(role, value=name), self.undone():
                    try:
                        claim = claims.create({**values, name: value})
                    except UserError:
                        continue
                    self.assert_plain(claim.sudo(), plain, name)
                with self.subTest(role, default=name), self.undone():
                    tricky = claims.with_context(**{f"default_{name}": value})
                    try:
                        claim = tricky.create(values)
                    except UserError:
                        continue
                    self.assert_plain(claim.sudo(), plain, name)

    def assert_plain(self, claim, plain, name):
        self.assertEqual(claim.state, "registered")
        self.assertEqual(len(claim.movement_ids), 1)
        self.assertEqual(len(self.todos(claim)), 1)
        if name == "date_registered":
            self.assertGreater(
                claim.date_registered, plain.date_registered - timedelta(1)
            )
        elif name == "access_token":
            self.assertNotEqual(claim.access_token, "known")
        elif name != "movement_ids":
            self.assertEqual(claim[name], plain[name])

    def test_nobody_writes_what_follows_from_the_workflow(self):
        claim = self.claim_at("in_progress")
        for role in ("worker", "head", "quality_manager", "administrator"):
            for name, value in self.smuggled().items():
                if role in ("head", "administrator") and name == "user_id":
                    continue
                with (
                    self.subTest(role, field=name),
                    self.undone(),
                    self.assertRaises(UserError),
                ):
                    self.by(claim, role).write({name: value})

    def test_a_claim_of_a_client_one_may_not_see(self):
        claims = self.by(self.env["its.claim"], "client_manager")
        for client in (self.client_colleague, self.client_team, self.client_abroad):
            with self.subTest(client.name), self.assertRaises(UserError), self.undone():
                claims.create({"subject": "Сбой", "partner_id": client.id})
            own = claims.create({"subject": "Сбой", "partner_id": self.client_own.id})
            with self.subTest(client.name), self.assertRaises(UserError), self.undone():
                own.write({"partner_id": client.id})

    def test_a_copy_begins_anew(self):
        claim = self.claim_at("closed")
        copy = self.by(claim, "quality_manager").copy().sudo()
        self.assertEqual(copy.state, "registered")
        self.assertEqual(copy.author_id, self.quality_manager)
        self.assertEqual(len(copy.movement_ids), 1)
        self.assertFalse(copy.satisfaction or copy.user_id)
        self.assertNotEqual(copy.access_token, claim.sudo().access_token)
        self.assertNotEqual(copy.name, claim.sudo().name)

    def test_an_import_obeys(self):
        closed = self.env["its.claim.stage"]._first_of("closed")
        with self.assertRaises(UserError), mute_logger("odoo.models"):
            result = self.by(self.env["its.claim"], "quality_manager").load(
                ["subject", "partner_id/.id", "stage_id/.id"],
                [["Сбой", str(self.client_own.id), str(closed.id)]],
            )
            raise UserError(result["messages"][0]["message"])

    def test_who_does_not_see_a_claim_does_nothing_with_it(self):
        claim = self.claim_at("in_progress")
        for role in ("client_manager", "other_head", "employee", "portal"):
            record = self.by(claim, role)
            for attempt in (
                lambda r: r.read(["subject"]),
                lambda r: r.write({"subject": "x"}),
                lambda r: r.action_wait(),
                lambda r: r.message_post(body="x"),
                lambda r: r.action_merge(),
                lambda r: r.message_subscribe(self.stranger.ids),
                lambda r: r.activity_schedule("mail.mail_activity_data_todo"),
            ):
                with (
                    self.subTest(role),
                    self.undone(),
                    self.assertRaises(UserError),
                ):
                    attempt(record)

    def test_no_context_opens_the_guard(self):
        """A request carries text and numbers, whatever they are called."""
        claim = self.claim_at("in_progress")
        stages = self.env["its.claim.stage"]
        contexts = (
            *({KEY: mark} for mark in (True, 1, "<object object>", {}, [])),
            *({PRESSED: way} for way in (True, "close", list(BY_NAME["close"]))),
        )
        for context in contexts:
            for vals in (
                {"date_closed": "2027-01-01 00:00:00"},
                {"next_user_id": self.worker.id},
                {"stage_id": stages._first_of("closed").id},
                {"stage_id": stages._first_of("verification").id},
            ):
                with (
                    self.subTest(context=context, vals=vals),
                    self.assertRaises(UserError),
                ):
                    call_kw(
                        self.env(user=self.worker, context={}, su=False)["its.claim"],
                        "write",
                        [claim.ids, vals],
                        {"context": context},
                    )

    def test_what_a_step_writes_is_seen(self):
        """Rules of automation and logs of other apps put themselves before write()."""
        claim = self.create_claim()
        model = self.env.registry["its.claim"]
        write, seen = model.write, set()

        def watched(claims, vals):
            seen.update(vals)
            return write(claims, vals)

        self.patch(model, "write", watched)
        self.go(claim, "dispatch")
        self.assertLessEqual(
            {"stage_id", "date_stage", "next_user_id", "quality_user_id"}, seen
        )


@tagged("post_install", "-at_install")
class TestClaimApi(HttpCase, ClaimCase):
    """The same from outside, as a program with a key of its user."""

    def call(self, user, method, model="its.claim", **body):
        key = (
            self.env["res.users.apikeys"]
            .with_user(user)
            ._generate("rpc", "test", fields.Datetime.now() + timedelta(hours=1))
        )
        self.authenticate(None, None)
        with mute_logger("odoo.http", "odoo.addons.rpc.controllers.json2"):
            response = self.url_open(
                f"/json/2/{model}/{method}",
                data=json.dumps(body),
                headers={
                    "Authorization": f"Bearer {key}",
                    "Content-Type": "application/json",
                },
            )
        self.env.invalidate_all()
        return response

    def test_a_key_opens_no_more_than_its_user(self):
        """Rows: role, method, what is given, whether it is done."""
        claim = self.claim_at("in_progress")
        dispatched = self.env["its.claim.stage"]._first_of("dispatched")
        movement = claim.sudo().movement_ids[0]
        new = {"subject": "Сбой", "partner_id": self.client_own.id}
        table = [
            ("client_manager", "create", {"vals_list": [new]}, True),
            ("employee", "create", {"vals_list": [new]}, False),
            ("head", "create", {"vals_list": [new]}, False),
            (
                "client_manager",
                "create",
                {"vals_list": [{**new, "user_id": self.worker.id}]},
                False,
            ),
            ("worker", "read", {"ids": claim.ids, "fields": ["subject"]}, True),
            ("worker", "read", {"ids": claim.ids, "fields": ["access_token"]}, False),
            ("employee", "read", {"ids": claim.ids, "fields": ["subject"]}, False),
            (
                "worker",
                "write",
                {"ids": claim.ids, "vals": {"stage_id": dispatched.id}},
                False,
            ),
            ("worker", "action_verify", {"ids": claim.ids}, False),
            (
                "worker",
                "_apply_transition",
                {"ids": claim.ids, "name": "hand_over"},
                False,
            ),
            (
                "worker",
                "_record_client_verdict",
                {"ids": claim.ids, "satisfaction": "5"},
                False,
            ),
            (
                "administrator",
                "_register_from_outside",
                {"channel": "form", "company": 1, "vals": {}},
                False,
            ),
            ("administrator", "unlink", {"ids": claim.ids}, False),
        ]
        for role, method, body, done in table:
            with self.subTest(role, method=method, body=body):
                response = self.call(getattr(self, role), method, **body)
                self.assertEqual(response.status_code == 200, done, response.text[:200])
        for method, body in (
            ("write", {"vals": {"reason": "x"}}),
            ("unlink", {}),
        ):
            response = self.call(
                self.administrator,
                method,
                "its.claim.movement",
                ids=movement.ids,
                **body,
            )
            self.assertNotEqual(response.status_code, 200)

    def test_defaults_of_the_context(self):
        response = self.call(
            self.client_manager,
            "create",
            vals_list=[{"subject": "Сбой", "partner_id": self.client_own.id}],
            context={"default_user_id": self.worker.id, "default_satisfaction": "5"},
        )
        [claim] = self.env["its.claim"].browse(response.json())
        self.assertFalse(claim.user_id or claim.satisfaction)

    def test_a_reader_sees_no_more_by_searching(self):
        self.claim_at("in_progress")
        response = self.call(
            self.employee, "search_read", domain=[], fields=["subject"]
        )
        self.assertNotEqual(response.status_code, 200)
        with self.assertRaises(AccessError):
            self.by(self.env["its.claim"], "portal").search([])
