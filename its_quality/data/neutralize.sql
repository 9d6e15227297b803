-- A copy of the database takes nothing in, and knows no passwords.
UPDATE its_connect
   SET active = false, secret_digest = NULL, rest_password_secret = NULL;
UPDATE its_phone_connection
   SET active = false, password_secret = NULL, lease_until = NULL;
UPDATE its_onec_connection
   SET active = false, by_schedule = false, password_secret = NULL;
