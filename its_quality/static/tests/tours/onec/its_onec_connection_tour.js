import { registry } from "@web/core/registry";

/** What the test put on the server: where the made-up 1C is. */
async function madeUp() {
    const response = await fetch("/its_quality/tour/onec.json");
    return response.json();
}

const typed = (name) => ({
    trigger: `.o_field_widget[name=${name}] input`,
    async run(helpers) {
        await helpers.edit((await madeUp())[name]);
    },
});

registry.category("web_tour.tours").add("its_onec_connection", {
    url: "/odoo/its-onec-connections",
    steps: () => [
        {
            trigger: ".o_list_button_add",
            run: "click",
        },
        {
            trigger: ".o_field_widget[name=name] input",
            run: "edit Made-up accounting",
        },
        typed("address"),
        {
            content: "Leave the field, so that it is looked at",
            trigger: ".o_field_widget[name=login] input",
            run: "click",
        },
        {
            content: "Without https the password is sent unencrypted, and that is said",
            trigger: ".text-warning:contains(unencrypted)",
        },
        typed("login"),
        {
            content: "First a wrong one",
            trigger: ".o_field_widget[name=password] input",
            run: "edit wrong",
        },
        {
            content: "The base is published this way",
            trigger: "details[name=how_to] summary",
            run: "click",
        },
        {
            trigger: "details[name=how_to] figcaption:contains(Опубликовать)",
        },
        {
            trigger: ".o_form_button_save",
            run: "click",
        },
        {
            trigger: "button[name=action_test].btn-primary",
            run: "click",
        },
        {
            content: "It says what is wrong, in words",
            trigger: "div[name=test_failed]:contains(rejected the login)",
        },
        {
            content: "What was entered is not shown",
            trigger: ".o_field_widget[name=password] input:not(:value(wrong))",
        },
        typed("password"),
        {
            trigger: ".o_form_button_save:enabled",
            run: "click",
        },
        {
            content: "What was found out of the former password is gone",
            trigger: ".o_form_saved:not(:has(div[name=test_failed]))",
        },
        {
            trigger: "button[name=action_test].btn-primary",
            run: "click",
        },
        {
            trigger: "div[name=test_passed]:contains(contractors: 100)",
        },
        {
            trigger: "button[name=action_sync]",
            run: "click",
        },
        {
            content: "It is read by the server, which goes on without this window",
            trigger: "div[name=reading]:contains(Waiting for 1C)",
        },
    ],
});

registry.category("web_tour.tours").add("its_onec_import", {
    url: "/odoo/its-onec-connections",
    steps: () => [
        {
            trigger: ".o_data_cell[name=name]:contains(Made-up accounting)",
            run: "click",
        },
        {
            trigger: "button[name=action_open_imports]",
            run: "click",
        },
        {
            trigger: ".o_data_row .o_data_cell[name=source_id]",
            run: "click",
        },
        {
            content: "What would happen is shown before anything is written",
            trigger: "div[name=plan] div[name=new_count]:contains(98)",
        },
        {
            content: "There is no file, and nothing that speaks of one",
            trigger: ".o_form_view:not(:has(.o_its_import_drop))",
        },
        {
            trigger: ".o_field_widget[name=connection_id]:contains(Made-up accounting)",
        },
    ],
});
