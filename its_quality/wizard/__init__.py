from . import base_partner_merge, its_subscription_cancel
