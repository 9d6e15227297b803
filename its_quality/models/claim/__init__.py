"""Claims: where they come from, the workflow, who is next, who is notified of what, and
the client's last word.

Stands on the call. What works in steps is plain functions that are called with claims;
each builds on those to its left:

- :mod:`.rules`, :mod:`.mail_rules`: tables of the workflow and of mails
- :mod:`.clock`, :mod:`.people`, :mod:`.todo`: deadlines, who is next, their to-do
- :mod:`.notifying`, :mod:`.asking`: letters, and asking the client
- :mod:`.effects`, :mod:`.escalation`: what a step brings about, what time does
- :mod:`.first_answer`, :mod:`.bounces`, :mod:`.copies`: what becomes of our letters
- :mod:`.robots`, :mod:`.numbers`, :mod:`.letter_quotes`, :mod:`.pictures`,
  :mod:`.letter_words`, :mod:`.incoming`: letters to us
- :mod:`.proposals`, :mod:`.sender`, :mod:`.linking`: whose they are
- :mod:`.splitting`: what is about another matter
- :mod:`.intake`, :mod:`.sanitising`, :mod:`.uploads`, :mod:`.merging`: other ways in
- :mod:`.client_link`, :mod:`.client_page`, :mod:`.board`: what is shown to whom
"""

from . import (
    deadline,
    ir_qweb,
    its_cadence,
    its_call_desk,
    its_claim,
    its_claim_attempt,
    its_claim_movement,
    its_claim_problem,
    its_claim_stage,
    its_claim_thread,
    its_claim_workflow,
    its_client_risk,
    its_letter,
    its_personal_request,
    its_settings,
    its_team,
    mail_activity,
    mail_alias_domain,
    mail_mail,
    mail_thread,
    past,
    res_company,
    res_partner,
    res_users,
    survey_survey,
    survey_user_input,
    verdicts,
)
