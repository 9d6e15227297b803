"""Listening to Asterisk: a process of its own, which keeps nothing that it could not lose."""

import logging
import os
import socket
import threading
import time
from dataclasses import dataclass
from urllib.parse import urlsplit

from psycopg2 import InterfaceError, OperationalError

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
# Seconds until it is tried again, at first and at most: the lease outlives them.
AGAIN, SELDOM = 2, 15
TRIES = 5
# The database is restarted, or somebody was faster.
DATABASE_LOST = (InterfaceError, OperationalError)


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
        """Listen until somebody says :meth:`stop`."""
        _logger.info("listening to the telephone as %s", self._holder)
        while not self._stop.is_set():
            for connection_id in self._while_lost(self.in_env, self._connections) or ():
                thread = self._threads.get(connection_id)
                if not thread or not thread.is_alive():
                    thread = threading.Thread(
                        target=self._attend, args=(connection_id,), daemon=True
                    )
                    self._threads[connection_id] = thread
                    thread.start()
            self._stop.wait(RENEW)
        for thread in self._threads.values():
            thread.join(RENEW)
        try:
            self.in_env(self.drop_leases)
        except DATABASE_LOST as error:
            _logger.warning("the leases are kept until they run out: %s", error)

    def stop(self):
        """Let whoever comes next listen at once."""
        self._stop.set()

    def in_env(self, work, *arguments):
        """Do something in a transaction of its own, again if others were faster.

        :param work: gets an environment
        """
        for turn in range(TRIES):
            try:
                # Who has which role may have changed since.
                registry = Registry(self._database).check_signaling()
                with registry.cursor() as cr:
                    return work(api.Environment(cr, SUPERUSER_ID, {}), *arguments)
            except DATABASE_LOST:
                if turn + 1 == TRIES:
                    raise
                time.sleep(0.1 * 2**turn)
        return None

    def _while_lost(self, work, *arguments):
        """Do something as soon as the database is there; ``None`` if it is not until
        the process ends."""
        pause = AGAIN
        while not self._stop.is_set():
            try:
                return work(*arguments)
            except DATABASE_LOST as error:
                _logger.warning("the database does not answer: %s", error)
                self._stop.wait(pause)
                pause = min(2 * pause, SELDOM)
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

    def drop_leases(self, env):
        """Give up what we attend to."""
        env.execute_query(
            SQL(
                "UPDATE its_phone_connection SET lease_until = NULL"
                " WHERE lease_holder = %s RETURNING id",
                self._holder,
            )
        )

    def _attend(self, connection_id):
        """Listen to one Asterisk for as long as it is ours to listen."""
        pause, calls = AGAIN, AmiCalls()
        while not self._stop.is_set():
            try:
                if not self.in_env(self.take_lease, connection_id):
                    return
                about = self.in_env(facts_of, connection_id)
                with Ami(Guard(allowed_hosts()), *about.way) as ami:
                    pause = AGAIN
                    _logger.info("telephone connection %s: signed in", connection_id)
                    if not self._listen(ami, calls, connection_id, about):
                        return
            except (AmiError, OSError, SecretLost, *DATABASE_LOST) as error:
                _logger.warning("telephone connection %s: %s", connection_id, error)
                self._stop.wait(pause)
                pause = min(2 * pause, SELDOM)

    def _listen(self, ami, calls, connection_id, about):
        """Report what Asterisk tells.

        :param calls: what is known of them from before
        :param about: the :class:`Facts`
        :return: whether the connection is still ours, but has to be opened anew
        :raises OSError: if Asterisk is gone
        """
        renewed = time.monotonic()
        calls.extensions = about.extensions
        while not self._stop.is_set():
            message = ami.event(1)
            for event in calls.events_of(message) if message else ():
                # It waits for a database that is away; what comes after it as well.
                self._while_lost(self.in_env, take, connection_id, event)
            if time.monotonic() - renewed > RENEW:
                # One that was cut off without a word does not answer.
                ami.action("Ping")
                if not self._while_lost(self.in_env, self.take_lease, connection_id):
                    return False
                now = self._while_lost(self.in_env, facts_of, connection_id)
                if not now or now.way != about.way:
                    return True
                calls.extensions = now.extensions
                renewed = time.monotonic()
        return False


@dataclass(frozen=True)
class Facts:
    """What a listener works by.

    :ivar way: host, port, login and secret; Asterisk is signed in to anew if they change
    """

    extensions: frozenset[str]
    way: tuple[str, int, str, str]


def facts_of(env, connection_id):
    """What a listener has to know of a connection.

    :raises AmiError: if its address is none
    """
    connection = env["its.phone.connection"].browse(connection_id)
    try:
        address = urlsplit(connection.address or "")
        host, port = address.hostname or "", address.port or PORT
    except ValueError as error:
        raise AmiError(str(error)) from error
    return Facts(
        extensions=frozenset(connection.extension_ids.mapped("number")),
        way=(host, port, connection.login or "", connection._secret() or ""),
    )


def open_ami(env, connection_id):
    """Sign in at the Asterisk of a connection."""
    return Ami(Guard(allowed_hosts()), *facts_of(env, connection_id).way)


def take(env, connection_id, event):
    """Report an event, as if it had come by a request."""
    connection = env["its.phone.connection"].browse(connection_id).exists()
    connection = connection.with_company(connection.company_id)
    return connection and connection.env["its.phone.event"]._take(connection, event)
