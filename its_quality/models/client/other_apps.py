"""Other apps of the firm whose users work with contacts."""

from functools import cache

from odoo.modules.module import Manifest

OURS = "its_quality"

# The lowest group of each: the higher ones of the same app imply it.
USER_GROUPS = (
    "account.group_account_invoice",
    "account.group_account_readonly",
    "event.group_event_registration_desk",
    "fieldservice.group_fsm_user_own",
    "fleet.fleet_group_user",
    "helpdesk_mgmt.group_helpdesk_user_own",
    "hr.group_hr_user",
    "hr_recruitment.group_hr_recruitment_user",
    "im_livechat.im_livechat_group_user",
    "marketing_card.marketing_card_group_user",
    "mass_mailing.group_mass_mailing_user",
    "mrp.group_mrp_user",
    "point_of_sale.group_pos_user",
    "project.group_project_user",
    "purchase.group_purchase_user",
    "sales_team.group_sale_salesman",
    "stock.group_stock_user",
    "website.group_website_restricted_editor",
    "website_slides.group_website_slides_officer",
)


@cache
def modules_below():
    """Our module and all that it depends on, whose fields our rules are about.

    :return: a frozenset of names
    """
    found, waiting = set(), [OURS]
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            waiting += Manifest.for_addon(name)["depends"]
    return frozenset(found)
