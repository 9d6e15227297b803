"""From what an exchange reports to the journal: one talk is one interaction, and who
reached nobody is called back.

Events come twice, late, in any order, or not at all. So a call is always worked out anew
from all that is known of it; whatever follows from it (the interaction, the call back) is
brought to where it has to be, and is left alone where it is there.
"""

from datetime import timedelta

from ...tools.by_code import by_code
from ..base.absence import Absence
from ..base.groups import GROUP_CLIENT_MANAGER
from ..base.working_days import WorkingDays, work_intervals
from .numbers import key_of
from .providers.provider import ANSWERED, ENDED, RINGING

HOUR = 3600
# What is written within this time before or after a talk is about it.
BEFORE, AFTER = timedelta(minutes=5), timedelta(minutes=30)


class Journal:
    """The journal of the calls of one exchange.

    :param connection: a ``its.phone.connection``
    """

    def __init__(self, connection):
        self._connection = connection.sudo()._at_work()
        # Nothing is said on the page of a call.
        self.env = self._connection.with_context(tracking_disable=True).env
        self._company = self._connection.company_id
        self._calls = self.env["its.phone.call"]

    # -------------------------------------------------------------------------
    # The call
    # -------------------------------------------------------------------------

    def record(self, events):
        """Bring a call to what its events say.

        :param events: all that are known of one call, in order
        :return: the call
        """
        call = self._calls.search(
            [
                ("connection_id", "=", self._connection.id),
                ("call_ref", "=", events[0].call_ref),
            ]
        )
        values = self._values(call, events.sudo())
        if call:
            call.write(values)
        else:
            call = self._calls.create(values)
        self.settle(call)
        return call

    def close(self, call):
        """Close a call whose end was not reported."""
        call.state = "lost" if call.date_answered else self._unanswered(call.direction)
        self.settle(call)

    def _unanswered(self, direction):
        return "missed" if direction == "in" else "no_answer"

    def _values(self, call, events):
        """What is known of a call: of what was known before, and of its events."""
        first = {
            kind: events.filtered(lambda e, k=kind: e.kind == k)
            for kind in (RINGING, ANSWERED, ENDED)
        }
        answered, ended = first[ANSWERED][:1], first[ENDED][-1:]
        direction = self._direction(events) or call.direction or "in"
        dates = [*events.mapped("date"), *filter(None, [call.date_start])]
        date_answered = min(
            filter(None, [answered.date, call.date_answered]), default=False
        )
        date_ended = max(filter(None, [ended.date, call.date_ended]), default=False)
        seconds = max([*ended.mapped("seconds"), call.seconds or 0])
        user = answered.user_id or call.user_id
        if not user and (seconds or date_answered):
            # Who answered was not said: whoever hung up, or the only one it rang at.
            rung = first[RINGING].user_id
            user = ended.user_id or (rung if len(rung) == 1 else user)
        if direction == "out" and not user:
            user = events.user_id[:1]
        if seconds and not date_answered and date_ended:
            date_answered = date_ended - timedelta(seconds=seconds)
        if date_answered and date_ended and not seconds:
            seconds = max(int((date_ended - date_answered).total_seconds()), 0)
        state = "open"
        if date_ended:
            state = "talk" if date_answered else self._unanswered(direction)
        elif call.state in ("lost", "missed", "no_answer"):
            # Closed for want of an end; it may have been answered all the same.
            state = "lost" if date_answered else call.state
        number = next(filter(None, events.mapped("number")), call.number or "")
        line = next(filter(None, events.mapped("line")), "")
        lines = self.env["its.phone.line"]
        recording = next(filter(None, events.mapped("recording")), call.recording)
        told = next(filter(None, events.mapped("told")), call.told)
        return {
            "connection_id": self._connection.id,
            "company_id": self._company.id,
            "call_ref": events[0].call_ref,
            "direction": direction,
            "number": number,
            "key": key_of(number) or False,
            "line_id": (lines._of_number(self._connection, line) or call.line_id).id,
            "user_id": user.id,
            "date_start": min(dates),
            "date_answered": date_answered,
            "date_ended": date_ended,
            "seconds": seconds,
            "cause": ended.cause or call.cause,
            "state": state,
            "recording": recording,
            "told": told,
        }

    def _direction(self, events):
        return next(filter(None, events.mapped("direction")), None)

    # -------------------------------------------------------------------------
    # What follows from it
    # -------------------------------------------------------------------------

    def settle(self, call):
        """Write down a talk; see to it that who was missed is called back."""
        if not call.partner_id:
            self._recognize(call)
        if call.state in ("talk", "lost"):
            self._note(call)
        if call.state != "open":
            self._call_back(call)

    def _recognize(self, call):
        """Find out whose number it is; of several clients, whose manager has spoken."""
        cards = self.env["its.phone.number"]._cards(call.number, self._company)
        firms = cards.commercial_partner_id
        if len(firms) > 1:
            own = firms.filtered(
                lambda firm: call.user_id and firm.user_id == call.user_id
            )
            written = self._notes(call, firms).partner_id
            firms = written if len(written) == 1 else own
        if len(firms) != 1:
            return
        people = cards.filtered(lambda card: card.commercial_partner_id == firms)
        contact = people[:1] if len(people) == 1 else people.browse()
        call.write(
            {
                "partner_id": firms.id,
                "contact_id": contact.id if contact != firms else False,
            }
        )

    def _notes(self, call, firms):
        """What somebody has written about this talk before it was reported."""
        spoke = call._who_spoke()
        if not spoke:
            return self.env["its.interaction"]
        end = call.date_ended or call.date_answered or call.date_start
        return self.env["its.interaction"].search(
            [
                ("partner_id", "in", firms.ids),
                ("user_id", "in", spoke.ids),
                ("company_id", "=", self._company.id),
                ("channel", "=", "call"),
                ("phone_call_id", "=", False),
                ("date_start", ">=", call.date_start - BEFORE),
                ("date_start", "<=", end + AFTER),
            ],
            order="date_start, id",
        )

    def _note(self, call):
        """Have the talk in the journal, once."""
        user = call.user_id or call.partner_id.user_id
        if not call.partner_id or not user:
            return
        measured = {
            "direction": call.direction,
            "date_start": call.date_answered,
            "duration": call.seconds / HOUR,
            "phone_call_id": call.id,
        }
        talk = call.interaction_ids
        if not talk:
            talk = self._notes(call, call.partner_id)[:1]
            call.is_noted = call.is_noted or bool(talk)
        if talk:
            changed = {
                name: value
                for name, value in measured.items()
                if talk._fields[name].convert_to_write(talk[name], talk) != value
            }
            if changed:
                by_code(talk).write(changed)
            return
        planned = self._planned(call, user)
        if planned:
            values = planned._its_interaction_values()
        else:
            subscription = self.env["its.subscription"]._its_mostly_about(
                call.partner_id, self._company, call.line_id.team_id
            )
            values = {"subscription_id": subscription.id}
        by_code(self.env["its.interaction"]).create(
            {
                "partner_id": call.partner_id.id,
                "contact_id": call.contact_id.id,
                "company_id": self._company.id,
                "channel": "call",
                **values,
                "user_id": user.id,
                **measured,
            }
        )

    def _planned(self, call, user):
        """The call of the desk that somebody has in hand while they talk."""
        planned = self.env["mail.activity"]
        if call.direction != "out":
            return planned
        return planned.search(
            [
                ("its_client_id", "=", call.partner_id.id),
                ("its_desk_user_id", "=", user.id),
                ("its_desk_until", ">", call.date_start),
                ("active", "=", True),
            ],
            limit=1,
        )

    # -------------------------------------------------------------------------
    # Calling back
    # -------------------------------------------------------------------------

    def _call_back(self, call):
        """See to it that there is one call back for all calls missed from a number, as
        long as nobody has spoken with whoever it is."""
        if not call.key:
            return
        calls = self._calls.search(
            [
                ("company_id", "=", self._company.id),
                ("key", "=", call.key),
                ("state", "!=", "open"),
                ("date_start", ">", call.date_start - timedelta(days=30)),
            ],
            order="date_start, id",
        )
        talks = calls.filtered("date_answered").sorted("date_answered")
        todo = calls.callback_id
        left = calls.browse()
        for one in calls:
            if one.state != "missed":
                one.write({"callback_id": False, "callback_result": False})
                continue
            if not one.callback_result:
                one.callback_result = "waiting"
            if one.date_called_back or (one.callback_id and not one.callback_id.active):
                continue
            talk = next((t for t in talks if t.date_answered >= one.date_start), None)
            if talk:
                called_back(one, talk.date_answered)
            else:
                left |= one
        self._bring_tasks(todo, left, talks[-1:])

    def _bring_tasks(self, todo, left, talk):
        """Close, begin or bring up to date the task to call back.

        :param todo: the tasks that there are
        :param left: the calls that nobody has answered in any way
        :param talk: the last talk
        """
        open_tasks = todo.filtered("active")
        if not left:
            if not open_tasks:
                return
            told = talk.interaction_ids.filtered(lambda one: not one.activity_id)
            if told.partner_id and told.partner_id == open_tasks[0].its_client_id:
                told.activity_id = open_tasks[0]
            for task in open_tasks:
                env = self._words_for(task.user_id)
                task._its_close(env._("The client was spoken with by phone."))
            return
        task = open_tasks[:1] or self._new_task(left[-1])
        summary = self._summary(left, task.user_id)
        if task.summary != summary:
            task.summary = summary
        (left - left.filtered(lambda one: one.callback_id == task)).callback_id = task

    def _words_for(self, user):
        """Where the language is that of whoever reads it; the firm's if that is nobody."""
        lang = user.lang or self.env.lang
        return self.env(context={**self.env.context, "lang": lang})

    def _summary(self, missed, user):
        env = self._words_for(user)
        if len(missed) == 1:
            return env._("Missed call from %(number)s", number=missed.number)
        return env._(
            "%(count)s missed calls from %(number)s",
            count=len(missed),
            number=missed[-1].number,
        )

    def _new_task(self, call):
        """Have somebody call back: the client's manager or who stands in, else the team
        of the line."""
        client = call.partner_id
        record = call.contact_id or client or call
        user = self._caller_back(call)
        task = record.with_context(mail_activity_quick_update=True).activity_schedule(
            "mail.mail_activity_data_call",
            date_deadline=self._day(),
            user_id=user.id,
            its_phone_key=call.key,
            summary=self._summary(call, user),
        )
        if user and user != self.env.user:
            user._bus_send("its_phone/missed", {"text": task.summary})
        return task

    def _caller_back(self, call):
        today = self._company._its_today()
        absence = Absence(self.env, self._company, today)
        manager = call.partner_id.user_id
        if manager:
            return absence.acting(manager, today)
        team = call.line_id.team_id
        for member in team.member_ids.sorted("id"):
            if absence._may_act(member, None, today, GROUP_CLIENT_MANAGER):
                return member
        if team.head_id:
            return absence.acting(team.head_id, today, team)
        if call.partner_id:
            # Whoever comes first, as with all calls to clients without a manager.
            return self.env["res.users"]
        return self.env["res.users"]._its_quality_managers(self._company)[:1]

    def _day(self):
        """Today, as long as people still work; else the next working day."""
        company = self._company
        today = company._its_today()
        now = self.env.cr.now().replace(microsecond=0)
        calendar = company.resource_calendar_id
        midnight = company._its_midnight(today + timedelta(days=1))
        if work_intervals(calendar, now, midnight, company._its_zone()):
            return today
        return WorkingDays(calendar, today).after(today, 1)


def called_back(missed, moment):
    """Note when somebody has spoken with who was missed.

    :param missed: calls
    """
    for one in missed:
        waited = (moment - one.date_start).total_seconds()
        allowed = one.connection_id.callback_minutes * 60
        one.write(
            {
                "date_called_back": moment,
                "wait_minutes": waited // 60,
                "callback_result": "in_time" if waited <= allowed else "late",
            }
        )
