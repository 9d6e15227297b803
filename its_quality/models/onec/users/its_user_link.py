from odoo import fields, models
from odoo.tools import email_normalize

from ....onec import name_key


def person_keys(values):
    """By what the same person is known again in a file without references.

    :param values: of an ``onec.UserRecord``
    :return: ``(name, e-mail)`` as they are compared; either may be ``None``
    """
    name = values.get("name") or ""
    email = email_normalize(values.get("email") or "") or None
    return name_key(name) or name.casefold() or None, email


class ItsUserLink(models.Model):
    """Links a user of an infobase of 1C to a user of Odoo.

    The reference of 1C identifies the user; in a list without references, the e-mail
    address and the name do.
    """

    _name = "its.user.link"
    _description = "Infobase User"
    _log_access = False
    _rec_name = "name"

    source_id = fields.Many2one("its.import.source", required=True, ondelete="cascade")
    user_id = fields.Many2one(
        "res.users", required=True, ondelete="cascade", index=True
    )
    ref = fields.Char(help="The GUID of this user in 1C.")
    name = fields.Char(help="The name of this user in 1C.")
    name_key = fields.Char()
    email_key = fields.Char()

    _one_per_ref = models.UniqueIndex("(source_id, ref) WHERE ref IS NOT NULL")
    _one_per_person = models.UniqueIndex(
        "(source_id, name_key, COALESCE(email_key, '')) WHERE ref IS NULL"
    )

    def _remember(self, source, values, user):
        """Remember which user of Odoo a user of an infobase is.

        Only the import calls this, after it has asked for the rights that it needs:
        users may not write these rows themselves, since they decide who is proposed for
        archiving.

        :param values: of an ``onec.UserRecord``
        """
        links = self.sudo()
        link = KnownPeople(links.search([("source_id", "=", source.id)])).find(values)
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


class KnownPeople:
    """People of one information base, to be found by what a list says of them.

    :param links: of that base
    """

    def __init__(self, links):
        self._nobody = links.browse()
        self._by_ref = {link.ref: link for link in links if link.ref}
        self._by_email, self._by_name = {}, {}
        for link in links:
            if link.email_key:
                self._by_email.setdefault(link.email_key, []).append(link)
            if link.name_key:
                self._by_name.setdefault(link.name_key, []).append(link)

    def find(self, values):
        """Find the link of this very person.

        :param values: of an ``onec.UserRecord``
        :return: a link, or none
        """
        ref = values.get("ref")
        if ref in self._by_ref:
            return self._by_ref[ref]
        name, email = person_keys(values)
        # Somebody with another reference is somebody else.
        found = [
            link for link in self._by_email.get(email, ()) if not (ref and link.ref)
        ]
        if len(found) == 1:
            return found[0]
        # An address may be that of a department, a name that of two people.
        found = [
            link
            for link in self._by_name.get(name, ())
            if not (ref and link.ref)
            and (not email or link.email_key in (False, email))
        ]
        return found[0] if len(found) == 1 else self._nobody
