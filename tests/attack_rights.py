"""Who may change what, said once more and simply: the table of the roles, row by row.

It is written without a look at the addon: a change that this does not allow is a way in.
"""

from __future__ import annotations

from attack_tables import Change, Tables
from attack_world import World

# Which column of a table leads to the client.
CLIENT = {
    "its_subscription": "partner_id",
    "its_interaction": "partner_id",
    "its_claim": "partner_id",
    "mail_activity": "its_client_id",
    "survey_user_input": "its_client_id",
}
# Which column leads to a row that leads to the client.
PARENT = {
    "its_claim_movement": ("claim_id", "its_claim"),
    "survey_user_input_line": ("user_input_id", "survey_user_input"),
}
INSERT, UPDATE, DELETE = "insert", "update", "delete"
WORK = {INSERT, UPDATE}
ALL = {INSERT, UPDATE, DELETE}
OWN = ("own", "unassigned")
HERE = ("own", "unassigned", "colleague", "team", "assigned")

# Role: table: clients of which relation (None: of no client at all): what he may do.
MAY = {
    "client_manager": {
        "res_partner": {**dict.fromkeys(OWN, WORK), None: WORK},
        "its_subscription": dict.fromkeys(OWN, WORK),
        "its_interaction": dict.fromkeys(OWN, WORK),
        "mail_activity": dict.fromkeys(OWN, ALL),
        "its_claim": {**dict.fromkeys(OWN, WORK), None: WORK},
        "its_claim_movement": {**dict.fromkeys(OWN, {INSERT}), None: {INSERT}},
        "survey_user_input": dict.fromkeys(OWN, WORK),
        "survey_user_input_line": dict.fromkeys(OWN, WORK),
        "its_wish": {None: {INSERT}},
    },
    "quality_manager": {
        "res_partner": {**dict.fromkeys(HERE, WORK), None: WORK},
        "its_subscription": dict.fromkeys(OWN[1:], WORK),
        "its_interaction": dict.fromkeys(HERE, WORK),
        "mail_activity": dict.fromkeys(HERE, ALL),
        "its_claim": {**dict.fromkeys(HERE, WORK), None: WORK},
        "its_claim_movement": {**dict.fromkeys(HERE, {INSERT}), None: {INSERT}},
        "survey_user_input": dict.fromkeys(HERE, WORK),
        "survey_user_input_line": dict.fromkeys(HERE, WORK),
        "survey_survey": {None: WORK},
        "survey_question": {None: ALL},
        "survey_question_answer": {None: ALL},
        "its_wish": {None: {INSERT}},
    },
    "quality_abroad": {
        "res_partner": {"abroad": WORK, None: WORK},
        "its_subscription": {"abroad": WORK},
        "its_interaction": {"abroad": WORK},
        "mail_activity": {"abroad": ALL},
        "its_claim": {"abroad": WORK, None: WORK},
        "its_claim_movement": {"abroad": {INSERT}, None: {INSERT}},
        "survey_user_input": {"abroad": WORK},
        "survey_user_input_line": {"abroad": WORK},
        "survey_survey": {None: WORK},
        "survey_question": {None: ALL},
        "survey_question_answer": {None: ALL},
        "its_wish": {None: {INSERT}},
    },
    "head": {
        "its_claim": {"team": {UPDATE}},
        "its_claim_movement": {"team": {INSERT}},
    },
    "worker": {
        "its_claim": {"assigned": {UPDATE}},
        "its_claim_movement": {"assigned": {INSERT}},
    },
    "employee": {},
    # Contacts are his trade: cards of clients, too, but for what is ours on them.
    "clerk": {"res_partner": {**dict.fromkeys(HERE, WORK), None: ALL}},
    "portal": {},
}
# Dialogs: whoever has a role opens his own.
DIALOGS = (
    "its_claim_move",
    "its_claim_sender",
    "its_personal_data",
    "its_report_print",
    "its_subscription_cancel",
    "its_subscription_renew",
    "its_survey_send",
)
ROLES_OF_OURS = (
    "client_manager",
    "quality_manager",
    "quality_abroad",
    "head",
    "worker",
)
# Columns by which a client is taken away, made none, or moved to another company.
TAKING = {"user_id", "its_client", "company_id", "active", "parent_id"}
# What only its manager changes on the card of a client.
REQUISITES = {"name", "vat", "its_kpp", "its_kind", "its_full_name", "company_registry"}
# What nobody but the administrator of the server changes.
NEVER = {
    "res_company",
    "res_groups",
    "ir_rule",
    "ir_model_access",
    "ir_cron",
    "ir_config_parameter",
    "res_groups_users_rel",
    "res_company_users_rel",
    "res_groups_implied_rel",
    "res_users_apikeys",
    "mail_template",
    "ir_ui_view",
    "ir_sequence",
    "mail_alias",
}
# What follows from a claim: to-dos, words and letters about it.
CLAIM = "its.claim"


