from odoo.tools import SQL

# What one subscription may say and the other not; both: see ``_tell_left``.
FILLED = (
    "date_cancelled",
    "cancellation_reason_id",
    "cancellation_note",
    "onec_ref",
)
# Two that say something else about these cannot both be right.
COMPARED = ("date_end", "date_cancelled", "onec_ref")


class SubscriptionMerge:
    """One subscription of those that say the same, when two cards become one: a client
    has a contract of one number and start once, see ``_not_twice``. By SQL, since the
    rules about clients hold again only after all has come to one card.

    :param wizard: of Odoo, by which cards are merged
    """

    def __init__(self, wizard):
        self.wizard = wizard
        self.env = wizard.sudo().env

    def fold(self, src_partners, dst_partner):
        """Fold what is twice, with all that is linked to each.

        :return: sentences about what cannot be joined
        """
        subscriptions = self.env["its.subscription"].search(
            [("partner_id", "in", (dst_partner | src_partners).ids)]
        )
        kept, left = {}, []
        # The one of the client who stays before the others; of a chain of renewals the
        # last link first, so that no link is left with two renewals that are the same.
        for subscription in subscriptions.sorted(
            lambda s: (s.partner_id == dst_partner, str(s.date_start or "")),
            reverse=True,
        ):
            key = subscription._its_identity()
            if key in kept:
                left += self._fold_into(kept[key], subscription)
            else:
                kept[key] = subscription
        return left

    def _fold_into(self, kept, subscription):
        left = [
            *self._keep_values(kept, subscription),
            *self._keep_chain(kept, subscription),
        ]
        self.wizard._update_foreign_keys_generic(kept._name, subscription, kept)
        self.wizard._update_reference_fields_generic(kept._name, subscription, kept)
        self.env.invalidate_all()
        subscription.unlink()
        return left

    def _keep_values(self, kept, subscription):
        """Take over what the one that stays does not say."""
        notes = [text for text in (kept.note, subscription.note) if text]
        values = {}
        if notes and notes[-1] != kept.note:
            values["note"] = "\n".join(dict.fromkeys(notes))
        day, reason = subscription.date_cancelled, subscription.cancellation_reason_id
        if not any(kept[name] for name in FILLED[:3]) and not (
            day and kept._its_day_doubt(day, reason)
        ):
            values.update({name: subscription[name] for name in FILLED[:3]})
        if not kept.onec_ref and subscription.onec_ref:
            values["onec_ref"] = subscription.onec_ref
        described = kept.fields_get(COMPARED, ["string"])
        lost = [
            f"{described[name]['string']}: {subscription[name] or '–'}"
            for name in COMPARED
            if subscription[name] != values.get(name, kept[name])
        ]
        values = {
            name: value
            for name, value in values.items()
            if value and value != kept[name]
        }
        if values:
            kept.write(values)
        if not lost:
            return []
        return [
            self.env._(
                "%(subscription)s was on both cards. The other one had different "
                "values, which were not kept: %(values)s.",
                subscription=self._name_of(kept),
                values="; ".join(lost),
            )
        ]

    def _keep_chain(self, kept, subscription):
        """Let one chain of renewals be left of two: what one continues, and what
        continues it."""
        left = []
        renewals, before = subscription.next_ids, subscription.previous_id
        if kept.next_ids and renewals:
            self._set_previous(renewals, None)
            left.append(
                self.env._(
                    "%(subscription)s was renewed twice: by %(kept)s and, on the "
                    "other card, by %(other)s, which is now a separate subscription. "
                    "Cancel the wrong one.",
                    subscription=self._name_of(kept),
                    kept=self._name_of(kept.next_ids[:1]),
                    other=", ".join(map(self._name_of, renewals)),
                )
            )
        if not before or before == kept:
            return left
        self._set_previous(subscription, None)
        if not kept.previous_id:
            self._set_previous(kept, before)
        elif kept.previous_id._its_identity() != before._its_identity():
            left.append(
                self.env._(
                    "%(subscription)s renewed %(kept)s and, on the other card, "
                    "%(other)s, which is now a separate subscription.",
                    subscription=self._name_of(kept),
                    kept=self._name_of(kept.previous_id),
                    other=self._name_of(before),
                )
            )
        return left

    def _set_previous(self, subscriptions, previous):
        subscriptions.flush_recordset(["previous_id"])
        self.env.cr.execute(
            SQL(
                "UPDATE its_subscription SET previous_id = %s WHERE id IN %s",
                previous and previous.id,
                tuple(subscriptions.ids),
            )
        )
        self.env["its.subscription"].invalidate_model(["previous_id", "next_ids"])

    def _name_of(self, subscription):
        """What distinguishes a subscription from its renewals."""
        subscription = subscription.with_context(its_hide_client=True)
        start = subscription.date_start or ""
        return (
            f"«{subscription.display_name}» ({start} – {subscription.date_end or ''})"
        )
