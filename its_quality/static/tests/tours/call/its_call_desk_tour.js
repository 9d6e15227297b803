import { registry } from "@web/core/registry";

// Mornings at the call desk, as each role has them.
const tours = registry.category("web_tour.tours");
const client = (name) => ({
    content: `${name} is in hand`,
    trigger: `.o_its_desk_client h2:contains(${name})`,
});
const end = (outcome) => ({
    content: `End the call: ${outcome}`,
    trigger: `.o_its_desk_outcome[data-outcome=${outcome}]`,
    run: "click",
});
const question = (title) => `.o_its_question:contains(${title})`;

tours.add("its_call_desk_manager", {
    url: "/odoo/call-desk",
    steps: () => [
        client("Ромашка"),
        {
            content: "What was said",
            trigger: ".o_its_desk_summary",
            run: "edit All is well",
        },
        {
            content: "What the client wishes for",
            trigger: ".o_its_desk_client .o_multi_record_selector input",
            run: "edit Tour wish",
        },
        {
            trigger: ".o-autocomplete--dropdown-item:contains(Tour wish)",
            run: "click",
        },
        {
            trigger: ".o_its_desk_client .o_tag:contains(Tour wish)",
        },
        end("reached"),
        client("Астра"),
        {
            content: "An extension is dialled as one",
            trigger: ".o_its_desk_phone[href='tel:+78332000000;ext=7']",
        },
        {
            content: "By the keyboard alone: no answer",
            trigger: ".o_its_desk_client",
            run: "press n",
        },
        client("Тополь"),
        end("call_back"),
        {
            trigger: "button:contains(Tomorrow at 10)",
            run: "click",
        },
        {
            trigger: "button:contains(Plan callback)",
            run: "click",
        },
        {
            content: "The queue is empty",
            trigger: ".o_its_desk_queue:contains(Great job)",
        },
        {
            trigger: ".o_its_desk header:contains(Done 3)",
        },
    ],
});

tours.add("its_call_desk_no_answer", {
    url: "/odoo/call-desk",
    steps: () => [
        client("Ромашка"),
        {
            trigger: ".o_its_desk_client:contains(Unanswered attempts: 2)",
        },
        end("no_answer"),
        {
            content: "The letter is on its way",
            trigger: ".o_notification:contains(own@example.com)",
        },
    ],
});

tours.add("its_client_card", {
    url: "/odoo/its-clients",
    steps: () => [
        {
            trigger: ".o_data_cell:contains(Ромашка)",
            run: "click",
        },
        {
            trigger: ".nav-link[name=its_quality]",
            run: "click",
        },
        {
            content: "What the client answered by the link",
            trigger: ".o_field_widget[name=its_last_nps_class]:contains(Detractor)",
        },
        {
            trigger:
                ".o_field_widget[name=its_interaction_ids] .o_data_row:contains(No answer)",
        },
    ],
});

tours.add("its_call_desk_quality", {
    url: "/odoo/call-desk",
    steps: () => [
        client("Ромашка"),
        {
            content: "A low mark",
            trigger: `${question("overall")} label:contains(poor)`,
            run: "click",
        },
        {
            content: "asks what was wrong",
            trigger: `${question("why")} label:contains(late)`,
            run: "click",
        },
        {
            content: "and how late",
            trigger: `${question("late")} textarea`,
            run: "edit A week",
        },
        {
            content: "A better mark takes both away",
            trigger: `${question("overall")} label:contains(good)`,
            run: "click",
        },
        {
            trigger: `.o_its_questionnaire:not(:has(${question("why")}))`,
        },
        {
            trigger: `${question("speed")} .o_its_scale:contains(4)`,
            run: "click",
        },
        {
            trigger: `${question("speed")} .o_its_scale.active:contains(4)`,
        },
        end("reached"),
        {
            trigger: ".o_notification:contains(Recorded)",
        },
    ],
});

tours.add("its_call_desk_head", {
    url: "/odoo/call-desk",
    steps: () => [
        client("Клевер"),
        end("reached"),
        {
            trigger: ".o_its_desk_queue:contains(Great job)",
        },
    ],
});

// Whatever language the reader has.
tours.add("its_cadence_switch", {
    url: "/odoo/survey-cadences",
    steps: () => [
        {
            content: "Off, where they are listed",
            trigger:
                ".o_data_row:contains(Tour cadence) .o_data_cell[name=active] .o_boolean_toggle input:checked",
            run: "click",
        },
        {
            trigger:
                ".o_data_row:contains(Tour cadence) .o_data_cell[name=active] .o_boolean_toggle input:not(:checked)",
            run: "click",
        },
        {
            content: "On again; and now one opens it",
            trigger:
                ".o_data_row:contains(Tour cadence):has(input:checked) .o_data_cell[name=name]",
            run: "click",
        },
        { trigger: "button[name=action_plan_now]", run: "click" },
        {
            content: "There is somebody to call",
            trigger: ".o_notification .bg-success, .o_notification_bar.bg-success",
        },
        { trigger: "button[name=action_open_calls]", run: "click" },
        { trigger: ".o_list_view .o_data_row:contains(Ромашка)" },
    ],
});

tours.add("its_cadence_plan", {
    url: "/odoo/cadences",
    steps: () => [
        {
            trigger: ".o_data_cell:contains(Tour cadence)",
            run: "click",
        },
        {
            trigger: "button[name=action_plan_now]",
            run: "click",
        },
        {
            trigger: ".o_notification:contains(Calls planned)",
        },
        {
            trigger: "button[name=action_open_calls]",
            run: "click",
        },
        {
            trigger: ".o_list_view .o_data_row:contains(Ромашка)",
        },
    ],
});

tours.add("its_call_desk_telephone", {
    url: "/odoo/call-desk",
    steps: () => [
        {
            content: "First the queue alone",
            trigger: ".o_its_desk_queue .list-group-item:contains(Ромашка)",
            run: "click",
        },
        client("Ромашка"),
        {
            trigger: ".o_its_desk_summary",
            run: "edit By telephone",
        },
        end("reached"),
        {
            content: "Back at the queue",
            trigger: ".o_its_desk_queue:contains(Great job)",
        },
    ],
});
