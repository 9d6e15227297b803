"""What the tests of the addon share: people, firms and what they are subscribed to."""

import os
from contextlib import contextmanager
from datetime import timedelta

from odoo import fields
from odoo.exceptions import UserError
from odoo.tests import TransactionCase
from odoo.tools.misc import file_path
from odoo.tools.translate import TranslationImporter

# Nobody wants mails and log notes of test data.
QUIET = {"tracking_disable": True, "no_reset_password": True}

DAY = timedelta(days=1)
# Where the company works and its people live, if the tests are run for another zone.
ZONE = os.environ.get("ITS_TEST_ZONE")


def speak_russian(users):
    """Let users read our pages in Russian, whatever the database has been told."""
    env = users.env
    env["res.lang"]._activate_lang("ru_RU")
    terms = TranslationImporter(env.cr)
    terms.load_file(file_path("its_quality/i18n/ru.po"), "ru_RU")
    terms.save(overwrite=True)
    users.lang = "ru_RU"


class QualityCase(TransactionCase):
    """Users of every role, two companies, two teams and clients in every relation.

    The clients are named after what they are to ``client_manager`` and ``head``:
    ``client_own``, ``client_unassigned`` and ``client_colleague`` subscribe to a
    service of ``other_team``, ``client_team`` to one of ``team``; each has a contact
    person and one subscription, see :meth:`contact_of` and :meth:`subscription_of`.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env = cls.env(context={**cls.env.context, **QUIET})
        cls.company = cls.env.company
        if ZONE:
            cls.company.resource_calendar_id.tz = ZONE
        cls.other_company = cls.env["res.company"].create({"name": "Вятка-Софт"})
        cls._create_users()
        cls._create_services()
        cls._create_clients()
        cls.stranger = cls.env["res.partner"].create(
            {"name": "ООО «Поставщик»", "is_company": True}
        )
        cls.client_abroad = cls.create_client(
            "ООО «Ландыш»", company=cls.other_company, company_id=cls.other_company.id
        )
        cls.create_subscription(
            cls.client_abroad, cls.contract, company_id=cls.other_company.id
        )

    @classmethod
    def _create_users(cls):
        roles = {
            "client_manager": "its_quality.group_client_manager",
            "colleague": "its_quality.group_client_manager",
            "quality_manager": "its_quality.group_quality_manager",
            "head": "its_quality.group_head",
            "deputy": "its_quality.group_head",
            "other_head": "its_quality.group_head",
            "administrator": "its_quality.group_administrator",
            "employee": "base.group_user",
            "portal": "base.group_portal",
        }
        # All at once: this is done for each class of tests.
        users = cls.env["res.users"].create(
            [
                cls._values_of_user(f"its_{role}", groups)
                for role, groups in roles.items()
            ]
        )
        for role, user in zip(roles, users, strict=True):
            setattr(cls, role, user)

    @classmethod
    def _create_clients(cls):
        of_whom = {
            "ООО «Ромашка»": cls.client_manager,
            "ООО «Василёк»": cls.env["res.users"],
            "ООО «Лютик»": cls.colleague,
            "ООО «Клевер»": cls.colleague,
        }
        model = cls.env["res.partner"].with_company(cls.company)
        cls.clients = model.create(
            [cls._values_of_client(name, user) for name, user in of_whom.items()]
        )
        model.create(
            [
                {"name": f"Директор {client.name}", "parent_id": client.id}
                for client in cls.clients
            ]
        )
        (
            cls.client_own,
            cls.client_unassigned,
            cls.client_colleague,
            cls.client_team,
        ) = cls.clients
        cls.env["its.subscription"].create(
            [
                cls._values_of_subscription(
                    client, cls.contract if client == cls.client_team else cls.program
                )
                for client in cls.clients
            ]
        )

    @classmethod
    def _create_services(cls):
        cls.contract, cls.service, cls.program = cls.env["its.service"].create(
            [
                {"name": "Договор для проверки", "kind": "contract"},
                {"name": "Сервис для проверки", "kind": "service"},
                {"name": "Программа для проверки", "kind": "program"},
            ]
        )
        cls.team, cls.other_team = cls.env["its.team"].create(
            [
                {
                    "name": "Сопровождение",
                    "head_id": cls.head.id,
                    "deputy_id": cls.deputy.id,
                    "service_ids": [(6, 0, (cls.contract + cls.service).ids)],
                },
                {
                    "name": "Внедрение",
                    "head_id": cls.other_head.id,
                    "service_ids": [(6, 0, cls.program.ids)],
                },
            ]
        )

    # -------------------------------------------------------------------------
    # Making data
    # -------------------------------------------------------------------------

    @classmethod
    def create_user(cls, login, groups, **values):
        """Make a user with exactly these groups.

        :param login: also the local part of the address
        :param groups: external ids, comma separated
        :return: the user
        """
        return (
            cls.env["res.users"]
            .with_context(**QUIET)
            .create(cls._values_of_user(login, groups, **values))
        )

    @classmethod
    def _values_of_user(cls, login, groups, **values):
        ids = [cls.env.ref(name.strip()).id for name in groups.split(",")]
        return {
            "login": login,
            "name": f"{login} ({groups})",
            "email": f"{login}@example.com",
            # Odoo wants eight signs.
            "password": login.ljust(8, "x"),
            "group_ids": [(6, 0, ids)],
            **({"tz": ZONE} if ZONE else {}),
            **values,
        }

    @classmethod
    def create_client(cls, name, user=None, company=None, **values):
        """Make a client with one contact person.

        :param user: his client manager; nobody by default
        :return: the firm
        """
        model = cls.env["res.partner"].with_company(company or cls.company)
        client = model.create({**cls._values_of_client(name, user), **values})
        model.create({"name": f"Директор {name}", "parent_id": client.id})
        return client

    @classmethod
    def _values_of_client(cls, name, user):
        return {
            "name": name,
            "is_company": True,
            "its_client": True,
            "its_kind": "company",
            "user_id": user.id if user else False,
        }

    @classmethod
    def create_subscription(cls, client, service=None, days=200, **values):
        """Subscribe a client from a hundred days ago on.

        :param days: how many days from today it goes on; ``None``: without an end
        :return: the subscription
        """
        return cls.env["its.subscription"].create(
            {
                **cls._values_of_subscription(client, service or cls.program, days),
                **values,
            }
        )

    @classmethod
    def _values_of_subscription(cls, client, service, days=200):
        today = cls.company._its_today()
        return {
            "partner_id": client.id,
            "service_id": service.id,
            "date_start": today - timedelta(days=100),
            "date_end": days is not None and today + timedelta(days=days),
        }

    @classmethod
    def contact_of(cls, client):
        return client.child_ids[:1]

    @classmethod
    def subscription_of(cls, client):
        return client.its_subscription_ids[:1]

    @classmethod
    def create_app(cls):
        """Another app: its group, which edits contacts and sees all of them.

        :return: the group
        """
        group = cls.env["res.groups"].create(
            {
                "name": "Торговля",
                "implied_ids": [(4, cls.env.ref("base.group_user").id)],
            }
        )
        cls.env["ir.model.access"].create(
            {
                "name": "Торговля: контакты",
                "model_id": cls.env.ref("base.model_res_partner").id,
                "group_id": group.id,
                "perm_read": True,
                "perm_write": True,
                "perm_create": True,
                "perm_unlink": False,
            }
        )
        rule = cls.env.ref("its_quality.res_partner_rule_other_apps")
        rule.groups += group
        return group

    @classmethod
    def create_rule(cls, name, groups, domain="[(1, '=', 1)]"):
        """A record rule of some other addon about contacts."""
        return cls.env["ir.rule"].create(
            {
                "name": name,
                "model_id": cls.env.ref("base.model_res_partner").id,
                "domain_force": domain,
                "groups": [(6, 0, groups.ids)],
            }
        )

    # -------------------------------------------------------------------------
    # Asking
    # -------------------------------------------------------------------------

    @contextmanager
    def undone(self):
        """Take back whatever the block writes, and start it with an empty cache."""
        registry = self.env.registry
        before = set(registry.cache_invalidated)
        registry.cache_invalidated.clear()
        try:
            with self.env.cr.savepoint() as savepoint:
                self.env.invalidate_all()
                yield
                savepoint.rollback()
        finally:
            # As at the end of a transaction that fails: what the registry has remembered
            # since was of what is taken back.
            if registry.cache_invalidated:
                registry.clear_cache(*registry.cache_invalidated)
            registry.cache_invalidated.update(before)

    @contextmanager
    def request_of(self, user):
        """Work as in a request of the user.

        Commands on contact persons run as whoever opened the transaction, not as
        whoever the record belongs to; in a test that is the superuser.
        """
        transaction = self.env.transaction
        opener = transaction.default_env
        self.env.invalidate_all()
        transaction.default_env = self.env(user=user)
        try:
            yield
        finally:
            transaction.default_env = opener

    def as_user(self, records, user):
        """The records as the user meets them in a request of his own: nothing in the
        cache that somebody else has read."""
        self.env.invalidate_all()
        return records.with_user(user)

    @classmethod
    def today(cls, days=0):
        return cls.company._its_today() + timedelta(days=days)

    @classmethod
    def working_day(cls, days=0):
        """The first working day that is so many days from today, or later."""
        day = cls.today(days)
        while not cls.company.resource_calendar_id._its_is_working(day):
            day += DAY
        return day

    def date(self, text):
        return fields.Date.to_date(text)


class SecurityCase(QualityCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.own = cls.subscription_of(cls.client_own)
        cls.foreign = cls.subscription_of(cls.client_colleague)
        cls.foreign.write({"contract_number": "СЕКРЕТ-1", "note": "СЕКРЕТ-2"})
        cls.reason = cls.env["its.cancellation.reason"].create({"name": "Закрылся"})

    def assert_denied(self, user, *attempts):
        """Each attempt, a function of nothing, raises AccessError or another UserError."""
        for number, attempt in enumerate(attempts):
            with (
                self.subTest(user=user.login, attempt=number),
                self.undone(),
                self.request_of(user),
                self.assertRaises(UserError),
            ):
                attempt()
                self.env.flush_all()


class OtherAppCase(QualityCase):
    """Another app of the firm: its group opens all cards to its users, who may edit them
    as those of a CRM may. ``both`` are users of each role who have it as well."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.app = cls.create_app()
        cls.least = cls.create_user("its_least", "its_quality.group_user")
        cls.both = {
            role: cls.create_user(f"its_{role}_app", groups)
            for role, groups in cls._roles().items()
        }
        for user in cls.both.values():
            user.group_ids += cls.app
        cls.env.flush_all()

    @classmethod
    def _roles(cls):
        names = ("client_manager", "quality_manager", "head", "administrator")
        roles = {name: f"its_quality.group_{name}" for name in names}
        return {
            **roles,
            "least": "its_quality.group_user",
            "employee": "base.group_user",
        }

    def __getitem__(self, name):
        return getattr(self, name)

    def client(self, scope, user):
        """The client that stands in this relation to the user."""
        client = self[f"client_{scope}"]
        if scope == "own" and client.user_id != user:
            client.user_id = user
        return client
