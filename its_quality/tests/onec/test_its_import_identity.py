"""What a source keeps apart stays apart: examples, and whole bases made up at random."""

import random
from collections import Counter, defaultdict
from unittest.mock import patch

from odoo.exceptions import UserError
from odoo.tests import tagged

from ..tier import count
from . import exchange_messages as messages
from .common import OnecCase
from .test_its_import_exchange import ExchangeCase

# Rows of a made-up base, and how many of them there are.
ROWS, BASES = count(200, 3000), count(1, 4)
SHORT = ("Наименование", "Код", "ИНН", "КПП")
FIRST = ("Матрица", "m1", "7736050003", "773601777")
SECOND = ("Матрица Сервис", "m2", "7736050003", "773601777")


def guid(number):
    return f"aaaaaaaa-0000-4000-8000-{number:012d}"


def contractor(number, name, code="", inn="", kpp="", **values):
    """A contractor of an exchange file."""
    told = {
        "Ref": guid(number),
        "Code": code,
        "Description": name,
        "ИНН": inn,
        "КПП": kpp,
        **values,
    }
    return {key: value for key, value in told.items() if value != ""}


@tagged("post_install", "-at_install")
class TestImportIdentity(ExchangeCase):
    """The smallest bases in which it may go wrong."""

    def sheet(self, *rows, **values):
        return self.run_import(list(rows), SHORT, **values)

    def test_two_codes_of_one_inn_and_kpp(self):
        self.sheet(FIRST)
        first = self.client(onec_code="m1")
        job = self.drop([FIRST, SECOND], SHORT)
        job.action_check()
        self.assertEqual((job.same_count, job.new_count), (1, 1))
        line = job.line_ids.filtered(lambda line: line.name == SECOND[0])
        self.assertIn("Матрица", line.message)
        self.assertIn("a duplicate in 1C?", line.message)
        job.action_import()
        self.assertEqual((job.unchanged_count, job.created_count), (1, 1))
        for _time in range(2):
            again = self.sheet(FIRST, SECOND)
            self.assertEqual(again.unchanged_count, 2)
        self.assertEqual(first.name, "Матрица")
        self.assertEqual(self.client(onec_code="m2").name, "Матрица Сервис")

    def test_two_references_of_one_inn_and_kpp(self):
        """In one file, and in two."""
        one, other = contractor(1, *FIRST), contractor(2, *SECOND)
        for number, files in enumerate(([(one, other)], [(one,), (other,)])):
            with self.subTest(number), self.env.cr.savepoint() as savepoint:
                for records in files:
                    job = self.run_text(messages.v8(records, ()))
                self.assertTrue(job.line_ids.filtered("message"))
                for record in (one, other):
                    name = self.by_ref(record["Ref"]).name
                    self.assertEqual(name, record["Description"])
                savepoint.rollback()
                self.env.invalidate_all()

    def test_joined(self):
        """Both lead to one card; the first writes it, and contracts of both are its."""
        one, other = contractor(1, *FIRST), contractor(2, *SECOND)
        contract = dict(messages.CONTRACTS[0], Owner=guid(2))
        self.run_text(messages.v8((one,), ()))
        card = self.by_ref(guid(1))
        job = self.drop_text(messages.v8((one, other), (contract,)))
        job.action_check()
        job.contract_ids.service_id = self.service
        job.action_check()
        self.assertEqual(job.duplicate_count, 1)
        job.with_context(its_decision="same").action_decide_duplicates()
        self.assertEqual((job.new_count, job.same_count), (0, 2))
        job.action_import()
        self.assertEqual((job.created_count, job.updated_count), (0, 1))
        self.assertEqual(len(card.its_subscription_ids), 1)
        self.assertEqual((card.name, card.onec_ref), ("Матрица", guid(1)))
        other["Description"] = "Совсем иначе"
        job = self.run_text(messages.v8((one, other), (contract,)))
        self.assertEqual(job.created_count + job.updated_count, 0)
        self.assertEqual(card.name, "Матрица")
        one["Description"] = "Матрица Новая"
        job = self.run_text(messages.v8((one, other), (contract,)))
        self.assertEqual(job.updated_count, 1)
        self.assertEqual(card.name, "Матрица Новая")

    def test_joined_within_a_file_and_parted_again(self):
        job = self.drop([FIRST, SECOND], SHORT)
        job.action_check()
        self.assertEqual(job.new_count, 2)
        line = job.duplicate_line_ids
        for decision, new in (("same", 1), ("new", 2), ("same", 1)):
            line.with_context(its_decision=decision).action_decide()
            self.assertEqual(job.new_count, new)
        job.action_import()
        self.assertEqual((job.created_count, job.unchanged_count), (1, 1))
        card = self.client(onec_code="m1")
        self.assertEqual(job.line_ids.partner_id, card)
        with self.assertRaisesRegex(UserError, "started"):
            line.decision = "new"
        again = self.sheet(FIRST, SECOND)
        self.assertEqual(again.unchanged_count, 2, self.told(again))

    def test_undo_forgets_what_was_joined(self):
        self.sheet(FIRST)
        job = self.drop([SECOND], SHORT)
        job.action_check()
        job.with_context(its_decision="same").action_decide_duplicates()
        job.action_import()
        self.assertEqual(self.sheet(SECOND).unchanged_count, 1)
        job.action_undo()
        self.assertEqual(job.state, "undone")
        self.assertEqual(self.sheet(SECOND).created_count, 1)

    def test_merged_cards(self):
        """Cards merged later: both contractors lead to the one that stays."""
        self.sheet(FIRST, SECOND)
        first, second = self.client(onec_code="m1"), self.client(onec_code="m2")
        self.env["base.partner.merge.automatic.wizard"].create({})._merge(
            (first | second).ids, first
        )
        self.assertEqual(self.sheet(FIRST, SECOND).unchanged_count, 2)
        renamed = ("Матрица Другая", *SECOND[1:])
        job = self.sheet(FIRST, renamed)
        self.assertEqual(job.unchanged_count, 2)
        self.assertEqual(first.name, "Матрица")
        job = self.sheet(("Матрица Третья", *FIRST[1:]), renamed)
        self.assertEqual(job.updated_count, 1)
        self.assertEqual(first.name, "Матрица Третья")

    def test_within_a_source(self):
        """A table: what the source told before, what it tells now, the plan."""
        cases = (
            # the code is the key, whatever else has changed
            (("Альфа", "1", "", ""), ("Бета", "1", "", ""), "changed"),
            (
                ("Альфа", "1", "7736050003", ""),
                ("Бета", "1", "7736050003", ""),
                "changed",
            ),
            (
                ("Альфа", "1", "7736050003", ""),
                ("Альфа", "1", "7707083893", ""),
                "changed",
            ),
            # the same code with another inn and name
            (
                ("Альфа", "1", "7736050003", ""),
                ("Бета", "1", "7707083893", ""),
                "doubtful",
            ),
            # another code is another client
            (FIRST, ("Матрица", "m9", *FIRST[2:]), "new"),
            (("Альфа", "1", "", ""), ("Альфа", "2", "", ""), "new"),
            # neither: inn and kpp, the inn and the name, the name
            (("Альфа", "", *FIRST[2:]), ("Бета", "", *FIRST[2:]), "changed"),
            (("Альфа", "", "7736050003", ""), ("Альфа", "", *FIRST[2:]), "changed"),
            (
                ("Альфа", "", "7736050003", ""),
                ("Бета", "", "7736050003", ""),
                "doubtful",
            ),
            (("Альфа", "", "", ""), ("Альфа", "", "7736050003", ""), "changed"),
            (("Альфа", "", "", ""), ("ООО Альфа", "", "7736050003", ""), "doubtful"),
            # codes that came later
            (("Альфа", "", "", ""), ("Альфа", "1", "", ""), "changed"),
            (("Альфа", "", "", ""), ("ООО Альфа", "1", "", ""), "doubtful"),
        )
        for before, now, plan in cases:
            with self.subTest(before=before, now=now):
                source = self.source.copy()
                with self.env.cr.savepoint() as savepoint:
                    self.sheet(before, source=source)
                    job = self.drop([now], SHORT, source)
                    job.action_check()
                    self.assertEqual(self.plans(job), {2: plan})
                    savepoint.rollback()
                    self.env.invalidate_all()

    def test_from_elsewhere(self):
        """A table: what another source told, what this one tells, the plan."""
        cases = (
            (FIRST, ("ООО Матрица", "x", *FIRST[2:]), "unchanged"),
            (FIRST, ("Матрица Сервис", "m1", *FIRST[2:]), "doubtful"),
            (FIRST, ("Матрица", "m1", "7736050003", "773601888"), "new"),
            (FIRST, ("Матрица", "m1", "7736050003", ""), "unchanged"),
            (FIRST, ("Матрица", "m1", "", ""), "doubtful"),
            (FIRST, ("Другая", "m1", "", ""), "new"),
        )
        for before, now, plan in cases:
            with self.subTest(now=now), self.env.cr.savepoint() as savepoint:
                self.sheet(before)
                job = self.drop([now], SHORT, self.source.copy())
                job.action_check()
                self.assertEqual(self.plans(job), {2: plan})
                savepoint.rollback()
                self.env.invalidate_all()

    def test_a_card_of_two_bases(self):
        """It has the keys of both, and shows those of the first."""
        self.sheet(FIRST)
        other = self.source.copy()
        row = (FIRST[0], "z9", *FIRST[2:])
        job = self.sheet(row, source=other)
        card = self.client(vat=FIRST[2])
        self.assertEqual(job.line_ids.partner_id, card)
        self.assertFalse(job.line_ids.message)
        self.assertEqual(card.onec_code, "m1")
        renamed = ("Матрица-2", "z9", "", "")
        job = self.sheet(renamed, source=other)
        self.assertEqual(job.line_ids.partner_id, card)
        self.assertEqual(self.sheet(FIRST).line_ids.partner_id, card)

    def test_two_rows_that_one_card_may_be(self):
        """Neither is taken for it, and «all are the same» takes one of them."""
        self.sheet(FIRST)
        twin = ("ООО Матрица", "m7", *FIRST[2:])
        job = self.drop([(FIRST[0], "m8", *FIRST[2:]), twin], SHORT, self.source.copy())
        job.action_check()
        self.assertEqual(self.plans(job), {2: "doubtful", 3: "doubtful"})
        job.with_context(its_decision="same").action_decide_doubtful()
        self.assertEqual(job.line_ids.sorted("row").mapped("decision"), ["same", "new"])
        job.action_import()
        self.assertEqual(len(job.line_ids.partner_id), 2)

    def test_all_doubtful_at_once(self):
        names = [f"ООО Сомнение {number}" for number in range(5)]
        for name in names:
            self.env["res.partner"].create({"name": name, "its_client": True})
        for decision, counts in (
            ("skip", (0, 0, 5)),
            ("same", (0, 5, 0)),
            ("new", (5, 0, 0)),
        ):
            job = self.drop(
                [(name, str(n), "", "") for n, name in enumerate(names)], SHORT
            )
            with self.subTest(decision), self.env.cr.savepoint() as savepoint:
                job.action_check()
                self.assertEqual(job.doubtful_count, 5)
                job.with_context(its_decision=decision).action_decide_doubtful()
                job.action_import()
                self.assertEqual(
                    (job.created_count, job.updated_count, job.skipped_count), counts
                )
                savepoint.rollback()
                self.env.invalidate_all()

    def test_who_came_while_it_was_decided(self):
        """Nobody whom the page did not show becomes a client a second time."""
        row = ("Поздний", "", "", "")
        job, other = (
            self.drop([row], SHORT),
            self.drop([row], SHORT, self.source.copy()),
        )
        job.action_check()
        other.action_check()
        self.assertEqual((job.new_count, other.new_count), (1, 1))
        job.action_import()
        other.action_import()
        self.assertEqual(len(self.client(name="Поздний")), 1)
        self.assertEqual(other.skipped_count, 1)
        self.assertIn("Similar to", other.line_ids.message)

    def test_client_who_logs_in(self):
        """The card is left as it is, and there is no second one."""
        self.sheet(FIRST)
        card = self.client(onec_code="m1")
        self.env["res.users"].create(
            {"name": "x", "login": "matrix_portal", "partner_id": card.id}
        )
        name = card.name
        job = self.sheet(("Матрица Новая", *FIRST[1:]))
        self.assertEqual(job.unchanged_count, 1)
        self.assertIn("logs in", job.line_ids.message)
        self.assertEqual((card.name, card.exists()), (name, card))

    def test_head_office_that_comes_later(self):
        """A division that says nothing new is counted among those that will change."""
        division = contractor(2, "Филиал", "d", "7736050003", "773602002")
        division["ГоловнойКонтрагент"] = guid(1)
        head = contractor(1, "Головной", "h", "7736050003", "773601001")
        self.run_text(messages.v8((division,), ()))
        for records, counts in (
            ((division,), (0, 0, 1)),
            ((division, head), (1, 1, 0)),
            ((division, head), (0, 0, 2)),
        ):
            job = self.drop_text(messages.v8(records, ()))
            job.action_check()
            planned = (job.new_count, job.changed_count, job.same_count)
            job.action_import()
            outcome = (job.created_count, job.updated_count, job.unchanged_count)
            self.assertEqual((planned, outcome), (counts, counts))
        self.assertEqual(self.by_ref(guid(2)).parent_id, self.by_ref(guid(1)))

    def test_spare_rows_and_managers_nobody_knows(self):
        """Rows that only their words tell apart are known again, word for word."""
        titles = ("Наименование", "Телефон", "Менеджер")
        rows = [("Дом", "88332000001", "Никто"), ("Дом", "88332000002", "Никто")]
        self.assertEqual(self.run_import(rows, titles).created_count, 2)
        for overwrite in (False, True):
            job = self.run_import(rows, titles, overwrite=overwrite)
            self.assertEqual((job.unchanged_count, job.created_count), (2, 0))


