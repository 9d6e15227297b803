"""Reading claims for a screen: the people, firms and stages that several fields lead to
are fetched together, and not field by field; so are the columns of a kanban."""

from odoo import fields
from odoo.tools import SQL

from ..base.working_days import WorkingDays
from . import clock
from .deadline import AT_WORK
from .rules import ENDED


def fetch_along(claims, names):
    """Fill the cache with what the names of users, clients and stages are made of.

    :param names: of the fields that are going to be read
    """

    def of(name):
        return claims[name] if name in names else claims.browse()[name]

    if "activity_ids" in names and not claims - claims._filtered_access(
        claims._mail_post_access
    ):
        # Users who may post see all the to-dos: Odoo would check one by one.
        claims.sudo().mapped("activity_ids")
    movements = of("movement_ids")
    users = of("user_id") | of("next_user_id") | movements.user_id
    users = (users | of("activity_ids").sudo().user_id).sudo()
    users.mapped("login")
    firms = of("partner_id") | of("contact_id")
    (firms.sudo() | users.partner_id).mapped("name")
    stages = of("stage_id") | movements.from_stage_id | movements.to_stage_id
    stages.mapped("name")


def read_columns(claims, groups, specification):
    """Read the claims of all columns of a kanban at once.

    :param groups: as ``web_read_group`` gives them, with ids under ``__records``; they
        get what was read instead
    """
    columns = [group for group in groups if "__records" in group]
    found = claims.browse(id_ for group in columns for id_ in group["__records"])
    read = dict(zip(found.ids, found.web_read(specification), strict=True))
    for group in columns:
        group["__records"] = [read[id_] for id_ in group["__records"]]


def find_claims(claims, columns, domain, dict_order):
    """Put the ids of its claims into each column, in the order of the view.

    :param columns: as ``_open_groups`` collects them: domain, limit, offset, group
    """
    asked = [f"{name} {way}" for name, way in dict_order.items()]
    usual = [
        part for part in claims._order.split(",") if part.split()[0] not in dict_order
    ]
    order = ", ".join(
        part
        for part in (*asked, *usual)
        if part.split()[0] not in ("stage_id", "__count")
    )
    found = [
        claims._search(
            domain & column["domain"],
            order=order,
            limit=column["limit"],
            offset=column["offset"],
        ).select()
        for column in columns
    ]
    if found:
        arrays = SQL(", ").join(SQL("ARRAY(%s)", select) for select in found)
        found = claims.env.execute_query(SQL("SELECT %s", arrays))[0]
    for column, ids in zip(columns, found, strict=True):
        column["group"]["__records"] = ids


def in_columns(groupby):
    """Whether claims are grouped as the kanban shows them."""
    return list(groupby) == ["stage_id"]


def time_left(claims):
    """How much working time there is until the deadline, or how late it is, in words.

    :return: ``{claim: text}`` of those whose deadline runs
    """
    found, calendars = {}, {}
    running = claims.sudo().filtered(
        lambda claim: (
            claim.state in AT_WORK and claim.date_deadline and not claim.waiting_since
        )
    )
    # The earliest first: one look into each calendar then does for all.
    for claim in running.sorted("date_deadline"):
        today, last = clock.today(claim), claim.date_deadline
        calendar = clock.calendar(claim)
        first = min(today, last)
        known = calendars.get(calendar)
        if not known or known[0] > first:
            known = calendars[calendar] = (first, WorkingDays(calendar, first))
        count = known[1].count(first, max(today, last))
        found[claim] = time_in_words(claims.env, count, last < today)
    return found


def time_in_words(env, days, is_late):
    """How many working days are left, or how many it is late."""
    if is_late and days == 1:
        return env._("1 working day late")
    if is_late:
        return env._("%(count)s working days late", count=days)
    if days == 1:
        return env._("1 working day left")
    return env._("%(count)s working days left", count=days) if days else env._("today")


def seconds_at_stages(claim):
    """Time at each stage by the movements, which are there also where Odoo keeps no
    track of changes, as for claims that came with their history.

    :return: ``{id of a stage: seconds}``
    """
    hours = {}
    for movement in claim.sudo().movement_ids:
        stage = movement.from_stage_id.id
        hours[stage] = hours.get(stage, 0) + movement.hours
    hours.pop(False, None)
    spent = {stage: int(spent * 3600) for stage, spent in hours.items()}
    if claim.date_stage and claim.state not in ENDED:
        stage = claim.stage_id.id
        passed = (fields.Datetime.now() - claim.date_stage).total_seconds()
        spent[stage] = spent.get(stage, 0) + int(passed)
    return spent
