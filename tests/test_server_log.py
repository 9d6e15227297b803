"""What a running server writes of the addresses it is asked for: no secret of them."""

from __future__ import annotations

import re
import secrets
import subprocess
import sys
import urllib.error
import urllib.request
import uuid
from collections.abc import Iterator

import pytest
from odoo_server import OdooServer

from dev.paths import ROOT

TOKEN = str(uuid.uuid4())
KEY = secrets.token_urlsafe(16)
HASH = secrets.token_hex(32)
# Addresses as our letters hold them, and what becomes of them on the way.
PATHS = [
    f"/my/claims/7?access_token={TOKEN}&pid=3&hash={HASH}",
    f"/ru/my/claims/7?access_token={TOKEN}",
    f"/my/claims/7/say?access_token={TOKEN}",
    f"/web/login?redirect=%2Fmy%2Fclaims%2F7%3Faccess_token%3D{TOKEN}%26rating%3D5",
    f"/web/login?redirect=/my/claims/7%253Faccess_token%253D{TOKEN}",
    f"/its/connect/{KEY}",
    f"/its/phone/{KEY}",
    f"/its/phone/{KEY}/events/call",
    f"/its//connect/{KEY}",
    f"/its/connect/{KEY}/more",
    f"/survey/start/{TOKEN}?answer_token={TOKEN}",
    f"/survey/{TOKEN}/{TOKEN}",
    f"/survey/print/{TOKEN}?answer_token={TOKEN}&review=True",
    f"/survey/submit/{TOKEN}/{TOKEN}",
    f"/survey/begin/{TOKEN}/{TOKEN}",
    f"/survey/get_question_image/{TOKEN}/{TOKEN}/1/1",
    f"/web/login?redirect=%2Fsurvey%2Fstart%2F{TOKEN}",
    f"/rate/{uuid.UUID(TOKEN).hex}/5",
    f"/rate/{uuid.UUID(TOKEN).hex}/submit_feedback",
    f"/web/content/7?access_token={TOKEN}",
    f"/web/reset_password?token={TOKEN}",
    f"/mail/view?model=its.claim&res_id=7&access_token={TOKEN}",
]
SECRETS = re.compile("|".join((TOKEN, uuid.UUID(TOKEN).hex, re.escape(KEY), HASH)))


@pytest.fixture(scope="module")
def server() -> Iterator[OdooServer]:
    server = OdooServer("log")
    try:
        server.start()
        yield server
    finally:
        server.remove()


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_no_secret_is_in_the_log(server, method) -> None:
    before = server.log.stat().st_size
    for path in PATHS:
        request = urllib.request.Request(
            f"http://127.0.0.1:{server.port}{path}",
            data=b"{}" if method == "POST" else None,
            headers={"Content-Type": "application/json", "Referer": path},
        )
        try:
            urllib.request.urlopen(request, timeout=60).close()
        except urllib.error.HTTPError as error:
            error.close()
    written = server.log.read_bytes()[before:].decode()
    # Every request is told of, and where it went.
    lines = [line for line in written.splitlines() if f'"{method} ' in line]
    assert len(lines) >= len(PATHS)
    assert not [line for line in written.splitlines() if SECRETS.search(line)]
    for shown in ("/my/claims/7?access_token=***", "/its/connect/***", "/survey/***"):
        assert shown in written


WRITES = """
import logging, sys
sys.path.insert(0, sys.argv[1])
logging.basicConfig(stream=sys.stdout, format="%(message)s", level=logging.INFO)
import log_mask
log_mask.install()
log_mask.install()
token = sys.argv[2]
for name in ("werkzeug", "longpolling", "odoo.http", "odoo.sql_db", "any.other"):
    logger = logging.getLogger(name)
    logger.info("GET /my/claims/7?access_token=%s&x=%d", token, 5)
    logger.info(f"100% of /survey/start/{token}")
    logger.info("nothing %s", "here")
    try:
        raise ValueError(f"/survey/{token}/{token}")
    except ValueError:
        logger.exception("It failed")
    logger.error({"access_token": token})
    logger.info("too %s few %s", token)
"""


def test_every_logger_and_every_handler() -> None:
    """Also what is written of errors, and what is no text or is written wrongly."""
    done = subprocess.run(
        [sys.executable, "-c", WRITES, str(ROOT / "its_quality/tools"), TOKEN],
        capture_output=True,
        text=True,
        check=True,
    )
    assert TOKEN not in done.stdout
    assert done.stdout.count("/my/claims/7?access_token=***&x=5") == 5
    assert done.stdout.count("100% of /survey/start/***") == 5
    assert done.stdout.count("nothing here") == 5
    assert done.stdout.count("ValueError: /survey/***/***") == 5
    # Python itself tells of the mistake.
    assert done.stderr.count("Logging error") >= 5
