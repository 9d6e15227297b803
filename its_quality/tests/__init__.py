"""Odoo runs what is an attribute here, so modules of tests have names that are unique over the
rooms. Those right here are about all of the addon."""

# isort: off
from . import (
    test_accessibility,
    test_clients_listed,
    test_days,
    test_demo,
    test_entrances,
    test_every_screen,
    test_export_texts,
    test_given,
    test_kept_fields,
    test_neighbour_apps,
    test_neighbours,
    test_overrides,
    test_page_queries,
    test_patterns,
    test_personal_data,
    test_public_pages,
    test_roles,
    test_security_card_fields,
    test_security_companies,
    test_security_employee,
    test_security_names,
    test_security_other_apps,
    test_security_roles,
    test_security_words,
    test_texts,
    test_translations,
    test_upgrading,
)
from .base import *
from .client import *
from .survey import *
from .call import *
from .claim import *
from .connect import *
from .phone import *
from .onec import *
from .home import *
from .report import *
