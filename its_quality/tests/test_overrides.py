from odoo.tests import TransactionCase, tagged

# What Odoo's decorators leave on a method; whoever overrides it without them takes it off.
MARKS = ("_api_model", "_readonly")


@tagged("post_install", "-at_install")
class TestOverrides(TransactionCase):
    """A method of Odoo that we override can still be called as it is: a page calls those
    marked as of the model without ids."""

    def test_marks_are_kept(self):
        lost, seen = [], 0
        for model in self.registry.values():
            classes = model.mro()
            for place, ours in enumerate(classes):
                if not ours.__module__.startswith("odoo.addons.its_quality."):
                    continue
                for name, method in vars(ours).items():
                    theirs = next(
                        (
                            vars(one)[name]
                            for one in classes[place + 1 :]
                            if name in vars(one)
                        ),
                        None,
                    )
                    if not callable(theirs) or not callable(method):
                        continue
                    seen += 1
                    lost += [
                        f"{ours.__module__}.{name}: {mark}"
                        for mark in MARKS
                        if getattr(theirs, mark, None) != getattr(method, mark, None)
                    ]
        self.assertGreater(seen, 100)
        self.assertFalse(sorted(set(lost)))
