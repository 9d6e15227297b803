import { registry } from "@web/core/registry";
import { inputFiles } from "@web/../tests/utils";
import { stepUtils } from "@web_tour/tour_utils";

const SAMPLE = "/its_quality/tour/contractors.xlsx";

/** The file that the test put on the server, as if the user had it on his disk. */
async function sampleFile() {
    const response = await fetch(SAMPLE);
    return new File([await response.blob()], "contractors.xlsx");
}

const importSteps = (outcome, answers = []) => [
    {
        content: "Drop the file that 1C wrote",
        trigger: ".o_its_import_drop",
        async run() {
            await inputFiles(".o_its_import_drop input[type=file]", [
                await sampleFile(),
            ]);
        },
    },
    {
        content: "The check says what would happen",
        trigger: "div[name=plan] div[name=new_count]",
    },
    {
        content: "Columns were found",
        trigger: ".nav-link[name=columns]",
        run: "click",
    },
    {
        trigger: ".o_data_cell[name=target]:contains(INN)",
    },
    ...answers,
    {
        content: "Only now is anything written",
        trigger: "button[name=action_import]",
        run: "click",
    },
    {
        trigger: `div[name=result] div[name=${outcome}]:not(:contains(/^0$/))`,
    },
];

registry.category("web_tour.tours").add("its_import_from_1c", {
    url: "/odoo/its-import/new",
    steps: () => [
        ...importSteps("created_count", [
            {
                content: "An empty folder could be a client, too: this is asked once",
                trigger: "div[name=name_only] button:contains(Empty folders)",
                run: "click",
            },
            {
                trigger: "div[name=name_only]:contains(Taken for)",
            },
        ]),
        {
            content: "The same file again changes nothing",
            trigger: ".o_form_button_create",
            run: "click",
        },
        {
            trigger: ".o_its_import_drop .btn:contains(Choose)",
        },
        ...importSteps("unchanged_count"),
        {
            trigger: "div[name=result] div[name=created_count]:contains(/^0$/)",
        },
        {
            trigger: "div[name=result] div[name=updated_count]:contains(/^0$/)",
        },
        ...stepUtils.goToAppSteps("its_quality.its_quality_menu", "Open the app"),
        {
            content: "The app opens at the call desk; go to the clients",
            trigger: "[data-menu-xmlid='its_quality.its_client_menu_root']",
            run: "click",
        },
        {
            trigger: ".dropdown-item[data-menu-xmlid='its_quality.its_client_menu']",
            run: "click",
        },
        {
            content: "Find a client",
            trigger: ".o_searchview_input",
            run: "edit Ромашка",
        },
        {
            trigger: ".o_searchview_autocomplete .o-dropdown-item:first",
            run: "click",
        },
        {
            content: "Open the client",
            trigger: ".o_data_row .o_data_cell[name=complete_name]:contains(Ромашка)",
            run: "click",
        },
        {
            trigger: ".nav-link[name=its_quality]",
            run: "click",
        },
        {
            trigger: ".o_field_widget[name=phone] input",
            run: "edit +7 8332 00-00-99",
        },
        ...stepUtils.saveForm(),
    ],
});
