import hashlib
from datetime import timedelta

from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import SQL

from ....tools.by_code import by_code
from ...base import days
from ...base.groups import GROUP_ADMINISTRATOR

TO_DECIDE = "mail.mail_activity_data_warning"


class ItsOnecConnection(models.Model):
    """Scheduled synchronization, and the notifications afterwards.

    Nobody looks on then: what is beyond doubt is imported, and what is not is
    told to the one who is responsible. Nobody is archived without being asked for.
    """

    _inherit = "its.onec.connection"

    by_schedule = fields.Boolean(string="Synchronize automatically", tracking=True)
    interval_number = fields.Integer(default=1, string="Every")
    interval_type = fields.Selection(
        [("hours", "Hours"), ("days", "Days"), ("weeks", "Weeks")],
        default="days",
        required=True,
    )
    next_sync = fields.Datetime(
        string="Next time",
        copy=False,
        default=lambda self: self._default_next_sync(),
        help="Later synchronizations start at the same time of day.",
    )
    last_sync = fields.Datetime(string="Last synchronized", readonly=True, copy=False)
    last_error = fields.Text(readonly=True, copy=False)
    last_import_id = fields.Many2one(
        "its.import",
        string="Last result",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="set null",
    )
    names_digest = fields.Char(readonly=True, copy=False)

    @api.model
    def _default_next_sync(self):
        """The next night, at two by the clock of the user."""
        now = fields.Datetime.context_timestamp(self, fields.Datetime.now())
        night = now.replace(hour=2, minute=0, second=0, microsecond=0)
        if night <= now:
            night += timedelta(days=1)
        utc = now.utcoffset() or timedelta()
        return (night.replace(tzinfo=None)) - utc

    @api.constrains("by_schedule", "interval_number", "next_sync")
    def _check_schedule(self):
        for connection in self.filtered("by_schedule"):
            if connection.interval_number < 1 or not connection.next_sync:
                raise ValidationError(
                    self.env._(
                        "Set how often to synchronize, with an interval of at least "
                        "1, and when to start."
                    )
                )

    # -------------------------------------------------------------------------
    # By schedule
    # -------------------------------------------------------------------------

    @api.model
    def _cron_sync(self):
        """Begin what is due. A run that was missed is made up for once."""
        due = self.search(
            [("by_schedule", "=", True), ("next_sync", "<=", fields.Datetime.now())]
        )
        cron = self.env["ir.cron"]
        cron._commit_progress(remaining=len(due))
        for connection in due:
            if connection.try_lock_for_update():
                connection._begin_scheduled()
            cron._commit_progress(1)

    def _begin_scheduled(self):
        self.ensure_one()
        self = by_code(self)
        user = self.user_id
        self.next_sync = self._next_time(user)
        if self._working_import():
            return
        if not user.active or not user.has_group(GROUP_ADMINISTRATOR):
            self.last_error = self.env._(
                "%(user)s is no longer allowed to import. Choose another responsible "
                "user.",
                user=user.name,
            )
            return
        connection = self.with_user(user).with_context(
            allowed_company_ids=self.company_id.ids, lang=user.lang
        )
        connection._begin(user, unattended=True)

    def _next_time(self, user):
        """The first time of the schedule after now, at the same time of day."""
        now, clock = (
            days.clock(moment, user.tz).replace(tzinfo=None)
            for moment in (fields.Datetime.now(), self.next_sync)
        )
        step = timedelta(**{self.interval_type: max(self.interval_number, 1)})
        if clock <= now:
            clock += step * ((now - clock) // step + 1)
        return days.moment_of(clock, user.tz)

    # -------------------------------------------------------------------------
    # Afterwards
    # -------------------------------------------------------------------------

    def _note_success(self, job):
        """Note that an import has finished, and report what is left to decide."""
        values = {"last_error": False, "last_import_id": job.id}
        if job.state == "done":
            names = (job.reading or {}).get("names")
            values |= {"last_sync": job.date_done, "names_digest": names}
        self.sudo().write(values)
        if not job.unattended:
            self._withdraw_notice()
            return
        left = self._left_to_decide(job)
        if left:
            self._notify_responsible(self._sentences_of_left(left), job)

    def _left_to_decide(self, job):
        """Count what an unattended import has skipped.

        :param job: the ``its.import``
        :return: ``{"doubtful" | "marked" | "rejected": rows}``
        """
        self.env.flush_all()
        [(doubtful, marked, rejected)] = self.env.execute_query(
            SQL(
                """
                SELECT count(*) FILTER (
                            WHERE plan = 'doubtful' AND outcome = 'skipped'
                       ),
                       count(*) FILTER (
                            WHERE plan = 'deleted' AND outcome = 'skipped'
                       ),
                       count(*) FILTER (WHERE outcome = 'rejected')
                  FROM its_import_line
                 WHERE import_id = %s
                """,
                job.id,
            )
        )
        counts = {"doubtful": doubtful, "marked": marked, "rejected": rejected}
        return {name: count for name, count in counts.items() if count}

    def _note_failure(self, job, reason):
        """Note why an import has given up; report it if nobody was watching."""
        self.sudo().last_error = reason
        if job.unattended:
            self._notify_responsible([reason], job)

    def _notify_responsible(self, sentences, job):
        """Notify the responsible user, once and not again every night."""
        self._withdraw_notice()
        link = Markup('<a href="/odoo/its-import/%s">%s</a>') % (
            job.id,
            self.env._("Open the synchronization"),
        )
        note = Markup("<br/>").join([*sentences, link])
        self.sudo().activity_schedule(
            TO_DECIDE,
            summary=self.env._("1C: %(name)s", name=self.name),
            note=note,
            user_id=self.user_id.id,
        )

    def _withdraw_notice(self):
        self.sudo().activity_unlink([TO_DECIDE])

    def _sentences_of_left(self, left):
        """Say what was left out, and what to do.

        :param left: of :meth:`_left_to_decide`
        :return: a list of sentences
        """
        _ = self.env._
        sentences = {
            "doubtful": _("Rows similar to existing clients, skipped: %(count)s."),
            "marked": _(
                "Clients marked for deletion in 1C, left as they are: %(count)s."
            ),
            "rejected": _("Rows that could not be imported: %(count)s."),
        }
        said = [sentences[name] % {"count": count} for name, count in left.items()]
        said.append(_("Press «Synchronize now» on the connection to review them."))
        return said

    def _names_digest(self):
        """Hash what rows are understood by: users, services, kinds of contracts."""
        self.env.flush_all()
        [(text,)] = self.env.execute_query(
            SQL(
                """
                SELECT concat_ws(
                    '|',
                    (SELECT string_agg(concat_ws(',', u.login, p.name, p.email), ';'
                                       ORDER BY u.id)
                       FROM res_users u JOIN res_partner p ON p.id = u.partner_id
                      WHERE u.active AND u.share IS NOT TRUE),
                    (SELECT string_agg(concat_ws(',', s.name, s.code, s.onec_names), ';'
                                       ORDER BY s.id)
                       FROM its_service s),
                    (SELECT string_agg(concat_ws(',', k.key, k.service_id), ';'
                                       ORDER BY k.id)
                       FROM its_import_contract k
                      WHERE k.source_id = %s AND k.service_id IS NOT NULL)
                )
                """,
                self.source_id.id,
            )
        )
        return hashlib.blake2b(text.encode(), digest_size=16).hexdigest()
