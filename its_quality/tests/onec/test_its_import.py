import base64
import io
from datetime import timedelta
from unittest.mock import patch

import openpyxl

from odoo.exceptions import UserError
from odoo.tests import TransactionCase, new_test_user, tagged

from ...models.onec import undoing
from ...models.onec.its_import_line import BATCH

TITLES = ("Наименование", "ИНН", "КПП", "Код", "Телефон", "Менеджер")
SUBSCRIPTION_TITLES = (
    "Наименование",
    "Код",
    "Сервис",
    "Номер договора",
    "Дата начала",
    "Дата окончания",
)


def workbook(titles, rows):
    """An XLSX in memory, every cell as text.

    :return: base64, as a binary field takes it
    """
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(titles)
    for row in rows:
        sheet.append(row)
    with io.BytesIO() as content:
        book.save(content)
        return base64.b64encode(content.getvalue())


class ImportCase(TransactionCase):
    """A source, an administrator who imports, and a manager to be matched."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.admin = new_test_user(
            cls.env, "import_admin", "its_quality.group_administrator"
        )
        cls.manager = new_test_user(
            cls.env,
            "import_manager",
            "its_quality.group_client_manager",
            name="Проверкина Анна Ивановна",
        )
        cls.source = cls.env["its.import.source"].create({"name": "Test base"})
        cls.service = cls.env["its.service"].create(
            {"name": "1С-Проба", "kind": "service", "onec_names": "Пробный сервис"}
        )

    @classmethod
    def drop(cls, rows, titles=TITLES, source=None, **values):
        """Make an import of rows as the administrator does by dropping a file."""
        return (
            cls.env["its.import"]
            .with_user(cls.admin)
            .create(
                {
                    "source_id": (source or cls.source).id,
                    "file": workbook(titles, rows),
                    "file_name": "test.xlsx",
                    **values,
                }
            )
        )

    @classmethod
    def run_import(cls, rows, titles=TITLES, **values):
        """Drop, check and import a file.

        :return: the import
        """
        job = cls.drop(rows, titles, **values)
        job.action_check()
        job.action_import()
        return job

    def client(self, **values):
        return self.env["res.partner"].search(
            [(name, "=", value) for name, value in values.items()]
            + [("its_client", "=", True)]
        )

    def plans(self, job):
        return {line.row: line.plan for line in job.line_ids}

    def told(self, job):
        """All that an import says of its rows."""
        names = ("row", "name", "plan", "outcome", "message", "partner_id")
        lines = job.line_ids.sorted("row")
        return [tuple(line[name] for name in names) for line in lines]

    def outcomes(self, job):
        """The outcomes in the order of the file; checks that they add up."""
        self.assertEqual(
            job.row_count,
            job.created_count
            + job.updated_count
            + job.unchanged_count
            + job.skipped_count
            + job.rejected_count,
        )
        return job.line_ids.sorted("row").mapped("outcome")


ROMASHKA = ("ООО Ромашка", "7707083893", "770701001", "00-000001", "8 (8332) 12-34-56")
MAYAK = ("АО Маяк", "7736050003", "773601001", "00-000002", "")


@tagged("post_install", "-at_install")
class TestItsImport(ImportCase):
    def test_first_import_and_again(self):
        rows = [(*ROMASHKA, "Проверкина Анна Ивановна"), (*MAYAK, "Неизвестный")]
        job = self.run_import(rows)
        self.assertEqual(self.outcomes(job), ["created", "created"])
        client = self.client(vat="7707083893")
        self.assertEqual(
            (client.name, client.its_kpp, client.onec_code, client.user_id),
            ("ООО Ромашка", "770701001", "00-000001", self.manager),
        )
        self.assertEqual(client.phone, "+7 833 212-34-56")
        self.assertTrue(client.is_company)
        self.assertIn("Неизвестный", job.line_ids.sorted("row")[1].message)
        before = self.env["res.partner"].search_count([])
        again = self.run_import(rows)
        self.assertEqual(self.outcomes(again), ["unchanged", "unchanged"])
        self.assertEqual(self.env["res.partner"].search_count([]), before)

    def test_a_file_read_before_is_not_read_again(self):
        """Rows taken over from a former import end as they would if they were read."""
        sheets = {
            "plain": (TITLES, [(*ROMASHKA, "Неизвестный"), (*MAYAK, "")]),
            "with errors": (
                TITLES,
                [(*ROMASHKA, ""), ("", "7736050003", "", "5", "1", "")],
            ),
            "a client on several rows": (
                SUBSCRIPTION_TITLES,
                [
                    ("ООО Двойной", "91", "Пробный сервис", "А-1", "01.01.2026", ""),
                    ("ООО Двойной", "91", "1С:Проба", "А-2", "01.02.2026", ""),
                    ("ООО Двойной", "91", "Нет такого", "А-3", "", ""),
                ],
            ),
        }
        for what, (titles, rows) in sheets.items():
            with self.subTest(what):
                self.run_import(rows, titles)
                reader = "odoo.addons.its_quality.models.onec.file_source.read_records"
                read = self.told(self.run_import(rows, titles, encoding="utf-8"))
                self.assertTrue(read)
                with patch(reader, side_effect=AssertionError("read again")):
                    copied = self.run_import(rows, titles, encoding="utf-8")
                self.assertEqual(self.told(copied), read)

    def test_another_mapping_reads_the_file_anew(self):
        self.run_import([(*ROMASHKA, "")])
        job = self.drop([(*ROMASHKA, "")])
        job.column_ids.filtered(lambda c: c.target == "phone").target = False
        job.action_check()
        self.assertNotIn("phone", job.line_ids.data)

    def test_what_an_update_may_touch(self):
        """A table: value imported first, edited in Odoo, in the second file; what
        stands on the card then, without and with «overwrite»."""
        cases = (
            # first, edited, second, kept, overwritten
            ("8 8332 120001", None, "8 8332 120002", "120002", "120002"),
            ("8 8332 120003", "8 8332 120004", "8 8332 120003", "120004", "120003"),
            ("8 8332 120005", "8 8332 120006", "8 8332 120007", "120006", "120007"),
            ("8 8332 120008", None, "", "120008", "120008"),
            ("", "8 8332 120009", "", "120009", "120009"),
            ("", "8 8332 120010", "8 8332 120011", "120010", "120011"),
            ("", None, "8 8332 120012", "120012", "120012"),
            ("8 8332 120013", "", "8 8332 120013", "", "120013"),
        )
        for overwrite in (False, True):
            source = self.source.copy({"overwrite": overwrite})
            for number, (first, edited, second, *expected) in enumerate(cases):
                name = f"ООО Случай {number} {overwrite}"
                code = f"СЛ-{number}{int(overwrite)}"
                with self.subTest(first=first, edited=edited, overwrite=overwrite):
                    row = (name, "", "", code)
                    self.run_import([(*row, first, "")], source=source)
                    client = self.client(onec_code=code)
                    if edited is not None:
                        client.phone = edited
                    self.run_import([(*row, second, "")], source=source)
                    digits = "".join(filter(str.isdigit, client.phone or ""))
                    self.assertEqual(digits[-6:], expected[overwrite])

    def test_the_same_phone_written_in_another_way(self):
        """It is neither a change nor an edit that somebody made in Odoo."""
        client = self.env["res.partner"].create(
            {
                "name": ROMASHKA[0],
                "vat": ROMASHKA[1],
                "its_kpp": ROMASHKA[2],
                "phone": "+7 8332 12-34-56",
                "is_company": True,
                "its_client": True,
            }
        )
        job = self.run_import([(*ROMASHKA, "")])
        self.assertEqual(job.line_ids.partner_id, client)
        self.assertEqual(client.phone, "+7 8332 12-34-56")
        self.assertFalse(job.line_ids.message)

    def test_columns_that_the_file_does_not_carry_stay(self):
        self.run_import([(*ROMASHKA, "Проверкина Анна Ивановна")])
        self.run_import([("ООО Ромашка", "00-000001")], titles=("Наименование", "Код"))
        client = self.client(onec_code="00-000001")
        self.assertEqual(client.vat, "7707083893")
        self.assertEqual(client.user_id, self.manager)

    def test_matching(self):
        """A table: what stands in Odoo, what the file says, what is planned."""
        cases = (
            # inn, kpp and name agree; of another name it is only proposed
            ("7707083893", "770701001", "Ромашка ООО", None, "changed"),
            ("7707083893", "770701001", "ООО Другое имя", None, "doubtful"),
            # the same firm, another division
            ("7707083893", "666601001", "ООО Ромашка", None, "new"),
            # inn alone, the name the same, or not
            ("7707083893", "", "Ромашка ООО", None, "changed"),
            ("7707083893", "", "ООО Лютик", None, "doubtful"),
            # no inn: an equal name is a proposal
            ("", "", "ООО «РОМАШКА»", None, "doubtful"),
            # an equal name with another inn is another firm
            ("7736050003", "", "ООО Ромашка", None, "new"),
            ("", "", "ООО Незнакомка", None, "new"),
        )
        self.env["res.partner"].create(
            {
                "name": "ООО «Ромашка»",
                "vat": "7707083893",
                "its_kpp": "770701001",
                "is_company": True,
                "its_client": True,
            }
        )
        for inn, kpp, name, _ref, plan in cases:
            with self.subTest(inn=inn, kpp=kpp, name=name):
                job = self.drop([(name, inn, kpp, "", "+7 8332 000001", "")])
                job.action_check()
                self.assertEqual(self.plans(job), {2: plan})

    def test_doubtful_is_decided_by_the_user(self):
        known = self.env["res.partner"].create(
            {"name": "ООО Сомнение", "is_company": True, "its_client": True}
        )
        for decision, outcome, count in (
            ("skip", "skipped", 1),
            ("same", "updated", 1),
            ("new", "created", 2),
        ):
            with self.subTest(decision=decision):
                source = self.source.copy()
                job = self.drop(
                    [("Сомнение ООО", "", "", "", f"8833200000{count}", "")],
                    source=source,
                )
                job.action_check()
                self.assertEqual(self.plans(job), {2: "doubtful"})
                job.line_ids.with_context(its_decision=decision).action_decide()
                job.action_import()
                self.assertEqual(self.outcomes(job), [outcome])
                found = self.client(its_name_key=known.its_name_key)
                self.assertEqual(len(found), count)

    def test_codes_of_another_base_say_nothing(self):
        self.run_import([("ООО Первая", "", "", "00-000001", "", "")])
        other = self.source.copy({"name": "Another base"})
        job = self.drop([("ООО Вторая", "", "", "00-000001", "", "")], source=other)
        job.action_check()
        self.assertEqual(self.plans(job), {2: "new"})

    def test_a_client_on_several_rows(self):
        rows = [
            (
                "ООО Подписчик",
                "77",
                "Пробный сервис",
                "А-1",
                "01.01.2026",
                "31.12.2026",
            ),
            ("ООО Подписчик", "77", "1С:Проба", "А-2", "01.02.2026", "31.01.2027"),
            ("ООО Подписчик", "77", "Нет такого", "А-3", "", ""),
            ("ООО Подписчик", "77", "", "", "", ""),
        ]
        job = self.run_import(rows, SUBSCRIPTION_TITLES)
        self.assertEqual(
            self.outcomes(job), ["created", "updated", "unchanged", "skipped"]
        )
        client = self.client(onec_code="77")
        self.assertEqual(len(client), 1)
        subscriptions = client.its_subscription_ids.sorted("contract_number")
        self.assertEqual(subscriptions.mapped("contract_number"), ["А-1", "А-2"])
        self.assertEqual(subscriptions.service_id, self.service)
        again = self.run_import(rows, SUBSCRIPTION_TITLES)
        self.assertEqual(again.updated_count + again.created_count, 0)
        self.assertEqual(len(client.its_subscription_ids), 2)

    def test_later_period_is_a_renewal(self):
        first = ("ООО Срок", "78", "1С-Проба", "Б-1", "01.01.2025", "31.12.2025")
        self.run_import([first], SUBSCRIPTION_TITLES)
        second = ("ООО Срок", "78", "1С-Проба", "Б-1", "01.01.2026", "31.12.2026")
        self.run_import([second], SUBSCRIPTION_TITLES)
        subscriptions = self.client(onec_code="78").its_subscription_ids.sorted("id")
        self.assertEqual(len(subscriptions), 2)
        self.assertEqual(subscriptions[1].previous_id, subscriptions[0])
        self.assertTrue(subscriptions[0].is_renewed)

    def test_a_period_long_after_is_no_renewal(self):
        """It comes in, with a remark; the former one counts as not continued."""
        first = ("ООО Перерыв", "81", "1С-Проба", "Г-1", "01.01.2025", "31.12.2025")
        self.run_import([first], SUBSCRIPTION_TITLES)
        later = ("ООО Перерыв", "81", "1С-Проба", "Г-1", "20.07.2026", "19.07.2027")
        job = self.run_import([later], SUBSCRIPTION_TITLES)
        subscriptions = self.client(onec_code="81").its_subscription_ids.sorted("id")
        self.assertEqual(len(subscriptions), 2)
        self.assertFalse(subscriptions[1].previous_id or subscriptions[0].is_renewed)
        issues = [issue for line in job.line_ids for issue in line.issues or ()]
        self.assertEqual(
            [issue[:3] for issue in issues],
            [["not_a_renewal", "date_start", "2025-12-31"]],
        )

    def test_edited_end_of_a_subscription_stays(self):
        row = ("ООО Срок", "79", "1С-Проба", "В-1", "01.01.2026", "31.12.2026")
        self.run_import([row], SUBSCRIPTION_TITLES)
        subscription = self.client(onec_code="79").its_subscription_ids
        subscription.date_end = "2027-03-31"
        self.run_import([row], SUBSCRIPTION_TITLES)
        self.assertEqual(str(subscription.date_end), "2027-03-31")
        self.run_import([(*row[:5], "30.06.2026")], SUBSCRIPTION_TITLES)
        self.assertEqual(str(subscription.date_end), "2027-03-31")

    def test_undo(self):
        existing = self.env["res.partner"].create(
            {"name": "АО Маяк", "vat": "7736050003", "is_company": True}
        )
        rows = [(*ROMASHKA, ""), (*MAYAK[:4], "8 8332 555555", ""), ("Третий", "", "")]
        job = self.run_import(rows)
        self.assertEqual(self.outcomes(job), ["created", "updated", "created"])
        self.assertTrue(existing.its_client)
        created = job.line_ids.sorted("row")[0].partner_id
        touched = job.line_ids.sorted("row")[2].partner_id
        touched.message_post(body="Talked to them", message_type="comment")
        # Finished in the very second of the last batch, as small files are.
        job.sudo().date_done = created.write_date.replace(microsecond=0)
        job.action_undo()
        self.assertEqual(job.state, "undone")
        self.assertFalse(created.exists())
        self.assertTrue(touched.exists())
        self.assertFalse(touched.active)
        self.assertFalse(existing.phone)
        self.assertFalse(existing.its_client)
        again = self.run_import(rows)
        self.assertEqual(again.created_count, 2)

    def test_undo_spares_whose_contact_person_is_at_work(self):
        titles = ("Наименование", "Код", "Контактное лицо")
        rows = [("Первый", "1", "Пробный Иван"), ("Второй", "2", "Пробный Пётр")]
        job = self.run_import(rows, titles)
        spared, other = job.line_ids.sorted("row").partner_id
        people = (spared | other).child_ids
        spared.child_ids.message_post(body="Talked to them", message_type="comment")
        job.sudo().date_done = spared.write_date.replace(microsecond=0)
        job.action_undo()
        self.assertFalse(other.exists())
        self.assertTrue(spared.exists())
        self.assertFalse(spared.active)
        self.assertEqual(people.exists(), spared.child_ids)

    def aged(self, job):
        """As if an import had ended before anything that comes now."""
        self.env.flush_all()
        early = job.date_done - timedelta(hours=1)
        self.env.cr.execute(
            "UPDATE its_import SET date_start = %s, date_done = %s WHERE id = %s",
            [early, early, job.id],
        )
        self.env.cr.execute(
            "UPDATE res_partner SET write_date = %s WHERE id IN %s",
            [early, tuple(job.line_ids.partner_id.ids)],
        )
        self.env.invalidate_all()
        return job

    def test_undo_of_one_import_after_the_other(self):
        """What undoing writes is no work of people; the first takes all back."""
        first = self.aged(self.run_import([(*ROMASHKA, ""), (*MAYAK, "")]))
        client, other = first.line_ids.sorted("row").partner_id
        phone = client.phone
        second = self.run_import([(*ROMASHKA[:4], "8 912 111-22-33", "")])
        self.assertEqual(second.updated_count, 1)
        second.action_undo()
        self.assertEqual(client.phone, phone)
        first.action_undo()
        self.assertFalse((client | other).exists())

    def test_undo_spares_who_was_edited_between_two_imports(self):
        first = self.aged(self.run_import([(*ROMASHKA, "")]))
        client = first.line_ids.partner_id
        second = self.run_import([(*ROMASHKA[:4], "8 912 111-22-33", "")])
        second = self.aged(second)
        self.aged(first)
        client.with_user(self.manager).sudo().function = "Звонить утром"
        client.flush_recordset()
        second.action_undo()
        first.action_undo()
        self.assertTrue(client.exists())
        self.assertFalse(client.active)

    def test_undo_of_a_client_that_the_same_import_changed(self):
        """Rows of one client in several batches, the first of which brings them."""
        titles = (*SUBSCRIPTION_TITLES, "Телефон")
        rows = [
            ("ООО Двое", "Д-1", "1С-Проба", f"№ {n}", "01.01.2026", "31.12.2026", "")
            for n in range(3)
        ]
        self.patch(undoing, "BATCH", 4)
        job = self.run_import(rows, titles)
        client = job.line_ids.partner_id
        self.assertEqual(len(client.its_subscription_ids), 3)
        self.aged(job)
        job.action_undo()
        self.assertEqual(job.state, "undone")
        self.assertFalse(client.exists())
        self.assertEqual(job.undo_counts["archived"], 0)

    def test_undo_takes_tags_of_folders_with_it(self):
        tags = self.env["res.partner.category"].with_context(active_test=False)
        before = tags.search([])
        mine = tags.create({"name": "Прежняя"})
        titles = ("Наименование", "ИНН", "Группа")
        rows = [
            ("ООО Раз", "7707083893", "Новая"),
            ("ООО Два", "7736050003", "Прежняя"),
            ("ООО Три", "4345990606", "Чужая"),
            ("ООО Четыре", "", "Своя"),
        ]
        job = self.run_import(rows, titles)
        made = tags.search([]) - before - mine
        self.assertEqual(set(made.mapped("name")), {"Новая", "Чужая", "Своя"})
        # Somebody uses one of them for a client of theirs, another got a color.
        used = made.filtered(lambda tag: tag.name == "Чужая")
        self.env["res.partner"].create({"name": "Свой", "category_id": used.ids})
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE res_partner_category SET write_date = %s, write_uid = %s"
            " WHERE name ->> 'en_US' = %s",
            [job.date_done + timedelta(hours=1), self.manager.id, "Своя"],
        )
        self.env.invalidate_all()
        job.action_undo()
        kept = set((tags.search([]) - before).mapped("name"))
        self.assertEqual(kept, {"Прежняя", "Чужая", "Своя"})

    def test_only_the_last_import_is_undone(self):
        first = self.run_import([(*ROMASHKA, "")])
        self.run_import([(*MAYAK, "")])
        with self.assertRaisesRegex(UserError, "last import"):
            first.action_undo()

    def test_rejected_rows_come_back(self):
        job = self.run_import(
            [(*ROMASHKA, ""), ("", "7736050003", "", "5", "=1+1", "")]
        )
        self.assertEqual(self.outcomes(job), ["created", "rejected"])
        name, content = job._rejected_workbook()
        self.assertTrue(name.endswith(".xlsx"))
        rows = list(openpyxl.load_workbook(io.BytesIO(content)).active.values)
        self.assertEqual(len(rows), 2)
        self.assertEqual(rows[0][-1], "Reason")
        self.assertTrue(rows[1][-1])
        mended = list(rows[1])
        mended[0] = "ООО Исправлено"
        job = self.run_import([mended], titles=rows[0])
        self.assertEqual(self.outcomes(job), ["created"])

    def test_two_at_once_from_one_source(self):
        job = self.drop([(*ROMASHKA, "")])
        job.action_check()
        other = self.drop([(*MAYAK, "")])
        other.sudo().state = "running"
        with self.assertRaisesRegex(UserError, "right now"):
            job.action_import()

    def test_mapping_is_remembered_and_checked(self):
        job = self.drop([("ООО Ромашка", "x")], titles=("Наименование", "Примечания"))
        column = job.column_ids[1]
        column.target = "comment"
        job.action_check()
        self.assertEqual(job.state, "checked")
        column.target = False
        self.assertTrue(job.check_needed)
        with self.assertRaisesRegex(UserError, "Check"):
            job.action_import()
        column.target = "comment"
        job.action_check()
        job.action_import()
        self.assertIn("x", self.client(name="ООО Ромашка").comment)
        other = self.drop([("ООО Роза", "y")], titles=("Наименование", "Примечания"))
        self.assertEqual(other.column_ids.mapped("target"), ["name", "comment"])
        other.column_ids[0].target = False
        with self.assertRaisesRegex(UserError, "Name"):
            other.action_check()

    def test_bad_files_say_what_to_do(self):
        for content in (b"", b"MOXCEL\x00\x01", b"%PDF-1.7", b"PK\x03\x04 damaged"):
            with self.subTest(content=content), self.assertRaises(UserError) as caught:
                self.env["its.import"].with_user(self.admin).create(
                    {
                        "source_id": self.source.id,
                        "file": base64.b64encode(content or b" "),
                        "file_name": "x.xlsx",
                    }
                )
            self.assertGreater(len(str(caught.exception)), 20)

    def test_background_job_goes_on(self):
        """A big file is worked on by the cron; a killed worker loses one batch."""
        rows = [(f"ООО Пакет {n}", "", "", f"П-{n}", "", "") for n in range(2500)]
        job = self.drop(rows)
        self.patch(type(self.env["its.import"]), "_is_small", lambda _job: False)
        job.action_check()
        self.assertEqual(job.state, "checking")
        with self.enter_registry_test_mode():
            self.env.ref("its_quality.ir_cron_import").method_direct_trigger()
        self.assertEqual((job.state, job.new_count), ("checked", 2500))
        job.action_import()
        self.assertTrue(job._step())
        self.assertEqual(job.created_count, BATCH)
        with self.enter_registry_test_mode():
            self.env.ref("its_quality.ir_cron_import").method_direct_trigger()
        self.assertEqual((job.state, job.created_count), ("done", 2500))
        self.assertEqual(len(set(self.outcomes(job))), 1)

    def test_folders(self):
        for mode, expected in (("category", ["Покупатели"]), ("skip", [])):
            with self.subTest(mode=mode):
                source = self.source.copy()
                job = self.run_import(
                    [(f"ООО Папка {mode}", f"{mode}", "Покупатели")],
                    titles=("Наименование", "Код", "Группа"),
                    source=source,
                    folder_mode=mode,
                )
                self.assertEqual(job.created_count, 1)
                client = self.client(onec_code=mode)
                self.assertEqual(client.category_id.mapped("name"), expected)

    def test_queries_do_not_grow_with_rows(self):
        """At most 0.1 queries a new row, about none an unchanged one."""
        rows = [(f"ООО Запрос {n}", "", "", f"З-{n}", "", "") for n in range(1000)]
        job = self.drop(rows)
        job.action_check()
        start = self.cr.sql_log_count
        job.action_import()
        self.assertLessEqual(self.cr.sql_log_count - start, 100)
        again = self.drop(rows)
        again.action_check()
        start = self.cr.sql_log_count
        again.action_import()
        self.assertLessEqual(self.cr.sql_log_count - start, 40)
