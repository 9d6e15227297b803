"""The mark of what our own code writes, in a user's name, where the user may not.

Some steps run in the name of a user, whose rights are checked, and yet keep account
of themselves in fields that nobody sets manually: the state of an import, its counters.
They say so in the context by an object. Whatever comes from outside is text and numbers,
so nobody can send it; as :class:`odoo.api.Environment` hands the context on, it holds
for all that such a step does.
"""

KEY = "its_by_code"
_MARK = object()


def by_code(records):
    """These records, for a step of our own code.

    :param records: as the step has got them
    :return: the same, whose kept fields may be written
    """
    return records.with_context(**{KEY: _MARK})


def is_by_code(env):
    """Whether the superuser or a step of our own code is at work, and no caller."""
    return env.su or env.context.get(KEY) is _MARK
