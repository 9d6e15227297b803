import { _t } from "@web/core/l10n/translation";

import { AGE_COLORS } from "./chart_styles";

/**
 * What the numbers of the server are called, and how their reports open.
 *
 * good: whether more or less of it is better; period: of the chosen time, not of now;
 * note: what else the tile shows; counted: what the number behind it is of; lists: what
 * it is made of, each opens its own; optional: not everybody has it; empty: what to do
 * where there is no data.
 */
export const TILES = [
    {
        name: "overdue",
        label: _t("Overdue calls"),
        icon: "fa-phone",
        good: "down",
        view: "list",
    },
    {
        name: "today",
        label: _t("Calls for today"),
        icon: "fa-calendar-check-o",
        view: "list",
        note: _t("Done today: %s"),
    },
    {
        name: "coverage",
        label: _t("Cadence coverage"),
        icon: "fa-bullseye",
        unit: "%",
        good: "up",
        view: "list",
        opened: _t("Not reached in time"),
        note: _t("Not reached in time: %s"),
        counted: _t("Clients: %s"),
        empty: _t(
            "No cadence requires calls to any client. An administrator sets up cadences.",
        ),
    },
    {
        name: "interactions",
        label: _t("Interactions"),
        icon: "fa-comments-o",
        good: "up",
        period: true,
        view: "pivot",
        context: {
            pivot_row_groupby: ["user_id"],
            pivot_measures: ["__count", "partner_id", "reached_share"],
        },
        note: _t("Reached: %s %"),
        empty: _t("No clients were contacted. Start at the call desk."),
    },
    {
        name: "missed",
        label: _t("Missed calls"),
        icon: "fa-bell-slash-o",
        good: "down",
        period: true,
        view: "list",
        note: _t("Never called back: %s"),
        optional: true,
    },
    {
        name: "nps",
        label: _t("NPS"),
        icon: "fa-heart-o",
        good: "up",
        period: true,
        view: "pivot",
        context: {
            pivot_row_groupby: ["service_id"],
            pivot_measures: ["user_input_id", "nps"],
        },
        counted: _t("Answers: %s"),
        empty: _t("No clients were surveyed. Start at the call desk."),
    },
    {
        name: "csat",
        label: _t("CSAT"),
        icon: "fa-smile-o",
        unit: "%",
        good: "up",
        period: true,
        view: "pivot",
        context: {
            pivot_row_groupby: ["service_id"],
            pivot_measures: ["user_input_id", "csat"],
        },
        counted: _t("Answers: %s"),
        empty: _t("No clients were surveyed. Start at the call desk."),
    },
    {
        name: "claims_open",
        label: _t("Open claims"),
        icon: "fa-exclamation-circle",
        good: "down",
        view: "list",
        context: { group_by: ["stage_id"] },
    },
    {
        name: "claims_overdue",
        label: _t("Overdue claims"),
        icon: "fa-clock-o",
        good: "down",
        view: "list",
    },
    {
        name: "claims_opened",
        label: _t("Claims registered"),
        icon: "fa-plus-circle",
        good: "down",
        period: true,
        view: "list",
    },
    {
        name: "claims_closed",
        label: _t("Claims closed"),
        icon: "fa-check-circle-o",
        good: "up",
        period: true,
        view: "list",
    },
    {
        name: "hours",
        label: _t("Time to close"),
        icon: "fa-clock-o",
        unit: _t("working h"),
        good: "down",
        period: true,
        view: "pivot",
        context: {
            pivot_row_groupby: ["team_id"],
            pivot_measures: ["__count", "working_hours"],
        },
        counted: _t("Claims: %s"),
        empty: _t("No claims were closed in this period."),
    },
    {
        name: "on_time",
        label: _t("Claims on time"),
        icon: "fa-hourglass-half",
        unit: "%",
        good: "up",
        period: true,
        view: "pivot",
        context: {
            pivot_row_groupby: ["user_id"],
            pivot_measures: ["__count", "on_time_share"],
        },
        note: _t("Overdue now, not among them: %s"),
        counted: _t("Claims: %s"),
        empty: _t("No claims were closed in this period."),
    },
    {
        name: "retention",
        label: _t("Retention of clients"),
        icon: "fa-refresh",
        unit: "%",
        good: "up",
        period: true,
        view: "list",
        opened: _t("Under contract at the beginning"),
        counted: _t("Clients: %s"),
        lists: {
            kept: _t("Kept"),
            lost: _t("Lost"),
            undecided: _t("Undecided"),
        },
        empty: _t("No client was under contract at the beginning of the period."),
    },
    {
        name: "prolongation",
        label: _t("Prolongation of contracts"),
        icon: "fa-link",
        unit: "%",
        good: "up",
        period: true,
        view: "list",
        opened: _t("Ended contracts"),
        counted: _t("Contracts: %s"),
        lists: {
            continued: _t("Continued"),
            not_continued: _t("Not continued"),
            undecided: _t("Undecided"),
        },
        empty: _t("No contracts ended in this period."),
    },
    {
        name: "to_renew",
        label: _t("Expiring, to be renewed"),
        icon: "fa-handshake-o",
        view: "list",
        note: _t("Already renewed: %s"),
    },
];

export const CHARTS = [
    {
        name: "scores",
        label: _t("NPS and CSAT by month"),
        kind: "line",
        wide: true,
        series: { nps: _t("NPS"), csat: _t("CSAT (%)") },
        view: "graph",
        context: {
            graph_measure: "nps",
            graph_mode: "line",
            graph_groupbys: ["date:month"],
        },
        empty: _t(
            "No responses in the last year. Publish a questionnaire with an NPS or CSAT question, then use it at the call desk or send a link.",
        ),
    },
    {
        name: "stages",
        label: _t("Claims by stage and age"),
        kind: "stacked",
        wide: true,
        colors: AGE_COLORS,
        series: {
            three: _t("Up to 3 days"),
            week: _t("Up to a week"),
            month: _t("Up to a month"),
            longer: _t("Longer"),
        },
        view: "list",
        context: { group_by: ["stage_id"] },
        empty: _t(
            "There are no open claims. They come from the call desk, by e-mail and from the portal, or are registered under Claims.",
        ),
    },
    {
        name: "problems",
        label: _t("Most frequent problems"),
        kind: "bars",
        period: true,
        series: { claims: _t("Closed claims") },
        view: "list",
        empty: _t(
            "No problems were found in this period. They are selected when the work on a claim is handed over for verification.",
        ),
    },
    {
        name: "problem_services",
        label: _t("Services with problems"),
        kind: "bars",
        period: true,
        colors: [AGE_COLORS.at(-1)],
        series: { claims: _t("Closed claims") },
        view: "list",
        empty: _t(
            "No problems were found in this period. The service is selected when the work on a claim is handed over for verification.",
        ),
    },
    {
        name: "services",
        label: _t("Most popular services"),
        kind: "bars",
        series: {
            subscriptions: _t("Subscriptions in force"),
            talks: _t("Related interactions"),
        },
        view: "list",
        empty: _t(
            "There are no subscriptions in force. Import them from 1C, or add one on a client's card.",
        ),
    },
    {
        name: "wishes",
        label: _t("Client wishes"),
        kind: "stacked-bars",
        period: true,
        series: { talks: _t("In conversations"), claims: _t("In claims") },
        view: "list",
        empty: _t("No wishes were noted in this period. Select them at the call desk."),
    },
];

export const PERIODS = [
    ["month", _t("30 days")],
    ["quarter", _t("Quarter")],
    ["year", _t("Year")],
];
