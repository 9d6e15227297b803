import { registry } from "@web/core/registry";
import { inputFiles } from "@web/../tests/utils";

const MESSAGE = "/its_quality/tour/message.xml";

registry.category("web_tour.tours").add("its_import_exchange", {
    url: "/odoo/its-import/new",
    steps: () => [
        {
            content: "Drop an exchange file of 1C",
            trigger: ".o_its_import_drop",
            async run() {
                const response = await fetch(MESSAGE);
                const file = new File([await response.blob()], "message.xml");
                await inputFiles(".o_its_import_drop input[type=file]", [file]);
            },
        },
        {
            content: "It is known for what it is",
            trigger: "div[name=found]:contains(XML)",
        },
        {
            content: "One of the two contracts has a service by its name",
            trigger: "div[name=plan] div[name=contract_plan_count]:contains(/^1$/)",
        },
        {
            content: "What the others are about is asked first",
            trigger: ".nav-link.active[name=contracts]",
        },
        {
            content: "Say what the others are about",
            trigger:
                ".o_data_row:contains(Поставка канцтоваров) .o_data_cell[name=service_id]",
            run: "click",
        },
        {
            trigger: ".o_selected_row .o_data_cell[name=service_id] input",
            run: "edit 1С-Проба",
        },
        {
            trigger: ".o-autocomplete--dropdown-item a:contains(1С-Проба)",
            run: "click",
        },
        {
            trigger: ".o_form_button_save",
            run: "click",
        },
        {
            content: "What was checked holds no longer",
            trigger: "button[name=action_check]:contains(Check again)",
            run: "click",
        },
        {
            trigger: "div[name=plan] div[name=contract_plan_count]:contains(/^2$/)",
        },
        {
            content: "The client marked in 1C may be archived, if so wished",
            trigger: "div[name=deleted] div[name=archive_deleted] input",
            run: "check",
        },
        {
            trigger: "button[name=action_import]",
            run: "click",
        },
        {
            trigger: "div[name=result] div[name=created_count]:contains(/^3$/)",
        },
    ],
});
