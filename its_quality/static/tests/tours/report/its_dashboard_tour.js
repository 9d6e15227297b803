import { registry } from "@web/core/registry";

// The dashboard: its figures, a report behind one, the way back, another time.
const steps = [
    {
        content: "Straight from the menu",
        trigger:
            ".o_menu_sections [data-menu-xmlid='its_quality.its_report_menu_root']",
        run: "click",
    },
    {
        trigger: ".o-dropdown--menu [data-menu-xmlid='its_quality.its_dashboard_menu']",
        run: "click",
    },
    {
        content: "Three claims wait, as in the database",
        trigger: "[data-tile='claims_open'] .o_its_tile_number:text(3)",
    },
    {
        content: "Nobody was asked: what to do is said",
        trigger: "[data-tile='nps']:contains(Start at the call desk)",
    },
    {
        content: "The bars are drawn, and told in words",
        trigger: "[data-chart='stages'] canvas[aria-label*='Up to 3 days 3']",
    },
    {
        content: "A tile opens the report, filtered in the same way",
        trigger: "[data-tile='claims_open']",
        run: "click",
    },
    {
        trigger: ".o_breadcrumb .active:contains(Open claims)",
    },
    {
        trigger: ".o_list_view .o_group_header:contains((3))",
    },
    {
        content: "Back on the dashboard",
        trigger: ".o_breadcrumb .o_back_button, .breadcrumb-item a",
        run: "click",
    },
    {
        trigger: "[data-period='year']",
        run: "click",
    },
    {
        trigger: "[data-period='year'][aria-pressed='true']",
    },
    {
        content: "The closed claim of half a year ago is within the year",
        trigger: "[data-tile='claims_closed'] .o_its_tile_number:text(1)",
    },
    {
        content: "A chart opens by its title",
        trigger: "[data-chart='problems'] .o_its_chart_title",
        run: "click",
    },
    {
        trigger: ".o_breadcrumb .active:contains(Most frequent problems)",
    },
    {
        trigger: ".o_list_view .o_data_row:contains(Tour closed)",
    },
    {
        content: "The way back keeps the year",
        trigger: ".o_breadcrumb .o_back_button, .breadcrumb-item a",
        run: "click",
    },
    {
        trigger: "[data-period='year'][aria-pressed='true']",
    },
    {
        trigger: "[data-tile='claims_closed'] .o_its_tile_number:text(1)",
    },
];

registry.category("web_tour.tours").add("its_dashboard", {
    url: "/odoo/quality-dashboard",
    steps: () => [
        {
            trigger: "[data-tile='claims_open'] .o_its_tile_number",
        },
        ...steps,
    ],
});

registry.category("web_tour.tours").add("its_dashboard_refused", {
    url: "/odoo/quality-dashboard",
    steps: () => [
        {
            content: "A sentence instead of the figures",
            trigger: ".o_its_dashboard .alert:contains(for quality managers and heads)",
        },
        {
            trigger: ".o_its_dashboard:not(:has(.o_its_tile))",
        },
    ],
});
