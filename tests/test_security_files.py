"""Rules on records, as they stand in the files of the addon."""

from __future__ import annotations

import csv
import re
from collections import defaultdict
from pathlib import Path
from xml.etree import ElementTree

SECURITY = Path(__file__).resolve().parents[1] / "its_quality" / "security"
# The role that all others contain, and that may be somebody's only one.
LEAST = "group_user"


def readable_by_the_least() -> set[str]:
    """Return the models that are read with no more than the least of our roles."""
    with (SECURITY / "ir.model.access.csv").open(encoding="utf-8") as lines:
        rows = list(csv.DictReader(lines))
    return {
        row["model_id:id"].rpartition(".")[2].removeprefix("model_")
        for row in rows
        if row["group_id:id"] in (LEAST, f"its_quality.{LEAST}")
        and row["perm_read"] == "1"
    }


def groups_of_rules() -> dict[str, set[str]]:
    """Return the groups that the rules on each model are for."""
    found = defaultdict(set)
    for path in SECURITY.rglob("*.xml"):
        for record in ElementTree.parse(path).iter("record"):
            if record.get("model") != "ir.rule":
                continue
            fields = {field.get("name"): field for field in record.iter("field")}
            model = fields["model_id"].get("ref").rpartition(".")[2]
            groups = fields.get("groups")
            if groups is not None:
                found[model.removeprefix("model_")].update(
                    re.findall(r"its_quality\.(group_\w+)", groups.get("eval"))
                )
    return found


def test_who_has_the_least_role_alone_has_a_rule_too():
    """To whom no rule of a group applies Odoo shows all records."""
    rules = groups_of_rules()
    assert readable_by_the_least() & rules.keys()
    assert {
        model
        for model in readable_by_the_least() & rules.keys()
        if LEAST not in rules[model]
    } == set()
