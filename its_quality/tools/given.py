"""What a public method is given: of the kind that it takes, or refused in words.

Anybody may call it by RPC with anything; a page that is out of date does so, too.
"""

import functools
import inspect

from odoo.exceptions import UserError


def takes(**kinds):
    """Let a public method refuse arguments of another kind. What is empty is taken for
    nothing, whatever its kind.

    :param kinds: ``name of an argument=type``
    """

    def decorate(method):
        signature = inspect.signature(method)

        @functools.wraps(method)
        def checked(self, *args, **kwargs):
            given = signature.bind(self, *args, **kwargs)
            for name, value in given.arguments.items():
                if isinstance(value, kinds.get(name, object)):
                    continue
                if value:
                    raise UserError(
                        self.env._("The page is out of date. Reload it, please.")
                    )
                given.arguments[name] = None
            return method(*given.args, **given.kwargs)

        # For tests: which arguments are checked.
        checked.its_takes = kinds
        return checked

    return decorate
