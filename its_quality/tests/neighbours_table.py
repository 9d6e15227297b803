"""What users of real other apps do for their own clients and for those of a colleague,
with each role of ours and without any: the one table that the tests check and that
``docs/en/administration.md`` shows.

Plain data, so that whatever has no Odoo at hand can read it, too.
"""

# Our name of the app, the group of its users, the title.
APPS = (
    ("none", None, "No other app"),
    ("sales_own", "sales_team.group_sale_salesman", "Sales, own documents"),
    ("sales_all", "sales_team.group_sale_salesman_all_leads", "Sales, all documents"),
    ("invoicing", "account.group_account_invoice", "Invoicing"),
    ("project", "project.group_project_user", "Project"),
    ("helpdesk", "helpdesk_mgmt.group_helpdesk_user", "Helpdesk of the OCA"),
    ("website", "website.group_website_restricted_editor", "Website"),
)
TITLES = {app: title for app, _group, title in APPS}

# What is done, the model that it needs, the title. A document is opened, made and
# discussed; more of it says ``do_…`` of the test.
STEPS = (
    ("card", "res.partner", "Open the card"),
    ("edit", "res.partner", "Edit contacts"),
    ("message", "res.partner", "Write a message"),
    ("lead", "crm.lead", "Lead"),
    ("order", "sale.order", "Order"),
    ("invoice", "account.move", "Invoice"),
    ("task", "project.task", "Task"),
    ("ticket", "helpdesk.ticket", "Ticket"),
)

WHOSE = ("own", "colleague")
NOBODY, OWN, ANY = (), ("own",), WHOSE
PHRASES = {NOBODY: "–", OWN: "own clients", ANY: "any client"}

WRITERS = ("client_manager", "quality_manager", "administrator")
READERS = ("head", "employee")
EVERYBODY = (*WRITERS, *READERS)
WHO = {
    ("client_manager",): "Client manager",
    ("quality_manager", "administrator"): "Quality manager, administrator",
    ("head",): "Head of team",
    ("employee",): "Employee without a role",
    WRITERS: "Client manager, quality manager, administrator",
    READERS: "Head of team, or no role",
    EVERYBODY: "Any role, or none",
}

# The app, who, whose clients each of STEPS is done for; none where it ends early.
ROWS = (
    ("none", ("client_manager",), OWN, OWN, OWN),
    ("none", ("quality_manager", "administrator"), ANY, ANY, ANY),
    ("none", ("head",)),
    ("none", ("employee",), ANY),
    ("sales_own", EVERYBODY, ANY, ANY, ANY, ANY, ANY),
    ("sales_all", EVERYBODY, ANY, ANY, ANY, ANY, ANY),
    ("invoicing", WRITERS, ANY, ANY, ANY, NOBODY, NOBODY, ANY),
    ("invoicing", READERS, ANY, NOBODY, NOBODY, NOBODY, NOBODY, ANY),
    ("project", WRITERS, ANY, ANY, ANY, NOBODY, NOBODY, NOBODY, ANY),
    ("project", READERS, ANY, NOBODY, NOBODY, NOBODY, NOBODY, NOBODY, ANY),
    ("helpdesk", WRITERS, ANY, ANY, ANY, *[NOBODY] * 4, ANY),
    ("helpdesk", READERS, ANY, *[NOBODY] * 6, ANY),
    ("website", WRITERS, ANY, ANY, ANY),
    ("website", READERS, ANY),
)


def _of_steps(row):
    """The cells of a row, one for each of STEPS."""
    return [*row, *[NOBODY] * (len(STEPS) - len(row))]


def cells():
    """Go through the table cell by cell.

    :return: an iterator of ``(app, role, step, whose)``
    """
    for app, roles, *row in ROWS:
        for role in roles:
            for (step, _model, _title), whose in zip(
                STEPS, _of_steps(row), strict=True
            ):
                yield app, role, step, whose


def to_markdown():
    """The table as ``docs/en/administration.md`` shows it.

    :return: lines of a markdown table, joined
    """
    head = ["Other app", "Role", *(title for _step, _model, title in STEPS)]
    lines = [head, ["---"] * len(head)]
    for app, roles, *row in ROWS:
        words = [PHRASES[whose] for whose in _of_steps(row)]
        lines.append([TITLES[app], WHO[roles], *words])
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)
