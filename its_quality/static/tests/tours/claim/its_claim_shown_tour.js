import { registry } from "@web/core/registry";

// What people see at a glance: the stages, letters as they were written, who is waited for.
const tours = registry.category("web_tour.tours");

const inside = (element) => {
    const { left, right, width } = element.getBoundingClientRect();
    if (!width || left < 0 || right > window.innerWidth) {
        throw new Error(`Not on the screen: ${element.textContent.trim()}`);
    }
};

// The first and the last stage of the demonstration's seven, in Russian.
tours.add("its_claim_stage_bar", {
    steps: () => [
        ...["Принята", "Закрыт"].map((name) => ({
            content: `«${name}» is on the bar`,
            trigger: `.o_form_view .o_statusbar_status .o_arrow_button:not(.d-none):contains(${name})`,
            run: ({ anchor }) => inside(anchor),
        })),
        {
            content: "Each button that may be pressed is on the screen, too",
            trigger: ".o_form_view .o_statusbar_buttons",
            run: ({ anchor }) => anchor.querySelectorAll("button").forEach(inside),
        },
    ],
});

// Of the letter of test_letters_shown, in the chatter and on the client's page.
const letter = (within) => {
    const body = `${within}.o-mail-Message:has(b:contains(не печатает)) .o-mail-Message-body`;
    return [
        {
            content: "Its HTML is HTML",
            trigger: `${body} b:contains(не печатает)`,
        },
        {
            content: "No tag is shown",
            trigger: `${body}:not(:contains(<b>)):not(:contains(&lt;))`,
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
            trigger: `${body}:not(:has(blockquote:visible)) .o-mail-ellipsis`,
            run: "click",
        },
        {
            content: "And is there for whoever wants it",
            trigger: `${body} blockquote:visible:contains(Что случилось)`,
        },
    ];
};
tours.add("its_claim_letter_in_chatter", { steps: () => letter(".o-mail-Chatter ") });
tours.add("its_claim_letter_on_portal", {
    steps: () => letter("#chatterRoot:shadow "),
});

// «Ждут клиентов», on a desktop and on a telephone: who is waited for, and their answer.
tours.add("its_claim_waiting", {
    steps: () => [
        {
            content: "The claim that waits",
            trigger:
                ".o_data_row:contains(No answer for a week), .o_kanban_record:contains(No answer for a week)",
        },
        {
            content: "Under its name, in the user's language",
            trigger: ".o_control_panel:contains(Рекламации ждут клиентов)",
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
            trigger:
                ".o_data_row .o_data_cell[name=subject]:contains(No answer for a week), .o_kanban_record:contains(No answer for a week)",
            run: "click",
        },
        {
            content: "Since when, and until when",
            trigger: ".o_form_view .alert .o_field_widget[name=waiting_until]",
        },
        {
            trigger: ".o_form_view button[name=action_resume]:contains(Клиент ответил)",
            run: "click",
        },
        {
            content: "The clock runs again",
            trigger:
                ".o_form_view:not(:has(.alert .o_field_widget[name=waiting_until]))",
        },
    ],
});
