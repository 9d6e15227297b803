from odoo import api, models
from odoo.tools import SQL


class ItsClaim(models.Model):
    """Reading claims for a screen: the people, firms and stages that several fields lead
    to are fetched together, and not field by field; so are the columns of a kanban."""

    _inherit = "its.claim"

    @api.readonly
    def web_read(self, specification):
        if "movement_ids" not in specification:
            # A form asks for all of the claim by its buttons, others for what they show.
            self.fetch(specification.keys() - {"activity_ids"})
        self.check_access("read")
        self._fetch_along(specification)
        return super().web_read(specification)

    def _fetch_along(self, names):
        """Fill the cache with what the names of users, clients and stages are made of.

        :param names: of the fields that are going to be read
        """

        def of(name):
            return self[name] if name in names else self.browse()[name]

        if "activity_ids" in names and not self - self._filtered_access(
            self._mail_post_access
        ):
            # Whoever may post sees all the to-dos: Odoo would ask one by one.
            self.sudo().mapped("activity_ids")
        movements = of("movement_ids")
        users = of("user_id") | of("next_user_id") | movements.user_id
        users = (users | of("activity_ids").sudo().user_id).sudo()
        users.mapped("login")
        firms = of("partner_id") | of("contact_id")
        (firms.sudo() | users.partner_id).mapped("name")
        stages = of("stage_id") | movements.from_stage_id | movements.to_stage_id
        stages.mapped("name")

    # -------------------------------------------------------------------------
    # Columns of a kanban
    # -------------------------------------------------------------------------

    @api.model
    @api.readonly
    def web_read_group(self, domain, groupby, *args, **options):
        result = super().web_read_group(domain, groupby, *args, **options)
        columns = [
            group
            for group in result["groups"]
            if _in_columns(groupby) and "__records" in group
        ]
        claims = self.browse(id_ for group in columns for id_ in group["__records"])
        read = claims.web_read(options.get("unfold_read_specification") or {})
        by_id = dict(zip(claims.ids, read, strict=True))
        for group in columns:
            group["__records"] = [by_id[id_] for id_ in group["__records"]]
        return result

    def _open_groups(self, *, records_opening_info, domain, groupby, **options):
        """Find the claims of all columns by one query, where Odoo makes one of each."""
        if not _in_columns(groupby):
            return super()._open_groups(
                records_opening_info=records_opening_info,
                domain=domain,
                groupby=groupby,
                **options,
            )
        columns = []
        super()._open_groups(
            records_opening_info=columns, domain=domain, groupby=groupby, **options
        )
        self._find_claims(columns, domain, options["dict_order"])

    def _find_claims(self, columns, domain, dict_order):
        """Put the ids of its claims into each column, in the order of the view.

        :param columns: as ``_open_groups`` collects them: domain, limit, offset, group
        """
        asked = [f"{name} {way}" for name, way in dict_order.items()]
        usual = [
            part for part in self._order.split(",") if part.split()[0] not in dict_order
        ]
        order = ", ".join(
            part
            for part in (*asked, *usual)
            if part.split()[0] not in ("stage_id", "__count")
        )
        found = [
            self._search(
                domain & column["domain"],
                order=order,
                limit=column["limit"],
                offset=column["offset"],
            ).select()
            for column in columns
        ]
        if found:
            arrays = SQL(", ").join(SQL("ARRAY(%s)", select) for select in found)
            found = self.env.execute_query(SQL("SELECT %s", arrays))[0]
        for column, ids in zip(columns, found, strict=True):
            column["group"]["__records"] = ids


def _in_columns(groupby):
    """Whether claims are grouped as the kanban shows them."""
    return list(groupby) == ["stage_id"]
