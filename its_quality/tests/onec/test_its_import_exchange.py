import io

import openpyxl
from lxml import etree

from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged
from odoo.tools import file_open

from ...models.onec.contract_kinds import kind_of_contract
from ...models.onec.refused import ImportRefused
from . import exchange_messages as messages
from .test_its_import import ImportCase


class ExchangeCase(ImportCase):
    @classmethod
    def drop_text(cls, text, **values):
        """Make an import of an exchange file as the administrator does."""
        values = {
            "source_id": cls.source.id,
            "file": messages.dropped(text),
            "file_name": "message.bin",
            **values,
        }
        return cls.env["its.import"].with_user(cls.admin).create(values)

    @classmethod
    def run_text(cls, text, **values):
        """Drop, check and import an exchange file."""
        job = cls.drop_text(text, **values)
        job.action_check()
        job.action_import()
        return job

    def by_ref(self, ref):
        partners = self.env["res.partner"].with_context(active_test=False)
        return partners.search([("onec_ref", "=", ref)])

    @classmethod
    def changed(cls, records, ref, **values):
        """Records of a message, one of them with other values."""
        return tuple(
            record | values if record["Ref"] == ref else record for record in records
        )


@tagged("post_install", "-at_install")
class TestItsImportExchange(ExchangeCase):
    def test_every_format_brings_the_same(self):
        for kind, write in messages.FORMATS.items():
            with self.subTest(kind), self.env.cr.savepoint() as savepoint:
                job = self.run_text(write())
                self.assertEqual((job.state, job.error), ("done", False))
                self._check_clients(job, has_heads=kind != "commerceml")
                if kind != "commerceml":
                    self._check_contracts(job)
                again = self.run_text(write())
                self.assertFalse(again.created_count + again.updated_count)
                savepoint.rollback()
                self.env.invalidate_all()

    def _check_clients(self, job, *, has_heads):
        self.assertEqual(job.created_count, 3)
        head = self.by_ref(messages.HEAD)
        self.assertEqual(
            (head.name, head.vat, head.its_kpp, head.phone, head.email),
            (
                "ООО «Озеро»",
                "7707083893",
                "770701001",
                "+7 912 000-00-01",
                "info@lake.example.com",
            ),
        )
        people = head.child_ids.filtered(
            lambda child: child.commercial_partner_id == head
        )
        self.assertEqual(
            {person.phone or person.email for person in people},
            {"+7 912 000-00-02", "buh@lake.example.com"},
        )
        self.assertIn("+7 8332 00-00-09", head.its_other_contacts)
        self.assertFalse(self.by_ref(messages.PERSON).is_company)
        self.assertFalse(self.by_ref(messages.MARKED))
        division = self.by_ref(messages.DIVISION)
        self.assertEqual(division.parent_id, head if has_heads else head.browse())
        self.assertEqual(division.commercial_partner_id, division)
        self.assertFalse(division.street)
        if has_heads:
            self.assertEqual(head.category_id.mapped("name"), ["Клиенты"])

    def _check_contracts(self, job):
        subscription = self.by_ref(messages.HEAD).its_subscription_ids
        self.assertEqual(
            (
                subscription.service_id,
                subscription.contract_number,
                str(subscription.date_start),
                str(subscription.date_end),
                subscription.onec_ref,
            ),
            (self.service, "15", "2026-02-01", "2027-01-31", messages.YEAR),
        )
        kinds = {kind.display_name: kind.service_id for kind in job.contract_ids}
        self.assertEqual(
            kinds,
            {
                "1С-Проба · СПокупателем": self.service,
                "Поставка канцтоваров · СПоставщиком": self.service.browse(),
            },
        )
        self.assertFalse(self.by_ref(messages.PERSON).its_subscription_ids)

    def test_found_is_the_format(self):
        job = self.drop_text(messages.v8())
        self.assertIn("XML", job.found)
        self.assertTrue(job.is_exchange)
        self.assertFalse(job.sheet_names)

    def test_service_is_chosen_once(self):
        job = self.drop_text(messages.v8())
        job.action_check()
        kind = job.contract_ids.filtered(lambda kind: not kind.service_id)
        kind.service_id = self.service
        self.assertTrue(job.check_needed)
        with self.assertRaisesRegex(UserError, "Check the file first"):
            job.action_import()
        job.action_check()
        job.action_import()
        person = self.by_ref(messages.PERSON)
        self.assertEqual(person.its_subscription_ids.contract_number, "К-1")
        again = self.drop_text(messages.v8())
        again.action_check()
        self.assertEqual(again.contract_ids.service_id, self.service)
        self.assertEqual((again.new_count, again.changed_count), (0, 0))

    def test_another_service_for_a_kind(self):
        """What the import wrote follows the choice; what was edited since stays."""
        other = self.env["its.service"].create({"name": "Иной", "kind": "service"})
        for edited in (False, True):
            with self.subTest(edited=edited), self.env.cr.savepoint() as savepoint:
                job = self.run_text(messages.v8())
                subscription = self.by_ref(messages.HEAD).its_subscription_ids
                mine = self.env["its.service"].create(
                    {"name": "Свой", "kind": "service"}
                )
                if edited:
                    subscription.service_id = mine
                job.contract_ids.filtered("service_id").service_id = other
                self.run_text(messages.v8())
                self.assertEqual(subscription.service_id, mine if edited else other)
                savepoint.rollback()
                self.env.invalidate_all()

    def test_contract_prolonged_and_back(self):
        """The same contract with another end is no second subscription, whichever
        way the end moves."""
        for until in ("2028-01-31", "2027-01-31", "2028-01-31"):
            contracts = self.changed(
                messages.CONTRACTS, messages.YEAR, СрокДействия=f"{until}T00:00:00"
            )
            self.run_text(messages.v8(contracts=contracts))
            subscription = self.by_ref(messages.HEAD).its_subscription_ids
            self.assertEqual(str(subscription.date_end), until)

    def test_contract_for_another_year_is_a_renewal(self):
        """Numbers differ from year to year; a gap of months is no renewal."""
        years = [
            dict(
                messages.CONTRACTS[0],
                Ref=f"33333333-0000-4000-8000-00000000000{number}",
                Номер=str(number),
                Дата=f"{start}T00:00:00",
                СрокДействия=f"{end}T00:00:00",
            )
            for number, start, end in (
                (3, "2026-03-01", "2027-02-28"),
                (1, "2022-02-01", "2023-01-31"),
                (2, "2025-02-01", "2026-01-31"),
            )
        ]
        job = self.run_text(messages.v8(contracts=years))
        chain = {
            subscription.contract_number: subscription.continues_id.contract_number
            for subscription in self.by_ref(messages.HEAD).its_subscription_ids
        }
        self.assertEqual(chain, {"1": False, "2": False, "3": "2"})
        job.action_undo()
        self.assertFalse(self.by_ref(messages.HEAD))

    def test_contract_finds_a_subscription_from_a_sheet(self):
        self.run_text(messages.v8(contracts=()))
        head = self.by_ref(messages.HEAD)
        known = self.env["its.subscription"].create(
            {
                "partner_id": head.id,
                "service_id": self.service.id,
                "contract_number": "15",
                "date_start": "2026-02-01",
            }
        )
        self.run_text(messages.v8())
        self.assertEqual(head.its_subscription_ids, known)
        self.assertEqual(known.onec_ref, messages.YEAR)
        self.assertEqual(str(known.date_end), "2027-01-31")

    def test_contracts_alone(self):
        """Contracts of known clients come without them; nobody becomes a client."""
        only = messages.v8(contractors=())
        before = self.env["res.partner"].search_count([])
        job = self.run_text(only)
        self.assertEqual(set(job.line_ids.mapped("outcome")), {"skipped"})
        self.assertIn(
            "Import contractors first", " ".join(job.line_ids.mapped("message"))
        )
        self.assertEqual(self.env["res.partner"].search_count([]), before)
        self.run_text(messages.v8(contracts=()))
        name = self.by_ref(messages.HEAD).name
        job = self.run_text(only)
        self.assertEqual(job.updated_count, 1)
        self.assertTrue(self.by_ref(messages.HEAD).its_subscription_ids)
        self.assertEqual(self.by_ref(messages.HEAD).name, name)

    def test_deletion_mark_is_asked_about(self):
        """A client marked in 1C stays, unless the administrator says otherwise."""
        alive = self.changed(messages.CONTRACTORS, messages.MARKED, DeletionMark=False)
        self.run_text(messages.v8(alive))
        client = self.by_ref(messages.MARKED)
        for is_wanted, decision in ((False, "new"), (True, "skip"), (True, "new")):
            with self.subTest(is_wanted=is_wanted, decision=decision):
                job = self.drop_text(messages.v8())
                job.action_check()
                self.assertEqual(job.deleted_count, 1)
                line = job.line_ids.filtered(lambda line: line.plan == "deleted")
                line.decision = decision
                job.archive_deleted = is_wanted
                job.action_import()
                is_archived = is_wanted and decision == "new"
                self.assertEqual(client.active, not is_archived)
                self.assertEqual(line.outcome, "updated" if is_archived else "skipped")
        self.assertIn("archived", line.change_summary)
        job.action_undo()
        self.assertTrue(client.active)
        self.assertEqual(job.state, "undone")

    def test_spare_copy_marked_in_1c(self):
        """Two rows about one firm, of which the one we know is marked: it goes, and the
        other is a client of its own, unless somebody says that they are one."""
        self.run_text(messages.v8())
        head = self.by_ref(messages.HEAD)
        marked = self.changed(messages.CONTRACTORS, messages.HEAD, DeletionMark=True)
        copy = dict(messages.CONTRACTORS[2], Ref=messages.YEAR, Code="00-000077")
        for decision, stays in (("new", False), ("same", True)):
            with self.subTest(decision), self.env.cr.savepoint() as savepoint:
                job = self.drop_text(messages.v8((*marked, copy), ()))
                job.action_check()
                line = job.line_ids.filtered(lambda x: x.ref == messages.YEAR)
                self.assertIn("a duplicate in 1C?", line.message)
                line.with_context(its_decision=decision).action_decide()
                job.archive_deleted = True
                job.action_import()
                self.assertEqual(head.active, stays)
                self.assertEqual(line.partner_id == head, stays)
                if stays:
                    # From now on the copy writes the card.
                    renamed = dict(copy, Description="ООО Озеро, копия")
                    self.run_text(messages.v8((*marked, renamed), ()))
                    self.assertEqual(head.name, "ООО Озеро, копия")
                savepoint.rollback()
                self.env.invalidate_all()

    def test_who_cannot_be_archived_is_told(self):
        self.run_text(messages.v8())
        head = self.by_ref(messages.HEAD)
        self.env["res.users"].create(
            {"name": "x", "login": "lake_portal", "partner_id": head.id}
        )
        marked = self.changed(messages.CONTRACTORS, messages.HEAD, DeletionMark=True)
        job = self.drop_text(messages.v8(marked))
        job.action_check()
        # A client with a login is not matched, and stays as it is.
        self.assertEqual(job.deleted_count, 0)

    def test_head_office_moved_by_hand_stays(self):
        self.run_text(messages.v8())
        division = self.by_ref(messages.DIVISION)
        division.parent_id = False
        contractors = self.changed(
            messages.CONTRACTORS, messages.DIVISION, Description="Озеро, филиал 2"
        )
        self.run_text(messages.v8(contractors))
        self.assertEqual(division.name, "Озеро, филиал 2")
        self.assertFalse(division.parent_id)

    def test_head_offices_in_a_circle(self):
        """A file may say that two belong to each other; that is told of the row."""
        contractors = self.changed(
            messages.CONTRACTORS, messages.HEAD, ГоловнойКонтрагент=messages.DIVISION
        )
        job = self.run_text(messages.v8(contractors))
        self.assertEqual((job.state, job.created_count), ("done", 3))
        self.assertIn(
            "cannot be the head office",
            " ".join(filter(None, job.line_ids.mapped("message"))),
        )

    def test_head_office_by_name_in_a_sheet(self):
        titles = ("Наименование", "ИНН", "КПП", "Код", "Головной контрагент")
        self.run_import(
            [
                ("Море, филиал", "7736050003", "773602002", "2", "ООО Море"),
                ("ООО Море", "7736050003", "773601001", "1", "ООО Море"),
            ],
            titles,
        )
        division = self.client(onec_code="2")
        self.assertEqual(division.parent_id, self.client(onec_code="1"))
        self.assertFalse(self.client(onec_code="1").parent_id)

    def test_undo_leaves_nothing(self):
        before = self.env["res.partner"].with_context(active_test=False).search([])
        job = self.run_text(messages.v8())
        job.action_undo()
        self.assertEqual(
            self.env["res.partner"].with_context(active_test=False).search([]), before
        )
        self.assertEqual(job.state, "undone")

    def test_undo_of_a_change(self):
        """A head office, a contact and a subscription that came later go again."""
        bare = [dict(values) for values in messages.CONTRACTORS]
        bare[1].pop("ГоловнойКонтрагент")
        bare[2].pop("contacts")
        self.run_text(messages.v8(bare, ()))
        job = self.run_text(messages.v8())
        head, division = self.by_ref(messages.HEAD), self.by_ref(messages.DIVISION)
        self.assertEqual(division.parent_id, head)
        self.assertEqual(len(head.child_ids), 3)
        job.action_undo()
        self.assertFalse(division.parent_id)
        self.assertFalse(head.child_ids)
        self.assertFalse(head.its_subscription_ids)
        self.assertTrue(head.exists() and division.exists())

    def test_archived_contact_does_not_come_back(self):
        self.run_text(messages.v8())
        head = self.by_ref(messages.HEAD)
        contact = head.child_ids.filtered(lambda child: child.email)
        contact.action_archive()
        contractors = self.changed(messages.CONTRACTORS, messages.HEAD, ОКПО="1")
        self.run_text(messages.v8(contractors), overwrite=True)
        found = head.with_context(active_test=False).child_ids
        self.assertEqual(len(found.filtered("email")), 1)

    def test_rejected_rows_can_be_downloaded(self):
        contractors = self.changed(
            messages.CONTRACTORS, messages.PERSON, Description=""
        )
        contractors = self.changed(contractors, messages.PERSON, **{messages.FULL: ""})
        job = self.run_text(messages.v8(contractors))
        self.assertEqual(job.rejected_count, 1)
        _name, content = job._rejected_workbook()
        sheet = openpyxl.load_workbook(io.BytesIO(content)).active
        rows = list(sheet.values)
        self.assertEqual(len(rows), 2)
        self.assertIn("00-000003", rows[1])

    def test_kinds_without_a_service_are_asked_about(self):
        job = self.drop_text(messages.v8())
        job.action_check()
        self.assertEqual(job.open_kind_count, 1)
        arch = etree.fromstring(job.get_view(view_type="form")["arch"])
        asks, plain = (
            [
                button
                for button in arch.iter("button")
                if button.get("name") == "action_import"
                and bool(button.get("confirm")) is has_question
            ]
            for has_question in (True, False)
        )
        self.assertIn("not open_kind_count", asks[0].get("invisible"))
        self.assertIn("or open_kind_count", plain[0].get("invisible"))
        pages = [page.get("name") for page in arch.iter("page")]
        self.assertLess(pages.index("contracts"), pages.index("columns"))
        job.contract_ids.service_id = self.service
        self.assertEqual(job.open_kind_count, 0)

    def test_a_list_of_users_leads_to_where_it_belongs(self):
        users = (
            '<CatalogObject.Пользователи xmlns="http://v8.1c.ru/data">'
            "<Ref>00000001-0000-4000-8000-0000000000bb</Ref>"
            "<Description>Рыбкина Вера</Description></CatalogObject.Пользователи>"
        )
        exchange = (
            '<V8Exch:_1CV8DtUD xmlns:V8Exch="http://www.1c.ru/V8/1CV8DtUD/">'
            f"<V8Exch:Data>{users}</V8Exch:Data></V8Exch:_1CV8DtUD>"
        )
        sheet = "Полное имя;Имя для входа\nРыбкина Вера;rybkina\n"
        # With columns that lists of clients have, too.
        wide = (
            "Полное имя;Имя для входа;E-mail;Телефон\nРыбкина Вера;r;r@example.com;1\n"
        )
        for text in (exchange, sheet, wide):
            with self.subTest(text[:10]):
                job = self.drop_text(text)
                self.assertEqual((job.state, job.file_kind), ("draft", "users"))
                self.assertIn("users of an infobase", job.error)
                with self.assertRaisesRegex(UserError, "Import as users"):
                    job.action_check()
                action = job.action_import_users()
                users = self.env[action["res_model"]].browse(action["res_id"])
                self.assertEqual(users.line_ids.mapped("name"), ["Рыбкина Вера"])
                self.assertEqual(users.source_id, self.source)
                self.assertEqual(users.file_name, "message.bin")
                self.assertFalse(job.exists())

    def test_what_is_neither_is_refused(self):
        with self.assertRaisesRegex(UserError, "neither contractors"):
            self.drop_text('<V8Exch:_1CV8DtUD xmlns:V8Exch="x"/>')

    def test_each_file_by_its_name(self):
        for text, told in (
            ("1CClientBankExchange\r\nВерсияФормата=1.03", "payments"),
            ("MIME-Version: 1.0\r\nContent-Type: multipart/related;", "web page"),
            ('<КоммерческаяИнформация ВерсияСхемы="1.0"/>', "version 1"),
        ):
            with self.subTest(told), self.assertRaisesRegex(UserError, told):
                self.drop_text(text)

    def test_dialogs_have_a_title_in_words(self):
        """The web client knows the kind of error by the name of its class."""
        with self.assertRaises(ImportRefused):
            self.drop_text("1CClientBankExchange")
        name = f"{ImportRefused.__module__}.{ImportRefused.__name__}"
        path = "its_quality/static/src/onec/import_refused_dialog.js"
        with file_open(path) as script:
            self.assertIn(f'"{name}"', script.read())

    def test_the_bytes_decide_about_the_encoding(self):
        text = '<?xml version="1.0" encoding="UTF-8"?>' + messages.commerceml()
        job = self.drop_text("", file=messages.base64.b64encode(text.encode("cp1251")))
        job.action_check()
        self.assertEqual((job.new_count, job.error), (3, False))

    def test_encoding_can_be_chosen(self):
        """The file is kept, since there has to be where to choose it."""
        text = '<?xml version="1.0" encoding="UTF-8"?>' + messages.commerceml()
        content = messages.base64.b64encode(text.encode("cp866", "xmlcharrefreplace"))
        job = self.drop_text("", file=content)
        self.assertIn("Choose its encoding", job.error)
        self.assertIn('name="encoding"', job.get_view(view_type="form")["arch"])
        self.assertEqual((job.state, job.file_kind), ("draft", "text"))
        with self.assertRaisesRegex(UserError, "Choose its encoding"):
            job.action_check()
        with Form(job) as form:
            form.encoding = "cp866"
        self.assertEqual((job.error, job.file_kind), (False, "commerceml"))
        job.action_check()
        self.assertEqual(job.new_count, 3)
        job = self.drop_text("", file=content, encoding="cp866")
        job.action_check()
        self.assertEqual(job.new_count, 3)

    def test_who_may_see_the_kinds(self):
        self.run_text(messages.v8())
        kinds = self.env["its.import.contract"].search([])
        self.assertTrue(kinds)
        with self.assertRaises(AccessError):
            kinds.with_user(self.manager).read(["name"])
        with self.assertRaises(AccessError):
            kinds.with_user(self.admin).create(
                {"source_id": self.source.id, "key": "mine"}
            )


