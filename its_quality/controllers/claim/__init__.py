"""What a client sees of claims: the public form, the portal, the page behind his link."""

from . import form, link, portal, thread
