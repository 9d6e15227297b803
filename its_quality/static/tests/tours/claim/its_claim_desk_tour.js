import { registry } from "@web/core/registry";

// Claims at the call desk: asking whether one is settled, registering another.
const tours = registry.category("web_tour.tours");

tours.add("its_claim_desk_unhappy", {
    url: "/odoo/call-desk",
    steps: () => [
        {
            content: "The call about a claim is there",
            trigger: ".o_its_desk_queue .list-group-item.active:contains(RC-)",
        },
        {
            content: "with what was done",
            trigger: ".o_its_desk_asked:contains(Отправили повторно)",
        },
        {
            content: "Not satisfied: without words it goes nowhere",
            trigger: ".o_its_desk_client",
            run: "press 1",
        },
        {
            trigger: ".o_its_desk_unhappy",
        },
        {
            content: "The words are asked for where one is already",
            trigger: ".o_its_desk_summary.is-invalid",
            run: "edit It is empty again",
        },
        {
            trigger: ".o_its_desk_verdict[data-verdict='1']",
            run: "click",
        },
        {
            trigger: ".o_notification:contains(reopened)",
        },
        {
            trigger: ".o_its_desk_queue:contains(Great job)",
        },
    ],
});

tours.add("its_claim_desk_register", {
    url: "/odoo/call-desk",
    steps: () => [
        {
            trigger: ".o_its_desk_client h2:contains(Ромашка)",
        },
        {
            trigger: ".o_its_desk_summary",
            run: "edit They wait for a week",
        },
        {
            trigger: ".o_its_desk_register",
            run: "click",
        },
        {
            content: "The summary is carried over",
            trigger: ".modal .o_field_widget[name=description] textarea:value(week)",
        },
        {
            trigger: ".modal .o_field_widget[name=subject] input",
            run: "edit No update",
        },
        {
            content: "What the client has is proposed",
            trigger: ".modal .o_field_widget[name=service_id] input:value(Программа)",
        },
        {
            trigger: ".modal button[name=action_tell_registered]",
            run: "click",
        },
        {
            trigger: ".o_notification:contains(No update)",
        },
        {
            content: "It is listed, and opens without leaving the talk",
            trigger: ".o_its_desk_claim:contains(No update)",
            run: "click",
        },
        {
            trigger: ".modal .o_form_view .o_statusbar_status, .modal .o_form_view",
        },
        {
            trigger: ".modal .btn-close",
            run: "click",
        },
        {
            trigger: ".o_its_desk_client h2:contains(Ромашка)",
        },
    ],
});

// Opened by the link in the task that a low score makes.
tours.add("its_claim_of_response", {
    steps: () => [
        {
            content: "The answers are in it",
            trigger: ".o_field_widget[name=description] textarea:value(Ждали неделю)",
        },
        {
            trigger: ".o_form_button_save",
            run: "click",
        },
        {
            trigger: ".o_form_saved",
        },
    ],
});
