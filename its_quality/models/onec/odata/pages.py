import time
from datetime import timedelta
from functools import partial
from math import ceil

from odoo import fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ....onec.odata.address import keys_filter
from ....onec.odata.errors import OdataError
from ....onec.odata.objects import CONTRACTORS, NAMED, ONLY_FOLDERS, PERSONS
from ....onec.odata.walk import OVERLAP, Place, key_of, next_page, version_of
from ..its_import_row import TO_PLAN

# Objects a page: whole ones have some KiB each, keys a hundred bytes.
WHOLE_PAGE, KEYS_PAGE, NAMES_PAGE = 500, 20_000, 5000
SMALLEST_PAGE = 10 * OVERLAP
# So many keys fit into an address that every web server takes (IIS: 2048 bytes).
KEYS_AT_ONCE = 25
# Seconds of asking by key before what has come is committed.
PATIENCE = 8
# A server that does not answer is asked again after so many seconds: about two hours
# in all, and then by whoever presses the button, or by the schedule.
WAITS = (15, 60, 120, 240, 480, *[900] * 7)
# The stage that makes rows anew of those that are there; see its_onec_import_again.
AGAIN = "again"
# A set of entities that only names things may be missing.
MAY_BE_MISSING = ("no_catalogue", "rights", "not_understood")


