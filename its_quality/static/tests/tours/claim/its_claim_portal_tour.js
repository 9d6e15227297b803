import { registry } from "@web/core/registry";

// A client on the portal; between the two tours the staff does its work.
const tours = registry.category("web_tour.tours");

tours.add("its_claim_portal_send", {
    url: "/my",
    steps: () => [
        {
            content: "The way there is on the first page",
            trigger: ".o_portal_index_card:not(.d-none) a[href='/my/claims']",
            run: "click",
            expectUnloadPage: true,
        },
        {
            trigger: ".alert:contains(Nothing here yet)",
        },
        {
            trigger: "a[href='/my/claims/new']",
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "What is sent empty is not taken, and it is said why",
            trigger: "form[action='/my/claims/new'] button[type=submit]",
            run: "click",
            expectUnloadPage: true,
        },
        {
            trigger: ".invalid-feedback:contains(Please fill in this field)",
        },
        {
            trigger: "input[name=subject]",
            run: "edit No answer for a week",
        },
        {
            trigger: "select[name=service]",
            run: "selectByLabel Tour service",
        },
        {
            trigger: "textarea[name=description]",
            run: "edit <b>Nobody</b> has called back",
        },
        {
            trigger: "form[action='/my/claims/new'] button[type=submit]",
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "It is there, as it was written",
            trigger: ".card:contains(<b>Nobody</b> has called back)",
        },
        {
            trigger: ".badge:contains(Received)",
        },
    ],
});

tours.add("its_claim_portal_answer", {
    steps: () => [
        {
            trigger: ".alert:contains(We cannot continue without you)",
        },
        {
            content: "What the staff has asked",
            trigger: "#chatterRoot:shadow .o-mail-Message:contains(Whom did you call?)",
        },
        {
            trigger: "#chatterRoot:shadow .o-mail-Composer-input",
            run: "edit The hotline",
        },
        {
            trigger:
                "#chatterRoot:shadow .o-mail-Composer button:contains(Send):enabled",
            run: "click",
        },
        {
            trigger: "#chatterRoot:shadow .o-mail-Message:contains(The hotline)",
        },
    ],
});

tours.add("its_claim_portal_say", {
    url: "/my",
    steps: () => [
        {
            content: "One of the client's claims waits for him",
            trigger: ".o_portal_index_card:contains(1) a[href*='filterby=next']",
            run: "click",
            expectUnloadPage: true,
        },
        {
            trigger: ".list-group-item:contains(No answer for a week)",
            run: "click",
            expectUnloadPage: true,
        },
        {
            trigger: "form[action$='/say'] label:contains(Settled):first",
            run: "click",
        },
        {
            trigger: "form[action$='/say'] textarea",
            run: "edit Thank you",
        },
        {
            trigger: "form[action$='/say'] button[type=submit]",
            run: "click",
            expectUnloadPage: true,
        },
        {
            trigger: ".badge:contains(Settled)",
        },
        {
            content: "His words are kept, and he may come back",
            trigger: "#chatterRoot:shadow .o-mail-Message:contains(Thank you)",
        },
        {
            trigger: "form[action$='/again']",
        },
    ],
});
