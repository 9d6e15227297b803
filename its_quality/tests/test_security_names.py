"""No answer of the server names what its reader may not see: a table of roles, and of
ways to give a number and be told a name."""

import json
from contextlib import suppress
from functools import partial

from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import tagged

from .claim.common import ClaimCase
from .tier import thinned

SECRET = "СЕКРЕТ"
NAMED = {"fields": {"display_name": {}}}
# Who may not see a colleague's client, nor anything of his.
STRANGERS = ("client_manager", "head", "bare", "employee", "portal")


@tagged("post_install", "-at_install")
class TestNames(ClaimCase):
    """Everything of one client is marked; no role but those that read him learns a mark."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # Whoever has no more than some claims assigned to him.
        cls.bare = cls.create_user("its_bare", "its_quality.group_user")
        cls.hidden = cls.client_colleague
        cls.hidden.name = f"ООО «{SECRET}»"
        cls.person = cls.contact_of(cls.hidden)
        cls.person.name = f"{SECRET} Иванович"
        cls.subscription = cls.subscription_of(cls.hidden)
        cls.subscription.write(
            {
                "contract_number": f"{SECRET}-7",
                "note": SECRET,
                "service_id": cls.service.id,
            }
        )
        # Of a service of nobody's team, or its head would read it.
        cls.team.service_ids -= cls.service
        cls.interaction = cls.talk(cls.hidden, summary=SECRET)
        cls.call = cls.plan_call(cls.hidden, cls.colleague, summary=SECRET, note=SECRET)
        cls.claim = cls.create_claim(
            subject=SECRET,
            partner_id=cls.hidden.id,
            service_id=cls.service.id,
            team_id=cls.other_team.id,
        )
        cls.survey = cls.env["survey.survey"].create(
            {"title": "Проверка", "survey_type": "its", "its_draft": False}
        )
        cls.response = cls.env["survey.user_input"].create(
            {
                "survey_id": cls.survey.id,
                "its_client_id": cls.hidden.id,
                "its_contact_id": cls.person.id,
            }
        )
        cls.own_subscription = cls.subscription_of(cls.client_own)
        cls.env.flush_all()

    def records(self):
        return (
            self.hidden,
            self.person,
            self.subscription,
            self.interaction,
            self.call,
            self.claim,
            self.response,
        )

    # -------------------------------------------------------------------------
    # The check
    # -------------------------------------------------------------------------

    def strangers(self, record):
        """The roles that may not read a record: asked of Odoo, so a role that reads it
        after all is not tried, and each record has some."""
        for role in STRANGERS:
            user = getattr(self, role)
            if not self.as_user(record, user).has_access("read"):
                yield role, user

    def assert_says_nothing(self, user, ask):
        """Whatever comes of it, an answer or a refusal, has no mark in it."""
        with self.undone(), self.request_of(user):
            try:
                answer = ask()
                self.env.flush_all()
            except UserError as error:
                answer = [*error.args, getattr(error, "context", None)]
            self.assertNotIn(
                SECRET, json.dumps(answer, default=str, ensure_ascii=False)
            )

    def models(self):
        """Models of ours, and those of Odoo that we fill."""
        ours = [
            name
            for name, model in self.env.registry.items()
            if name.startswith("its.") and not model._abstract and model._auto
        ]
        core = ["res.partner", "mail.activity", "survey.user_input", "survey.survey"]
        return [*sorted(ours), *core, "mail.compose.message", "base.partner.merge.line"]

    def links(self):
        """Every field by which some model names a marked record; with the record."""
        found = 0
        for name in self.models():
            for field in self.env[name]._fields.values():
                for record in self.records():
                    if field.relational and field.comodel_name == record._name:
                        found += 1
                        yield self.env[name], field, record
        self.assertGreater(found, 60)

    def value_of(self, field, record):
        return record.id if field.type == "many2one" else [Command.link(record.id)]

    # -------------------------------------------------------------------------
    # Reading
    # -------------------------------------------------------------------------

    def test_read(self):
        for record in self.records():
            for role, user in self.strangers(record):
                model = record.with_user(user)
                for way, ask in {
                    "read": lambda model=model: model.read(["display_name"]),
                    "web_read": lambda model=model: model.web_read(
                        {"display_name": {}}
                    ),
                    "export": lambda model=model: model.export_data(["display_name"]),
                    "name_search": lambda model=model: model.name_search(SECRET),
                    "copy": lambda model=model: model.copy().ids,
                    "write": lambda model=model: model.write({"active": False}),
                    "unlink": lambda model=model: model.unlink(),
                    "formview": lambda model=model: model.get_formview_action(),
                }.items():
                    with self.subTest(role=role, model=record._name, way=way):
                        self.assert_says_nothing(user, ask)

    def test_searched_and_grouped(self):
        """By paths from what a role may read to what it may not."""
        readers = (self.client_manager, self.head, self.employee)
        for number, (model, field, record) in enumerate(self.links()):
            if not field.store or model._transient:
                continue
            strangers = [one for one in self.strangers(record) if one[1] in readers]
            for role, user in thinned(strangers, 2, number):
                asking = model.with_user(user)
                label = record._rec_name or "id"
                if record._name == "its.interaction":
                    label = "summary"
                if record._name == "mail.activity":
                    label = "summary"
                path = f"{field.name}.{label}"
                domain = [(path, "ilike", SECRET)]
                with self.subTest(role=role, model=model._name, path=path):
                    self.assert_says_nothing(
                        user,
                        lambda asking=asking, domain=domain: asking.web_search_read(
                            domain, {"display_name": {}}
                        ),
                    )
                    with self.undone(), suppress(UserError):
                        self.assertFalse(asking.search_count(domain))
                    if field.type == "many2one":
                        self.assert_says_nothing(
                            user,
                            lambda asking=asking, field=field: (
                                asking.formatted_read_group(
                                    [], [field.name], ["__count"]
                                )
                            ),
                        )

    # -------------------------------------------------------------------------
    # Naming by number
    # -------------------------------------------------------------------------

    def test_onchange(self):
        """A form is filled in with a number, by a value and by the context."""
        for number, (model, field, record) in enumerate(self.links()):
            spec = {name: {} for name in ("display_name",) if name in model._fields}
            spec[field.name] = NAMED if field.type == "many2one" else {}
            value = self.value_of(field, record)
            for role, user in thinned(self.strangers(record), 4, number):
                asking = model.with_user(user)
                default = asking.with_context(**{f"default_{field.name}": value})
                for way, ask in {
                    "value": lambda a=asking, f=field.name, v=value, s=spec: a.onchange(
                        {f: v}, [f], s
                    ),
                    "default": lambda a=default, s=spec: a.onchange({}, [], s),
                    "get": lambda a=default, f=field.name: a.default_get([f]),
                    "command": lambda a=asking, f=field.name, v=value, s=spec: (
                        a.onchange({f: v, "id": False}, [], s)
                    ),
                }.items():
                    with self.subTest(
                        role=role, model=model._name, field=field.name, way=way
                    ):
                        self.assert_says_nothing(user, ask)

    def test_create(self):
        for number, (model, field, record) in enumerate(self.links()):
            value = self.value_of(field, record)
            values = {**self.minimum(model), field.name: value}
            for role, user in thinned(self.strangers(record), 4, number):
                asking = model.with_user(user)
                spec = {"display_name": {}}
                if field.type == "many2one":
                    spec[field.name] = NAMED
                with self.subTest(role=role, model=model._name, field=field.name):
                    self.assert_says_nothing(
                        user, lambda a=asking, v=values, s=spec: a.web_save(v, s)
                    )
                    self.assert_says_nothing(
                        user,
                        lambda a=asking, f=field.name, v=value, s=spec: (
                            a.with_context(**{f"default_{f}": v})
                            .create(self.minimum(a, f))
                            .web_read(s)
                        ),
                    )

    def minimum(self, model, without=None):
        """What a new record needs, of what everybody may see."""
        own = self.client_own
        values = {
            "its.claim": {"subject": "О", "partner_id": own.id},
            "its.claim.move": {"claim_id": self.main_claim.id, "reason": "О"},
            "its.claim.sender": {"claim_id": self.main_claim.id},
            "its.claim.wait": {"claim_id": self.main_claim.id, "until": self.today(3)},
            "its.interaction": {"partner_id": own.id},
            "its.report.print": {"report": "contacts"},
            "its.survey.send": {"survey_id": self.survey.id},
            "its.subscription": {"partner_id": own.id, "service_id": self.program.id},
            "its.subscription.cancel": {
                "subscription_ids": [Command.set(self.own_subscription.ids)],
                "reason_id": self.env["its.cancellation.reason"].search([], limit=1).id,
            },
            "mail.activity": {
                "res_model_id": self.env["ir.model"]._get_id("res.partner"),
                "res_id": own.id,
                "activity_type_id": self.env.ref("mail.mail_activity_data_call").id,
            },
            "res.partner": {"name": "Новый"},
            "survey.user_input": {"survey_id": self.survey.id},
            "mail.compose.message": {"body": "О"},
        }.get(model._name, {"name": "О"} if "name" in model._fields else {})
        return {name: value for name, value in values.items() if name != without}

    def test_write(self):
        """A link to what he may not see, in what he may change."""
        call = self.plan_call(self.client_own, self.client_manager)
        talk = self.talk(self.client_own, user_id=self.client_manager.id)
        claim = self.create_claim(
            user=self.client_manager, partner_id=self.client_own.id
        )
        for target in (self.client_own, self.own_subscription, call, talk, claim):
            for field in target._fields.values():
                for record in self.records():
                    if not field.relational or field.comodel_name != record._name:
                        continue
                    user = self.client_manager
                    asking = target.with_user(user)
                    value = self.value_of(field, record)
                    spec = {"display_name": {}}
                    if field.type == "many2one":
                        spec[field.name] = NAMED
                    with self.subTest(model=target._name, field=field.name):
                        self.assert_says_nothing(
                            user,
                            lambda a=asking, f=field.name, v=value, s=spec: a.web_save(
                                {f: v}, s
                            ),
                        )

    def test_activity_of_a_number(self):
        """The name of an activity is that of its record, whichever it is."""
        partner = self.env["ir.model"]._get_id("res.partner")
        for role, user in self.strangers(self.hidden):
            activities = self.env["mail.activity"].with_user(user)
            spec = {"res_name": {}, "res_id": {}, "res_model": {}}
            default = activities.with_context(
                default_res_model="res.partner",
                default_res_model_id=partner,
                default_res_id=self.hidden.id,
            )
            by_id = {"res_model_id": partner, "res_id": self.hidden.id}
            by_name = {"res_model": "res.partner", "res_id": self.hidden.id}
            for way, ask in {
                "id of the model": partial(
                    activities.onchange, by_id, ["res_id"], spec
                ),
                "its name": partial(activities.onchange, by_name, ["res_id"], spec),
                "default": partial(default.onchange, {}, [], spec),
                "create": partial(activities.web_save, {**by_id, "summary": "О"}, spec),
            }.items():
                with self.subTest(role=role, way=way):
                    self.assert_says_nothing(user, ask)

    # -------------------------------------------------------------------------
    # Sentences
    # -------------------------------------------------------------------------

    def test_another_companys_client_in_a_refusal(self):
        """The rights of a quality manager end where the company ends."""
        self.client_abroad.write({"name": SECRET, "user_id": self.colleague.id})
        for role in ("quality_manager", "client_manager", "employee", "administrator"):
            user = getattr(self, role)
            client = self.client_abroad.with_user(user)
            talks = client.env["its.interaction"]
            for way, ask in {
                "vat": lambda c=client: c.write({"vat": "7707083893"}),
                "client": lambda c=client: c.write({"its_client": False}),
                "unlink": lambda c=client: c.unlink(),
                "sold": lambda c=client: c.env["its.subscription"].create(
                    {"partner_id": c.id, "service_id": self.service.id}
                ),
                "talk": lambda t=talks, c=client: t.create({"partner_id": c.id}),
            }.items():
                with self.subTest(role=role, way=way):
                    self.assert_says_nothing(user, ask)

    def test_the_claim_there_is(self):
        """Answers are in one claim only; which, is told to who may see it."""
        self.response.write(
            {"its_client_id": self.client_own.id, "its_contact_id": False}
        )
        claim = self.create_claim(
            subject=SECRET, partner_id=self.client_own.id, response_id=self.response.id
        )
        values = {
            "subject": "О",
            "partner_id": self.client_own.id,
            "response_id": self.response.id,
        }
        claims = self.env["its.claim"].with_user(self.client_manager)
        self.env.flush_all()
        self.env.invalidate_all()
        with self.assertRaises(UserError) as refusal, self.undone():
            claims.create(values)
        self.assertIn(claim.name, str(refusal.exception))
        self.env.cr.execute(
            "UPDATE its_claim SET partner_id = %s WHERE id = %s",
            [self.hidden.id, claim.id],
        )
        with self.assertRaises(UserError) as refusal, self.undone():
            claims.create(values)
        self.assertNotIn(claim.name, str(refusal.exception))
        self.assertNotIn(SECRET, str(refusal.exception))

    def test_developer_mode_tells_no_more(self):
        """Odoo names what it refuses to whoever has switched it on."""
        self.patch(
            type(self.env["res.users"]),
            "has_group",
            lambda user, name: name == "base.group_no_one" or user._has_group(name),
        )
        for record in self.records():
            for role, user in self.strangers(record):
                with self.subTest(role=role, model=record._name):
                    self.assert_says_nothing(
                        user,
                        lambda r=record, u=user: r.with_user(u).check_access("read"),
                    )

    def test_visible_names(self):
        self.assertEqual(
            self.hidden.with_user(self.colleague).sudo()._its_visible_name(),
            self.hidden.name,
        )
        for record in self.records():
            for role, user in self.strangers(record):
                with self.subTest(role=role, model=record._name):
                    name = self.as_user(record, user).sudo()._its_visible_name()
                    self.assertNotIn(SECRET, name)
                    self.assertTrue(name)
        self.assertEqual(self.claim.sudo()._its_visible_name(), self.claim.display_name)
