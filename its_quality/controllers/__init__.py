from . import base, client, survey, claim, connect, phone, onec  # isort: skip