class Base:
    """An information base made up at random, as in real ones: most have no ИНН, some
    share ИНН and КПП, some a code, many a name."""

    def __init__(self, seed, count, has_refs):
        self.random, self.seed = random.Random(seed), seed + 1
        self.has_refs = has_refs
        self.number = 0
        # To which card a reference has led.
        self.led = {}
        self.contractors = []
        for _ in range(count):
            self.add()

    def add(self):
        self.number += 1
        chance = self.random.random
        one = {
            "ref": guid(self.seed * 10**6 + self.number),
            "code": f"00-{self.number:06d}",
            "name": self.name(),
            "inn": "",
            "kpp": "",
            "phone": self.phone(),
        }
        if chance() < 0.15:
            one["inn"] = f"77{self.number:08d}"
            one["kpp"] = "770101001"
        if self.contractors and chance() < 0.03:
            # Two of one firm, or what 1C has twice.
            other = self.random.choice(self.contractors)
            one["inn"], one["kpp"] = other["inn"], other["kpp"]
        if self.contractors and chance() < 0.03:
            one["code"] = self.random.choice(self.contractors)["code"]
            # Codes may be shared; where nothing else tells who it is, names are not.
            one["name"] += f" {self.number}"
        self.contractors.append(one)

    def name(self):
        kind = self.random.choice(("ООО", "АО", "ИП", ""))
        word = self.random.choice(("Роза", "Маяк", "Иванов И. И.", "Дом", "Свет"))
        number = self.random.randrange(60)
        return f"{kind} {word} {number}".strip()

    def phone(self):
        return f"+7833{self.random.randrange(10**7):07d}"

    def change(self):
        """What happens to a base between two imports."""
        chance = self.random.random
        for one in self.contractors:
            if chance() < 0.05:
                one["phone"] = self.phone()
            if chance() < 0.03:
                one["name"] = f"{self.name()} {self.random.randrange(10**6)}"
            if not one["inn"] and chance() < 0.02:
                one["inn"], one["kpp"] = (
                    f"50{self.random.randrange(10**8):08d}",
                    "500101001",
                )
        self.contractors = [one for one in self.contractors if chance() > 0.02]
        for _ in range(len(self.contractors) // 20):
            self.add()
        self.random.shuffle(self.contractors)

    def key(self, one):
        """Who it is, as far as the file tells."""
        return one["ref"] if self.has_refs else (one["code"], one["name"])


@tagged("post_install", "-at_install")
class TestMadeUpBases(ExchangeCase):
    """Five things hold for any base, three imports in a row."""

    def drop_base(self, base, source):
        if base.has_refs:
            records = [
                contractor(
                    0,
                    one["name"],
                    one["code"],
                    one["inn"],
                    one["kpp"],
                    Ref=one["ref"],
                    contacts=(("Телефон", "Телефон", one["phone"]),),
                )
                for one in base.contractors
            ]
            return self.drop_text(messages.v8(records, ()), source_id=source.id)
        titles = ("Наименование", "Код", "ИНН", "КПП", "Телефон")
        names = ("name", "code", "inn", "kpp", "phone")
        rows = [tuple(one[name] for name in names) for one in base.contractors]
        return self.drop(rows, titles, source)

    def lines(self, job):
        return job.line_ids.filtered(lambda line: line.entity == "contractor").sorted(
            "row"
        )

    def planned(self, job):
        return [(x.plan, x.partner_id.id, x.message) for x in self.lines(job)]

    def cards(self):
        self.env.flush_all()
        self.env.cr.execute(
            "SELECT id, name, vat, its_kpp, phone, onec_ref, onec_code, active, xmin::text"
            " FROM res_partner ORDER BY id"
        )
        return self.env.cr.fetchall()

    def test_five_rules(self):
        for number in range(BASES):
            for has_refs in (False, True):
                with self.subTest(base=number, has_refs=has_refs):
                    self.live(Base(number, ROWS, has_refs), has_refs)

    def do(self, job, what):
        """Check or import, to the end: a big file is a job."""
        getattr(job, f"action_{what}")()
        while job._step():
            pass

    def live(self, base, has_refs):
        source = self.source.copy()
        for _import in range(3):
            job = self.drop_base(base, source)
            self.do(job, "check")
            self.assertEqual(job.state, "checked", job.error)
            self.check_batches(base, source, job)
            expected = Counter(self.lines(job).mapped("plan"))
            if job.doubtful_count:
                decision = base.random.choice(("same", "new"))
                job.with_context(its_decision=decision).action_decide_doubtful()
            self.do(job, "import")
            self.assertEqual(job.state, "done", job.error)
            self.check_counts(job, expected)
            self.check_apart(base, job)
            self.check_again(base, source, job)
            base.change()

    def check_batches(self, base, source, job):
        """What is planned does not depend on batches."""
        planned = self.planned(job)
        for size in (7, 500):
            with patch(f"{MATCH}.BATCH", size):
                # Read anew, and taken over from the import that has read it.
                other = self.drop_base(base, source)
                other.encoding = "utf-8" if size == 7 else False
                self.do(other, "check")
            self.assertEqual(self.planned(other), planned)
            other.unlink()

    def check_counts(self, job, expected):
        """What the check counted is what the result counts."""
        outcomes = Counter(self.lines(job).mapped("outcome"))
        self.assertEqual(job.rejected_count, 0)
        doubtful = expected["doubtful"]
        same = len(
            self.lines(job).filtered(
                lambda x: x.plan == "doubtful" and x.decision == "same"
            )
        )
        self.assertEqual(outcomes["created"], expected["new"] + doubtful - same)
        known = expected["changed"] + expected["unchanged"] + same
        self.assertEqual(outcomes["updated"] + outcomes["unchanged"], known)
        self.assertGreaterEqual(outcomes["updated"], expected["changed"])
        self.assertLessEqual(outcomes["updated"], expected["changed"] + same)

    def check_apart(self, base, job):
        """Two rows never meet on one card; a reference leads to the card it led to."""
        lines = self.lines(job)
        told = defaultdict(set)
        for line, one in zip(lines, base.contractors, strict=True):
            self.assertTrue(line.partner_id)
            told[line.partner_id.id].add(base.key(one))
        self.assertEqual({len(keys) for keys in told.values()}, {1})
        for line in lines if base.has_refs else ():
            card = base.led.setdefault(line.ref, line.partner_id)
            self.assertEqual(line.partner_id, card)

    def check_again(self, base, source, job):
        """An import of the same file changes nothing, read anew or not."""
        self.check_unchanged(base, source, overwrite=False)
        # What was kept as edited in Odoo, or by another source, is written once.
        once = self.drop_base(base, source)
        once.overwrite = True
        self.do(once, "check")
        self.do(once, "import")
        self.assertEqual(once.created_count, 0)
        self.check_unchanged(base, source, overwrite=True)

    def check_unchanged(self, base, source, overwrite):
        before = self.cards()
        again = self.drop_base(base, source)
        again.overwrite = overwrite
        self.do(again, "check")
        told = self.told(again)
        self.assertEqual([told for told in told if told[2] != "unchanged"], [])
        self.do(again, "import")
        self.assertEqual(again.unchanged_count, again.row_count)
        self.assertEqual(self.cards(), before)


MATCH = "odoo.addons.its_quality.models.onec.changes"


@tagged("post_install", "-at_install")
class TestOnecIdentity(OnecCase):
    """The same, read from 1C."""

    def test_two_of_one_inn_and_kpp(self):
        twin = {"ИНН": "7736050003", "КПП": "773601777"}
        contractors = self.bases.CONTRACTORS
        self.fake.base.change(contractors, 2, Description="Матрица", **twin)
        self.sync_all()
        card = self.contractor(2)
        self.fake.base.add(
            contractors, 3, Description="Матрица Сервис", Code="m2", **twin
        )
        job = self.sync_unattended()
        self.assertEqual((job.row_count, job.created_count), (1, 1))
        self.assertIn("a duplicate in 1C?", job.line_ids.message)
        self.assertEqual(card.name, "Матрица")
        self.connection.action_forget()
        job = self.sync_unattended()
        self.assertEqual(job.created_count + job.updated_count, 0)
        self.assertEqual(card.name, "Матрица")
