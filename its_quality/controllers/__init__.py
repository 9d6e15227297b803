from . import base, survey, claim, connect, phone, onec  # isort: skip
