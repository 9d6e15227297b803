import { registry } from "@web/core/registry";

registry.category("web_tour.tours").add("its_client_manager", {
    url: "/odoo/its-clients",
    steps: () => [
        {
            content: "Own clients are there",
            trigger: ".o_data_row:contains(Tour own client)",
        },
        {
            content: "Colleagues' clients are not",
            trigger: ".o_list_view:not(:contains(Tour foreign client))",
        },
        {
            trigger: ".o_data_cell:contains(Tour own client)",
            run: "click",
        },
        {
            trigger: ".nav-link[name=its_quality]",
            run: "click",
        },
        {
            content: "Renew the contract that ends",
            trigger: "button[name=action_ask_renewal]",
            run: "click",
        },
        {
            content: "The next period is proposed",
            trigger: ".modal button[name=action_confirm]",
            run: "click",
        },
        {
            trigger: ".o_data_row:contains(Upcoming) .o_data_cell[name=service_id]",
            run: "click",
        },
        {
            trigger: ".o_form_view .o_arrow_button_current:contains(Upcoming)",
        },
        {
            content: "Cancel it, with a reason",
            trigger: "button[name=action_cancel]",
            run: "click",
        },
        {
            trigger: ".modal .o_field_widget[name=reason_id] input",
            run: "edit Too expensive",
        },
        {
            trigger: ".ui-autocomplete .ui-menu-item:contains(Too expensive)",
            run: "click",
        },
        {
            trigger: ".modal button[name=action_confirm]",
            run: "click",
        },
        {
            trigger: ".o_field_widget[name=cancellation_reason_id]:contains(Too)",
        },
    ],
});
