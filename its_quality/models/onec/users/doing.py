import logging

import psycopg2

from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tools import SQL

from ..its_import_job import CONFLICTS
from ..refused import ImportRefused
from .leaving import Leaving
from .texts import issue_sentences

_logger = logging.getLogger(__name__)


class Doing:
    """Does what is decided about one person: an account, a link, or the end of an
    account.

    Everything is done with the rights of the user who confirms.

    :param line: an ``its.user.import.line``
    """

    def __init__(self, line):
        self.env = line.env
        self._line = line
        self._job = line.import_id

    def do(self):
        """Do it, and note in the row what came of it.

        An error is shown in this row, and the others continue.
        """
        steps = {
            "create": self._create,
            "link": self._link,
            "archive": self._archive,
        }
        try:
            with self.env.cr.savepoint():
                values = steps[self._line.proposal]()
        except CONFLICTS:
            raise
        except UserError as error:
            values = {"outcome": "failed", "outcome_message": str(error)}
        except psycopg2.IntegrityError:
            values = {
                "outcome": "failed",
                "outcome_message": self.env._(
                    "Somebody else has just created the same account. Read the list "
                    "again."
                ),
            }
        except Exception:
            _logger.exception("User import: row %s failed", self._line.id)
            values = {
                "outcome": "failed",
                "outcome_message": self.env._(
                    "The server could not process this row; see the server log for "
                    "the reason."
                ),
            }
        # Nobody may write these by hand.
        self._line.sudo().write({"outcome_message": False, **values})

    def _users(self):
        """Users with the rights of the user who confirms, without the context of the
        browser: a default value would get into the accounts."""
        context = {
            "lang": self.env.user.lang,
            "tz": self.env.user.tz,
            "allowed_company_ids": self._line.company_id.ids,
            "no_reset_password": True,
        }
        return self.env(context=context)["res.users"]

    def _remember(self, user):
        self.env["its.user.link"]._remember(
            self._job.source_id, self._line._source_values(), user
        )

    # -------------------------------------------------------------------------
    # New accounts
    # -------------------------------------------------------------------------

    def _create(self):
        self._check_login()
        line, company = self._line, self._line.company_id
        groups = self.env.ref("base.group_user") | line._group()
        user = self._users().create(
            {
                "name": line.name.strip(),
                "login": line.login.strip(),
                "email": (line.email or "").strip() or False,
                "phone": line.phone,
                "function": line.position,
                "lang": self.env.user.lang,
                "tz": self.env.user.tz,
                "company_id": company.id,
                "company_ids": [Command.set(company.ids)],
                # Exactly what the row says, whatever else new users get by default.
                "group_ids": [Command.set(groups.ids)],
            }
        )
        self._remember(user)
        return {
            "outcome": "created",
            "user_id": user.id,
            "invitation": "waiting" if user.email else "none",
        }

    def _check_login(self):
        """Refuse a login that is somebody's, also where Odoo would let two differ by
        capital letters only.

        :raises UserError: saying what to do
        """
        login = (self._line.login or "").strip()
        self.env["res.users"].flush_model(["login"])
        if self.env.execute_query(
            SQL("SELECT FROM res_users WHERE lower(login) = lower(%s) LIMIT 1", login)
        ):
            raise ImportRefused(
                self.env._(
                    "The login %(login)s is taken. Enter another one, or link this "
                    "row to the user who has it.",
                    login=login,
                )
            )

    # -------------------------------------------------------------------------
    # People who are in Odoo
    # -------------------------------------------------------------------------

    def _link(self):
        user = self._line.user_id
        if not self._job._is_colleague(user):
            raise ImportRefused(
                self.env._(
                    "This account has changed in the meantime. Read the list again."
                )
            )
        group = self._line._missing_group()
        if group:
            self._users().browse(user.id).write({"group_ids": [Command.link(group.id)]})
        self._remember(user)
        unchanged = self._line.match == "known" and not group
        return {"outcome": "unchanged" if unchanged else "linked"}

    # -------------------------------------------------------------------------
    # People who are gone
    # -------------------------------------------------------------------------

    def _archive(self):
        user = self._users().browse(self._line.user_id.id)
        self._check_may_be_archived(user)
        successor = self._line.successor_id
        calls, clients = user._its_calls_and_clients()
        calls = calls.filtered(lambda call: not call.its_claim_id)
        claims = user._its_open_claims()
        counts = {"clients": len(clients), "calls": len(calls), "claims": len(claims)}
        if successor:
            if user.its_deputy_id != successor:
                user.its_deputy_id = successor
            claims.with_env(self.env).write({"user_id": successor.id})
        user.action_archive()
        message = False
        if any(counts.values()) and successor:
            message = self.env._(
                "Handed over to %(user)s: clients %(clients)s, calls %(calls)s, claims "
                "%(claims)s.",
                user=successor.name,
                **counts,
            )
        return {"outcome": "archived", "outcome_message": message}

    def _check_may_be_archived(self, user):
        """Ask again what the proposal asked: much may have happened since.

        :raises UserError: saying why not
        """
        reason = Leaving(self._job).why_not(user)
        if reason:
            raise ImportRefused(issue_sentences(self.env, [reason]))
        if user.has_group("base.group_system") and not self.env.is_system():
            raise ImportRefused(
                self.env._(
                    "%(user)s is an administrator of Odoo itself: only another such "
                    "administrator can archive this account.",
                    user=user.name,
                )
            )
        successor = self._line.successor_id
        leaving = self._job.archive_line_ids.filtered("confirmed").user_id
        if successor and (not successor.active or successor in leaving):
            raise ImportRefused(
                self.env._(
                    "%(user)s is also leaving. Choose another successor.",
                    user=successor.name,
                )
            )
        self._line._check_successor()
