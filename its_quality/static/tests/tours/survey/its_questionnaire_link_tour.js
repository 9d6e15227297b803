import { registry } from "@web/core/registry";

// A client opens the link of the letter on a telephone: one question a screen, the
// reason is asked for because the mark is low, and he changes nothing by coming back.
const answer = (text) => ({
    content: `Answer ${text}`,
    trigger: `.js_question-wrapper label:contains(${text})`,
    run: "click",
});
const next = {
    content: "Go on",
    trigger: ".o_survey-fill-form button[type=submit]:not(.disabled)",
    run: "click",
};
const asked = (title) => ({
    content: `${title} is the only question on the screen`,
    trigger: `.o_survey-fill-form:has(.js_question-wrapper:only-of-type) h3:contains(${title})`,
});

registry.category("web_tour.tours").add("its_questionnaire_link", {
    steps: () => [
        {
            content: "Begin",
            trigger: ".o_survey_start button[type=submit]:not(.disabled)",
            run: "click",
        },
        asked("overall"),
        answer("poor"),
        asked("why"),
        answer("rude"),
        next,
        asked("speed"),
        answer("1"),
        asked("nps"),
        answer("3"),
        asked("wish"),
        {
            content: "A wish in his own words",
            trigger: ".js_question-wrapper textarea",
            run: "edit Call me back",
        },
        next,
        {
            content: "Odoo asks whether he is done",
            trigger: ".modal footer .btn-primary",
            run: "click",
        },
        {
            content: "Thanked",
            trigger: ".o_survey_finished:contains(Thank you)",
        },
    ],
});
