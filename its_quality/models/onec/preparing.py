"""Creating clients by the thousand: what Odoo would ask for or work out for each of them
alone is asked for once, or given, where it is known to come out the same.

What is known has been read in Odoo's code. Wherever an addon has a hand in it, nothing
is taken for known, and Odoo does it for each client as ever.
"""

import re

from odoo.tools import SQL, email_normalize

from ...onec import name_key

# Whose code has been read, by what it takes part in. A field's own rule comes first.
BASE, MAIL, PHONE, OURS = "base", "mail", "phone_validation", "its_quality"
RULES = {
    "commercial_company_name": {"_compute_commercial_company_name": {BASE}},
    "commercial_partner_id": {"_compute_commercial_partner": {BASE}},
    "complete_name": {"_compute_complete_name": {BASE}, "_get_complete_name": {BASE}},
    "email_normalized": {"_compute_email_normalized": {MAIL}, "_primary_email": {MAIL}},
    "its_name_key": {"_compute_its_name_key": {OURS}},
    "partner_share": {"_compute_partner_share": {BASE}},
    "phone_sanitized": {
        "_compute_phone_sanitized": {PHONE},
        "_phone_get_number_fields": {PHONE},
        "_phone_format": {PHONE},
        # Ours is about extensions, which are not compared.
        "_phone_format_number": {PHONE, OURS},
    },
    "user_id": {"_compute_user_id": {BASE}},
}
# Those to whom ``is_company`` alone says what kind of partner is created.
CREATING = {"create": {BASE, MAIL, OURS, "account", "base_vat", "website"}}
# An address alone, of letters and digits.
PLAIN_EMAIL = re.compile(
    r"[A-Za-z0-9]+(?:[._-][A-Za-z0-9]+)*@[A-Za-z0-9]+(?:[.-][A-Za-z0-9]+)*\.[A-Za-z]{2,}"
)
# Where Odoo makes a function of a default that is a value.
VALUES = "odoo.orm.fields"
X2MANY = ("one2many", "many2many")
PICTURES = ("image_1024", "image_512", "image_256", "image_128")
INSERTING = {"_create": {BASE, OURS}, "_parent_store_create": {BASE}}
COMPUTING = {"_compute_field_value": {BASE, MAIL}}
SYNCHRONIZING = {"_fields_sync": {BASE, OURS}, "_children_sync": {BASE}}
DEFAULTS = {
    "_add_missing_default_values": {BASE, OURS},
    "default_get": {BASE, "website_crm_partner_assign"},
}


def writers_of(model, name):
    """The addons that have written an attribute of a model; Odoo's core is ``base``.

    What is put there while the server runs, as automation rules are, belongs to none.
    """
    return {
        _addon_of(cls.__module__) if vars(cls).get("pool") is None else None
        for cls in type(model).mro()
        if name in vars(cls)
    }


def _addon_of(python_module):
    parts = python_module.split(".")
    return parts[2] if parts[:2] == ["odoo", "addons"] else BASE


def is_known(model, methods):
    """Whether nobody but the addons named has written any of these methods.

    :param methods: ``{name of a method: its addons}``
    """
    return all(writers_of(model, name) <= addons for name, addons in methods.items())


def say_kinds(partners, values_list):
    """Say of new clients whether they are a firm by the field of Odoo's form, too, where
    an addon may go by that: one that parts names in two does, and leaves firms' whole.

    :param partners: an empty recordset, to create in
    :param values_list: the values of each, completed here
    """
    if not is_known(partners, CREATING):
        for values in values_list:
            is_company = values["is_company"]
            values["company_type"] = "company" if is_company else "person"


def email_as_compared(email):
    """What ``email_normalize`` makes of an address; most have nothing to be parsed."""
    if email and PLAIN_EMAIL.fullmatch(email):
        return email.lower()
    return email_normalize(email, strict=False)


