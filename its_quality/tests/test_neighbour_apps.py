"""Users of ITS quality who work in real apps of Odoo and of the OCA, too: whichever of
them are installed. What an app lets its users do, it lets ours do for every client."""

from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import tagged

from ..models.client.ir_rule import RULE
from . import tier
from .common import QualityCase
from .neighbours_table import APPS, STEPS, WHOSE, cells
from .roles_table import cells as cells_of_roles
from .test_roles import RolesCase
from .test_security_other_apps import STAFF

# Of the table for `./its test`.
USUAL_ROLES = ("client_manager", "head")
USUAL_APPS = ("none", "sales_own", "invoicing")
# What is kept about a client.
CLOSED = (
    "its.subscription",
    "its.interaction",
    "mail.activity",
    "survey.user_input",
    "survey.user_input.line",
    "its.claim",
    "its.claim.movement",
)


def groups_of_apps(env):
    """The group of each app that is here, by our name of the app."""
    groups = {
        app: env.ref(name, raise_if_not_found=False) for app, name, _title in APPS[1:]
    }
    return {app: group for app, group in groups.items() if group}


class NeighbourCase(QualityCase):
    """A user of each role and app; documents of the apps, made as each of them does."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.apps = groups_of_apps(cls.env)
        for client in cls.clients:
            client.email = f"client{client.id}@example.com"
        if "sale.order" in cls.env:
            cls.product = cls.env["product.product"].create(
                {"name": "1С:ИТС", "type": "service", "invoice_policy": "order"}
            )
        if "account.move" in cls.env:
            cls._create_accounts()
        if "project.task" in cls.env:
            cls.project = cls.env["project.project"].create({"name": "Внедрение"})

    @classmethod
    def _create_accounts(cls):
        """What an invoice needs, also where no chart of accounts is installed."""
        account = cls.env["account.account"]
        income, receivable = account.create(
            [
                {"name": "Услуги", "code": "X90", "account_type": "income"},
                {
                    "name": "Покупатели",
                    "code": "X62",
                    "account_type": "asset_receivable",
                    "reconcile": True,
                },
            ]
        )
        cls.env["account.journal"].create(
            {
                "name": "Реализация",
                "code": "РЕАЛ",
                "type": "sale",
                "sequence": 1,
                "default_account_id": income.id,
            }
        )
        cls.clients.property_account_receivable_id = receivable
        if "sale.order" in cls.env:
            cls.product.property_account_income_id = income

    @classmethod
    def create_user_of(cls, app, role):
        group = "base.group_user" if role == "employee" else f"its_quality.group_{role}"
        user = cls.create_user(f"its_{role}_{app}", group)
        user.group_ids += cls.apps.get(app, cls.env["res.groups"])
        cls.env.flush_all()
        return user

    def is_here(self, app, step):
        models = {step: model for step, model, _title in STEPS}
        return models[step] in self.env and (app == "none" or app in self.apps)

    def client_of(self, whose, user):
        """The client of a user, or that of the colleague, as the user meets it."""
        if whose == "own":
            self.client_own.user_id = user
        return self.as_user(self[f"client_{whose}"], user)

    def __getitem__(self, name):
        return getattr(self, name)

    def do(self, step, client):
        self[f"do_{step}"](client)
        self.env.flush_all()

    # -------------------------------------------------------------------------
    # Steps: each raises AccessError if the user may not do one of its parts
    # -------------------------------------------------------------------------

    def see(self, record):
        """Read a document as its form does, with the client that it is about."""
        names = {"display_name": {}, "email": {}, "phone": {}}
        [row] = record.web_read({"display_name": {}, "partner_id": {"fields": names}})
        self.assertTrue(row["partner_id"]["display_name"])

    def render(self, report, record):
        reports = record.env["ir.actions.report"]
        text, _kind = reports._render_qweb_pdf(report, record.ids)
        self.assertIn(record.partner_id.name, text.decode())

    def do_card(self, client):
        client.read(["name", "phone", "email"])
        self.assertTrue(client.search([("id", "=", client.id)]))
        client.web_read({"display_name": {}, "child_ids": {"fields": {"name": {}}}})

    def do_edit(self, client):
        client.write({"phone": "+7 8332 120007"})
        client.create({"name": "Бухгалтер", "parent_id": client.id})

    def do_message(self, client):
        client.message_post(body="Готово", message_type="comment")

    def do_lead(self, client):
        leads = client.env["crm.lead"]
        values = {"name": "Заявка", "type": "lead", "user_id": client.env.uid}
        self.see(
            leads.browse(leads.sudo().create({**values, "partner_id": client.id}).id)
        )
        lead = leads.create({**values, "email_from": client.sudo().email})
        before = client.sudo().search_count([])
        context = {"active_model": "crm.lead", "active_id": lead.id}
        wizard = client.env["crm.lead2opportunity.partner"].with_context(
            **context, active_ids=lead.ids
        )
        wizard.create({"name": "convert", "lead_id": lead.id}).action_apply()
        self.assertEqual(lead.partner_id, client)
        self.assertEqual(client.sudo().search_count([]), before, "a second contact")

    def do_order(self, client):
        orders = client.env["sale.order"]
        line = {"product_id": self.product.id, "product_uom_qty": 1, "price_unit": 10}
        values = {
            "partner_id": client.id,
            "user_id": client.env.uid,
            "order_line": [Command.create(line)],
        }
        self.see(orders.browse(orders.sudo().create(values).id))
        order = orders.create(values)
        order.action_confirm()
        self.render("sale.action_report_saleorder", order)
        wizard = client.env["sale.advance.payment.inv"]
        wizard.create({"sale_order_ids": order.ids}).create_invoices()
        self.assertEqual(order.invoice_ids.partner_id, client)

    def do_invoice(self, client):
        moves = client.env["account.move"]
        line = {"name": "Услуга", "price_unit": 100, "tax_ids": False}
        values = {
            "move_type": "out_invoice",
            "partner_id": client.id,
            "invoice_line_ids": [Command.create(line)],
        }
        self.see(moves.browse(moves.sudo().create(values).id))
        move = moves.create(values)
        move.action_post()
        self.render("account.account_invoices", move)

    def do_task(self, client):
        self._discuss("project.task", client, {"project_id": self.project.id})

    def do_ticket(self, client):
        self._discuss("helpdesk.ticket", client, {"description": "Акт"})

    def _discuss(self, model, client, values):
        records = client.env[model]
        values = {"name": "Не печатает", "partner_id": client.id, **values}
        self.see(records.browse(records.sudo().create(values).id))
        record = records.create(values)
        self.see(record)
        record.message_post(body="Готово", message_type="comment")


@tagged("post_install", "-at_install", "-standard", "neighbours")
class TestNeighbourApps(NeighbourCase):
    def test_table(self):
        done = set()
        for (app, role), steps in self._by_user():
            user = self.create_user_of(app, role)
            for step, whose, allowed in steps:
                title = {"app": app, "role": role, "do": step, "whose": whose}
                with self.subTest(**title), self.undone(), self.request_of(user):
                    client = self.client_of(whose, user)
                    if allowed:
                        self.do(step, client)
                        done.add(step)
                        continue
                    with self.assertRaises(AccessError):
                        self.do(step, client)
        here = {"none", *self.apps}
        tried = {app for app, _role, _step, _whose in self._tried()}
        self.assertEqual(tried, here if tier.is_all() else here & set(USUAL_APPS))
        self.assertEqual(
            done, {step for _app, _role, step, whose in self._tried() if whose}
        )

    def _tried(self):
        """The table of the apps that are here; of the usual tests, some of it."""
        for app, role, step, whose in cells():
            usual = role in USUAL_ROLES and app in USUAL_APPS
            if self.is_here(app, step) and (usual or tier.is_all()):
                yield app, role, step, whose

    def _by_user(self):
        rows = {}
        for app, role, step, whose in self._tried():
            rows.setdefault((app, role), []).extend(
                (step, one, one in whose) for one in WHOSE
            )
        return rows.items()

    def test_documents_of_another_salesperson(self):
        """They are Sales' to close, whosever client it is."""
        order = self.env["sale.order"].create(
            {"partner_id": self.client_own.id, "user_id": self.colleague.id}
        )
        for app, opens in (("sales_own", False), ("sales_all", True)):
            with self.subTest(app=app), self.undone():
                user = self.create_user_of(app, "client_manager")
                self.client_own.user_id = user
                if opens:
                    self.see(self.as_user(order, user))
                    continue
                with self.assertRaises(AccessError):
                    self.see(self.as_user(order, user))

    def test_no_role_takes_away_what_an_app_gives(self):
        """Who has no role of ours works as without us."""
        allowed = {cell[:3]: set(cell[3]) for cell in cells()}
        for (app, role, step), whose in allowed.items():
            if app != "none":
                with self.subTest(app=app, role=role, do=step):
                    self.assertLessEqual(allowed[app, "employee", step], whose)


