"""What people have done with an installation of the addon before it is upgraded.

Run in an Odoo shell of the database. What is edited is listed in tests/test_upgrade.py.
"""

# ruff: noqa: F821 - `env` is the shell's
# pylint: disable=undefined-variable
boss = env.ref("base.user_admin")
boss.group_ids += env.ref("its_quality.group_administrator")
by_boss = env(user=boss.id)
quiet = {"no_reset_password": True, "tracking_disable": True}
anna = (
    env["res.users"]
    .with_context(**quiet)
    .create(
        {
            "name": "Анна",
            "login": "anna",
            "group_ids": [(6, 0, env.ref("its_quality.group_client_manager").ids)],
        }
    )
)
clients = by_boss["res.partner"].create(
    [
        {
            "name": f"ООО «Клиент {number}»",
            "is_company": True,
            "its_client": True,
            "phone": f"+7 8332 11-11-{number:02}",
            "user_id": anna.id,
            "child_ids": [(0, 0, {"name": f"Директор {number}"})],
        }
        for number in range(10)
    ]
)
clients[0].write({"its_call_consent": "granted", "its_consent_source": "Договор"})
contract = by_boss["its.service"].create({"name": "Своя услуга", "kind": "contract"})
by_boss["its.subscription"].create(
    [
        {
            "partner_id": client.id,
            "service_id": contract.id,
            "date_start": "2026-01-01",
            "date_end": "2026-12-31",
        }
        for client in clients
    ]
)
by_boss["its.interaction"].create(
    [
        {
            "partner_id": client.id,
            "contact_id": client.child_ids.id,
            "summary": "Просили обучение",
        }
        for client in clients
    ]
)
team = by_boss["its.team"].create({"name": "Своё направление", "head_id": boss.id})
by_boss["its.claim"].create(
    [
        {"subject": "Акт с ошибкой", "partner_id": client.id, "team_id": team.id}
        for client in clients[:3]
    ]
)
# Edits of what the addon brings.
template = by_boss.ref("its_quality.mail_template_claim_registered")
template.subject = "По-нашему"
by_boss.ref("its_quality.ir_cron_watch_claims").interval_number = 7
stage = by_boss["its.claim.stage"].search([], limit=1)
stage.name = "Свой этап"
by_boss.ref("its_quality.digest_weekly").periodicity = "monthly"
env.company.its_expiring_days = 45
env.cr.commit()
