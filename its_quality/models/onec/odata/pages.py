import time
from functools import partial
from math import ceil

from odoo.tools import SQL

from ....onec import ISSUE_CODES, Issue, Record
from ....onec.odata.address import keys_filter
from ....onec.odata.errors import OdataError
from ....onec.odata.objects import (
    CONTRACTORS,
    CONTRACTS,
    NAMED,
    ONLY_FOLDERS,
    PARTNERS,
    PERSONS,
    entries_of,
    links_of,
    named_of,
    records_of,
)
from ....onec.odata.walk import (
    OVERLAP,
    Place,
    key_of,
    next_page,
    version_of,
    with_key,
)
from ..its_import_line import BATCH
from ..reading import Reading
from .known_objects import KnownObjects

# Objects a page: whole ones have some KiB each, keys a hundred bytes.
WHOLE_PAGE, KEYS_PAGE, NAMES_PAGE = 500, 20_000, 5000
SMALLEST_PAGE = 10 * OVERLAP
# So many keys fit into an address that every web server takes (IIS: 2048 bytes).
KEYS_AT_ONCE = 25
# Seconds of asking by key before what has come is committed.
PATIENCE = 8
# The stage that makes rows anew of those that are there.
AGAIN = "again"
# A set of entities that only names things may be missing.
MAY_BE_MISSING = ("no_catalogue", "rights", "not_understood")


