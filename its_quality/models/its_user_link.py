from odoo import fields, models
from odoo.tools import email_normalize

from ..onec import name_key


def person_keys(values):
    """By what the same person is known again in a file without references.

    :param values: of an ``onec.UserRecord``
    :return: ``(name, e-mail)`` as they are compared; either may be ``None``
    """
    name = values.get("name") or ""
    email = email_normalize(values.get("email") or "") or None
    return name_key(name) or name.casefold() or None, email


class ItsUserLink(models.Model):
    """Which user of Odoo somebody in an information base of 1C is.

    The reference of 1C tells him among all others; a list without references knows
    him by his address and his name.
    """

    _name = "its.user.link"
    _description = "User of an Information Base"
    _log_access = False
    _rec_name = "name"

    source_id = fields.Many2one("its.import.source", required=True, ondelete="cascade")
    user_id = fields.Many2one(
        "res.users", required=True, ondelete="cascade", index=True
    )
    ref = fields.Char(help="The GUID that 1C has for him.")
    name = fields.Char(help="What he is called in 1C.")
    name_key = fields.Char()
    email_key = fields.Char()

    _one_per_ref = models.UniqueIndex("(source_id, ref) WHERE ref IS NOT NULL")
    _one_per_person = models.UniqueIndex(
        "(source_id, name_key, COALESCE(email_key, '')) WHERE ref IS NULL"
    )

    def _remember(self, source, values, user):
        """Note who somebody of an information base is.

        Only the import calls this, after it has asked for the rights that it needs:
        nobody may write these rows himself, since they decide who is proposed for
        archiving.

        :param values: of an ``onec.UserRecord``
        """
        links = self.sudo()
        link = links._find(source, values)
        name, email = person_keys(values)
        known = {
            "user_id": user.id,
            "name": values.get("name"),
            "name_key": name,
            "email_key": email or link.email_key,
            "ref": values.get("ref") or link.ref,
        }
        if link:
            link.write(known)
        else:
            links.create({"source_id": source.id, **known})

    def _find(self, source, values):
        """The row of this very person, if there is one."""
        links = self.search([("source_id", "=", source.id)])
        ref = values.get("ref")
        name, email = person_keys(values)
        if ref and (found := links.filtered(lambda link: link.ref == ref)):
            return found
        if ref:
            links = links.filtered(lambda link: not link.ref)
        if email:
            found = links.filtered(lambda link: link.email_key == email)
            if len(found) == 1:
                return found
            # An address may be that of a department, a name that of two people.
            links = links.filtered(
                lambda link: not link.email_key or link.email_key == email
            )
        found = links.filtered(lambda link: link.name_key == name)
        return found if len(found) == 1 else links.browse()
