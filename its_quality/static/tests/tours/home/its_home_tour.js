import { registry } from "@web/core/registry";
import { inputFiles } from "@web/../tests/utils";

// Whatever language the reader has: what is pressed is found by what it does.
const tours = registry.category("web_tour.tours");
const step = (key) => `.o_its_step[data-step=${key}]`;
const press = (key, action) => ({
    content: `Go to ${key}`,
    trigger: `${step(key)} button[data-action='${action}']`,
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
    content: "Back home",
    trigger: ".breadcrumb-item.o_back_button a, .o_back_button",
    run: "click",
};

// Seventeen presses, beside the file that is picked and what is typed.
tours.add("its_first_hour", {
    url: "/odoo/its-home",
    steps: () => [
        {
            content: "Nothing is there",
            trigger: ".o_its_first_hour:not(:has(.o_its_step[data-done='1']))",
        },
        press("hours", "its_quality.its_settings_action"),
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
        {
            content: "Somebody new",
            trigger: `${step("people")} button[data-view=form][data-action='base.action_res_users']`,
            run: "click",
        },
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
        press("teams", "its_quality.its_team_action"),
        {
            trigger: ".o_field_widget[name=name] input",
            run: "edit Support",
        },
        ...save,
        back,
        done("teams"),
        press("clients", "its_quality.its_import_action"),
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
            content: "What is missing still is said: two have no manager",
            trigger: `${step("clients")} .o_its_missing:contains(2)`,
        },
        {
            trigger: `${step("calls")} button[data-plan=today]`,
            run: "click",
        },
        {
            content: "All is done",
            trigger: ".o_its_first_hour:not(:has(.o_its_step))",
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
            trigger: ".o_its_desk header:contains(1)",
        },
    ],
});

tours.add("its_home", {
    url: "/odoo/its-home",
    steps: () => [
        {
            content: "What waits, and the oldest of it",
            trigger:
                ".o_its_part .o_its_home_tile.o_its_chosen .fs-3:not(:contains(/^0$/))",
        },
        {
            trigger: ".o_its_part .o_its_row",
            run: "click",
        },
        {
            trigger: ".o_form_view",
        },
        back,
        {
            trigger: ".o_its_part .o_its_all",
            run: "click",
        },
        {
            trigger: ".o_list_view, .o_kanban_view",
        },
        back,
        {
            trigger: ".o_its_part .o_its_home_tile",
        },
    ],
});
