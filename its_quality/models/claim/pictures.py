"""Pictures inside letters: a text names them as programs write it, and Odoo compares letter by
letter."""

import re
from urllib.parse import unquote

from markupsafe import Markup

NAMED = re.compile(
    r"""(\ssrc\s{0,9}=\s{0,9}["']?\s{0,9})cid:\s{0,9}([^"'\s>]{1,300})""", re.I
)


def name_alike(payload):
    """Name the pictures of a letter in its text as they name themselves.

    :param payload: ``body`` and ``attachments``, as the gateway has them; is changed
    """
    known = {}
    for _name, _content, info in payload["attachments"]:
        if info and info.get("cid"):
            info["cid"] = info["cid"].strip(" \t\r\n<>")
            known[_plain(info["cid"])] = info["cid"]
    if known:
        payload["body"] = Markup(
            NAMED.sub(
                lambda found: found[1] + "cid:" + known.get(_plain(found[2]), found[2]),
                payload["body"],
            )
        )


def _plain(cid):
    return unquote(cid).lower()
