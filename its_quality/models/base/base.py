"""What a user may see of a record, and which records they may refer to by id."""

from contextlib import suppress

from odoo import SUPERUSER_ID, api, models
from odoo.exceptions import AccessError, MissingError
from odoo.fields import Command

from ...tools.security_log import log_refusal

# Models whose records are hidden from some of those who know their numbers.
HIDDEN = frozenset(
    {"res.partner", "mail.activity", "survey.user_input", "survey.user_input.line"}
)
OURS = "its."
# Written by their users; wizards of any application are not included.
GUARDED = HIDDEN | {"survey.survey"}


def is_hidden(model):
    """Whether records of a model are hidden from some who know their numbers."""
    return model in HIDDEN or model.startswith(OURS)


class Base(models.AbstractModel):
    """Nobody learns what a record is called by giving its number: not from an error,
    not from a form that fills itself in, not from what they have linked to it."""

    _inherit = "base"

    # -------------------------------------------------------------------------
    # Names
    # -------------------------------------------------------------------------

    def _its_visible_name(self):
        """What a sentence to the user calls this record.

        Superuser mode does not count, only whose the environment is: sentences are
        often made where records are read as superuser.

        :return: its name if the user may read it, else a word for its kind
        """
        self.ensure_one()
        own = self.sudo(self.env.uid == SUPERUSER_ID)
        # A record that is being made is known to who makes it.
        if not self._origin or own.has_access("read"):
            # Of a person alone, without the firm: the sentence speaks of both.
            short = self._name in ("res.partner", "res.users")
            return self.sudo()["name" if short else "display_name"] or ""
        return self._its_neutral_name()

    def _its_neutral_name(self):
        """A word for a record of which the user may not know more; to be overridden."""
        return self.env._("another record")

    # -------------------------------------------------------------------------
    # Numbers
    # -------------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        if self._its_is_guarded():
            defaults = self._its_defaults_given()
            self._its_check_named([{**defaults, **vals} for vals in vals_list])
        return super().create(vals_list)

    def write(self, vals):
        if self._its_is_guarded():
            self._its_check_named([vals])
        return super().write(vals)

    def onchange(self, values, field_names, fields_spec):
        if not self.env.su:
            self._its_check_named([{**self._its_defaults_given(), **values}])
        return super().onchange(values, field_names, fields_spec)

    def _its_is_guarded(self):
        """Whether what is written here names records that have to be readable."""
        if self.env.su:
            return False
        name = self._name
        return name in GUARDED or name.startswith(OURS) or self._transient

    def _its_defaults_given(self):
        """The values of the context by which a new record begins."""
        return {
            name.removeprefix("default_"): value
            for name, value in self.env.context.items()
            if name.startswith("default_")
        }

    def _its_check_named(self, vals_list):
        """Refuse to link what the user may not read, before anything of it is shown.

        What is linked already may stay: a form sends it back as it is.

        :param vals_list: values as ``create`` or ``onchange`` take them
        :raises AccessError: without a word about the record itself
        """
        named = {}
        for vals in vals_list:
            self._its_collect_named(vals, named)
        for model, ids in named.items():
            records = self.env[model].browse(ids)
            denied = records._check_access("read")
            if not denied:
                continue
            forbidden = denied[0]
            fields = [
                name
                for name, field in self._fields.items()
                if field.relational and field.comodel_name == model
            ]
            kept = {
                record.id for name in fields for record in self._origin.sudo()[name]
            }
            forbidden = forbidden.filtered(
                lambda record, kept=kept: record.id not in kept
            )
            if forbidden:
                log_refusal(
                    "foreign_id", self.env.uid, model=model, record=forbidden[:1].id
                )
                description = self.env["ir.model"]._get(model).name
                raise AccessError(
                    self.env._(
                        "%(kind)s: you may not see the record that you have chosen. "
                        "Choose another one.",
                        kind=description or model,
                    )
                )

    def _its_collect_named(self, vals, named):
        """Find the numbers of hidden records in values.

        :param named: where they are added, ``{model: set of ids}``
        """
        for name, value in vals.items():
            field = self._fields.get(name)
            if field is None or not value:
                continue
            if field.type == "many2one":
                if is_hidden(field.comodel_name):
                    self._its_add_named(named, field.comodel_name, [value])
            elif field.type in ("one2many", "many2many"):
                self._its_collect_commands(field, value, named)
            elif field.type == "many2one_reference":
                model = self._its_model_of(field.model_field, vals)
                if model and is_hidden(model):
                    self._its_add_named(named, model, [value])
            elif field.type == "reference" and isinstance(value, str):
                model, _comma, number = value.partition(",")
                if model in self.env and is_hidden(model) and number.isdecimal():
                    self._its_add_named(named, model, [int(number)])

    def _its_collect_commands(self, field, value, named):
        if not isinstance(value, list | tuple):
            return
        comodel = self.env[field.comodel_name]
        hidden = is_hidden(field.comodel_name)
        for command in value:
            if not isinstance(command, list | tuple):
                # Plain numbers, as defaults of a context may be.
                if hidden:
                    self._its_add_named(named, field.comodel_name, [command])
                continue
            code = command[0] if command else None
            if code in (Command.CREATE, Command.UPDATE) and len(command) > 2:
                if isinstance(command[2], dict):
                    comodel._its_collect_named(command[2], named)
            elif code == Command.LINK and hidden:
                self._its_add_named(named, field.comodel_name, command[1:2])
            elif code == Command.SET and hidden and len(command) > 2:
                self._its_add_named(named, field.comodel_name, command[2] or ())

    def _its_add_named(self, named, model, values):
        for value in values:
            if isinstance(value, list | tuple):
                value = value[0] if value else None
            elif isinstance(value, dict):
                value = value.get("id")
            if type(value) is int and value > 0:
                named.setdefault(model, set()).add(value)

    def _its_model_of(self, model_field, vals):
        """The model of an id in values, as far as they specify it."""
        model = vals.get(model_field)
        kind = vals.get(f"{model_field}_id")
        if not model and type(kind) is int:
            # Odoo reads it, too, so that this costs no query.
            with suppress(MissingError):
                model = self.env["ir.model"].sudo().browse(kind).model
        if not model and self:
            model = self._origin[:1].sudo()[model_field]
        return model if model in self.env else None
