from odoo.exceptions import UserError
from odoo.tests import TransactionCase, tagged

# Whatever comes by RPC.
STRANGE = {
    bool: ["1", [1], {"a": 1}],
    int: ["1", [1], {"a": 1}],
    str: [1, ["a"], {"a": 1}],
    dict: ["a", [1], 7],
}


@tagged("post_install", "-at_install")
class TestGiven(TransactionCase):
    """Public methods of pages refuse in words what is of another kind than they take."""

    def test_other_kinds(self):
        found = 0
        for model in ("its.survey.results", "its.dashboard", "its.call.desk"):
            for name in dir(self.registry[model]):
                method = getattr(self.registry[model], name)
                for argument, kind in getattr(method, "its_takes", {}).items():
                    for value in STRANGE[kind]:
                        with (
                            self.subTest(model, name=name, argument=argument),
                            self.assertRaisesRegex(UserError, "out of date"),
                        ):
                            getattr(self.env[model], name)(
                                **{**self.others(method, argument), argument: value}
                            )
                        found += 1
        self.assertGreater(found, 30)

    def others(self, method, argument):
        """Nothing for all other arguments."""
        return dict.fromkeys(method.its_takes.keys() - {argument})

    def test_empty_of_another_kind_is_nothing(self):
        desk = self.env["its.call.desk"].with_user(self.env.ref("base.user_admin"))
        self.assertEqual(
            desk.get_queue(service="", search=[])["calls"], desk.get_queue()["calls"]
        )
