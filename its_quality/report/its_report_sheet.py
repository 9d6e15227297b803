from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import format_date
from odoo.tools.misc import formatLang

from ..models.base import days

# A sheet for a meeting is read, not searched: for more rows, export the list.
MOST_ROWS = 1000
LONGEST_TEXT = 160


class ItsReportSheet(models.AbstractModel):
    """What the printed reports have in common: from the dialog to the rows, and how a
    value is written.

    A report names the model of its rows as ``_its_prints``, what always holds for them
    as ``_its_always``, the field of its period as ``_its_date`` and the order of its
    list as ``_its_order``; it has ``_sheet`` to gather what its template shows. All of
    it is read as the reader, under the rules of the rows.
    """

    _name = "its.report.sheet"
    _description = "Printed Report on Service Quality"

    _its_prints = None
    _its_always = ()
    _its_date = None
    _its_order = None

    @api.model
    def _get_report_values(self, docids, data=None):
        dialogs = self.env["its.report.print"].browse(docids or [])
        dialogs.check_access("read")
        return {
            "docs": dialogs,
            "sheets": [self._whole_sheet(dialog) for dialog in dialogs],
            "number": self._number,
            "share": self._share,
            "certain": self._certain,
            "day": self._day,
            "moment": self._moment,
            "short": self._short,
            "name": self._name_of,
            "pair": lambda pair: pair[1] if pair else "–",
        }

    def _whole_sheet(self, dialog):
        sheet = {"dialog": dialog, **self._head(dialog), **self._sheet(dialog)}
        return {**sheet, "cut": self._cut(sheet["total"], sheet.get("rows", ()))}

    def _cut(self, total, rows):
        """Say that the list ends before the rows do.

        :return: a sentence, ``None`` if it does not
        """
        if len(rows) < MOST_ROWS or len(rows) == total:
            return None
        return self.env._(
            "Only the first %(shown)s of %(total)s rows are shown. The figures above "
            "include all of them; export the list to get every row.",
            shown=self._number(len(rows)),
            total=self._number(total),
        )

    def _sheet(self, dialog):
        """What the template of the report shows.

        :return: a dictionary with ``total``, the number of rows, and ``rows``, the list
            of as many as fit, if there is one
        """
        raise NotImplementedError

    # -------------------------------------------------------------------------
    # What is printed
    # -------------------------------------------------------------------------

    def _rows_of(self, dialog):
        """The domain of the rows that the dialog asks for."""
        domain = Domain(list(self._its_always))
        if dialog.row_count:
            return domain & Domain("id", "in", dialog._selected_ids())
        if self._its_date and dialog.date_from:
            domain &= Domain(self._its_date, ">=", self._begin_of(dialog.date_from))
        if self._its_date and dialog.date_to:
            after = dialog.date_to + timedelta(days=1)
            domain &= Domain(self._its_date, "<", self._begin_of(after))
        return domain & self._filter_domain(dialog)

    def _filter_domain(self, dialog):
        """The domain of the client, the team and the service that were chosen."""
        return Domain.AND(
            Domain(field, "=", dialog[field].id)
            for field in ("partner_id", "team_id", "service_id")
            if dialog[field]
        )

    def _begin_of(self, date):
        """When a day begins where the company works, in UTC as the database has it."""
        return days.midnight(date, self.env.company._its_zone())

    def _list(self, domain, names, limit=None):
        """The first rows as plain values; a record among them is a pair of its id and
        its name, as in a list on the screen.

        :param names: of the fields that the sheet shows
        :return: a list of dictionaries
        """
        rows = self.env[self._its_prints]
        limit = limit or MOST_ROWS
        return rows.search_read(domain, names, order=self._its_order, limit=limit)

    def _groups(self, domain, groupby, aggregates, order=None):
        return self.env[self._its_prints]._read_group(
            domain, groupby, aggregates, order=order
        )

    def _labels(self, model, *names):
        """What the values of selection fields are called in the language of the reader.

        :param model: where the labels are defined; a report only borrows them
        :return: a dictionary of labels by value for each field
        """
        fields_of = self.env[model]._fields
        return {
            name: dict(fields_of[name]._description_selection(self.env))
            for name in names
        }

    def _head(self, dialog):
        """The head of every sheet: which rows these are, and of when."""
        now = self._moment(fields.Datetime.now())
        period = dialog.has_period and dialog._period()
        lines = []
        if dialog.row_count:
            lines.append((self.env._("Selected rows"), dialog.row_count))
        elif period:
            lines.append((self.env._("Period"), period))
        if not self._its_date:
            lines.append((self.env._("As of"), now))
        if not dialog.row_count:
            chosen = (
                (self.env._("Client"), dialog.partner_id),
                (self.env._("Team"), dialog.team_id),
                (self.env._("Service"), dialog.service_id),
                (
                    self.env._("Questionnaire"),
                    dialog.report == "survey" and dialog.survey_id,
                ),
            )
            lines += [
                (label, record.display_name) for label, record in chosen if record
            ]
        return {
            "title": self.env["ir.actions.report"]
            ._get_report_from_name(self._name.removeprefix("report."))
            .name,
            "about": lines,
            "printed": self.env._(
                "Printed on %(moment)s by %(user)s",
                moment=now,
                user=self.env.user.name,
            ),
        }

    # -------------------------------------------------------------------------
    # How it is written
    # -------------------------------------------------------------------------

    def _number(self, value, digits=0):
        """A number as the reader writes it; a dash for what is not known."""
        if value is None or value is False:
            return "–"
        return formatLang(self.env, value, digits=digits).replace("-", "−")

    def _share(self, value):
        """A mean of 0…100 or −100…100."""
        return self._number(value, 1)

    def _certain(self, figure):
        """How certain a figure is, in words; empty where nothing was counted."""
        shown = figure.as_shown()
        count = self._number(shown["count"])
        if not shown["count"]:
            return ""
        if shown["few"]:
            return self.env._("%s: too few to tell", count)
        if shown["low"] is None:
            return count
        return self.env._(
            "%(counted)s, likely %(low)s … %(high)s",
            counted=count,
            low=self._share(shown["low"]),
            high=self._share(shown["high"]),
        )

    def _day(self, value):
        return format_date(self.env, value) if value else "–"

    def _moment(self, value):
        """A moment to the minute, where the company works: whoever gets the paper reads
        the same, and the days of the period are those of the company."""
        if not value:
            return "–"
        local = days.clock(value, self.env.company._its_zone())
        return f"{format_date(self.env, local.date())} {local.strftime('%H:%M')}"

    def _short(self, text, most=LONGEST_TEXT):
        """The beginning of a text on one line, cut after a word."""
        text = " ".join((text or "").split())
        if len(text) <= most:
            return text
        return text[:most].rsplit(" ", 1)[0] + "…"

    def _name_of(self, record):
        """The name of the record of a group.

        A user who may read a row may read the names in it, as in every list of Odoo.
        """
        return record.sudo().display_name if record else "–"
