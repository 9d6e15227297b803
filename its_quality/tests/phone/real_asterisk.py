"""A real Asterisk, where there is one: run without root in a folder of its own.

It is found on PATH, or in the folder that ITS_ASTERISK names, into which packages of
Debian were unpacked; nothing is fetched. Its telephones and the network behind its
trunk are itself: a call to them goes out by SIP and comes in again at another address of
this computer, where the dial plan answers as somebody would.
"""

import os
import shutil
import signal
import socket
import subprocess
import time
from pathlib import Path

UNPACKED = os.environ.get("ITS_ASTERISK")
ROOT = Path(UNPACKED or "/")
LOGIN = "odoo"
WAIT = 60
# The exchange, its telephones, and the public network: addresses of this computer.
EXCHANGE, PHONES, PUBLIC = (f"127.0.0.{host}" for host in (1, 2, 3))
LINE = "+78332500000"
# One client speaks so many seconds, one is not at home.
CLIENT, AWAY, SECONDS = "+78332111111", "+78332222222", 3

FILES = {
    "asterisk.conf": """
[directories]
astetcdir => {folder}/etc
astmoddir => {modules}
astvarlibdir => {folder}/lib
astdbdir => {folder}/lib
astkeydir => {folder}/lib
astdatadir => {data}
astagidir => {folder}/lib
astspooldir => {folder}/spool
astrundir => {folder}/run
astlogdir => {folder}/log
[options]
nocolor = yes
""",
    "modules.conf": """
[modules]
autoload = no
load = pbx_config.so
load = app_dial.so
load = app_stack.so
load = func_callerid.so
load = func_channel.so
load = bridge_simple.so
load = codec_ulaw.so
load = res_timing_timerfd.so
load = res_rtp_asterisk.so
load = res_sorcery_config.so
load = res_sorcery_memory.so
load = res_sorcery_astdb.so
load = res_pjproject.so
load = res_pjsip.so
load = res_pjsip_session.so
load = res_pjsip_pubsub.so
load = res_pjsip_caller_id.so
load = res_pjsip_endpoint_identifier_ip.so
load = res_pjsip_sdp_rtp.so
load = chan_pjsip.so
""",
    "logger.conf": """
[general]
[logfiles]
messages => notice,warning,error
""",
    "manager.conf": """
[general]
enabled = yes
timestampevents = yes
bindaddr = 127.0.0.1
port = {port}
[odoo]
secret = {secret}
read = call
write = originate
[starter]
secret = {secret}
read = system
""",
    "pjsip.conf": """
[global]
type = global
endpoint_identifier_order = ip
[exchange]
type = transport
protocol = udp
bind = {exchange}:{sip}
[phones]
type = transport
protocol = udp
bind = {phones}:{sip}
[public]
type = transport
protocol = udp
bind = {public}:{sip}
{endpoints}
""",
    # Somebody at 101 lifts the receiver after a moment, nobody is at 102, 103 is busy.
    # Somebody at 101 lifts the receiver after a moment unless it is the client who is
    # not liked; nobody is at 102, 103 is busy.
    "extensions.conf": """
[from-internal]
exten => _+X.,1,Dial(PJSIP/${{EXTEN}}@trunk,30)
 same => n,Hangup()
exten => _8X.,1,Goto(+7${{EXTEN:1}},1)
[from-trunk]
exten => {line},1,Dial(PJSIP/101&PJSIP/102,2)
 same => n,Hangup()
[elsewhere]
exten => 101,1,Ringing()
 same => n,Wait(0.3)
 same => n,GotoIf($["${{CALLERID(num)}}" = "{away}"]?nobody)
 same => n,Answer()
 same => n,Wait(60)
 same => n(nobody),Wait(60)
exten => 102,1,Ringing()
 same => n,Wait(60)
exten => {client},1,Ringing()
 same => n,Wait(0.3)
 same => n,Answer()
 same => n,Wait({seconds})
 same => n,Hangup()
exten => {away},1,Busy(1)
exten => talk,1,Wait({seconds})
 same => n,Hangup()
""",
}
# Name, from where a call goes out, context of those that come in, to whom, from where
# they come.
ENDPOINTS = (
    ("101", "exchange", "from-internal", f"101@{PHONES}", PHONES),
    ("102", "exchange", "from-internal", f"102@{PHONES}", None),
    ("trunk", "exchange", "from-trunk", PUBLIC, PUBLIC),
    # The telephone at 101, and the network: they call us.
    ("telephone", "phones", "elsewhere", f"{CLIENT}@{EXCHANGE}", None),
    ("outside", "public", "elsewhere", f"{LINE}@{EXCHANGE}", EXCHANGE),
)
ENDPOINT = """
[{name}]
type = endpoint
transport = {transport}
context = {context}
disallow = all
allow = ulaw
aors = {name}
[{name}]
type = aor
contact = sip:{contact}:{sip}
"""
IDENTIFY = """
[{name}]
type = identify
endpoint = {name}
match = {match}
"""


