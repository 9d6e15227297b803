"""Texts of others in the files that Odoo exports.

A subject, a client's name, a word of a stranger may begin with a sign that makes a
formula of it, which would run on the computer of the person who opens the file.
"""

import io
import json
import re

import openpyxl
from markupsafe import Markup
from openpyxl.worksheet.formula import ArrayFormula
from werkzeug.datastructures import FileStorage

from odoo import http

from odoo.addons.web.controllers.export import (
    CSVExport,
    ExcelExport,
    ExportXlsxWriter,
    GroupExportXlsxWriter,
)
from odoo.addons.web.controllers.pivot import TableExporter

from ...models.base.measure import Measure, WholeMeasure

# Addresses of pages stay what one can press on.
LINK = re.compile(r"(?:https?|ftps?)://|mailto:")
WAY = re.compile("(?:in|ex)ternal:|file:")
# What a program takes for the beginning of a formula, also in full width and behind
# blanks and control characters; Odoo itself marks the first three.
FORMULA = re.compile(r"[\s\x00-\x1f\ufeff\u200b]*[=+\-@\uff1d\uff0b\uff0d\uff20\t\r\n]")
MARKED = ("=", "-", "+")


class TextWriter(ExportXlsxWriter):
    """Writes a text as a text, whatever it begins with.

    The sheet does it, so that whoever extends Odoo's writer is asked as without us.
    """

    def __init__(self, fields, columns_headers, row_count):
        super().__init__(fields, columns_headers, row_count)
        for kind in (str, Markup):
            self.worksheet.add_write_handler(kind, _write_text)


class GroupTextWriter(GroupExportXlsxWriter, TextWriter):
    """The same for rows in groups."""


class ItsExcelExport(ExcelExport):
    def from_data(self, fields, columns_headers, rows):
        with TextWriter(fields, columns_headers, len(rows)) as writer:
            for number, row in enumerate(rows, 1):
                for column, value in enumerate(row):
                    writer.write_cell(number, column, value)
        return writer.value

    def from_group_data(self, fields, columns_headers, groups):
        _leave_out_unknown(groups)
        with GroupTextWriter(fields, columns_headers, groups.count) as writer:
            row, column = 1, 0
            for name, group in groups.children.items():
                row, column = writer.write_group(row, column, name, group)
        return writer.value


class ItsCsvExport(CSVExport):
    def from_data(self, fields, columns_headers, rows):
        return super().from_data(
            fields,
            [_marked(header) for header in columns_headers],
            [[_marked(value) for value in row] for row in rows],
        )


class ItsTableExporter(TableExporter):
    @http.route()
    def export_xlsx(self, data, **kw):
        """A pivot holds no formula of its own: what has become one is a text."""
        if isinstance(data, FileStorage):
            data = data.read()
        data = _without_ways(json.loads(data))
        response = super().export_xlsx(json.dumps(data), **kw)
        if _holds_formulas(data):
            response.data = _without_formulas(response.data)
        return response


def _leave_out_unknown(groups):
    """Set the means of groups that Odoo would divide by all their rows: an unknown
    number is no 0.

    :param groups: a ``GroupsTreeNode``
    """
    means = {
        name: place
        for place, name in enumerate(groups._export_field_names)
        if isinstance(groups._model._fields.get(name), (Measure, WholeMeasure))
        and groups._model._fields[name].aggregator == "avg"
    }
    if means:
        # Odoo's own first: those of a group are made of those of its parts.
        _ = groups.aggregated_values
        _set_means(groups, means)


def _set_means(group, means):
    """Set the means of a group and of its parts.

    :param means: the places of columns by the names of their fields
    :return: the rows of the group
    """
    rows = list(group.data)
    for part in group.children.values():
        rows += _set_means(part, means)
    for name, place in means.items():
        known = [row[place] for row in rows if row[place] != ""]
        mean = sum(known) / len(known) if known else None
        group.aggregated_values[name] = mean
    return rows


def _write_text(worksheet, row, column, text, *style):
    """What a sheet does with a text; ``None`` leaves it to the sheet."""
    if not text or LINK.match(text):
        return None
    return worksheet.write_string(row, column, text, *style)


def _marked(value):
    """A value of a CSV with the sign in front that makes a text of it."""
    if isinstance(value, bytes):
        value = value.decode()
    if isinstance(value, str) and FORMULA.match(value) and not value.startswith(MARKED):
        return f"'{value}"
    return value


def _without_ways(data):
    """What was posted, with a blank before texts that a workbook would make links of,
    to files or into itself."""
    if isinstance(data, dict):
        return {name: _without_ways(value) for name, value in data.items()}
    if isinstance(data, list):
        return [_without_ways(value) for value in data]
    return f" {data}" if isinstance(data, str) and WAY.match(data) else data


def _holds_formulas(data):
    """Whether a text in what was posted is a formula to the writer."""
    if isinstance(data, dict):
        return any(map(_holds_formulas, data.values()))
    if isinstance(data, list):
        return any(map(_holds_formulas, data))
    return isinstance(data, str) and data.startswith(("=", "{="))


def _without_formulas(content):
    """Make texts of all formulas of a workbook."""
    book = openpyxl.load_workbook(io.BytesIO(content))
    for sheet in book:
        for row in sheet.iter_rows():
            for cell in row:
                if cell.data_type == "f":
                    if isinstance(cell.value, ArrayFormula):
                        cell.value = f"{{{cell.value.text}}}"
                    cell.data_type = "s"
    with io.BytesIO() as file:
        book.save(file)
        return file.getvalue()
