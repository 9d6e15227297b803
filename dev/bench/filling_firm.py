"""A firm of any size, by SQL: clients with contracts, talks, calls, answers and claims,
all growing alike over three years.

How many people work for it stays the same, so that what one of them opens grows, too.
"""

from __future__ import annotations

from . import filling
from .cases import claims_opened

MANAGERS = 20
DAYS = 3 * 365
# So many clients have one answered questionnaire among them, and one claim on its way.
PER_RESPONSE = 4
PER_OPEN_CLAIM = 20


def people(env):
    """Make a quality manager, `bench0`, and client managers, who are one team."""
    users = filling.users(env, "quality_manager", MANAGERS + 1, others="client_manager")
    users[1].group_ids += env.ref("its_quality.group_head")
    types = env["its.service"].search([("kind", "=", "contract")], limit=5)
    env["its.team"].create(
        {
            "name": "Сопровождение",
            "head_id": users[1].id,
            "member_ids": users.ids,
            "service_ids": types.ids,
        }
    )
    survey = env["survey.survey"].create({"title": "Год", "survey_type": "its"})
    for meaning in ("nps", "csat", "csat"):
        env["survey.question"].create(
            {
                "survey_id": survey.id,
                "title": f"Вопрос {meaning}",
                "question_type": "scale",
                "its_meaning": meaning,
            }
        )
    env.cr.commit()


def grow(env, clients, first=1):
    """Add clients up to this number, each with what a client has.

    :param first: the number of the first one to add
    """
    users = env["res.users"].search([("login", "like", "bench")], order="id")
    team = env["its.team"].search([], limit=1, order="id desc")
    survey = env["survey.survey"].search([("title", "=", "Год")])
    nps = survey.question_ids.filtered(lambda question: question.its_meaning == "nps")
    told = {
        "first": first,
        "last": clients,
        "days": DAYS,
        "company": env.company.id,
        "quality": users[0].id,
        "head": users[1].id,
        "managers": users.ids[1:],
        "types": team.service_ids.ids,
        "team": team.id,
        "model": env["ir.model"]._get_id("res.partner"),
        "call": env.ref("mail.mail_activity_data_call").id,
        "survey": survey.id,
        "scales": survey.question_ids.ids,
        "nps": nps.id,
        "per_response": PER_RESPONSE,
    }
    env.flush_all()
    for statement in (CLIENTS, CONTACTS, CONTRACTS, CHAINS, TALKS, LAST, CALLS):
        _fill(env, statement, told)
    for statement in (RESPONSES, ANSWERS):
        _fill(env, statement, told)
    added = clients - first + 1
    claims_opened.fill_claims(
        env,
        added,
        on_their_way=first - 1 + added // PER_OPEN_CLAIM,
        # The places before are of the clients there were, and of their contacts.
        batch=claims_opened.Batch(
            first_client=2 * first - 1, client_span=added, days=DAYS
        ),
    )
    for statement in (TURNS, TODOS, FOLLOWED):
        _fill(env, statement, told)
    _tidy(env)


def _tidy(env):
    """As a database is that has been running for a night."""
    env.invalidate_all()
    env.cr.commit()
    connection = env.cr._cnx
    connection.autocommit = True
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
    connection.autocommit = False


def _fill(env, statement, told):
    env.cr.execute(statement, told)
    env.cr.commit()
    # A foreign key into a table that is taken for tiny is checked by reading it whole.
    env.cr.execute("ANALYZE")
    env.cr.commit()


