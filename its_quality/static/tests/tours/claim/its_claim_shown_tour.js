import { registry } from "@web/core/registry";

// What people see at a glance: the stages, letters as they were written, who is waited for.
const tours = registry.category("web_tour.tours");

const inside = (element) => {
    const { left, right, width } = element.getBoundingClientRect();
    if (!width || left < 0 || right > window.innerWidth) {
        throw new Error(`Not on the screen: ${element.textContent.trim()}`);
    }
};

// The first and the last stage of the demonstration's seven, in Russian. Odoo measures the bar
// after it has drawn it, and draws it again: the stages are waited for.
const stage = (name) => `[role=radio]:contains(${name})`;
const seen = (current, more) => [
    {
        content: `Where a claim begins, and where it ends: ${current}`,
        trigger: `.o_form_view .o_statusbar_status:has(.o_arrow_button_current:contains(${current})):has(${stage("Принята")}):has(${stage("Закрыто")})`,
        run: ({ anchor }) =>
            [...anchor.querySelectorAll("[role=radio]")]
                .filter(({ textContent }) => /Принята|Закрыто/.test(textContent))
                .forEach(inside),
    },
    {
        content: "Each button that may be pressed is on the screen, too",
        trigger: ".o_form_view .o_statusbar_buttons",
        run: ({ anchor }) => anchor.querySelectorAll("button").forEach(inside),
    },
    ...(more
        ? [
              {
                  trigger: ".o_statusbar_buttons button.o-dropdown",
                  run: "click",
              },
              {
                  content: "What is done less often is behind it",
                  trigger: `.o-dropdown--menu button:contains(${more})`,
              },
              { trigger: ".o_form_view .o_form_label:first", run: "click" },
          ]
        : []),
];
const next = { trigger: ".o_control_panel .o_pager_next", run: "click" };
tours.add("its_claim_stage_bar", {
    steps: () => [
        { trigger: ".o_data_row:first .o_data_cell[name=subject]", run: "click" },
        ...seen("Принята", "Объединить"),
        next,
        ...seen("В работе"),
        next,
        ...seen("Проверка", "Объединить"),
        next,
        ...seen("Опрос клиента", "Объединить"),
        next,
        ...seen("Закрыто"),
    ],
});

// Of the letter of test_letters_shown, in the chatter and on the client's page. Odoo shows
// letters in a document of their own.
const letter = (within) => {
    const body = `${within}.o-mail-Message-body .overflow-x-auto:shadow`;
    return [
        {
            content: "Its HTML is HTML, and no tag is shown",
            trigger: `${body} b:contains(не печатает)`,
            run: ({ anchor }) => {
                if (anchor.parentElement.textContent.includes("<")) {
                    throw new Error("A tag is shown.");
                }
            },
        },
        {
            content: "The picture inside has come",
            trigger: `${body} img`,
            run: async ({ anchor }) => {
                await anchor.decode();
                if (!anchor.naturalWidth) {
                    throw new Error("The picture is empty.");
                }
            },
        },
        {
            content: "What it quotes is folded",
            trigger: `${body} .o-mail-ellipsis`,
            run: ({ anchor }) => {
                const quoted = anchor.getRootNode().querySelector("blockquote");
                if (quoted.offsetParent) {
                    throw new Error("It is shown.");
                }
                anchor.click();
            },
        },
        {
            content: "And is there for whoever wants it",
            trigger: `${body} blockquote:contains(Что случилось)`,
        },
    ];
};
tours.add("its_claim_letter_in_chatter", { steps: () => letter(".o-mail-Chatter ") });
tours.add("its_claim_letter_on_portal", {
    steps: () => letter("#chatterRoot:shadow "),
});

// «Ждут клиентов», on a desktop and on a telephone: who is waited for, and their answer.
const waiting = (row, cell, resume) => [
    {
        content: "The claim that waits",
        trigger: `.o_action_manager ${row}:contains(No answer for a week)`,
    },
    {
        content: "What is listed, in the user's language",
        trigger: ".o_web_client:contains(Рекламации ждут клиентов)",
    },
    {
        content: "Nothing is wider than the screen",
        trigger: ".o_action_manager .o_content",
        run: () => {
            const root = document.documentElement;
            if (root.scrollWidth > root.clientWidth) {
                throw new Error(`${root.scrollWidth} px wide`);
            }
        },
    },
    {
        trigger: `.o_action_manager ${row} ${cell}:contains(No answer for a week)`,
        run: "click",
    },
    {
        content: "Since when, and until when",
        trigger: ".o_form_view .alert .o_field_widget[name=waiting_until]",
    },
    ...resume,
    {
        content: "The clock runs again",
        trigger: ".o_form_view:not(:has(.alert .o_field_widget[name=waiting_until]))",
    },
];
const RESUME = "button[name=action_resume]:contains(Клиент ответил)";
tours.add("its_claim_waiting", {
    steps: () =>
        waiting(".o_data_row", ".o_data_cell[name=subject]", [
            { trigger: `.o_form_view ${RESUME}`, run: "click" },
        ]),
});
tours.add("its_claim_waiting_telephone", {
    steps: () =>
        waiting(".o_kanban_record", ".fw-bold", [
            { trigger: ".o_statusbar_buttons .oi-ellipsis-v", run: "click" },
            { trigger: `.o-dropdown--menu ${RESUME}`, run: "click" },
        ]),
});
