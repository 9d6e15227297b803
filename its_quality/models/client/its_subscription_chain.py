from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import format_date

from .continuation import CONTRACT, ONE_DAY, Continuation, Period, refusal
from .renewal import renewed_words

# What the matching reads of each subscription of a client.
READ = (
    "company_id",
    "service_id",
    "service_kind",
    "date_start",
    "date_end",
    "date_cancelled",
    "previous_id",
    "registration_number",
    "contract_number",
)


class ItsSubscription(models.Model):
    """What it continues, and what continues it.

    ``previous_id`` is what somebody has entered, by «Renew» above all; what counts is
    ``continues_id``, which :class:`.Continuation` finds for all subscriptions of a
    client, whichever way they were entered.
    """

    _inherit = "its.subscription"

    previous_id = fields.Many2one(
        "its.subscription",
        string="Renews",
        ondelete="set null",
        copy=False,
        check_company=True,
        index="btree_not_null",
        domain="[('partner_id', '=', partner_id), ('date_end', '!=', False)]",
        help="Chosen by hand or by «Renew». Empty: what it continues is found by the "
        "dates.",
    )
    next_ids = fields.One2many("its.subscription", "previous_id", string="Renewed by")
    continues_id = fields.Many2one(
        "its.subscription",
        compute="_compute_continuation",
        store=True,
        copy=False,
        index="btree_not_null",
        ondelete="set null",
    )
    continued_ids = fields.One2many(
        "its.subscription", "continues_id", string="Continued by"
    )
    is_renewed = fields.Boolean(
        string="Renewed", compute="_compute_continuation", store=True
    )
    standing = fields.Char(
        string="Validity",
        compute="_compute_standing",
        help="What the dates say of it; of one that is renewed, until when.",
    )
    client_since = fields.Date(
        string="Without interruption since",
        compute="_compute_continuation",
        store=True,
        help="The beginning of the first of the subscriptions that continue one "
        "another.",
    )
    date_last = fields.Date(
        string="Last day",
        compute="_compute_continuation",
        store=True,
        help="The last day in force: the end, or the day before the cancellation. "
        "Empty if there is none, or if it never began.",
    )
    covered_until = fields.Date(
        string="Covered until",
        compute="_compute_continuation",
        store=True,
        help="The last day, or the day before the subscription that continues it "
        "begins.",
    )

    _renewed_once = models.UniqueIndex(
        "(previous_id) WHERE previous_id IS NOT NULL AND date_cancelled IS NULL",
        "This subscription has already been renewed.",
    )
    # Whoever recomputes a client's chains writes them one after another.
    _continued_once = models.Constraint(
        "UNIQUE (continues_id) DEFERRABLE INITIALLY DEFERRED",
        "This subscription is already continued by another one.",
    )
    _contracts_by_last_day = models.Index(
        "(date_last) INCLUDE (company_id, state, service_id, last_team_id, "
        "date_cancelled, is_renewed) WHERE service_kind = 'contract' AND date_last IS NOT NULL"
    )

    # -------------------------------------------------------------------------
    # Computes
    # -------------------------------------------------------------------------

    @api.depends(
        "partner_id",
        "company_id.its_renewal_gap",
        *(f"partner_id.its_subscription_ids.{name}" for name in READ),
    )
    def _compute_continuation(self):
        saved = self.filtered("id")
        for subscription in self - saved:
            # On a form that is not saved all is as it was.
            origin = subscription._origin
            subscription.update(
                {name: origin[name] for name in self._its_continuation_fields()}
            )
        every = self.with_context(active_test=False).search_fetch(
            [("partner_id", "in", saved.partner_id.ids)], ["partner_id", *READ]
        )
        wanted = set(saved.ids)
        of_clients = every.grouped(lambda one: (one.partner_id, one.company_id))
        for (_client, company), subscriptions in of_clients.items():
            if wanted.isdisjoint(subscriptions.ids):
                continue
            periods = [subscription._its_period() for subscription in subscriptions]
            chains = Continuation(periods, company.its_renewal_gap)
            for subscription, period in zip(subscriptions, periods, strict=True):
                if period.id in wanted:
                    subscription.update(self._its_continuation(chains, period))

    @api.model
    def _its_continuation_fields(self):
        return (
            "continues_id",
            "is_renewed",
            "client_since",
            "date_last",
            "covered_until",
        )

    @api.model
    def _its_continuation(self, chains, period):
        """The values of the fields that tell of a chain."""
        return {
            "continues_id": chains.formers.get(period.id),
            "is_renewed": period.id in chains.followers,
            "client_since": chains.since(period.id),
            "date_last": period.began and period.last,
            "covered_until": chains.covered_until(period.id),
        }

    @api.depends("state", "is_renewed", "continued_ids.date_end")
    @api.depends_context("lang")
    def _compute_standing(self):
        states = dict(self._fields["state"]._description_selection(self.env))
        for subscription in self:
            words = renewed_words(subscription)
            if not words or subscription.state == "cancelled":
                words = states.get(subscription.state, "")
            subscription.standing = words

    def _its_lost_reason(self):
        """Why a contract is over, in words; ``False`` of one that is not."""
        company = self.company_id or self.env.company
        if not self.date_last or self.date_last >= company._its_today():
            return False
        if self.is_renewed:
            return False
        return self.cancellation_reason_id.name or self.env._("not renewed")

    def _its_period(self):
        """This subscription as the matching sees it."""
        self.ensure_one()
        return Period(
            id=self.id,
            service_id=self.service_id.id,
            kind=self.service_kind,
            start=self.date_start or None,
            end=self.date_end or None,
            cancelled=self.date_cancelled or None,
            previous_id=self.previous_id.id,
            registration=self.registration_number or None,
            number=self.contract_number or None,
        )

    @api.onchange("partner_id", "service_id")
    def _onchange_offer(self):
        """Offer to continue what ends, where a new subscription is entered by hand."""
        if self._origin:
            return
        offered = self._its_offer()
        if self.previous_id == offered:
            return
        self.previous_id = offered
        if offered:
            self.update(offered._its_next_dates())
            if offered.service_id == self.service_id:
                self.contract_number = offered.contract_number
                self.registration_number = offered.registration_number

    @api.onchange("service_id", "date_start")
    def _onchange_year(self):
        """What is subscribed to by hand is for a year, unless somebody says otherwise;
        a program is bought for good."""
        if (
            not self._origin
            and not self.previous_id
            and self.service_id.kind in (CONTRACT, "service")
            and self.date_start
            and (not self.date_end or self.date_end <= self.date_start)
        ):
            self.date_end = self.date_start + relativedelta(years=1) - ONE_DAY

    def _its_offer(self):
        """What a new subscription is likely to continue: what ends about now, and
        nothing continues yet."""
        company = self.company_id or self.env.company
        today = company._its_today()
        soon = max(company.its_renewal_gap, company.its_expiring_days)
        found = self.search(
            [
                ("partner_id", "=", self.partner_id._origin.id),
                ("company_id", "=", company.id),
                ("service_kind", "=", self.service_id.kind),
                ("is_renewed", "=", False),
                ("date_cancelled", "=", False),
                ("date_end", ">=", today - relativedelta(days=company.its_renewal_gap)),
                ("date_end", "<=", today + relativedelta(days=soon)),
            ]
        )
        same = found.filtered(lambda one: one.service_id == self.service_id)
        if not same and self.service_id.kind == CONTRACT:
            same = found
        return same.sorted(lambda one: abs((one.date_end - today).days))[:1]

    # -------------------------------------------------------------------------
    # Constraints
    # -------------------------------------------------------------------------

    @api.constrains("previous_id", "partner_id")
    def _check_previous(self):
        if self._has_cycle("previous_id"):
            raise ValidationError(
                self.env._("A subscription cannot renew itself. Choose another one.")
            )
        for subscription in self:
            chained = subscription.previous_id + subscription.next_ids
            if chained.partner_id - subscription.partner_id:
                raise ValidationError(
                    self.env._(
                        "A renewal belongs to the same client as the subscription "
                        "it renews. Choose a subscription of %(client)s.",
                        client=subscription.partner_id._its_visible_name(),
                    )
                )

    @api.constrains("previous_id")
    def _check_previous_fits(self):
        for subscription in self.filtered("previous_id"):
            doubt = subscription._its_doubt(subscription.previous_id)
            if doubt:
                raise ValidationError(doubt)

    def _its_doubt(self, former):
        """Why this subscription cannot continue another one of its client.

        :return: a sentence, or ``None``
        """
        self.ensure_one()
        gap = self.company_id.its_renewal_gap
        reason = refusal(former._its_period(), self._its_period(), gap)
        if not reason:
            return None
        former = former.with_context(its_hide_client=True)
        names = {
            "former": former.display_name,
            "start": format_date(self.env, self.date_start),
            "end": format_date(self.env, former._its_period().last),
            "days": gap,
        }
        return {
            "service": self.env._(
                "A contract renews a contract, and a program or service only itself: "
                "%(former)s is something else. Choose another one, or leave «Renews» "
                "empty.",
                **names,
            ),
            "endless": self.env._(
                "%(former)s has no end date, so nothing can renew it. Fill in its "
                "«Until» first.",
                **names,
            ),
            "never_began": self.env._(
                "%(former)s or its renewal was cancelled before it began. Restore it, "
                "or leave «Renews» empty.",
                **names,
            ),
            "not_after": self.env._(
                "A renewal begins later than what it renews, %(former)s. Correct "
                "«From», or leave «Renews» empty.",
                **names,
            ),
            "too_late": self.env._(
                "%(former)s ended on %(end)s. What begins on %(start)s, more than "
                "%(days)s days later, is not a renewal. Correct «From», or leave "
                "«Renews» empty.",
                **names,
            ),
            "too_early": self.env._(
                "%(former)s is in force until %(end)s. What begins on %(start)s, more "
                "than %(days)s days earlier, is not a renewal. Correct «From», or "
                "leave «Renews» empty.",
                **names,
            ),
        }[reason]

    # -------------------------------------------------------------------------
    # Renewing
    # -------------------------------------------------------------------------

    def action_ask_renewal(self):
        """Ask for period and numbers of the renewal.

        :return: an action that opens a dialog
        :raises UserError: when it cannot be renewed
        """
        self.ensure_one()
        self.check_access("write")
        self._check_can_renew()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Renew the subscription"),
            "res_model": "its.subscription.renew",
            "view_mode": "form",
            "target": "new",
            "context": {"default_subscription_id": self.id},
        }

    def action_renew(self):
        """Create the next period and open it."""
        self.ensure_one()
        following = self._do_renew()
        return {
            "type": "ir.actions.act_window",
            "res_model": self._name,
            "res_id": following.id,
            "view_mode": "form",
        }

    def _do_renew(self, values=None):
        """Chain a new subscription of the same length to each of these.

        :param values: of the new ones, where they differ from what is proposed
        :return: the new subscriptions
        :raises UserError: for a subscription without an end, one that is
            cancelled, or one that has been renewed before
        """
        self.check_access("write")
        vals_list = []
        for subscription in self:
            subscription._check_can_renew()
            vals_list.append(
                {
                    "partner_id": subscription.partner_id.id,
                    "service_id": subscription.service_id.id,
                    "company_id": subscription.company_id.id,
                    "contract_number": subscription.contract_number,
                    "registration_number": subscription.registration_number,
                    "previous_id": subscription.id,
                    **subscription._its_next_dates(),
                    **(values or {}),
                }
            )
        return self.create(vals_list)

    def _check_can_renew(self):
        self.ensure_one()
        if self.date_cancelled:
            raise UserError(
                self.env._(
                    "%(name)s was cancelled on %(date)s. Restore it before renewing.",
                    name=self.display_name,
                    date=format_date(self.env, self.date_cancelled),
                )
            )
        if not self.date_end:
            raise UserError(
                self.env._(
                    "%(name)s has no end date, so there is nothing to renew. Fill in "
                    "«Until» first.",
                    name=self.display_name,
                )
            )
        if self.is_renewed:
            raise UserError(
                self.env._(
                    "%(name)s has already been renewed until %(date)s.",
                    name=self.display_name,
                    date=format_date(self.env, self.continued_ids.date_end),
                )
            )
        undone = self.next_ids.filtered(
            lambda renewal: (
                renewal.date_cancelled
                and renewal.service_id == self.service_id
                and renewal.date_start == self.date_end + ONE_DAY
            )
        )
        if undone:
            raise UserError(
                self.env._(
                    "%(name)s was renewed, but the renewal was cancelled on %(date)s. "
                    "Open the renewal and press «Restore».",
                    name=self.display_name,
                    date=format_date(self.env, undone[0].date_cancelled),
                )
            )

    def _its_next_dates(self):
        """The period that follows this one, of the same length."""
        self.ensure_one()
        start = self.date_end + ONE_DAY
        return {"date_start": start, "date_end": start + self._length() - ONE_DAY}

    def _length(self):
        """The period as whole months where it is so, else in days.

        A contract from 1 February to 31 July lasts six months, not 181 days; one from
        31 January to 28 February, where there is no 31st, a month.

        :return: a ``relativedelta``; a year where the start is not known
        """
        self.ensure_one()
        if not self.date_start:
            return relativedelta(years=1)
        after = self.date_end + relativedelta(days=1)
        length = relativedelta(after, self.date_start)
        if after.day == 1 and self.date_start.day > self.date_end.day:
            return relativedelta(
                months=12 * (after.year - self.date_start.year)
                + (after.month - self.date_start.month - 1)
            )
        if length.days:
            return relativedelta(days=(after - self.date_start).days)
        return length
