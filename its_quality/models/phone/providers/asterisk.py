"""Asterisk, whose events are listened to: it sends no requests, see ``..ami``."""

from .provider import Provider, Refused


class Asterisk(Provider):
    """Whatever comes by a request is not from it."""

    def check(self, sent, login, secret, now):
        raise Refused("The secret is wrong.", 401, "phone_secret")

    def events(self, sent):
        return []

    def order(self, extension, number, login, secret, address, now):
        return None
