"""What the reports count, counted by hand: the least that a database has to do."""

from __future__ import annotations

INTERACTIONS = """
    SELECT service_id,
           date_trunc('month', timezone(%(zone)s, timezone('UTC', date_start))) AS month,
           count(*), avg(CASE outcome WHEN 'reached' THEN 100.0 ELSE 0 END)
      FROM its_interaction
     WHERE company_id = %(company)s
     GROUP BY GROUPING SETS ((), (service_id), (month), (service_id, month))
"""
SURVEY = """
    SELECT line.survey_id, line.question_id, count(*), avg(line.its_mark),
           avg(CASE question.its_meaning WHEN 'csat' THEN line.its_mark END),
           avg(CASE question.its_meaning WHEN 'nps' THEN response.its_nps_points END)
      FROM survey_user_input_line AS line
      JOIN survey_user_input AS response ON response.id = line.user_input_id
      JOIN survey_question AS question ON question.id = line.question_id
     WHERE response.company_id = %(company)s AND response.state = 'done'
     GROUP BY GROUPING SETS (
            (), (line.survey_id), (line.survey_id, line.question_id))
"""
MOVEMENTS = """
    SELECT from_stage_id, to_stage_id, count(*), avg(hours), avg(working_hours)
      FROM (
            SELECT from_stage_id, to_stage_id, hours, movement.working_hours
              FROM its_claim_movement AS movement
              JOIN its_claim AS claim ON claim.id = movement.claim_id
             WHERE claim.company_id = %(company)s
             UNION ALL
            SELECT stage_id, NULL, extract(epoch FROM now() - date_stage) / 3600, NULL
              FROM its_claim
             WHERE company_id = %(company)s AND state NOT IN ('closed', 'rejected')
           ) AS stay
     GROUP BY GROUPING SETS ((), (from_stage_id), (from_stage_id, to_stage_id))
"""
RESPONSIBLE = """
    SELECT user_id, count(*),
           sum(CASE WHEN state IN ('dispatched', 'in_progress')
                    AND date_deadline < current_date THEN 1 ELSE 0 END),
           avg(extract(epoch FROM now() - date_stage))
               FILTER (WHERE state NOT IN ('closed', 'rejected')),
           avg(extract(epoch FROM now() - date_registered))
               FILTER (WHERE state NOT IN ('closed', 'rejected'))
      FROM its_claim
     WHERE company_id = %(company)s
     GROUP BY GROUPING SETS ((), (user_id))
"""
RESULTS = """
    SELECT problem_id, count(*),
           avg(CASE WHEN on_time THEN 100.0 ELSE 0 END)
               FILTER (WHERE state IN ('verification', 'follow_up', 'closed')),
           avg(CASE WHEN rework_count > 0 THEN 100.0 ELSE 0 END)
               FILTER (WHERE state = 'closed'),
           avg(CASE WHEN reopen_count > 0 THEN 100.0 ELSE 0 END)
               FILTER (WHERE state = 'closed'),
           avg(CASE satisfaction WHEN '5' THEN 100.0 ELSE 0 END)
               FILTER (WHERE state = 'closed' AND satisfaction != 'none'),
           avg(working_hours) FILTER (WHERE state IN ('closed', 'rejected'))
      FROM its_claim
     WHERE company_id = %(company)s
     GROUP BY GROUPING SETS ((), (problem_id))
"""
