"""What a person waits for as the firm grows: at ten times the clients, with ten times the
talks and claims, beside the same at 20 000 clients.

Whatever is read is read as its user does, without superuser rights. The seconds required
are those of two cores.
"""

from __future__ import annotations

from .. import filling_firm, screens
from ..case import Case, Limit, Part
from ..figures import Meter, median_of

FEW, MANY = 20_000, 200_000
PAGE, MOST_COUNTED = 80, 10_001
CLIENTS = "its_quality.its_client_view_list"
# As its menu has it.
OF_THE_MENU = [
    ("its_client", "=", True),
    "|",
    ("parent_id", "=", False),
    ("is_company", "=", True),
]
# What client 4241 answers to.
TYPED = ("4241", "7700004241", "912 4241", "client4241.")
# Whose client that is; the first one is head of the team as well.
MANAGER = "bench2"
RISKS = 100_000


def dashboard(env, period, of_team=False):
    """All figures of a period, for a quality manager.

    :param of_team: of the team that has all clients, instead of all teams
    """

    def read():
        own = _as(env, "bench0")
        team_id = own["its.team"].search([], limit=1, order="id desc").id
        own["its.dashboard"].get_figures(period, team_id if of_team else None)

    return _grown(env, read)


def clients(env):
    """The first page of the clients of a manager, as the menu opens it."""
    return _grown(env, lambda: _list_of_clients(env, []))


def search(env):
    """Typing something into the search of that page: a name, a number, an address."""
    reads = [
        lambda words=words: _list_of_clients(env, _typed(words)) for words in TYPED
    ]
    return _grown(env, *reads)


def last(env):
    """The first page of the last contacts, the longest silence first."""
    return _grown(env, lambda: _last_contacts(env))


def late(env):
    """The hourly look at late claims, when nothing has changed."""
    return _grown(env, lambda: env["its.claim"]._cron_watch())


def risk(env, clients):
    """A night that finds the signs of risk of all clients for the first time."""
    filling_firm.people(env)
    filling_firm.grow(env, clients)
    first, second = Meter(env.cr), Meter(env.cr)
    with first:
        env["its.client.risk"]._cron_look()
    env.cr.execute("UPDATE res_company SET its_risk_seen_on = NULL")
    env.invalidate_all()
    with second:
        env["its.client.risk"]._cron_look()
    found = env["its.client.risk"].search_count([])
    assert found > clients // 100, found
    return {"ours": first.seconds, "peer": second.seconds, "rows": clients}


def _grown(env, *reads):
    """Read at few clients and at many, as a server does that has been running; of
    several reads the slowest counts."""
    filling_firm.people(env)
    filling_firm.grow(env, FEW)
    peer = max(median_of(env, read)[0] for read in reads)
    filling_firm.grow(env, MANY, first=FEW + 1)
    ours = max(median_of(env, read)[0] for read in reads)
    return {"ours": ours, "peer": peer, "rows": MANY, "grown": ours / peer}


# -----------------------------------------------------------------------------
# Reading
# -----------------------------------------------------------------------------


def _as(env, login):
    user = env["res.users"].search([("login", "=", login)])
    return env(user=user.id, su=False)


def _list_of_clients(env, domain):
    own = _as(env, MANAGER)
    spec = screens.specification(own, "res.partner", "list", CLIENTS)
    found = own["res.partner"].web_search_read(
        [*OF_THE_MENU, *domain],
        spec,
        limit=PAGE,
        count_limit=MOST_COUNTED,
    )
    assert found["records"], domain


def _typed(words):
    """What the page asks for when words are typed into its search."""
    return [("its_known_by", "ilike", words)]


def _last_contacts(env):
    report = _as(env, "bench0")["its.contact.report"]
    spec = screens.specification(report.env, report._name, "list")
    found = report.web_search_read([], spec, limit=PAGE, count_limit=MOST_COUNTED)
    assert len(found["records"]) == PAGE


def _case(name, what, function, at_most, **arguments):
    return Case(
        f"grow.{name}",
        f"{what}, at {MANY} clients",
        "s",
        (Part(function, arguments=arguments),),
        f"{FEW} clients",
        (Limit("ours", at_most=at_most),),
    )


CASES = (
    _case("dashboard", "the dashboard of a month", dashboard, 1, period="month"),
    _case("dashboard.year", "the dashboard of a year", dashboard, 2, period="year"),
    _case(
        "dashboard.team",
        "the dashboard of a month, of one team",
        dashboard,
        1,
        period="month",
        of_team=True,
    ),
    _case("clients", "the list of the clients of a manager", clients, 0.1),
    _case("search", "searching it by a name, an ИНН, a phone, an e-mail", search, 0.1),
    _case("last", "a page of the last contacts", last, 0.05),
    _case("late", "an hour in which no claim has become late", late, 1),
    Case(
        "risk.100k",
        "the signs of risk of 100 000 clients, found for the first time",
        "s",
        (Part(risk, arguments={"clients": RISKS}),),
        "the next night",
        (Limit("ours", at_most=60),),
    ),
)
