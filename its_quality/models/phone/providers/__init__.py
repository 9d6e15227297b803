"""What each telephone exchange sends, and how it proves that it is the one who does:
plain classes with one interface, a file each. They know nothing of Odoo."""

from .asterisk import Asterisk
from .generic import Generic
from .mango import Mango
from .novofon import Novofon

PROVIDERS = {
    "generic": Generic,
    "asterisk": Asterisk,
    "mango": Mango,
    "novofon": Novofon,
}
