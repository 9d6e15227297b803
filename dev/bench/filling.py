"""Users and clients by SQL, where the figures of a case ask for many."""

from __future__ import annotations


def users(env, group, count, name="Сотрудник", others=None):
    """Make users `bench0`, `bench1`, …

    :param group: role of the first, and of all unless `others` is given
    """
    groups = [group] + [others or group] * (count - 1)
    return env["res.users"].create(
        [
            {
                "name": f"{name} {number}",
                "login": f"bench{number}",
                "email": f"bench{number}@example.com",
                "group_ids": [(6, 0, env.ref(f"its_quality.group_{role}").ids)],
            }
            for number, role in enumerate(groups)
        ]
    )


def clients(env, rows, managers=()):
    """Make clients, their managers in turn; none where there are none to take turns."""
    env.flush_all()
    env.cr.execute(
        """
        INSERT INTO res_partner (
            name, complete_name, active, type, is_company, color, its_client, user_id,
            its_name_key, phone, create_uid, write_uid, create_date, write_date
        )
        SELECT 'ООО Клиент ' || n, 'ООО Клиент ' || n, true, 'contact', true, 0, true,
               (%(managers)s::int[])[1 + n %% GREATEST(cardinality(%(managers)s::int[]), 1)],
               'клиент ' || n, '+7 912 ' || n, 1, 1, now(), now()
          FROM generate_series(1, %(rows)s) AS n
        """,
        {"rows": rows, "managers": list(managers)},
    )
    # A foreign key into a table that is taken for tiny is checked by reading it whole.
    env.cr.execute("ANALYZE res_partner")
    env.cr.execute("UPDATE res_partner SET commercial_partner_id = id WHERE its_client")
    analyze(env)


def analyze(env):
    """Let the database know what it holds now."""
    env.invalidate_all()
    env.cr.commit()
    env.cr.execute("ANALYZE")
    env.cr.commit()