@tagged("post_install", "-at_install")
class TestKindsOfContracts(ExchangeCase):
    def test_what_is_peculiar_is_taken_out(self):
        for title, kind in (
            ("Договор ИТС ПРОФ № 15 от 01.02.2026", "Договор ИТС ПРОФ"),
            ("Договор ИТС ПРОФ №7", "Договор ИТС ПРОФ"),
            ("1С:Отчетность № 5 от 12.01.2026 г.", "1С:Отчетность"),
            ("ИТС-2026/15", "ИТС"),
            ("№ 12 от 01.01.2026", ""),
            ("Основной договор", "Основной договор"),
            ("", ""),
        ):
            with self.subTest(title):
                self.assertEqual(kind_of_contract(title), kind)

    def test_proposed_is_the_longest_name(self):
        services = self.env["its.service"].create(
            [
                {"name": "Маяк", "kind": "service"},
                {"name": "1С:Маяк Плюс", "kind": "service"},
            ]
        )
        for title, service in (
            ("Договор Маяк № 1", services[0]),
            ("1C-МАЯК ПЛЮС №2", services[1]),
            ("Маякон", services.browse()),
        ):
            with self.subTest(title):
                contracts = self.changed(
                    messages.CONTRACTS, messages.YEAR, Description=title
                )
                job = self.drop_text(messages.v8(contracts=contracts))
                job.action_check()
                kind = job.contract_ids.filtered(lambda k, t=title: k.example == t)
                self.assertEqual(kind.service_id, service)
