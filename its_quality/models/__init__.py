"""The rooms, each standing on those before it: so do their classes lie on one another."""

# isort: off
from . import base
from . import client
from . import survey
from . import call
from . import claim
from . import connect
from . import phone
from . import onec
from . import home

# What only our own code writes is asked about first of all, so it comes last.
from . import its_kept_fields
