from collections import Counter
from datetime import datetime, timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, ConcurrencyError, LockError, UserError
from odoo.tools import format_date, format_datetime

from ...tools.given import takes
from ..base import days
from ..base.groups import GROUP_CLIENT_MANAGER, GROUP_USER
from . import kept, renewing
from .asking import reason_to_skip
from .due import DOMAINS, days_late, due_domain, is_overdue

QUEUE = 80
MOST_COUNTED = 500
TALKS = 5
# What is shown of a client and of their contact persons, and what that follows from.
CARD_FIELDS = (
    "name",
    "function",
    "phone",
    "email",
    "tz",
    "user_id",
    "company_id",
    "its_call_consent",
    "its_other_contacts",
    "its_last_contact",
)


class ItsCallDesk(models.AbstractModel):
    """The page a manager opens in the morning: whom to call, and what is known of them.

    The page keeps nothing: what it shows comes from here in one request, and what came
    of a talk goes back in one request that records the interaction, the response and
    the next call together or not at all.
    """

    _name = "its.call.desk"
    _description = "Call Desk"

    # -------------------------------------------------------------------------
    # The queue
    # -------------------------------------------------------------------------

    @api.model
    @takes(purpose=str, service=int, search=str, limit=int, due=str)
    def get_queue(self, purpose=None, service=None, search=None, limit=QUEUE, due=None):
        """Whom to call today, the most urgent first.

        :param purpose: a key of ``its.interaction.purpose``
        :param service: the id of a service that the client is subscribed to
        :param search: what is known of a client, see ``res.partner._its_found``
        :param due: ``today`` or ``overdue``
        :return: a dict for the page
        """
        self._check_role()
        today = self.env.company._its_today()
        filters = []
        if purpose:
            filters.append(("its_purpose", "=", purpose))
        if service:
            filters.append(("its_client_id", "any", self._subscribed(service)))
        if search:
            found = self.env["res.partner"]._its_found(search)
            filters.append(("its_client_id", "any", found))
        if due in DOMAINS:
            filters += DOMAINS[due](today)
        everything = self._urgent_calls(today)
        shown = self._urgent_calls(today, filters) if filters else everything
        labels = dict(shown._fields["its_purpose"]._description_selection(self.env))
        outcomes = self.env["its.interaction"]._fields["outcome"]
        outcomes = outcomes._description_selection(self.env)
        purposes = Counter(everything.mapped(lambda call: call.its_purpose))
        overdue = sum(is_overdue(call, today) for call in everything)
        done = self.env["its.interaction"].search_count(self._done_today(today))
        lacks = []
        if not everything:
            lacks = self.env.company._its_shown_lacks() + self._coming(today)
        return {
            "lacks": lacks,
            "counts": {
                "today": self._count(len(everything) - overdue),
                "overdue": self._count(overdue),
                "done": done,
            },
            "purposes": [
                {"id": key, "name": labels.get(key, key), "count": self._count(count)}
                for key, count in purposes.most_common()
            ],
            "services": self._services(everything),
            "outcomes": [{"id": key, "name": name} for key, name in outcomes],
            "calls": [
                self._queue_row(call, today, labels)
                for call in self._prefetched(
                    shown[: max(1, min(limit or QUEUE, MOST_COUNTED))]
                )
            ],
        }

    def _urgent_calls(self, today, filters=()):
        """The first calls of the reader, the most urgent first.

        Each share of them is asked for by itself, in the order of an index: so it
        takes as long for a manager of fifty clients as for one of fifty thousand.

        :param filters: further conditions
        """
        calls = self.env["mail.activity"].sudo().with_context(active_test=True)
        names = ["its_client_id", "date_deadline", "its_purpose", "its_call_at"]
        names += ["its_late_since", "its_desk_user_id", "its_desk_until"]
        names += calls._its_subject_fields() + self._queue_fields()
        here = calls._its_of_companies(self.env.companies)
        found = calls.browse()
        for share in self._shares(today):
            found |= calls.search_fetch(
                fields.Domain([*self._due(today), *share, *filters]) & here,
                names,
                limit=MOST_COUNTED,
                order="date_deadline, its_call_at NULLS FIRST, id",
            )
        return found.sorted(self._urgency)[:MOST_COUNTED]

    def _coming(self, today):
        """What an empty queue is followed by: the next day on which the reader has
        calls, as :meth:`~.res_company.ResCompany._its_shown_lacks` tells things."""
        calls = self.env["mail.activity"].sudo().with_context(active_test=True)
        later = fields.Domain("its_client_id", "!=", False) & fields.Domain(
            "date_deadline", ">", today
        )
        later &= fields.Domain.OR(self._shares(today))
        later &= fields.Domain(calls._its_of_companies(self.env.companies))
        found = calls._read_group(
            later,
            ["date_deadline:day"],
            ["__count"],
            limit=1,
            order="date_deadline:day",
        )
        if not found:
            return []
        [(day, count)] = found
        text = self.env._(
            "The next calls: %(count)s on %(day)s",
            count=count,
            day=format_date(self.env, day),
        )
        return [{"text": text, "action": False}]

    def _queue_fields(self):
        """What else a row of the queue is made of; to be extended."""
        return []

    def _urgency(self, call):
        """What calls are sorted by, the most urgent first; to be extended. Who has asked
        to be called at a time that has come waits for it."""
        is_time = call.its_call_at and call.its_call_at <= fields.Datetime.now()
        return (
            not is_time,
            call.date_deadline,
            call.its_call_at or datetime.min,
            call.id,
        )

    def _subscribed(self, service):
        """Clients who have a service; a domain of ``res.partner``."""
        in_force = [
            ("service_id", "=", service),
            ("company_id", "in", self.env.companies.ids),
            ("state", "in", ("active", "expiring")),
        ]
        return [("its_subscription_ids", "any", in_force)]

    def _services(self, calls):
        """The services of the clients to be called, for the page to filter by."""
        groups = (
            self.env["its.subscription"]
            .sudo()
            ._read_group(
                [
                    ("partner_id", "in", calls.mapped("its_client_id").ids),
                    ("company_id", "in", self.env.companies.ids),
                    ("state", "in", ("active", "expiring")),
                ],
                ["service_id"],
            )
        )
        return [{"id": service.id, "name": service.name} for [service] in groups]

    def _prefetched(self, calls):
        """Only these are read further: the rest was counted."""
        return calls.with_prefetch(calls.ids)

    def _count(self, number):
        """Nobody makes more calls than that in a day; more are shown as «500+»."""
        return f"{MOST_COUNTED}+" if number >= MOST_COUNTED else number

    def _due(self, today):
        return [("its_client_id", "!=", False), *due_domain(today)]

    def _shares(self, today):
        """Whose calls the user makes: their own, those of users they stand in for now,
        those that were escalated to them, and those of clients without a manager.

        :return: a list of domains
        """
        return [*self._own_shares(), *self._covered_shares(today)]

    def _own_shares(self):
        user = self.env.user
        shares = [[("user_id", "=", user.id)], [("its_escalated_id", "=", user.id)]]
        if user.has_group(GROUP_CLIENT_MANAGER):
            shares.append(
                [("user_id", "=", False), ("its_client_id.user_id", "=", False)]
            )
        return shares

    def _covered_shares(self, today):
        others = self.env.user._its_covered_users(today, self.env.company)
        return [[("user_id", "=", user_id)] for user_id in others.ids]

    def _made_here(self, calls):
        """Those of some calls that the user makes; who stands in for whom is asked only
        if a call is somebody's who is away.

        :param calls: in superuser mode
        """
        mine = calls.filtered_domain(fields.Domain.OR(self._own_shares()))
        others = (calls - mine).user_id
        if not others:
            return mine
        today = self.env.company._its_today()
        covered = self.env.user._its_covered_users(today, self.env.company, others)
        return calls.filtered(lambda call: call in mine or call.user_id in covered)

    def _queue_row(self, call, today, labels):
        late = days_late(call, today)
        if late:
            when = self.env._("%(days)s d. late", days=late)
        elif call.its_call_at:
            when = format_datetime(self.env, call.its_call_at, dt_format="HH:mm")
        else:
            when = self.env._("today")
        now = fields.Datetime.now()
        holder = call.its_desk_user_id
        held = (
            holder != self.env.user
            and call.its_desk_until
            and (call.its_desk_until > now)
        )
        return {
            "id": call.id,
            "client": call.its_client_id.name,
            "holder": holder.name if held else "",
            "purpose": labels.get(call.its_purpose, ""),
            "when": when,
            "late": late,
            "waits": bool(call.its_call_at and call.its_call_at > now),
        }

    # -------------------------------------------------------------------------
    # A client in hand
    # -------------------------------------------------------------------------

    @api.model
    @takes(call_id=int)
    def open_call(self, call_id):
        """Reserve a client: nobody else gets them while the talk continues.

        :return: a dict with all that the page shows of them
        :raises UserError: when the call is closed, or reserved for somebody else
        """
        call, cards = self._find_with_cards(call_id)
        self._reserve(call)
        client = cards.filtered(lambda card: card.id == call.its_client_id.id)
        subscriptions = self._subscriptions(client)
        people = cards - client
        phones = self._phones(client, people)
        not_asked = reason_to_skip(call)
        talks, others = self._last_talks(client), self._other_calls(call)
        users = client.user_id | call.user_id | talks.user_id | others.user_id
        names = users._its_names()
        may_end = any(subscription["offer"] for subscription in subscriptions)
        return {
            "id": call.id,
            "client": self._client(client, names),
            "call": self._call(call, names),
            "phones": phones,
            "contacts": [
                {
                    "id": person.id,
                    "name": person.name,
                    "function": person.function or "",
                }
                for person in people
            ],
            "subscriptions": subscriptions,
            "talks": self._talks(talks, names),
            "others": self._others(others, names),
            "claims": self._claims(client),
            "scores": self._scores(client),
            "warnings": self._warnings(call, client, phones),
            "questionnaire": self._questionnaire(call, not_asked),
            "not_asked": not_asked,
            "questionnaires": self._questionnaires(call),
            "reasons": self._reasons() if may_end else [],
        }

    @api.model
    @takes(call_id=int)
    def keep_call(self, call_id):
        """Renew the reservation; the page does so regularly during a talk."""
        self._reserve_call(call_id)

    @api.model
    @takes(call_id=int, has_notes=bool)
    def release_call(self, call_id, has_notes=None):
        """Let others have the client; the page was left without a result.

        :param has_notes: whether something was written down, so that the talk is gone
            on with
        """
        call = self._find(call_id)
        if call.its_desk_user_id != self.env.user:
            return
        if call.its_is_talk and not has_notes and not call.its_response_id:
            call.unlink()
            return
        call.write({"its_desk_user_id": False, "its_desk_until": False})

    def _find(self, call_id):
        """The call, if the reader may work on it.

        :return: in superuser mode, because an activity requires rights that a
            stand-in of an absent colleague may not have
        """
        call, _cards = self._find_with_cards(call_id)
        return call

    def _find_with_cards(self, call_id):
        """As :meth:`_find`, with the cards of the client and of their contact persons,
        which are read at once, with the rights of the role."""
        self._check_role()
        call = self._known_call(call_id)
        self._check_may_take(call)
        if not call.active or not call.its_client_id:
            raise UserError(
                self.env._(
                    "This call is already closed: somebody else made it, or it was "
                    "cancelled. Take the next one."
                )
            )
        partners = self.env["res.partner"].with_context(active_test=False)
        client_id = call.its_client_id.id
        of_client = fields.Domain("parent_id", "=", client_id)
        cards = partners._its_by_role().search_fetch(
            fields.Domain("id", "=", client_id)
            | of_client & fields.Domain("active", "=", True),
            CARD_FIELDS,
        )
        client = cards.filtered(lambda card: card.id == client_id)
        if call.its_cadence_id:
            # Read with those by which one judges how long a client was not heard of.
            cadences = call.its_cadence_id
            regular = cadences._periodic_ids(*kept.asked(self.env, "constant"))
            cadences.with_prefetch([*cadences.ids, *regular]).mapped("company_id")
        # Mostly the call is about one of these, which are shown anyway.
        client.mapped("its_running_ids")
        mine = self._made_here(call)
        here = call.filtered_domain(call._its_of_companies(self.env.companies))
        if not here or not client or not (mine or client.has_access("write")):
            raise AccessError(
                self.env._("This call is not yours: it belongs to another manager.")
            )
        return call, cards.with_env(self.env)

    def _check_may_take(self, call):
        """Refuse a call for reasons of its own; to be extended.

        :param call: in superuser mode, archived or not; may be none
        """

    def _known_call(self, call_id):
        """A call, as superuser, archived or not; none if it is no longer there."""
        calls = self.env["mail.activity"].sudo()
        every = calls.with_context(active_test=False)
        return every.search_fetch([("id", "=", call_id)]).with_env(calls.env)

    def _reserve_call(self, call_id):
        """Lock a call and reserve its client for the user; see :meth:`open_call`."""
        call = self._find(call_id)
        self._reserve(call)
        return call

    def _reserve(self, call):
        try:
            call.lock_for_update()
        except LockError as error:
            # Another window of ours, or somebody who is first: ask again in a moment.
            raise ConcurrencyError(str(error)) from error
        now = fields.Datetime.now()
        holder = call.its_desk_user_id
        if holder and holder != self.env.user and call.its_desk_until > now:
            raise UserError(
                self.env._(
                    "%(user)s is talking to %(client)s right now. Take the next client.",
                    user=holder.name,
                    client=call.its_client_id.name,
                )
            )
        # As long as a talk lasts, and the browser confirms that it continues.
        lease = timedelta(minutes=self.env.company.its_desk_minutes)
        values = {"its_desk_until": now + lease}
        if holder != self.env.user:
            values["its_desk_user_id"] = self.env.uid
        call.with_context(mail_activity_quick_update=True).write(values)

    def _check_role(self):
        if not self.env.user.has_group(GROUP_USER):
            raise AccessError(
                self.env._("The call desk is for users with a role in ITS quality.")
            )

    # -------------------------------------------------------------------------
    # What is known of the client
    # -------------------------------------------------------------------------

    def _client(self, client, names):
        local = ""
        if client.tz and client.tz != self.env.user.tz:
            local = days.clock(fields.Datetime.now(), client.tz).strftime("%H:%M")
        return {
            "id": client.id,
            "name": client.name,
            "email": client.email or "",
            "risk": client.its_risk or "",
            "manager": names.get(client.user_id.id, ""),
            "local_time": local,
            "note": client.its_other_contacts or "",
        }

    def _call(self, call, names):
        labels = dict(call._fields["its_purpose"]._description_selection(self.env))
        subscription = call.its_subscription_id
        return {
            "is_talk": call.its_is_talk,
            "is_renewal": call.its_purpose == "renewal",
            "purpose": labels.get(call.its_purpose, ""),
            "cadence": call.its_cadence_id.name or call.summary or "",
            "script": call.its_cadence_id.script or call.note or "",
            "attempts": call.its_attempts,
            "subscription": subscription.with_context(its_hide_client=True).display_name
            or "",
            "subscription_id": subscription.id,
            "deadline": format_date(self.env, call.date_deadline),
            "escalated": call.its_escalated_id == self.env.user,
            "owner": names.get(call.user_id.id, "")
            if call.user_id != self.env.user
            else "",
        }

    def _phones(self, client, people):
        phones = [{"number": client.phone, "who": ""}] if client.phone else []
        phones += [
            {"number": person.phone, "who": person.name, "contact_id": person.id}
            for person in people
            if person.phone and person.phone != client.phone
        ]
        return phones

    def _subscriptions(self, client):
        return [renewing.row(subscription) for subscription in client.its_running_ids]

    def _other_calls(self, call):
        """The other calls that are planned to a client."""
        calls = self.env["mail.activity"].sudo()
        return calls.search_fetch(
            fields.Domain("its_client_id", "=", call.its_client_id.id)
            & fields.Domain("id", "!=", call.id)
            & calls._its_of_companies(self.env.companies),
            order="date_deadline, id",
            limit=TALKS,
        )

    def _others(self, calls, names):
        """By whom and when other calls are made: whoever talks to the client now may
        spare a colleague the call, or wait for theirs."""
        labels = dict(calls._fields["its_purpose"]._description_selection(self.env))
        return [
            {
                "id": other.id,
                "purpose": labels.get(other.its_purpose, ""),
                "user": names.get(other.user_id.id) or self.env._("nobody yet"),
                "day": format_date(self.env, other.date_deadline),
            }
            for other in calls
        ]

    def _last_talks(self, client, limit=TALKS):
        return self.env["its.interaction"].search_fetch(
            [("partner_id", "=", client.id)], limit=limit
        )

    def _talks(self, talks, names):
        return [
            {
                "id": talk.id,
                "day": format_date(self.env, talk.date_start),
                "who": names.get(talk.user_id.id, ""),
                "outcome": self._outcome_of(talk),
                "summary": talk.summary or "",
            }
            for talk in talks
        ]

    def _outcome_of(self, talk):
        """What came of a talk; of one that nobody has noted anything about, what it was."""
        labels = {
            name: dict(talk._fields[name]._description_selection(self.env))
            for name in ("outcome", "purpose")
        }
        if talk.outcome != "reached":
            return labels["outcome"][talk.outcome]
        if talk.summary:
            return ""
        if talk.purpose != "other":
            return labels["purpose"][talk.purpose]
        return (
            self.env._("Incoming") if talk.direction == "in" else self.env._("Outgoing")
        )

    def _claims(self, client):  # pylint: disable=unused-argument
        """Open claims of a client; the room of claims overrides this.

        :return: a list of ``{"id", "name", "stage"}``
        """
        return []

    def _scores(self, client):
        """The last marks a client gave, the newest first."""
        return [
            {
                "id": response.id,
                "score": f"{round(response.its_score)} %",
                "day": format_date(self.env, response.end_datetime),
            }
            for response in client.its_scored_ids
        ]

    def _warnings(self, call, client, phones):
        """What is in the way of this call, as sentences."""
        warnings = []
        if not phones:
            warnings.append(
                self.env._(
                    "There is no phone number on the card. Ask by e-mail, or look the "
                    "number up."
                )
                if client.email
                else self.env._(
                    "There is neither a phone number nor an e-mail address on the "
                    "card. Add them."
                )
            )
        if client.its_call_consent == "refused":
            warnings.append(self.env._("The client has asked not to be called."))
        survey = call.its_survey_id
        if survey and not survey.active:
            warnings.append(
                self.env._(
                    "The questionnaire «%(survey)s» is archived: take notes instead. "
                    "An administrator can choose another one in the cadence.",
                    survey=survey.title,
                )
            )
        if (
            call.its_cadence_id.trigger in ("after_start", "before_end")
            and not call.its_subscription_id
        ):
            warnings.append(
                self.env._("The subscription this call was about has been deleted.")
            )
        return warnings
