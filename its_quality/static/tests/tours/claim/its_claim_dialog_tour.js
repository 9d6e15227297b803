import { registry } from "@web/core/registry";

// The dialogs of a claim, on a desktop and on a telephone, in Russian: each tour is pressed
// through by who is next, and begins on the form of the claim.
const tours = registry.category("web_tour.tours");
const STATUS = ".o_form_view .o_statusbar_buttons:has(button)";
// A button of the form, or what is behind «More» where there are many, or no room.
const press = (method, label = "") => [
    {
        trigger: STATUS,
        run: ({ anchor }) => {
            const buttons = [...anchor.querySelectorAll(`button[name=${method}]`)];
            if (!buttons.some(({ textContent }) => textContent.includes(label))) {
                anchor.querySelector("button.o-dropdown").click();
            }
        },
    },
    {
        content: `Press ${method}`,
        trigger: [".o_form_view", ".o-dropdown--menu"]
            .map((where) => `${where} button[name=${method}]:contains(${label})`)
            .join(", "),
        run: "click",
    },
];
const inside = (element) => {
    const { left, right, bottom, width } = element.getBoundingClientRect();
    const { innerWidth, innerHeight } = window;
    if (!width || left < 0 || right > innerWidth || bottom > innerHeight) {
        throw new Error(`Not on the screen: ${element.outerHTML.slice(0, 200)}`);
    }
};
const asks = {
    content: "It asks, and marks nothing as wrong before anything is filled in",
    trigger: ".modal .o_form_view:not(:has(.o_field_invalid))",
    run: ({ anchor }) => {
        const modal = anchor.closest(".modal-content");
        modal
            .querySelectorAll("label:not(:empty), input, textarea, footer button")
            .forEach((one) => one.checkVisibility() && inside(one));
        if (modal.scrollWidth > modal.clientWidth) {
            throw new Error("Wider than the dialog.");
        }
    },
};
const confirm = {
    trigger: ".modal button[name=action_confirm]",
    run: "click",
};
// What is missing is marked once somebody has tried to do without.
const refused = (field) => [
    confirm,
    { trigger: `.modal .o_field_widget[name=${field}].o_field_invalid` },
];
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
        {
            content: "One press calls the client",
            trigger: ".o_form_view .o_field_widget[name=phone] a[href^='tel:']",
        },
        ...press("action_dispatch", "Принять"),
        asks,
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
        {
            content: "The deadline is a day, with the working days until then",
            trigger: ".o_form_view div[name=deadline]:contains(раб. дн)",
        },
        ...press("action_assign", "Назначить"),
        asks,
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
        ...press("action_hand_over", "Передать"),
        asks,
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
        ...press("action_close", "Закрыть"),
        asks,
        ...refused("satisfaction"),
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
        ...press("action_restore", "как было"),
        {
            content: "It is closed again",
            trigger:
                ".o_form_view:has(button[name=action_ask_reason]):not(:has(button[name=action_restore]))",
        },
    ],
});

// Those that ask for words: their buttons, the title, and what is written.
const words = (label, title, text) => [
    ...press("action_ask_reason", label),
    { trigger: `.modal .modal-title:contains(${title})` },
    asks,
    ...refused("reason"),
    write("reason", text),
    confirm,
    { trigger: "body:not(:has(.modal)) .o_form_view" },
];
tours.add("its_claim_dialog_reject", {
    steps: () => words("Отклонить", "Отклонить", "Не к нам"),
});
tours.add("its_claim_dialog_rework", {
    steps: () => words("доработку", "доработку", "Клиенту не написали"),
});
tours.add("its_claim_dialog_reopen", {
    steps: () => words("Недоволен", "Недоволен", "Не помогло"),
});
tours.add("its_claim_dialog_reopen_closed", {
    steps: () => words("Вернуть в работу", "Вернуть в работу", "Опять"),
});

tours.add("its_claim_dialog_merge", {
    steps: () => [
        ...press("action_merge", "Объединить"),
        {
            content: "The other one is closed",
            trigger:
                ".modal .alert:contains(вернётся в работу):visible, .modal .alert:contains(закрыта):visible",
        },
        asks,
        confirm,
        { trigger: "body:not(:has(.modal)) .o_form_view .alert:contains(Повторяет)" },
    ],
});

tours.add("its_claim_dialog_wait", {
    steps: () => [
        ...press("action_ask_until", "Ждать"),
        asks,
        {
            content: "Until when is proposed",
            trigger: ".modal .o_field_widget[name=until]",
            run: ({ anchor }) => {
                const { value } = anchor.querySelector("input, button");
                if (!(value || anchor.textContent).trim()) {
                    throw new Error("No day is proposed.");
                }
            },
        },
        confirm,
        {
            trigger:
                "body:not(:has(.modal)) .o_form_view .alert .o_field_widget[name=waiting_until]",
        },
    ],
});

tours.add("its_claim_split_off", {
    steps: () => [
        ...press("action_split_off", "О другом"),
        {
            content: "The new claim is there",
            trigger:
                ".o_form_view .o_field_widget[name=subject] textarea:value(касса сломалась)",
        },
    ],
});

const lowScores = (row) => [
    {
        content: "Who is to be called, and how",
        trigger: `${row}:contains(Tour client) a[href^='tel:']`,
        run: ({ anchor }) => {
            if (anchor.getBoundingClientRect().right > window.innerWidth) {
                throw new Error("The number is cut.");
            }
        },
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
tours.add("its_claim_low_scores", { steps: () => lowScores(".o_data_row") });
tours.add("its_claim_low_scores_telephone", {
    steps: () => lowScores(".o_kanban_record"),
});
