"""What reaches a database that is upgraded.

Rights, rules, views and actions are data that Odoo writes anew by itself. Scheduled
actions and templates of e-mails are not: people edit them, and Odoo would take that away
with each update. So they are written anew here, at a change of the version only, and only
those that nobody has edited; of an edited scheduled action what it does is renewed, and
when it does so stays. Whatever stays is told in the log.

Master data (services, stages, wishes, cadences, questionnaires, problems, reasons) belong
to the firm from the first day: new ones arrive, those that are there are left alone.
"""

import io
import logging

from lxml import etree

from odoo import SUPERUSER_ID
from odoo.tools import SQL, file_open
from odoo.tools.convert import convert_xml_import

_logger = logging.getLogger(__name__)

ADDON = "its_quality"
CRONS = "data/ir_cron_data.xml"
TEMPLATES = (
    "data/claim/mail_template_claim_data.xml",
    "data/claim/mail_template_claim_stranger_data.xml",
    "data/survey/survey_mail_template_data.xml",
)
# When a scheduled action runs next is the database's own affair.
OF_THE_DATABASE = ("nextcall",)
# What a scheduled action does; the rest of an edited one is its administrator's.
OF_THE_CODE = ("code", "model_id", "name", "state")


class Renewal:
    """Writes data of ours anew that nobody has edited.

    :ivar env: of the superuser, who has written them at the installation
    :ivar kept: external ids of what somebody has edited, once it has been run
    """

    def __init__(self, env):
        self.env = env(
            user=SUPERUSER_ID, context={"tracking_disable": True, "active_test": False}
        )
        self.kept = []
        self._editors = {}

    def run(self):
        """Write them anew, and tell in the log what was left as it is.

        :return: the external ids of what was left
        """
        self._renew(CRONS, self._cron)
        self._remember_editors()
        for path in TEMPLATES:
            self._renew(path, self._template)
        for name in self.kept:
            _logger.info("Edited by a user, so left as it is: %s.%s", ADDON, name)
        return self.kept

    def _renew(self, path, prepare):
        """Load a file again, its records changed by ``prepare``."""
        with file_open(f"{ADDON}/{path}", "rb") as file:
            tree = etree.parse(file)
        for node in list(tree.iter("record")):
            record = self.env.ref(f"{ADDON}.{node.get('id')}", raise_if_not_found=False)
            # Deleted, it stays so.
            if not record or not prepare(node, record):
                node.getparent().remove(node)
        content = io.BytesIO(etree.tostring(tree))
        # Odoo names it where something is wrong.
        content.name = path
        convert_xml_import(self.env, ADDON, content, {}, "init", noupdate=True)

    def _cron(self, node, record):
        is_edited = self._is_edited(record)
        for field in list(node):
            name = field.get("name")
            if name in OF_THE_DATABASE or (is_edited and name not in OF_THE_CODE):
                node.remove(field)
        return True

    def _template(self, _node, record):
        return not self._is_edited(record)

    def _is_edited(self, record):
        """Whether the last who has written a record was somebody, and not an update."""
        if record.write_uid.id in (False, SUPERUSER_ID):
            return False
        self._editors[record] = record.write_uid.id
        [name] = record.get_external_id().values()
        self.kept.append(name.removeprefix(f"{ADDON}."))
        return True

    def _remember_editors(self):
        """Leave an edited record as written by who edited it, or the next version would
        take it for one that nobody has edited."""
        self.env.flush_all()
        for record, user_id in self._editors.items():
            self.env.cr.execute(
                SQL(
                    "UPDATE %s SET write_uid = %s WHERE id = %s",
                    SQL.identifier(record._table),
                    user_id,
                    record.id,
                )
            )
            record.invalidate_recordset(["write_uid"])
