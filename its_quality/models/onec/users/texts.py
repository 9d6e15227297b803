"""What is said of a list of users and of its rows."""


class TextsOfList:
    """How far the review of a list is, and what went wrong.

    :param job: an ``its.user.import``
    """

    def __init__(self, job):
        self.env = job.env
        self._job = job

    def review(self):
        """Say how many rows are decided, and that nothing is done before «Confirm»."""
        return self.env._(
            "Decided: %(ready)s. Still to decide: %(open)s. Nothing is done before you "
            "press «Confirm», and nothing about those who are undecided.",
            ready=self._job.ready_count,
            open=self._job.open_count,
        )

    def partial(self):
        """Say that the list may be a part of one."""
        return self.env._(
            "Is this the whole list? It lacks %(gone)s of the %(known)s people known "
            "from «%(base)s». Nobody is archived before you say that it is.",
            gone=len(self._job._lines_gone()),
            known=self._job.known_count,
            base=self._job.source_id.name,
        )

    def failed(self):
        """Say where to look for what failed."""
        if self._job.state == "checked":
            return self.env._(
                "Rows that failed: %(count)s. The remark in each says why: mend it and "
                "press «Confirm» again.",
                count=self._job.failed_count,
            )
        return self.env._(
            "Rows that failed: %(count)s. The remark in each says why.",
            count=self._job.failed_count,
        )

    def letters(self):
        """Say how many invitations have yet to go."""
        return self.env._(
            "Letters on their way: %(count)s.", count=self._job.inviting_count
        )

    def uninvited(self):
        """Say that letters did not go, and what to do."""
        return self.env._(
            "Letters that did not go: %(count)s; the accounts are there. The rows "
            "tell the reason; when it is mended, press «Send the letters again».",
            count=self._job.uninvited_count,
        )


class TextsOfLine:
    """Why a row is proposed, and what will happen.

    :param line: an ``its.user.import.line``
    """

    def __init__(self, line):
        self.env = line.env
        self._line = line

    def effect(self):
        """Say what pressing «Confirm» would do, and what there is to know before.

        :return: sentences in the user's language
        """
        line = self._line
        if not line.proposal or (not line._is_open() and line.proposal != "skip"):
            return ""
        said = {
            "create": self._create,
            "link": self._link,
            "archive": self._archive,
        }.get(line.proposal)
        parts = [said and said(), issue_sentences(self.env, line.issues)]
        return " ".join(filter(None, parts))

    def _create(self):
        _ = self.env._
        if not self._line.login:
            return _("Write a login.")
        if not self._line.role:
            return _("Choose a role.")
        if not self._line.email:
            return _("An account without an invitation.")
        return _("An account, and an invitation to %(email)s.", email=self._line.email)

    def _link(self):
        _ = self.env._
        if not self._line.user_id:
            return _("Choose the user.")
        if not self._line.confirmed:
            return _("Is it the same person? Tick «Yes» if so.")
        group = self._line._missing_group()
        if group:
            return _("Will be given: %(role)s.", role=group.name)
        return _("Rights stay as they are.")

    def _archive(self):
        _ = self.env._
        if not self._line.confirmed:
            return _("Tick «Yes» to archive.")
        if self._line.successor_id:
            return _(
                "Will be archived; %(user)s takes over.",
                user=self._line.successor_id.name,
            )
        if self._line.client_count or self._line.call_count:
            return _("Choose who takes over.")
        return _("Will be archived.")


def issue_sentences(env, issues):
    """Say what there is to know about a row.

    :param issues: ``[[code, value], ...]``
    :return: sentences in one string, or an empty one
    """
    sentences = _sentences_of_issues(env)
    return " ".join(
        sentences[code] % {"value": value}
        for code, value in issues or ()
        if code in sentences
    )


def _sentences_of_issues(env):
    """``{code: sentence with a value}``."""
    _ = env._
    return {
        "deletion_mark": _("Marked for deletion in 1C."),
        "invalid": _("No longer valid in 1C."),
        "service": _("A service user of 1C and no person."),
        "predefined": _("Comes with the program and is no person."),
        "no_name": _("The row has no name."),
        "total_row": _("This row is a total and no user."),
        "header_row": _("This row repeats the titles."),
        "repeats": _("The same person as in a row above."),
        "email_wrong": _("«%(value)s» is no e-mail address."),
        "no_email": _("There is no e-mail: write it here, or give a password later."),
        "shared_email": _("Several rows have the address %(value)s."),
        "several": _("Several users have «%(value)s»."),
        "portal": _(
            "%(value)s is an account of a client (portal), which is left alone."
        ),
        "other_company": _(
            "%(value)s is an account in another company, which is left alone."
        ),
        "system": _("%(value)s is an account of Odoo itself."),
        "archived": _("Archived in Odoo, and stays so."),
        "gone": _("The list does not name this person any more."),
        "oneself": _("Nobody archives himself."),
        "last_administrator": _("The last administrator is never archived."),
        "other_base": _("Is a user of «%(value)s», too, and stays."),
        "left_out": _("Left out by you."),
        "stays": _("Stays, as you have decided."),
        "new_person": _("Somebody else than was proposed."),
        "to_choose": "",
    }
