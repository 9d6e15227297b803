from . import claim_form, claim_portal, connect, its_import, survey
