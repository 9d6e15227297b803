import json
import logging
from datetime import timedelta
from ipaddress import ip_address
from urllib.parse import urlsplit

from psycopg2 import OperationalError

from odoo import api, fields, models
from odoo.exceptions import ConcurrencyError
from odoo.tools import SQL

from ...onec.network import Forbidden, Guard
from ...tools.security_log import log_refusal
from ...tools.server_options import allowed_hosts
from ..base.groups import GROUP_USER
from ..connect.its_connect import AMBIGUOUS
from .journal import Journal
from .providers.provider import ANSWERED, ENDED, RINGING

_logger = logging.getLogger(__name__)

KEPT_DAYS = 30
# So many calls are written to the journal before they are committed.
BATCH = 20
# Clocks of two computers differ; what is older was lost on the way, and who sends it
# now is not the exchange.
OLDEST = timedelta(days=1)
RAW_SIZE = 20_000


class ItsPhoneEvent(models.Model):
    """Something that an exchange has reported, as it was sent. The journal is made of
    these, whatever order they come in; they are kept for 30 days."""

    _name = "its.phone.event"
    _description = "Telephone Event"
    _order = "id desc"
    _rec_name = "call_ref"
    _log_access = False

    connection_id = fields.Many2one(
        "its.phone.connection",
        required=True,
        readonly=True,
        ondelete="cascade",
    )
    # Not stored: an exchange in a hurry would wait for one check more of PostgreSQL.
    company_id = fields.Many2one(related="connection_id.company_id")
    call_ref = fields.Char(string="Call", required=True, readonly=True)
    kind = fields.Selection(
        [(RINGING, "Ringing"), (ANSWERED, "Answered"), (ENDED, "Ended")],
        required=True,
        readonly=True,
    )
    direction = fields.Selection(
        [("in", "Incoming"), ("out", "Outgoing")], readonly=True
    )
    number = fields.Char(readonly=True)
    line = fields.Char(string="Number of ours", readonly=True)
    extension = fields.Char(readonly=True)
    user_id = fields.Many2one(
        "res.users", readonly=True, index="btree_not_null", ondelete="set null"
    )
    date = fields.Datetime(string="When", required=True, readonly=True)
    received = fields.Datetime(required=True, readonly=True, index=True)
    cause = fields.Char(readonly=True)
    seconds = fields.Integer(readonly=True, aggregator=False)
    recording = fields.Char(readonly=True, groups="base.group_system", exportable=False)
    told = fields.Selection([("yes", "Yes"), ("no", "No")], readonly=True)
    data = fields.Text(
        string="As it was sent", readonly=True, groups="base.group_system"
    )
    state = fields.Selection(
        [
            ("new", "New"),
            ("done", "In the journal"),
            ("refused", "Refused"),
            ("failed", "Failed"),
        ],
        required=True,
        readonly=True,
        default="new",
    )
    reason = fields.Char(readonly=True)

    # One event of a telephone is one, however often it is sent; all of a connection or of
    # a call are found by it, too.
    _event_uniq = models.UniqueIndex("(connection_id, call_ref, kind, extension)")
    _new = models.Index("(connection_id, call_ref) WHERE state = 'new'")

    @api.autovacuum
    def _gc_events(self):
        limit = fields.Datetime.now() - timedelta(days=KEPT_DAYS)
        old = self.search([("received", "<", limit)], limit=10_000)
        old.unlink()
        return len(old), len(old) == 10_000

    # -------------------------------------------------------------------------
    # Taking in
    # -------------------------------------------------------------------------

    @api.model
    def _take(self, connection, event):
        """Keep an event, and show or hide the card of who calls.

        :param event: an :class:`~.providers.provider.Event`
        :return: ``taken``, ``known`` or ``refused``, and why
        """
        now = fields.Datetime.now()
        date = min(event.date or now, now)
        if date < now - OLDEST:
            log_refusal("phone_old", model=connection._name, record=connection.id)
            env = connection._at_work().env
            return "refused", env._("This event is more than a day old.")
        recording, remark = self._check_recording(connection, event.recording)
        user_id, state, reason = False, "new", None
        if event.extension:
            user_id = connection._known().extensions.get(event.extension, False)
            if not user_id:
                state = "refused"
                reason = connection._at_work().env._(
                    "Nobody has the extension %(number)s. Enter it on the form of its "
                    "user.",
                    number=event.extension,
                )
        rows = self._insert(
            connection, event, date, now, recording, user_id, state, reason or remark
        )
        if state == "refused":
            log_refusal("phone_extension", model=connection._name, record=connection.id)
            return "refused", reason
        if not rows:
            return "known", remark
        if self._follow(connection, event, user_id, *rows[0]):
            self._wake_up()
        return "taken", remark

    def _insert(self, connection, event, date, now, recording, user_id, state, reason):
        """Keep an event that is not known yet.

        :return: rows of its id, and where its user is told of it
        """
        told = {True: "yes", False: "no"}.get(event.told)
        query = SQL(
            """
            INSERT INTO its_phone_event (
                   connection_id, call_ref, kind, direction, number, line, extension,
                   user_id, date, received, cause, seconds, recording, told, data, state,
                   reason
            ) VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s,
                      %s)
            ON CONFLICT (connection_id, call_ref, kind, extension) DO NOTHING
            RETURNING id, (
                   SELECT partner_id FROM res_users WHERE res_users.id = user_id
            )
            """,
            connection.id,
            event.call_ref,
            event.kind,
            event.direction or None,
            event.number,
            event.line,
            event.extension,
            user_id or None,
            date,
            now,
            event.cause,
            event.seconds,
            recording,
            told,
            _as_sent(event.raw),
            state,
            reason,
        )
        # Another request may insert the same now; Odoo then repeats ours.
        self.env.cr.execute(query, log_exceptions=False)
        return self.env.cr.fetchall()

    @api.model
    def _check_recording(self, connection, address):
        """Whether the address of a recording may be kept: we shall fetch it from there.

        :return: the address or ``None``, and why it is not kept
        """
        if not address or connection._known().recording_days <= 0:
            return None, None
        try:
            parts = urlsplit(address)
            known = parts.scheme in ("http", "https") and parts.hostname
            if not known or AMBIGUOUS.search(parts.netloc):
                raise Forbidden(address)
            port = parts.port or 80
            try:
                ip_address(parts.hostname.partition("%")[0])
            except ValueError:
                # A name is looked up when the recording is fetched.
                return address, None
            Guard(allowed_hosts()).addresses(parts.hostname, port)
        except (OSError, ValueError):
            log_refusal("phone_recording", model=connection._name, record=connection.id)
            return None, connection._at_work().env._(
                "The address of the recording is not kept: nothing is fetched from "
                "there."
            )
        return address, None

    @api.model
    def _wake_up(self):
        """Have the journal written soon; one call of the job is enough for all that it
        has not begun to answer: what it deletes meanwhile is locked."""
        known = self.env["ir.model.data"]._xmlid_to_res_id
        cron_id = known("its_quality.ir_cron_phone_journal", raise_if_not_found=True)
        waiting = SQL(
            """
            SELECT FROM ir_cron_trigger WHERE cron_id = %s AND call_at <= %s
             LIMIT 1 FOR KEY SHARE SKIP LOCKED
            """,
            cron_id,
            fields.Datetime.now(),
        )
        # A job that has just begun makes it begin anew, as any two who meet.
        self.env.cr.execute(waiting, log_exceptions=False)
        if not self.env.cr.rowcount:
            self.env["ir.cron"].sudo().browse(cron_id)._trigger()

    @api.model
    def _follow(self, connection, event, user_id, event_id, partner_id):
        """Show the card of who calls, or take it from those who need it no longer.

        The message names the event only: what is known of the client is asked for by
        whoever gets it, who sees of it what they may.

        :param event: an :class:`~.providers.provider.Event`, kept as `event_id`
        :param user_id: whose extension it is of
        :param partner_id: of that user, read with the event: an exchange is in a hurry
        :return: whether the journal is to be written at once: for a call that has
            ended; what is known of the others it gets by its own clock
        """
        if event.kind == RINGING:
            if event.direction != "out":
                call = f"{connection.id}:{event.call_ref}"
                told = self._reached(connection, user_id, event.line)
                if told and partner_id:
                    told = self.env["res.partner"].browse(partner_id)
                told._bus_send("its_phone/ringing", {"call": call, "event": event_id})
            return False
        if event.kind == ENDED and event.seconds:
            # Whoever has talked may go on reading until the talk is in the journal; an
            # exchange need not wait for that.
            return True
        known = self.env.execute_query(
            SQL(
                "SELECT kind, user_id, line FROM its_phone_event"
                " WHERE connection_id = %s AND call_ref = %s AND id != %s",
                connection.id,
                event.call_ref,
                event_id,
            )
        )
        kinds = {kind for kind, *_rung in known}
        if event.kind == ANSWERED or ANSWERED not in kinds:
            rung = {(rung_id, line) for kind, rung_id, line in known if kind == RINGING}
            answered_id = user_id if event.kind == ANSWERED else False
            self._take_cards_away(connection, event.call_ref, rung, answered_id)
        return event.kind == ENDED or ENDED in kinds

    @api.model
    def _take_cards_away(self, connection, call_ref, rung, answered_id=False):
        """Hide the card of a call.

        :param rung: ids of users whose extensions rang, each with the line
        :param answered_id: who keeps it
        """
        users = self.env["res.users"].with_context(prefetch_fields=False)
        for rung_id, line in rung:
            users |= self._reached(connection, rung_id, line)
        users -= users.browse(answered_id or ())
        users._bus_send("its_phone/over", {"call": f"{connection.id}:{call_ref}"})

    def _rung(self):
        """Whose telephones ring."""
        self.ensure_one()
        return self._reached(self.connection_id, self.user_id.id, self.line)

    @api.model
    def _reached(self, connection, user_id, line):
        """Whose telephones ring: the extension's, else those of the line's team; those
        who have a role, for others have no clients."""
        # Of each no more is wanted than where they are told: an exchange is in a hurry.
        users = self.env["res.users"].with_context(prefetch_fields=False)
        users = users.browse(user_id or ())
        if not users:
            line = self.env["its.phone.line"]._of_number(connection, line)
            users |= line.team_id.member_ids
        return users.filtered(lambda user: user.has_group(GROUP_USER))

    def _end_card_of_talk(self):
        """Hide the card of a call that was answered, and whose events these are."""
        if ANSWERED in self.mapped("kind"):
            ringing = self.filtered(lambda event: event.kind == RINGING)
            rung = {(event.user_id.id, event.line) for event in ringing}
            self._take_cards_away(self.connection_id, self[0].call_ref, rung)

    # -------------------------------------------------------------------------
    # Into the journal
    # -------------------------------------------------------------------------

    @api.model
    def _cron_journal(self):
        """Write new events to the journal; close calls whose end was lost."""
        calls = self.env["its.phone.call"]
        calls._close_lost()
        calls._recognize_late()
        while self._write_batch_or_wait():
            left = self.search_count([("state", "=", "new")], limit=BATCH)
            if not self.env["ir.cron"]._commit_progress(BATCH, remaining=left):
                return

    @api.model
    def _write_batch_or_wait(self):
        """Write a batch; if somebody is just changing a client, do it a little later."""
        try:
            return self._write_batch()
        except (ConcurrencyError, OperationalError):
            self.env.cr.rollback()
            self._wake_up()
            return 0

    @api.model
    def _write_batch(self):
        """Write the events of some calls to the journal.

        :return: how many calls they are of
        """
        calls = self.env.execute_query(
            SQL(
                """
                SELECT connection_id, call_ref FROM its_phone_event
                 WHERE state = 'new'
              GROUP BY connection_id, call_ref
              ORDER BY min(id) LIMIT %s
                """,
                BATCH,
            )
        )
        for connection_id, call_ref in calls:
            events = self.search(
                [
                    ("connection_id", "=", connection_id),
                    ("call_ref", "=", call_ref),
                    ("state", "in", ("new", "done")),
                ],
                order="date, id",
            )
            new = events.filtered(lambda event: event.state == "new")
            try:
                with self.env.cr.savepoint():
                    Journal(events.connection_id).record(events)
                    if ENDED in new.mapped("kind"):
                        events._end_card_of_talk()
                    new.write({"state": "done"})
                    self.env.flush_all()
            except (ConcurrencyError, OperationalError):
                raise
            except Exception:
                # One that nobody has foreseen must not keep the others waiting.
                _logger.exception("call %s is not in the journal", events[:1].id)
                self.env.invalidate_all()
                reason = self.env._("It could not be written; see the server log.")
                new.write({"state": "failed", "reason": reason})
        return len(calls)


def _as_sent(values):
    """What was sent as a text that can be stored, whatever it holds besides an event."""
    try:
        text = json.dumps(values, ensure_ascii=False, default=str)
    except RecursionError:
        return ""
    return text.encode(errors="backslashreplace").decode()[:RAW_SIZE]
