from . import base, client, claim, connect  # isort: skip
