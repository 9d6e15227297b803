from . import claim_form, claim_portal, connect, export, its_import, survey
