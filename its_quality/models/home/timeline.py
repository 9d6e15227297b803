"""One line of time about a client: talks, responses, claims, letters, renewals."""

from typing import NamedTuple

from markupsafe import Markup

from odoo.fields import Domain
from odoo.tools import format_date, format_datetime

# So many of each kind are looked at, so many are shown of all.
EACH = 10
SHOWN = 15


class Event(NamedTuple):
    """Something that happened, as a line says it."""

    moment: object
    icon: str
    kind: str
    text: str
    url: str


class Timeline:
    """What has happened between a client and us, as far as the reader may see it.

    :param client: a ``res.partner``
    """

    def __init__(self, client):
        self.env = client.env
        self._client = client
        self._company = client.env.company

    def events(self):
        """The last events, the latest first.

        :return: a list of :class:`Event`
        """
        found = [
            *self._talks(),
            *self._responses(),
            *self._claims(),
            *self._letters(),
            *self._renewals(),
        ]
        found.sort(key=lambda event: event.moment, reverse=True)
        return found[:SHOWN]

    def html(self):
        """The events as a list, for the card; empty where there are none."""
        rows = [
            Markup(
                '<li class="d-flex gap-2 py-1 border-bottom">'
                '<span class="text-nowrap">%s</span>'
                '<span class="fa fa-fw %s mt-1" title="%s"></span>'
                '<a href="%s" class="text-nowrap">%s</a><span>%s</span></li>'
            )
            % (
                format_datetime(self.env, event.moment, dt_format="dd.MM.yyyy"),
                event.icon,
                event.kind,
                event.url,
                event.kind,
                event.text,
            )
            for event in self.events()
        ]
        if not rows:
            return False
        return Markup('<ul class="list-unstyled m-0">%s</ul>') % Markup("").join(rows)

    def _last(self, model, domain, order):
        return self.env[model].search(
            domain, limit=EACH, order=f"{order} DESC, id DESC"
        )

    def _label(self, record, name):
        labels = dict(record._fields[name]._description_selection(self.env))
        return labels.get(record[name], "")

    def _talks(self):
        domain = [("partner_id", "=", self._client.id)]
        for talk in self._last("its.interaction", domain, "date_start"):
            told = [self._label(talk, "outcome"), talk.user_id.name, talk.summary]
            yield Event(
                talk.date_start,
                "fa-phone" if talk.channel == "call" else "fa-comments-o",
                self._label(talk, "channel"),
                " · ".join(part for part in told if part),
                f"/odoo/interactions/{talk.id}",
            )

    def _responses(self):
        domain = [
            ("its_client_id", "=", self._client.id),
            ("state", "=", "done"),
            ("test_entry", "=", False),
        ]
        for response in self._last("survey.user_input", domain, "end_datetime"):
            yield Event(
                response.end_datetime or response.create_date,
                "fa-star-o",
                self.env._("Response"),
                response.survey_id.title,
                f"/odoo/its-responses/{response.id}",
            )

    def _claims(self):
        domain = [("partner_id", "=", self._client.id)]
        for claim in self._last("its.claim", domain, "date_registered"):
            yield Event(
                claim.date_registered,
                "fa-exclamation-triangle",
                claim.name,
                f"{claim.subject} · {claim.stage_id.name}",
                f"/odoo/claims/{claim.id}",
            )

    def _letters(self):
        domain = Domain("model", "=", "res.partner") & Domain(
            "res_id", "=", self._client.id
        )
        domain &= Domain("message_type", "in", ("email", "email_outgoing"))
        for letter in self._last("mail.message", domain, "date"):
            yield Event(
                letter.date,
                "fa-envelope-o",
                self.env._("E-mail"),
                letter.subject or "",
                f"/odoo/its-clients/{self._client.id}",
            )

    def _renewals(self):
        domain = [
            ("partner_id", "=", self._client.id),
            ("continues_id", "!=", False),
        ]
        for renewal in self._last("its.subscription", domain, "create_date"):
            text = renewal.service_id.name
            if renewal.date_end:
                day = format_date(self.env, renewal.date_end)
                text = self.env._("%(service)s until %(date)s", service=text, date=day)
            moment = renewal.create_date
            if renewal.date_start:
                # What was entered afterwards, from 1C above all, began before.
                moment = min(moment, self._company._its_midnight(renewal.date_start))
            yield Event(
                moment,
                "fa-refresh",
                self.env._("Renewal"),
                text,
                f"/odoo/its-subscriptions/{renewal.id}",
            )
