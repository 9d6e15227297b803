import { registry } from "@web/core/registry";
import { inputFiles } from "@web/../tests/utils";
import { stepUtils } from "@web_tour/tour_utils";

/** A file that the test put on the server, as if the user had it on his disk. */
async function fileOf(name) {
    const response = await fetch(`/its_quality/tour/${name}`);
    return new File([await response.blob()], name);
}

const drop = (name) => ({
    content: "Drop the list that 1C wrote",
    trigger: ".o_its_import_drop",
    async run() {
        await inputFiles(".o_its_import_drop input[type=file]", [await fileOf(name)]);
    },
});

const rowOf = (page, name) =>
    `div[name=${page}_line_ids] .o_data_row:has(td:contains(${name}))`;

const confirm = [
    {
        content: "Only now is anything done",
        trigger: "button[name=action_confirm]",
        run: "click",
    },
    {
        trigger: ".modal-footer .btn-primary",
        run: "click",
    },
];

registry.category("web_tour.tours").add("its_users_from_1c", {
    url: "/odoo",
    steps: () => [
        ...stepUtils.goToAppSteps("its_quality.its_quality_menu", "Open the app"),
        {
            trigger: "[data-menu-xmlid='its_quality.its_configuration_menu']",
            run: "click",
        },
        {
            trigger:
                ".dropdown-item[data-menu-xmlid='its_quality.its_user_import_menu']",
            run: "click",
        },
        {
            trigger: ".o_list_button_add",
            run: "click",
        },
        drop("users.xlsx"),
        {
            content: "The review says what would happen",
            trigger: "div[name=plan] div[name=create_count]:contains(/^5$/)",
        },
        {
            content: "Service users and those who are not valid are left out",
            trigger: "div[name=plan] div[name=skip_count]:contains(/^2$/)",
        },
        {
            content: "A login for somebody without an address",
            trigger: `${rowOf("create", "Чайкина")} td[name=login]:contains(chaikinazh)`,
        },
        {
            content: "Roles for all at once",
            trigger: "button[name=action_open_lines]:contains(Set roles in bulk)",
            run: "click",
        },
        {
            trigger: ".o_list_view thead .o_list_record_selector input",
            run: "click",
        },
        {
            trigger:
                ".o_control_panel button[name=action_set_role]:contains(Head of team)",
            run: "click",
        },
        {
            trigger:
                ".o_list_view .o_data_row:has(td:contains(Щукин)) td[name=role]:contains(Head of team)",
        },
        {
            trigger: ".breadcrumb-item.o_back_button a, .o_back_button",
            run: "click",
        },
        {
            content: "Another role for one of them",
            trigger: `${rowOf("create", "Рыбкина")} td[name=role]`,
            run: "click",
        },
        {
            trigger: "div[name=create_line_ids] td[name=role] .o_select_menu_toggler",
            run: "click",
        },
        {
            trigger: ".o_select_menu_item:contains(Client manager)",
            run: "click",
        },
        {
            content: "One of them is left out",
            trigger: `${rowOf("create", "Чайкина")} button[name=action_leave_out]`,
            run: "click",
        },
        {
            trigger: "div[name=plan] div[name=create_count]:contains(/^4$/)",
        },
        ...confirm,
        {
            content: "The accounts are there, and letters are on their way",
            trigger: "div[name=result] div[name=created_count]:contains(/^4$/)",
        },
        {
            trigger: `${rowOf("create", "Рыбкина")} td[name=invitation]:contains(Waiting to be sent)`,
        },
        {
            content: "The next list names one no more",
            trigger: ".o_form_button_create",
            run: "click",
        },
        {
            trigger: ".o_its_import_drop .btn:contains(Choose)",
        },
        drop("fewer.csv"),
        {
            trigger: "div[name=plan] div[name=archive_count]:contains(/^1$/)",
        },
        {
            trigger: ".nav-link[name=archive]",
            run: "click",
        },
        {
            trigger: `${rowOf("archive", "Щукин")} td[name=confirmed] input`,
            run: "click",
        },
        ...confirm,
        {
            trigger: "div[name=archive_line_ids] td[name=outcome]:contains(Archived)",
        },
    ],
});
