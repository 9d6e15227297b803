from odoo import models


class ItsUserImportLine(models.Model):
    """What is said of a row: why it is proposed, and what will happen."""

    _inherit = "its.user.import.line"

    def _say_effect(self):
        """Say what pressing «Confirm» would do, and what there is to know before.

        :return: sentences in the user's language
        """
        self.ensure_one()
        if not self.proposal or (not self._is_open() and self.proposal != "skip"):
            return ""
        parts = [getattr(self, f"_say_{self.proposal}")()]
        parts.append(self._issue_sentences(self.issues))
        return " ".join(filter(None, parts))

    def _say_create(self):
        _ = self.env._
        if not self.login:
            return _("Write a login.")
        if not self.role:
            return _("Choose a role.")
        if not self.email:
            return _("An account without an invitation.")
        return _("An account, and an invitation to %(email)s.", email=self.email)

    def _say_link(self):
        _ = self.env._
        if not self.user_id:
            return _("Choose the user.")
        if not self.confirmed:
            return _("Is it the same person? Tick «Yes» if so.")
        group = self._missing_group()
        if group:
            return _("Will be given: %(role)s.", role=group.name)
        return _("Rights stay as they are.")

    def _say_archive(self):
        _ = self.env._
        if not self.confirmed:
            return _("Tick «Yes» to archive.")
        if self.successor_id:
            return _(
                "Will be archived; %(user)s takes over.", user=self.successor_id.name
            )
        if self.client_count or self.call_count:
            return _("Choose who takes over.")
        return _("Will be archived.")

    def _say_skip(self):
        return ""

    def _issue_sentences(self, issues):
        """Say what there is to know about a row.

        :param issues: ``[[code, value], ...]``
        :return: sentences in one string, or an empty one
        """
        sentences = self._sentences_of_issues()
        return " ".join(
            sentences[code] % {"value": value}
            for code, value in issues or ()
            if code in sentences
        )

    def _sentences_of_issues(self):
        """``{code: sentence with a value}``."""
        _ = self.env._
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
            "no_email": _(
                "There is no e-mail: write it here, or give a password later."
            ),
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
