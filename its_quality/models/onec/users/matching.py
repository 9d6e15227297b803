from collections import Counter

from odoo import SUPERUSER_ID
from odoo.tools import SQL, email_normalize

from ....onec import propose_login
from .its_user_link import KnownPeople, person_keys
from .leaving import Leaving


class Matching:
    """Finds who of a list is whom in Odoo, and proposes what to do about each.

    :param job: an ``its.user.import``
    """

    def __init__(self, job):
        self.env = job.env
        self._job = job
        self._links = job._known_links()

    def propose(self, records):
        """What to propose about each person, and about those who are gone.

        :param records: of ``onec``
        :return: dicts of values of rows
        """
        people = [record for record in records if not record.skip_reason]
        found = self._find(people)
        logins = Logins(self.env)
        lines, seen = [], []
        for record in people:
            values = self._row_values(record)
            values |= found[record.row]
            if values["proposal"] == "create":
                # Rows further up may have taken the login that would be the nicest.
                values["login"] = self._login_for(values, logins)
                logins.take(values["login"])
            lines.append(values)
            seen.append(values.get("user_id"))
        for record in records:
            if record.skip_reason:
                skipped = {"proposal": "skip", "issues": [[record.skip_reason, ""]]}
                lines.append(self._row_values(record) | skipped)
        seen = self.env["res.users"].browse(filter(None, seen))
        return Leaving(self._job).propose(lines, people, seen, self._links)

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

    def _login_for(self, values, logins):
        """The address, if it is nobody else's; else a proposal."""
        shared = any(code == "shared_email" for code, _value in values["issues"])
        told = values["data"]["values"]
        return logins.propose(
            not shared and values["email"], told.get("login") or values["name"]
        )

    # -------------------------------------------------------------------------
    # Who is in Odoo already
    # -------------------------------------------------------------------------

    def _find(self, people):
        """Find whom each person is: by what was linked, by address or login, by name.

        :return: for each row, values of the proposal
        """
        by_name, by_email, by_login = {}, {}, {}
        for user in self._users_like(people):
            if self._job._is_colleague(user):
                key = person_keys({"name": user.name})[0]
                by_name.setdefault(key, []).append(user)
            by_login.setdefault(user.login.casefold(), []).append(user)
            for key in {email_normalize(user.email or ""), user.login.casefold()}:
                by_email.setdefault(key, []).append(user)
        known = KnownPeople(self._links)
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
                values = self._propose_to_link(link.user_id, "known", sure=True)
            else:
                login = (record.values.get("login") or "").casefold()
                values = self._find_user(
                    ("email", email, by_email.get(email), emails[email] == 1),
                    ("login", login, by_login.get(login), True),
                )
                namesakes = by_name.get(name, ())
                if not values and len(namesakes) == 1 and names[name] == 1:
                    values = self._propose_to_link(namesakes[0], "name", sure=False)
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
                    "|",
                    "|",
                    ("share", "=", False),
                    ("login", "in", list(emails | logins)),
                    ("partner_id.email_normalized", "in", list(emails)),
                ],
                order="active desc, id",
            )
        )

    def _find_user(self, *ways):
        """Look for the address, then for the login.

        :param ways: for each the match, what is looked for, the users who have it, and
            whether there is no doubt that it is this person
        :return: values of a proposal; an empty dict where there is nobody
        """
        for match, key, users, sure in ways:
            if not key or not users:
                continue
            colleagues = [user for user in users if self._job._is_colleague(user)]
            if len(colleagues) > 1:
                return {"proposal": "link", "issues": [["several", key]]}
            if colleagues:
                return self._propose_to_link(colleagues[0], match, sure=sure)
            code = "portal" if users[0].share else "other_company"
            if users[0].id == SUPERUSER_ID:
                code = "system"
            return {"proposal": "skip", "issues": [[code, key]]}
        return {}

    def _propose_to_link(self, user, match, *, sure):
        """Propose a user of Odoo, unless that account must not be changed.

        :param sure: whether it is this person without any doubt
        """
        if not self._job._is_colleague(user):
            code = "portal" if user.share else "other_company"
            return {"proposal": "skip", "issues": [[code, user.login]]}
        return {
            "proposal": "link",
            "match": match,
            "user_id": user.id,
            "confirmed": sure,
            "issues": [] if user.active else [["archived", ""]],
        }


class Logins:
    """The logins that are taken: each may be in the database but once.

    :param more: further ones, of accounts that are yet to be made
    """

    def __init__(self, env, more=()):
        env["res.users"].flush_model(["login"])
        rows = env.execute_query(SQL("SELECT lower(login) FROM res_users"))
        self._taken = {login for (login,) in rows}
        for login in more:
            self.take(login)

    def take(self, login):
        """Leave a login to somebody."""
        self._taken.add(login.lower())

    def propose(self, email, name):
        """The address in small letters, if nobody has taken it; else one of the name.

        :param name: of the person, or the login in 1C
        """
        email = (email or "").lower()
        if email and email not in self._taken:
            return email
        return propose_login(name, self._taken)
