"""What only our own code writes, by every way that a value can come."""

import json

from odoo.exceptions import UserError
from odoo.service.model import call_kw
from odoo.tests import tagged

from ..models.its_kept_fields import DERIVED, KEPT
from ..tools.by_code import KEY
from .entrances_case import EntrancesCase
from .tier import thinned

# Guarded where they are kept, each by a sentence of its own.
ELSEWHERE = {
    "its.claim": {
        "access_token",
        "asked_on",
        "asking",
        "author_id",
        "answer_verdict",
        "answer_words",
        "before_reopening",
        "bounced_email",
        "cc",
        "client_wrote_on",
        "connect_contact_id",
        "consent_date",
        "consent_text",
        "date_closed",
        "date_registered",
        "date_stage",
        "deadline_at",
        "declined",
        "escalated_deadline",
        "escalated_on",
        "external_id",
        "first_deadline",
        "first_answer_hours",
        "first_answer_in_time",
        "first_answer_on",
        "form_key",
        "former_token",
        "forwarded_by_id",
        "linked_by_id",
        "linked_new_id",
        "linked_on",
        "manager_id",
        "movement_ids",
        "name",
        "next_user_id",
        "on_time",
        "on_time_first",
        "origin_id",
        "proposed_deadline",
        "proposed_ids",
        "quality_user_id",
        "reminded_on",
        "reopen_count",
        "rework_count",
        "satisfaction_via",
        "state",
        "suggested_partner_id",
        "tried_on",
        "tries",
        "suggested_why",
        "unproven",
        "waited_hours",
        "waiting_since",
        "waiting_told",
        "worker_ids",
        "working_hours",
    },
    **DERIVED,
    "its.user.import.line": {
        "import_id",
        "invitation",
        "invitation_message",
        "issues",
        "match",
        "outcome",
        "outcome_message",
        "proposal",
        "row",
    },
    "mail.activity": {
        "its_asked_by_hand",
        "its_attempts",
        "its_cadence_id",
        "its_chosen_survey_id",
        "its_claim_id",
        "its_client_id",
        "its_closed_claim_id",
        "its_desk_until",
        "its_desk_user_id",
        "its_escalated_id",
        "its_had_nobody",
        "its_is_talk",
        "its_late_since",
        "its_phone_key",
        "its_response_id",
        "its_team_id",
        "its_unanswered_on",
        "its_withdrawn",
    },
}
# Read-only to show, but said by whoever may write the record, or kept by no model that
# anybody may write.
SAID = {
    # Said together with the move, or with the answers that a claim comes of.
    "its.claim": {"reason", "response_id"},
    # Who is to become a client is chosen by whoever makes them.
    "its.client.making": {"partner_ids"},
    # Cancelling is a dialog of whoever may write the subscription.
    "its.subscription": {"cancellation_reason_id", "date_cancelled", "service_kind"},
    # Nobody but an administrator makes responses, for whom it is said once.
    "survey.user_input": {
        "company_id",
        "its_activity_ids",
        "its_client_id",
        "its_interaction_ids",
    },
    "its.user.import": {"company_id"},
    "its.user.import.line": {"data", "department", "phone", "position"},
    # Written by nobody: no role has the right.
    "its.claim.movement": ...,
    "its.client.risk": ...,
    "its.connect.event": ...,
    "its.consent": ...,
    "its.personal.request": ...,
    "its.letter": ...,
    "its.onec.object": ...,
    "its.phone.call": ...,
    "its.phone.event": ...,
    "its.phone.number": ...,
    # Whatever is written there is left out.
    "res.partner": ...,
}
# Who may write the rest of the record.
WHO = {
    "its.interaction": "client_manager",
    "its.subscription": "client_manager",
    "mail.activity": "client_manager",
    "its.claim": "quality_manager",
    "survey.survey": "quality_manager",
}
VALUES = {
    "boolean": True,
    "char": "x",
    "date": "2020-01-01",
    "datetime": "2020-01-01 00:00:00",
    "float": 7.0,
    "integer": 7,
    "json": {"x": 1},
    "text": "x",
}


