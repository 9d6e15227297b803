from . import its_subscription_cancel
