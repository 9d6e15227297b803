"""The link by which a client speaks without a login: bound to one asking, and kept
nowhere."""

import hashlib

from odoo import api, fields, models
from odoo.tools import SQL, consteq, email_normalize, hmac
from odoo.tools.sql import column_exists

from .rules import BEFORE_THE_END

SCOPE = "its_quality.claim_link"
SYSTEM = "base.group_system"
# Nobody reopens a claim that often; a bound for what strangers make us compute.
ASKINGS = 100


def same_text(secret, given):
    """Compare as slowly as needed, whatever letters a stranger has sent."""
    return consteq(secret.encode(), given.encode(errors="replace"))


class ItsClaim(models.Model):
    """Whoever holds the link of the client speaks for him, so each asking has a link of
    its own: it changes when the client is asked, and when work begins again after his
    answer. A letter and its reminder carry the same.

    A link lives while its claim is open. Of a closed one it still opens the state, and
    takes that it did not help. Former links say how to answer, and give no right. Nobody
    of the staff gets one but who administers the server.
    """

    _inherit = "its.claim"

    # Not a column: made of the secret of the database whenever it is needed.
    access_token = fields.Char(
        compute="_compute_access_token",
        compute_sudo=True,
        store=False,
        groups=SYSTEM,
    )
    asking = fields.Integer(
        string="Number of the asking",
        readonly=True,
        copy=False,
        groups=SYSTEM,
        help="Each has a link of its own by which the client answers.",
    )
    former_token = fields.Char(
        string="Digest of a former link",
        readonly=True,
        copy=False,
        groups=SYSTEM,
        help="Of the link that the letters of this claim had before each asking got "
        "one of its own.",
    )

    def _auto_init(self):
        result = super()._auto_init()
        self._forget_tokens()
        return result

    def _forget_tokens(self):
        """Keep of the links there were what is needed to know them again."""
        if not column_exists(self.env.cr, self._table, "access_token"):
            return
        self.env.cr.execute(
            SQL(
                """
                UPDATE %(table)s
                   SET former_token = encode(
                           sha256(convert_to(access_token, 'UTF8')), 'hex')
                 WHERE access_token IS NOT NULL
                """,
                table=SQL.identifier(self._table),
            )
        )
        self.env.cr.execute(
            SQL("ALTER TABLE %s DROP COLUMN access_token", SQL.identifier(self._table))
        )

    @api.depends("asking")
    def _compute_access_token(self):
        for claim in self:
            stored = claim._origin
            claim.access_token = bool(stored) and stored._token_of(stored.asking)

    def _token_of(self, asking):
        """The token in the link of an asking.

        :param asking: its number
        """
        return hmac(self.sudo().env, SCOPE, (self.id, asking))

    def _tokens(self):
        """All tokens that letters about these claims have had.

        :return: a list
        """
        return [
            claim._token_of(asking)
            for claim in self.sudo()
            for asking in claim._askings()
        ]

    def _askings(self):
        """The numbers of the askings up to now, the last ones if there were many."""
        return range(max(self.asking - ASKINGS, 0), self.asking + 1)

    # -------------------------------------------------------------------------
    # What a link is worth
    # -------------------------------------------------------------------------

    def _is_living_link(self, token):
        """Whether a token is that of the link by which the client speaks now."""
        return bool(self and token) and same_text(self.sudo().access_token, token)

    def _is_former_link(self, token):
        """Whether a token once was."""
        if not self or not token:
            return False
        claim = self.sudo()
        digest = hashlib.sha256(token.encode(errors="replace")).hexdigest()
        if claim.former_token and same_text(claim.former_token, digest):
            return True
        return any(
            same_text(claim._token_of(asking), token)
            for asking in claim._askings()[:-1]
        )

    def _lets_link_in(self, token):
        """Whether a token opens the thread: while the claim is open."""
        return self._is_living_link(token) and self.sudo().state in BEFORE_THE_END

    def _is_asked_anew(self, former):
        """Whether a step of the claim makes the links there are former ones.

        :param former: the state it comes from
        """
        if self.state == "follow_up":
            return former != "follow_up"
        return self.state == "in_progress" and former in ("follow_up", "closed")

    def _ways_to_answer(self):
        """How the client reaches us without a link.

        :return: ``{"phone": …, "email": …}``, each maybe empty
        """
        self.ensure_one()
        company = self.sudo().company_id
        replies = self.sudo()._notify_get_reply_to(default=company.email)
        return {
            "phone": company.phone or "",
            "email": email_normalize(replies[self.id] or "") or "",
        }

    # -------------------------------------------------------------------------
    # Who gets it
    # -------------------------------------------------------------------------

    def _may_know_token(self):
        """Whether the user may get the link: our letters, and who administers the
        server and knows the secret of the database anyway."""
        return self.env.su or self.env.user.has_group(SYSTEM)

    def _portal_ensure_token(self):
        # The field is closed to colleagues, whose letters have links, too.
        return self.sudo().access_token

    def _sign_token(self, pid):
        return super(ItsClaim, self.sudo())._sign_token(pid)

    def _compute_access_url(self):
        super()._compute_access_url()
        for claim in self:
            claim.access_url = f"/my/claims/{claim.id}"

    def _get_share_url(
        self, redirect=False, signup_partner=False, pid=None, share_token=True
    ):
        # What is shared is posted where colleagues read it, so it has the link only
        # where Odoo leads the client on. Nothing signs for, or signs up, anybody.
        return super()._get_share_url(
            redirect=redirect, share_token=share_token and self.env.su
        )

    def get_portal_url(
        self,
        suffix=None,
        report_type=None,
        download=None,
        query_string=None,
        anchor=None,
    ):
        """The address of the client's page.

        :return: with his link for letters and for who administers the server
        :raises AccessError: of a claim that the user may not read
        """
        self.check_access("read")
        if not self._may_know_token():
            return self.access_url
        return super().get_portal_url(
            suffix=suffix,
            report_type=report_type,
            download=download,
            query_string=query_string,
            anchor=anchor,
        )

    def _notify_get_recipients_groups(self, message, model_description, msg_vals=False):
        groups = super()._notify_get_recipients_groups(
            message, model_description, msg_vals=msg_vals
        )
        for name, _is_of, options in groups:
            if name == "portal_customer":
                # Odoo's would sign for the client, and sign him up, for ever.
                claim = self.sudo()
                url = f"{claim.get_base_url()}{claim.get_portal_url()}"
                options["button_access"] = {"url": url}
        return groups
