"""Whose a fact is, kept with it: the manager of the client and the team of the service as
they were when it was noted. A client who gets another manager and a service that moves to
another team take nothing of the past along. The one owner of that.
"""

from odoo import fields


def manager_field(**options):
    """The client manager of the day."""
    return fields.Many2one(
        "res.users",
        string="Client manager then",
        store=True,
        precompute=True,
        index="btree_not_null",
        help="Who managed the client when this was noted. Reports count for them.",
        **options,
    )


def team_field(**options):
    """The team of the day."""
    return fields.Many2one(
        "its.team",
        string="Team then",
        store=True,
        precompute=True,
        index="btree_not_null",
        help="Whose service it was when this was noted. Reports count for it.",
        **options,
    )


def keep_manager(facts, name, client):
    """Keep whose the clients are: asked anew only where a fact turns out to be of another
    client.

    :param name: of the field
    :param client: the name of the field of the client
    """
    for fact in facts:
        fact[name] = fact[client].user_id


def keep_team(facts, name, subscription):
    """Keep whose the services are: asked anew only where a fact turns out to be about
    another subscription.

    :param name: of the field
    :param subscription: the name of the field of the subscription
    """
    for fact in facts:
        # Of what was over by then the team of its last day.
        fact[name] = fact[subscription].last_team_id
