"""What a row or a group of a list, a pivot or a chart is called where there is none: «None»
does not say of what."""

from odoo.tools import LazyTranslate

_lt = LazyTranslate(__name__)

NO_CLIENT = _lt("No client")
NO_SERVICE = _lt("No service")
NO_TEAM = _lt("No team")
NO_SUBSCRIPTION = _lt("No subscription")
NO_PROBLEM = _lt("No problem named")
NO_REASON = _lt("No reason named")
NOBODY = _lt("Nobody")
