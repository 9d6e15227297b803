import { registry } from "@web/core/registry";
import { inputFiles } from "@web/../tests/utils";

const tours = registry.category("web_tour.tours");
const step = (key) => `.o_its_step[data-step=${key}]`;
const press = (key, text) => ({
    content: `Go to ${key}`,
    trigger: `${step(key)} button:contains(${text})`,
    run: "click",
});
const done = (key) => ({
    content: `${key} is done`,
    trigger: `${step(key)}[data-done='1']`,
});
const save = [
    { trigger: ".o_form_button_save:enabled", run: "click" },
    { trigger: ".o_form_saved" },
];
const back = {
    content: "Back to the checklist",
    trigger: ".breadcrumb a:contains(Home), .breadcrumb button:contains(Home)",
    run: "click",
};

// Nineteen presses, beside the file that is picked and what is typed.
tours.add("its_first_hour", {
    url: "/odoo/its-home",
    steps: () => [
        { content: "Nothing is there", trigger: ".o_its_progress:contains(0 of 7)" },
        press("hours", "Set"),
        {
            trigger: ".o_field_widget[name=tz] .o_select_menu_toggler",
            run: "click",
        },
        {
            trigger: ".o_select_menu_item:contains(Europe/Kirov)",
            run: "click",
        },
        {
            content: "The address of claims stands on the same page",
            trigger: ".o_field_widget[name=its_claim_alias] input",
            run: "edit tourfirst",
        },
        ...save,
        back,
        done("hours"),
        done("mail"),
        press("people", "Create"),
        {
            trigger: ".o_field_widget[name=name] input",
            run: "edit Tour seller",
        },
        {
            trigger: ".o_field_widget[name=login] input",
            run: "edit seller@example.com",
        },
        ...save,
        back,
        done("people"),
        press("teams", "Create"),
        {
            trigger: ".o_field_widget[name=name] input",
            run: "edit Support",
        },
        ...save,
        back,
        done("teams"),
        press("clients", "From 1C"),
        {
            content: "Drop the file that 1C wrote",
            trigger: ".o_its_import_drop",
            async run() {
                const response = await fetch("/its_quality/tour/first.csv");
                const file = new File([await response.blob()], "first.csv");
                await inputFiles(".o_its_import_drop input[type=file]", [file]);
            },
        },
        {
            trigger: "button[name=action_import]",
            run: "click",
        },
        {
            trigger: "div[name=result] div[name=created_count]:contains(/^2$/)",
        },
        back,
        done("clients"),
        done("subscriptions"),
        {
            content: "What is missing still is said",
            trigger: `${step("clients")} .o_its_missing:contains(without a manager: 2)`,
        },
        press("calls", "Plan for today"),
        {
            trigger: ".o_its_progress:contains(7 of 7)",
        },
        {
            trigger: "[data-menu-xmlid='its_quality.its_call_desk_menu']",
            run: "click",
        },
        {
            trigger: ".o_its_desk_summary",
            run: "edit The first talk",
        },
        {
            trigger: ".o_its_desk_outcome[data-outcome=reached]",
            run: "click",
        },
        {
            trigger: ".o_its_desk header:contains(Done 1)",
        },
    ],
});
