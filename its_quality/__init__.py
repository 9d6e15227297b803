from . import controllers, models, report, wizard
from .hooks import pre_init_hook

__all__ = ["controllers", "models", "pre_init_hook", "report", "wizard"]
