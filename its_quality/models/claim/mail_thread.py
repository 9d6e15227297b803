import email
import email.policy
from xmlrpc.client import Binary

from markupsafe import Markup

from odoo import SUPERUSER_ID, api, fields, models
from odoo.exceptions import AccessError

from ...tools.letter_repair import mend, trim
from ...tools.letter_text import CONTROLS
from ...tools.texts import UNKEEPABLE
from .uploads import file_name

# Years in which a letter may have been written.
YEARS = (1995, 2100)


class Incoming:
    """A letter on its way through the gateway, and what has become of it. It travels in
    the context, where each step finds it.

    :ivar bytes raw: as it came
    :ivar model: to which letters without an address go
    :ivar values: what ``message_parse`` has found, once it has
    :ivar routed: whether the gateway has looked where it goes
    :ivar unproven: what says that it is not of whom it says, if anything does
    :ivar message_id: another one, where it is not the letter that is known by its own
    :ivar companies: ids of those that it goes to, where not to all it is addressed to
    """

    def __init__(self, raw, model=None, message_id=None, companies=None):
        self.raw = raw
        self.model = model
        self.values = {}
        self.routed = False
        self.unproven = ""
        self.message_id = message_id
        self.companies = companies


class MailThread(models.AbstractModel):
    """The gateway: it takes letters of any shape, and loses none that is for us."""

    _inherit = "mail.thread"

    @api.model
    def message_process(
        self,
        model,
        message,
        custom_values=None,
        save_original=False,
        strip_attachments=False,
        thread_id=None,
    ):
        """Take in a letter, as Odoo does; what becomes no claim is set aside, in a
        transaction of its own where this one fails.

        :return: the id of the last record it has come to, or nothing
        :raises Exception: what Odoo raises; whoever brought the letter has to know
        """
        raw = _bytes(message)
        again = self.env.context.get("its_letter_again") or {}
        incoming = Incoming(raw, model, **again)
        gateway = self.with_context(its_letter_again=None, its_incoming=incoming)
        options = {
            "custom_values": custom_values,
            "save_original": save_original,
            "strip_attachments": strip_attachments,
            "thread_id": thread_id,
        }
        try:
            result = super(MailThread, gateway).message_process(
                model, trim(raw), **options
            )
        except Exception as error:
            # Who may not bring letters brings none into the list either.
            if incoming.values or not isinstance(error, AccessError):
                self._its_keep_failed(incoming, error)
            raise
        if result or incoming.routed:
            return result
        letters = self.env["its.letter"].sudo()
        if result is None:
            letters._set_aside(incoming, "loop")
            return result
        again = {} if again else letters._read_again(incoming)
        if not again:
            return result
        gateway = self.with_context(its_letter_again=again)
        return gateway.message_process(model, message, **options)

    @api.model
    def _its_keep_failed(self, incoming, error):
        """Set a letter aside although all that was done about it is undone."""
        with self.env.registry.cursor() as cr:
            letters = api.Environment(cr, SUPERUSER_ID, {})["its.letter"]
            parsed = bool(incoming.values)
            astray = parsed and not incoming.routed and isinstance(error, ValueError)
            letters._set_aside(incoming, "unroutable" if astray else "failed", error)

    @api.private
    @api.model
    def message_parse(self, message, save_original=False):
        """Read a letter, after it has been mended.

        :return: as Odoo
        """
        incoming = self.env.context.get("its_incoming")
        if not incoming:
            return super().message_parse(message, save_original=save_original)
        mend(message, faithful=save_original)
        values = super().message_parse(message, save_original=save_original)
        date = fields.Datetime.to_datetime(values.get("date") or None)
        if date and not YEARS[0] <= date.year <= YEARS[1]:
            del values["date"]
        for name in (
            "message_id",
            "references",
            "in_reply_to",
            "to",
            "cc",
            "recipients",
        ):
            if values.get(name):
                values[name] = UNKEEPABLE.sub("", values[name])
        if incoming.message_id:
            values["message_id"] = incoming.message_id
        incoming.values = values
        return values

    def _message_parse_extract_payload_postprocess(self, message, payload_dict):
        if self.env.context.get("its_incoming"):
            # Neither XML nor the database takes these.
            payload_dict = {
                "body": Markup(CONTROLS.sub("", payload_dict["body"] or "")),
                "attachments": [
                    (file_name(name), content, info)
                    for name, content, info in payload_dict["attachments"]
                ],
            }
        return super()._message_parse_extract_payload_postprocess(message, payload_dict)

    def _message_parse_post_process(self, message, message_dict, routes):
        values = super()._message_parse_post_process(message, message_dict, routes)
        incoming = self.env.context.get("its_incoming")
        if incoming and incoming.unproven:
            # Nobody's words are his who did not write them.
            values["author_id"] = False
        return values

    @api.model
    def _detect_loop_sender(self, message, message_dict, routes):
        incoming = self.env.context.get("its_incoming")
        ours = [route for route in routes or () if route[0] == "its.claim"]
        if not incoming or not ours:
            return super()._detect_loop_sender(message, message_dict, routes)
        # It is kept, so whoever wrote it need not be told that it is not: he may be
        # a robot, or somebody else.
        quiet = self.with_context(its_quiet=True)
        found = super(MailThread, quiet)._detect_loop_sender(
            message, message_dict, routes
        )
        if found:
            self.env["its.letter"].sudo()._set_aside(incoming, "flood")
        return found

    def _routing_create_bounce_email(
        self, email_from, body_html, message, **mail_values
    ):
        if self.env.context.get("its_quiet"):
            return None
        return super()._routing_create_bounce_email(
            email_from, body_html, message, **mail_values
        )

    @api.model
    def _its_take_in(self, incoming, defaults, chosen):
        """Make a claim of a letter that was set aside.

        :param incoming: the letter
        :param defaults: of the address it was written to
        :param chosen: whether a person decided that it is one, so that it is a new one
            whatever it answers
        :return: the claim
        """
        gateway = self.with_context(its_incoming=incoming)
        message = email.message_from_bytes(trim(incoming.raw), policy=email.policy.SMTP)
        values = gateway.message_parse(message)
        claims = gateway.env["its.claim"].sudo()
        parent = self.env["mail.message"].sudo().browse(values.pop("parent_id", ()))
        answered = parent.res_id if parent.model == "its.claim" else 0
        incoming.unproven = claims._unproven(message, values)
        claims._clean_letter(values, [answered])
        route = ("its.claim", 0 if chosen else answered, defaults, self.env.uid, None)
        if not chosen:
            route = claims._route_mail(values, route, incoming.unproven)
        elif incoming.unproven:
            route[2]["unproven"] = incoming.unproven
        values.update(gateway._message_parse_post_process(message, values, [route]))
        return claims.browse(gateway._message_route_process(message, values, [route]))


def _bytes(message):
    """A letter as those bring it who call the gateway."""
    if isinstance(message, Binary):
        message = message.data
    if isinstance(message, str):
        return message.encode("utf-8", "surrogateescape")
    return bytes(message)
