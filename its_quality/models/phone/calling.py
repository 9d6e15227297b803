"""Asking an exchange to call a number."""

import re
import time

import requests

from odoo.exceptions import UserError

from ...onec.network import Guard, GuardedAdapter
from ...onec.unanswered import why_unanswered
from ...tools.secret_box import SecretLost
from ...tools.security_log import log_refusal
from ...tools.server_options import allowed_hosts
from ..base.network_texts import network_sentences
from .ami import AmiError, originate
from .listener import open_ami

# Seconds; somebody waits for it with the receiver in hand.
TIMEOUT = 5
# Bytes of an answer, of which nothing is wanted but its status.
MOST = 64 * 1024
# What is dialled: digits, and a plus before them.
UNDIALLED = re.compile(r"[^+\d]")


def dialled(number):
    """A number as it is dialled."""
    main = re.split(r"доб|вн|ext|#|,|;", number or "", maxsplit=1, flags=re.IGNORECASE)
    return UNDIALLED.sub("", main[0])


def call(connection, extension, number):
    """Have the exchange ring at an extension, and then call a number.

    :param connection: a ``its.phone.connection``, as superuser
    :return: whether it can be asked to
    :raises UserError: saying what went wrong
    """
    try:
        secret = connection._secret()
    except SecretLost:
        secret = ""
    if not secret:
        return False
    if connection.kind == "asterisk":
        return _by_asterisk(connection, extension, number)
    order = connection._provider().order(
        extension,
        number,
        connection.login or "",
        secret,
        connection.address,
        time.time(),
    )
    if not order:
        return False
    adapter = GuardedAdapter(Guard(allowed_hosts()))
    try:
        with requests.Session() as session:
            session.mount("https://", adapter)
            session.mount("http://", adapter)
            answer = session.request(
                order.method,
                order.address,
                headers=order.headers,
                data=order.form or order.body,
                timeout=TIMEOUT,
                allow_redirects=False,
                stream=True,
            )
            status = answer.status_code
            answer.close()
    except (requests.exceptions.RequestException, ValueError) as error:
        code = why_unanswered(error) if isinstance(error, OSError) else "unreachable"
        if code == "forbidden":
            log_refusal("forbidden_host", model=connection._name, record=connection.id)
        server = connection._server(order.address)
        sentences = network_sentences(connection.env)
        words = sentences.get(code, sentences["unreachable"]) % {
            "host": server.partition("://")[2].rpartition(":")[0],
            "port": server.rpartition(":")[2],
            "seconds": TIMEOUT,
            "system": connection.name,
        }
        raise UserError(words) from error
    if status >= 400 or 300 <= status < 400:
        raise UserError(
            connection.env._(
                "The telephone exchange refused to call (status %(status)s). Dial the "
                "number by hand, and tell an administrator.",
                status=status,
            )
        )
    return True


def _by_asterisk(connection, extension, number):
    channel = (connection.channel or "").replace("{extension}", extension)
    if not connection.address or not channel or not connection.context:
        return False
    try:
        with open_ami(connection.env, connection.id) as ami:
            originate(ami, channel, connection.context, extension, number)
    except (AmiError, OSError) as error:
        raise UserError(
            connection.env._(
                "Asterisk does not call: %(reason)s. Dial the number by hand, and tell "
                "an administrator.",
                reason=error,
            )
        ) from error
    return True
