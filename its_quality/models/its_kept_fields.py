"""What only our own code writes: states, counters, references, secrets. One table, and
one guard for all the ways that a value can come: create, write, a copy, the web client's
save, a table that is loaded, a default of the context."""

from odoo import api, models
from odoo.exceptions import AccessError

from ..tools.by_code import by_code, is_by_code
from ..tools.security_log import log_refusal

KEPT = {
    "its.cadence": {"last_planned"},
    "its.client.making": {"before", "kept", "left_out", "state"},
    "its.connect": {"key", "secret_digest"},
    "its.connect.contact": {"connect_id", "counterpart_ref", "name", "user_ref"},
    "its.import": {
        "after_row",
        "check_needed",
        "check_stopped",
        "connection_id",
        "date_done",
        "date_start",
        "done_count",
        "error",
        "failures",
        "file_kind",
        "file_remark",
        "found",
        "goods",
        "lists_clients",
        "made_tag_ids",
        "matched_to",
        "name_only",
        "outcome_counts",
        "plan_counts",
        "reading",
        "reading_key",
        "row_count",
        "rows_kept",
        "sheet_names",
        "state",
        "unattended",
        "undo_counts",
        "undo_start",
        "user_id",
        "wait_until",
        "waits",
    },
    "its.import.contract": {
        "count",
        "example",
        "import_id",
        "key",
        "name",
        "onec_kind",
        "source_id",
    },
    "its.import.line": {
        "changes",
        "code_key",
        "data",
        "digest",
        "entity",
        "first_line_id",
        "folder_path",
        "follows",
        "has_issues",
        "import_id",
        "inn",
        "is_gathered",
        "issues",
        "known_id",
        "name",
        "name_key",
        "outcome",
        "partner_id",
        "plan",
        "reason",
        "ref",
        "row",
        "subscription_digest",
        "twin_card",
        "twin_row",
        "undone",
        "verdict",
    },
    "its.import.source": {"mapping", "turn"},
    "its.interaction": {
        "activity_id",
        "cadence_id",
        "desk_ref",
        "manager_id",
        "phone_call_id",
        "taken_from",
        "team_id",
    },
    "its.onec.connection": {
        "fingerprint",
        "last_error",
        "last_import_id",
        "last_sync",
        "names_digest",
        "test_date",
        "test_result",
    },
    "its.phone.connection": {"key", "lease_holder", "lease_until"},
    "its.subscription": {"onec_ref"},
    "res.company": {
        "its_claim_alias_id",
        "its_digest_date",
        "its_planned_on",
        "its_risk_seen_on",
    },
    "its.user.import": {"found", "known_count", "state"},
    "survey.survey": {"access_token", "its_draft", "its_previous_id", "its_version"},
    "survey.user_input": {
        "access_token",
        "invite_token",
        "its_cadence_id",
        "its_followed_up",
        "its_interviewer_id",
        "its_is_partial",
        "its_is_wordless",
        "its_manager_id",
        "its_reminded_on",
        "its_sent_on",
        "its_team_id",
        "its_to_send",
    },
    "survey.user_input.line": {"its_is_leading", "its_mark"},
}
# Refused where they follow from something, by a sentence that says from what; here the
# defaults of a context are left out, as for the others.
DERIVED = {
    "its.subscription": {
        "client_since",
        "continues_id",
        "covered_until",
        "date_last",
        "is_renewed",
        "last_told_on",
        "last_team_id",
        "last_user_id",
        "state",
        "team_id",
        "user_id",
    },
    "survey.user_input": {
        "its_csat",
        "its_has_score",
        "its_is_low",
        "its_nps",
        "its_nps_class",
        "its_nps_points",
        "its_score",
        "state",
    },
}


