from . import claim_form, claim_portal, its_import, survey