@tagged("post_install", "-at_install")
class TestKeptFields(EntrancesCase):
    def rows(self):
        for table in (KEPT, ELSEWHERE):
            for model, names in table.items():
                for name in sorted(names):
                    yield model, name

    def value(self, field):
        """Another value than the field has, as a caller sends it."""
        if field.type == "selection":
            return field.get_values(self.env)[-1]
        if field.type in ("one2many", "many2many"):
            return [[5]]
        if field.type == "many2one":
            return (
                self.env[field.comodel_name].search([], order="id desc", limit=1).id
                or 1
            )
        return VALUES[field.type]

    def ways(self, model, name, record):
        """How a value comes: what is called, with which arguments and context."""
        field = self.env[model]._fields[name]
        value = self.value(field)
        role = WHO.get(model, "administrator")
        scope = "colleague" if role != "client_manager" else "own"
        new = {}
        if model in self.creatable:
            new = self.values(model, scope, self[role])
        shown, column = value, name
        if field.type == "many2one":
            column = f"{name}/.id"
        elif field.type in ("json", "one2many", "many2many"):
            shown = json.dumps(value)
        yield "write", [record.ids, {name: value}], {}
        yield "web_save", [record.ids, {name: value}, {}], {}
        yield "web_save", [[], {**new, name: value}, {}], {}
        yield "create", [[{**new, name: value}]], {}
        yield "copy", [record.ids, {name: value}], {}
        yield "load", [[".id", column], [[str(record.id), str(shown)]]], {}
        yield "create", [[new]], {f"default_{name}": value}

    creatable = frozenset(
        {
            "its.cadence",
            "its.claim",
            "its.connect",
            "its.import",
            "its.import.source",
            "its.interaction",
            "its.onec.connection",
            "its.phone.connection",
            "its.subscription",
            "mail.activity",
            "survey.survey",
            "survey.user_input",
            "survey.user_input.line",
        }
    )

    def test_by_every_way(self):
        """Refused, or left out; nothing that is there changes, and nothing new has it."""
        for row, (model, name) in enumerate(self.rows()):
            role = WHO.get(model, "administrator")
            user = self[role]
            scope = "own" if role == "client_manager" else "colleague"
            if role == "administrator" and model in ("res.company",):
                continue
            record = self.target(model, "write", scope, user, is_seen=True)
            ways = enumerate(self.ways(model, name, record))
            for number, (method, args, context) in thinned(ways, 2, row):
                with self.subTest(model, field=name, way=number, method=method):
                    self._try(model, name, record, user, method, args, context)

    def _try(self, model, name, record, user, method, args, context):
        with self.undone(), self.request_of(user):
            before = record.sudo()[name]
            last = self.env[model].sudo().with_context(active_test=False)
            last = last.search([], order="id desc", limit=1).id
            env = self.env(user=user, context={}, su=False)
            refused = False
            try:
                options = {"context": context} if context else {}
                if method == "load":
                    result = call_kw(env[model], method, args, options)
                    refused = not result["ids"]
                else:
                    call_kw(env[model], method, args, options)
                env.flush_all()
            except UserError:
                refused = True
            self.assertTrue(refused or context, "taken without a word")
            if refused:
                return
            record.invalidate_recordset()
            self.assertEqual(record.sudo()[name], before)
            made = self.env[model].sudo().with_context(active_test=False)
            field = self.env[model]._fields[name]
            for new in made.search([("id", ">", last)]):
                given = next(iter(context.values()))
                self.assertNotEqual(field.convert_to_write(new[name], new), given)

    def test_nothing_is_forgotten(self):
        """Whatever a model of ours, or a field of ours, shows only for reading is in one
        of the tables."""
        missing = []
        for model in self.env.registry.values():
            if model._abstract or model._transient or not model._auto:
                continue
            for name, field in model._fields.items():
                ours = model._name.startswith("its.") or name.startswith("its_")
                if (
                    not (ours and field.store and field.readonly)
                    or name in (*models_log(), "id", "parent_path")
                    or field.related
                    or name.startswith(("message_", "activity_", "rating_"))
                ):
                    continue
                said = SAID.get(model._name, ())
                known = {
                    *KEPT.get(model._name, ()),
                    *ELSEWHERE.get(model._name, ()),
                }
                if said is not ... and name not in known.union(said):
                    missing.append(f"{model._name}.{name}")
        self.assertFalse(missing)

    def test_the_mark_cannot_be_sent(self):
        for mark in (True, 1, "by_code", {}, [], "<object object>"):
            user = self.administrator
            context = {KEY: mark}
            with self.subTest(mark=mark), self.assertRaises(UserError):
                call_kw(
                    self.env(user=user, context={}, su=False)["its.import"],
                    "write",
                    [self.job.ids, {"state": "done"}],
                    {"context": context},
                )

    def test_a_copy_begins_anew(self):
        """Not what the other was, and without a word."""
        copy = self.as_user(self.job, self.administrator).copy()
        self.assertEqual(copy.user_id, self.administrator)
        self.assertEqual(copy.state, "draft")

    def test_surveys_of_odoo_are_not_ours(self):
        """Odoo's own form sends the token that it shows nobody, and all it has read."""
        surveyor = self.create_user("its_surveyor", "survey.group_survey_manager")
        surveys = self.env["survey.survey"].with_user(surveyor)
        values = {"title": "Опрос", "access_token": "t" * 20, "survey_type": "custom"}
        survey = surveys.create(values)
        self.assertEqual(survey.access_token, "t" * 20)
        survey.write({"access_token": "u" * 20})
        self.assertEqual(survey.access_token, "u" * 20)


def models_log():
    return ("create_uid", "create_date", "write_uid", "write_date", "display_name")
