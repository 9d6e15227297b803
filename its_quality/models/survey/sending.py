"""Sending a questionnaire to many clients: who gets it and who does not, and why; and the
letters, batch by batch."""

from collections import Counter

from odoo import fields
from odoo.exceptions import UserError

from ...tools.by_code import by_code
from ...tools.letter_addresses import addresses_of
from ..base.groups import GROUP_CLIENT_MANAGER
from .often import asked_lately

BATCH = 50
# So many are looked through at once; more are chosen by a narrower filter.
MOST = 5000


class Recipients:
    """Who of some clients gets a questionnaire, as the user may send it.

    :param survey: the questionnaire
    :param clients: as the user sees them by their role
    :param again: whether also those get it who were asked lately
    """

    def __init__(self, survey, clients, again=False):
        self.env = clients.env
        self.survey = survey
        self.lately = {}
        self.left_out = Counter()
        self.ready = self._ready(clients, again)

    def _ready(self, clients, again):
        company = self.survey.company_id or self.env.company
        may_send = self.env.user.has_group(GROUP_CLIENT_MANAGER)
        mine = clients._filtered_access("write") if may_send else clients.browse()
        addresses = {
            client.id: next(iter(addresses_of(client.email)), "") for client in clients
        }
        unsubscribed = set(
            self.env["mail.blacklist"]
            .sudo()
            .search([("email", "in", [one for one in addresses.values() if one])])
            .mapped("email")
        )
        self.lately = asked_lately(clients, company)
        reasons = {}
        for client in clients:
            if client not in mine:
                reason = "foreign"
            elif client.company_id not in (company, company.browse()):
                reason = "company"
            elif client.its_mail_consent == "refused":
                reason = "refused"
            elif not addresses[client.id]:
                reason = "address"
            elif addresses[client.id] in unsubscribed:
                reason = "unsubscribed"
            elif client.id in self.lately and not again:
                reason = "lately"
            else:
                continue
            reasons[client.id] = reason
        self.left_out = Counter(reasons.values())
        return clients.filtered(lambda client: client.id not in reasons)

    def sentences(self):
        """How many get no letter, and why: a sentence for each reason."""
        count = self.left_out.__getitem__
        words = {
            "foreign": self.env._(
                "%(count)s: of another manager", count=count("foreign")
            ),
            "company": self.env._(
                "%(count)s: of another company", count=count("company")
            ),
            "refused": self.env._("%(count)s: want no e-mails", count=count("refused")),
            "address": self.env._(
                "%(count)s: no e-mail address on the card", count=count("address")
            ),
            "unsubscribed": self.env._(
                "%(count)s: have unsubscribed", count=count("unsubscribed")
            ),
            "lately": self.env._(
                "%(count)s: have been asked lately", count=count("lately")
            ),
        }
        return [words[reason] for reason, _count in self.left_out.most_common()]

    def queue(self):
        """Let each of them get the questionnaire; the letters are written by a job.

        :return: the responses they will fill in
        """
        self.survey.check_access("read")
        responses = self.env["survey.user_input"]
        values = [
            responses._its_start_values(self.survey, client, None, None, None, None)
            for client in self.ready
        ]
        for vals in values:
            vals["email"] = next(iter(addresses_of(vals["email"])), "")
        queued = responses.sudo().with_context(tracking_disable=True).create(values)
        by_code(queued).its_to_send = True
        cron = self.env.ref("its_quality.ir_cron_send_questionnaires").sudo()
        cron._trigger()
        return queued


def send(responses):
    """Write the letters that wait, batch by batch, each in the name of who sends it.

    :param responses: the model, as the superuser
    """
    waiting = responses.search(
        [("its_to_send", "=", True)], order="id", limit=20 * BATCH
    )
    for start in range(0, len(waiting), BATCH):
        batch = waiting[start : start + BATCH].try_lock_for_update()
        for response in batch.filtered("its_to_send"):
            by_code(response).its_to_send = False
            survey = response.survey_id.with_user(response.create_uid)
            open_still = response.deadline and response.deadline > fields.Datetime.now()
            if response.state != "new" or not open_still:
                continue
            try:
                survey._its_check_wants_mails(response.its_client_id, response.email)
            except UserError:
                # They want no mails any more.
                continue
            survey._its_deliver(response)
        queue = responses.env.ref("mail.ir_cron_mail_scheduler_action").sudo()
        queue._trigger()
        responses.env["ir.cron"]._commit_progress(
            len(batch), remaining=len(waiting) - start - len(batch)
        )
