"""Dialogs of Odoo that records of every room come by."""

from . import mail_compose_message
