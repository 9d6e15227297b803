"""The third step: what becomes of the rows of a batch.

Whom a row means has been decided for the whole file (see :mod:`.matching`); here each row
of a batch is told what that is, and what it would change.
"""

from dataclasses import dataclass, field

from odoo.tools import SQL

from .changes import ChangeSet
from .its_import_line import BATCH, staged_rows, to_json


@dataclass
class Match:
    """What a row turned out to mean.

    ``partner_id`` is the client it speaks of, if one is known; ``plan`` a value of
    ``its.import.line.plan``; ``issues`` remarks in the form of ``line.issues``;
    ``follows`` tells that the card of the client is written by another contractor.
    """

    partner_id: int | None = None
    plan: str = "new"
    issues: list = field(default_factory=list)
    follows: bool = False


def matches_of(lines):
    """Say of each row of a batch what it means.

    :param lines: rows of this import, in the order of the file
    :return: ``{line id: Match}``
    """
    matches = {}
    for line in lines:
        matches[line.id] = _match_of(line, matches)
    return matches


def _match_of(line, matches):
    if line.plan in ("folder", "skip", "wrong"):
        return Match(plan=line.plan)
    if line.first_id:
        return _match_repeated(line, matches)
    if line.is_contract:
        return _match_contract(line)
    if line.verdict == "known":
        issues = []
        if line.reason:
            issues.append([line.reason, "name", line.like or "", "info"])
        return Match(line.partner_id, "changed", issues, bool(line.follows))
    if line.verdict == "doubtful":
        issue = [line.reason, "name", line.like or "", "doubt"]
        plan = "changed" if line.decision == "same" else "doubtful"
        return Match(line.partner_id, plan, [issue], bool(line.follows))
    if line.verdict == "deleted":
        return Match(line.partner_id, "deleted")
    if line.verdict == "skip":
        return Match(plan="skip")
    if line.is_joined:
        return Match(line.partner_id, "changed", follows=True)
    match = Match()
    if line.reason:
        match.issues.append([line.reason, "name", line.like or "", "warning"])
    return match


def _match_contract(line):
    """A contract of a client whom this file does not bring."""
    if line.verdict == "known":
        return Match(line.partner_id, "changed")
    owner = line.data.get("name", "")
    return Match(plan="skip", issues=[["contract_alone", "name", owner, "warning"]])


def _match_repeated(line, matches):
    """A row about a client whom an earlier row has brought."""
    first = matches.get(line.first_id)
    partner_id = first.partner_id if first else line.first_partner_id
    plan = "changed" if line.subscription_digest else "skip"
    if line.is_joined:
        plan = "changed"
    if (first.plan if first else line.first_plan) == "wrong":
        plan = "wrong"
    if line.is_contract or line.is_joined:
        return Match(partner_id, plan, follows=True)
    issue = ["repeats_row", "name", str(line.first_row), "info"]
    return Match(partner_id, plan, [issue])


def plan_batch(job):
    """Plan the next rows that have no plan yet.

    :return: the number of rows planned; 0 when all are
    """
    lines = staged_rows(job, SQL("line.plan IS NULL"), BATCH)
    if not lines:
        return 0
    matches = matches_of(lines)
    changes = ChangeSet(job, lines, matches)
    rows = []
    for line in lines:
        match = matches[line.id]
        change = changes[line]
        if match.plan == "changed" and not change:
            match.plan = "unchanged"
        issues = (line.issues or []) + match.issues + change.issues
        rows.append(
            (
                line.id,
                match.plan,
                match.partner_id,
                issues or None,
            )
        )
    job.env.cr.execute(
        SQL(
            """
            UPDATE its_import_line line
               SET plan = v ->> 1, partner_id = (v ->> 2)::int,
                   issues = NULLIF(v -> 3, 'null'), has_issues = v -> 3 != 'null'
              FROM jsonb_array_elements(%s) AS v
             WHERE line.id = (v ->> 0)::int
            """,
            to_json(rows),
        )
    )
    job.env.invalidate_all()
    return len(lines)
