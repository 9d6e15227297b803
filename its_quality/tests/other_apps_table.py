"""What a user may do with the card of a client, alone and with a group of another app: the
one table that the tests check and that ``docs/en/administration.md`` shows.

Plain data, so that whatever has no Odoo at hand can read it, too.
"""

SCOPES = {
    "own": "Own",
    "unassigned": "Without a manager",
    "colleague": "Of a colleague",
    "team": "Of the team's services",
}

# Letter in the table, what is done: read the card, write how to reach the client, the
# name, the manager, a field of ours, archive it.
OPERATIONS = {
    "r": "read",
    "k": "contacts",
    "n": "name",
    "m": "manager",
    "o": "ours",
    "a": "archive",
}
NOTHING, READ, CONTACTS, APP, ALL = "", "r", "rk", "rkn", "rknmoa"
PHRASES = {
    NOTHING: "–",
    READ: "read",
    CONTACTS: "read, edit contacts",
    APP: "read, edit as the app lets",
    ALL: "read, edit",
}

# Role, its title, then for each of SCOPES what it may do.
ALONE = (
    ("client_manager", "Client manager", ALL, ALL, NOTHING, NOTHING),
    ("quality_manager", "Quality manager", ALL, ALL, CONTACTS, CONTACTS),
    ("head", "Head of team", NOTHING, NOTHING, NOTHING, READ),
    ("administrator", "Administrator", ALL, ALL, ALL, ALL),
    ("least", "Responsible for claims only", NOTHING, NOTHING, NOTHING, NOTHING),
    ("employee", "Employee without a role", READ, READ, READ, READ),
)
WITH_APP = (
    ("client_manager", "Client manager", ALL, ALL, APP, APP),
    ("quality_manager", "Quality manager", ALL, ALL, APP, APP),
    ("head", "Head of team", APP, APP, APP, APP),
    ("administrator", "Administrator", ALL, ALL, ALL, ALL),
    ("least", "Responsible for claims only", APP, APP, APP, APP),
    ("employee", "Employee without a role", APP, APP, APP, APP),
)


def cells():
    """Go through the table cell by cell.

    :return: an iterator of ``(role, with_app, scope, operations)``
    """
    for with_app, rows in ((False, ALONE), (True, WITH_APP)):
        for role, _title, *row in rows:
            for scope, letters in zip(SCOPES, row, strict=True):
                yield role, with_app, scope, letters


def to_markdown():
    """The table as ``docs/en/administration.md`` shows it.

    :return: lines of a markdown table, joined
    """
    lines = [["Clients", *SCOPES.values()], ["---"] * (len(SCOPES) + 1)]
    for (_role, title, *alone), (_same, _title, *with_app) in zip(
        ALONE, WITH_APP, strict=True
    ):
        lines.append([title, *(PHRASES[letters] for letters in alone)])
        if alone != with_app:
            lines.append(
                [
                    f"{title}, with another app",
                    *(PHRASES[letters] for letters in with_app),
                ]
            )
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)