# The number of a client is in the code that it has in 1C.
CLIENTS = """
    INSERT INTO res_partner (
        name, complete_name, active, type, is_company, color, its_client, user_id,
        onec_code, its_name_key, vat, phone, email, email_normalized,
        create_uid, write_uid, create_date, write_date
    )
    SELECT named, named, true, 'contact', true, 0, true,
           (%(managers)s)[1 + n %% cardinality(%(managers)s)],
           n::text, lower(named), (7700000000 + n)::text, '+7 912 ' || n,
           'buh@client' || n || '.example.com', 'buh@client' || n || '.example.com',
           1, 1, now(), now()
      FROM (
            SELECT n, 'ООО ' || (ARRAY['Ромашка', 'Вектор', 'Альянс', 'Стройснаб',
                   'Медтехника', 'Лесторг', 'Автодом'])[1 + n %% 7]
                   || ' ' || left(md5(n::text), 5) || ' ' || n AS named
              FROM generate_series(%(first)s, %(last)s) AS n
           ) AS numbered
"""
CONTACTS = """
    WITH firm AS (
        UPDATE res_partner SET commercial_partner_id = id
         WHERE its_client AND commercial_partner_id IS NULL
        RETURNING id, name
    )
    INSERT INTO res_partner (
        name, complete_name, active, type, is_company, color, parent_id,
        commercial_partner_id, create_uid, write_uid, create_date, write_date
    )
    SELECT 'Бухгалтер', name || ', Бухгалтер', true, 'contact', false, 0, id, id,
           1, 1, now(), now()
      FROM firm
"""
# A year each, one after the other; one client of twenty has not renewed the last time.
CONTRACTS = """
    INSERT INTO its_subscription (
        partner_id, service_id, service_kind, company_id, user_id, last_user_id,
        team_id, last_team_id, date_start, date_end, date_last, covered_until,
        client_since, is_renewed, state, create_uid, write_uid, create_date, write_date
    )
    SELECT id, (%(types)s)[1 + n %% cardinality(%(types)s)], 'contract', %(company)s,
           user_id, user_id, %(team)s, %(team)s, start, start + 364, start + 364,
           start + 364, start - 365 * year, year < lasts,
           CASE WHEN start + 364 < current_date THEN 'expired'
                WHEN start + 364 < current_date + 30 THEN 'expiring'
                ELSE 'active' END,
           1, 1, now(), now()
      FROM (
            SELECT id, user_id, n, year, lasts,
                   current_date - n %% 365 - 365 * (2 - year) AS start
              FROM (
                    SELECT id, user_id, onec_code::int AS n,
                           CASE WHEN onec_code::int %% 20 = 7 THEN 1 ELSE 2 END AS lasts
                      FROM res_partner WHERE its_client
                   ) AS client, generate_series(0, lasts) AS year
             WHERE n BETWEEN %(first)s AND %(last)s
           ) AS dated
"""
CHAINS = """
    UPDATE its_subscription AS contract SET continues_id = former.id
      FROM its_subscription AS former
     WHERE former.partner_id = contract.partner_id
       AND former.date_end = contract.date_start - 1
       AND contract.continues_id IS NULL
"""
TALKS = """
    INSERT INTO its_interaction (
        partner_id, subscription_id, service_id, team_id, company_id, user_id, channel,
        direction, date_start, duration, purpose, outcome,
        create_uid, write_uid, create_date, write_date
    )
    SELECT client.id, contract.id, contract.service_id,
           CASE WHEN talk < 4 THEN %(team)s END, %(company)s, client.user_id,
           (ARRAY['call', 'email', 'visit'])[1 + talk %% 3], 'out',
           now() - interval '1 day' * ((n * 31 + talk * 219) %% %(days)s)
               - interval '1 minute' * (n %% 600),
           0.25, (ARRAY['constant', 'quality', 'renewal', 'other'])[1 + talk %% 4],
           CASE WHEN (n + talk) %% 5 = 0 THEN 'no_answer' ELSE 'reached' END,
           1, 1, now(), now()
      FROM (
            SELECT id, user_id, onec_code::int AS n FROM res_partner WHERE its_client
           ) AS client
      JOIN its_subscription AS contract ON contract.partner_id = client.id
                                       AND contract.continues_id IS NULL,
           generate_series(0, 4) AS talk
     WHERE n BETWEEN %(first)s AND %(last)s
"""
LAST = """
    UPDATE res_partner AS client
       SET its_last_contact = last.date_start, its_last_interaction_id = last.id
      FROM (
            SELECT DISTINCT ON (partner_id) partner_id, id, date_start
              FROM its_interaction WHERE outcome = 'reached'
             ORDER BY partner_id, date_start DESC
           ) AS last
     WHERE last.partner_id = client.id AND client.its_last_interaction_id IS NULL
"""
# A client has one that is done, and one client of ten has one that is open.
CALLS = """
    INSERT INTO mail_activity (
        res_model_id, res_model, res_id, res_name, activity_type_id, user_id,
        date_deadline, date_done, automated, active, its_client_id, its_team_id,
        its_purpose, create_uid, write_uid, create_date, write_date
    )
    SELECT %(model)s, 'res.partner', id, name, %(call)s, user_id, day,
           CASE WHEN NOT open THEN day END, true, open, id, %(team)s, 'constant', 1, 1,
           day - interval '3 days', now()
      FROM (
            SELECT client.*, open, CASE WHEN open THEN current_date + 5 - n %% 10
                   ELSE current_date - n %% %(days)s END AS day
              FROM (
                    SELECT id, name, user_id, onec_code::int AS n
                      FROM res_partner WHERE its_client
                   ) AS client, unnest(ARRAY[true, false]) AS open
             WHERE n BETWEEN %(first)s AND %(last)s AND (NOT open OR n %% 10 = 3)
           ) AS planned
"""
RESPONSES = """
    INSERT INTO survey_user_input (
        survey_id, state, access_token, its_client_id, its_service_id,
        its_subscription_id, its_team_id, company_id, its_interviewer_id, start_datetime,
        end_datetime, its_has_score, its_score, its_nps, its_nps_class,
        its_nps_points, test_entry, nickname,
        create_uid, write_uid, create_date, write_date
    )
    SELECT %(survey)s, 'done', 'bench-' || n, client.id, contract.service_id,
           contract.id, %(team)s, %(company)s, CASE WHEN n %% 3 > 0 THEN client.user_id END,
           moment, moment, true, 50 + n %% 50, mark,
           CASE WHEN mark > 8 THEN 'promoter' WHEN mark > 6 THEN 'passive'
                ELSE 'detractor' END,
           CASE WHEN mark > 8 THEN 100 WHEN mark > 6 THEN 0 ELSE -100 END,
           false, n::text, 1, 1, now(), now()
      FROM (
            SELECT id, user_id, onec_code::int AS n, (onec_code::int / 7) %% 11 AS mark,
                   now() - interval '1 day' * (onec_code::int %% %(days)s) AS moment
              FROM res_partner WHERE its_client
           ) AS client
      JOIN its_subscription AS contract ON contract.partner_id = client.id
                                       AND contract.continues_id IS NULL
     WHERE n BETWEEN %(first)s AND %(last)s AND n %% %(per_response)s = 0
"""
ANSWERS = """
    INSERT INTO survey_user_input_line (
        user_input_id, survey_id, question_id, skipped, answer_type, value_scale,
        its_mark, its_is_leading, create_uid, write_uid, create_date, write_date
    )
    SELECT response.id, response.survey_id, question, false, 'scale',
           response.its_nps, 10.0 * response.its_nps, question = %(nps)s, 1, 1, now(),
           now()
      FROM survey_user_input AS response, unnest(%(scales)s) AS question
     WHERE response.survey_id = %(survey)s
       AND response.nickname::int BETWEEN %(first)s AND %(last)s
"""
# Each waits for whose turn it is; who is above was told long ago that it is late.
TURNS = """
    UPDATE its_claim AS claim
       SET user_id = responsible,
           next_user_id = CASE state WHEN 'in_progress' THEN responsible
               WHEN 'registered' THEN %(quality)s WHEN 'follow_up' THEN %(quality)s
               ELSE %(head)s END,
           escalated_deadline = deadline_at, escalated_on = current_date
      FROM (
            SELECT id, CASE WHEN user_id IN (%(head)s, %(quality)s)
                   THEN (%(managers)s)[2 + id %% (cardinality(%(managers)s) - 1)]
                   ELSE user_id END AS responsible
              FROM its_claim
             WHERE state NOT IN ('closed', 'rejected') AND escalated_on IS NULL
           ) AS worked
     WHERE worked.id = claim.id
"""
TODOS = """
    UPDATE mail_activity AS todo SET user_id = claim.next_user_id
      FROM its_claim AS claim
     WHERE todo.res_model = 'its.claim' AND todo.res_id = claim.id
       AND todo.user_id != claim.next_user_id
"""
# A contact person follows the firm, which claims are not looked for by.
FOLLOWED = """
    UPDATE res_partner AS contact
       SET its_client = true, user_id = firm.user_id
      FROM res_partner AS firm
     WHERE firm.id = contact.parent_id AND firm.its_client
       AND contact.its_client IS NOT TRUE
"""