@tagged("post_install", "-at_install", "-standard", "neighbours")
class TestHiddenCustomer(NeighbourCase):
    """A user of the CRM to whom an administrator has closed the clients of colleagues."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env.ref(RULE).groups -= cls.apps["sales_own"]
        user = cls.create_user_of("sales_own", "client_manager")
        cls.leads = cls.env["crm.lead"].with_user(user)

    def convert(self, address, mass=False):
        values = {"name": "Заявка", "type": "lead", "email_from": address}
        lead = self.leads.create(values)
        context = {"active_model": "crm.lead", "active_id": lead.id}
        wizard = lead.env[f"crm.lead2opportunity.partner{'.mass' * mass}"]
        wizard = wizard.with_context(**context, active_ids=lead.ids)
        values = {"action": "create"} if mass else {"lead_id": lead.id}
        wizard.create({"name": "convert", **values}).action_apply()
        return lead

    def test_a_hidden_client_is_named_with_the_manager(self):
        address = f"Шеф <{self.client_colleague.email.upper()}>"
        for mass in (False, True):
            with self.subTest(mass=mass), self.undone():
                with self.assertRaises(UserError) as refusal:
                    self.convert(address, mass=mass)
                for part in (self.client_colleague.name, self.colleague.name):
                    self.assertIn(part, str(refusal.exception))

    def test_what_is_seen_or_new_is_no_obstacle(self):
        lead = self.convert(self.client_unassigned.email)
        self.assertEqual(lead.partner_id, self.client_unassigned)
        for mass in (False, True):
            with self.subTest(mass=mass):
                address = f"new{mass}@example.com"
                lead = self.convert(address, mass=mass)
                self.assertEqual(lead.partner_id.email, address)


@tagged("post_install", "-at_install", "-standard", "neighbours")
class TestRecordsBesideNeighbours(RolesCase):
    """Whoever works in all of these apps at once opens all cards, and nothing else."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        for role in STAFF:
            for group in groups_of_apps(cls.env).values():
                getattr(cls, role).group_ids += group
        cls.env.flush_all()

    def test_closed_records(self):
        """Neither found nor read; what the role opens is both."""
        for role, model, scope, letters in cells_of_roles():
            if model not in CLOSED or role not in STAFF:
                continue
            user = self[role]
            with self.subTest(role=role, model=model, scope=scope), self.undone():
                record = self.as_user(self.record(model, scope, user), user)
                found = record.search([("id", "=", record.id)])
                if "r" in letters:
                    self.assertEqual(found, record)
                    record.read(["display_name"])
                    continue
                self.assertFalse(found)
                with self.assertRaises(AccessError):
                    record.read(["display_name"])
