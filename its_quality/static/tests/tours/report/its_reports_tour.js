import { waitUntil } from "@odoo/hoot-dom";
import { registry } from "@web/core/registry";
import { rpc } from "@web/core/network/rpc";

/**
 * Each report in each of its forms: it tells as many records as the database holds for
 * whoever reads it. `records` is counted, not the report itself; default filters are
 * taken off first.
 */
const REPORTS = [
    {
        menu: "its_interaction_report_menu",
        measures: 2,
        forms: ["pivot", "graph", "list"],
        facets: 1,
        records: ["its.interaction", []],
    },
    {
        menu: "its_survey_report_menu",
        measures: 4,
        forms: ["pivot", "graph", "list"],
        facets: 1,
        records: [
            "survey.user_input.line",
            [
                ["user_input_id.state", "=", "done"],
                ["user_input_id.its_client_id", "!=", false],
                ["user_input_id.test_entry", "=", false],
                ["skipped", "=", false],
            ],
        ],
    },
    {
        menu: "its_claim_movement_report_menu",
        measures: 3,
        forms: ["pivot", "graph", "list"],
        facets: 1,
        // Where each claim on its way stands is a row, too.
        records: ["its.claim.movement", []],
        more: ["its.claim", [["state", "not in", ["closed", "rejected"]]]],
    },
    {
        menu: "its_claim_report_menu_responsible",
        measures: 2,
        forms: ["list", "pivot", "graph"],
        facets: 2,
        records: ["its.claim", []],
    },
    {
        menu: "its_claim_report_menu",
        measures: 8,
        forms: ["pivot", "graph", "list"],
        facets: 2,
        // Of all rows, those left out that are not handed over yet.
        footer: ["its.claim.report", "on_time_share:avg", "On time"],
        records: ["its.claim", []],
    },
    {
        menu: "its_contact_report_menu",
        measures: 1,
        forms: ["list", "pivot", "graph"],
        facets: 0,
        records: [
            "res.partner",
            [
                ["its_client", "=", true],
                "|",
                ["is_company", "=", true],
                ["parent_id", "=", false],
            ],
        ],
    },
];

// Less than a step of a tour may take, in milliseconds.
const LONGEST = 9000;

function count([model, domain]) {
    return rpc(`/web/dataset/call_kw/${model}/search_count`, {
        model,
        method: "search_count",
        args: [domain],
        kwargs: {},
    });
}

/** The view of before may still be there: wait until it tells the right number. */
async function compare(report, read) {
    let expected = await count(report.records);
    if (report.more) {
        expected += await count(report.more);
    }
    if (!expected) {
        throw new Error(`${report.menu}: nothing to compare with`);
    }
    let told = null;
    const isRight = () => {
        told = Number(read()?.textContent.replace(/[^0-9]/g, ""));
        return told === expected;
    };
    await waitUntil(isRight, {
        message: () => `${report.menu}: ${told} instead of ${expected}`,
        timeout: LONGEST,
    });
}

/** The footer of a list tells what the database, and with it a pivot, tells. */
async function compareFooter([model, figure, label]) {
    const [row] = await rpc(`/web/dataset/call_kw/${model}/formatted_read_group`, {
        model,
        method: "formatted_read_group",
        args: [],
        kwargs: { domain: [], groupby: [], aggregates: [figure] },
    });
    let told = null;
    const isRight = () => {
        const cell = document.querySelector(
            `.o_list_view tfoot [data-tooltip="${label}"]`,
        );
        told = cell && Number(cell.textContent);
        return told !== null && Math.abs(told - row[figure]) < 0.06;
    };
    await waitUntil(isRight, {
        message: () => `${label}: ${told} instead of ${row[figure]}`,
        timeout: LONGEST,
    });
}

const COMPARED = {
    pivot: {
        // The total of all columns comes last, the count first of its measures.
        trigger: ".o_pivot_view tbody tr:first",
        read: (report) => {
            const row = document.querySelector(".o_pivot_view tbody tr");
            return [...(row?.querySelectorAll(".o_pivot_cell_value") || [])].at(
                -report.measures,
            );
        },
    },
    list: {
        trigger: ".o_list_view .o_pager_limit",
        read: () => document.querySelector(".o_list_view .o_pager_limit"),
    },
    graph: {
        trigger: ".o_graph_view .o_graph_canvas_container canvas",
    },
};

function stepsOf(report) {
    const menu = `[data-menu-xmlid='its_quality.${report.menu}']`;
    const steps = [
        {
            trigger: "[data-menu-xmlid='its_quality.its_report_menu_root']",
            run: "click",
        },
        {
            trigger: menu,
            run: (helpers) => {
                // The report before may have the same form, and stays for a while.
                for (const before of document.querySelectorAll(
                    ".o_action_manager > *",
                )) {
                    before.classList.add("its_before");
                }
                return helpers.click();
            },
        },
        { trigger: `.o_${report.forms[0]}_view:not(.its_before)` },
    ];
    for (let facet = report.facets; facet > 0; facet--) {
        steps.push({
            trigger: `.o_searchview:has(.o_searchview_facet:nth-child(${facet})):not(:has(.o_searchview_facet:nth-child(${facet + 1}))) .o_facet_remove`,
            run: "click",
        });
    }
    steps.push({ trigger: ".o_searchview:not(:has(.o_searchview_facet))" });
    for (const form of report.forms) {
        steps.push(
            { trigger: `.o_switch_view.o_${form}`, run: "click" },
            { trigger: `.o_switch_view.o_${form}.active` },
        );
        const compared = COMPARED[form];
        steps.push({
            content: `${report.menu} as ${form}`,
            trigger: compared.trigger,
            ...(compared.read && {
                run: () => compare(report, () => compared.read(report)),
            }),
        });
        if (form === "list" && report.footer) {
            steps.push({
                content: `${report.menu}: the footer`,
                trigger: ".o_list_view tfoot",
                run: () => compareFooter(report.footer),
            });
        }
    }
    return steps;
}

registry.category("web_tour.tours").add("its_reports", {
    steps: () => REPORTS.flatMap(stepsOf),
});

registry.category("web_tour.tours").add("its_survey_results", {
    steps: () => [
        {
            content: "Two have answered in this period, one in that before",
            trigger: ".o_its_results [data-figure=responses] .fs-3:text(2)",
        },
        {
            content: "One more is no news",
            trigger: ".o_its_results [data-figure=responses] .text-muted:contains(+1)",
        },
        {
            content: "One promoter, one detractor",
            trigger: ".o_its_results [data-figure=nps] .fs-3:text(0)",
        },
        {
            trigger:
                ".o_its_results [data-figure=nps] .o_its_certainty:contains(too few)",
        },
        {
            trigger: ".o_its_bars tr:contains(excellent) td:contains(50 %)",
        },
        {
            content: "The answers behind a chart",
            trigger: ".o_its_results section:contains(overall) .btn-link",
            run: "click",
        },
        {
            trigger: ".o_list_view .o_pager_limit:text(2)",
        },
    ],
});
