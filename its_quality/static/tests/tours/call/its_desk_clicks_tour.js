import { registry } from "@web/core/registry";

// How many presses a job takes: each `run: "click"` of these tours is one, and
// docs/en/usability.md has their number.
const tours = registry.category("web_tour.tours");
const client = (name) => ({ trigger: `.o_its_desk_client h2:contains(${name})` });
const mark = (title, value) => ({
    trigger: `.o_its_question:contains(${title}) [data-mark='${value}']`,
    run: "click",
});

tours.add("its_desk_find", {
    url: "/odoo/call-desk",
    steps: () => [
        client("Ромашка"),
        { trigger: ".o_its_find input", run: "click" },
        { trigger: ".o_its_find input", run: "edit пестрая" },
        { trigger: ".o_its_found [role=option]:contains(Роща)", run: "click" },
        client("Роща"),
        {
            content: "Nobody has planned it: who called, and with which questions",
            trigger: ".o_its_desk_talk select",
        },
        {
            content: "The number is there to be dialled, which leaves the page",
            trigger: ".o_its_desk_phone[href='tel:+79127000001']",
        },
        { trigger: ".o_its_desk_summary", run: "edit Спросили про ЭДО" },
        {
            content: "End it by the keyboard",
            trigger: ".o_its_desk_summary",
            run: "press ctrl+Enter",
        },
        { trigger: ".o_notification:contains(Роща)" },
    ],
});

tours.add("its_desk_undo", {
    url: "/odoo/call-desk",
    steps: () => [
        client("Ромашка"),
        {
            content: "Enter alone ends nothing: it asks",
            trigger: ".o_its_desk_client",
            run: "press Enter",
        },
        { trigger: ".o_its_desk_panel:contains(Nothing was noted)" },
        {
            content: "A letter that was pressed by mistake",
            trigger: ".o_its_desk_client h2",
            run: "press n",
        },
        { trigger: ".o_notification button:contains(Undo)", run: "click" },
        client("Ромашка"),
        { trigger: ".o_its_desk_tiles:contains(Done 0)" },
    ],
});

tours.add("its_desk_questions", {
    url: "/odoo/call-desk",
    steps: () => [
        client("Ромашка"),
        mark("one", 4),
        mark("two", 4),
        mark("three", 4),
        mark("four", 4),
        {
            content: "The fifth is still to be asked: marked where it stands",
            trigger: ".o_its_desk_outcome[data-outcome=reached]",
            run: "click",
        },
        { trigger: ".o_its_question_missing:contains(five):contains(not answered)" },
        mark("five", 5),
        {
            trigger: ".o_its_desk_outcome[data-outcome=reached]",
            run: "click",
        },
        { trigger: ".o_notification:contains(Recorded)" },
        {
            content: "What was done today",
            trigger: ".o_its_desk_tiles button:contains(Done 1)",
        },
    ],
});

tours.add("its_desk_renew", {
    url: "/odoo/call-desk",
    steps: () => [
        client("Ромашка"),
        { trigger: ".o_its_desk_outcome:contains(Renew...)", run: "click" },
        { trigger: ".o_its_desk_panel input[type=date]" },
        { trigger: ".o_its_desk_do_renew", run: "click" },
        { trigger: ".o_notification:contains(is renewed until)" },
    ],
});

tours.add("its_survey_send", {
    url: "/odoo/its-clients",
    steps: () => [
        { trigger: ".o_data_row:contains(Ромашка)" },
        {
            content: "All clients that the filter has found",
            trigger: ".o_list_table thead .o_list_record_selector input",
            run: "click",
        },
        {
            trigger: ".o_cp_action_menus .dropdown-toggle:contains(Actions)",
            run: "click",
        },
        {
            trigger: ".o-dropdown-item:contains(Send a questionnaire)",
            run: "click",
        },
        {
            trigger: ".modal .o_field_widget[name=survey_id] input",
            run: "edit Tour questionnaire",
        },
        {
            trigger:
                ".modal .o-autocomplete--dropdown-item:contains(Tour questionnaire)",
            run: "click",
        },
        {
            content: "How many get it, and why others do not",
            trigger: ".modal .o_field_widget[name=left_out]:contains(no e-mail)",
        },
        { trigger: ".modal button[name=action_send]", run: "click" },
        { trigger: ".o_notification:contains(on its way)" },
    ],
});

tours.add("its_desk_keys", {
    url: "/odoo/call-desk",
    steps: () => [
        client("Ромашка"),
        {
            content: "The queue is a list of buttons, and says which one is in hand",
            trigger: ".o_its_desk_queue button[aria-current=true]:contains(Ромашка)",
        },
        { trigger: ".o_its_desk_client h2", run: "press ?" },
        { trigger: ".modal kbd:contains(Ctrl)" },
        { trigger: ".modal #o_its_desk_letters", run: "click" },
        { trigger: ".modal .btn-close", run: "click" },
        { trigger: "body:not(:has(.modal))" },
        {
            content: "Letters do nothing now",
            trigger: ".o_its_desk_client h2",
            run: "press n",
        },
        { trigger: ".o_its_desk_tiles:contains(Done 0)" },
        { trigger: ".o_its_desk_help", run: "click" },
        { trigger: ".modal #o_its_desk_letters", run: "click" },
        { trigger: ".modal .btn-close", run: "click" },
        { trigger: "body:not(:has(.modal))" },
        { trigger: ".o_its_desk_client h2", run: "press p" },
        {
            content: "The focus goes where the letter leads",
            trigger: "#o_its_desk_call_at:focus",
        },
        { trigger: "#o_its_desk_call_at", run: "press Escape" },
        { trigger: ".o_its_desk_client:not(:has(#o_its_desk_call_at))" },
        {
            content: "Arrows and digits inside a question are about the mark",
            trigger: ".o_its_question:contains(speed) [data-mark='1']",
            run: ({ anchor }) => anchor.focus(),
        },
        {
            trigger: ".o_its_question:contains(speed) [data-mark='1']:focus",
            run: "press 3",
        },
        { trigger: ".o_its_question:contains(speed) [data-mark='3'].active:focus" },
        {
            trigger: ".o_its_question:contains(speed) [data-mark='3']",
            run: "press ArrowRight",
        },
        { trigger: ".o_its_question:contains(speed) [data-mark='4'].active:focus" },
        client("Ромашка"),
        {
            content: "Esc clears the search and what it has found",
            trigger: ".o_its_find input",
            run: "edit лют",
        },
        { trigger: ".o_its_found" },
        { trigger: ".o_its_find input", run: "press Escape" },
        { trigger: ".o_its_find:not(:has(.o_its_found))" },
    ],
});
