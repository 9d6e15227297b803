from . import its_import
