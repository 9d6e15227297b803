from odoo import fields
from odoo.http import request, route

from odoo.addons.survey.controllers.main import Survey


class ItsSurvey(Survey):
    """The pages of a questionnaire: a manager fills it in while talking, a client by
    the link they got. Opening a page changes nothing, so mail scanners do no harm: a
    response is begun and answered by requests of the page's own script only."""

    def _check_validity(
        self,
        survey_sudo,
        answer_sudo,
        answer_token,
        ensure_token=True,
        check_partner=True,
    ):
        """Odoo compares the partner of the answer with the one of the user; here the
        answer belongs to the client and a manager may give it for them. An archived or
        replaced questionnaire can still be finished once begun."""
        if not self._is_ours(survey_sudo, answer_sudo):
            return super()._check_validity(
                survey_sudo, answer_sudo, answer_token, ensure_token, check_partner
            )
        if answer_token and not answer_sudo:
            return "token_wrong"
        if not answer_sudo:
            return "token_required"
        if not survey_sudo.question_ids:
            return "survey_void"
        if check_partner and not answer_sudo._its_may_fill(request.env.user):
            return "answer_wrong_user"
        is_open = answer_sudo.state != "done" and answer_sudo.deadline
        if is_open and answer_sudo.deadline < fields.Datetime.now():
            return "answer_deadline"
        return True

    def _is_ours(self, survey_sudo, answer_sudo):
        # A test is Odoo's own business.
        return survey_sudo.survey_type == "its" and not answer_sudo.test_entry

    def _redirect_with_error(self, access_data, error_key):
        survey_sudo, answer_sudo = (
            access_data["survey_sudo"],
            access_data["answer_sudo"],
        )
        if self._is_ours(survey_sudo, answer_sudo):
            return self._its_closed_page(survey_sudo, answer_sudo, error_key)
        return super()._redirect_with_error(access_data, error_key)

    def _its_closed_page(self, survey_sudo, answer_sudo, reason):
        """Say kindly why there is nothing to fill in, in the client's language."""
        if answer_sudo:
            lang = self._get_lang_with_fallback(answer_sudo.sudo(False))
            request.update_context(lang=lang.code)
            survey_sudo = survey_sudo.with_context(lang=lang.code)
        return request.render(
            "its_quality.survey_closed",
            {
                "survey": survey_sudo,
                "reason": reason,
                "interviewer": answer_sudo.its_interviewer_id,
                "company": answer_sudo.company_id or request.env.company,
            },
        )

    @route()
    def survey_display_page(self, survey_token, answer_token, **post):
        access_data = self._get_access_data(survey_token, answer_token)
        survey_sudo, answer_sudo = (
            access_data["survey_sudo"],
            access_data["answer_sudo"],
        )
        if (
            access_data["validity_code"] is True
            and self._is_ours(survey_sudo, answer_sudo)
            and answer_sudo.state == "done"
        ):
            return self._its_closed_page(survey_sudo, answer_sudo, "answer_done")
        return super().survey_display_page(survey_token, answer_token, **post)

    @route()
    def survey_retry(self, survey_token, answer_token, **post):
        access_data = self._get_access_data(survey_token, answer_token)
        survey_sudo, answer_sudo = (
            access_data["survey_sudo"],
            access_data["answer_sudo"],
        )
        if self._is_ours(survey_sudo, answer_sudo):
            return self._its_closed_page(survey_sudo, answer_sudo, "answer_done")
        return super().survey_retry(survey_token, answer_token, **post)
