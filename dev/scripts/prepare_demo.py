"""Run inside `odoo shell` on the fresh demo database: make it speak Russian.

Also builds the web client's bundles, so that the first page opens at once.
"""
# ruff: noqa: F821 - env is what the shell gives

from markupsafe import Markup

LANGUAGE = "ru_RU"

if not env["res.lang"]._get_data(code=LANGUAGE):
    language = env["res.lang"]._activate_lang(LANGUAGE)
    env["base.language.install"].create({"lang_ids": language.ids}).lang_install()
# Clients, too, and whoever else is in the demo.
env["res.partner"].with_context(active_test=False).search([]).lang = LANGUAGE
env.ref("base.user_admin").action_id = env.ref("its_quality.its_home_action").id
# To-dos are written in the language of whoever has to act; each stays on its day.
waiting = env["its.claim"].search([("next_user_id", "!=", False)])
days = {claim: claim._open_call().date_deadline for claim in waiting}
waiting._schedule_next()
for claim, day in days.items():
    if day:
        claim._open_call().write({"date_deadline": day, "its_late_since": False})
# Planned calls have the name of their cadence as it was when they were planned.
for call in env["mail.activity"].search([("its_cadence_id", "!=", False)]):
    call.summary = call.its_cadence_id.with_context(lang=LANGUAGE).name
# So have the tasks of low scores, and what the records of the demo say of their beginning.
for task in env["mail.activity"].search(
    [("its_response_id.its_is_low", "=", True), ("its_cadence_id", "=", False)]
):
    response = task.its_response_id.with_context(lang=LANGUAGE)
    task.summary = response._its_low_score_summary()
    task.note = response._its_followup_note()
threads = {}
for message in env["mail.message"].search([("body", "like", " created</p>")]):
    if message.model and message.model not in threads:
        record = env[message.model].browse(message.res_id).with_context(lang=LANGUAGE)
        threads[message.model] = record._creation_message()
    if message.model:
        message.body = Markup("<p>%s</p>") % threads[message.model]
env.cr.commit()

bundles = env["ir.qweb"].with_context(lang=LANGUAGE)
for bundle in ("web.assets_web", "web.assets_frontend", "web.assets_frontend_lazy"):
    bundles._get_asset_bundle(bundle, css=False, js=True).js()
for bundle in ("web.assets_web", "web.assets_frontend", "web.assets_web_print"):
    bundles._get_asset_bundle(bundle, css=True, js=False).css()
env.cr.commit()
