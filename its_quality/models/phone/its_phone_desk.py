from odoo import api, models
from odoo.exceptions import AccessError, UserError

from ...tools.given import takes
from ..base.groups import GROUP_CLIENT_MANAGER, GROUP_USER
from ..client.renewal import is_to_renew, until_words
from . import calling
from .numbers import key_of


class ItsPhoneDesk(models.AbstractModel):
    """The card of who calls, over whatever page its reader is on.

    Whoever is rung up is told that somebody calls, and asks here for what is known of
    them: so each sees what their role opens, and of other clients only whose they are.
    """

    _name = "its.phone.desk"
    _description = "Card of Who Calls"

    @api.model
    @takes(event_id=int)
    def get_card(self, event_id):
        """What is known of who calls.

        :param event_id: of the event that the reader was told of
        :return: a dict for the card
        :raises AccessError: if it rings at somebody else's
        """
        event = self._find(event_id)
        cards = (
            self.env["its.phone.number"].sudo()._cards(event.number, event.company_id)
        )
        clients = cards.commercial_partner_id
        return {
            "number": event.number or "",
            "line": self._line(event).name or "",
            "is_hidden": not key_of(event.number),
            "clients": [self._client(client, cards) for client in clients],
            "may_link": self.env.user.has_group(GROUP_CLIENT_MANAGER),
        }

    @api.model
    @takes(event_id=int, partner_id=int)
    def link_number(self, event_id, partner_id):
        """Say whose the number is: it is on their card from now on, and the calls from
        it are theirs.

        :return: the name of the client
        """
        event = self._find(event_id)
        client = self.env["res.partner"].browse(partner_id).commercial_partner_id
        client._its_by_role().check_access("write")
        if not client.its_client:
            raise UserError(
                self.env._("%(name)s is not a client yet.", name=client.display_name)
            )
        if not key_of(event.number):
            raise UserError(self.env._("The number is hidden, so it cannot be linked."))
        if client.phone:
            client.create(
                {"name": event.number, "phone": event.number, "parent_id": client.id}
            )
        else:
            client.phone = event.number
        self.env.flush_all()
        self.env["its.phone.call"].sudo()._recognize_late(key_of(event.number))
        return client.name

    @api.model
    @takes(number=str)
    def call_number(self, number):
        """Call a number from the reader's telephone.

        :return: ``{"message": what happens now}``; without one there is no telephone of
            ours that could, and the computer's is asked
        :raises UserError: where the exchange refuses
        """
        user = self.env.user
        if not user.has_group(GROUP_USER):
            raise AccessError(
                self.env._("Calls to clients are for users with a role in ITS quality.")
            )
        to = calling.dialled(number)
        extension = user.sudo()._its_extension(self.env.companies)
        if not to or not extension:
            return {}
        connection = extension.connection_id
        if not calling.call(connection, extension.number, to):
            return {}
        return {
            "message": self.env._(
                "Pick up telephone %(extension)s: %(number)s is being called.",
                extension=extension.number,
                number=number,
            )
        }

    def _find(self, event_id):
        """The event, if it rings at the reader's."""
        if not self.env.user.has_group(GROUP_USER):
            raise AccessError(
                self.env._("Cards of callers are for users with a role in ITS quality.")
            )
        events = self.env["its.phone.event"].sudo()
        event = events.search_fetch([("id", "=", event_id)])
        if not event or self.env.user not in event._rung():
            raise AccessError(self.env._("This call does not ring at your telephone."))
        return event

    def _line(self, event):
        return event.env["its.phone.line"]._of_number(event.connection_id, event.line)

    def _client(self, client, cards):
        """What the card shows of a client; of one whom the reader does not see, only
        whose they are."""
        people = cards.filtered(
            lambda card: card.commercial_partner_id == client and card != client
        )
        # Read with the rights of the role: their rules are asked at once.
        partners = self.env["res.partner"]._its_by_role()
        own = partners.search_fetch([("id", "=", client.id)])
        if not own:
            return {
                "id": False,
                "name": client.name,
                "manager": client.user_id.name or "",
                "is_own": False,
            }
        desk = self.env["its.call.desk"]
        talks = desk._last_talks(own, limit=1)
        calls = desk._planned_calls(client)
        subscriptions = own.its_running_ids[:5]
        names = (own.user_id | talks.user_id)._its_names()
        return {
            "id": client.id,
            "name": client.name,
            "contact": ", ".join(people.mapped("name")),
            "manager": names.get(own.user_id.id, ""),
            "is_own": True,
            "risk": own.its_risk or "",
            "subscriptions": [
                {
                    "id": one.id,
                    "name": one.with_context(its_hide_client=True).display_name,
                    "until": until_words(one),
                    "expiring": is_to_renew(one),
                }
                for one in subscriptions
            ],
            "claims": desk._claims(own),
            "talk": (desk._talks(talks, names) or [None])[0],
            "call_id": calls.get(client.id, False),
        }
