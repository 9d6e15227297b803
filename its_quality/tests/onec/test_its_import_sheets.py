"""Sheets as people keep them: no keys, remarks, titles of their own, other lists."""

import io

import openpyxl

from odoo.exceptions import UserError
from odoo.tests import tagged

from .test_its_import import ImportCase

MANAGER = "Ответственный менеджер"
# Titles, a row without a key that leaves something to remark on.
KEYLESS = {
    "a manager who is not there": (
        ("Наименование", MANAGER, "Телефон"),
        ("Кафе Пион", "Неизвестный Пётр", "8 912 111-22-33"),
    ),
    "an unknown kind": (
        ("Наименование", "Вид контрагента", "Телефон"),
        ("Кафе Ирис", "Кентавр", "8 912 111-22-34"),
    ),
    "a wrong mail": (("Клиент", "E-mail"), ("Кафе Лотос", "нет почты")),
    "a service that is not there": (
        ("Клиент", "Сервис", "Номер договора"),
        ("Кафе Мак", "Нет такого", "М-1"),
    ),
    "a service and a manager": (
        ("Клиент", "Сервис", "Номер договора", MANAGER),
        ("Кафе Роза", "Пробный сервис", "М-2", "Неизвестный Пётр"),
    ),
    "a wrong date": (
        ("Клиент", "Сервис", "Дата начала"),
        ("Кафе Клевер", "Пробный сервис", "вчера"),
    ),
    "a full name only": (
        ("Полное наименование", MANAGER),
        ("Общество с ограниченной ответственностью «Астра»", "Неизвестный Пётр"),
    ),
    "a folder": (
        ("Наименование", "Группа", MANAGER),
        ("Кафе Флокс", "Кафе города", "Неизвестный Пётр"),
    ),
    "a name that is a legal form": (("Наименование", MANAGER), ("ООО", "Никто")),
    "nothing but a name": (("Наименование", "ИНН", "Вид"), ("Кафе Лён", "", "")),
}


