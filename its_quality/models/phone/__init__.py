"""The telephone: whose number it is, what a telephone exchange reports, and the journal
that comes of it.

Stands on 1C-Connect, whose dialog shows its secret, and on the claim."""

from . import (
    ir_http,
    its_call_desk,
    its_interaction,
    its_personal_request,
    its_phone_call,
    its_phone_connection,
    its_phone_desk,
    its_phone_event,
    its_phone_line,
    its_phone_number,
    mail_activity,
    res_partner,
)