class Guard:
    """What each of the models below asks first of all."""

    # As models have it, or Python could not make one of both.
    __slots__ = ()
    # Of no model by itself; Odoo's linters ask every class of one.
    _name = _module = None

    @api.model_create_multi
    def create(self, vals_list):
        if is_by_code(self.env):
            return super().create(vals_list)
        kept = KEPT[self._name]
        given = {
            name
            for vals in vals_list
            if self._its_is_kept(vals)
            for name in kept & vals.keys()
            # Nothing is said where nothing is there anyway.
            if vals[name] or self._fields[name].default
        }
        self._its_refuse_kept(given)
        # What a context brings along was often meant for another model.
        context = self.env.context
        kept = kept | DERIVED.get(self._name, set())
        strange = {f"default_{name}" for name in kept} & context.keys()
        if not strange:
            return super().create(vals_list)
        context = {name: context[name] for name in context.keys() - strange}
        return super(Guard, self.with_env(self.env(context=context))).create(vals_list)

    def write(self, vals):
        if not is_by_code(self.env) and any(r._its_is_kept() for r in self):
            self._its_refuse_kept(KEPT[self._name] & vals.keys())
        return super().write(vals)

    def copy_data(self, default=None):
        vals_list = super().copy_data(default)
        if is_by_code(self.env):
            return vals_list
        # Whatever was asked for by name is refused where the copy is created.
        kept = KEPT[self._name] - (default or {}).keys()
        return [{name: vals[name] for name in vals.keys() - kept} for vals in vals_list]

    def _its_is_kept(self, vals=None):
        """Whether a record, or one with these values, is ours at all."""
        return True

    def _its_refuse_kept(self, names):
        """Refuse what only our own code writes.

        :raises AccessError: naming the fields
        """
        if not names:
            return
        for name in sorted(names):
            log_refusal("kept_field", self.env.uid, model=self._name, field=name)
        labels = [
            self._fields[name]._description_string(self.env) for name in sorted(names)
        ]
        raise AccessError(
            self.env._(
                "%(fields)s: this is kept by the program and set by nobody. Leave it "
                "out.",
                fields=", ".join(labels),
            )
        )


# -----------------------------------------------------------------------------
# Models that are the superuser's to keep
# -----------------------------------------------------------------------------


class ItsCadence(Guard, models.Model):
    _inherit = "its.cadence"


class ItsClientMaking(Guard, models.Model):
    _inherit = "its.client.making"


class ItsConnect(Guard, models.Model):
    _inherit = "its.connect"


class ItsConnectContact(Guard, models.Model):
    _inherit = "its.connect.contact"


class ItsImport(Guard, models.Model):
    _inherit = "its.import"


class ItsImportContract(Guard, models.Model):
    _inherit = "its.import.contract"


class ItsImportLine(Guard, models.Model):
    _inherit = "its.import.line"


class ItsImportSource(Guard, models.Model):
    _inherit = "its.import.source"


class ItsInteraction(Guard, models.Model):
    _inherit = "its.interaction"


class ItsOnecConnection(Guard, models.Model):
    _inherit = "its.onec.connection"


class ItsPhoneConnection(Guard, models.Model):
    _inherit = "its.phone.connection"


class ItsSubscription(Guard, models.Model):
    _inherit = "its.subscription"


class ResCompany(Guard, models.Model):
    _inherit = "res.company"


class ItsUserImport(Guard, models.Model):
    _inherit = "its.user.import"


class SurveyUserInput(Guard, models.Model):
    _inherit = "survey.user_input"

    def _its_is_kept(self, vals=None):
        survey = self.survey_id
        if vals is not None:
            given = vals.get("survey_id", self.env.context.get("default_survey_id"))
            # Anything else is refused where it is written.
            survey = survey.browse(given if type(given) is int else ())
        return survey.sudo().survey_type == "its"


class SurveyUserInputLine(Guard, models.Model):
    _inherit = "survey.user_input.line"


# -----------------------------------------------------------------------------
# Models whose steps are taken in the name of a user
# -----------------------------------------------------------------------------


class SurveySurvey(Guard, models.Model):
    _inherit = "survey.survey"

    def _its_is_kept(self, vals=None):
        """Odoo's own surveys come with their token from the form of Odoo."""
        if vals is None:
            return self.survey_type == "its"
        default = self.env.context.get("default_survey_type")
        return vals.get("survey_type", default) == "its"

    def action_its_publish(self):
        return super(SurveySurvey, by_code(self)).action_its_publish()

    def _its_copy_version(self):
        return super(SurveySurvey, by_code(self))._its_copy_version()
