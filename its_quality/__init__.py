from . import controllers, models, report, wizard
from .hooks import post_load, pre_init_hook, uninstall_hook

__all__ = [
    "controllers",
    "models",
    "post_load",
    "pre_init_hook",
    "report",
    "uninstall_hook",
    "wizard",
]