class RealAsterisk:
    """An exchange on ports of its own.

    :param folder: for all that it reads and writes
    :param secret: of its manager
    """

    def __init__(self, folder, secret):
        self._folder, self._secret = folder, secret
        self._process = None
        self.port = _free_port(socket.SOCK_STREAM)
        sip = _free_port(socket.SOCK_DGRAM)
        endpoints = "".join(
            ENDPOINT.format(
                name=name,
                transport=transport,
                context=context,
                contact=contact,
                sip=sip,
            )
            + (IDENTIFY.format(name=name, match=match) if match else "")
            for name, transport, context, contact, match in ENDPOINTS
        )
        for name in ("etc", "lib", "spool", "run", "log"):
            (folder / name).mkdir(parents=True)
        for name, text in FILES.items():
            filled = text.format(
                folder=folder,
                modules=_only("usr/lib/*/asterisk/modules"),
                data=ROOT / "usr/share/asterisk",
                port=self.port,
                secret=secret,
                sip=sip,
                exchange=EXCHANGE,
                phones=PHONES,
                public=PUBLIC,
                endpoints=endpoints,
                line=LINE,
                client=CLIENT,
                away=AWAY,
                seconds=SECONDS,
            )
            (folder / "etc" / name).write_text(filled.lstrip(), encoding="utf-8")

    def start(self):
        """Start it, and wait until its manager answers."""
        configuration = self._folder / "etc" / "asterisk.conf"
        with (self._folder / "log" / "console").open("ab") as log:
            self._process = subprocess.Popen(
                [*program(), "-f", "-C", str(configuration)],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        deadline = time.monotonic() + WAIT
        while not self._is_ready():
            log = (self._folder / "log" / "console").read_text(errors="replace")
            assert self._process.poll() is None, log[-3000:]
            assert time.monotonic() < deadline, log[-3000:]
            time.sleep(0.1)

    def stop(self):
        """End it at once, as a power cut does."""
        if self._process and self._process.poll() is None:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()

    def call_line(self, number):
        """Let somebody call our line from outside."""
        self._originate("outside", number)

    def dial_by_hand(self):
        """Let whoever sits at 101 dial the number of the client."""
        self._originate("telephone", "101")

    def _originate(self, endpoint, number):
        actions = (
            f"Action: Login\r\nUsername: {LOGIN}\r\nSecret: {self._secret}\r\n"
            "Events: off\r\n\r\n"
            f"Action: Originate\r\nChannel: PJSIP/{endpoint}\r\nCallerID: {number}\r\n"
            "Context: elsewhere\r\nExten: talk\r\nPriority: 1\r\nAsync: true\r\n\r\n"
        )
        with (
            socket.create_connection(("127.0.0.1", self.port), WAIT) as peer,
            peer.makefile("rb") as answers,
        ):
            peer.sendall(actions.encode())
            said = [next(line for line in answers if b"Response" in line) for _ in "12"]
        assert said == [b"Response: Success\r\n"] * 2, said

    def _is_ready(self):
        """It tells managers that it is fully booted; before, it has no telephones."""
        login = f"Action: Login\r\nUsername: starter\r\nSecret: {self._secret}\r\n\r\n"
        try:
            with (
                socket.create_connection(("127.0.0.1", self.port), 5) as peer,
                peer.makefile("rb") as answers,
            ):
                peer.sendall(login.encode())
                return any(b"FullyBooted" in line for line in answers)
        except OSError:
            return False


def program():
    """The program; empty where there is none. One that was only unpacked is started by
    the loader it came with."""
    if not UNPACKED:
        found = shutil.which("asterisk")
        return [found] if found else []
    loader = _only("usr/lib64/ld-linux*")
    libraries = _only("usr/lib/*-linux-gnu")
    if not loader or not libraries:
        return []
    path = f"{libraries}:{libraries / 'asterisk'}"
    return [str(loader), "--library-path", path, str(ROOT / "usr/sbin/asterisk")]


def _only(pattern):
    return next(iter(sorted(ROOT.glob(pattern))), None)


def _free_port(kind):
    with socket.socket(socket.AF_INET, kind) as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
