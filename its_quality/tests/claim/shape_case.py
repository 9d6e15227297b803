from odoo.tools import mute_logger

from .common import GATEWAY, EmailCase

CLIENT = "chief@klever.example.com"


class ShapeCase(EmailCase):
    """Letters that ``email.mime`` has made."""

    def bring(self, letter, headers=None):
        """Let a letter come in that ``email.mime`` has made.

        :return: claims that were registered of it
        """
        type(self).number += 1
        headers = {
            "From": f"Директор <{CLIENT}>",
            "To": "quality@its.example.org",
            "Subject": "Не работает",
            "Message-Id": f"<shape-{self.number}@client.example.com>",
            **(headers or {}),
        }
        for name, value in headers.items():
            del letter[name]
            letter[name] = value
        before = self.claims()
        self.env.flush_all()
        self.env.invalidate_all()
        with mute_logger(GATEWAY):
            self.env["mail.thread"].message_process(None, letter.as_bytes())
        self.env.invalidate_all()
        return self.claims() - before
