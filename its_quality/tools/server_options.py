"""What the administrator of the server says, outside the database.

Odoo warns of names in its section ``[options]`` that it does not know, so ours are in a
section of their own of the same file, or in the environment, which comes first::

    [its_quality]
    secret_key = …

    ITS_QUALITY_SECRET_KEY=…
"""

import configparser
import os
from functools import lru_cache
from pathlib import Path

from odoo.tools import config

SECTION = "its_quality"


def server_option(name):
    """Return what the server says about something of ours.

    :param str name: in snake_case, as in the section ``[its_quality]``
    :return: the text, stripped; empty where nothing is said
    """
    value = os.environ.get(f"{SECTION}_{name}".upper())
    if value is None:
        value = _section().get(name, "")
    return value.strip()


def allowed_hosts():
    """Return the hosts we may ask although they are the server of Odoo itself or in its
    cloud: hosts, addresses and networks, as ``onec.network.Guard`` takes them."""
    return server_option("allowed_hosts")


def _section():
    path = config["config"]
    try:
        changed = Path(path).stat().st_mtime_ns
    except (OSError, TypeError):
        return {}
    return _section_of(path, changed)


@lru_cache(maxsize=1)
def _section_of(path, _changed):
    """What our section of a file says, as the file is since it was last changed."""
    # Values may hold «%», which is nothing special here.
    parser = configparser.ConfigParser(interpolation=None)
    try:
        parser.read(path, encoding="utf-8")
    except configparser.Error:
        # Odoo itself has logged it when it started.
        return {}
    return dict(parser[SECTION]) if parser.has_section(SECTION) else {}
