from odoo import models
from odoo.tools import SQL, email_normalize

from ...onec import name_key
from .res_partner_prepared import PREPARED

NO_PICTURE = ("image_1024", "image_512", "image_256", "image_128")


class ItsImport(models.Model):
    """Creating clients by the thousand: what Odoo would work out for each of them
    alone is given to it where it is known beforehand.

    Everything still goes through ``create`` of ``res.partner``, so what other addons
    do there is done.
    """

    _inherit = "its.import"

    def _create_clients(self, partners, values_list, digits):
        """Create clients that have no parent.

        :param partners: an empty recordset with the context to create in
        :param values_list: their values, in the order of which they come back
        :param digits: of each the phone as Odoo compares it, empty if unknown
        """
        if not values_list:
            return partners
        # What every new partner gets is asked for once, not once a partner.
        defaults = partners._add_missing_default_values({})
        ids = self._new_partner_ids(len(values_list))
        known_list = list(map(self._known_values, values_list, digits))
        created = partners.with_context(its_clients_prepared=PREPARED).create(
            [
                {
                    **defaults,
                    "user_id": False,
                    "commercial_partner_id": partner_id,
                    **values,
                    **(known or {}),
                }
                for partner_id, values, known in zip(
                    ids, values_list, known_list, strict=True
                )
            ]
        )
        pairs = zip(created, known_list, strict=True)
        self._spare_computing([(client, known) for client, known in pairs if known])
        return created.with_context(its_clients_prepared=None)

    def _new_partner_ids(self, count):
        """Take the next ids of partners, to name them in the rows they are ids of."""
        rows = self.env.execute_query(
            SQL(
                "SELECT nextval('res_partner_id_seq') FROM generate_series(1, %s)",
                count,
            )
        )
        return [partner_id for (partner_id,) in rows]

    def _known_values(self, values, digits):
        """What Odoo would compute from these values of a client without a parent.

        :return: ``{stored computed field: value}``, or ``None`` if it is better asked
        """
        if values.get("phone") and not digits:
            return None
        name = values["name"].strip()
        return {
            "complete_name": name,
            "commercial_company_name": name if values["is_company"] else False,
            "email_normalized": email_normalize(values.get("email"), strict=False),
            "its_name_key": name_key(name),
            "partner_share": True,
            "phone_sanitized": digits or False,
        }

    def _spare_computing(self, clients):
        """Take new clients off the list of those to be computed.

        The first of them is computed all the same: where an addon has made another
        rule of it, it comes out otherwise, and then the rest is computed as well.

        :param clients: ``[(client, its known values)]``
        """
        if len(clients) < 2:
            return
        (probe, known), *_others = clients
        others = probe.browse([client.id for client, _known in clients[1:]])
        expected = {
            **known,
            **dict.fromkeys(NO_PICTURE, False),
            "commercial_partner_id": probe,
        }
        computed = {name: probe._fields[name] for name in expected}
        # Before the probe is asked for, or all would be computed with it.
        for field in computed.values():
            self.env.remove_to_compute(field, others)
        for name, value in expected.items():
            if (probe[name] or False) != (value or False):
                self.env.add_to_compute(computed[name], others)
