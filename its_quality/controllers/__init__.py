from . import its_import, survey
