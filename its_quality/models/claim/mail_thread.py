import email
import email.policy
from xmlrpc.client import Binary

from markupsafe import Markup

from odoo import SUPERUSER_ID, api, fields, models
from odoo.exceptions import AccessError

from ...tools.letter_repair import mend, trim
from ...tools.letter_text import CONTROLS
from ...tools.security_log import log_refusal
from ...tools.texts import UNKEEPABLE
from . import bounces, incoming, pictures
from .incoming import Again, Incoming
from .uploads import file_name

# Years in which a letter may have been written.
YEARS = (1995, 2100)


class MailThread(models.AbstractModel):
    """The gateway: it takes letters of any shape, and loses none that is for us.

    Odoo lets anybody with a login hand over a letter with any sender, and takes it in as
    the superuser; what it says of a client, of a claim or of whatever else is ours counts
    only if it came by the mail gateway. That is the job that fetches mail, or the program
    that hands it over with the login of an administrator of the system.
    """

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
        :raises AccessError: where the user is not the gateway and says where it goes
        :raises Exception: what Odoo raises; the caller has to know
        """
        if (custom_values or thread_id) and not self._its_is_gateway():
            # The gateway's program gives neither; with values one writes as superuser.
            self._its_refuse_letter()
        raw = _bytes(message)
        again = self.env.context.get("its_letter_again")
        again = again if isinstance(again, Again) else None
        letter = Incoming(raw, model, *(again or ()))
        gateway = letter.carried_by(self.with_context(its_letter_again=None))
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
            # Users who may not bring letters add none to the list either.
            if letter.values or not isinstance(error, AccessError):
                self._its_keep_failed(letter, error)
            raise
        if result or letter.routed:
            return result
        letters = self.env["its.letter"].sudo()
        if result is None:
            letters._set_aside(letter, "loop")
            return result
        again = None if again else letters._read_again(letter)
        if not again:
            return result
        gateway = self.with_context(its_letter_again=again)
        return gateway.message_process(model, message, **options)

    @api.model
    def _its_keep_failed(self, letter, error):
        """Set a letter aside although all that was done about it is undone."""
        with self.env.registry.cursor() as cr:
            letters = api.Environment(cr, SUPERUSER_ID, {})["its.letter"]
            parsed = bool(letter.values)
            astray = parsed and not letter.routed and isinstance(error, ValueError)
            letters._set_aside(letter, "unroutable" if astray else "failed", error)

    @api.private
    @api.model
    def message_parse(self, message, save_original=False):
        """Read a letter, after it has been mended.

        :return: as Odoo
        """
        letter = Incoming.of(self.env)
        if not letter:
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
        if letter.message_id:
            values["message_id"] = letter.message_id
        letter.values = values
        return values

    @api.private
    @api.model
    def message_route(
        self, message, message_dict, model=None, thread_id=None, custom_values=None
    ):
        """Find where a letter goes: to one claim in each company it is written to.

        :return: routes, as Odoo
        :raises AccessError: where it goes to records of ours, and not by the gateway
        """
        routes = super().message_route(
            message,
            message_dict,
            model=model,
            thread_id=thread_id,
            custom_values=custom_values,
        )
        if not self._its_is_gateway():
            for name, res_id, *_rest in routes or ():
                if name in self.env and self.env[name]._its_is_ours(res_id):
                    self._its_refuse_letter()
        letter = Incoming.of(self.env)
        if letter:
            letter.routed = True
            if not routes:
                bounced = message_dict.get("is_bounce")
                self.env["its.letter"].sudo()._set_aside(
                    letter, "bounce" if bounced else "refused"
                )
        ours = [route for route in routes or () if route[0] == "its.claim"]
        if not ours:
            return routes
        claims = self.env["its.claim"].sudo()
        others = [route for route in routes if route[0] != "its.claim"]
        return [
            *others,
            *incoming.routes_to_claims(claims, message, message_dict, ours),
        ]

    def _message_parse_extract_bounce(self, email_message, message_dict):
        values = super()._message_parse_extract_bounce(email_message, message_dict)
        about = values.get("bounced_message")
        if values["is_bounce"] and not about:
            address, about = bounces.of_text(self, email_message)
            if about.model == "its.claim":
                values.update(bounced_email=address, bounced_message=about)
        if (
            about
            and about.model == "its.claim"
            and not bounces.has_failed(email_message)
        ):
            # To Odoo whatever a mail server writes about a letter is a returned one.
            nobody = values["bounced_partner"].browse()
            values.update(bounced_email=False, bounced_partner=nobody)
        return values

    def _message_parse_extract_payload_postprocess(self, message, payload_dict):
        if Incoming.of(self.env):
            # Neither XML nor the database takes these.
            payload_dict = {
                "body": Markup(CONTROLS.sub("", payload_dict["body"] or "")),
                "attachments": [
                    (file_name(name), content, info)
                    for name, content, info in payload_dict["attachments"]
                ],
            }
            pictures.name_alike(payload_dict)
        return super()._message_parse_extract_payload_postprocess(message, payload_dict)

    def _message_parse_post_process(self, message, message_dict, routes):
        values = super()._message_parse_post_process(message, message_dict, routes)
        letter = Incoming.of(self.env)
        if letter and (letter.unproven or letter.typed):
            # Words count only as those of a proven author.
            values["author_id"] = False
        return values

    @api.model
    def _detect_loop_sender(self, message, message_dict, routes):
        letter = Incoming.of(self.env)
        ours = [route for route in routes or () if route[0] == "its.claim"]
        if not letter or not ours:
            return super()._detect_loop_sender(message, message_dict, routes)
        # It is kept, so no bounce is needed: the sender may be a robot, or somebody
        # else.
        letter.quiet = True
        found = super()._detect_loop_sender(message, message_dict, routes)
        letter.quiet = False
        if found:
            self.env["its.letter"].sudo()._set_aside(letter, "flood")
        return found

    def _routing_create_bounce_email(
        self, email_from, body_html, message, **mail_values
    ):
        letter = Incoming.of(self.env)
        if letter and letter.quiet:
            return None
        return super()._routing_create_bounce_email(
            email_from, body_html, message, **mail_values
        )

    @api.model
    def _its_is_gateway(self):
        return self.env.su or self.env.user.has_group("base.group_system")

    @api.model
    def _its_refuse_letter(self):
        log_refusal("letter_not_by_mail", self.env.uid)
        raise AccessError(
            self.env._(
                "This e-mail did not arrive through the mail gateway, so its sender "
                "cannot be trusted. Deliver it through the gateway: the job that "
                "fetches mail, or the gateway script with a system administrator's "
                "login."
            )
        )

    @api.model
    def _its_process_kept(self, letter, defaults, chosen):
        """Make a claim of a letter that was set aside.

        :param letter: ``Incoming``
        :param defaults: of the address it was written to
        :param chosen: whether a person decided that it is one, so that it is a new one
            whatever it answers
        :return: the claim
        """
        gateway = letter.carried_by(self)
        message = email.message_from_bytes(trim(letter.raw), policy=email.policy.SMTP)
        values = gateway.message_parse(message)
        claims = gateway.env["its.claim"].sudo()
        parent = self.env["mail.message"].sudo().browse(values.pop("parent_id", ()))
        answered = parent.res_id if parent.model == "its.claim" else 0
        letter.unproven = incoming.failed_proof(message, values)
        incoming.clean_letter(claims, values, [answered])
        incoming.find_writer(claims, message, values, letter, self.env.uid)
        route = ("its.claim", 0 if chosen else answered, defaults, self.env.uid, None)
        if not chosen:
            route = incoming.find_route(claims, values, route, letter.unproven)
        elif letter.unproven:
            route[2]["unproven"] = letter.unproven
        values.update(gateway._message_parse_post_process(message, values, [route]))
        return claims.browse(gateway._message_route_process(message, values, [route]))


def _bytes(message):
    """A letter as those bring it who call the gateway."""
    if isinstance(message, Binary):
        message = message.data
    if isinstance(message, str):
        return message.encode("utf-8", "surrogateescape")
    return bytes(message)
