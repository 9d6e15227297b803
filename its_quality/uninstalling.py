"""The end of the addon in a database.

Odoo deletes the records of our data files, then our columns and tables. It does not know
what our users have made of them: questionnaires, planned calls, saved filters. And it
deletes record by record, so that whatever refers to a record is in the way of it. That
is dealt with here, in the same transaction.
"""

import json
import re

from odoo.fields import Command
from odoo.tools import SQL, sql

from odoo.addons.base.models.ir_model import MODULE_UNINSTALL_FLAG

from .models.base.groups import GROUP_USER

ADDON = "its_quality"
# What the Tax ID of Russia was called before us, if it was called anything.
FORMER_TAX_LABEL = "its_quality.former_tax_label"
TAX_LABEL = "ИНН"

# Where Odoo keeps what is said, filed and planned about a record: the columns of the
# model and of the id.
ABOUT_RECORDS = {
    "mail_message": ("model", "res_id"),
    "mail_followers": ("res_model", "res_id"),
    "mail_activity": ("res_model", "res_id"),
}
OF_QUESTIONNAIRES = (
    "survey.user_input.line",
    "survey.user_input",
    "survey.question.answer",
    "survey.question",
    "survey.survey",
)


def tax_label(env):
    """What the Tax ID is called in Russia: ``{language: name}``, or ``None``."""
    rows = env.execute_query(SQL("SELECT vat_label FROM res_country WHERE code = 'RU'"))
    return rows[0][0] if rows else None


def remember_tax_label(env):
    """Remember the name that our data will replace."""
    label = tax_label(env)
    if label:
        env["ir.config_parameter"].set_param(FORMER_TAX_LABEL, json.dumps(label))


