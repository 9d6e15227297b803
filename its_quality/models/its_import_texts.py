from odoo import models

from ..onec import ERROR_TEXTS, ISSUE_TEXTS
