import { registry } from "@web/core/registry";

// The dialogs of a claim, on a desktop and on a telephone, in Russian: each tour is pressed
// through by who is next, and begins on the form of the claim.
const tours = registry.category("web_tour.tours");
const press = (method, label) => ({
    content: `Press ${method}`,
    trigger:
        `.o_form_view button[name=${method}]` + (label ? `:contains(${label})` : ""),
    run: "click",
});
const confirm = {
    trigger: ".modal button[name=action_confirm]",
    run: "click",
};
const done = {
    content: "The dialog is gone, and the claim is not the user's any more",
    trigger: "body:not(:has(.modal)) .o_form_view:not(:has(button.btn-primary[name]))",
};
const write = (field, text) => ({
    trigger: `.modal .o_field_widget[name=${field}] textarea`,
    run: `edit ${text}`,
});
const mark = (field, label) => ({
    trigger: `.modal .o_field_widget[name=${field}] label:contains(${label})`,
    run: "click",
});

tours.add("its_claim_dialog_dispatch", {
    steps: () => [
        press("action_dispatch", "Принять"),
        {
            content: "The team is proposed",
            trigger: ".modal .o_field_widget[name=team_id] input:value(Tour team)",
        },
        confirm,
        done,
    ],
});

tours.add("its_claim_dialog_assign", {
    steps: () => [
        press("action_assign", "Назначить"),
        {
            content: "The deadline is proposed by the priority",
            trigger: ".modal .o_field_widget[name=date_deadline]",
        },
        mark("person_id", "tour_worker"),
        confirm,
        done,
    ],
});

tours.add("its_claim_dialog_hand_over", {
    steps: () => [
        press("action_hand_over"),
        {
            content: "What was found already is not asked again",
            trigger: ".modal:not(:has(.o_field_widget[name=problem_id]))",
        },
        {
            content: "The service is proposed",
            trigger:
                ".modal .o_field_widget[name=problem_service_id] input:value(Tour service)",
        },
        {
            trigger: ".modal .o_field_widget[name=justified] input[data-value=yes]",
            run: "click",
        },
        write("action_taken", "Answered, and apologized"),
        confirm,
        done,
    ],
});

tours.add("its_claim_dialog_close", {
    steps: () => [
        press("action_close", "Закрыть"),
        {
            trigger: ".modal .o_field_widget[name=satisfaction] input[data-value='5']",
            run: "click",
        },
        confirm,
        {
            trigger: "body:not(:has(.modal)) .o_form_view .o_statusbar_status",
        },
    ],
});

tours.add("its_claim_dialog_restore", {
    steps: () => [
        {
            trigger: ".o_form_view:has(.alert[name=returned]:visible)",
        },
        press("action_restore"),
        {
            content: "It is closed again",
            trigger:
                ".o_form_view:has(button[name=action_ask_reason]):not(:has(button[name=action_restore]))",
        },
    ],
});

/** @param {string} row what a response is shown in */
function lowScores(row) {
    return [
        {
            content: "Who is to be called, and how",
            trigger: `${row}:contains(Tour client) a[href^='tel:']`,
        },
        {
            trigger: `${row}:contains(Tour client) button[name=action_its_register_claim]`,
            run: "click",
        },
        {
            content: "The answers are in it",
            trigger: ".modal .o_field_widget[name=partner_id] input:value(Tour client)",
        },
        {
            trigger: ".modal button[name=action_tell_registered]",
            run: "click",
        },
        {
            content: "It is not in the list any more",
            trigger: `body:not(:has(.modal)):not(:has(${row}:contains(Tour client)))`,
        },
    ];
}

tours.add("its_claim_low_scores", { steps: () => lowScores(".o_data_row") });
tours.add("its_claim_low_scores_telephone", {
    steps: () => lowScores(".o_kanban_record"),
});
