"""Writing the rows of new records: what ``BaseModel._create`` does with one record after
the other is done with one field after the other. Nothing is left out: the rows are the
same, and so is what stands in the cache."""

from collections import defaultdict
from operator import attrgetter

from psycopg2.extensions import AsIs

from odoo import models
from odoo.fields import Char, Field, Many2many
from odoo.tools import SQL
from odoo.tools.misc import clean_context

# Rows a statement.
AT_ONCE = 500
X2MANY = ("one2many", "many2many")
# What is put into the cache by types that keep a value as it is.
PLAIN = ("boolean", "char", "date", "datetime", "float", "integer", "many2one")
PLAIN += ("selection", "text")
# Of these Odoo says what they are, or leaves it to the database.
OWN = frozenset((*models.LOG_ACCESS_COLUMNS, "id", "parent_path"))
NOTHING = object()
# What the database has for a column.
DEFAULT = AsIs("DEFAULT")


class RowInserting:
    """The rows of records that are created together.

    :param model: an empty recordset
    :param data_list: of ``_create``: dicts of ``stored`` and ``protected``, completed
        here by ``record``; nothing is inherited, and each record brings its id
    """

    def __init__(self, model, data_list):
        self._model = model
        self._data_list = data_list
        self._stored = [data["stored"] for data in data_list]
        self._names = sorted({name for stored in self._stored for name in stored})

    def insert(self):
        """Do what ``_create`` does.

        :return: the records
        """
        self._insert_rows()
        records = self._model.browse([stored["id"] for stored in self._stored])
        # Pictures as they are, and not their sizes.
        cached = records.with_context(bin_size=False)
        for data, record in zip(self._data_list, cached, strict=True):
            data["record"] = record
        self._fill_cache(cached)
        self._finish(records)
        return records

    # -------------------------------------------------------------------------
    # Rows
    # -------------------------------------------------------------------------

    def _insert_rows(self):
        cr, fields = self._model.env.cr, self._model._fields
        names = [name for name in self._names if fields[name].column_type]
        places, columns = [], []
        for name in names:
            value = self._common_value(name)
            if value is NOTHING:
                places.append("%s")
                columns.append(self._column(name))
            else:
                # The same in each row: it is written into the statement once.
                column = fields[name].convert_to_column_insert(
                    value, self._model, self._stored[0]
                )
                text = cr.mogrify("%s", [column]).decode()
                places.append(text.replace("%", "%%"))
        into = SQL(
            "INSERT INTO %s (%s)",
            SQL.identifier(self._model._table),
            SQL(", ").join(map(SQL.identifier, names)),
        )
        cr.execute_values(
            f"{into.code} VALUES %s",
            list(zip(*columns, strict=True)),
            template=f"({', '.join(places)})",
            page_size=AT_ONCE,
        )

    def _common_value(self, name):
        """The value that all records have, if they have the same."""
        first = self._stored[0].get(name, NOTHING)
        if len(self._stored) > 1 and all(
            stored.get(name, NOTHING) is first for stored in self._stored
        ):
            return first
        return NOTHING

    def _column(self, name):
        """The values of a column, row by row."""
        convert = self._model._fields[name].convert_to_column_insert
        return [
            convert(stored[name], self._model, stored) if name in stored else DEFAULT
            for stored in self._stored
        ]

    # -------------------------------------------------------------------------
    # Cache
    # -------------------------------------------------------------------------

    def _fill_cache(self, records):
        given, inverses = set(self._names), defaultdict(list)
        for field in self._model._fields.values():
            if field.store and field.type in X2MANY:
                self._put(field, records, ())
            elif field.name in given:
                self._fill_given(field, records, inverses)
            elif field.store and field.name not in OWN:
                self._put(field, records, None)
        for (field, value), ids in inverses.items():
            field._update_inverses(self._model.browse(ids), value)

    def _put(self, field, records, value):
        """Put one value into the cache for all records."""
        if _is_usual(field, records.env):
            field._get_cache(records.env).update(dict.fromkeys(records._ids, value))
        else:
            for record in records:
                field._update_cache(record, value)

    def _fill_given(self, field, records, inverses):
        """Put the values of a field into the cache that records have been given."""
        name = field.name
        has_inverses = field.type in ("many2one", "many2one_reference") and bool(
            self._model.pool.field_inverses[field]
        )
        if not (
            field.type in PLAIN
            and not field.translate
            and name not in OWN
            and _is_usual(field, records.env)
        ):
            self._fill_one_by_one(field, records, inverses if has_inverses else None)
            return
        # What these types make of a value does not depend on whose it is.
        convert, one = field.convert_to_cache, records[:1]
        common = self._common_value(name)
        if common is not NOTHING:
            values = [convert(common, one)] * len(records)
        else:
            values = [
                convert(stored[name], one) if name in stored else None
                for stored in self._stored
            ]
        field._get_cache(records.env).update(zip(records._ids, values, strict=True))
        if has_inverses:
            for record_id, value, stored in zip(
                records._ids, values, self._stored, strict=True
            ):
                if name in stored:
                    inverses[field, value].append(record_id)

    def _fill_one_by_one(self, field, records, inverses):
        name = field.name
        for record, stored in zip(records, self._stored, strict=True):
            if name not in stored:
                if name not in OWN:
                    field._update_cache(record, None)
            elif field.type != "html":
                # What has become of that is read when it is asked for.
                value = field.convert_to_cache(stored[name], record)
                field._update_cache(record, value)
                if inverses is not None:
                    inverses[field, value].append(record.id)

    # -------------------------------------------------------------------------
    # The rest, as ever
    # -------------------------------------------------------------------------

    def _finish(self, records):
        records._parent_store_create()
        fields = self._model._fields
        others = [
            fields[name]
            for name in self._names
            if not fields[name].column_type or fields[name].type == "properties"
        ]
        protected = [(data["protected"], data["record"]) for data in self._data_list]
        with self._model.env.protecting(protected):
            records.modified(fields, create=True)
            if others:
                # Without what it says of others: keywords would keep that.
                # pylint: disable-next=context-overridden
                plain = records.with_context(clean_context(self._model.env.context))
                for field in sorted(others, key=attrgetter("_sequence")):
                    field.create(
                        [
                            (record, stored[field.name])
                            for record, stored in zip(plain, self._stored, strict=True)
                            if field.name in stored
                        ]
                    )
                records.modified([field.name for field in others], create=True)
        records._validate_fields(self._names)
        records.check_access("create")


def _is_usual(field, env):
    """Whether nothing but the cache of a field is changed when a new record gets there."""
    update = type(field)._update_cache
    if update is Many2many._update_cache:
        return not env.transaction.field_data_patches.get(field)
    return update in (Field._update_cache, Char._update_cache)
