"""What a client sees of claims: the public form, the portal, the page by the link."""

from . import form, link, portal, thread
