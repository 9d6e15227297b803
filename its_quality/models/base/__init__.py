"""The firm: companies and their days, people and their deputies, teams, services,
wishes; what every record of ours keeps to (names, texts, messages, secrets).

Stands on Odoo alone."""

from . import its_secret_mixin  # isort: skip
from . import (
    absence,
    base,
    base_texts,
    days,
    groups,
    ir_attachment,
    ir_http,
    ir_http_texts,
    ir_rule,
    its_service,
    its_settings,
    its_team,
    its_wish,
    locks,
    mail_words,
    measure,
    nothing,
    purposes,
    readable,
    res_company,
    res_users,
    resource_calendar,
    settings,
    working_days,
)
