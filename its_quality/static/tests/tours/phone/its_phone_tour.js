import { registry } from "@web/core/registry";

// Somebody calls, is missed, is called: as each role has it. What the bus brings is
// brought by the tour, which cannot commit what the bus would tell.
const tours = registry.category("web_tour.tours");
const services = () => odoo.__WOWL_DEBUG__.root.env.services;
const card = (text) => `.o_its_phone_card:contains(${text})`;

/** Ring as the exchange has reported it: the test has kept what the bus tells. */
async function ring() {
    const answer = await fetch("/its_quality/tour/phone.json");
    await services().its_phone.open(await answer.json());
}

tours.add("its_phone_incoming", {
    url: "/odoo/call-desk",
    steps: () => [
        {
            trigger: ".o_its_desk_queue",
            run: ring,
        },
        {
            content: "Who it is, and what is known of them",
            trigger: `${card("Ромашка")}:contains(Просят обучение)`,
        },
        {
            content: "Another page, and the card is still there",
            trigger: ".o_its_phone_client h5 a",
            run: "click",
        },
        {
            trigger: ".o_form_view .o_field_widget[name=vat]",
        },
        {
            trigger: `${card("Ромашка")} .o_its_phone_desk:contains(Открыть на столе)`,
            run: "click",
        },
        {
            content: "The call to them is in hand",
            trigger: ".o_its_desk_client h2:contains(Ромашка)",
        },
        {
            trigger: `${card("Ромашка")} .btn-close`,
            run: "click",
        },
        {
            trigger: "body:not(:has(.o_its_phone_card)) .o_its_desk_client",
        },
    ],
});

tours.add("its_phone_new_number", {
    url: "/odoo/call-desk",
    steps: () => [
        {
            trigger: ".o_its_desk_queue",
            run: ring,
        },
        {
            trigger: `${card("+79990000001")} h5:contains(Новый номер)`,
        },
        {
            content: "Nobody is known, so a client is chosen",
            trigger: `${card("+79990000001")} .o_its_phone_link:contains(Связать с клиентом)`,
            run: "click",
        },
        {
            trigger: ".modal .o_data_row .o_data_cell:contains(Ромашка)",
            run: "click",
        },
        {
            content: "The number is theirs",
            trigger: `.o_its_phone_client:contains(Ромашка)`,
        },
    ],
});

tours.add("its_phone_outgoing", {
    url: "/odoo/call-desk",
    steps: () => [
        {
            trigger: ".o_its_desk_client h2:contains(Ромашка)",
        },
        {
            content: "A press calls from telephone 101",
            trigger: ".o_its_desk_phone",
            run: "click",
        },
        {
            trigger: ".o_notification:contains(телефон):contains(101)",
        },
    ],
});

tours.add("its_phone_missed", {
    url: "/odoo/call-desk",
    steps: () => [
        {
            content: "Who was missed is in hand before all others",
            trigger: ".o_its_desk_client h2:contains(Ромашка)",
        },
        {
            trigger: ".o_its_desk:contains(Пропущенный звонок)",
        },
        {
            trigger: ".o_its_desk_summary",
            run: "edit Перезвонили",
        },
        {
            trigger: ".o_its_desk_outcome[data-outcome=reached]",
            run: "click",
        },
        {
            trigger: ".o_its_desk_client h2:contains(Василёк)",
        },
    ],
});
