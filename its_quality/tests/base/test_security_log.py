import logging
from unittest.mock import patch

from odoo.tests import BaseCase, tagged

from ...tools import security_log
from ...tools.security_log import log_refusal

LOGGER = security_log.__name__


class _Request:
    """As much of a request as a line is made of."""

    db = "any"

    def __init__(self, address, user_id):
        self.httprequest = type("Http", (), {"remote_addr": address})
        self.env = type("Env", (), {"uid": user_id})


@tagged("post_install", "-at_install")
class TestSecurityLog(BaseCase):
    def line(self, *args, **facts):
        """The one line that a refusal leaves."""
        with self.assertLogs(LOGGER, logging.INFO) as found:
            log_refusal(*args, **facts)
        [record] = found.records
        self.assertEqual(record.levelno, logging.INFO)
        return record.getMessage()

    def test_words_and_numbers_of_the_database(self):
        self.assertEqual(
            self.line("bad_token", 7, model="its.claim", record=12),
            "refused event=bad_token user=7 model=its.claim record=12",
        )

    def test_who_and_from_where(self):
        """Rows: the address of the request, what the line says of it: whose network it
        is, and never who."""
        numbers = ["198", "51", "100", "7"]
        groups = ["2001", "db8", "7", "1", "2", "3", "4", "5"]
        table = [
            (".".join(numbers), f"network={'.'.join([*numbers[:3], '0'])}/24"),
            (":".join(groups), f"network={':'.join(groups[:3])}::/48"),
            (":".join(["fe80", "", "1"]) + "%eth0", f"network={'fe80'}::/48"),
            ("an address of nobody", None),
            (None, None),
        ]
        for address, shown in table:
            with (
                self.subTest(address),
                patch.object(security_log, "request", _Request(address, 5)),
            ):
                line = self.line("rate_limit")
                self.assertIn("user=5", line)
                self.assertEqual(
                    [part for part in line.split() if part.startswith("network=")],
                    [shown] if shown else [],
                )
                if address and shown:
                    self.assertNotIn(address, line)

    def test_nobody(self):
        with patch.object(security_log, "request", _Request(None, None)):
            line = self.line("webhook_secret")
        self.assertEqual(line, "refused event=webhook_secret user=none")

    def test_nothing_of_anybody_and_no_line_forged(self):
        """Whatever is no name of ours and no number is left out."""
        for fact in (
            "Иванова Мария",
            "client@example.com",
            "+7 8332 120001",
            "a\nrefused event=bad_token user=1",
            "a\r\nb",
            "a\x00b",
            "a\u2028b",
            "a b",
            "user=1",
            "x" * 65,
            "",
            ["its.claim"],
            {"user": 1},
            b"its.claim",
        ):
            with self.subTest(fact=fact):
                line = self.line("bad_token", 7, reason=fact, record=1)
                self.assertEqual(line, "refused event=bad_token user=7 record=1")
                line = self.line(str(fact), 7)
                self.assertEqual(line, "refused user=7")
