from . import base, survey, claim, connect, onec  # isort: skip
