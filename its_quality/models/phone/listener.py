"""Listening to Asterisk: a process of its own, which keeps nothing that it could not lose."""

import logging
import os
import socket
import threading
import time
from urllib.parse import urlsplit

from psycopg2 import OperationalError

from odoo import SUPERUSER_ID, api
from odoo.modules.registry import Registry
from odoo.tools import SQL

from ...onec.network import Guard
from ...tools.secret_box import SecretLost
from ...tools.server_options import allowed_hosts
from .ami import PORT, Ami, AmiCalls, AmiError

_logger = logging.getLogger(__name__)

# Seconds: so long a listener is taken for alive, and so often it says that it is.
LEASE, RENEW = 30, 10
# Seconds until it is tried again, at first and at most.
AGAIN, SELDOM = 2, 60
TRIES = 5


class Listener:
    """Reports the calls of every Asterisk of a database.

    Several may run, on one server or on many: whoever has the lease of a connection
    listens. It is a row that is renewed in a short transaction, so nothing stays open.

    :param database: its name
    """

    def __init__(self, database):
        self._database = database
        self._holder = f"{socket.gethostname()}:{os.getpid()}"
        self._stop = threading.Event()
        self._threads = {}

    def run(self):
        """Listen until the process is ended."""
        _logger.info("listening to the telephone as %s", self._holder)
        while not self._stop.is_set():
            for connection_id in self.in_env(self._connections):
                thread = self._threads.get(connection_id)
                if not thread or not thread.is_alive():
                    thread = threading.Thread(
                        target=self._attend, args=(connection_id,), daemon=True
                    )
                    self._threads[connection_id] = thread
                    thread.start()
            self._stop.wait(RENEW)

    def in_env(self, work, *arguments):
        """Do something in a transaction of its own, again if others were faster.

        :param work: gets an environment
        """
        for turn in range(TRIES):
            try:
                with Registry(self._database).cursor() as cr:
                    return work(api.Environment(cr, SUPERUSER_ID, {}), *arguments)
            except OperationalError:
                if turn + 1 == TRIES:
                    raise
                time.sleep(0.1 * 2**turn)
        return None

    def _connections(self, env):
        return env["its.phone.connection"].search([("kind", "=", "asterisk")]).ids

    def take_lease(self, env, connection_id):
        """Whether it is this listener that attends to a connection; renews the lease."""
        rows = env.execute_query(
            SQL(
                """
                UPDATE its_phone_connection
                   SET lease_holder = %(holder)s,
                       lease_until = (now() AT TIME ZONE 'UTC')
                                     + %(seconds)s * interval '1 second'
                 WHERE id = %(id)s AND active AND kind = 'asterisk'
                   AND (lease_holder = %(holder)s OR lease_until IS NULL
                        OR lease_until < now() AT TIME ZONE 'UTC')
             RETURNING id
                """,
                holder=self._holder,
                seconds=LEASE,
                id=connection_id,
            )
        )
        return bool(rows)

    def _attend(self, connection_id):
        """Listen to one Asterisk for as long as it is ours to listen."""
        pause = AGAIN
        while not self._stop.is_set():
            try:
                if not self.in_env(self.take_lease, connection_id):
                    return
                with self.in_env(open_ami, connection_id) as ami:
                    pause = AGAIN
                    self._listen(ami, connection_id)
            except (AmiError, OSError, SecretLost, OperationalError) as error:
                _logger.warning("telephone connection %s: %s", connection_id, error)
                self._stop.wait(pause)
                pause = min(2 * pause, SELDOM)

    def _listen(self, ami, connection_id):
        calls = AmiCalls(self.in_env(extensions_of, connection_id))
        renewed = time.monotonic()
        while not self._stop.is_set():
            message = ami.event(1)
            for event in calls.events_of(message) if message else ():
                self.in_env(take, connection_id, event)
            if time.monotonic() - renewed > RENEW:
                if not self.in_env(self.take_lease, connection_id):
                    return
                calls.extensions = self.in_env(extensions_of, connection_id)
                renewed = time.monotonic()


def open_ami(env, connection_id):
    """Sign in at the Asterisk of a connection."""
    connection = env["its.phone.connection"].browse(connection_id)
    address = urlsplit(connection.address or "")
    return Ami(
        Guard(allowed_hosts()),
        address.hostname or "",
        address.port or PORT,
        connection.login or "",
        connection._secret(),
    )


def extensions_of(env, connection_id):
    connection = env["its.phone.connection"].browse(connection_id)
    return frozenset(connection.extension_ids.mapped("number"))


def take(env, connection_id, event):
    """Report an event, as if it had come by a request."""
    connection = env["its.phone.connection"].browse(connection_id).exists()
    connection = connection.with_company(connection.company_id)
    return connection and connection.env["its.phone.event"]._take(connection, event)