class ItsImport(models.Model):
    """Reading from 1C: one page a batch, committed with its rows.

    So a server that is killed or a connection that is cut costs the page in hand. What
    is to be done stands in ``reading``:

    ``stages``
        what is left, as ``[what, set of entities]``. *folders* and *names* read what
        others refer to; *whole* reads all objects; *keys* finds out by their versions
        which have changed, and *fetch* reads those.
    ``place``
        how far the first of them has come, see ``onec.odata.walk``
    ``rows``
        how many rows there are
    ``names``, ``again``
        which users and services there were, and what is read again because of that
    ``overwrites``
        whether everything is read, because 1C wins over edits in Odoo
    ``shrink``
        pages are so many times smaller than usual, for a base that is slow

    The first time everything is read whole, since each object is needed. Later the keys
    with their versions are a hundredth of that, and few have changed; they are asked for
    by key, which no object that appears or vanishes meanwhile can disturb. If so
    many have changed that pages are fewer requests, pages it is.
    """

    _inherit = "its.import"

    def _step_check(self):
        if not self._is_reading():
            return super()._step_check()
        if self.wait_until and self.wait_until > fields.Datetime.now():
            return False
        try:
            return self._step_read()
        except OdataError as error:
            return self._wait_or_give_up(error)

    def _step_read(self):
        """Read one page, or end reading.

        :return: whether there is more to do
        :raises OdataError: before anything was written
        """
        reading = self.reading or self._new_reading()
        if reading["stages"]:
            what, catalogue = reading["stages"][0]
            place = Place(**reading.get("place") or {})
            if getattr(self, f"_read_{what}")(catalogue, place, reading):
                reading["stages"].pop(0)
                place = Place()
            reading["place"] = place.to_dict()
            self._hold(wait=False)
            super().write(
                {"reading": reading, "waits": 0, "wait_until": False, "error": False}
            )
            return True
        return self._end_reading(reading)

    def _new_reading(self):
        """Plan the reading."""
        stages = [["folders", CONTRACTORS], *(["names", name] for name in NAMED)]
        for catalogue in self.connection_id._catalogues():
            if self.overwrite or not self._is_known(catalogue):
                stages += self._whole_stages(catalogue)
            else:
                stages += [["keys", catalogue], ["fetch", catalogue]]
        names = self.connection_id._names_digest()
        return {
            "stages": stages,
            "rows": 0,
            "shrink": 1,
            "names": names,
            "again": self._asks_again(names),
            "overwrites": self.overwrite,
        }

    def _whole_stages(self, catalogue):
        names = PERSONS if catalogue == CONTRACTORS else ()
        return [*(["names", name] for name in names), ["whole", catalogue]]

    def _is_known(self, catalogue):
        """Whether objects of this set were imported before."""
        return bool(
            self.env.execute_query(
                SQL(
                    """
                    SELECT FROM its_onec_object
                     WHERE connection_id = %s AND catalogue = %s
                       AND data_version IS NOT NULL LIMIT 1
                    """,
                    self.connection_id.id,
                    catalogue,
                )
            )
        )

    def _asks_again(self, names):
        """What to read again although it is in, as values of ``pending``: what is to be
        decided if somebody looks on, what was not understood if it may be now.

        :param names: a digest of users, services and kinds of contracts
        """
        again = [] if self.unattended else ["decide"]
        return again + (["names"] if names != self.connection_id.names_digest else [])

    def _end_reading(self, reading):
        if not reading["rows"]:
            self._finish_check()
            return False
        self._note_kinds()
        self._mark_repeated_rows()
        self._mark_unchanged_rows("plan")
        self._mark_unchanged_contracts("plan")
        self._match_file(TO_PLAN)
        self._hold(wait=False)
        super().write({"row_count": reading["rows"], "done_count": 0})
        return True

    # -------------------------------------------------------------------------
    # When 1C does not answer
    # -------------------------------------------------------------------------

    def _wait_or_give_up(self, error):
        sentence = self.connection_id._odata_sentence(error)
        if error.code in ("timeout", "too_big") and self._shrink_pages():
            # A smaller page at once; a wait follows if that is no better.
            seconds = 0
        elif not error.passes or self.waits >= len(WAITS):
            raise UserError(sentence) from None
        else:
            seconds = max(WAITS[self.waits], error.retry_after)
        self._wait(seconds, sentence)
        return False

    def _wait(self, seconds, sentence=False):
        """Leave off for some time; another run takes it up.

        :param sentence: what the user is told meanwhile
        """
        until = fields.Datetime.now() + timedelta(seconds=seconds)
        self._hold(wait=False)
        super().write({"wait_until": until, "waits": self.waits + 1, "error": sentence})
        self.env.ref("its_quality.ir_cron_import").sudo()._trigger(at=until)

    def _shrink_pages(self):
        """Ask for half as much from now on.

        :return: whether that is possible
        """
        reading = self.reading or self._new_reading()
        if WHOLE_PAGE // (reading["shrink"] * 2) < SMALLEST_PAGE:
            return False
        reading["shrink"] *= 2
        self.reading = reading
        return True

    # -------------------------------------------------------------------------
    # Stages; each takes the set of entities, the place in it and the reading, and
    # returns whether the stage is over
    # -------------------------------------------------------------------------

    def _read_folders(self, catalogue, place, reading):
        """Read the names of folders, and in which they lie."""
        options = {"select": "Ref_Key,Description,Parent_Key", "filter": ONLY_FOLDERS}
        return self._read_named(catalogue, place, reading, options)

    def _read_names(self, catalogue, place, reading):
        """Read the names of what contractors refer to."""
        options = {"select": "Ref_Key,Description"}
        return self._read_named(catalogue, place, reading, options)

    def _read_named(self, catalogue, place, reading, options):
        try:
            rows = self._page(catalogue, place, reading, NAMES_PAGE, options)
        except OdataError as error:
            if error.code in MAY_BE_MISSING:
                return True
            raise
        self._keep_names(catalogue, rows)
        return place.is_end

    def _read_whole(self, catalogue, place, reading):
        """Read all objects; keep those that are not in already."""
        rows = self._page(catalogue, place, reading, WHOLE_PAGE)
        if not self.overwrite:
            changed = self._changed(catalogue, rows, reading)
            rows = [row for row in rows if key_of(row) in changed]
        self._keep_objects(catalogue, rows, reading)
        return place.is_end

    def _read_keys(self, catalogue, place, reading):
        """Find out which objects have changed."""
        options = {"select": "Ref_Key,DataVersion"}
        rows = self._page(catalogue, place, reading, KEYS_PAGE, options)
        changed = self._changed(catalogue, rows, reading)
        self._keep(
            [
                (self.connection_id.id, catalogue, ref, version, self.id, None)
                for ref, version in changed.items()
            ]
        )
        reading["changed"] = reading.get("changed", 0) + len(changed)
        if place.is_end:
            pages = ceil(place.seen / (WHOLE_PAGE - OVERLAP))
            if ceil(reading.pop("changed") / KEYS_AT_ONCE) > pages:
                # The next stage is to fetch by key.
                reading["stages"][1:2] = self._whole_stages(catalogue)
        return place.is_end

    def _read_fetch(self, catalogue, place, reading):
        """Read objects that have changed, by key."""
        refs = [
            ref
            for (ref,) in self.env.execute_query(
                SQL(
                    """
                    SELECT ref FROM its_onec_object
                     WHERE import_id = %s AND catalogue = %s AND row IS NULL
                     ORDER BY ref LIMIT %s
                    """,
                    self.id,
                    catalogue,
                    WHOLE_PAGE,
                )
            )
        ]
        rows, asked = self._by_key(catalogue, refs)
        self._keep_objects(catalogue, rows, reading)
        # What has vanished since it was listed.
        gone = set(asked) - {key_of(row) for row in rows}
        if gone:
            self.env.cr.execute(
                SQL(
                    """
                    UPDATE its_onec_object SET import_id = NULL
                     WHERE import_id = %s AND catalogue = %s AND ref IN %s
                    """,
                    self.id,
                    catalogue,
                    tuple(gone),
                )
            )
        return len(refs) < WHOLE_PAGE and len(asked) == len(refs)

    # -------------------------------------------------------------------------
    # Asking
    # -------------------------------------------------------------------------

    def _page(self, catalogue, place, reading, top, options=None):
        options = {"orderby": "Ref_Key", **(options or {})}
        top = max(top // reading["shrink"], SMALLEST_PAGE)
        with self.connection_id._client() as client:
            fetch = partial(self.connection_id._fetch_page, client, catalogue, options)
            return next_page(fetch, place, top)

    def _by_key(self, catalogue, refs, select=None):
        """Ask for objects by key, as long as patience lasts.

        :return: ``(objects, keys asked for)``; something has come, or it raises
        :raises OdataError: if nothing has come at all
        """
        options = {"select": select} if select else {}
        rows, asked, deadline = {}, [], time.monotonic() + PATIENCE
        with self.connection_id._client() as client:
            for start in range(0, len(refs), KEYS_AT_ONCE):
                keys = refs[start : start + KEYS_AT_ONCE]
                try:
                    found, _count = client.page(
                        catalogue, filter=keys_filter(keys), top=len(keys), **options
                    )
                except OdataError:
                    if not asked:
                        raise
                    break
                # Nothing else than what was asked for, and each once.
                rows.update((key, row) for row in found if (key := key_of(row)) in keys)
                asked += keys
                if time.monotonic() > deadline:
                    break
        return list(rows.values()), asked

    def _changed(self, catalogue, rows, reading):
        """Find those objects whose version is not in.

        :return: ``{reference: version}``
        """
        versions = {key_of(row): version_of(row) for row in rows}
        if not versions:
            return {}
        changed = self.env.execute_query(
            SQL(
                """
                SELECT told.ref, told.version
                  FROM unnest(%s::text[], %s::text[]) AS told (ref, version)
                  LEFT JOIN LATERAL (
                        SELECT true AS is_in FROM its_onec_object known
                         WHERE known.connection_id = %s AND known.catalogue = %s
                           AND known.ref = told.ref
                           AND known.data_version = told.version
                           AND (known.pending IS NULL OR NOT (
                                known.pending = ANY(%s)
                                OR known.pending = 'client' AND EXISTS (
                                    SELECT FROM res_partner client
                                     WHERE client.onec_ref = known.parent
                                    UNION ALL
                                    SELECT FROM its_import_snapshot client
                                     WHERE client.ref = known.parent
                                )
                           ))
                         -- Looked up key by key: a join reads all there are, each
                         -- page anew.
                        OFFSET 0
                  ) known ON true
                 WHERE known.is_in IS NULL
                """,
                list(versions),
                list(versions.values()),
                self.connection_id.id,
                catalogue,
                reading["again"],
            )
        )
        return dict(changed)
