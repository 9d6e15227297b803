"""What a card that another app opens tells of the records that stay closed: the same as
that of a client about whom there are none, by whichever field and way somebody asks."""

from psycopg2 import ProgrammingError

from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger

from . import tier
from .common import QUIET
from .test_roles import RolesCase
from .test_security_other_apps import STAFF, OpenCards

# Of these a client with records has some, by which the other one is told from them.
TELLING = {
    "its_claim_count",
    "its_claim_ids",
    "its_interaction_count",
    "its_interaction_ids",
    "its_last_contact",
    "its_last_interaction_id",
    "its_last_talk",
    "its_next_contact",
    "its_open_claim_ids",
    "its_planned_call_ids",
    "its_response_count",
    "its_risk",
    "its_risk_ids",
    "its_risk_level",
    "its_running_ids",
    "its_service_ids",
    "its_subscription_count",
    "its_subscription_ids",
    "its_timeline",
}
STORED = (
    "its_last_contact",
    "its_last_interaction_id",
    "its_next_contact",
    "its_risk_level",
)
DATES = ("date", "datetime")
# Of some fields Odoo makes no sum, no order and no condition.
REFUSED = (AccessError, UserError, ValueError, NotImplementedError, ProgrammingError)


@tagged("post_install", "-at_install")
class TestFieldsBesideOpenCards(OpenCards, RolesCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.full = cls.client_colleague
        cls.empty = cls.create_client(cls.full.name, user=cls.colleague)
        cls.both = cls.full + cls.empty
        cls.empty.its_name_key = cls.full.its_name_key
        cls.full.its_interaction_ids.write({"outcome": "reached", "summary": "СЕКРЕТ"})
        responses = cls.env["survey.user_input"]
        responses.search([("its_client_id", "=", cls.full.id)]).state = "done"
        for role in STAFF:
            getattr(cls, role).group_ids += cls.env.ref("base.group_allow_export")
        cls.env.flush_all()
        cls.full._update_its_contacts()
        risks = cls.env["its.client.risk"].sudo()
        risks._store_levels(cls.company, risks._changed(cls.company))
        cls.users = cls.env["res.users"]
        for number, client in enumerate(cls.both):
            cls.users += new_test_user(
                cls.env,
                f"its_signed_up_{number}",
                groups="base.group_portal",
                name=client.name,
                partner_id=client.id,
                context=QUIET,
            )

    def conditions(self, records, name):
        """Each kind of condition on a field, with the values of the full one."""
        field = records._fields[name]
        value = records[:1].sudo()[name]
        yield [(name, "!=", False)]
        yield [(name, "=", False)]
        if not field.relational:
            yield [(name, "=", value)]
            yield [(name, "in", [value, False])]
            return
        yield [(name, "in", value.ids)]
        yield [(name, "not in", value.ids)]
        yield [(name, "in", [*value.ids, False])]
        yield [(name, "any", [("id", "in", value.ids)])]
        yield [(name, "not any", [])]
        yield [(name, "ilike", value[:1].display_name)]
        for other, to in sorted(value._fields.items()):
            if to.store and not to.relational and to.type not in ("json", "binary"):
                yield [(f"{name}.{other}", "!=", False)]

    def ways(self, records, name):
        """What can be asked of both by a field.

        :return: an iterator of pairs: how it is asked, and a function that gives two
            values, alike if nothing tells which of them is the full one
        """
        both = [("id", "in", records.ids)]
        yield "read", lambda: [row[name] for row in records.read([name])]
        yield "web_read", lambda: [row[name] for row in records.web_read({name: {}})]
        yield "export", lambda: records.export_data([name])["datas"]
        for domain in self.conditions(records, name):
            yield (
                f"search {domain}",
                lambda domain=domain: [
                    record in records.search([*both, *domain]) for record in records
                ],
            )
        # Of those that are alike the first is the first, both ways.
        yield (
            "order",
            lambda: [
                records.search(both, order=f"{name} {way}, id").ids
                for way in ("asc", "desc")
            ],
        )
        by = f"{name}:month" if records._fields[name].type in DATES else name
        yield (
            "group",
            lambda: [
                len(records.formatted_read_group(both, [by], ["__count"])),
                1,
            ],
        )
        for total in ("count", "count_distinct", "min", "max", "array_agg"):
            yield (
                total,
                lambda total=total: [
                    row[f"{name}:{total}"]
                    for row in records.formatted_read_group(
                        both, ["id"], [f"{name}:{total}"]
                    )
                ],
            )

    def told(self, records):
        """By which fields, and how, somebody can tell both clients apart.

        :return: a dictionary of lists
        """
        told = {}
        for name in sorted(self.full._its_own_fields()):
            for how, ask in self.ways(records, name):
                records.env.invalidate_all()
                try:
                    with self.env.cr.savepoint(), mute_logger("odoo.sql_db"):
                        one, other = ask()
                except REFUSED:
                    continue
                if one != other:
                    told.setdefault(name, []).append(how)
        return told

    def test_both_look_alike(self):
        """In full, also when asked of the portal users of both."""
        ways = [(self.both, "client_manager")]
        if tier.is_all():
            ways += [(self.both, "head"), (self.users, "client_manager")]
        for records, role in ways:
            with self.subTest(model=records._name, role=role):
                self.assertEqual(self.told(records.with_user(self[role])), {})

    def test_nothing_is_alike_to_whose_role_opens_it(self):
        """Else the other test is void."""
        told = self.told(self.both.with_user(self.quality_manager))
        self.assertEqual(told.keys(), TELLING)
        for name in STORED:
            self.assertLessEqual(
                {"read", "export", "order", "group", "max"}, {*told[name]}
            )