class Prepared:
    """What is known of clients that an import creates together, none of whom has a
    parent. No request from outside can put one into its context.

    :param partners: an empty recordset, to create in
    :param values_list: the values of each, as they are given to ``create``
    :param phones: ``{phone: as Odoo compares it}``
    :param name_keys: ``{name: for comparison}``
    """

    def __init__(self, partners, values_list, phones, name_keys):
        self._own = {id(values): values for values in values_list}
        self._phones, self._name_keys = phones, name_keys
        self._model = partners.browse()
        self._rules = self._known_rules()
        self._pictures = self._known_pictures()
        self._ask_defaults()
        # Each is to be named in the row it is the id of: a client is their own
        # commercial partner.
        known = "commercial_partner_id" in self._rules
        self._ids = iter(self._next_ids() if known else ())
        self._given, self._fields_by_kind = {}, {}

    # -------------------------------------------------------------------------
    # Whom it is about
    # -------------------------------------------------------------------------

    def has(self, values):
        """Whether these are the values of one of the clients; what addons create
        besides, in the same context, is not, and neither is what they have copied."""
        return self._own.get(id(values)) is values

    def has_all(self, values_list):
        """Whether all of them are, and still have no parent."""
        return all(
            self.has(values)
            and not values.get("parent_id")
            and not values.get("company_name")
            for values in values_list
        )

    # -------------------------------------------------------------------------
    # What is known
    # -------------------------------------------------------------------------

    def _known_rules(self):
        """The computed fields whose rule is Odoo's."""
        if not is_known(self._model, COMPUTING):
            return frozenset()
        return frozenset(
            name
            for name, methods in RULES.items()
            if self._model._fields[name].compute == next(iter(methods))
            and is_known(self._model, methods)
        )

    def _known_pictures(self):
        """The smaller pictures, which nobody has who has no big one."""
        fields = self._model._fields
        if fields["image_1920"].compute or not is_known(self._model, COMPUTING):
            return frozenset()
        return frozenset(
            name for name in PICTURES if fields[name].related == "image_1920"
        )

    def nothing_to_synchronize(self):
        """Whether it is known that no firm gives these clients anything."""
        return is_known(self._model, SYNCHRONIZING) and not self._has_parents

    def may_insert(self, data_list):
        """Whether the rows of these records may be written field by field.

        :param data_list: of ``_create``
        """
        return (
            not self._model._inherits
            and all(data["stored"].get("id") for data in data_list)
            and is_known(self._model, INSERTING)
        )

    # -------------------------------------------------------------------------
    # Defaults
    # -------------------------------------------------------------------------

    def _ask_defaults(self):
        """Ask once for the defaults that are the same for every partner."""
        self._defaults, self._others, self._has_parents = None, (), True
        if not is_known(self._model, DEFAULTS):
            return
        others = [
            name
            for name, field in self._model._fields.items()
            if field.default and not self._is_constant(field.default)
        ]
        asked = self._model._add_missing_default_values(dict.fromkeys(others))
        self._others = others
        self._has_parents = "parent_id" in others or bool(asked.get("parent_id"))
        self._defaults = {
            name: value for name, value in asked.items() if name not in others
        }

    def _is_constant(self, default):
        """Whether a default is a value, or depends on nothing but the context."""
        module = getattr(default, "__module__", None) or ""
        if module == VALUES:
            return default.__name__ == "<lambda>"
        return module.startswith("odoo.addons.base.")

    def with_defaults(self, partners, values, ask):
        """Complete the values of a client by the defaults that are not in them.

        :param partners: the model as it is asked
        :param ask: a function that completes values as Odoo does
        """
        if self._defaults is None:
            return ask(values)
        values = {**self._defaults, **values}
        others = [name for name in self._others if name not in values]
        if any(partners._fields[name].type in X2MANY for name in others):
            values = ask(values)
        elif others:
            values = {**partners.default_get(others), **values}
        if "user_id" in self._rules and not values.get("parent_id"):
            # There is nobody to get the manager from.
            values.setdefault("user_id", False)
        return values

    # -------------------------------------------------------------------------
    # Values
    # -------------------------------------------------------------------------

    def _next_ids(self):
        """Take the next ids of partners."""
        rows = self._model.env.execute_query(
            SQL(
                "SELECT nextval('res_partner_id_seq') FROM generate_series(1, %s)",
                len(self._own),
            )
        )
        return [partner_id for (partner_id,) in rows]

    def complete(self, values):
        """Give a client what Odoo would compute from their values.

        :param values: what is about to be written, completed here
        """
        name = values.get("name")
        if not name or values.get("parent_id") or values.get("company_name"):
            return
        partner_id = next(self._ids, None)
        if not partner_id:
            return
        known = {
            "commercial_company_name": bool(values.get("is_company")) and name,
            "commercial_partner_id": partner_id,
            "complete_name": name.strip(),
            "email_normalized": email_as_compared(values.get("email")),
            "its_name_key": self._name_keys.get(name) or name_key(name),
            "partner_share": True,
        }
        phone = values.get("phone")
        if not phone or self._phones.get(phone):
            known["phone_sanitized"] = bool(phone) and self._phones[phone]
        values["id"] = partner_id
        for name in self._rules & known.keys():
            values[name] = known[name]
        has_picture = bool(values.get("image_1920"))
        self._given[partner_id] = self._fields("phone_sanitized" in known, has_picture)

    def _fields(self, knows_phone, has_picture):
        """The fields that are given: for nearly all clients they are the same.

        :return: a frozenset of fields
        """
        key = (knows_phone, has_picture)
        if key not in self._fields_by_kind:
            names = self._rules | (frozenset() if has_picture else self._pictures)
            names -= frozenset() if knows_phone else {"phone_sanitized"}
            fields = self._model._fields
            self._fields_by_kind[key] = frozenset(fields[name] for name in names)
        return self._fields_by_kind[key]

    def given(self, values):
        """Which computed fields of a client are as Odoo would compute them.

        :param values: as they are written
        :return: a frozenset of fields
        """
        return self._given.get(values.get("id"), frozenset())
