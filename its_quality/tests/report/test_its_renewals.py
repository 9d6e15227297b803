"""The page «Продления»: what has become of each contract that ends, and whom to call."""

from odoo.exceptions import AccessError
from odoo.tests import freeze_time, tagged

from ...models.call import its_morning_mail
from ..claim.common import NOW
from .dashboard_case import DashboardCase


@tagged("post_install", "-at_install")
@freeze_time(NOW)
class TestRenewals(DashboardCase):
    """Today is the 1st of March 2027."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.reason = cls.env["its.cancellation.reason"].create({"name": "Закрылись"})
        cls.rows = cls.env["its.renewal.report"]
        cls.contracts = {
            name: cls.ending(name, *days)
            for name, days in {
                "to_renew": ("2026-03-02", "2027-03-01"),
                "continued": ("2026-02-11", "2027-02-10"),
                "refused": ("2026-06-01", "2027-05-31"),
                "undecided": ("2026-01-31", "2027-01-31"),
                "lapsed": ("2026-01-30", "2027-01-30"),
                "endless": ("2026-01-30", False),
                "never": ("2027-06-01", "2028-05-31"),
            }.items()
        }
        cls.contracts["continued"]._do_renew()
        for name, day in (("refused", "2027-02-20"), ("never", "2027-06-01")):
            cls.contracts[name].write(
                {"date_cancelled": day, "cancellation_reason_id": cls.reason.id}
            )
        cls.env.flush_all()

    @classmethod
    def ending(cls, name, start, end):
        client = cls.create_client(f"ООО «{name}»", cls.client_manager)
        return cls.create_subscription(
            client, cls.contract, date_start=start, date_end=end
        )

    def row(self, name, user=None):
        row = self.rows.browse(self.contracts[name].id)
        return self.as_user(row, user or self.client_manager)

    def test_renewed_until(self):
        """Whoever is told that a subscription ends is told that it is renewed."""
        contract = self.contracts["to_renew"]
        call = self.plan_call(contract.partner_id, its_subscription_id=contract.id)
        sheets = self.env["report.its_quality.renewal_sheet"]

        def told():
            self.env.invalidate_all()
            self.env.flush_all()
            dialog = self.env["its.report.print"].create(
                {"report": "renewals", "partner_id": contract.partner_id.id}
            )
            html = self.env["ir.qweb"]._render(
                "its_quality.call_digest_rows",
                {
                    "calls": call,
                    "user": self.client_manager,
                    "format_date": str,
                    "is_overdue": lambda _call: False,
                    "ending": its_morning_mail.ending_words,
                },
            )
            card = self.env["its.call.desk"].with_user(self.client_manager)
            [shown] = card.open_call(call.id)["subscriptions"][:1]
            [row] = sheets._sheet(dialog)["rows"][:1] or [{}]
            return {
                "list and card": contract.standing,
                "report": self.row("to_renew").standing,
                "desk": shown["until"],
                "morning mail": str(html),
                "paper": row.get("standing", ""),
            }

        before = told()
        for place, words in before.items():
            self.assertNotIn("renewed", words, place)
        self.assertEqual(before["list and card"], "Expiring")
        self.assertEqual(before["desk"], "until 03/01/2027")
        contract._do_renew()
        for place, words in told().items():
            self.assertIn("renewed until 03/01/2028", words, place)

    def test_what_became_of_each(self):
        clients = [contract.partner_id.id for contract in self.contracts.values()]
        rows = self.as_user(self.rows, self.quality_manager).search(
            [("partner_id", "in", clients)]
        )
        renewal = self.contracts["continued"].continued_ids
        told = {row.subscription_id: row.outcome for row in rows}
        expected = {
            contract: name
            for name, contract in self.contracts.items()
            if name not in ("endless", "never")
        }
        self.assertEqual(told, {**expected, renewal: "to_renew"})
        refused = self.row("refused")
        self.assertEqual(refused.cancellation_reason_id, self.reason)
        self.assertEqual(str(refused.date_last), "2027-02-19")

    def test_the_mean_is_the_prolongation_of_the_dashboard(self):
        for period in ("month", "quarter", "year"):
            figures = self.figures(period=period)
            domain = [
                ("date_last", ">=", figures["first"]),
                ("date_last", "<=", figures["last"]),
                ("last_team_id", "=", self.team.id),
            ]
            rows = self.as_user(self.rows, self.quality_manager)
            [(mean,)] = rows._read_group(domain, [], ["continued_share:avg"])
            value = figures["tiles"]["prolongation"]["value"]
            with self.subTest(period):
                self.assertTrue(value)
                self.assertEqual(round(mean, 1), value)

    def test_whom_to_call(self):
        client = self.contracts["to_renew"].partner_id
        self.assertEqual(self.row("to_renew").action_call()["res_id"], client.id)
        [call] = self.plan_call(client, self.client_manager, 2)
        call.its_purpose = "renewal"
        row = self.row("to_renew")
        self.assertEqual((row.call_id, row.caller_id), (call, self.client_manager))
        self.assertEqual(row.call_date, self.today(2))
        action = row.action_call()
        self.assertEqual(action["tag"], "its_quality.call_desk")
        self.assertEqual(action["params"], {"call_id": call.id})
        action = self.row("to_renew", self.quality_manager).action_call()
        self.assertEqual(action["domain"], [("id", "=", call.id)])
        for name in ("continued", "refused", "lapsed"):
            with self.subTest(name):
                [call] = self.plan_call(
                    self.contracts[name].partner_id, self.client_manager
                )
                call.its_purpose = "renewal"
                self.assertFalse(self.row(name).call_id, "nothing to call about")

    def test_a_foreign_contract(self):
        with self.assertRaises(AccessError):
            self.row("to_renew", self.colleague).action_call()

    def test_the_past_keeps_its_manager(self):
        for name in ("lapsed", "to_renew"):
            self.contracts[name].partner_id.user_id = self.colleague
            row = self.row(name, self.quality_manager)
            with self.subTest(name):
                self.assertEqual(row.user_id, self.colleague)
                self.assertEqual(
                    row.last_user_id,
                    self.client_manager if name == "lapsed" else self.colleague,
                )

    def test_a_former_head_reads_what_ended_under_them(self):
        """The service moves to another team: what was over by then stays in the figures
        of the first one, and its head reads the lists behind them."""
        self.team.service_ids -= self.contract
        self.other_team.service_ids += self.contract
        names = ("retention", "prolongation")
        quality = self.figures(period="year")["tiles"]
        tiles = self.figures(self.head, period="year")["tiles"]
        for name in names:
            rows = self.env["its.subscription" if name == names[1] else "res.partner"]
            with self.subTest(name):
                self.assertEqual(tiles[name]["value"], quality[name]["value"])
                self.assertTrue(any(one["count"] for one in tiles[name]["lists"]))
            for one in tiles[name]["lists"]:
                with self.subTest(name, of=one["name"]):
                    found = self.as_user(rows, self.head).search(one["opens"]["domain"])
                    self.assertEqual(len(found), one["count"])
                    self.assertTrue(all(found.mapped("display_name")))
        self.assertEqual(self.row("lapsed", self.head).outcome, "lapsed")
        # What is in force is the other team's.
        with self.assertRaises(AccessError):
            self.row("to_renew", self.head).read(["outcome"])
