"""A script run inside Odoo, in a process of its own."""

from __future__ import annotations

import os
import signal
import subprocess

from odoo_server import COMPLAINT, OdooServer

from dev import odoo_process
from dev.paths import ROOT


class Shell:
    """A process of Odoo that runs a script and ends."""

    def __init__(self, server: OdooServer, script: str) -> None:
        odoo = odoo_process.prepare(fast=True)
        self._process = subprocess.Popen(
            odoo.command("shell", "-d", server.database, "--no-http"),
            env=odoo.env,
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        self._process.stdin.write(script)
        self._process.stdin.close()
        self._process.stdin = None

    def end(self, *, may_complain: bool = False, seconds: int = 120) -> str:
        """Wait until it has ended well, with nothing to complain of in its log.

        :param may_complain: what there is in its log is for the test to judge
        :param seconds: how long it may take
        """
        output, _nothing = self._process.communicate(timeout=seconds)
        assert self._process.returncode == 0, output[-4000:]
        if not may_complain:
            assert "Traceback" not in output, output[-4000:]
            assert [found[0] for found in COMPLAINT.finditer(output)] == []
        return output

    def kill(self) -> None:
        """End it as a power cut does."""
        os.killpg(self._process.pid, signal.SIGKILL)
        self._process.communicate()