class Uninstalling:
    """Removes from a database what is ours and would be left, or be in the way.

    :ivar models: names of the models that go, with those of other modules that are
        uninstalled together with ours
    :ivar tables: theirs, and those of the many2many fields that go
    :ivar columns: ``{table: names}`` of the fields that go, on models that stay
    """

    def __init__(self, env):
        self.env = env(
            context={
                **env.context,
                MODULE_UNINSTALL_FLAG: True,
                "active_test": False,
                "tracking_disable": True,
            }
        )
        query = SQL("SELECT name FROM ir_module_module WHERE state = 'to remove'")
        going = {name for (name,) in self.env.execute_query(query)}
        self.modules = tuple(going | {ADDON})
        self.models = self._models()
        self.tables = self._tables()
        self.columns = self._columns()

    def run(self):
        """Remove it."""
        self.env.flush_all()
        self._keep_users()
        self._drop_references()
        self._delete_calls()
        self._delete_questionnaires()
        self._delete_saved()
        self._restore_tax_label()
        self._forget_technical()
        self._empty_tables()
        self.env.invalidate_all(flush=False)
        self.env.registry.clear_all_caches()

    # -------------------------------------------------------------------------
    # What goes
    # -------------------------------------------------------------------------

    def _models(self):
        query = SQL("SELECT model FROM ir_model WHERE id IN %s", self._only("ir.model"))
        return tuple(name for (name,) in self.env.execute_query(query))

    def _tables(self):
        models = (self.env[name] for name in self.models if name in self.env)
        names = {model._table for model in models if not model._abstract}
        query = SQL(
            """
            SELECT relation.name
              FROM ir_model_relation relation
              JOIN ir_module_module module ON module.id = relation.module
          GROUP BY relation.name
            HAVING bool_and(module.name IN %s)
            """,
            self.modules,
        )
        names.update(name for (name,) in self.env.execute_query(query))
        cr = self.env.cr
        return sorted(
            name for name in names if sql.table_kind(cr, name) == sql.TableKind.Regular
        )

    def _columns(self):
        columns = {}
        query = SQL(
            "SELECT model, name FROM ir_model_fields WHERE id IN %s",
            self._only("ir.model.fields"),
        )
        for model, name in self.env.execute_query(query):
            if model in self.env and model not in self.models:
                columns.setdefault(self.env[model]._table, set()).add(name)
        return columns

    def _only(self, model):
        """A subquery of the ids of records that no module which stays has."""
        return SQL(
            """
            (SELECT res_id FROM ir_model_data WHERE model = %s
             GROUP BY res_id HAVING bool_and(module IN %s))
            """,
            model,
            self.modules,
        )

    # -------------------------------------------------------------------------
    # Steps
    # -------------------------------------------------------------------------

    def _keep_users(self):
        """Whoever is an internal user by one of our roles only, remains one."""
        internal = self.env.ref("base.group_user")
        query = SQL(
            "SELECT id FROM res_groups WHERE id IN %s", self._only("res.groups")
        )
        ours = self.env["res.groups"].browse(
            group_id for (group_id,) in self.env.execute_query(query)
        )
        users = self.env.ref(GROUP_USER).all_user_ids.filtered(
            lambda user: internal not in (user.group_ids - ours).all_implied_ids
        )
        internal.write({"user_ids": [Command.link(user.id) for user in users]})

    def _drop_references(self):
        """What refers to our records, or is referred to by them, would not let them be
        deleted in the order of Odoo's; the columns are dropped soon anyway."""
        query = SQL(
            """
            SELECT rel.relname, constr.conname, target.relname,
                   array_agg(attr.attname::text)
              FROM pg_constraint constr
              JOIN pg_class rel ON rel.oid = constr.conrelid
              JOIN pg_class target ON target.oid = constr.confrelid
              JOIN pg_attribute attr
                ON attr.attrelid = rel.oid AND attr.attnum = ANY (constr.conkey)
             WHERE constr.contype = 'f'
               AND constr.connamespace = current_schema::regnamespace
          GROUP BY rel.relname, constr.conname, target.relname
            """
        )
        tables = set(self.tables)
        for table, name, target, columns in self.env.execute_query(query):
            ours = self.columns.get(table, set())
            if {table, target} & tables or ours & set(columns):
                self.env.cr.execute(
                    SQL(
                        "ALTER TABLE %s DROP CONSTRAINT %s",
                        SQL.identifier(table),
                        SQL.identifier(name),
                    )
                )

    def _delete_calls(self):
        """What cadences, claims and responses have planned, and calls that were made;
        a call that somebody has planned on a contact is a to-do like any other."""
        condition = SQL(
            """
            its_cadence_id IS NOT NULL OR its_claim_id IS NOT NULL
            OR its_response_id IS NOT NULL
            OR (its_client_id IS NOT NULL AND active IS NOT TRUE)
            OR res_model IN %s OR activity_type_id IN %s
            """,
            self.models,
            self._only("mail.activity.type"),
        )
        self._delete("mail.activity", condition)

    def _delete_questionnaires(self):
        """Questionnaires with what clients have answered: without the addon everybody
        with a right to surveys would read it."""
        surveys = self.env["survey.survey"].search([("survey_type", "=", "its")])
        if surveys:
            self._delete(
                "survey.user_input", SQL("survey_id IN %s", tuple(surveys.ids))
            )
            questions = surveys.question_and_page_ids
            (questions.suggested_answer_ids | questions.matrix_row_ids).unlink()
            questions.unlink()
            surveys.unlink()
        for model in (*OF_QUESTIONNAIRES, "mail.activity"):
            self._forget_ids(model)

    def _delete(self, model, condition):
        """Delete records of a model that stays, with what is said and filed about them;
        there may be very many."""
        records = SQL(
            "(SELECT id FROM %s WHERE %s)",
            SQL.identifier(self.env[model]._table),
            condition,
        )
        query = "SELECT id FROM ir_attachment WHERE res_model = %s AND res_id IN %s"
        found = self.env.execute_query(SQL(query, model, records))
        # Files are deleted with the last attachment that has them.
        self.env["ir.attachment"].browse(row_id for (row_id,) in found).unlink()
        for table, (name, res_id) in ABOUT_RECORDS.items():
            self.env.cr.execute(
                SQL(
                    "DELETE FROM %s WHERE %s = %s AND %s IN %s",
                    SQL.identifier(table),
                    SQL.identifier(name),
                    model,
                    SQL.identifier(res_id),
                    records,
                )
            )
        table = SQL.identifier(self.env[model]._table)
        self.env.cr.execute(SQL("DELETE FROM %s WHERE %s", table, condition))

    def _forget_ids(self, model):
        """Forget the external ids of records that are gone."""
        self.env.cr.execute(
            SQL(
                """
                DELETE FROM ir_model_data data
                 WHERE data.model = %s AND data.module IN %s
                   AND NOT EXISTS (SELECT FROM %s WHERE id = data.res_id)
                """,
                model,
                self.modules,
                SQL.identifier(self.env[model]._table),
            )
        )

    def _delete_saved(self):
        """What people have saved under the name of a model or a field of ours: a
        favourite that names a field which is gone breaks the page it is opened with."""
        env, models = self.env, self.models
        names = set().union(*self.columns.values())
        names = {name for name in names if name.startswith("its_")}
        filters = env["ir.filters"].search([])  # pylint: disable=no-search-all
        filters.filtered(
            lambda saved: (
                saved.model_id in models
                or names & _words(saved.domain, saved.context, saved.sort)
            )
        ).unlink()
        env["ir.exports"].search([("resource", "in", models)]).unlink()
        lines = env["ir.exports.line"].search([])  # pylint: disable=no-search-all
        lines.filtered(lambda line: names & _words(line.name)).unlink()
        env["ir.sequence"].search([("code", "in", models)]).unlink()
        env["mail.scheduled.message"].search([("model", "in", models)]).unlink()
        parameters = env["ir.config_parameter"]
        parameters.search(
            [("key", "=like", "its_quality.%"), ("key", "!=", FORMER_TAX_LABEL)]
        ).unlink()

    def _restore_tax_label(self):
        """The Tax ID is called again what it was before, unless somebody has given it
        another name since."""
        parameters = self.env["ir.config_parameter"]
        label = tax_label(self.env)
        if label and label.get("en_US") == TAX_LABEL:
            former = parameters.get_param(FORMER_TAX_LABEL) or None
            self.env.cr.execute(
                SQL(
                    "UPDATE res_country SET vat_label = %s::jsonb WHERE code = 'RU'",
                    former,
                )
            )
        parameters.search([("key", "=", FORMER_TAX_LABEL)]).unlink()

    def _forget_technical(self):
        """What Odoo has noted of our models and keeps: references, the ids that other
        modules' mixins have left on them, the words of our classes about its models."""
        self.env.cr.execute(
            SQL(
                """
                DELETE FROM ir_model_constraint
                 WHERE type = 'f' AND module IN
                       (SELECT id FROM ir_module_module WHERE name IN %(modules)s);
                DELETE FROM ir_model_data
                 WHERE module NOT IN %(modules)s AND model = 'ir.model.inherit'
                   AND res_id IN (SELECT inherit.id FROM ir_model_inherit inherit
                                    JOIN ir_model model ON model.id = inherit.model_id
                                   WHERE model.model IN %(models)s);
                DELETE FROM ir_model_data
                 WHERE module NOT IN %(modules)s AND model = 'ir.model.fields.selection'
                   AND res_id IN (SELECT selection.id
                                    FROM ir_model_fields_selection selection
                                    JOIN ir_model_fields field
                                      ON field.id = selection.field_id
                                   WHERE field.model IN %(models)s)
                """,
                modules=self.modules,
                models=self.models,
            )
        )
        packages = tuple(f"odoo.addons.{name}." for name in self.modules)
        for model in self.env["ir.model"].search([("model", "not in", self.models)]):
            classes = self.env.registry.get(model.model, object).mro()
            documented = [one for one in classes if one.__doc__]
            if documented[0].__module__.startswith(packages):
                words = next(
                    one.__doc__
                    for one in documented
                    if not one.__module__.startswith(packages)
                )
                self.env.cr.execute(
                    SQL("UPDATE ir_model SET info = %s WHERE id = %s", words, model.id)
                )

    def _empty_tables(self):
        """Odoo drops these tables in a moment; emptied, they cost nothing to drop, and
        their records are not deleted one by one before."""
        if self.tables:
            self.env.cr.execute(
                SQL(
                    "TRUNCATE %s",
                    SQL(", ").join(SQL.identifier(name) for name in self.tables),
                )
            )
        self.env.cr.execute(
            SQL(
                "DELETE FROM ir_model_data WHERE model IN %s AND module IN %s",
                self.models,
                self.modules,
            )
        )


def _words(*texts):
    """The names that a domain, a context or a path is made of."""
    return set(re.findall(r"\w+", " ".join(text or "" for text in texts)))
