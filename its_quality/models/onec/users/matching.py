from collections import Counter

from odoo import SUPERUSER_ID, models
from odoo.tools import SQL, email_normalize

from ....onec import propose_login
from ...base.groups import GROUP_ADMINISTRATOR, GROUP_USER
from .its_user_link import KnownPeople, person_keys

MATCHES = [
    ("known", "Linked before"),
    ("email", "Same e-mail"),
    ("login", "Same login"),
    ("name", "Same name"),
    ("chosen", "Chosen here"),
]


class ItsUserImport(models.Model):
    """Proposing: who of the list is whom in Odoo, and who is not in the list any more."""

    _inherit = "its.user.import"

    def _plan(self, records):
        """What to propose about each person.

        :param records: of ``onec``
        :return: dicts of values of rows
        """
        people = [record for record in records if not record.skip_reason]
        found = self._match(people)
        taken = self._taken_logins()
        lines, seen = [], []
        for record in people:
            values = self._row_values(record)
            values |= found[record.row]
            if values["proposal"] == "create":
                # Rows further up may have taken the login that would be the nicest.
                values["login"] = self._login_for(values, found, taken)
                taken.add(values["login"].lower())
            lines.append(values)
            seen.append(values.get("user_id"))
        for record in records:
            if record.skip_reason:
                skipped = {"proposal": "skip", "issues": [[record.skip_reason, ""]]}
                lines.append(self._row_values(record) | skipped)
        seen = self.env["res.users"].browse(filter(None, seen))
        return self._plan_gone(lines, people, seen)

    def _row_values(self, record):
        values = record.values
        names = ("name", "email", "phone", "department", "position")
        return {
            "row": record.row,
            "data": {
                "values": values,
                "issues": record.issues,
                "skip_reason": record.skip_reason,
            },
            **{name: values.get(name) or False for name in names},
            "name": values.get("name") or "—",
        }

    # -------------------------------------------------------------------------
    # Who is in Odoo already
    # -------------------------------------------------------------------------

    def _match(self, people):
        """Find whom each person is: by what was linked, by address or login, by name.

        :return: for each row, values of the proposal
        """
        users = self._users_like(people)
        by_name, by_email, by_login = {}, {}, {}
        for user in users:
            if self._is_colleague(user):
                key = person_keys({"name": user.name})[0]
                by_name.setdefault(key, []).append(user)
            by_login.setdefault(user.login.casefold(), []).append(user)
            for key in {email_normalize(user.email or ""), user.login.casefold()}:
                by_email.setdefault(key, []).append(user)
        known = KnownPeople(self._known_links())
        keys = [person_keys(record.values) for record in people]
        names = Counter(name for name, _email in keys)
        emails = Counter(email for _name, email in keys if email)
        found, links = {}, set()
        for record, (name, email) in zip(people, keys, strict=True):
            issues = [list(issue) for issue in record.issues]
            link = known.find(record.values)
            if link and link.id in links:
                values = {"proposal": "skip", "issues": [["repeats", ""]]}
            elif link:
                links.add(link.id)
                values = self._proposal_to_link(link.user_id, "known", sure=True)
            else:
                login = (record.values.get("login") or "").casefold()
                values = self._match_user(
                    ("email", email, by_email.get(email), emails[email] == 1),
                    ("login", login, by_login.get(login), True),
                )
                namesakes = by_name.get(name, ())
                if not values and len(namesakes) == 1 and names[name] == 1:
                    values = self._proposal_to_link(namesakes[0], "name", sure=False)
                values = values or {"proposal": "create"}
            if emails[email] > 1:
                issues.append(["shared_email", email])
            if not email and values["proposal"] == "create":
                issues.append(["no_email", ""])
            found[record.row] = values | {"issues": values.get("issues", []) + issues}
        return found

    def _users_like(self, people):
        """Users who might be among these people, archived ones too.

        An account of the portal, or one in another company, has to be seen here to be
        left alone: its login cannot be given to another.
        """
        emails = {person_keys(record.values)[1] for record in people} - {None}
        logins = {record.values.get("login") for record in people} - {None}
        return (
            self.env["res.users"]
            .sudo()
            .with_context(active_test=False)
            .search(
                [
                    *("|", "|", ("share", "=", False)),
                    ("login", "in", list(emails | logins)),
                    ("partner_id.email_normalized", "in", list(emails)),
                ],
                order="active desc, id",
            )
        )

    def _match_user(self, *ways):
        """Look for the address, then for the login.

        :param ways: for each the match, what is looked for, the users who have it, and
            whether there is no doubt that it is this person
        :return: values of a proposal; an empty dict where there is nobody
        """
        for match, key, users, sure in ways:
            if not key or not users:
                continue
            colleagues = [user for user in users if self._is_colleague(user)]
            if len(colleagues) > 1:
                return {"proposal": "link", "issues": [["several", key]]}
            if colleagues:
                return self._proposal_to_link(colleagues[0], match, sure=sure)
            code = "portal" if users[0].share else "other_company"
            if users[0].id == SUPERUSER_ID:
                code = "system"
            return {"proposal": "skip", "issues": [[code, key]]}
        return {}

    def _proposal_to_link(self, user, match, *, sure):
        """Propose somebody in Odoo, unless he is to be left alone.

        :param sure: whether he is this person without any doubt
        """
        if not self._is_colleague(user):
            code = "portal" if user.share else "other_company"
            return {"proposal": "skip", "issues": [[code, user.login]]}
        return {
            "proposal": "link",
            "match": match,
            "user_id": user.id,
            "confirmed": sure,
            "issues": [] if user.active else [["archived", ""]],
        }

    def _is_colleague(self, user):
        """Whether this is an account of an employee of the company of this import."""
        user = user.sudo()
        return (
            not user.share
            and user.id != SUPERUSER_ID
            and self.company_id in user.company_ids
        )

    def _known_links(self):
        return self.env["its.user.link"].search([("source_id", "=", self.source_id.id)])

    # -------------------------------------------------------------------------
    # Logins
    # -------------------------------------------------------------------------

    def _taken_logins(self):
        """All logins of the database in small letters: each may be there but once."""
        self.env["res.users"].flush_model(["login"])
        rows = self.env.execute_query(SQL("SELECT lower(login) FROM res_users"))
        return {login for (login,) in rows}

    def _login_for(self, values, found, taken):
        """The address, if it is nobody else's; else a proposal."""
        email = (values["email"] or "").lower()
        shared = any(code == "shared_email" for code, _value in values["issues"])
        if email and not shared and email not in taken:
            return email
        told = values["data"]["values"]
        return propose_login(told.get("login") or values["name"], taken)

    def _propose_login(self, line):
        """A login for a row that was not to become an account at first."""
        taken = self._taken_logins()
        others = self.line_ids - line
        taken |= {other.login.lower() for other in others if other.login}
        email = (line.email or "").lower()
        if email and email not in taken:
            return email
        return propose_login(line._told().get("login") or line.name, taken)

    # -------------------------------------------------------------------------
    # Who is gone
    # -------------------------------------------------------------------------

    def _plan_gone(self, lines, people, seen):
        """Propose to archive whom this source named before and names no more.

        Whom the list has, but as deleted or no longer valid, is gone, too.

        :param lines: rows so far
        :param people: records of those who are still there
        :param seen: users that rows of these people lead to
        :return: the rows, with those to be archived
        """
        links = self._known_links()
        known = KnownPeople(links)
        still = {known.find(record.values).id for record in people}
        there = links.filtered(lambda link: link.id in still)
        gone = (links - there).user_id - there.user_id - seen
        by_user = {}
        for line in lines:
            if line["proposal"] == "skip" and line.get("data"):
                user = known.find(line["data"]["values"]).user_id
                by_user.setdefault(user, line)
        for user in gone.filtered("active"):
            line = by_user.get(user)
            if line is None:
                name = links.filtered(lambda k, user=user: k.user_id == user)[:1].name
                line = {"row": 0, "name": name or user.name, "issues": [["gone", ""]]}
                lines.append(line)
            reason = self._why_not_archive(user)
            line["user_id"] = user.id
            if reason:
                line |= {"proposal": "skip", "issues": [reason]}
            else:
                successor = user.sudo()._its_successor()
                line |= {
                    "proposal": "archive",
                    "confirmed": False,
                    "successor_id": self._may_succeed(successor) and successor.id,
                }
        return lines

    def _may_succeed(self, user):
        return bool(
            user
            and user.active
            and self._is_colleague(user)
            and user.has_group(GROUP_USER)
        )

    def _why_not_archive(self, user):
        """Why somebody may not be archived by an import, whatever the list says.

        :return: an issue, or ``None``
        """
        user = user.sudo()
        if user == self.env.user:
            return ["oneself", ""]
        elsewhere = user.company_ids - self.env.user.sudo().company_ids
        if elsewhere or not self._is_colleague(user):
            return ["other_company", user.login]
        for group in ("base.group_system", GROUP_ADMINISTRATOR):
            if user.has_group(group) and not self._others_with(group, user):
                return ["last_administrator", ""]
        # Links of other companies count, too, but what their bases are called is
        # nobody's business here.
        others = self.env["its.user.link"].sudo()
        others = others.search(
            [("user_id", "=", user.id), ("source_id", "!=", self.source_id.id)]
        ).source_id
        if others:
            mine = others.filtered(lambda base: base.company_id == self.company_id)
            return ["other_base", mine[:1].name or others[0].company_id.name]
        return None

    def _others_with(self, group, user):
        return (
            self.env["res.users"]
            .sudo()
            .search_count(
                [
                    ("all_group_ids", "in", self.env.ref(group).ids),
                    ("share", "=", False),
                    ("id", "not in", [user.id, SUPERUSER_ID]),
                ],
                limit=1,
            )
        )
