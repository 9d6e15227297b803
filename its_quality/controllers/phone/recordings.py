import re
import time

import requests

from odoo import http
from odoo.http import request

from ...onec.network import Guard, GuardedAdapter
from ...onec.unanswered import why_unanswered
from ...tools.security_log import log_refusal
from ...tools.server_options import allowed_hosts

# Seconds until the exchange begins to answer, and that somebody may listen to it.
TIMEOUT, LONGEST = 10, 3600
CHUNK = 64 * 1024
# Bytes; an hour of the best sound is less.
MOST = 512 * 1024 * 1024
RANGE = re.compile(r"bytes=\d{0,15}-\d{0,15}")
SOUND = re.compile(r"(?:audio/[\w.+-]+|application/(?:ogg|octet-stream))", re.ASCII)
PASSED = ("Content-Length", "Content-Range")


class Recordings(http.Controller):
    """Listening to a talk, without being told where the exchange keeps it."""

    @http.route(
        "/its/recording/<int:talk_id>", type="http", auth="user", methods=["GET"]
    )
    def listen(self, talk_id, **_values):
        """Hand a recording on from the exchange, whole or the part that is asked for.

        :param talk_id: of the interaction; whoever may read it may hear it
        """
        talk = request.env["its.interaction"].browse(talk_id).exists()
        if not talk:
            raise request.not_found()
        talk.check_access("read")
        address = talk.sudo().phone_call_id.recording
        if not address:
            raise request.not_found()
        wanted = request.httprequest.headers.get("Range", "")
        headers = {"Range": wanted} if RANGE.fullmatch(wanted) else {}
        adapter = GuardedAdapter(Guard(allowed_hosts()))
        session = requests.Session()
        session.mount("https://", adapter)
        session.mount("http://", adapter)
        session.max_redirects = 3
        # Packed, a part of it would be no part of the sound.
        headers["Accept-Encoding"] = "identity"
        try:
            answer = session.get(address, headers=headers, timeout=TIMEOUT, stream=True)
        except (requests.exceptions.RequestException, ValueError) as error:
            session.close()
            if why_unanswered(error) == "forbidden":
                log_refusal("forbidden_host", model=talk._name, record=talk.id)
            return self._lost()
        if answer.status_code == 416:
            # A player asks for more than there is.
            session.close()
            return request.make_response("", status=416)
        kind = answer.headers.get("Content-Type", "").partition(";")[0].strip()
        size = answer.headers.get("Content-Length", "")
        is_fit = answer.status_code in (200, 206) and SOUND.fullmatch(kind)
        if not is_fit or (size.isdigit() and int(size) > MOST):
            session.close()
            return self._lost()
        passed = {
            name: answer.headers[name] for name in PASSED if name in answer.headers
        }
        return request.make_response(
            self._pieces(session, answer),
            [
                ("Content-Type", kind),
                ("Accept-Ranges", "bytes"),
                ("X-Content-Type-Options", "nosniff"),
                ("Content-Disposition", "inline"),
                *passed.items(),
            ],
            status=answer.status_code,
        )

    def _pieces(self, session, answer):
        """The sound, piece by piece; nothing of it is kept here."""
        until, sent = time.monotonic() + LONGEST, 0
        try:
            for piece in answer.iter_content(CHUNK):
                sent += len(piece)
                if sent > MOST or time.monotonic() > until:
                    return
                yield piece
        except requests.exceptions.RequestException:
            # The exchange has hung up; the listener hears how far it has come.
            return
        finally:
            session.close()

    def _lost(self):
        words = request.env._("The telephone exchange does not give the recording.")
        kind = [("Content-Type", "text/plain; charset=utf-8")]
        return request.make_response(words, kind, status=502)
