import { registry } from "@web/core/registry";

// The life of a claim, login by login; each tour begins on the form of the claim.
const tours = registry.category("web_tour.tours");
const stage = (name) => ({
    content: `The claim is at «${name}»`,
    trigger: `.o_form_view .o_arrow_button_current:contains(${name})`,
});
const press = (method) => ({
    content: `Press ${method}`,
    trigger: `.o_form_view button[name=${method}]`,
    run: "click",
});
const choose = (field, value) => [
    {
        trigger: `.o_field_widget[name=${field}] input`,
        run: `edit ${value}`,
    },
    {
        trigger: `.ui-autocomplete .ui-menu-item:contains(${value})`,
        run: "click",
    },
];
const tab = (name) => ({
    trigger: `.nav-link[name=${name}]`,
    run: "click",
});
const nothingToPress = {
    content: "There is nothing to press for whoever is not next",
    trigger: ".o_form_view:not(:has(.o_statusbar_buttons button.btn-primary))",
};

tours.add("its_claim_dispatch", {
    steps: () => [
        stage("Accepted for review"),
        ...choose("service_id", "Tour service"),
        {
            content: "The team follows from the service",
            trigger: ".o_field_widget[name=team_id] input:value(Tour team)",
        },
        press("action_dispatch"),
        stage("With the head of the team"),
        nothingToPress,
    ],
});

tours.add("its_claim_assign", {
    steps: () => [
        stage("With the head of the team"),
        {
            content: "The deadline follows from the priority",
            trigger: ".o_field_widget[name=date_deadline]:not(:empty)",
        },
        ...choose("user_id", "tour_worker"),
        press("action_assign"),
        stage("In progress"),
        nothingToPress,
    ],
});

tours.add("its_claim_work", {
    steps: () => [
        stage("In progress"),
        tab("findings"),
        ...choose("problem_id", "Slow response"),
        ...choose("problem_service_id", "Tour service"),
        {
            trigger: ".o_field_widget[name=justified] label:contains(Justified)",
            run: "click",
        },
        {
            trigger: ".o_field_widget[name=action_taken] textarea",
            run: "edit Answered, and apologized",
        },
        press("action_hand_over"),
        stage("Verification"),
        nothingToPress,
    ],
});

tours.add("its_claim_rework", {
    steps: () => [
        stage("Verification"),
        {
            trigger: ".o_form_view button[name=action_ask_reason]:contains(rework)",
            run: "click",
        },
        {
            trigger: ".modal .o_field_widget[name=reason] textarea",
            run: "edit Nobody has written to the client",
        },
        {
            trigger: ".modal button[name=action_confirm]",
            run: "click",
        },
        stage("In progress"),
    ],
});

tours.add("its_claim_work_again", {
    steps: () => [
        {
            content: "Why it came back",
            trigger:
                ".o_form_view .alert:contains(tour_head):contains(Nobody has written)",
        },
        press("action_hand_over"),
        {
            content: "What was done this time is asked",
            trigger: ".modal .o_field_widget[name=reason] textarea",
            run: "edit Written and called",
        },
        {
            trigger: ".modal button[name=action_confirm]",
            run: "click",
        },
        stage("Verification"),
    ],
});

tours.add("its_claim_verify", {
    steps: () => [
        stage("Verification"),
        {
            content:
                "Who returned it, why, and what was done this time: without opening a tab",
            trigger:
                ".o_form_view .alert:visible:contains(tour_head):contains(Nobody has written):contains(Written and called)",
        },
        press("action_verify"),
        stage("Client follow-up"),
        nothingToPress,
    ],
});

tours.add("its_claim_close", {
    steps: () => [
        stage("Client follow-up"),
        tab("client"),
        {
            trigger:
                ".o_field_widget[name=satisfaction] label:contains(Fully satisfied)",
            run: "click",
        },
        press("action_close"),
        stage("Closed"),
        tab("movements"),
        {
            content:
                "Registered, dispatched, assigned, handed over, returned, handed over, verified, closed",
            trigger: ".o_field_widget[name=movement_ids] .o_data_row:nth-child(8)",
        },
    ],
});
