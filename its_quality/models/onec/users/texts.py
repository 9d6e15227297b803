"""Texts about a list of users and its rows."""


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
            "Decided: %(ready)s. To decide: %(open)s. Nothing happens until you press "
            "«Confirm»; undecided people stay as they are.",
            ready=self._job.ready_count,
            open=self._job.open_count,
        )

    def partial(self):
        """Say that the list may be a part of one."""
        return self.env._(
            "Is this the whole list? %(gone)s of the %(known)s people known from "
            "«%(base)s» are missing. Nobody is archived until you confirm that it is.",
            gone=len(self._job._lines_gone()),
            known=self._job.known_count,
            base=self._job.source_id.name,
        )

    def failed(self):
        """Say where to look for what failed."""
        if self._job.state == "checked":
            return self.env._(
                "Failed rows: %(count)s. The remark in each row gives the reason: fix "
                "it and press «Confirm» again.",
                count=self._job.failed_count,
            )
        return self.env._(
            "Failed rows: %(count)s. The remark in each row gives the reason.",
            count=self._job.failed_count,
        )

    def letters(self):
        """Say how many invitations have yet to go."""
        return self.env._(
            "E-mails being sent: %(count)s.", count=self._job.inviting_count
        )

    def uninvited(self):
        """Say that letters did not go, and what to do."""
        return self.env._(
            "E-mails not sent: %(count)s; the accounts were created. The rows show "
            "the reason; once it is fixed, press «Resend e-mails».",
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
            return _("Enter a login.")
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
            return _("Role to be granted: %(role)s.", role=group.name)
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
        "service": _("A 1C service user, not a person."),
        "predefined": _("Supplied with the program, not a person."),
        "no_name": _("The row has no name."),
        "total_row": _("This row is a total, not a user."),
        "header_row": _("This row repeats the titles."),
        "repeats": _("The same person as in a row above."),
        "email_wrong": _("«%(value)s» is not a valid e-mail address."),
        "no_email": _("No e-mail address: enter one here, or set a password later."),
        "shared_email": _("Several rows have the address %(value)s."),
        "several": _("Several users have «%(value)s»."),
        "portal": _("%(value)s is a client account (portal) and stays as it is."),
        "other_company": _(
            "%(value)s is an account of another company and stays as it is."
        ),
        "system": _("%(value)s is an Odoo system account."),
        "archived": _("Archived in Odoo and stays archived."),
        "gone": _("This person is no longer on the list."),
        "oneself": _("You cannot archive yourself."),
        "last_administrator": _("The last administrator cannot be archived."),
        "other_base": _("Also a user of «%(value)s», so the account stays."),
        "left_out": _("Skipped by you."),
        "stays": _("Stays, as you decided."),
        "new_person": _("Not the proposed person."),
        "to_choose": "",
    }
