"""Secrets of others as stored in the database: encrypted, if the server has a key.

The keys are the option ``secret_key`` of the server (see ``server_options``), with commas
or blanks between them: the first one encrypts, each of them is tried to decrypt. A copy
of the database without the server's configuration reveals nothing.

Without a key secrets are stored as they are. Given one later, they are still read, and
are encrypted when they are used, saved, or found by the nightly cleaning.
"""

import base64
import hashlib
from functools import lru_cache

from cryptography.fernet import Fernet, InvalidToken, MultiFernet

from .server_options import server_option

SEALED = "fernet:"
# Of scrypt: a key may be a sentence that somebody has thought of. The salt only has to
# be ours, for there is one key a server.
SALT, COST = b"its_quality", {"n": 2**14, "r": 8, "p": 1}


class SecretLost(Exception):
    """A secret that none of the keys of the server opens."""


def seal(secret):
    """Return a secret as it is to be kept.

    :param str secret: not empty
    """
    box = _box()
    return f"{SEALED}{box.encrypt(secret.encode()).decode()}" if box else secret


def unseal(kept):
    """Return a secret that was kept.

    :param str kept: as it lies in the database
    :raises SecretLost: if it is encrypted, and by none of the keys of the server
    """
    if not kept.startswith(SEALED):
        return kept
    box = _box()
    if not box:
        raise SecretLost
    try:
        return box.decrypt(kept.removeprefix(SEALED).encode()).decode()
    except InvalidToken:
        raise SecretLost from None


def is_sealed(kept):
    """Whether a secret is stored as :func:`seal` would do today.

    :param str kept: as it lies in the database
    """
    keys = _keys()
    if not keys:
        return not kept.startswith(SEALED)
    if not kept.startswith(SEALED):
        return False
    try:
        _fernet(keys[0]).decrypt(kept.removeprefix(SEALED).encode())
    except InvalidToken:
        return False
    return True


def _keys():
    return server_option("secret_key").replace(",", " ").split()


def _box():
    keys = _keys()
    return MultiFernet([_fernet(key) for key in keys]) if keys else None


@lru_cache(maxsize=16)
def _fernet(key):
    """What encrypts by a key: one of Fernet's own, or made of whatever was written."""
    try:
        return Fernet(key)
    except ValueError:
        made = hashlib.scrypt(key.encode(), salt=SALT, dklen=32, **COST)
        return Fernet(base64.urlsafe_b64encode(made))
