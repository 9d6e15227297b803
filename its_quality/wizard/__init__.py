from . import base, client, survey, claim, connect  # isort: skip