class Pages:
    """Reading from 1C: one page a batch, committed with its rows.

    So a server that is killed or a connection that is cut costs the page in hand. What
    is to be done stands in ``its.import.reading``:

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
    ``left_out``
        the sets of entities that 1C does not let us read
    ``answered``
        whether 1C has answered at all, so that login and password are right
    ``shrink``
        pages are so many times smaller than usual, for a base that is slow

    The first time everything is read whole, since each object is needed. Later the keys
    with their versions are a hundredth of that, and few have changed; they are asked for
    by key, which no object that appears or vanishes meanwhile can disturb. If so
    many have changed that pages are fewer requests, pages it is.

    :param job: the ``its.import``
    :param reading: its value of ``reading``, changed here; planned anew if empty
    """

    def __init__(self, job, reading):
        self.job = job
        self.env = job.env
        self.connection = job.connection_id
        self.known = KnownObjects(job)
        self.reading = reading or self._plan()

    @property
    def is_end(self):
        """Whether everything is read."""
        return not self.reading["stages"]

    def read_page(self):
        """Read one page.

        :raises OdataError: before anything was written
        """
        what, catalogue = self.reading["stages"][0]
        place = Place(**self.reading.get("place") or {})
        try:
            is_over = getattr(self, f"_read_{what}")(catalogue, place)
        except OdataError as error:
            if not self._can_do_without(catalogue, error):
                raise
            self._leave_out(catalogue, is_told=error.code == "rights")
            is_over = True
        else:
            self.reading["answered"] = True
        if is_over:
            self.reading["stages"].pop(0)
            place = Place()
        self.reading["place"] = place.to_dict()

    def _can_do_without(self, catalogue, error):
        """Whether it is left out: contractors are not for want of contracts."""
        if catalogue == PARTNERS:
            return error.code in MAY_BE_MISSING
        return (
            catalogue == CONTRACTS
            and error.code == "rights"
            and CONTRACTORS in self.connection._catalogues()
        )

    def _leave_out(self, catalogue, *, is_told=True):
        left_out = self.reading.setdefault("left_out", [])
        if is_told and catalogue not in left_out:
            left_out.append(catalogue)
        # Nothing more of it: neither the keys nor the objects.
        self.reading["stages"][1:] = [
            stage for stage in self.reading["stages"][1:] if stage[1] != catalogue
        ]

    def shrink(self):
        """Ask for half as much from now on.

        :return: whether that is possible
        """
        if WHOLE_PAGE // (self.reading["shrink"] * 2) < SMALLEST_PAGE:
            return False
        self.reading["shrink"] *= 2
        return True

    # -------------------------------------------------------------------------
    # What is to be read
    # -------------------------------------------------------------------------

    def _plan(self):
        stages = [["folders", CONTRACTORS], *(["names", name] for name in NAMED)]
        catalogues = self.connection._catalogues()
        if CONTRACTORS in catalogues:
            # First, so that their names are known; most bases have none.
            stages.append(["folders", PARTNERS])
            catalogues = [PARTNERS, *catalogues]
        for catalogue in catalogues:
            if self.job.overwrite or not self.known.has_any_of(catalogue):
                stages += self._whole_stages(catalogue)
            else:
                stages += [["keys", catalogue], ["fetch", catalogue]]
        names = self.connection._names_digest()
        return {
            "stages": stages,
            "rows": 0,
            "shrink": 1,
            "names": names,
            "again": self._asked_again(names),
            "overwrites": self.job.overwrite,
        }

    def _whole_stages(self, catalogue):
        names = PERSONS if catalogue == CONTRACTORS else ()
        return [*(["names", name] for name in names), ["whole", catalogue]]

    def _asked_again(self, names):
        """What to read again although it is in, as values of ``pending``: what is to be
        decided if somebody looks on, what was not understood if it may be now.

        :param names: a digest of users, services and kinds of contracts
        """
        again = [] if self.job.unattended else ["decide"]
        return again + (["names"] if names != self.connection.names_digest else [])

    # -------------------------------------------------------------------------
    # Stages; each takes the set of entities and the place in it, and returns whether the
    # stage is over
    # -------------------------------------------------------------------------

    def _read_folders(self, catalogue, place):
        """Read the names of folders, and in which they lie."""
        options = {"select": "Ref_Key,Description,Parent_Key", "filter": ONLY_FOLDERS}
        return self._read_named(catalogue, place, options)

    def _read_names(self, catalogue, place):
        """Read the names of what contractors refer to."""
        options = {"select": "Ref_Key,Description"}
        return self._read_named(catalogue, place, options)

    def _read_named(self, catalogue, place, options):
        try:
            rows = self._page(catalogue, place, NAMES_PAGE, options)
        except OdataError as error:
            if error.code not in MAY_BE_MISSING:
                raise
            is_told = error.code == "rights"
            # Of contractors, it is told when they are read.
            if catalogue != CONTRACTORS and (is_told or catalogue == PARTNERS):
                self._leave_out(catalogue, is_told=is_told)
            return True
        self.known.keep_names(catalogue, with_key(rows))
        return place.is_end

    def _read_whole(self, catalogue, place):
        """Read all objects; keep those that are not in already."""
        rows = self._page(catalogue, place, WHOLE_PAGE)
        if not self.job.overwrite:
            changed = self.known.changed(catalogue, rows, self.reading["again"])
            rows = [row for row in rows if key_of(row) in changed]
        self._keep_objects(catalogue, rows)
        return place.is_end

    def _read_keys(self, catalogue, place):
        """Find out which objects have changed."""
        options = {"select": "Ref_Key,DataVersion"}
        # What has no key cannot be asked for; it is told of when all are read.
        rows = with_key(self._page(catalogue, place, KEYS_PAGE, options))
        changed = self.known.changed(catalogue, rows, self.reading["again"])
        self.known.keep_versions(catalogue, changed)
        reading = self.reading
        reading["changed"] = reading.get("changed", 0) + len(changed)
        if place.is_end:
            pages = ceil(place.seen / (WHOLE_PAGE - OVERLAP))
            if ceil(reading.pop("changed") / KEYS_AT_ONCE) > pages:
                # The next stage is to fetch by key.
                reading["stages"][1:2] = self._whole_stages(catalogue)
        return place.is_end

    def _read_fetch(self, catalogue, place):
        """Read objects that have changed, by key."""
        refs = self.known.to_fetch(catalogue, WHOLE_PAGE)
        rows, asked = self._by_key(catalogue, refs)
        self._keep_objects(catalogue, rows)
        self.known.leave_out(catalogue, set(asked) - {key_of(row) for row in rows})
        return len(refs) < WHOLE_PAGE and len(asked) == len(refs)

    def _read_again(self, _catalogue, place):
        """Make rows anew of those that are there."""
        found = self.env.execute_query(
            SQL(
                """
                SELECT row, data, issues, folder_path, entity FROM its_import_line
                 WHERE import_id = %s AND row > %s ORDER BY row LIMIT %s
                """,
                self.job.id,
                place.seen,
                BATCH,
            )
        )
        place.total = self.reading["rows"]
        place.is_end = len(found) < BATCH
        if not found:
            return True
        rows = [row for row, *_rest in found]
        self.env.cr.execute(
            SQL(
                "DELETE FROM its_import_line"
                " WHERE import_id = %s AND row BETWEEN %s AND %s",
                self.job.id,
                rows[0],
                rows[-1],
            )
        )
        Reading(self.job).stage(_record(*values) for values in found)
        self.env.invalidate_all()
        place.seen = rows[-1]
        return place.is_end

    # -------------------------------------------------------------------------
    # Keeping
    # -------------------------------------------------------------------------

    def _keep_objects(self, catalogue, rows):
        """Make rows of the import of objects, and note which row is whose."""
        entries = entries_of(catalogue, rows)
        names = self.known.names_of(links_of(entries))
        if catalogue == CONTRACTORS:
            names |= self._persons(entries, names)
        told = list(records_of(catalogue, entries, names, self.reading["rows"] + 1))
        # Numbers are given to whatever says something, damaged or not.
        self.reading["rows"] += Reading(self.job).stage(record for _ref, record in told)
        self.known.keep_names(catalogue, with_key(rows))
        self.known.keep_versions(
            catalogue,
            {key_of(row): version_of(row) for row in rows},
            {ref: record.row for ref, record in told},
        )

    def _persons(self, entries, known):
        """Fetch the names of contact persons that are not known yet."""
        links = {entry.links.get("contact_person") for entry in entries if entry}
        missing = sorted(links - known.keys() - {None})
        found = {}
        for catalogue in PERSONS if missing else ():
            found |= self._persons_of(catalogue, [x for x in missing if x not in found])
        return found

    def _persons_of(self, catalogue, refs):
        found = {}
        while refs:
            try:
                rows, asked = self._by_key(catalogue, refs, "Ref_Key,Description")
            except OdataError as error:
                if error.code not in MAY_BE_MISSING:
                    raise
                if error.code == "rights":
                    self._leave_out(catalogue)
                break
            found.update((key_of(row), named_of(row)) for row in rows)
            refs = refs[len(asked) :]
        return found

    # -------------------------------------------------------------------------
    # Asking
    # -------------------------------------------------------------------------

    def _page(self, catalogue, place, top, options=None):
        options = {"orderby": "Ref_Key", **(options or {})}
        top = max(top // self.reading["shrink"], SMALLEST_PAGE)
        with self._client() as client:
            fetch = partial(self.connection._fetch_page, client, catalogue, options)
            with self.job._apart():
                return next_page(fetch, place, top)

    def _by_key(self, catalogue, refs, select=None):
        """Ask for objects by key, as long as patience lasts.

        :return: ``(objects, keys asked for)``; something has come, or it raises
        :raises OdataError: if nothing has come at all
        """
        options = {"select": select} if select else {}
        rows, asked, deadline = {}, [], time.monotonic() + PATIENCE
        with self._client() as client, self.job._apart():
            for start in range(0, len(refs), KEYS_AT_ONCE):
                keys = refs[start : start + KEYS_AT_ONCE]
                try:
                    rows |= self._objects_of(client, catalogue, keys, options)
                except OdataError:
                    if not asked:
                        raise
                    break
                asked += keys
                if time.monotonic() > deadline:
                    break
        return list(rows.values()), asked

    def _objects_of(self, client, catalogue, keys, options):
        """Ask for a few objects, and again for those that are not in the answer, as
        long as it brings any: a server may send less than it is asked for.

        :return: ``{reference: object}``, nothing else than what was asked for
        """
        found, missing = {}, keys
        while missing:
            rows, _count = client.page(
                catalogue, filter=keys_filter(missing), top=len(missing), **options
            )
            told = {key_of(row): row for row in with_key(rows)}
            told = {key: row for key, row in told.items() if key in missing}
            found |= told
            missing = [key for key in missing if key not in told] if told else []
        return found

    def _client(self):
        """A client of the base that knows whether it was let in before."""
        was_let_in = bool(self.reading.get("answered"))
        return self.connection._client(was_let_in=was_let_in)


def _record(row, data, issues, path, entity):
    """The record of ``onec`` that a row was made of."""
    data = {k: v for k, v in data.items() if k not in ("contract_key", "service_id")}
    told = [
        Issue(code, field, value)
        for code, field, value, _severity in issues or ()
        if code in ISSUE_CODES
    ]
    is_folder = bool(data.get("is_folder"))
    return Record(row, data, told, tuple(path or ()), is_folder, None, entity)
