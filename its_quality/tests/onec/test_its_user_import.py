import base64
from pathlib import Path

from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import Form, tagged

from .common import UserImportCase, person, ref_of

SAMPLES = Path(__file__).parents[3] / "tests" / "samples"
# What is proposed for people who are known, and what becomes of them.
KNOWN, SETTLED = {"link", "skip"}, {"unchanged", "skipped"}


@tagged("post_install", "-at_install")
class TestItsUserImport(UserImportCase):
    """What is proposed about each person of a list; nothing is written yet."""

    def test_new_people(self):
        users = self.env["res.users"].with_context(active_test=False)
        before = users.search([])
        with self.mock_mail_gateway():
            job = self.review(self.vera, self.yuri, self.jeanne)
        self.assertEqual(job.state, "checked")
        self.assertEqual(set(self.proposals(job).values()), {"create"})
        vera, jeanne = (
            self.line(job, self.vera["name"]),
            self.line(job, "Чайкина Жанна"),
        )
        self.assertEqual(vera.login, "rybkina@example.com")
        self.assertEqual(
            (vera.position, vera.phone), ("Специалист", "+7 8332 00-00-11")
        )
        self.assertEqual(jeanne.login, "chaikinazh")
        self.assertIn("no_email", self.issues(jeanne))
        self.assertFalse(job.line_ids.filtered("role"), "somebody has to choose")
        self.assertEqual((job.open_count, job.ready_count), (3, 0))
        self.assertEqual(users.search([]), before)
        self.assertFalse(self._new_mails)

    def test_skipped(self):
        cases = {
            "invalid": person("Воробьев Илья", invalid="Да"),
            "service": person("Обмен", service="Да"),
            "deletion_mark": person("Грачева Анна", deletion_mark="Да"),
            "total_row": person("Итого"),
        }
        job = self.review(*cases.values())
        for reason, values in cases.items():
            with self.subTest(reason):
                line = self.line(job, values["name"])
                self.assertEqual(line.proposal, "skip")
                self.assertEqual(self.issues(line), [reason])
                self.assertTrue(line.effect)
                with self.assertRaises(UserError):
                    line.action_make_account()
                with self.assertRaises(UserError):
                    line.action_link()
        with self.assertRaisesRegex(UserError, "Nothing is decided"):
            job.action_confirm()

    def test_invalid_people_become_nobody(self):
        job = self.brought(self.vera, person("Воробьев Илья", invalid="Да"))
        self.assertEqual(job.created_count, 1)
        self.assertFalse(self.user_of({"name": "Воробьев Илья"}))
        self.assertEqual(self.line(job, "Воробьев Илья").outcome, "skipped")

    # -------------------------------------------------------------------------
    # Who is in Odoo already
    # -------------------------------------------------------------------------

    def test_found_by(self):
        self.colleague.name = "Кукушкин Федор"
        self.employee.name = "Соколов Антон"
        cases = [
            (person("Кто-то", email="ITS_Client_Manager@example.com"), "email"),
            (person("Другой", login="ITS_HEAD"), "login"),
            (person("Фёдор Кукушкин"), None),
            (person("КУКУШКИН Фёдор"), "name"),
            (person("Новый", email="its_colleague@example.org"), None),
            (person("Соколов Антон", email="sokolov@example.com"), "name"),
        ]
        job = self.review(*[values for values, _match in cases])
        for values, match in cases:
            with self.subTest(values["name"]):
                line = self.line(job, values["name"])
                self.assertEqual(line.match, match or False)
                self.assertEqual(line.proposal, "link" if match else "create")
                self.assertEqual(line.confirmed, match in ("email", "login"))
        self.assertEqual(self.line(job, "Другой").user_id, self.head)
        self.assertEqual(self.line(job, "Соколов Антон").user_id, self.employee)

    def test_namesakes_are_not_guessed(self):
        (self.colleague | self.employee).name = "Кукушкин Федор"
        self.head.name = "Соколов Антон"
        job = self.review(
            person("Кукушкин Федор"),
            person("Соколов Антон", login="a"),
            person("Соколов Антон", login="b"),
        )
        self.assertEqual(set(job.line_ids.mapped("proposal")), {"create"})
        logins = job.line_ids.mapped("login")
        self.assertEqual(len(set(logins)), 3)

    def test_one_address_of_several_people(self):
        job = self.review(
            person("Галкин Петр", email="sklad@example.com"),
            person("Галкин Павел", email="SKLAD@example.com"),
        )
        for line in job.line_ids:
            self.assertEqual(line.proposal, "create")
            self.assertIn("shared_email", self.issues(line))
        self.assertEqual(job.line_ids.mapped("login"), ["galkin.p", "galkin.p2"])

    def test_a_shared_address_of_somebody_here_is_a_doubt(self):
        job = self.review(
            person("Галкин Петр", email=self.employee.email),
            person("Галкин Павел", email=self.employee.email),
        )
        self.assertEqual(job.line_ids.mapped("proposal"), ["link", "link"])
        self.assertFalse(any(job.line_ids.mapped("confirmed")))
        self.assertEqual(job.open_count, 2)

    def test_several_users_with_one_address(self):
        (self.employee | self.head).partner_id.email = "same@example.com"
        job = self.review(person("Кто-то", email="same@example.com"))
        self.assertEqual(job.line_ids.proposal, "link")
        self.assertFalse(job.line_ids.user_id)
        self.assertEqual(self.issues(job.line_ids), ["several"])
        self.assertFalse(job.line_ids.is_decided)

    def test_accounts_that_are_left_alone(self):
        abroad = self.create_user(
            "its_abroad",
            "base.group_user",
            company_id=self.other_company.id,
            company_ids=[Command.set(self.other_company.ids)],
        )
        abroad.name = "Заграничный Петр"
        cases = {
            "portal": person("Клиентов", email=self.portal.email),
            "other_company": person("Заграничный Петр", email=abroad.email),
            "system": person("Робот", login="__system__"),
        }
        before = self.rights_of(self.portal | abroad | self.env.ref("base.user_root"))
        job = self.review(*cases.values())
        for code, values in cases.items():
            with self.subTest(code):
                line = self.line(job, values["name"])
                self.assertEqual(line.proposal, "skip")
                self.assertEqual(self.issues(line)[0], code)
        job.action_finish()
        self.assertEqual(
            self.rights_of(self.portal | abroad | self.env.ref("base.user_root")),
            before,
        )

    def test_a_login_of_the_portal_is_taken(self):
        self.portal.login = "galkin.p"
        job = self.review(person("Галкин Петр"))
        self.assertEqual(job.line_ids.login, "galkin.p2")

    def test_archived_people_are_found(self):
        self.employee.active = False
        job = self.review(person("Кто-то", email=self.employee.email))
        self.assertEqual(job.line_ids.user_id, self.employee)
        self.assertIn("archived", self.issues(job.line_ids))
        job.action_confirm()
        self.assertFalse(self.employee.active)

    def test_the_same_person_twice(self):
        ref = ref_of("vera")
        self.brought({**self.vera, "ref": ref})
        job = self.review({**self.vera, "ref": ref}, {**self.vera, "ref": ref})
        self.assertEqual(job.line_ids.mapped("proposal"), ["link", "skip"])
        self.assertEqual(self.issues(job.line_ids[1])[0], "repeats")

    # -------------------------------------------------------------------------
    # Again
    # -------------------------------------------------------------------------

    def test_the_same_list_again(self):
        people = (
            {**self.vera, "ref": ref_of("vera")},
            self.yuri,
            self.jeanne,
        )
        self.brought(*people)
        self.assertEqual(len(self.invite()), 2)
        users = self.user_of(self.vera) | self.user_of(self.yuri)
        users |= self.user_of(self.jeanne)
        before = self.rights_of(users)
        job = self.review(*people)
        self.assertEqual(job.line_ids.mapped("match"), ["known"] * 3)
        self.assertEqual(job.line_ids.user_id, users)
        self.assertEqual((job.open_count, job.archive_count), (0, 0))
        job.action_confirm()
        self.assertEqual(set(job.line_ids.mapped("outcome")), {"unchanged"})
        self.assertEqual(self.rights_of(users), before)
        self.assertFalse(self.invite(), "nobody new, no letter")

    def test_every_sample_twice(self):
        """Each list of users as 1C gives it; the second time nobody is new."""
        samples = sorted(SAMPLES.glob("users*.[!p]*"))
        if not SAMPLES.exists():
            self.skipTest("The made-up exports of 1C are not beside the addon.")
        self.assertTrue(samples)
        imports = self.env["its.user.import"].with_user(self.boss)
        for sample in samples:
            with self.subTest(sample.name), self.env.cr.savepoint() as savepoint:
                values = {
                    "source_id": self.source.copy().id,
                    "file": base64.b64encode(sample.read_bytes()),
                    "file_name": sample.name,
                }
                first = imports.create(values)
                first.action_check()
                first.create_line_ids.role = "client_manager"
                first.action_confirm()
                self.assertEqual((first.state, first.created_count), ("done", 5))
                again = imports.create(values)
                again.action_check()
                self.assertEqual((again.open_count, again.archive_count), (0, 0))
                self.assertLessEqual(set(again.line_ids.mapped("proposal")), KNOWN)
                again.action_confirm()
                self.assertLessEqual(set(again.line_ids.mapped("outcome")), SETTLED)
                savepoint.rollback()
                self.env.invalidate_all()

    def test_a_reference_knows_whoever_changes_name_and_address(self):
        ref = ref_of("vera")
        self.brought({**self.vera, "ref": ref})
        user = self.user_of(self.vera)
        job = self.review(person("Окунева Вера", email="okuneva@example.com", ref=ref))
        self.assertEqual(job.line_ids.user_id, user)
        job.action_confirm()
        self.assertEqual(user.name, self.vera["name"], "1C does not rename accounts")
        self.assertEqual(user.login, "rybkina@example.com")

    def test_a_sheet_knows_whom_references_told_and_the_other_way_round(self):
        self.brought({**self.vera, "ref": ref_of("vera")}, self.yuri)
        job = self.review(self.vera, {**self.yuri, "ref": ref_of("yuri")})
        self.assertEqual(job.line_ids.mapped("match"), ["known"] * 2)
        job.action_confirm()
        links = self.env["its.user.link"].search([("source_id", "=", self.source.id)])
        self.assertEqual(
            sorted(links.mapped("ref")), sorted([ref_of("vera"), ref_of("yuri")])
        )

    def test_another_base_knows_nobody_by_the_reference(self):
        self.brought({**self.vera, "ref": ref_of("vera")})
        other = self.source.copy({"name": "Другая база"})
        job = self.review(person("Иной", ref=ref_of("vera")), source=other)
        self.assertEqual(job.line_ids.proposal, "create")

    def test_gone_people(self):
        self.brought(
            {**self.vera, "ref": ref_of("vera")},
            {**self.yuri, "ref": ref_of("yuri")},
            {**self.jeanne, "ref": ref_of("jeanne")},
            person("Грачев Илья", ref=ref_of("ilya")),
        )
        job = self.review(
            {**self.vera, "ref": ref_of("vera")},
            {**self.yuri, "ref": ref_of("yuri"), "invalid": "Да"},
            {**self.jeanne, "ref": ref_of("jeanne"), "deletion_mark": "Да"},
        )
        reasons = {
            line.user_id.name: self.issues(line) for line in job.archive_line_ids
        }
        self.assertEqual(
            reasons,
            {
                "Щукин Юрий": ["invalid"],
                "Чайкина Жанна": ["deletion_mark"],
                "Грачев Илья": ["gone"],
            },
        )
        self.assertFalse(any(job.archive_line_ids.mapped("confirmed")))
        self.assertFalse(job.is_partial)
        self.assertEqual(job.open_count, 3)

    def test_whoever_was_linked_and_is_gone_is_proposed_too(self):
        job = self.review(person("Кто-то", email=self.employee.email), self.vera)
        job.create_line_ids.role = "none"
        job.action_confirm()
        job = self.review(self.vera)
        self.assertEqual(job.archive_line_ids.user_id, self.employee)

    def test_two_users_of_1c_that_are_one_person(self):
        first, second = (
            person("Вера", ref=ref_of("1")),
            person("Вера 2", ref=ref_of("2")),
        )
        job = self.review({**first, "email": self.employee.email}, second)
        self.line(job, "Вера 2").action_link()
        self.line(job, "Вера 2").user_id = self.employee
        job.action_confirm()
        job = self.review(first)
        self.assertFalse(job.archive_line_ids, "one of them is still there")

    def test_who_is_never_proposed_for_archiving(self):
        job = self.review(
            person("Я", email=self.boss.email), person("Ты", email=self.employee.email)
        )
        job.action_confirm()
        other = self.source.copy({"name": "Другая база"})
        self.review(
            person("Ты", email=self.employee.email), source=other
        ).action_confirm()
        job = self.review(self.vera)
        self.assertFalse(job.archive_line_ids)
        reasons = {line.user_id: self.issues(line) for line in job.skip_line_ids}
        self.assertEqual(
            reasons, {self.boss: ["oneself"], self.employee: ["other_base"]}
        )
        self.assertIn("Другая база", self.line(job, "Ты").effect)

    def test_the_last_administrator_stays(self):
        job = self.review(person("Админ", email=self.administrator.email), self.vera)
        job.create_line_ids.role = "none"
        job.action_confirm()
        group = self.env.ref("its_quality.group_administrator")
        others = (
            group.all_user_ids - self.administrator - self.env.ref("base.user_root")
        )
        others.group_ids -= group
        self.boss.group_ids += self.env.ref("base.group_system")
        job = self.env["its.user.import"].create(
            {"source_id": self.source.id, "file": self.file_of(self.vera)}
        )
        job.action_check()
        line = self.line(job, "Админ")
        self.assertEqual(self.issues(line), ["last_administrator"])
        self.assertEqual(line.proposal, "skip")

    def test_a_part_of_the_list(self):
        people = [person(f"Человек {n}", ref=ref_of(n)) for n in range(6)]
        self.brought(*people)
        job = self.review(*people[:3])
        self.assertTrue(job.is_partial)
        job.archive_line_ids.confirmed = True
        with self.assertRaisesRegex(UserError, "looks like a part"):
            job.action_confirm()
        job.whole_list = True
        job.action_confirm()
        self.assertEqual(job.archived_count, 3)

    def test_most_of_the_list_is_no_part(self):
        people = [person(f"Человек {n}", ref=ref_of(n)) for n in range(6)]
        self.brought(*people)
        for left, is_partial in ((6, False), (5, False), (4, False), (3, True)):
            with self.subTest(left=left):
                self.assertEqual(self.review(*people[:left]).is_partial, is_partial)

    # -------------------------------------------------------------------------
    # Other ways in
    # -------------------------------------------------------------------------

    def test_entities_of_odata(self):
        entities = [
            {
                "Ref_Key": ref_of("vera"),
                "DeletionMark": False,
                "Description": "Рыбкина Вера",
                "Недействителен": False,
                "Служебный": False,
                "Подразделение_Key": ref_of("support"),
                "Predefined": False,
                "ИдентификаторПользователяИБ": "СЕКРЕТ",
                "КонтактнаяИнформация": [
                    {
                        "Тип": "АдресЭлектроннойПочты",
                        "Представление": "rybkina@example.com",
                    }
                ],
            },
            {"Ref_Key": ref_of("robot"), "Description": "Обмен", "Служебный": True},
        ]
        imports = self.env["its.user.import"].with_user(self.boss)
        names = {ref_of("support"): "Сопровождение"}
        action = imports._review_entities(self.source, entities, names)
        job = imports.browse(action["res_id"])
        vera, robot = job.line_ids
        self.assertEqual(
            (vera.name, vera.email, vera.department, vera.proposal),
            ("Рыбкина Вера", "rybkina@example.com", "Сопровождение", "create"),
        )
        self.assertEqual((robot.proposal, self.issues(robot)), ("skip", ["service"]))
        self.assertNotIn("СЕКРЕТ", str(job.line_ids.read()))
        vera.role = "client_manager"
        job.action_confirm()
        self.assertEqual(self.user_of({"name": "Рыбкина Вера"}).login, vera.login)
        with self.assertRaisesRegex(UserError, "Start a new import"):
            job._read_entities(entities)

    def test_entities_that_cannot_be_read(self):
        job = self.env["its.user.import"].create({"source_id": self.source.id})
        for entities in ([], [5]):
            with self.assertRaises(UserError):
                job._read_entities(entities)

    def test_another_source_reads_the_list_anew(self):
        self.brought({**self.vera, "ref": ref_of("vera")})
        other = self.source.copy({"name": "Другая база"})
        job = self.review(self.jeanne)
        self.assertEqual(job.archive_count, 1)
        self.assertFalse(job.file, "a file says more of people than is needed")
        jeanne = self.line(job, "Чайкина Жанна")
        jeanne.role = "none"
        job.source_id = other
        self.assertEqual(self.proposals(job), {"Чайкина Жанна": "create"})
        self.assertEqual(job.line_ids.role, "none", "what was chosen is not lost")
        job.action_confirm()
        with self.assertRaisesRegex(UserError, "Start a new import"):
            job.source_id = self.source

    def test_the_counts_follow_the_form(self):
        job = self.review(self.vera, person("Кто-то", email=self.employee.email))
        form = Form(job)
        self.assertEqual((form.ready_count, form.open_count), (1, 1))
        with form.create_line_ids.edit(0) as line:
            line.role = "head"
        self.assertEqual((form.ready_count, form.open_count), (2, 0))
        self.assertIn("Decided: 2", form.review_summary)
        with form.link_line_ids.edit(0) as line:
            line.confirmed = False
        self.assertEqual((form.ready_count, form.open_count), (1, 1))
        form.save()
        self.assertEqual((job.ready_count, job.open_count), (1, 1))

    def test_nothing_but_the_rows_is_kept_of_a_file(self):
        attachments = self.env["ir.attachment"].sudo()
        domain = [("res_model", "=", "its.user.import"), ("res_field", "!=", False)]
        job = self.env["its.user.import"].create(
            {"source_id": self.source.id, "file": self.file_of(self.vera)}
        )
        attachment = attachments.search([*domain, ("res_id", "=", job.id)])
        self.assertTrue(attachment)
        self.assertFalse(attachment.index_content, "not even word by word")
        job.action_check()
        self.assertFalse(attachment.exists())

    def test_files_that_are_no_lists(self):
        cases = (
            (b" \n ", "empty"),
            (b"MOXCEL\x00", "mxl"),
            (b"PK\x03\x04 cut off", "damaged"),
            ("Товар\tЦена\nКнига\t5".encode(), "Полное имя"),
            ("Наименование\tИНН\nКит\t5".encode(), "list of contractors"),
            ("Полное имя\tЛогин\n".encode(), "no rows below"),
        )
        for content, words in cases:
            with self.subTest(words), self.assertRaisesRegex(UserError, words):
                self.env["its.user.import"].create(
                    {
                        "source_id": self.source.id,
                        "file": base64.b64encode(content),
                    }
                ).action_check()
