from collections import Counter, defaultdict

from odoo.tests import TransactionCase, tagged

OURS = "its_quality"
# What Odoo keeps of the code of all addons that take part in a model.
SHARED = (
    "ir.model",
    "ir.model.constraint",
    "ir.model.fields",
    "ir.model.fields.selection",
    "ir.model.inherit",
    "ir.model.relation",
)


def _module_of(cls):
    """Return the addon that a class is written in; Odoo's own core is `base`."""
    parts = cls.__module__.split(".")
    return parts[2] if parts[:2] == ["odoo", "addons"] else "base"


@tagged("post_install", "-at_install", "neighbours")
class TestNeighbours(TransactionCase):
    """Nothing of ours has a name that an addon has given to something else, one that we
    know nothing of: which ones are installed is up to whoever runs this."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        modules = cls.env["ir.module.module"]
        ours = modules.search([("name", "=", OURS)])
        # What we build on may be extended under the name that it has there.
        cls.known = set(ours.upstream_dependencies(exclude_states=("",)).mapped("name"))
        cls.known |= {"base"}
        installed = modules.search([("state", "=", "installed")])
        cls.others = set(installed.mapped("name")) - cls.known - {OURS}

    def test_fields_and_methods(self):
        clashes, seen = set(), 0
        for name, model in self.registry.items():
            owners = defaultdict(set)
            for cls in model.mro():
                # Odoo gathers in classes of its own what the addons have written.
                if vars(cls).get("pool") is None:
                    for attribute in vars(cls):
                        owners[attribute].add(_module_of(cls))
            for attribute, modules in owners.items():
                if OURS not in modules or modules & self.known:
                    continue
                seen += 1
                if modules & self.others:
                    clashes.add((name, attribute, *sorted(modules & self.others)))
        self.assertGreater(seen, 1000)
        self.assertFalse(sorted(clashes))

    def test_models(self):
        ours = {
            name
            for name, model in self.registry.items()
            if model._original_module == OURS
        }
        self.assertGreater(len(ours), 20)
        strangers = [
            name
            for name in self.registry
            if name.startswith("its.") and name not in ours
        ]
        self.assertFalse(strangers)

    def test_records(self):
        """No other addon has a name of its own for a record of ours, or takes our name."""
        data = self.env["ir.model.data"].search([("model", "not in", SHARED)])
        modules = defaultdict(set)
        for one in data:
            modules[one.model, one.res_id].add(one.module)
        ours = [key for key, names in modules.items() if OURS in names]
        self.assertGreater(len(ours), 200)
        shared = [
            (key, sorted(modules[key] - {OURS}))
            for key in ours
            if modules[key] & self.others
        ]
        self.assertFalse(shared)

    def test_menus(self):
        """Whoever has all apps finds no two menus of one name in one place."""
        menus = self.env["ir.ui.menu"].with_context(**{"ir.ui.menu.full_list": True})
        data = self.env["ir.model.data"].search(
            [("model", "=", "ir.ui.menu"), ("module", "=", OURS)]
        )
        ours = menus.browse(data.mapped("res_id"))
        self.assertGreater(len(ours), 10)
        for lang, _name in self.env["res.lang"].get_installed():
            places = Counter(
                (menu.parent_id.id, menu.name)
                for menu in menus.with_context(lang=lang).search([])
            )
            twice = [
                menu.complete_name
                for menu in ours.with_context(lang=lang)
                if places[menu.parent_id.id, menu.name] > 1
            ]
            self.assertFalse(twice)

    def test_addresses(self):
        """What a page of ours is asked for at, no other controller answers."""
        answers = defaultdict(list)
        for rule in self.env["ir.http"].routing_map().iter_rules():
            controller = type(rule.endpoint.func.__self__)
            answers[rule.rule].append({_module_of(cls) for cls in controller.mro()})
        ours = [
            address
            for address, controllers in answers.items()
            if any(OURS in modules for modules in controllers)
        ]
        self.assertGreater(len(ours), 10)
        twice = {
            address: [sorted(modules & self.others) for modules in answers[address]]
            for address in ours
            if len(answers[address]) > 1
            and any(modules & self.others for modules in answers[address])
        }
        self.assertFalse(twice)
