from odoo import api, models
from odoo.fields import Domain

from .incoming import Incoming


class MailAliasDomain(models.Model):
    """Our addresses do not change while a letter is taken in: Odoo asks for them ten times
    a letter, and gets what it has found the first time."""

    _inherit = "mail.alias.domain"

    @api.model
    def _search(self, domain, offset=0, limit=None, order=None, **options):
        letter = Incoming.of(self.env)
        if not letter or offset or not Domain(domain).is_true():
            return super()._search(domain, offset, limit, order, **options)
        found = letter.once(
            ("domains", order, *sorted(options.items()), *self._its_reader()),
            lambda: tuple(
                super(MailAliasDomain, self)._search([], order=order, **options)
            ),
        )
        return self.browse(found[:limit])._as_query()

    @api.model
    def _find_aliases(self, email_list):
        letter = Incoming.of(self.env)
        if not letter:
            return super()._find_aliases(email_list)
        found = letter.once(
            ("aliases", *email_list, *self._its_reader()),
            lambda: super(MailAliasDomain, self)._find_aliases(email_list),
        )
        return list(found)

    def _its_reader(self):
        """Who asks: what they find is what they may read."""
        env = self.env
        return env.uid, env.su, tuple(env.context.get("allowed_company_ids") or ())
