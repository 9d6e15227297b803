"""What the tests of the users of an information base share."""

import base64
import uuid
from unittest.mock import patch

from odoo import fields

from odoo.addons.mail.tests.common import MailCase

from ..common import QualityCase

TITLES = {
    "name": "Полное имя",
    "login": "Имя для входа",
    "email": "E-mail",
    "phone": "Телефон",
    "position": "Должность",
    "department": "Подразделение",
    "ref": "Ссылка",
    "invalid": "Недействителен",
    "service": "Служебный",
    "deletion_mark": "Пометка удаления",
}


def ref_of(text):
    """A reference, always the same for the same text."""
    return str(uuid.uuid5(uuid.NAMESPACE_URL, f"made up: {text}"))


def person(name, **values):
    """A row of the list of users."""
    return {"name": name, **values}


class UserImportCase(QualityCase, MailCase):
    """Lists of users; ``self.boss`` may manage the users of Odoo, too, which
    ``self.administrator`` may not."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env = cls.env(context={"tracking_disable": True})
        cls.source = cls.env["its.import.source"].create({"name": "Бухгалтерия фирмы"})
        cls.boss = cls.create_user(
            "its_boss", "its_quality.group_administrator,base.group_erp_manager"
        )
        cls.vera = person(
            "Рыбкина Вера Олеговна",
            email="rybkina@example.com",
            phone="+7 8332 00-00-11",
            position="Специалист",
        )
        cls.yuri = person("Щукин Юрий", email="schukin@example.com")
        cls.jeanne = person("Чайкина Жанна", login="ЧайкинаЖ")

    # -------------------------------------------------------------------------
    # Lists
    # -------------------------------------------------------------------------

    def file_of(self, *people):
        """The list as a text file with all columns."""
        rows = [list(TITLES.values())]
        rows += [[row.get(name, "") for name in TITLES] for row in people]
        text = "\n".join("\t".join(cells) for cells in rows)
        return base64.b64encode(text.encode())

    def review(self, *people, user=None, source=None):
        """Read a list as a user of Odoo.

        :return: the import, with its rows for review
        """
        imports = self.env["its.user.import"].with_user(user or self.boss)
        job = imports.create(
            {
                "source_id": (source or self.source).id,
                "file": self.file_of(*people),
                "file_name": "users.txt",
            }
        )
        job.action_check()
        return job

    def brought(self, *people, role="client_manager"):
        """Bring people over, all with the same role.

        :return: the import, confirmed
        """
        job = self.review(*people)
        job.create_line_ids.role = role
        job.action_confirm()
        return job

    def line(self, job, name):
        """The row of a person."""
        found = job.line_ids.filtered(lambda line: line.name == name)
        self.assertEqual(len(found), 1, name)
        return found

    def user_of(self, person):
        """The account that was made of a person."""
        return self.env["res.users"].search([("name", "=", person["name"])])

    def proposals(self, job):
        """What is proposed, by name."""
        return {line.name: line.proposal for line in job.line_ids}

    def issues(self, line):
        return [code for code, _value in line.issues or ()]

    # -------------------------------------------------------------------------
    # Letters
    # -------------------------------------------------------------------------

    def invite(self):
        """Let the job send what waits.

        :return: the letters that went, in order
        """
        self.env.flush_all()
        progress = patch.object(
            type(self.env["ir.cron"]), "_commit_progress", lambda *_a, **_k: 100
        )
        with self.mock_mail_gateway(), progress:
            self.env["its.user.import"]._cron_invite()
        self.env.invalidate_all()
        return [letter["EmailMessage"] for letter in self._mails]

    def rights_of(self, users):
        """Whatever of a user decides what he may and how he gets in."""
        self.env.flush_all()
        self.env.cr.execute(
            "SELECT id, login, password, active, company_id, partner_id, share"
            " FROM res_users WHERE id IN %s ORDER BY id",
            [tuple(users.ids)],
        )
        rows = self.env.cr.fetchall()
        return [
            (row, sorted(user.group_ids.ids), sorted(user.company_ids.ids), user.email)
            for row, user in zip(rows, users.sorted("id"), strict=True)
        ]

    def plan_call(self, client, user):
        """Plan a call to a client.

        :return: the activity
        """
        return client.activity_schedule(
            "mail.mail_activity_data_call",
            date_deadline=fields.Date.today(),
            user_id=user.id,
        )