class Rights:
    """The statement, with what is needed to ask it of rows."""

    def __init__(self, world: World, tables: Tables) -> None:
        self._world = world
        self._tables = tables
        self._scopes = {number: scope for scope, number in world.clients.items()}

    def refusal(self, role: str, change: Change, changes: list[Change]) -> str | None:
        """Tell why a change is not this role's to make.

        :return: words, or None where it is his
        """
        table = change.table
        if table in NEVER:
            return "only the administrator of the server"
        special = getattr(self, f"_of_{table}", None)
        if special:
            return special(role, change, changes)
        if table in DIALOGS:
            own = change.row.get("create_uid") == self._world.users[role]
            return None if own and role in ROLES_OF_OURS else "a dialog of another"
        if table.startswith("its_") and "id" in change.row or table in CLIENT | PARENT:
            return self._by_table(role, change)
        if table.startswith("survey_") and "id" in change.row:
            return self._by_table(role, change)
        return None

    def _by_table(self, role: str, change: Change) -> str | None:
        may = MAY[role].get(change.table, {})
        for row in filter(None, (change.before, change.after)):
            scope = self._scope(change.table, row)
            if change.kind not in may.get(scope, ()):
                return f"{change.kind} of {change.table}, client {scope}"
        return None

    def _scope(self, table: str, row: dict) -> str | None:
        if table in PARENT:
            column, parent = PARENT[table]
            owner = self._tables.rows[parent].get(str(row.get(column)))
            if owner is None:
                # Made by the same call; its own row is judged by itself.
                owner = self._now(parent, row.get(column)) or {}
            return self._scope(parent, owner)
        if table == "res_partner":
            firm = row.get("commercial_partner_id") or row.get("id")
            return self._scopes.get(firm) or ("another" if row["its_client"] else None)
        number = row.get(CLIENT.get(table, ""))
        return self._scopes.get(number) or ("another" if number else None)

    def _now(self, table: str, number) -> dict | None:
        return self._tables.row(table, number) if number else None

    # -------------------------------------------------------------------------
    # Tables with a rule of their own
    # -------------------------------------------------------------------------

    def _of_res_partner(self, role, change, changes):
        before, after = change.before or {}, change.after or {}
        if change.kind == UPDATE and before["id"] == self._world.partners[role]:
            return "takes himself away" if TAKING & change.columns else None
        if change.kind == UPDATE and self._follows(role, change, changes):
            return None
        if change.kind == INSERT and after["its_client"]:
            # A new client, or a contact person of one.
            works = role in ("client_manager", "quality_manager", "quality_abroad")
            if works and self._scope("res_partner", after) == "another":
                return None
        if change.kind == UPDATE and before["its_client"]:
            told = self._of_client(role, change)
            if told:
                return told
        return self._by_table(role, change)

    def _of_client(self, role, change):
        """Why the card of a client may not be changed so, by who may change it."""
        before, after, columns = change.before, change.after, change.columns
        user = self._world.users[role]
        taken, firm = TAKING & columns, before["id"] in self._scopes
        if columns & {"onec_ref", "onec_code"}:
            return "writes what 1C says"
        if role == "clerk":
            ours = {name for name in columns if name.startswith(("its_", "onec_"))}
            ours = (ours - {"its_name_key"}) | taken & {"user_id"}
            ours |= taken if firm else set()
            return f"a clerk changes {sorted(ours)}" if ours else None
        if role == "client_manager":
            given = "user_id" in taken and after["user_id"] not in (None, user)
            lost = not after["its_client"]
            return "gives a client away" if given or lost else None
        stranger = firm and before["user_id"] not in (None, user)
        fixed = columns & (REQUISITES | TAKING)
        return f"not a contact: {sorted(fixed)}" if stranger and fixed else None

    def _follows(self, role, change, changes):
        """What the addon keeps on a card by itself, after a talk or a call."""
        kept = {"its_last_contact", "its_last_interaction_id", "its_next_contact"}
        touched = {"its_interaction", "mail_activity"} & {c.table for c in changes}
        return change.columns <= kept and bool(touched)

    def _of_res_users(self, role, change, changes):
        own = change.row["id"] == self._world.users[role]
        forbidden = {"active", "login", "company_id", "share", "password", "partner_id"}
        if (
            change.kind == UPDATE
            and own
            and not forbidden & change.columns - {"password"}
        ):
            return None
        # Nothing but the cached count of a person's unread words.
        return f"changes a user: {sorted(change.columns)}"

    def _of_its_claim(self, role, change, changes):
        if change.kind == DELETE:
            return "deletes a claim"
        user = self._world.users[role]
        if change.kind == UPDATE:
            row = change.before
            author = row["author_id"] == user and row["state"] == "registered"
            allowed = {
                "client_manager": author,
                "quality_manager": row["company_id"] == self._world.companies[0],
                "quality_abroad": row["company_id"] == self._world.companies[1],
                "head": row["team_id"] == self._world.team,
                "worker": row["user_id"] == user,
            }
            if not allowed.get(role):
                return "changes a claim of others"
            if {
                "name",
                "access_token",
                "author_id",
                "date_registered",
            } & change.columns:
                return f"changes what is fixed: {sorted(change.columns)}"
            if "reason" in change.columns and "stage_id" not in change.columns:
                return "a reason without a move"
        return self._by_table(role, change)

    def _of_its_claim_movement(self, role, change, changes):
        if change.kind == INSERT and change.after["user_id"] != self._world.users[role]:
            return "a movement in another's name"
        return self._by_table(role, change)

    def _of_its_interaction(self, role, change, changes):
        user = self._world.users[role]
        if change.kind == INSERT and change.after["user_id"] != user:
            return "a talk in another's name"
        return self._by_table(role, change)

    def _of_mail_activity(self, role, change, changes):
        row = change.row
        user = self._world.users[role]
        if row["its_client_id"]:
            own = change.kind != DELETE and user in (row["user_id"], row["create_uid"])
            return None if own else self._by_table(role, change)
        moved = any(c.table == "its_claim" for c in changes)
        if row["res_model"] == CLAIM or row["its_claim_id"]:
            # Each plans his own, and who accepts claims those of others.
            moved = moved or user == row["user_id"] or role == "quality_manager"
            return None if moved else "the to-do of a claim that has not moved"
        return None

    def _of_mail_message(self, role, change, changes):
        own = change.row["author_id"] == self._world.partners[role]
        if change.kind == INSERT:
            # What hangs on no record is seen by nobody else.
            words = change.after["message_type"] in ("comment", "email")
            words = words and change.after.get("model")
            return "words in another's mouth" if words and not own else None
        columns = change.columns - {"pinned_at"}
        if own and change.kind == UPDATE or not columns:
            return None
        return f"{change.kind} of words: {sorted(columns)}"

    def _of_ir_attachment(self, role, change, changes):
        if change.kind == INSERT:
            return None
        if change.row.get("res_model") == CLAIM:
            return f"{change.kind} of a file of a claim"
        return None
