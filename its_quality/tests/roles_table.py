"""Who may do what: the one table that the tests check and that
``docs/en/administration.md`` shows.

Plain data, so that whatever has no Odoo at hand can read it, too.
"""

ROLES = {
    "client_manager": "Client manager",
    "quality_manager": "Quality manager",
    "head": "Head of team",
    "administrator": "Administrator",
    "employee": "Employee without a role",
    "portal": "Portal",
}

# Letter in the table, what it means in words.
OPERATIONS = {
    "r": "read",
    "k": "edit contacts",
    "w": "edit",
    "c": "create",
    "d": "delete",
}

# Whose client it is, seen from the user who acts. The client of a team's services
# belongs to somebody else; the other three are not of the services of his team.
SCOPES = {
    "own": "own",
    "unassigned": "without a manager",
    "colleague": "of a colleague",
    "team": "of the team's services",
}

# Model, scope, title, then a cell for each role in the order of ROLES. «k» is how to
# reach the client and what he allowed us; «w» includes it.
ROWS = (
    ("res.partner", "own", "Clients", "rwc", "rwc", "", "rwcd", "r", ""),
    ("res.partner", "unassigned", "Clients", "rwc", "rwc", "", "rwcd", "r", ""),
    ("res.partner", "colleague", "Clients", "", "rkc", "", "rwcd", "r", ""),
    ("res.partner", "team", "Clients", "", "rkc", "r", "rwcd", "r", ""),
    ("contact", "own", "Contact persons", "rwc", "rwc", "", "rwcd", "r", ""),
    ("contact", "unassigned", "Contact persons", "rwc", "rwc", "", "rwcd", "r", ""),
    ("contact", "colleague", "Contact persons", "", "rwc", "", "rwcd", "r", ""),
    ("contact", "team", "Contact persons", "", "rwc", "r", "rwcd", "r", ""),
    ("its.subscription", "own", "Subscriptions", "rwc", "rwc", "", "rwcd", "", ""),
    (
        "its.subscription",
        "unassigned",
        "Subscriptions",
        "rwc",
        "rwc",
        "",
        "rwcd",
        "",
        "",
    ),
    ("its.subscription", "colleague", "Subscriptions", "", "r", "", "rwcd", "", ""),
    ("its.subscription", "team", "Subscriptions", "", "r", "r", "rwcd", "", ""),
    (
        "its.subscription.cancel",
        "own",
        "Cancelling a subscription",
        "rwcd",
        "rwcd",
        "",
        "rwcd",
        "",
        "",
    ),
    ("its.client.risk", "own", "Signs of risk", "r", "r", "", "r", "", ""),
    ("its.client.risk", "unassigned", "Signs of risk", "r", "r", "", "r", "", ""),
    ("its.client.risk", "colleague", "Signs of risk", "", "r", "", "r", "", ""),
    ("its.client.risk", "team", "Signs of risk", "", "r", "r", "r", "", ""),
    ("its.interaction", "own", "Interactions", "rwc", "rwc", "", "rwcd", "", ""),
    ("its.interaction", "unassigned", "Interactions", "rwc", "rwc", "", "rwcd", "", ""),
    ("its.interaction", "colleague", "Interactions", "", "rwc", "", "rwcd", "", ""),
    ("its.interaction", "team", "Interactions", "", "rwc", "r", "rwcd", "", ""),
    ("mail.activity", "own", "Planned calls", "rwcd", "rwcd", "", "rwcd", "", ""),
    (
        "mail.activity",
        "unassigned",
        "Planned calls",
        "rwcd",
        "rwcd",
        "",
        "rwcd",
        "",
        "",
    ),
    ("mail.activity", "colleague", "Planned calls", "", "rwcd", "", "rwcd", "", ""),
    ("mail.activity", "team", "Planned calls", "", "rwcd", "r", "rwcd", "", ""),
    ("its.cadence", None, "Cadences of calls", "r", "r", "r", "rwcd", "", ""),
    (
        "asking cadence",
        None,
        "Cadences that ask a questionnaire",
        "r",
        "rwc",
        "r",
        "rwcd",
        "",
        "",
    ),
    ("its.wish", None, "Client wishes", "rc", "rc", "r", "rwcd", "", ""),
    ("its.service", None, "Services and programs", "r", "r", "r", "rwcd", "", ""),
    ("its.team", None, "Teams", "r", "r", "r", "rwcd", "", ""),
    (
        "its.cancellation.reason",
        None,
        "Cancellation reasons",
        "r",
        "r",
        "r",
        "rwcd",
        "",
        "",
    ),
    ("its.client.making", None, "Contacts made clients", "", "", "", "rwc", "", ""),
    ("its.import", None, "Imports", "", "", "", "rwcd", "", ""),
    ("its.import.source", None, "Import sources", "", "", "", "rwcd", "", ""),
    ("its.import.column", None, "Columns of an import", "", "", "", "rwcd", "", ""),
    (
        "its.import.contract",
        None,
        "Kinds of contracts in 1C",
        "",
        "",
        "",
        "rwd",
        "",
        "",
    ),
    ("its.import.line", None, "Rows of an import", "", "", "", "rw", "", ""),
    ("its.import.snapshot", None, "Last imported values", "", "", "", "r", "", ""),
    ("its.user.import", None, "Users from 1C", "", "", "", "rwcd", "", ""),
    ("its.user.import.line", None, "Rows of users from 1C", "", "", "", "rw", "", ""),
    ("its.user.link", None, "Links of infobase users", "", "", "", "r", "", ""),
    ("its.onec.connection", None, "Connections to 1C", "", "", "", "rwcd", "", ""),
    ("its.onec.object", None, "Objects in 1C", "", "", "", "r", "", ""),
    ("survey.survey", None, "Questionnaires", "r", "rwc", "r", "rwcd", "", ""),
    ("survey.question", None, "Questions", "r", "rwcd", "r", "rwcd", "", ""),
    (
        "survey.question.answer",
        None,
        "Options of a question",
        "r",
        "rwcd",
        "r",
        "rwcd",
        "",
        "",
    ),
    ("survey.user_input", "own", "Responses", "r", "r", "", "rwcd", "", ""),
    ("survey.user_input", "unassigned", "Responses", "r", "r", "", "rwcd", "", ""),
    ("survey.user_input", "colleague", "Responses", "", "r", "", "rwcd", "", ""),
    ("survey.user_input", "team", "Responses", "", "r", "r", "rwcd", "", ""),
    ("survey.user_input.line", "own", "Answers", "r", "r", "", "rwcd", "", ""),
    ("survey.user_input.line", "unassigned", "Answers", "r", "r", "", "rwcd", "", ""),
    ("survey.user_input.line", "colleague", "Answers", "", "r", "", "rwcd", "", ""),
    ("survey.user_input.line", "team", "Answers", "", "r", "r", "rwcd", "", ""),
    # «w» is what the client said, before the claim is dispatched; what the others fill
    # in at their stage is tested with the workflow.
    ("its.claim", "own", "Claims", "rc", "rwc", "", "rwc", "", ""),
    ("its.claim", "unassigned", "Claims", "rc", "rwc", "", "rwc", "", ""),
    ("its.claim", "colleague", "Claims", "", "rwc", "", "rwc", "", ""),
    ("its.claim", "team", "Claims", "", "rwc", "r", "rwc", "", ""),
    ("its.claim.movement", "own", "Movements of claims", "r", "r", "", "r", "", ""),
    (
        "its.claim.movement",
        "unassigned",
        "Movements of claims",
        "r",
        "r",
        "",
        "r",
        "",
        "",
    ),
    (
        "its.claim.movement",
        "colleague",
        "Movements of claims",
        "",
        "r",
        "",
        "r",
        "",
        "",
    ),
    ("its.claim.movement", "team", "Movements of claims", "", "r", "r", "r", "", ""),
    ("its.claim.stage", None, "Claim stages", "r", "r", "r", "rwcd", "", ""),
    ("its.connect", None, "Connections of 1C-Connect", "", "", "", "rwcd", "", ""),
    ("its.phone.connection", None, "Telephone connections", "", "", "", "rwcd", "", ""),
    ("its.phone.extension", None, "Telephone extensions", "", "", "", "rwcd", "", ""),
    ("its.phone.call", "own", "Telephone calls", "r", "r", "", "r", "", ""),
    ("its.phone.call", "unassigned", "Telephone calls", "r", "r", "", "r", "", ""),
    ("its.phone.call", "colleague", "Telephone calls", "", "r", "", "r", "", ""),
    ("its.phone.call", "team", "Telephone calls", "", "r", "r", "r", "", ""),
    ("its.claim.problem", None, "Problems", "r", "r", "r", "rwcd", "", ""),
    ("its.letter", None, "E-mails set aside", "", "r", "", "r", "", ""),
    ("its.consent", None, "Consents", "", "r", "", "r", "", ""),
    ("its.personal.request", None, "Personal data requests", "", "r", "", "r", "", ""),
)


def cells():
    """Go through the table cell by cell.

    :return: an iterator of ``(role, model, scope, operations)``, the last a string
        of letters of ``OPERATIONS``
    """
    for model, scope, _title, *row in ROWS:
        for role, letters in zip(ROLES, row, strict=True):
            yield role, model, scope, letters


def to_markdown():
    """The table as ``docs/en/administration.md`` shows it.

    :return: lines of a markdown table, joined
    """
    lines = [["", *ROLES.values()], ["---"] * (len(ROLES) + 1)]
    for _model, scope, title, *row in ROWS:
        name = f"{title}: {SCOPES[scope]}" if scope else title
        words = [
            ", ".join(OPERATIONS[letter] for letter in letters) or "–"
            for letters in row
        ]
        lines.append([name, *words])
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)
