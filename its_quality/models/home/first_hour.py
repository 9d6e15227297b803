"""The checklist of the first hour: what a firm has to be given before clients are called
and claims find their way, and what of it is missing still."""

from odoo.fields import Domain

from ..base.counting import count_all
from ..base.groups import (
    GROUP_ADMINISTRATOR,
    GROUP_CLIENT_MANAGER,
    GROUP_QUALITY_MANAGER,
    GROUP_USER,
)
from ..call.due import due_domain

GROUPS = (
    GROUP_USER,
    GROUP_CLIENT_MANAGER,
    GROUP_QUALITY_MANAGER,
    GROUP_ADMINISTRATOR,
)
# Who may make accounts in Odoo.
ACCOUNTS = "base.group_erp_manager"


class FirstHour:
    """The steps of a company, in the order in which one makes them.

    Each says what there is, why it is needed, what is missing still, and where it is
    entered.

    :param env: of an administrator
    """

    def __init__(self, env):
        self.env = env
        self._company = env.company
        self._here = [("company_id", "=", self._company.id)]
        self._running = [*self._here, ("state", "in", ("active", "expiring"))]
        self._free = None

    def steps(self):
        """What there is and what there is not.

        :return: a list of dicts of ``key``, ``title``, ``why``, ``text``, ``done``,
            ``missing`` and ``actions``
        """
        self._counts = self._count()
        return [
            self._hours(),
            self._people(),
            self._teams(),
            self._clients(),
            self._subscriptions(),
            self._mail(),
            self._calls(),
        ]

    def _count(self):
        """All that the steps are about, counted at once.

        :return: numbers by name
        """
        partners = self.env["res.partner"]
        users = self.env["res.users"].sudo()
        calls = self.env["mail.activity"].sudo()
        teams, firms = self.env["its.team"], self._firms()
        alone = self._of_company() & Domain("parent_id", "=", False)
        due = due_domain(self._company._its_today())
        asked = {
            **{group: (users, self._people_of(group)) for group in GROUPS},
            "teams": (teams, self._here),
            "headless": (teams, [*self._here, ("head_id", "=", False)]),
            "clients": (partners, firms),
            "unmanaged": (partners, firms & Domain("user_id", "=", False)),
            "makings": (
                self.env["its.client.making"],
                [("state", "=", "done"), *self._here],
            ),
            "running": (self.env["its.subscription"], self._running),
            "without": (
                partners,
                alone & Domain("its_subscription_ids", "not any", self._running),
            ),
            "servers": (self.env["fetchmail.server"].sudo(), []),
            "cadences": (self.env["its.cadence"], self._here),
            "calls": (calls, self._planned()),
            "calls_today": (calls, [*self._planned(), *due]),
        }
        counts = count_all(self.env, *asked.values())
        return dict(zip(asked, counts, strict=True))

    def _hours(self):
        _ = self.env._
        calendar, zone = self._company.resource_calendar_id, self._company._its_zone()
        done = bool(calendar) and zone != "UTC"
        return {
            "key": "hours",
            "title": _("Working hours and time zone"),
            "why": _("By them a day begins and ends, and deadlines run."),
            "text": f"{calendar.name}, {zone}" if calendar else zone,
            "done": done,
            "missing": []
            if done
            else [_missing(_("The clock is that of UTC: choose yours."))],
            "actions": [_action(_("Set"), "its_quality.its_settings_action")],
        }

    def _people(self):
        _ = self.env._
        counts = self._counts
        bosses = counts[GROUP_ADMINISTRATOR]
        quality = counts[GROUP_QUALITY_MANAGER] - bosses
        managers = counts[GROUP_CLIENT_MANAGER] - counts[GROUP_QUALITY_MANAGER]
        missing = []
        if not managers:
            missing.append(
                _missing(_("No client managers: administrators make all the calls."))
            )
        if not quality:
            missing.append(
                _missing(_("No quality manager: administrators accept the claims."))
            )
        actions = [
            _action(
                _("From 1C"), "its_quality.its_user_import_action", view_type="form"
            )
        ]
        if self.env.user.has_group(ACCOUNTS):
            actions.append(
                _action(
                    _("Create"),
                    "base.action_res_users",
                    view_type="form",
                    context={
                        "default_group_ids": [
                            self.env.ref("base.group_user").id,
                            self.env.ref(GROUP_CLIENT_MANAGER).id,
                        ]
                    },
                )
            )
            actions.append(_action(_("Assign roles"), "base.action_res_users"))
        return {
            "key": "people",
            "title": _("People and roles"),
            "why": _("Everybody sees and does what their role allows."),
            "text": str(counts[GROUP_USER]),
            "done": bool(managers or quality),
            "missing": missing,
            "actions": actions,
        }

    def _people_of(self, group):
        group_id = self.env["ir.model.data"]._xmlid_to_res_id(group)
        return [
            ("share", "=", False),
            ("company_ids", "in", self._company.ids),
            ("all_group_ids", "in", group_id),
        ]

    def _teams(self):
        _ = self.env._
        count, headless = self._counts["teams"], self._counts["headless"]
        loose = self.loose_services()
        missing = []
        if not count:
            missing.append(
                _missing(_("No teams: a claim cannot be passed on to anybody."))
            )
        if headless:
            missing.append(
                _missing(
                    _("Teams without a head: %(count)s", count=headless),
                    "its_quality.its_team_action",
                    {"search_default_no_head": 1},
                )
            )
        if count and loose:
            missing.append(
                _missing(
                    _("Services in use without a team: %(count)s", count=len(loose)),
                    "its_quality.its_service_action",
                    domain=[("id", "in", loose.ids)],
                )
            )
        return {
            "key": "teams",
            "title": _("Teams and their services"),
            "why": _("The team of a service gets the claims about it."),
            "text": str(count),
            "done": bool(count) and not headless,
            "missing": missing,
            "actions": [
                _action(
                    _("Create"),
                    "its_quality.its_team_action",
                    view_type="form",
                    context={
                        "default_head_id": self.env.uid,
                        "default_service_ids": self._free_services().ids,
                    },
                )
            ],
        }

    def _free_services(self):
        """Services that no team of the company looks after yet."""
        if self._free is None:
            services = self.env["its.service"]
            self._free = services.search([("team_ids", "not any", self._here)])
        return self._free

    def loose_services(self):
        """Services to which somebody is subscribed, and that no team looks after."""
        subscriptions = self.env["its.subscription"]
        groups = subscriptions._read_group(
            [
                *self._running,
                ("service_id", "in", self._free_services().ids),
            ],
            ["service_id"],
        )
        return self.env["its.service"].union(*(service for (service,) in groups))

    def _of_company(self):
        return Domain("its_client", "=", True) & Domain(
            "company_id", "in", [False, self._company.id]
        )

    def _firms(self):
        return self._of_company() & (
            Domain("parent_id", "=", False) | Domain("is_company", "=", True)
        )

    def _clients(self):
        _ = self.env._
        count, alone = self._counts["clients"], self._counts["unmanaged"]
        missing = []
        if not count:
            missing.append(_missing(_("No clients: there is nobody to call.")))
        if alone:
            missing.append(
                _missing(
                    _("Clients without a manager: %(count)s", count=alone),
                    "its_quality.its_client_action",
                    {"search_default_no_manager": 1},
                )
            )
        actions = [
            _action(_("From 1C"), "its_quality.its_import_action", view_type="form"),
            _action(_("From contacts of Odoo"), "its_quality.its_contact_action"),
        ]
        if self._counts["makings"]:
            actions.append(_action(_("Undo"), "its_quality.its_client_making_action"))
        return {
            "key": "clients",
            "title": _("Clients"),
            "why": _("Calls, questionnaires and claims are about them."),
            "text": str(count),
            "done": bool(count),
            "missing": missing,
            "actions": actions,
        }

    def _subscriptions(self):
        _ = self.env._
        count = self._counts["running"]
        without = self._counts["without"] if count else 0
        missing = []
        if not count:
            missing.append(
                _missing(_("No subscriptions in force: no calls are planned."))
            )
        if without:
            missing.append(
                _missing(
                    _("Clients with nothing in force: %(count)s", count=without),
                    "its_quality.its_client_action",
                    domain=[
                        ("its_client", "=", True),
                        ("parent_id", "=", False),
                        ("its_subscription_ids", "not any", self._running),
                    ],
                )
            )
        return {
            "key": "subscriptions",
            "title": _("Subscriptions"),
            "why": _("What a client has says when they are called, and about what."),
            "text": _("in force: %(count)s", count=count),
            "done": bool(count),
            "missing": missing,
            "actions": [
                _action(
                    _("From 1C"), "its_quality.its_import_action", view_type="form"
                ),
                _action(
                    _("Create"), "its_quality.its_subscription_action", view_type="form"
                ),
            ],
        }

    def _mail(self):
        _ = self.env._
        company = self._company.sudo()
        teams = self.env["its.team"].sudo().search(self._here)
        aliases = company.its_claim_alias_id | teams.alias_id
        addresses = aliases.filtered("alias_name").mapped("display_name")
        missing = []
        if not addresses:
            missing.append(
                _missing(_("No address: an e-mail of a client becomes no claim."))
            )
        elif not self._counts["servers"]:
            missing.append(
                _missing(
                    _(
                        "No incoming mail server: have one set up, unless your mail "
                        "server passes e-mails to Odoo itself."
                    )
                )
            )
        return {
            "key": "mail",
            "title": _("E-mail for claims"),
            "why": _("Whatever clients write to it becomes a claim with a number."),
            "text": ", ".join(addresses),
            "done": bool(addresses),
            "missing": missing,
            "actions": [_action(_("Set"), "its_quality.its_settings_action")],
        }

    def _planned(self):
        return [("its_cadence_id.company_id", "=", self._company.id)]

    def _calls(self):
        _ = self.env._
        cadences, count = self._counts["cadences"], self._counts["calls"]
        calls = self.env["mail.activity"].sudo().with_context(active_test=False)
        ever = count or calls.search_count(self._planned(), limit=1)
        missing = []
        if not cadences:
            missing.append(
                _missing(
                    _("No cadences: no calls are planned."),
                    "its_quality.its_cadence_action",
                )
            )
        if count:
            text = _(
                "planned: %(count)s, for today: %(today)s",
                count=count,
                today=self._counts["calls_today"],
            )
        elif ever:
            text = _("all planned calls are made")
        else:
            due, now = self.env["its.cadence"]._count_due(self._company)
            text = _(
                "to be planned: %(count)s, due now: %(today)s", count=due, today=now
            )
            if cadences and not due:
                missing.append(
                    _missing(
                        _(
                            "Nobody is due to be called within %(days)s days.",
                            days=self._company.its_ahead_days,
                        )
                    )
                )
        return {
            "key": "calls",
            "title": _("First calls"),
            "why": _("From then on they are planned every night, by the cadences."),
            "text": text,
            "done": bool(ever),
            "missing": missing,
            "plan": bool(cadences),
            "actions": [_action(_("Cadences"), "its_quality.its_cadence_action")],
        }


def _action(label, action, view_type=None, context=None, domain=None):
    """What a button of a step opens."""
    return {
        "label": label,
        "action": action,
        "view_type": view_type or False,
        "context": context or {},
        "domain": domain or False,
    }


def _missing(text, action=None, context=None, domain=None):
    """What is missing, and where one sees it."""
    return {
        "text": text,
        "opens": _action("", action, context=context, domain=domain)
        if action
        else False,
    }
