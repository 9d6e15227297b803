"""Messages cannot be forged: those in the thread of a client, a claim or any other
record of ours were written by the author they name, and stay as they were."""

from odoo import SUPERUSER_ID, api, models
from odoo.exceptions import AccessError
from odoo.tools import email_normalize
from odoo.tools.misc import clean_context

from ...tools.security_log import log_refusal

# What an e-mail has and a message of a user never has.
OF_LETTERS = frozenset(
    {
        "author_guest_id",
        "create_date",
        "date",
        "incoming_email_cc",
        "incoming_email_to",
        "message_id",
    }
)
# Part of the id that Odoo gives its own messages; no e-mail of a client has it.
OWN_ID = "-openerp-"
# The personal state of a message for each reader.
FREE = frozenset(
    {
        "needaction",
        "notification_ids",
        "notified_partner_ids",
        "pinned_at",
        "reaction_ids",
        "starred",
        "starred_partner_ids",
    }
)
# What makes a message another's, or part of another thread.
IDENTITY = frozenset(
    {
        *OF_LETTERS,
        "author_id",
        "email_from",
        "message_type",
        "model",
        "res_id",
        "tracking_value_ids",
    }
)


class Changes(list):
    """What Odoo has found changed, as commands; nobody can send one of these."""


def is_ours(env, model, res_id):
    """Whether a message is in a thread that is about clients, or of what we do.

    :param str model: whatever was given for it
    :param int res_id: likewise
    """
    thread = env.get(model) if isinstance(model, str) else None
    return (
        thread is not None
        and hasattr(thread, "_its_is_ours")
        and thread._its_is_ours(res_id)
    )


class MailThread(models.AbstractModel):
    _inherit = "mail.thread"

    @api.model
    def _its_is_ours(self, res_id=None):
        """Whether the thread of a record is about clients, or belongs to what we do; to
        be overridden where others have records of the model, too.

        :param int res_id: of the record; none for one that is not there yet
        """
        return self._name.startswith("its.")

    def _mail_track(self, tracked_fields, initial_values):
        changed, commands = super()._mail_track(tracked_fields, initial_values)
        return changed, Changes(commands)

    def message_post(self, **kwargs):
        if not self._its_is_ours(self.id):
            return super().message_post(**kwargs)
        # Defaults of a context are meant for what is created, not for what we do then.
        thread = self.with_env(self.env(context=clean_context(self.env.context)))
        kwargs = thread._its_in_own_words(kwargs)
        return super(MailThread, thread).message_post(**kwargs)

    def message_notify(self, **kwargs):
        of_none = self._name == "mail.thread"
        if of_none or self._its_is_ours(self[:1].id):
            # Of no thread at all it may be about whatever is ours; of one that the user
            # cannot see it would reveal the name.
            if not of_none:
                self.check_access("read")
            kwargs = self._its_in_own_words(kwargs)
        return super().message_notify(**kwargs)

    @api.readonly
    def message_get_followers(self, after=None, limit=100, filter_recipients=False):
        if self._its_is_ours(self.id):
            # Odoo answers any user.
            self.check_access("read")
        return super().message_get_followers(
            after=after, limit=limit, filter_recipients=filter_recipients
        )

    def _check_can_update_message_content(self, messages):
        result = super()._check_can_update_message_content(messages)
        user = self.env.user
        if self.env.uid == SUPERUSER_ID or user._is_public():
            # A visitor with a link was checked to be the author before.
            return result
        for message in messages:
            if message.author_id != user.partner_id and self._its_is_ours(self.id):
                message._its_refuse_words()
        return result

    def _its_in_own_words(self, values):
        """The values of a message in the user's own name.

        Users whom a link was given to speak through the page, which has found out who
        they are; the superuser hands on what others have said.

        :param values: of a message
        :return: the same, without what would make it somebody else's
        """
        user = self.env.user
        if self.env.uid == SUPERUSER_ID or (self.env.su and user._is_public()):
            return values
        own = dict(values)
        author = own.get("author_id")
        sender = own.get("email_from")
        if author not in (None, user.partner_id.id) or (
            sender and not self._its_is_own_address(sender)
        ):
            own.update(author_id=user.partner_id.id, email_from=None)
        if own.get("message_type") == "email":
            own["message_type"] = "comment"
        for name in OF_LETTERS:
            if own.get(name) and not (name == "message_id" and OWN_ID in own[name]):
                del own[name]
        changes = own.get("tracking_value_ids")
        if changes and not isinstance(changes, Changes):
            del own["tracking_value_ids"]
        if own != values:
            log_refusal("words_of_another", user.id, model=self._name, record=self.id)
        return own

    @api.model
    def _its_is_own_address(self, address):
        """Whether a user may write from an address: their own, or the firm's."""
        company = self.env.company
        firm = company.sudo()
        known = (
            self.env.user.email,
            firm.email,
            firm.email_formatted,
            firm.catchall_email,
            firm.default_from_email,
        )
        known = {email_normalize(one) for one in known if one}
        return email_normalize(address or "") in known


class MailMessage(models.Model):
    """The messages of these threads by themselves, as one reaches them without the
    thread: whose they are does not change, and nobody but their author rewrites them."""

    _inherit = "mail.message"

    @api.model_create_multi
    def create(self, vals_list):
        if not self.env.su:
            defaults = {
                name.removeprefix("default_"): value
                for name, value in self.env.context.items()
                if name.startswith("default_")
            }
            for vals in vals_list:
                self._its_check_new({**defaults, **vals})
        return super().create(vals_list)

    def write(self, vals):
        strange = vals.keys() - FREE
        if not self.env.su and strange:
            for message in self.sudo():
                if is_ours(self.env, message.model, message.res_id) and (
                    IDENTITY & strange or not message._its_is_own(self.env.user)
                ):
                    message._its_refuse_words(self.env.uid)
            if {"model", "res_id"} & strange:
                for message in self.sudo():
                    self._its_check_new(
                        {
                            "model": vals.get("model", message.model),
                            "res_id": vals.get("res_id", message.res_id),
                            "author_id": message.author_id.id,
                            "message_type": message.message_type,
                        }
                    )
        return super().write(vals)

    def unlink(self):
        if not self.env.su:
            for message in self.sudo():
                if is_ours(
                    self.env, message.model, message.res_id
                ) and not message._its_is_own(self.env.user):
                    message._its_refuse_words(self.env.uid)
        return super().unlink()

    def _its_is_own(self, user):
        """Whether the user is the author; a note of a change has no author."""
        return self.message_type == "comment" and self.author_id == user.partner_id

    @api.model
    def _its_check_new(self, values):
        """Refuse a message that is not in the user's own name.

        :param values: of the message
        :raises AccessError: where it is in a thread of ours
        """
        model, res_id = values.get("model"), values.get("res_id")
        if not is_ours(self.env, model, res_id):
            return
        thread = self.env[model].browse(res_id or ())
        if thread._its_in_own_words(values) != values:
            self._its_refuse_words()

    def _its_refuse_words(self, user_id=None):
        """Refuse to change these, or to say them in another's name.

        :raises AccessError: saying what to do instead
        """
        if self:
            log_refusal(
                "words_of_another", user_id, model=self.model, record=self.res_id
            )
        raise AccessError(
            self.env._(
                "A message cannot be changed by anyone but its author, nor written in "
                "another person's name. Write a message of your own instead."
            )
        )
