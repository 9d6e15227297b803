from odoo import fields
from odoo.tools import format_datetime

from ....onec.odata.errors import OdataError
from ..reading import Answer, Source
from ..refused import ImportRefused
from .known_objects import KnownObjects
from .pages import AGAIN, Pages

# A server that does not answer is asked again after so many seconds: about two hours
# in all, and then by the button or by the schedule.
WAITS = (15, 60, 120, 240, 480, *[900] * 7)


class OdataSource(Source):
    """An infobase of 1C that is queried: an import without a file.

    All that is done with rows of a file is done with these: they are compared, shown,
    imported and undone.
    """

    def __init__(self, job):
        super().__init__(job)
        self.connection = job.connection_id
        self.known = KnownObjects(job)

    # -------------------------------------------------------------------------
    # Rows
    # -------------------------------------------------------------------------

    def prepare_check(self):
        """Rows that are there are understood anew: somebody has said what kinds of
        contracts mean, or has chosen other options. 1C is not asked for that."""
        self.connection._check_is_free()
        if self.job.state == "draft" or not self._is_still_read():
            return None
        return {
            **self.job.reading,
            "stages": [[AGAIN, ""]],
            "place": None,
            "names": self.connection._names_digest(),
        }

    def _is_still_read(self):
        """Whether the rows are what was last read, and all there is to it."""
        if self.job.overwrite and not self.job.reading.get("overwrites"):
            # Then everything is to be read, and not only what has changed.
            return False
        return self.known.count_rows() == self.job.row_count

    def fetch_rows(self):
        """Read one page, or end reading."""
        try:
            pages = Pages(self.job, self.job.reading)
            if pages.is_end:
                return Answer(pages.reading["rows"])
            pages.read_page()
        except OdataError as error:
            return self._wait_or_give_up(error)
        return Answer(values={"reading": pages.reading})

    def _wait_or_give_up(self, error):
        sentence = self.connection._odata_sentence(error)
        if error.code in ("timeout", "too_big") and self.shrink_pages():
            # A smaller page at once; a wait follows if that is no better.
            seconds = 0
        elif not error.passes or self.job.waits >= len(WAITS):
            raise ImportRefused(sentence) from None
        else:
            seconds = max(WAITS[self.job.waits], error.retry_after)
        return Answer(wait=(seconds, sentence))

    def shrink_pages(self):
        """Ask for half as much from now on.

        :return: whether that is possible
        """
        pages = Pages(self.job, self.job.reading)
        if not pages.shrink():
            return False
        self.job.reading = pages.reading
        return True

    # -------------------------------------------------------------------------
    # What it is
    # -------------------------------------------------------------------------

    def name(self):
        begun = format_datetime(self.env, self.job.create_date, dt_format="short")
        return f"{self.connection.sudo().name}, {begun}"

    def is_exchange(self):
        # Objects of 1C as an exchange file holds them.
        return True

    def is_small(self):
        # 1C is never asked while a user waits.
        return False

    def _is_being_read(self):
        return self.job.state == "checking" and not self.job.row_count

    def share_read(self):
        place = (self.job.reading or {}).get("place") or {}
        if self._is_being_read() and place.get("total", 0) > 0:
            return min(1, place["seen"] / place["total"])
        return None

    def reading_progress_text(self):
        """Say how far reading has come, or why it waits."""
        if not self._is_being_read():
            return False
        if self.job.wait_until and self.job.wait_until > fields.Datetime.now():
            at = fields.Datetime.context_timestamp(self.job, self.job.wait_until)
            return self.env._(
                "It resumes automatically at %(time)s; nothing read so far is lost.",
                time=at.strftime("%H:%M"),
            )
        place = (self.job.reading or {}).get("place") or {}
        if place.get("total", 0) > 0:
            return self.env._(
                "Read from 1C: %(seen)s of %(total)s.",
                seen=place["seen"],
                total=place["total"],
            )
        return self.env._("Waiting for 1C…")

    def left_out_text(self):
        left_out = (self.job.reading or {}).get("left_out")
        return bool(left_out) and self.env._(
            "The 1C user is not allowed to read %(catalogues)s: what depends on it was "
            "left out, and the rest was read. Give the user a role that can read it, "
            "then synchronize again.",
            catalogues=", ".join(left_out),
        )

    def check_stopped_sentences(self):
        return [
            self.env._("Reading was stopped; nothing has been imported."),
            self.env._("Press «Read from 1C» to start over."),
        ]

    # -------------------------------------------------------------------------
    # What becomes of it
    # -------------------------------------------------------------------------

    def cards_of_others(self, partner_ids):
        """Also those of whom an object tells that has not changed: of two contractors
        that are one client here, the spare one is marked for deletion."""
        return self.known.cards_of_others(partner_ids)

    def forget(self):
        self.known.forget()

    def ended(self, state):
        self.known.settle(state)
        self.connection._note_success(self.job)

    def failed(self, reason):
        self.connection._note_failure(self.job, reason)
