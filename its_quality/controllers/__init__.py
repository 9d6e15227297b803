from . import claim_form, claim_link, claim_portal, connect, its_import, survey
