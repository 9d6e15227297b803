"""What the tests of the telephone share: an exchange, and calls that it reports."""

import hashlib
import hmac
import json
import time
import uuid
from datetime import timedelta

from odoo import fields

from ...models.phone.providers.provider import Event
from ..common import QualityCase

SECRET = "s" * 40
# The server by another address of its own, which nobody has allowed.
ITSELF = ".".join(map(str, (127, 0, 0, 2)))
# Where clouds tell a server its own secrets.
METADATA = ".".join(map(str, (169, 254, 169, 254)))


class PhoneCase(QualityCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.connection = cls.env["its.phone.connection"].create(
            {
                "name": "Станция",
                "password": SECRET,
                "line_ids": [
                    (
                        0,
                        0,
                        {
                            "name": "Линия консультаций",
                            "number": "+7 (8332) 50-00-00",
                            "team_id": cls.other_team.id,
                        },
                    )
                ],
                "extension_ids": [
                    (0, 0, {"number": number, "user_id": user.id})
                    for number, user in {
                        "101": cls.client_manager,
                        "102": cls.colleague,
                        "103": cls.quality_manager,
                    }.items()
                ],
            }
        )
        cls.rung_at = fields.Datetime.now() - timedelta(minutes=10)
        cls.client_own.phone = "8 (8332) 11-11-11"
        cls.client_colleague.phone = "8 (8332) 22-22-22"
        cls.client_unassigned.phone = "8 (8332) 33-33-33"
        # Nothing but calls back is on anybody's desk.
        cls.env["mail.activity"].search([("its_client_id", "!=", False)]).unlink()

    def event(self, kind, call="1", after=0, extension="", **values):
        """An event of a call: :class:`Event`, as of so many seconds after it began."""
        return Event(
            **{
                "call_ref": call,
                "kind": kind,
                "number": "+78332111111",
                "line": "+78332500000",
                "direction": "in",
                "extension": extension,
                "date": self.rung_at + timedelta(seconds=after),
                **values,
            }
        )

    def talk(self, call="1", after=0, extension="101", seconds=120, **values):
        """The events of a call that was answered."""
        return [
            self.event("ringing", call, after, extension, **values),
            self.event("answered", call, after + 5, extension, **values),
            self.event("ended", call, after + 5 + seconds, **values),
        ]

    def missed(self, call="1", after=0, extension="101", **values):
        return [
            self.event("ringing", call, after, extension, **values),
            self.event("ended", call, after + 30, cause="no answer", **values),
        ]

    def take(self, *events):
        return [self.env["its.phone.event"]._take(self.connection, e) for e in events]

    def write_journal(self, *events):
        """Take events, and write them to the journal.

        :return: the calls of the exchange
        """
        self.take(*events)
        while self.env["its.phone.event"]._write_batch():
            pass
        self.env.flush_all()
        self.env.invalidate_all()
        return self.calls

    @property
    def calls(self):
        return self.env["its.phone.call"].search(
            [("connection_id", "=", self.connection.id)], order="date_start, id"
        )

    @property
    def talks(self):
        return self.calls.interaction_ids.sorted("date_start")

    @property
    def tasks(self):
        return self.env["mail.activity"].search([("its_phone_key", "!=", False)])

    # -------------------------------------------------------------------------
    # Over HTTP
    # -------------------------------------------------------------------------

    def sent(self, **values):
        return {
            "event": "ringing",
            "call_id": uuid.uuid4().hex,
            "from": "+78332111111",
            "to": "+78332500000",
            "direction": "in",
            "extension": "101",
            **values,
        }

    def tell(self, values, key=None, as_form=False, **headers):
        """Send an event as the exchange does."""
        body = values if isinstance(values, bytes) else json.dumps(values).encode()
        if not headers:
            headers = {"X-Its-Secret": SECRET}
        mimetype = (
            "application/x-www-form-urlencoded" if as_form else "application/json"
        )
        return self.url_open(
            f"/its/phone/{key or self.connection.key}",
            data=values if as_form else body,
            headers={"Content-Type": mimetype, **headers},
        )

    def signature(self, body, stamp=None, secret=SECRET):
        stamp = str(int(time.time()) if stamp is None else stamp)
        signed = stamp.encode() + b"." + body
        made = hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest()
        return {"X-Its-Timestamp": stamp, "X-Its-Signature": made}
