from odoo import SUPERUSER_ID

from ...base.groups import GROUP_ADMINISTRATOR, GROUP_USER
from .its_user_link import KnownPeople


class Leaving:
    """Finds who is not in the list any more, and says who may be archived for that.

    :param job: an ``its.user.import``
    """

    def __init__(self, job):
        self.env = job.env
        self._job = job

    def propose(self, lines, people, seen, links):
        """Propose to archive whom this source named before and names no more.

        Whom the list has, but as deleted or no longer valid, is gone, too.

        :param lines: rows so far
        :param people: records of those who are still there
        :param seen: users that rows of these people lead to
        :param links: of this source
        :return: the rows, with those to be archived
        """
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
            reason = self.why_not(user)
            line["user_id"] = user.id
            if reason:
                line |= {"proposal": "skip", "issues": [reason]}
            else:
                successor = user.sudo()._its_successor()
                line |= {
                    "proposal": "archive",
                    "confirmed": False,
                    "successor_id": self.may_succeed(successor) and successor.id,
                }
        return lines

    def may_succeed(self, user):
        """Whether somebody can take over clients, calls and claims."""
        return bool(
            user
            and user.active
            and self._job._is_colleague(user)
            and user.has_group(GROUP_USER)
        )

    def why_not(self, user):
        """Why somebody may not be archived by an import, whatever the list says.

        :return: an issue, or ``None``
        """
        user = user.sudo()
        if user == self.env.user:
            return ["oneself", ""]
        elsewhere = user.company_ids - self.env.user.sudo().company_ids
        if elsewhere or not self._job._is_colleague(user):
            return ["other_company", user.login]
        for group in ("base.group_system", GROUP_ADMINISTRATOR):
            if user.has_group(group) and not self._others_with(group, user):
                return ["last_administrator", ""]
        # Links of other companies count, too, but what their bases are called is
        # nobody's business here.
        others = self.env["its.user.link"].sudo()
        others = others.search(
            [("user_id", "=", user.id), ("source_id", "!=", self._job.source_id.id)]
        ).source_id
        if others:
            mine = others.filtered(lambda base: base.company_id == self._job.company_id)
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