@tagged("post_install", "-at_install")
class TestImportSheets(ImportCase):
    def test_a_row_without_a_key_is_one_client(self):
        """However often it comes, also with another phone."""
        for what, (titles, row) in KEYLESS.items():
            with self.subTest(what):
                source = self.source.copy()
                before = self.env["res.partner"].search_count([])
                job = self.run_import([row], titles, source=source)
                self.assertEqual(job.created_count, 1, self.told(job))
                self.assertTrue(job.line_ids.message, self.told(job))
                for _time in range(2):
                    job = self.run_import([row], titles, source=source)
                    self.assertEqual(job.unchanged_count, 1, self.told(job))
                changed = self.run_import(
                    [(*row, "Звонить утром")], (*titles, "Комментарий"), source=source
                )
                self.assertEqual(changed.updated_count, 1, self.told(changed))
                after = self.env["res.partner"].search_count([])
                self.assertEqual(after, before + 1)

    def test_a_row_without_a_key_beside_others(self):
        """Two of one name are two; one of them stays, another one is somebody new."""
        titles = ("Наименование", MANAGER, "Телефон")
        first = ("Кафе Пион", "Неизвестный Пётр", "8 912 111-22-33")
        second = ("Кафе Пион", "Неизвестный Пётр", "8 912 111-22-44")
        job = self.run_import([first, second], titles)
        self.assertEqual(job.created_count, 2)
        job = self.run_import([second, first], titles)
        self.assertEqual(job.unchanged_count, 2, self.told(job))
        titles = ("Наименование", "ИНН", MANAGER)
        self.run_import([("Кафе Лавр", "", "Никто")], titles)
        job = self.run_import([("Кафе Лавр", "7707083893", "Никто")], titles)
        self.assertEqual(job.updated_count, 1, self.told(job))
        job = self.run_import([("Кафе Лавр", "7736050003", "Никто")], titles)
        self.assertEqual(job.created_count, 1, self.told(job))

    def test_a_manager_who_comes_later(self):
        """What was not understood is understood another time."""
        titles = ("Наименование", MANAGER)
        self.run_import([("Кафе Пион", "Пионов Пётр")], titles)
        user = self.env["res.users"].create(
            {"name": "Пионов Пётр", "login": "pion_test"}
        )
        job = self.run_import([("Кафе Пион", "Пионов Пётр")], titles)
        self.assertEqual(job.updated_count, 1, self.told(job))
        self.assertEqual(self.client(name="Кафе Пион").user_id, user)

    # -------------------------------------------------------------------------
    # Kinds, folders, other lists
    # -------------------------------------------------------------------------

    NAMES = (
        ("Покупатели", "", ""),
        ("    ООО Гавань", "7707083893", "ЮЛ"),
        ("    Причал", "", ""),
        ("    Волнорез", "", "Кентавр"),
        ("Прочие", "", ""),
    )
    NAME_TITLES = ("Наименование", "ИНН", "Вид")

    def test_rows_with_a_name_only_are_asked_about_once(self):
        """In a list with folders; the answer holds for the next file, too."""
        for answer, created in (("client", 4), ("folder", 2)):
            with self.subTest(answer), self.env.cr.savepoint() as savepoint:
                source = self.source.copy()
                job = self.drop(self.NAMES, self.NAME_TITLES, source=source)
                job.action_check()
                self.assertEqual(job.name_only_count, 2)
                with self.assertRaisesRegex(UserError, "name only: 2"):
                    job.action_import()
                with self.assertRaisesRegex(UserError, "clients or folders"):
                    job.action_name_only()
                job.with_context(its_name_only=answer).action_name_only()
                self.assertEqual((job.state, job.check_needed), ("checked", False))
                job.action_import()
                self.assertEqual(job.created_count, created, self.told(job))
                for _time in range(2):
                    again = self.run_import(self.NAMES, self.NAME_TITLES, source=source)
                    self.assertEqual(again.unchanged_count, created, self.told(again))
                savepoint.rollback()
                self.env.invalidate_all()

    def test_an_answer_is_changed_before_the_import(self):
        job = self.drop(self.NAMES, self.NAME_TITLES)
        job.action_check()
        for answer, new in (("client", 4), ("folder", 2), ("client", 4)):
            job.with_context(its_name_only=answer).action_name_only()
            self.assertEqual(job.new_count, new, self.told(job))
        job.action_import()
        with self.assertRaisesRegex(UserError, "started"):
            job.with_context(its_name_only="folder").action_name_only()

    def test_names_alone_in_a_flat_list_are_clients(self):
        rows = [("Причал", "", ""), ("ООО Гавань", "7707083893", "ЮЛ"), ("Мол", "", "")]
        job = self.run_import(rows, self.NAME_TITLES)
        self.assertEqual((job.created_count, job.name_only_count), (3, 0))
        told = job.line_ids.sorted("row").mapped("message")
        self.assertEqual(told, ["Only the name is known.", False] + told[:1])

    def test_a_price_list_is_asked_about(self):
        titles = ("Код", "Наименование", "Цена")
        rows = [("1", "Гвозди", "10"), ("2", "Доска", "20")]
        job = self.drop(rows, titles)
        job.action_check()
        with self.assertRaisesRegex(UserError, "Are these contractors.*«Цена»"):
            job.action_import()
        self.assertFalse(self.client(name="Гвозди"))
        job.action_are_clients()
        job.action_import()
        self.assertEqual(job.created_count, 2)
        again = self.run_import(rows, titles)
        self.assertEqual(again.unchanged_count, 2, "nobody new, nothing to ask")

    # -------------------------------------------------------------------------
    # Titles by hand, damaged files
    # -------------------------------------------------------------------------

    def test_columns_are_chosen_by_hand(self):
        rows = [("ООО Берег", "Анна", "ждёт"), ("ООО Мыс", "Пётр", "")]
        titles = ("Фирма по-нашему", "Чей", "Пометки")
        job = self.drop(rows, titles)
        self.assertIn("No row with known titles", job.file_remark)
        self.assertEqual(job.column_ids.mapped("letter"), ["A", "B", "C"])
        with self.assertRaisesRegex(UserError, "mapped to «Name»"):
            job.action_check()
        for wrong in ("первая", "-1", "999999999"):
            with self.assertRaisesRegex(UserError, "number of a row"):
                job.header_row = wrong
        with self.assertRaisesRegex(UserError, "Row 50"):
            job.header_row = "50"
        job.header_row = "1"
        self.assertFalse(job.file_remark)
        self.assertEqual(job.column_ids.mapped("title"), list(titles))
        job.column_ids[0].target = "name"
        job.column_ids[2].target = "comment"
        job.action_check()
        self.assertEqual(job.new_count, 2, self.told(job))
        job.action_import()
        self.assertEqual(job.created_count, 2)
        again = self.drop(rows, titles)
        self.assertFalse(again.column_ids[0].title, "the row is not remembered")
        again.header_row = "1"
        self.assertEqual(again.column_ids.mapped("target"), ["name", False, "comment"])
        again.action_check()
        self.assertEqual(again.same_count, 2, self.told(again))

    def test_a_list_without_titles(self):
        job = self.drop([("ООО Мыс", "55")], ("ООО Берег", "44"))
        job.header_row = "0"
        job.column_ids[0].target = "name"
        job.column_ids[1].target = "code"
        job.action_check()
        self.assertEqual(job.line_ids.sorted("row").mapped("row"), [1, 2])
        job.action_import()
        self.assertEqual(job.created_count, 2)

    def test_another_header_row_asks_for_another_check(self):
        job = self.drop([("Наименование", "Код"), ("ООО Мыс", "55")], ("Имя", "ИНН"))
        job.action_check()
        job.header_row = "1"
        self.assertTrue(job.check_needed)
        self.assertEqual(job.column_ids.mapped("title"), ["Имя", "ИНН"])

    def test_rejected_rows_of_a_file_without_known_titles(self):
        job = self.drop([("ООО Берег", "1"), ("", "2")], ("Чей", "Пометки"))
        job.header_row = "1"
        job.column_ids[0].target = "name"
        job.column_ids[1].target = "comment"
        job.action_check()
        job.action_import()
        self.assertEqual((job.created_count, job.rejected_count), (1, 1))
        _name, content = job._rejected_workbook()
        rows = list(openpyxl.load_workbook(io.BytesIO(content)).active.values)
        self.assertEqual(rows[0][:2], ("Чей", "Пометки"))
        self.assertEqual(rows[1][1], "2")

    # -------------------------------------------------------------------------
    # Cells
    # -------------------------------------------------------------------------

    def test_phones_and_mails_of_a_cell(self):
        titles = ("Клиент", "ИНН", "Телефон", "E-mail")
        row = (
            "ООО Связь",
            "ИНН 7707083893/770701001",
            "8 912 111-22-33 8 912 111-22-44, +7 (912) 111-22-33, ф. 8 8332 65-43-21",
            "mailto:a@example.com; A@example.com",
        )
        for _time in range(2):
            job = self.run_import([row], titles)
        self.assertEqual(job.unchanged_count, 1)
        client = self.client(name="ООО Связь")
        self.assertEqual((client.its_kpp, client.email), ("770701001", "a@example.com"))
        self.assertEqual(client.phone, "+7 912 111-22-33")
        self.assertEqual(client.child_ids.mapped("phone"), ["+7 912 111-22-44"])
        self.assertEqual(client.its_other_contacts, "Факс: 8 8332 65-43-21")

    def test_a_contract_without_an_end(self):
        titles = ("Клиент", "Сервис", "Дата начала", "Дата окончания")
        row = ("ООО Вечное", "Пробный сервис", "1 января 2026 г.", "01.01.3999")
        job = self.run_import([row], titles)
        subscription = job.line_ids.partner_id.its_subscription_ids
        self.assertEqual(str(subscription.date_start), "2026-01-01")
        self.assertFalse(subscription.date_end)
        self.assertFalse(job.line_ids.message)


