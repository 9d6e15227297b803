"""The pages of a questionnaire."""

from . import pages
