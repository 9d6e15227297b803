"""The dashboard, beside the SQL it is made of, and the price of a printed page.

What the dashboard asks of the database is listened to, and asked again without Odoo.
"""

from __future__ import annotations

import contextlib
import io
from datetime import date, timedelta

from .. import filling, filling_reports
from ..case import Case, Limit, Part
from ..figures import Meter, median_of
from . import claims_opened

# Rows of a sheet of about five pages, and of about fifty.
FEW, MANY = 75, 1000


def dashboard(env):
    """Read all figures of the page, of the last month."""
    claims_opened.fill_clients(env, filling_reports.CLIENTS)
    filling_reports.interactions(env, 10_000, first=True)
    filling_reports.interactions(env, 990_000, first=False)
    filling_reports.responses(env, 500, first=True)
    filling_reports.responses(env, 49_500, first=False)
    claims_opened.fill_claims(env, 200_000, on_their_way=1000)
    user = env["res.users"].search([("login", "=", "bench0")])
    page = env(user=user.id, su=False)["its.dashboard"]
    ours, queries = median_of(env, page.get_figures)
    with _listening(env) as heard:
        page.get_figures()
    peer, _queries = median_of(env, lambda: _ask(env, heard))
    return {"ours": ours, "peer": peer, "queries": queries, "rows": 1_000_000}


def printed(env, report):
    """Print a sheet of some pages and one of many; what a page of each costs."""
    filling.users(env, "quality_manager", 2)
    filling.clients(env, 1000)
    filling_reports.interactions(env, MANY, first=True)
    per_page = [_price_of_a_page(env, report, rows) for rows in (FEW, MANY)]
    return {"peer": per_page[0], "ours": per_page[1], "rows": MANY}


def _price_of_a_page(env, report, rows):
    from pypdf import PdfReader

    user = env["res.users"].search([("login", "=", "bench0")])
    reader = env(user=user.id, su=False)
    ids = reader["its.interaction.report"].search([], limit=rows).ids
    dialog = reader["its.report.print"].create(
        {
            "report": report,
            "date_from": date.today() - timedelta(days=60),
            "row_ids": ids,
        }
    )
    action = reader.ref(f"its_quality.its_report_print_{report}")
    env.cr.commit()
    meter = Meter()
    with meter:
        content, _kind = action.sudo()._render_qweb_pdf(action.report_name, dialog.ids)
    return meter.seconds / len(PdfReader(io.BytesIO(content)).pages)


@contextlib.contextmanager
def _listening(env):
    """Keep what is asked of the database meanwhile."""
    heard = []
    cursor = type(env.cr)
    execute = cursor.execute

    def listen(self, query, params=None, **options):
        told = execute(self, query, params, **options)
        heard.append(self._obj.query)
        return told

    cursor.execute = listen
    try:
        yield heard
    finally:
        cursor.execute = execute


def _ask(env, heard):
    for query in heard:
        env.cr._obj.execute(query)
        if env.cr._obj.description:
            env.cr._obj.fetchall()


CASES = (
    Case(
        "dashboard",
        "the dashboard, with 1 000 000 interactions and answers, 200 000 claims",
        "s",
        (Part(dashboard),),
        "its raw SQL",
        (Limit("ratio", at_least=0.5),),
    ),
    Case(
        "report.pdf",
        f"a page of a printed report of {MANY} rows",
        "s",
        (Part(printed, arguments={"report": "interactions"}),),
        f"of {FEW} rows",
        (Limit("ratio", at_least=0.8),),
    ),
)