FIRM = ("ООО Два Источника", "7707083893", "770701001")
TWO_TITLES = ("Наименование", "ИНН", "КПП", "Телефон", "Адрес")


@tagged("post_install", "-at_install")
class TestImportOfTwoSources(ImportCase):
    """One firm in two bases that say different things of it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.books = cls.source.copy({"name": "Бухгалтерия"})
        cls.trade = cls.source.copy({"name": "Торговля"})

    def bring(self, source, phone, address):
        return self.run_import([(*FIRM, phone, address)], TWO_TITLES, source=source)

    def test_who_leads(self):
        """A table: who leads; the phone of the card after both have said theirs, and
        after the second has said another; whom the remarks name."""
        cases = (
            ((), "120001", "120001", ["Бухгалтерия", "Бухгалтерия"]),
            (("books",), "120001", "120001", ["Бухгалтерия", "Бухгалтерия"]),
            (("trade",), "120002", "120003", [None, None]),
            (("books", "trade"), "120001", "120001", ["Бухгалтерия", "Бухгалтерия"]),
        )
        for leading, first, second, named in cases:
            with self.subTest(leading), self.env.cr.savepoint() as savepoint:
                for name in leading:
                    getattr(self, name).leads = True
                self.bring(self.books, "8 8332 120001", "Киров")
                client = self.client(name=FIRM[0])
                for phone, expected, source in (
                    ("8 8332 120002", first, named[0]),
                    ("8 8332 120003", second, named[1]),
                ):
                    job = self.bring(self.trade, phone, "Киров")
                    digits = "".join(filter(str.isdigit, client.phone))
                    self.assertEqual(digits[-6:], expected)
                    told = job.line_ids.message or ""
                    self.assertNotIn("edited in Odoo", told)
                    self.assertEqual(bool(source), "another source" in told, told)
                    self.assertIn(f"«{source}»: Phone" if source else "", told)
                    again = self.bring(self.trade, phone, "Киров")
                    self.assertEqual(again.unchanged_count, 1)
                savepoint.rollback()
                self.env.invalidate_all()

    def test_what_somebody_edited_is_theirs(self):
        self.bring(self.books, "8 8332 120001", "Киров")
        client = self.client(name=FIRM[0])
        client.phone = "8 8332 120009"
        for leads in (False, True):
            self.trade.leads = leads
            job = self.bring(self.trade, f"8 8332 12000{2 + leads}", "Киров")
            self.assertIn("120009", client.phone)
            self.assertIn("edited in Odoo: Phone", job.line_ids.message)

    def test_a_source_that_leads_keeps_what_it_said(self):
        """Also against one that wrote the same before and now says something else."""
        self.books.leads = True
        self.bring(self.books, "8 8332 120001", "Киров")
        self.bring(self.trade, "8 8332 120001", "Киров")
        job = self.bring(self.trade, "8 8332 120001", "Москва")
        client = self.client(name=FIRM[0])
        self.assertEqual(client.street, "Киров")
        self.assertIn("«Бухгалтерия»: Street", job.line_ids.message)
        self.bring(self.books, "8 8332 120001", "Вятка")
        self.assertEqual(client.street, "Вятка")
