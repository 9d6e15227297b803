"""Listening to Asterisk: ``odoo-bin its_phone -d DATABASE``.

Odoo looks for this file before it reads the option ``-c``: the addons path is to be in the
configuration that ``ODOO_RC`` names, or in ``--addons-path=`` before the command.
"""

import signal
import sys
import threading

from odoo import SUPERUSER_ID, api
from odoo.cli import Command
from odoo.modules.registry import Registry
from odoo.tools import config


class ItsPhone(Command):
    """Listen to Asterisk, and report its calls to the journal.

    Run it as a service, on as many servers as you like: one of them listens, and another
    takes over half a minute after it has died.
    """

    name = "its_phone"

    def run(self, args):
        config.parser.prog = self.prog
        config.parse_config(args, setup_logging=True)
        names = config["db_name"]
        if len(names) != 1:
            sys.exit("Name one database: its_phone -d DATABASE")
        registry = Registry(names[0])
        if "its.phone.connection" not in registry:
            sys.exit(f"The addon its_quality is not installed in {names[0]}.")
        with registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            listener = env["its.phone.connection"]._listener()

        def stop(*_what):
            # This thread may hold the very lock that saying so needs.
            threading.Thread(target=listener.stop).start()

        # The leases are given up, and who is started next need not wait for them.
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, stop)
        listener.run()
